//! Reverb: a room made of sixteen delay lines.
//!
//! The decay is the one asked for, at every frequency up to the damping. Everything else is in
//! `parts::reverb::network`: how the lines are mixed, what they lose, and why nothing rings.

use crate::parts::mixing::stereo_ports::{IN, LEFT, RIGHT};
use crate::parts::reverb::network::LARGEST;
use crate::parts::reverb::stereo_reverb::{
    LONGEST_PREDELAY, NO_DAMPING_HERTZ, ReverbDesign, ReverbPorts, StereoReverb,
};
use jackfield_node::prelude::*;

const DECAY: Input =
    Input::knob(3, "decay", Knob::seconds(0.1, 60.0, 2.0), "Time in which the sound falls by 60 dB.").sum();
const DAMPING: Input = Input::knob(
    4,
    "damping",
    Knob::hertz(500.0, NO_DAMPING_HERTZ, 6000.0),
    "At this frequency the decay takes half as long; above it less still. 20 kHz: no damping.",
)
.sum();
const SIZE: Input = Input::knob(
    5,
    "size",
    Knob::ratio(0.25, LARGEST, 1.0),
    "Distance of the walls. 1: a hall. Small sizes are denser and coloured.",
)
.sum();
const PREDELAY: Input = Input::knob(
    6,
    "predelay",
    Knob::seconds(0.001, LONGEST_PREDELAY, 0.015),
    "Time before the room answers. More of it puts the sound in front of the room.",
)
.sum();
const MIX: Input = Input::knob(7, "mix", Knob::unit(0.3), "0: the sound alone. 100 %: the room alone.").sum();

const LEFT_OUT: Output = Output::audio(0, "left", "Sound and room, left.");
const RIGHT_OUT: Output = Output::audio(1, "right", "Sound and room, right.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Reverb>("effect.reverb", "Reverb", Category::Effect)
    .summary("A room around the sound, from a box to a cathedral.")
    .help(
        "A room answers a sound with so many echoes that they melt into a tail. The decay is how long the \
         tail lasts, the size how far its walls are apart, the damping how soft they are: carpets eat \
         treble, tiles don't. All voices share one room, and a mono sound comes out stereo. Steady sound is \
         equally loud dry and wet. Try: a decay of 30 seconds, mix 100 % and slow chords: a pad out of \
         anything. Then a size of 0.25 with a decay of 0.4 seconds on drums.",
    )
    .tags(&["room", "hall", "plate", "space", "ambience", "echo", "fdn", "stereo"])
    .inputs(&[IN, LEFT, RIGHT, DECAY, DAMPING, SIZE, PREDELAY, MIX])
    .outputs(&[LEFT_OUT, RIGHT_OUT])
    .checked();

/// Lines from 21 to 61 ms, whose frames at 48 kHz are primes.
static HALL: ReverbDesign = ReverbDesign {
    lines: [
        1019.0, 1103.0, 1201.0, 1301.0, 1409.0, 1523.0, 1637.0, 1747.0, 1867.0, 1999.0, 2129.0, 2273.0,
        2417.0, 2579.0, 2749.0, 2939.0,
    ],
    diffusion: [[0.004_77, 0.003_59, 0.012_73, 0.009_31], [0.004_41, 0.003_89, 0.011_93, 0.010_07]],
};

const PORTS: ReverbPorts = ReverbPorts {
    decay: DECAY,
    damping: DAMPING,
    size: SIZE,
    predelay: PREDELAY,
    mix: MIX,
    out: [LEFT_OUT, RIGHT_OUT],
};

struct Reverb(StereoReverb);

impl BlockNode for Reverb {
    type Config = NoConfig;

    fn new(_: &NoConfig, setup: &Setup, _: u32) -> Self {
        Self(StereoReverb::new(&HALL, setup.sample_rate))
    }

    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        self.0.process(&PORTS, io);
    }

    fn reset(&mut self) {
        self.0.reset();
    }
}

#[cfg(test)]
mod tests;
