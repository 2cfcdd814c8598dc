//! Wavefolder: turns the peaks of a wave back inwards, again and again, as west-coast synthesizers do.
//!
//! The folds are those of [`shape`], which fade what would alias, at four times the sample rate, behind the
//! limits of [`steepness`]: a sine up to 2.5 kHz has aliases below -80 dB however far it is folded.

use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::gain::fader;
use jackfield_node::dsp::oversample::Oversampler4x;
use jackfield_node::dsp::steepness::{self, Bend};
use jackfield_node::dsp::{one_pole, shape};
use jackfield_node::prelude::*;

choices! {
    enum FoldShape {
        Round = "round",
        Sharp = "sharp",
        Five = "five",
    }
}

const IN: Input = Input::audio(0, "in", "Wave to fold; a sine or triangle shows it best.");
const FOLDS: Input = Input::knob(
    1,
    "folds",
    Knob::decibels(-12.0, 36.0, 6.0),
    "How far the wave is pushed beyond the first fold: each doubling doubles the folds. Turned fast, the \
     wave runs through them, which is a sound of its own.",
)
.that_sweeps();
const SYMMETRY: Input = Input::knob(
    2,
    "symmetry",
    Knob::bipolar(0.0),
    "Shifts the wave, so that it folds unevenly: even overtones. 100 %: by half a fold.",
);
const TONE: Input = Input::knob(
    3,
    "tone",
    Knob::hertz(200.0, 20_000.0, 20_000.0),
    "Takes the edge off: 6 dB per octave above this. At the top it does nothing.",
);
const LEVEL: Input = Input::knob(4, "level", Knob::decibels(-60.0, 12.0, -6.0), "Loudness after folding.");

const SHAPE: Setting = FoldShape::setting(
    0,
    "shape",
    FoldShape::Round,
    "Sines; triangles, which are brighter; or triangles that stop after five folds to a side.",
);

const OUT: Output = Output::audio(0, "out", "The folded wave.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Wavefolder>(
    "effect.wavefolder",
    "Wavefolder",
    Category::Effect,
)
.summary("Folds peaks back inwards: from a sine to a rich, moving spectrum.")
.help(
    "Instead of taking overtones away with a filter, as in the east, one starts from a plain wave and \
         adds them, as in the west: each fold is a new bump in the wave. The folds follow the level, so an \
         envelope or LFO at 'folds' makes the timbre move like a filter sweep, but with a character of its \
         own. Round is like a row of diode stages, five is like five folding cells side by side, which hold \
         on when driven further. Symmetry folds one side more than the other, which leaves an offset. Try: a \
         sine at 110 Hz, shape five, an envelope into folds with depth 4, and a slow LFO into symmetry.",
)
.tags(&["buchla", "serge", "west coast", "fold", "timbre", "wave multiplier", "overtones"])
.inputs(&[IN, FOLDS, SYMMETRY, TONE, LEVEL])
.outputs(&[OUT])
.settings(&[SHAPE])
.with_offset("Symmetry folds one side more than the other.")
.checked();

/// Where the cells of shape 'five' are used up: at the end of the fifth fold.
const LAST_FOLD: f32 = 10.0;

/// As wide as this, re -1 to 1, are the five folds for what moves fast: hardly wider than one of them.
const FIVE_WIDTH: f32 = 1.625;

/// From this knob position on the tone filter does nothing: 19 kHz, in octaves re C4.
const OPEN: f32 = 6.182;

impl Configure for FoldShape {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.chosen(SHAPE)
    }
}

lane_state! {
    struct State<V> {
        oversampled: Oversampler4x<V>,
        /// What was last folded, at four times the rate.
        before: Lanes<V>,
        /// What was last driven into the end of the folds, there too, and how much it bends.
        last: Lanes<V>,
        bend: Bend<V>,
        tone: Lanes<V>,
    }
}

struct Wavefolder;

impl LaneNode for Wavefolder {
    type State<V: Vector> = State<V>;
    type Config = FoldShape;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, shape: &FoldShape, io: &mut Io<'_, V>) {
        match shape {
            FoldShape::Round => run(
                state,
                io,
                Some(shape::SINE_FOLD_BEND),
                #[inline(always)]
                |_, x| x,
                #[inline(always)]
                |before, x| shape::sine_fold(before, x),
            ),
            FoldShape::Sharp => run(
                state,
                io,
                Some(shape::ROUND_FOLD_BEND),
                #[inline(always)]
                |_, x| x,
                #[inline(always)]
                |before, x| shape::round_fold(before, x),
            ),
            FoldShape::Five => run(
                state,
                io,
                None,
                #[inline(always)]
                |last, x| (steepness::ease(last, x, FIVE_WIDTH) * (1.0 / LAST_FOLD)).tanh() * LAST_FOLD,
                #[inline(always)]
                |before, x| shape::round_fold(before, x),
            ),
        }
    }
}

