//! Granular: a cloud of short grains, cut out of a file or out of what has just been heard.

mod cloud;
mod grain;

use crate::parts::delay::line::DelayLine;
use crate::parts::timing::gate::Gate;
use cloud::{GrainCloud, GrainParams};
use grain::GrainSource;
use jackfield_node::Asset;
use jackfield_node::C4_HERTZ;
use jackfield_node::ChannelChoice;
use jackfield_node::dsp::Lanes;
use jackfield_node::prelude::*;
use std::sync::Arc;

const IN: Input = Input::audio(0, "in", "The sound grains are cut from, as long as no file is chosen.");
const POSITION: Input = Input::knob(
    1,
    "position",
    Knob::unit(0.25),
    "Where grains begin: from the start of the file to its end, or from now to 4 seconds ago.",
);
const SPRAY: Input =
    Input::knob(2, "spray", Knob::unit(0.05), "How far from there grains may begin, at random.");
const SIZE: Input = Input::knob(3, "size", Knob::seconds(0.005, 2.0, 0.12), "Length of a grain.");
const DENSITY: Input =
    Input::knob(4, "density", Knob::hertz(0.5, 400.0, 30.0), "How many grains begin per second.");
const SCATTER: Input = Input::knob(
    5,
    "scatter",
    Knob::unit(0.7),
    "0: grains begin as regularly as a clock. 100 %: at any moment.",
);
const PITCH: Input = Input::knob(
    6,
    "pitch",
    Knob::octaves(-4.0, 4.0, 0.0),
    "Pitch of the grains, in octaves. The cloud does not go faster or slower for it.",
);
const DETUNE: Input =
    Input::knob(7, "detune", Knob::cents(0.0, 1_200.0, 8.0), "How far from there each grain's pitch may be.");
const SPREAD: Input = Input::knob(8, "spread", Knob::unit(0.7), "How far left and right grains may lie.");
const REVERSE: Input = Input::knob(9, "reverse", Knob::unit(0.0), "How many of the grains run backwards.");
const FREEZE: Input = Input::gate(10, "freeze", "While it is open, what was heard stays as it is.");

const LEFT: Output = Output::audio(0, "left", "The left side.");
const RIGHT: Output = Output::audio(1, "right", "The right side.");

const FILE: Setting =
    Setting::file(0, "file", FileKind::Sound, "The file to cut. Without one, what comes in is cut.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Granular>("source.granular", "Granular", Category::Source)
    .summary("A cloud of grains out of a file or a living sound.")
    .help(
        "Cuts a sound into grains of a tenth of a second and lays them over each other. Because each grain \
         begins where position says, time stands still or runs at any speed, and pitch is free of it: a word \
         becomes a choir, a chord a landscape. Short grains buzz, long ones blur; spray loosens them, \
         density makes them a texture or single drops. With a file, move position slowly; without one it \
         feeds on its input, and freeze holds the moment. Try: a melody into 'in', pitch at 1 octave, spray \
         30 %, and a reverb behind it.",
    )
    .tags(&["grain", "cloud", "texture", "freeze", "time stretch", "sampler", "ambient", "glitch", "pad"])
    .inputs(&[IN, POSITION, SPRAY, SIZE, DENSITY, SCATTER, PITCH, DETUNE, SPREAD, REVERSE, FREEZE])
    .outputs(&[LEFT, RIGHT])
    .settings(&[FILE])
    .face(Face::File)
    .that_delays()
    .random()
    .checked();

/// How much of what comes in is remembered, in seconds.
const MEMORY_SECONDS: f32 = 4.0;

/// The file, if there is one with sound in it.
struct GranularConfig(Option<Arc<Asset>>);

impl Configure for GranularConfig {
    fn configure(settings: &Settings, setup: &Setup) -> Result<Self, ConfigError> {
        let path = settings.text(FILE)?;
        let file = if path.is_empty() {
            None
        } else {
            Some(setup.assets.load_stereo(path, setup.sample_rate, ChannelChoice::All)?)
        };
        Ok(Self(file.filter(|file| file.frames() > 0)))
    }
}

struct Granular {
    memory: DelayLine,
    /// How far back the memory may be read, in frames.
    reach: f64,
    freeze: Gate,
    cloud: GrainCloud,
}

impl BlockNode for Granular {
    type Config = GranularConfig;

    fn new(_: &GranularConfig, setup: &Setup, seed: u32) -> Self {
        let reach = (MEMORY_SECONDS * setup.sample_rate) as usize;
        Self {
            memory: DelayLine::new(reach),
            reach: reach as f64,
            freeze: Gate::default(),
            cloud: GrainCloud::new(seed),
        }
    }

    fn process(&mut self, GranularConfig(file): &GranularConfig, io: &mut BlockIo<'_>) {
        let rate = io.sample_rate();
        let (input, freeze) = (io.input(IN), io.input(FREEZE));
        let knobs = [POSITION, SPRAY, SIZE, DENSITY, SCATTER, PITCH, DETUNE, SPREAD, REVERSE];
        let knobs = knobs.map(|knob| io.input(knob));
        let (left, right) = io.output_pair(LEFT, RIGHT);
        for (i, (left, right)) in left.iter_mut().zip(right).enumerate() {
            let is_frozen = self.freeze.is_open_after(freeze[i]);
            if !is_frozen {
                self.memory.push(input[i]);
            }
            let sound = match file {
                Some(file) => GrainSource::File(file),
                None => GrainSource::Memory { line: &self.memory, reach: self.reach, moves: !is_frozen },
            };
            let [position, spray, size, density, scatter, pitch, detune, spread, reverse] =
                knobs.map(|knob| knob[i]);
            let params = GrainParams { position, spray, size, scatter, pitch, detune, spread, reverse };
            let advance = (Lanes(density).exp2().0 * C4_HERTZ / rate).min(0.5);
            [*left, *right] = self.cloud.next(&sound, &params, advance, rate);
        }
    }

    fn reset(&mut self) {
        self.memory.clear();
        self.freeze = Gate::default();
        self.cloud.reset();
    }
}

#[cfg(test)]
mod tests;
