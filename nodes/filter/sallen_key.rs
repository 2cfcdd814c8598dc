//! Sallen-Key filter with diodes in its feedback, as in the small semi-modular synthesizers of 1978.
//!
//! The algorithm and its sources are in [`jackfield_node::dsp::sallen_key`]. It runs at twice the sample
//! rate, which gives the overtones of its clipping room.

use crate::parts::filter::oversampler_2x::Oversampler2x;
use crate::parts::mixing::stereo_lanes::{self, StereoOutput, StereoSignal};
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::sallen_key::{self, SallenKeyCoefficients};
use jackfield_node::prelude::*;

choices! {
    /// What passes.
    enum SallenKeyMode {
        Low = "low",
        High = "high",
    }
}

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
    "Height of the peak; from 91 % on the filter screams by itself.",
);
const DRIVE: Input = Input::knob(
    5,
    "drive",
    Knob::decibels(-24.0, 36.0, 0.0),
    "How hard the input is pushed into saturation.",
);

const MODE: Setting = SallenKeyMode::setting(
    0,
    "mode",
    SallenKeyMode::Low,
    "Keeps what lies below the corner, at 12 dB per octave, or above it, at 6.",
);

const OUT: Output = Output::audio(0, "out", "The filtered signal.");
const RIGHT_OUT: Output = stereo_lanes::right_out(1);

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<SallenKey>("filter.sallen_key", "Sallen-Key filter", Category::Filter)
        .summary("Raw filter with a scream: diodes limit its resonance.")
        .help(
            "A small filter that was built into the cheapest synthesizers because it needs few parts, and is \
             loved because it misbehaves. Diodes clip what the resonance feeds back, so a loud input pushes \
             the resonance aside and a quiet one lets it out: play with the drive. Try: two of them in a \
             row, the first set to high at 200 Hz, the second to low at 1 kHz, resonance 85 % on both, and a \
             saw with a few decibels of drive: the classic way to use it.",
        )
        .tags(&["ms-20", "ms20", "korg35", "lowpass", "highpass", "vcf", "12 dB", "scream", "analogue"])
        .inputs(&[IN, LEFT, RIGHT, CUTOFF, RESONANCE, DRIVE])
        .outputs(&[OUT, RIGHT_OUT])
        .settings(&[MODE])
        .random()
        .that_changes_loudness("It takes away what lies above its corner.")
        .checked();

impl Configure for SallenKeyMode {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.chosen(MODE)
    }
}

lane_state! { struct State<V> { poles: [Lanes<V>; 2], oversampler: Oversampler2x<V> } }

struct SallenKey;

impl LaneNode for SallenKey {
    type State<V: Vector> = State<V>;
    type Config = SallenKeyMode;

    const KEPT_WORDS: usize = stereo_lanes::kept_words::<State<f32>>();

    fn start(seed: u32) -> State<f32> {
        State { poles: [Lanes(0.0); 2], oversampler: Oversampler2x::start(seed) }
    }

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, mode: &SallenKeyMode, io: &mut Io<'_, V>) {
        match mode {
            SallenKeyMode::Low => run(
                state,
                io,
                #[inline(always)]
                |poles, input, coefficients| sallen_key::low(poles, input, coefficients),
            ),
            SallenKeyMode::High => run(
                state,
                io,
                #[inline(always)]
                |poles, input, coefficients| sallen_key::high(poles, input, coefficients),
            ),
        }
    }
}

/// One block through either mode.
#[inline(always)]
fn run<V: Vector>(
    state: &mut State<V>,
    io: &mut Io<'_, V>,
    step: impl Fn(&mut [Lanes<V>; 2], Lanes<V>, &SallenKeyCoefficients<V>) -> Lanes<V>,
) {
    let input = StereoSignal::new(io, IN, LEFT, RIGHT);
    let base = C4_HERTZ / (2.0 * io.sample_rate());
    let mut coefficients = io.derive(
        [CUTOFF, RESONANCE],
        #[inline(always)]
        |[octaves, resonance]| SallenKeyCoefficients::new(octaves.exp2() * base, resonance),
    );
    let mut drive = io.derive(
        [DRIVE],
        #[inline(always)]
        |[octaves]| octaves.exp2(),
    );
    let mut out = StereoOutput::new(io, &input, OUT, RIGHT_OUT);
    for side in input.channels() {
        let mut channel = StereoSignal::state(io, side, state);
        for frame in io.frames() {
            let mut halves = channel.oversampler.up(input.side(side, frame) * drive.at(frame));
            let coefficients = coefficients.at(frame);
            for half in &mut halves {
                *half = step(&mut channel.poles, half.tanh(), &coefficients);
            }
            out.side(side).set(frame, channel.oversampler.down(halves));
        }
        input.keep(io, side, state, channel);
    }
    out.finish(io);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::filter::checks::{bounded_under_modulation, gain_db_at, resonance_stands_at, sings_at};
    use jackfield_node::Choices;
    use jackfield_node::harness::LaneHarness;

    fn harness(mode: SallenKeyMode) -> LaneHarness {
        LaneHarness::of(&SPEC).setting(MODE, mode).start().unwrap()
    }

    #[test]
    fn the_resonance_stands_at_the_cutoff() {
        for &mode in SallenKeyMode::ALL {
            resonance_stands_at(IN, CUTOFF, OUT, 5.0, 30.0, || {
                let mut harness = harness(mode);
                harness.turn(RESONANCE, 0.9);
                harness
            });
        }
    }

    #[test]
    fn sings_at_the_cutoff_by_itself() {
        for &mode in SallenKeyMode::ALL {
            sings_at(CUTOFF, OUT, 5.0, || {
                let mut harness = harness(mode);
                harness.turn(RESONANCE, 1.0);
                harness
            });
        }
    }

    #[test]
    fn stays_bounded_under_violent_modulation() {
        for &mode in SallenKeyMode::ALL {
            for drive in [0.0, 36.0] {
                let mut harness = harness(mode);
                harness.turn(RESONANCE, 1.0).turn(DRIVE, drive);
                bounded_under_modulation(IN, CUTOFF, OUT, 6.0, &mut harness);
            }
        }
    }

    #[test]
    fn the_slopes_are_those_of_the_circuit() {
        let slope = |mode: SallenKeyMode, from: f64, to: f64| {
            let mut harness = harness(mode);
            harness.turn(RESONANCE, 0.0).turn(CUTOFF, 500.0);
            let response = harness.plug(IN, jackfield_testkit::signal::impulse(48_000, 0)).run(48_000);
            gain_db_at(response.output(OUT), to) - gain_db_at(response.output(OUT), from)
        };
        assert!((slope(SallenKeyMode::Low, 4_000.0, 8_000.0) + 12.0).abs() < 0.6);
        assert!((slope(SallenKeyMode::High, 31.25, 62.5) - 6.0).abs() < 0.6);
    }
}
