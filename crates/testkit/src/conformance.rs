//! What every node must do, checked from its spec alone.
//!
//! [`check`] runs all of it on one node type; a test of the node library does so for each. Nothing
//! here knows any node type.

mod clicks;
mod clocked;
mod declared;
mod fixtures;
mod latency;
mod loudness;
mod offset;
mod stereo;
pub(crate) mod stimulus;

pub use clicks::{Click, clicks};
pub use loudness::{LoudnessChange, loudness_changes};
pub use offset::{Offset, offsets};

use crate::harness::HarnessConfig;
use crate::signal::noise;
use jackfield_node::{InstructionSet, NodeKind, NodeSpec};
use stimulus::{Stimulus, settings_variants, stimuli};

/// Frames of a run that looks for trouble.
const FRAMES: usize = 1200;

/// Rates at which a node must work, in hertz: the ends of what a `Setup` may say, and common ones.
const SAMPLE_RATES: [f32; 8] =
    [8000.0, 22_050.0, 44_100.0, 48_000.0, 88_200.0, 96_000.0, 192_000.0, 384_000.0];

/// Everything that is wrong with a node type, one sentence each.
pub fn check(spec: &'static NodeSpec) -> Vec<String> {
    let checks = [
        explains_itself,
        stays_finite,
        works_at_any_sample_rate,
        ignores_block_sizes,
        ignores_lanes,
        declared::is_random_as_it_says,
        declared::says_what_it_hears,
        clocked::takes_values_from_before_the_edge,
        forgets_at_reset,
        survives_nan,
        latency::reports_its_latency,
        stereo::takes_mono_as_two_equal_sides,
    ];
    let faults = checks.iter().flat_map(|check| check(spec));
    faults.map(|fault| format!("{}: {fault}", spec.id)).collect()
}

/// Every word a person needs is there.
fn explains_itself(spec: &'static NodeSpec) -> Vec<String> {
    let inputs = spec.inputs.iter().map(|input| (input.name, input.help));
    let outputs = spec.outputs.iter().map(|output| (output.name, output.help));
    let settings = spec.settings.iter().map(|setting| (setting.name, setting.help));
    let own = [("summary", spec.summary), ("help", spec.help)];
    let mut faults = Vec::new();
    for (name, help) in inputs.chain(outputs).chain(settings).chain(own) {
        if !help.ends_with('.') {
            faults.push(format!("the text of '{name}' is no sentence: '{help}'"));
        }
        if !name
            .bytes()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_')
        {
            faults.push(format!("'{name}' is not lower case with _"));
        }
    }
    if spec.help.len() < 80 {
        faults.push("the help teaches nothing".to_owned());
    }
    if spec.tags.is_empty() {
        faults.push("no tag helps to find it".to_owned());
    }
    faults
}

/// Outputs are numbers whatever the settings, the knobs and the signals are, and nothing is allocated.
fn stays_finite(spec: &'static NodeSpec) -> Vec<String> {
    let mut faults = Vec::new();
    for settings in settings_variants(spec) {
        let mut node = HarnessConfig { settings: settings.clone(), ..HarnessConfig::of(spec) }.start(spec);
        for stimulus in stimuli(spec, FRAMES) {
            node.reset();
            stimulus.plug_into(&mut *node);
            let outputs = node.run(FRAMES);
            if let Some(frame) = first_bad(&outputs) {
                faults.push(format!("not finite at frame {frame} with {stimulus} and {settings:?}"));
            }
        }
        if node.violations() > 0 {
            faults.push(format!("{} allocations or frees with {settings:?}", node.violations()));
        }
    }
    faults
}

fn works_at_any_sample_rate(spec: &'static NodeSpec) -> Vec<String> {
    let mut faults = Vec::new();
    for sample_rate in SAMPLE_RATES {
        let mut node = HarnessConfig { sample_rate, ..HarnessConfig::of(spec) }.start(spec);
        Stimulus::busy(spec, FRAMES).plug_into(&mut *node);
        if let Some(frame) = first_bad(&node.run(FRAMES)) {
            faults.push(format!("not finite at frame {frame} at {sample_rate} Hz"));
        }
    }
    faults
}