/// One block through a shape; `limit` comes before it. The signal is driven until it bends by `most_bend`.
#[inline(always)]
fn run<V: Vector>(
    state: &mut State<V>,
    io: &mut Io<'_, V>,
    most_bend: Option<f32>,
    limit: impl Fn(&mut Lanes<V>, Lanes<V>) -> Lanes<V>,
    fold: impl Fn(Lanes<V>, Lanes<V>) -> Lanes<V>,
) {
    let (input, base) = (io.input(IN), C4_HERTZ / io.sample_rate());
    let mut drive = io.derive(
        [FOLDS],
        #[inline(always)]
        |[octaves]| octaves.exp2(),
    );
    // Away from the middle of the folds silence would come out as a steady value.
    let mut symmetry = io.derive(
        [SYMMETRY],
        #[inline(always)]
        |[symmetry]| {
            let mut last = symmetry;
            let limited = limit(&mut last, symmetry);
            (symmetry, fold(limited, limited))
        },
    );
    let mut tone = io.derive(
        [TONE],
        #[inline(always)]
        |[octaves]| one_pole::opening_gain(octaves.exp2() * base, octaves, OPEN),
    );
    let mut level = io.derive(
        [LEVEL],
        #[inline(always)]
        |[octaves]| fader(octaves),
    );
    let share = steepness::share_of(io.sample_rate());
    let mut out = io.output(OUT);
    for frame in io.frames() {
        let (shift, at_rest) = symmetry.at(frame);
        let mut driven = input.at(frame) * drive.at(frame);
        if let Some(most) = most_bend {
            driven = steepness::gently(&mut state.bend, driven, most, share);
        }
        let folded = state.oversampled.apply(
            driven,
            #[inline(always)]
            |x| {
                let x = limit(&mut state.last, x + shift);
                fold(std::mem::replace(&mut state.before, x), x)
            },
        );
        let toned = one_pole::low_or_all(&mut state.tone, folded - at_rest, tone.at(frame));
        out.set(frame, toned * level.at(frame));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::Choices;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::{partials, worst_alias_db};
    use jackfield_testkit::signal::sine;

    fn folded(shape: FoldShape, folds: f32, symmetry: f32, hertz: f64) -> Vec<f32> {
        let bench = LaneHarness::of(&SPEC).setting(SHAPE, shape);
        let mut harness = bench.start().unwrap();
        harness
            .turn(FOLDS, folds)
            .turn(SYMMETRY, symmetry)
            .plug(IN, sine((1 << 16) + 9_600, hertz, 48_000.0));
        harness.run(9_600);
        harness.run(1 << 16).output(OUT).to_vec()
    }

    #[test]
    fn however_far_it_is_folded_it_has_no_audible_aliases() {
        for &shape in FoldShape::ALL {
            for hertz in [997.0, 2_500.0] {
                for folds in [12.0, 24.0, 30.0, 36.0] {
                    for symmetry in [0.0, 0.4, -1.0] {
                        let worst = worst_alias_db(&folded(shape, folds, symmetry, hertz), 48_000.0, hertz);
                        let limit = if folds < 30.0 { -90.0 } else { -80.0 };
                        assert!(worst < limit, "{shape}, {hertz} Hz, {folds} dB, {symmetry}: {worst} dB");
                    }
                }
            }
        }
    }

    /// Folding a sine evenly makes odd partials only; shifted, even ones too.
    #[test]
    fn symmetry_adds_even_partials() {
        for &shape in FoldShape::ALL {
            let even =
                |symmetry| partials(&folded(shape, 12.0, symmetry, 220.0), 48_000.0, 220.0).levels_db[1];
            assert!(even(0.0) < -100.0 && even(0.3) > -30.0, "{}, {}", even(0.0), even(0.3));
        }
    }

    #[test]
    fn silence_stays_silent_when_shifted() {
        for &shape in FoldShape::ALL {
            let bench = LaneHarness::of(&SPEC).setting(SHAPE, shape);
            let mut harness = bench.start().unwrap();
            harness.turn(SYMMETRY, 0.7).run(4_800);
            assert!(harness.run(64).output(OUT).iter().all(|x| x.abs() < 1e-5));
        }
    }
}
