//! An effect whose job is not to take away is as loud as what it is given, at its defaults: else a person who
//! puts it in hears the level first and the effect second. Measured as loudness (ITU-R BS.1770) on pink noise
//! and on music.

use crate::harness::HarnessConfig;
use crate::measure::integrated_lufs;
use crate::signal::{music, pink_noise};
use jackfield_node::{Input, NodeSpec, PortKind};
use std::fmt;
use std::sync::LazyLock;

const SAMPLE_RATE: f32 = 48_000.0;
/// Frames that are played, and those of them at the beginning that are not measured.
const FRAMES: usize = 168_000;
const SETTLES: usize = 72_000;

/// How much louder a node's output is than its input, at its defaults.
#[derive(Clone, Debug)]
pub struct LoudnessChange {
    /// The node type.
    pub node: &'static str,
    /// What was played.
    pub sound: &'static str,
    /// Loudness behind the node re before it.
    pub decibels: f64,
}

impl fmt::Display for LoudnessChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:+6.1} dB  {}  {}", self.decibels, self.node, self.sound)
    }
}

/// What a node does to the loudness of pink noise and of music. Empty for a node that has no sound to hear or
/// none to give.
pub fn loudness_changes(spec: &'static NodeSpec) -> Vec<LoudnessChange> {
    let is_sound = |input: &&Input| input.kind == PortKind::Audio && input.knob.is_none();
    let inputs: Vec<Input> = spec.inputs.iter().filter(is_sound).copied().collect();
    let outputs: Vec<usize> = audio_outputs(spec);
    if inputs.is_empty() || outputs.is_empty() {
        return Vec::new();
    }
    let measure = |PlayedSound { sound, played: [first, second], loudness }: &PlayedSound| {
        let mut harness = HarnessConfig::of(spec).start(spec);
        // A stereo pair beside a mono input stays empty; what is there to work on the sound gets another one.
        for (number, input) in inputs.iter().enumerate() {
            match input.name {
                _ if number == 0 => harness.plug(*input, first.clone()),
                "right" if inputs[0].name == "left" => harness.plug(*input, first.clone()),
                "left" | "right" => {}
                _ => harness.plug(*input, second.clone()),
            }
        }
        let run = harness.run(FRAMES);
        let heard: Vec<&[f32]> = outputs.iter().map(|output| &run[*output][SETTLES..]).collect();
        // What is mono on both sides is as loud as on one; what a mono sound is spread over counts as a
        // whole.
        let has_sides = inputs.iter().any(|input| input.name == "left");
        let channels = if has_sides { 10.0 * (outputs.len() as f64).log10() } else { 0.0 };
        let decibels = integrated_lufs(&heard, SAMPLE_RATE) - channels - loudness;
        LoudnessChange { node: spec.id, sound, decibels }
    };
    static SOUNDS: LazyLock<[PlayedSound; 2]> = LazyLock::new(|| {
        [
            PlayedSound::new("pink noise", pink_noise(FRAMES, 1)),
            PlayedSound::new("music", music(FRAMES, SAMPLE_RATE)),
        ]
    });
    SOUNDS.iter().map(measure).collect()
}

/// A sound, another one for an input beside it, and how loud the first is where it is measured.
struct PlayedSound {
    sound: &'static str,
    played: [Vec<f32>; 2],
    loudness: f64,
}

impl PlayedSound {
    fn new(sound: &'static str, samples: Vec<f32>) -> Self {
        let loudness = integrated_lufs(&[&samples[SETTLES..]], SAMPLE_RATE);
        Self { sound, played: [samples, pink_noise(FRAMES, 2)], loudness }
    }
}

/// A stereo pair, or else the first output for sound.
fn audio_outputs(spec: &NodeSpec) -> Vec<usize> {
    let sounds = || spec.outputs.iter().filter(|output| output.kind == PortKind::Audio);
    let pair: Vec<usize> = sounds()
        .filter(|output| matches!(output.name, "left" | "right"))
        .map(|output| output.index)
        .collect();
    if pair.len() == 2 { pair } else { sounds().map(|output| output.index).take(1).collect() }
}
