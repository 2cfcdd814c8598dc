//! Diode ladder filter: the soft corner and rubbery resonance of the little silver bass machine.
//!
//! The algorithm and its sources are in [`jackfield_node::dsp::diode_ladder`]. It runs at twice the sample
//! rate, which gives the overtones of its saturation room.

use crate::parts::filter::oversampler_2x::Oversampler2x;
use crate::parts::mixing::stereo_lanes::{self, StereoOutput, StereoSignal};
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::diode_ladder::{self, DiodeLadderCoefficients};
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Signal to filter.");
const LEFT: Input = stereo_lanes::left(1);
const RIGHT: Input = stereo_lanes::right(2);
const CUTOFF: Input = Input::knob(
    3,
    "cutoff",
    Knob::hertz(20.0, 20_000.0, 1_000.0),
    "Corner frequency, where the peak stands.",
);
const RESONANCE: Input = Input::knob(
    4,
    "resonance",
    Knob::unit(0.5),
    "Height of the peak; from 80 % on the filter screams by itself.",
);
const DRIVE: Input = Input::knob(
    5,
    "drive",
    Knob::decibels(-24.0, 36.0, 0.0),
    "How hard the input is pushed into saturation.",
);

const OUT: Output = Output::audio(0, "out", "The filtered signal.");
const RIGHT_OUT: Output = stereo_lanes::right_out(1);

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<DiodeLadder>("filter.diode_ladder", "Diode ladder filter", Category::Filter)
        .summary("Soft-cornered 24 dB/octave low-pass with a rubbery resonance.")
        .help(
            "Four poles in a row like the transistor ladder, but joined by diodes, so that each pole loads \
             the one before: the corner is softer, the resonance thinner and more vocal, and it takes some \
             of the bass away, which is part of the charm. Acid basslines are made of this. Try: a saw or \
             square at low pitch, resonance 75 %, drive 12 dB, an envelope with a decay of 0.2 s into the \
             cutoff with depth 3, and slides between the notes.",
        )
        .tags(&["tb-303", "303", "acid", "lowpass", "vcf", "24 dB", "18 dB", "squelch", "analogue"])
        .inputs(&[IN, LEFT, RIGHT, CUTOFF, RESONANCE, DRIVE])
        .outputs(&[OUT, RIGHT_OUT])
        .random()
        .that_changes_loudness("It takes away what lies above its corner.")
        .checked();

lane_state! { struct State<V> { poles: [Lanes<V>; 4], oversampler: Oversampler2x<V> } }

struct DiodeLadder;

impl LaneNode for DiodeLadder {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    const KEPT_WORDS: usize = stereo_lanes::kept_words::<State<f32>>();

    fn start(seed: u32) -> State<f32> {
        State { poles: [Lanes(0.0); 4], oversampler: Oversampler2x::start(seed) }
    }

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let input = StereoSignal::new(io, IN, LEFT, RIGHT);
        let base = C4_HERTZ / (2.0 * io.sample_rate());
        let mut coefficients = io.derive([CUTOFF, RESONANCE], |[octaves, resonance]| {
            DiodeLadderCoefficients::new(octaves.exp2() * base, resonance)
        });
        let mut drive = io.input(DRIVE).derive(Lanes::exp2);
        let mut out = StereoOutput::new(io, &input, OUT, RIGHT_OUT);
        for side in input.channels() {
            let mut channel = StereoSignal::state(io, side, state);
            for frame in io.frames() {
                let mut halves = channel.oversampler.up(input.side(side, frame) * drive.at(frame));
                let coefficients = coefficients.at(frame);
                for half in &mut halves {
                    *half = diode_ladder::step(&mut channel.poles, half.tanh(), &coefficients);
                }
                out.side(side).set(frame, channel.oversampler.down(halves));
            }
            input.keep(io, side, state, channel);
        }
        out.finish(io);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::filter::checks::{bounded_under_modulation, resonance_stands_at, sings_at};
    use jackfield_node::harness::LaneHarness;

    fn resonant(resonance: f32) -> LaneHarness {
        let mut harness = LaneHarness::new(&SPEC);
        harness.turn(RESONANCE, resonance);
        harness
    }

    #[test]
    fn the_resonance_stands_at_the_cutoff() {
        for (resonance, most, height) in [(0.79, 5.0, 30.0), (0.7, 7.0, 12.0), (0.6, 10.0, 6.0)] {
            resonance_stands_at(IN, CUTOFF, OUT, most, height, || resonant(resonance));
        }
    }

    #[test]
    fn sings_at_the_cutoff_by_itself() {
        sings_at(CUTOFF, OUT, 5.0, || resonant(1.0));
    }

    #[test]
    fn stays_bounded_under_violent_modulation() {
        for drive in [0.0, 36.0] {
            let mut harness = resonant(1.0);
            bounded_under_modulation(IN, CUTOFF, OUT, 6.0, harness.turn(DRIVE, drive));
        }
    }
}
