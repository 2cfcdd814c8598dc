//! Reverb: a room made of sixteen delay lines.
//!
//! The decay is the one asked for, at every frequency up to the damping. Everything else is in
//! `network`: how the lines are mixed, what they lose, and why nothing rings.

mod diffuser;
mod network;

use crate::parts::delay_line::DelayLine;
use crate::parts::fading_tap::{FadingTap, LONGEST_ROW};
use diffuser::Diffuser;
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::Lanes;
use jackfield_node::prelude::*;
use network::{Network, Room, TICK};

const IN: Input = Input::audio(0, "in", "Sound for both channels.").sum();
const LEFT: Input = Input::audio(1, "left", "Sound for the left channel.").sum();
const RIGHT: Input = Input::audio(2, "right", "Sound for the right channel.").sum();
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
    Knob::ratio(0.25, network::LARGEST, 1.0),
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

const NO_DAMPING_HERTZ: f32 = 20_000.0;

const LONGEST_PREDELAY: f32 = 0.5;

/// How long a change of the predelay fades, in seconds.
const FADE_SECONDS: f32 = 0.03;

/// Delays of the diffusers in seconds, no two alike.
const LEFT_DIFFUSION: [f32; 4] = [0.004_77, 0.003_59, 0.012_73, 0.009_31];
const RIGHT_DIFFUSION: [f32; 4] = [0.004_41, 0.003_89, 0.011_93, 0.010_07];

struct Reverb {
    before: [DelayLine; 2],
    predelays: [FadingTap; 2],
    is_new: bool,
    diffusers: [Diffuser<4>; 2],
    network: Network,
}

impl BlockNode for Reverb {
    type Config = NoConfig;

    fn new(_: &NoConfig, setup: &Setup, _: u32) -> Self {
        let longest = (LONGEST_PREDELAY * setup.sample_rate).ceil() as usize + TICK;
        let fade = (FADE_SECONDS * setup.sample_rate) as usize;
        Self {
            before: [DelayLine::new(longest), DelayLine::new(longest)],
            predelays: [FadingTap::new(0, fade); 2],
            is_new: true,
            diffusers: [LEFT_DIFFUSION, RIGHT_DIFFUSION].map(|times| Diffuser::new(times, setup.sample_rate)),
            network: Network::new(setup.sample_rate),
        }
    }

    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        let mut start = 0;
        while start < io.frames() {
            if self.network.is_tick() {
                self.tick(io, start);
            }
            let count = self.network.frames_left().min(io.frames() - start);
            self.process_row(io, start, count);
            start += count;
        }
    }

    fn reset(&mut self) {
        self.before.iter_mut().for_each(DelayLine::clear);
        self.diffusers.iter_mut().for_each(Diffuser::clear);
        self.network.reset();
        self.is_new = true;
    }
}

impl Reverb {
    /// Takes in the knobs as they stand at a frame.
    fn tick(&mut self, io: &BlockIo<'_>, frame: usize) {
        let knob = |input: Input| Lanes(io.input(input)[frame]).exp2().0;
        let damping = knob(DAMPING) * C4_HERTZ;
        self.network.tick(Room {
            decay: knob(DECAY),
            damping: (damping < NO_DAMPING_HERTZ * 0.999).then_some(damping),
            size: knob(SIZE),
        });
        let predelay = (knob(PREDELAY).min(LONGEST_PREDELAY) * io.sample_rate()).round() as usize;
        for tap in &mut self.predelays {
            if self.is_new { tap.jump(predelay) } else { tap.aim(predelay) }
        }
        self.is_new = false;
    }

    /// Computes `count` frames from `start`, all of one tick.
    fn process_row(&mut self, io: &mut BlockIo<'_>, start: usize, count: usize) {
        let range = start..start + count;
        let both = &io.input(IN)[range.clone()];
        let mut dry = [[0.0; LONGEST_ROW]; 2];
        let mut wet = [[0.0; LONGEST_ROW]; 2];
        for (channel, input) in [LEFT, RIGHT].into_iter().enumerate() {
            let dry = &mut dry[channel][..count];
            for ((dry, own), both) in dry.iter_mut().zip(&io.input(input)[range.clone()]).zip(both) {
                *dry = own + both;
            }
            let wet = &mut wet[channel][..count];
            self.before[channel].push_all(dry);
            self.predelays[channel].read(&self.before[channel], count, wet);
            self.diffusers[channel].process(wet);
        }
        let [wet_left, wet_right] = &mut wet;
        self.network.process(&mut wet_left[..count], &mut wet_right[..count]);
        let mix = &io.input(MIX)[range.clone()];
        for (channel, output) in [LEFT_OUT, RIGHT_OUT].into_iter().enumerate() {
            let sounds = dry[channel].iter().zip(&wet[channel]);
            for ((out, (dry, wet)), mix) in io.output(output)[range.clone()].iter_mut().zip(sounds).zip(mix) {
                let mix = mix.clamp(0.0, 1.0);
                *out = dry * (1.0 - mix) + wet * mix;
            }
        }
    }
}

#[cfg(test)]
mod tests;
