//! Waveshaper: distortion by a curve, at four times the sample rate.
//!
//! Overtones that a curve makes above hearing would fold down and sound false; see
//! [`oversample`](jackfield_node::dsp::oversample), [`adaa`], [`shape`] and [`steepness`]. A sine up to 2.5
//! kHz has aliases below -80 dB with every curve, bias and drive.

use jackfield_node::dsp::adaa::{self, AdaaState};
use jackfield_node::dsp::gain::fader;
use jackfield_node::dsp::oversample::Oversampler4x;
use jackfield_node::dsp::shape;
use jackfield_node::dsp::smooth::approach;
use jackfield_node::dsp::steepness::{self, Bend};
use jackfield_node::prelude::*;
use jackfield_node::{Change, Migration};
use std::f32::consts::TAU;

choices! {
    /// How large signals are bent.
    enum WaveshaperCurve {
        Soft = "soft",
        Clip = "clip",
        Fold = "fold",
        Sine = "sine",
    }
}

const IN: Input = Input::audio(0, "in", "Signal to distort.");
const DRIVE: Input = Input::knob(
    1,
    "drive",
    Knob::decibels(-12.0, 48.0, 12.0),
    "How far the signal is pushed into the curve.",
);
const BIAS: Input = Input::knob(
    2,
    "bias",
    Knob::bipolar(0.0),
    "Shifts the signal on the curve: adds even overtones. The offset that comes with them is taken away.",
);
const LEVEL: Input = Input::knob(3, "level", Knob::decibels(-60.0, 12.0, -9.0), "Loudness after the curve.");

const CURVE: Setting =
    WaveshaperCurve::setting(0, "curve", WaveshaperCurve::Soft, "How large signals are bent.");

const OUT: Output = Output::audio(0, "out", "The distorted signal.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Waveshaper>(
    "effect.waveshaper",
    "Waveshaper",
    Category::Effect,
)
.summary("Distortion: saturates, clips or folds.")
.help(
    "Bends the signal by a curve, which adds overtones: the louder, the more. Soft rounds like a tube, \
         clip cuts like an overdriven mixer, fold turns peaks back inwards and makes a plain sine rich, sine \
         does that roundly. Quiet passages stay clean, so drive and the level in front decide the sound. \
         Try: a sine in, fold, and an LFO into drive with depth 3.",
)
.tags(&["distortion", "saturation", "overdrive", "fuzz", "wavefolder", "clip", "tanh", "tube"])
.inputs(&[IN, DRIVE, BIAS, LEVEL])
.outputs(&[OUT])
.settings(&[CURVE])
.version(2)
.migrations(&[Migration { from: 1, changes: &[Change::KnobDefault { knob: "level", was: -6.0 }] }])
.checked();

impl Configure for WaveshaperCurve {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.chosen(CURVE)
    }
}

lane_state! {
    struct State<V> {
        oversampled: Oversampler4x<V>,
        memory: ShaperMemory<V>,
        /// How much the driven signal bends.
        bend: Bend<V>,
        /// What a bias leaves off zero.
        offset: Lanes<V>,
    }
}

lane_state! {
    /// What a curve remembers, at four times the rate.
    struct ShaperMemory<V> {
        /// Its last input.
        last: Lanes<V>,
        /// What a corner leaves behind.
        corner: AdaaState<V>,
    }
}

/// What a bias bends to one side gets an offset; this takes it away, in hertz. Without a bias nothing is
/// taken.
const OFFSET_CORNER: f32 = 8.0;

struct Waveshaper;

impl LaneNode for Waveshaper {
    type State<V: Vector> = State<V>;
    type Config = WaveshaperCurve;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, curve: &WaveshaperCurve, io: &mut Io<'_, V>) {
        match curve {
            WaveshaperCurve::Soft => run(
                state,
                io,
                None,
                #[inline(always)]
                |memory, x| shape::soft(steepness::ease(&mut memory.last, x, 1.0)),
            ),
            WaveshaperCurve::Clip => run(
                state,
                io,
                None,
                #[inline(always)]
                |memory, x| {
                    let x = steepness::ease(&mut memory.last, x, 1.0);
                    let halves = adaa::clip(memory.corner[0], x, x.same(-1.0), x.same(1.0));
                    adaa::join(&mut memory.corner, x, halves)
                },
            ),
            WaveshaperCurve::Fold => run(
                state,
                io,
                Some(shape::ROUND_FOLD_BEND),
                #[inline(always)]
                |memory, x| shape::round_fold(std::mem::replace(&mut memory.last, x), x),
            ),
            WaveshaperCurve::Sine => run(
                state,
                io,
                Some(shape::SINE_FOLD_BEND),
                #[inline(always)]
                |memory, x| shape::sine_fold(std::mem::replace(&mut memory.last, x), x),
            ),
        }
    }
}