/// The same bits in blocks of any size.
fn ignores_block_sizes(spec: &'static NodeSpec) -> Vec<String> {
    let mut faults = Vec::new();
    for settings in settings_variants(spec) {
        for stimulus in [Stimulus::busy(spec, FRAMES), Stimulus::calm(spec, FRAMES)] {
            let run = |block_size: usize| {
                let mut node =
                    HarnessConfig { settings: settings.clone(), ..HarnessConfig::of(spec) }.start(spec);
                node.block_size(block_size);
                stimulus.plug_into(&mut *node);
                node.run(FRAMES)
            };
            let whole = run(64);
            for block_size in [1, 17] {
                if let Some(frame) = first_difference(&whole, &run(block_size)) {
                    faults.push(format!(
                        "blocks of {block_size} differ at frame {frame} with {stimulus} and {settings:?}"
                    ));
                }
            }
        }
    }
    faults
}

/// The same bits in any lane of any pack under any instruction set.
fn ignores_lanes(spec: &'static NodeSpec) -> Vec<String> {
    let mut faults = Vec::new();
    if matches!(spec.kind, NodeKind::Block(_)) {
        return faults;
    }
    for settings in settings_variants(spec) {
        let run = |config: HarnessConfig, lane: usize| {
            let mut node = HarnessConfig { settings: settings.clone(), ..config }.start(spec);
            Stimulus::busy(spec, FRAMES).plug_into(&mut *node);
            node.run_lane(FRAMES, lane)
        };
        for set in InstructionSet::available() {
            for &width in set.lanes() {
                for lane in [0, width - 1] {
                    let alone = run(HarnessConfig { seed: 1 + lane as u32, ..HarnessConfig::of(spec) }, 0);
                    let packed = run(HarnessConfig { width, set, ..HarnessConfig::of(spec) }, lane);
                    if let Some(frame) = first_difference(&alone, &packed) {
                        faults.push(format!(
                            "lane {lane} of {width} differs at frame {frame} with {set} and {settings:?}"
                        ));
                    }
                }
            }
        }
    }
    faults
}

/// After a reset everything is as in a new instance.
fn forgets_at_reset(spec: &'static NodeSpec) -> Vec<String> {
    let mut faults = Vec::new();
    for settings in settings_variants(spec) {
        let mut node = HarnessConfig { settings: settings.clone(), ..HarnessConfig::of(spec) }.start(spec);
        let stimulus = Stimulus::busy(spec, FRAMES);
        stimulus.plug_into(&mut *node);
        let new = node.run(FRAMES);
        node.reset();
        stimulus.plug_into(&mut *node);
        if let Some(frame) = first_difference(&new, &node.run(FRAMES)) {
            faults.push(format!("remembers something after a reset, at frame {frame} with {settings:?}"));
        }
    }
    faults
}

/// NaN and infinity at any input do no harm that a reset would not undo.
fn survives_nan(spec: &'static NodeSpec) -> Vec<String> {
    let mut faults = Vec::new();
    let stimulus = Stimulus::busy(spec, FRAMES);
    let mut node = HarnessConfig::of(spec).start(spec);
    stimulus.plug_into(&mut *node);
    let new = node.run(FRAMES);
    for input in spec.inputs {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN] {
            stimulus.plug_into(&mut *node);
            let mut samples = noise(200, 7);
            samples.iter_mut().skip(20).step_by(50).for_each(|sample| *sample = bad);
            node.plug(*input, samples);
            node.run(200);
            node.reset();
            stimulus.plug_into(&mut *node);
            if let Some(frame) = first_difference(&new, &node.run(FRAMES)) {
                faults
                    .push(format!("{bad} at '{}' is still felt after a reset, at frame {frame}", input.name));
            }
            node.reset();
        }
    }
    faults
}

/// The first frame at which any output is no number.
fn first_bad(outputs: &[Vec<f32>]) -> Option<usize> {
    outputs.iter().filter_map(|output| output.iter().position(|sample| !sample.is_finite())).min()
}

/// The first frame at which two runs differ in any bit.
fn first_difference(a: &[Vec<f32>], b: &[Vec<f32>]) -> Option<usize> {
    let differ = |(a, b): (&Vec<f32>, &Vec<f32>)| {
        (0..a.len().max(b.len())).find(|i| a.get(*i).map(|x| x.to_bits()) != b.get(*i).map(|x| x.to_bits()))
    };
    a.iter().zip(b).filter_map(differ).min()
}

#[cfg(test)]
mod tests;
