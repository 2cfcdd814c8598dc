//! What is plugged into a node and where its knobs stand while it is checked.

use crate::harness::NodeHarness;
use crate::signal::{impulse, noise};
use jackfield_node::{Input, Midi, NodeSpec, PortKind, SettingKind, SettingValue, Settings};
use std::fmt;

/// See the module's documentation.
#[derive(Clone)]
pub(crate) struct Stimulus {
    name: String,
    inputs: Vec<(Input, InputSignal)>,
    midi: Vec<(usize, Midi)>,
    device: Vec<Vec<f32>>,
}

#[derive(Clone)]
enum InputSignal {
    Held(f32),
    Samples(Vec<f32>),
}

/// What the inputs for sound hear.
#[derive(Clone, Copy, Debug)]
enum Sound {
    Silence,
    Impulse,
    Noise,
}

impl fmt::Display for Stimulus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Stimulus {
    /// Sound at every input, and every knob moves at every frame.
    pub(crate) fn busy(spec: &NodeSpec, frames: usize) -> Self {
        let mut stimulus = Self::of(spec, frames, Sound::Noise, "all knobs moving");
        for (input, signal) in &mut stimulus.inputs {
            if let Some(knob) = input.knob {
                let rest = knob.to_signal(knob.default);
                let moves = noise(frames, 100 + input.index as u64);
                *signal = InputSignal::Samples(moves.iter().map(|x| rest + 0.3 * x).collect());
            }
        }
        stimulus
    }

    /// Sound at every input, and the knobs at rest.
    pub(crate) fn calm(spec: &NodeSpec, frames: usize) -> Self {
        Self::of(spec, frames, Sound::Noise, "all knobs at rest")
    }

    /// Everything stands still: knobs at rest, everything else at half.
    pub(crate) fn still(spec: &NodeSpec) -> Self {
        let mut stimulus = Self::of(spec, 1, Sound::Silence, "all inputs still");
        for (input, signal) in &mut stimulus.inputs {
            *signal = InputSignal::Held(input.knob.map_or(0.5, |knob| knob.to_signal(knob.default)));
        }
        stimulus
    }

    fn of(spec: &NodeSpec, frames: usize, sound: Sound, name: &str) -> Self {
        let signal = |input: &Input| match (input.knob, input.kind) {
            (Some(knob), _) => InputSignal::Held(knob.to_signal(knob.default)),
            (None, PortKind::Pitch) => {
                InputSignal::Samples(noise(frames, 50).iter().map(|x| x.round()).collect())
            }
            (None, PortKind::Gate) => {
                let period = 100 + 37 * input.index;
                InputSignal::Samples((0..frames).map(|i| f32::from(i % period < period / 3)).collect())
            }
            (None, PortKind::Audio | PortKind::Control) => InputSignal::Samples(match sound {
                Sound::Silence => vec![0.0; frames],
                Sound::Impulse => impulse(frames, 5),
                Sound::Noise => noise(frames, input.index as u64),
            }),
        };
        Self {
            name: format!("{sound:?} and {name}"),
            inputs: spec.inputs.iter().map(|input| (*input, signal(input))).collect(),
            midi: messages(frames),
            device: vec![noise(frames, 60), noise(frames, 61)],
        }
    }

    /// The same with one knob turned to a shown value, or all of them.
    fn turned(
        mut self,
        which: Option<usize>,
        value: impl Fn(&jackfield_node::Knob) -> f32,
        name: &str,
    ) -> Self {
        for (input, signal) in &mut self.inputs {
            if let Some(knob) = input.knob.filter(|_| which.is_none_or(|which| which == input.index)) {
                *signal = InputSignal::Held(knob.to_signal(value(&knob)));
                self.name = match which {
                    Some(_) => format!("{}, '{}' at its {name}", self.name, input.name),
                    None => format!("{}, all at their {name}", self.name),
                };
            }
        }
        self
    }

    /// The same without MIDI, or with every controller besides the notes.
    pub(crate) fn with_midi(mut self, with: bool) -> Self {
        if with {
            let controllers = (0..120).map(|number| (9 * usize::from(number), [0xb0, number, 100]));
            self.midi.extend(controllers);
            self.midi.sort_by_key(|(frame, _)| *frame);
        } else {
            self.midi.clear();
        }
        self
    }

    /// The same beside a sound device that hears something, or silence.
    pub(crate) fn with_device(mut self, with: bool) -> Self {
        if !with {
            self.device.iter_mut().for_each(|channel| channel.fill(0.0));
        }
        self
    }

    pub(crate) fn plug_into(&self, node: &mut dyn NodeHarness) {
        for (input, signal) in &self.inputs {
            match signal {
                InputSignal::Held(value) => node.hold(*input, *value),
                InputSignal::Samples(samples) => node.plug(*input, samples.clone()),
            }
        }
        node.send(&self.midi, &self.device);
    }
}

/// Sound of each kind with each knob, and all of them, at both ends; and with all knobs moving.
pub(crate) fn stimuli(spec: &NodeSpec, frames: usize) -> Vec<Stimulus> {
    let knobs = spec.inputs.iter().filter(|input| input.knob.is_some()).map(|input| Some(input.index));
    let whiches: Vec<Option<usize>> = knobs.chain([None]).collect();
    let mut all = vec![Stimulus::busy(spec, frames)];
    for sound in [Sound::Silence, Sound::Impulse, Sound::Noise] {
        for which in &whiches {
            let plain = Stimulus::of(spec, frames, sound, "the rest as in a new node");
            all.push(plain.clone().turned(*which, |knob| knob.min, "least"));
            all.push(plain.turned(*which, |knob| knob.max, "most"));
        }
    }
    all
}

/// The settings of a new node, and all that differ from them in one setting at one end of its range
/// or in one choice.
pub(crate) fn settings_variants(spec: &NodeSpec) -> Vec<Settings> {
    let defaults = Settings::defaults(spec.settings);
    let mut all = vec![defaults.clone()];
    for setting in spec.settings {
        let values = match setting.kind {
            SettingKind::Choice(names, _) => (0..names.len()).map(SettingValue::Choice).collect(),
            SettingKind::Count(min, max, _) => vec![SettingValue::Count(min), SettingValue::Count(max)],
            SettingKind::Toggle(_) => vec![SettingValue::Toggle(false), SettingValue::Toggle(true)],
            SettingKind::Steps(min, max, default) => [1, default.len(), SettingValue::MAX_STEPS]
                .into_iter()
                .map(|count| {
                    SettingValue::Steps((0..count).map(|i| if i % 2 == 0 { min } else { max }).collect())
                })
                .collect(),
            SettingKind::File(_) | SettingKind::Text(_) => Vec::new(),
        };
        for value in values {
            let mut settings = defaults.clone();
            settings.set(setting, value).expect("the value fits the setting");
            if settings != defaults {
                all.push(settings);
            }
        }
    }
    all
}

/// MIDI of all kinds, sense and nonsense.
fn messages(frames: usize) -> Vec<(usize, Midi)> {
    let numbers = noise(frames, 40);
    let byte = |i: usize| ((numbers[i % frames] + 1.0) * 127.9) as u8;
    let message = |i: usize| match byte(i) % 4 {
        0 | 1 => [0x90, 40 + byte(i + 1) % 40, byte(i + 2) & 0x7f],
        2 => [0x80, 40 + byte(i + 1) % 40, 0],
        _ => [byte(i + 1), byte(i + 2), byte(i + 3)],
    };
    (0..frames).step_by(23).map(|frame| (frame, message(frame))).collect()
}
