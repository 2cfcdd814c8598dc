//! What a spec says of its node is so: whether chance has a part in it, and what it has to do with the world
//! outside the patch.

use super::stimulus::{Stimulus, settings_variants, stimuli};
use super::{FRAMES, first_difference};
use crate::block::BlockHarness;
use crate::harness::HarnessConfig;
use jackfield_node::{NodeKind, NodeSpec, PortKind, Setting, SettingKind, Settings};

/// Frames of a run in which also what looks at long windows has something to say.
const LONG: usize = 20_000;

/// Its seed matters if and only if the spec says so: the file keeps the seeds of those alone.
pub(super) fn is_random_as_it_says(spec: &'static NodeSpec) -> Vec<String> {
    let differs = |settings: &Settings, stimulus: &Stimulus, frames: usize| {
        let [one, other] = [1, 2].map(|seed| {
            let config = HarnessConfig { settings: settings.clone(), seed, ..HarnessConfig::of(spec) };
            let mut node = config.start(spec);
            stimulus.plug_into(&mut *node);
            node.run(frames)
        });
        first_difference(&one, &other).is_some()
    };
    let find = |stimuli: &[Stimulus], frames: usize| {
        let matters =
            |settings: &Settings| stimuli.iter().any(|stimulus| differs(settings, stimulus, frames));
        settings_variants(spec).into_iter().find(matters)
    };
    let usual = [Stimulus::busy(spec, FRAMES), Stimulus::calm(spec, FRAMES)];
    match (find(&usual, FRAMES), spec.is_random) {
        (Some(settings), false) => {
            vec![format!("its seed matters with {settings:?}, but it is not .random()")]
        }
        (None, true) => {
            // What looks at long windows says nothing at first, and a text may be what asks for chance.
            let is_text =
                |setting: &Setting| matches!(setting.kind, SettingKind::Text(_) | SettingKind::File(_));
            let matters = spec.settings.iter().any(is_text)
                || find(&[Stimulus::busy(spec, LONG)], LONG).is_some()
                || find(&stimuli(spec, FRAMES), FRAMES).is_some();
            if matters { Vec::new() } else { vec!["is .random(), but its seed changes nothing".to_owned()] }
        }
        _ => Vec::new(),
    }
}

/// It has to do with the world outside what its spec says, so that silence can be explained.
pub(super) fn says_what_it_hears(spec: &'static NodeSpec) -> Vec<String> {
    let run = |midi: bool, device: bool| {
        let mut node = HarnessConfig::of(spec).start(spec);
        Stimulus::calm(spec, FRAMES).with_midi(midi).with_device(device).plug_into(&mut *node);
        node.run(FRAMES)
    };
    let (alone, with_midi, with_device) = (run(false, false), run(true, false), run(false, true));
    // What is played by gates may heed a pedal beside them, and does not wait for one.
    let has_gates = spec.inputs.iter().any(|input| input.kind == PortKind::Gate);
    let hears_midi = first_difference(&alone, &with_midi).is_some();
    let mut faults = Vec::new();
    if spec.hears_midi != hears_midi && !(hears_midi && has_gates) {
        faults.push(format!("hears MIDI: {hears_midi}, but .hears_midi(): {}", spec.hears_midi));
    }
    let hears_device = first_difference(&alone, &with_device).is_some();
    if spec.hears_device != hears_device {
        faults.push(format!("hears the device: {hears_device}, but .hears_device(): {}", spec.hears_device));
    }
    let plays = plays_on_device(spec);
    if spec.plays_on_device != plays {
        faults
            .push(format!("plays on the device: {plays}, but .plays_on_device(): {}", spec.plays_on_device));
    }
    faults
}

/// Whether the sound device hears anything of it.
fn plays_on_device(spec: &'static NodeSpec) -> bool {
    let NodeKind::Block(_) = spec.kind else { return false };
    let mut node = BlockHarness::new(spec);
    Stimulus::calm(spec, FRAMES).plug_into(&mut node);
    node.run(FRAMES).device.iter().flatten().any(|sample| *sample != 0.0)
}