/// One block through a curve, which remembers what it needs. A drive makes the signal bend by `most_bend` at
/// most.
#[inline(always)]
fn run<V: Vector>(
    state: &mut State<V>,
    io: &mut Io<'_, V>,
    most_bend: Option<f32>,
    curve: impl Fn(&mut ShaperMemory<V>, Lanes<V>) -> Lanes<V>,
) {
    let input = io.input(IN);
    let mut drive = io.derive(
        [DRIVE],
        #[inline(always)]
        |[octaves]| octaves.exp2(),
    );
    let mut level = io.derive(
        [LEVEL],
        #[inline(always)]
        |[octaves]| fader(octaves),
    );
    // Away from the middle of the curve silence would come out as a steady value.
    let mut bias = io.derive(
        [BIAS],
        #[inline(always)]
        |[bias]| {
            let mut memory = ShaperMemory { last: bias, corner: [bias; 2] };
            curve(&mut memory, bias);
            (bias, curve(&mut memory, bias))
        },
    );
    let share = steepness::share_of(io.sample_rate());
    let settling = approach(io.splat(TAU * OFFSET_CORNER / io.sample_rate()));
    let bias_knob = io.input(BIAS);
    let mut out = io.output(OUT);
    for frame in io.frames() {
        let (bias, at_rest) = bias.at(frame);
        let mut driven = input.at(frame) * drive.at(frame);
        if let Some(most) = most_bend {
            driven = steepness::gently(&mut state.bend, driven, most, share);
        }
        let shaped = state.oversampled.apply(
            driven,
            #[inline(always)]
            |x| curve(&mut state.memory, x + bias),
        );
        let shaped = shaped - at_rest;
        let uneven = (!bias_knob.at(frame).equal(0.0)).keep(shaped);
        out.set(frame, (shaped - state.offset) * level.at(frame));
        state.offset += (uneven - state.offset) * settling;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::Choices;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::worst_alias_db;
    use jackfield_testkit::signal;

    fn harness(curve: WaveshaperCurve) -> LaneHarness {
        LaneHarness::of(&SPEC).setting(CURVE, curve).start().unwrap()
    }

    #[test]
    fn at_any_drive_and_bias_it_has_no_audible_aliases() {
        let frames = 1 << 16;
        for &curve in WaveshaperCurve::ALL {
            for hertz in [997.0, 2_500.0] {
                for drive in [12.0, 24.0, 30.0, 36.0, 42.0, 48.0] {
                    for bias in [0.0, 0.4, -1.0] {
                        let mut harness = harness(curve);
                        harness.turn(DRIVE, drive).turn(BIAS, bias);
                        harness.plug(IN, signal::sine(frames + 9_600, hertz, 48_000.0)).run(9_600);
                        let worst = worst_alias_db(harness.run(frames).output(OUT), 48_000.0, hertz);
                        let limit = if drive < 30.0 { -90.0 } else { -80.0 };
                        assert!(worst < limit, "{curve}, {hertz} Hz, {drive} dB, bias {bias}: {worst} dB");
                    }
                }
            }
        }
    }

    #[test]
    fn leaves_quiet_signals_alone() {
        let quiet: Vec<f32> = signal::sine(4_800, 100.0, 48_000.0).iter().map(|x| x * 0.01).collect();
        for (curve, gain) in [
            (WaveshaperCurve::Soft, 1.0),
            (WaveshaperCurve::Clip, 1.0),
            (WaveshaperCurve::Fold, 1.0),
            (WaveshaperCurve::Sine, std::f32::consts::FRAC_PI_2),
        ] {
            let mut harness = harness(curve);
            let run = harness.turn(DRIVE, 0.0).turn(LEVEL, 0.0).plug(IN, quiet.clone()).run(4_800);
            let peak = run.output(OUT)[2_400..].iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
            assert!((peak / 0.01 - gain).abs() < 0.002, "{curve}: {peak}");
        }
    }

    #[test]
    fn silence_stays_silent_with_bias() {
        for &curve in WaveshaperCurve::ALL {
            let mut harness = harness(curve);
            harness.turn(BIAS, 0.7).hold(IN, 0.0).run(4_800);
            assert!(harness.run(64).output(OUT).iter().all(|x| x.abs() < 1e-5));
        }
    }
}
