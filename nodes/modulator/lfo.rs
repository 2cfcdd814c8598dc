//! Low-frequency oscillator: slow cycles for other knobs.

use crate::parts::modulation::range::ModulationRange;
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::gate::{self, Gate};
use jackfield_node::dsp::segment;
use jackfield_node::prelude::*;

choices! {
    /// The course of one cycle.
    enum LfoWaveform {
        Sine = "sine",
        Triangle = "triangle",
        Saw = "saw",
        Square = "square",
        Slope = "slope",
    }
}

choices! {
    /// How long a cycle lasts.
    enum LfoSync {
        Free = "free",
        Bars8 = "8/1",
        Bars4 = "4/1",
        Bars2 = "2/1",
        Whole = "1/1",
        Half = "1/2",
        Quarter = "1/4",
        Eighth = "1/8",
        Sixteenth = "1/16",
        ThirtySecond = "1/32",
        HalfTriplet = "1/2T",
        QuarterTriplet = "1/4T",
        EighthTriplet = "1/8T",
        SixteenthTriplet = "1/16T",
        HalfDotted = "1/2D",
        QuarterDotted = "1/4D",
        EighthDotted = "1/8D",
    }
}

const RATE: Input =
    Input::knob(0, "rate", Knob::hertz(0.01, 200.0, 1.0), "Cycles per second, while it is not in sync.");
const PHASE: Input =
    Input::knob(1, "phase", Knob::unit(0.0), "Where in its cycle it stands, ahead of its clock.");
const RESET: Input = Input::gate(2, "reset", "Starts the cycle again, and fades in.");
const WIDTH: Input =
    Input::knob(3, "width", Knob::unit(0.5), "How much of its cycle the square is high, or the slope rises.");
const FADE_IN: Input = Input::knob(
    4,
    "fade_in",
    Knob::seconds(NO_FADE, 20.0, NO_FADE),
    "How long it takes after a reset until it swings fully. 1 ms: none.",
);

const SHAPE: Setting = LfoWaveform::setting(
    0,
    "shape",
    LfoWaveform::Sine,
    "The course of one cycle. Width turns the slope from a falling saw over a triangle to a rising one.",
);
const RANGE: Setting = ModulationRange::setting(
    1,
    "range",
    ModulationRange::Bipolar,
    "Whether it swings around 0 or stays above it.",
);
const SYNC: Setting = LfoSync::setting(
    2,
    "sync",
    LfoSync::Free,
    "Free runs at its rate; the others last so long in the patch's tempo. T: triplet, D: dotted.",
);

const OUT: Output = Output::control(0, "out", "-1 to 1, or 0 to 1 when unipolar.").with_sync(BEGINNING);
const BEGINNING: Output = Output::gate(
    1,
    "sync",
    "A gate, up during the first half of each cycle, that tells exactly when it begins: for sync inputs.",
);

/// The shortest fade, in seconds; it counts as none.
const NO_FADE: f32 = 0.001;
/// A fade under way gets quicker by a 4096th a frame at most: it has corners, and so must not be steep.
const FADE_GAIN: u32 = 12;

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Lfo>("modulator.lfo", "LFO", Category::Modulator)
    .summary("Slow cycles that move other knobs.")
    .help(
        "Swings up and down so that a knob need not stand still. Patch it into a pitch for vibrato, into a \
         level for tremolo, into a cutoff for a sweep; the depth of the cable says how far. Rate doubles for \
         each +1 at its input, so a second LFO can speed the first one up and down. In sync it keeps to the \
         patch's tempo and bars instead. The gate of a note into reset makes every note begin alike, and a \
         fade-in lets vibrato come late, as singers do. Try: 6 Hz into an oscillator's pitch, depth 0.02, \
         fade-in 1 s.",
    )
    .tags(&["lfo", "vibrato", "tremolo", "wobble", "cycle", "modulation", "sine", "sweep", "sync", "tempo"])
    .inputs(&[RATE, PHASE, RESET, WIDTH, FADE_IN])
    .outputs(&[OUT, BEGINNING])
    .settings(&[SHAPE, RANGE, SYNC])
    .face(Face::Waveform)
    .checked();

impl LfoSync {
    /// Beats that a cycle lasts; none when it runs at its rate.
    fn beats(self) -> Option<f64> {
        Some(match self {
            Self::Free => return None,
            Self::Bars8 => 32.0,
            Self::Bars4 => 16.0,
            Self::Bars2 => 8.0,
            Self::Whole => 4.0,
            Self::Half => 2.0,
            Self::Quarter => 1.0,
            Self::Eighth => 0.5,
            Self::Sixteenth => 0.25,
            Self::ThirtySecond => 0.125,
            Self::HalfTriplet => 4.0 / 3.0,
            Self::QuarterTriplet => 2.0 / 3.0,
            Self::EighthTriplet => 1.0 / 3.0,
            Self::SixteenthTriplet => 1.0 / 6.0,
            Self::HalfDotted => 3.0,
            Self::QuarterDotted => 1.5,
            Self::EighthDotted => 0.75,
        })
    }
}

/// A shape, what brings its -1..1 to the range, and what it keeps time with.
struct LfoConfig {
    shape: LfoWaveform,
    scale: f32,
    offset: f32,
    /// Cycles per beat, in sync.
    per_beat: Option<f64>,
    /// How many frames ahead it looks in sync. A step then comes at the frame nearest to its moment.
    ahead: f64,
}

impl Configure for LfoConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        let shape = settings.chosen(SHAPE)?;
        let (scale, offset) = settings.chosen::<ModulationRange>(RANGE)?.scale_and_offset();
        let beats = settings.chosen::<LfoSync>(SYNC)?.beats();
        let ahead = if shape == LfoWaveform::Square { 0.5 } else { 0.0 };
        Ok(Self { shape, scale, offset, per_beat: beats.map(|beats| 1.0 / beats), ahead })
    }
}

lane_state! {
    struct State<V> {
        /// Where in its cycle it is while it runs freely.
        phase: Bits<V>,
        reset: Lanes<V>,
        /// Where in its cycle the beat was at the last reset.
        origin: Bits<V>,
        /// How much of the fade is left, as a position on a segment.
        fade_left: Bits<V>,
        /// How much of it the last frame took.
        pace: Bits<V>,
    }
}

struct Lfo;

impl LaneNode for Lfo {
    type State<V: Vector> = State<V>;
    type Config = LfoConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, course: &LfoConfig, io: &mut Io<'_, V>) {
        match course.shape {
            LfoWaveform::Sine => run(
                state,
                course,
                io,
                #[inline(always)]
                |phase, _| phase.sin_turns(),
            ),
            LfoWaveform::Triangle => run(
                state,
                course,
                io,
                #[inline(always)]
                |phase, _| triangle(phase),
            ),
            LfoWaveform::Saw => run(
                state,
                course,
                io,
                #[inline(always)]
                |phase, _| phase.to_bipolar(),
            ),
            LfoWaveform::Square => run(
                state,
                course,
                io,
                #[inline(always)]
                |phase, width| square(phase, width),
            ),
            LfoWaveform::Slope => run(
                state,
                course,
                io,
                #[inline(always)]
                |phase, width| slope(phase, width),
            ),
        }
    }
}

/// Rises from 0 as a sine does.
#[inline(always)]
fn triangle<V: Vector>(phase: Bits<V>) -> Lanes<V> {
    (phase - 0x4000_0000).to_signed().abs() * (-2.0 / 2_147_483_648.0) + 1.0
}

/// 1 up to the width, then -1.
#[inline(always)]
fn square<V: Vector>(phase: Bits<V>, width: Lanes<V>) -> Lanes<V> {
    let one = width.same(1.0);
    phase.to_unit().lt(width).select(one, -one)
}

/// Rises from -1 to 1 up to the width, then falls back.
#[inline(always)]
fn slope<V: Vector>(phase: Bits<V>, width: Lanes<V>) -> Lanes<V> {
    let place = phase.to_unit();
    // At either end one of the two ways is endlessly steep and never taken.
    let rising = place / width.max(1e-6);
    let falling = (1.0 - place) / (1.0 - width).max(1e-6);
    place.lt(width).select(rising, falling) * 2.0 - 1.0
}

#[inline(always)]
fn run<V: Vector>(
    state: &mut State<V>,
    course: &LfoConfig,
    io: &mut Io<'_, V>,
    shape: impl Fn(Bits<V>, Lanes<V>) -> Lanes<V>,
) {
    let sample_rate = io.sample_rate();
    // Turns per frame at C4, the zero of the rate's octaves.
    let base = C4_HERTZ / sample_rate;
    let mut advance = io.derive(
        [RATE],
        #[inline(always)]
        |[octaves]| ((octaves.exp2() * base).min(0.5) * 4_294_967_296.0).to_integer(),
    );
    let mut offset = io.derive(
        [PHASE],
        #[inline(always)]
        |[turns]| turns.to_phase(),
    );
    let mut fade_step = io.derive(
        [FADE_IN],
        #[inline(always)]
        |[octaves]| {
            let step = segment::step_of(octaves, sample_rate);
            octaves.exp2().le(NO_FADE * 1.001).select_bits(step.same(segment::END_BITS), step)
        },
    );
    let (reset, width) = (io.input(RESET), io.input(WIDTH));
    let ahead = course.ahead * io.transport().beats_per_frame();
    let (mut out, mut beginning) = (io.output(OUT), io.output(BEGINNING));
    for frame in io.frames() {
        let starts = Gate::read(&mut state.reset, reset.at(frame)).opens;
        let phase = if let Some(per_beat) = course.per_beat {
            let beat = state.phase.same(phase_of((io.beat(frame) + ahead) * per_beat));
            state.origin = starts.select_bits(beat, state.origin);
            beat - state.origin
        } else {
            let phase = starts.select_bits(state.phase.same(0), state.phase);
            state.phase = phase + advance.at(frame);
            phase
        };
        let fade_left = starts.select_bits(state.phase.same(segment::END_BITS), state.fade_left);
        let done = fade_left.same(segment::END_BITS) - fade_left;
        let fade_step = segment::follow_pace(state.pace, fade_step.at(frame), done, FADE_GAIN);
        state.pace = fade_step;
        state.fade_left = fade_step.lt(fade_left).select_bits(fade_left - fade_step, fade_left.same(0));
        let level = 1.0 - segment::progress(state.fade_left);
        let phase = phase + offset.at(frame);
        beginning.set(frame, gate::of_cycle(phase));
        let shaped = shape(phase, width.at(frame)) * course.scale + course.offset;
        out.set(frame, shaped * level);
    }
}

/// The fraction of a number of cycles as a fixed-point phase.
#[inline(always)]
fn phase_of(cycles: f64) -> u32 {
    ((cycles - cycles.floor()) * 4_294_967_296.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;
    use jackfield_node::{Choices, TransportChange};
    use jackfield_testkit::measure::rises;

    fn shaped(shape: LfoWaveform, range: ModulationRange) -> LaneHarness {
        (LaneHarness::of(&SPEC).setting(SHAPE, shape)).setting(RANGE, range).start().unwrap()
    }

    #[test]
    fn every_shape_keeps_its_cycle() {
        // A cycle of 480 frames, looked at in its quarters.
        let expected = [
            [0.0, 1.0, 0.0, -1.0],
            [0.0, 1.0, 0.0, -1.0],
            [-1.0, -0.5, 0.0, 0.5],
            [1.0, 1.0, -1.0, -1.0],
            [-1.0, 0.0, 1.0, 0.0],
        ];
        for (&shape, quarters) in LfoWaveform::ALL.iter().zip(expected) {
            let run = shaped(shape, ModulationRange::Bipolar).turn(RATE, 100.0).run(4_800);
            for cycle in [0, 5, 9] {
                for (quarter, value) in quarters.into_iter().enumerate() {
                    // One frame later than the corner, so that rounding decides nothing.
                    let found = run.output(OUT)[cycle * 480 + quarter * 120 + 1];
                    assert!((found - value).abs() < 0.02, "{shape}, {cycle}, {quarter}: {found}");
                }
            }
        }
    }

    #[test]
    fn unipolar_stays_above_zero() {
        for &shape in LfoWaveform::ALL {
            let run = shaped(shape, ModulationRange::Unipolar).turn(RATE, 50.0).run(2_000);
            assert!(run.output(OUT).iter().all(|x| (-1e-6..=1.000_001).contains(x)));
        }
    }

    #[test]
    fn reset_starts_the_cycle_and_phase_moves_it() {
        let mut harness = shaped(LfoWaveform::Saw, ModulationRange::Bipolar);
        harness.turn(RATE, 100.0).run(100);
        let reset = [vec![0.0; 10], vec![1.0; 10]].concat();
        let run = harness.plug(RESET, reset).run(20);
        assert!(run.output(OUT)[9] > -0.9 && run.output(OUT)[10] == -1.0);
        let run =
            shaped(LfoWaveform::Saw, ModulationRange::Bipolar).turn(RATE, 100.0).turn(PHASE, 0.25).run(1);
        assert_eq!(run.output(OUT)[0], -0.5);
    }

    #[test]
    fn width_sets_the_square_and_bends_the_slope() {
        for width in [0.0, 0.1, 0.5, 0.9, 1.0] {
            let square = shaped(LfoWaveform::Square, ModulationRange::Unipolar)
                .turn(RATE, 10.0)
                .turn(WIDTH, width)
                .run(48_000);
            let high = square.output(OUT).iter().sum::<f32>() / 48_000.0;
            assert!((high - width).abs() < 0.001, "{width}: {high}");
            let slope = shaped(LfoWaveform::Slope, ModulationRange::Bipolar)
                .turn(RATE, 10.0)
                .turn(WIDTH, width)
                .run(48_000);
            let rises = slope.output(OUT).windows(2).filter(|pair| pair[0] < pair[1]).count();
            assert!((rises as f32 / 48_000.0 - width).abs() < 0.002, "{width}: {rises}");
            assert!(slope.output(OUT).iter().all(|x| x.abs() <= 1.0));
        }
    }

    #[test]
    fn fades_in_after_a_reset() {
        let mut harness = shaped(LfoWaveform::Square, ModulationRange::Bipolar);
        harness.turn(RATE, 0.1).turn(FADE_IN, 0.5);
        assert_eq!(harness.run(1).output(OUT), [1.0], "without a reset there is nothing to fade");
        let run = harness.plug(RESET, [1.0]).run(48_000);
        for (frame, level) in [(0, 0.0), (6_000, 0.25), (12_000, 0.5), (24_000, 1.0), (47_000, 1.0)] {
            let found = run.output(OUT)[frame];
            assert!((found - level).abs() < 0.001, "{frame}: {found}");
        }
    }

    #[test]
    fn in_sync_it_keeps_to_the_beat() {
        for (&sync, beats) in LfoSync::ALL.iter().filter_map(|sync| Some((sync, sync.beats()?))) {
            for tempo in [120.0, 137.0] {
                let bench = LaneHarness::of(&SPEC).setting(SHAPE, LfoWaveform::Saw);
                let mut harness = bench.setting(SYNC, sync).start().unwrap();
                let run = harness.transport(TransportChange::Tempo(tempo)).run(96_000);
                let period = beats * 60.0 * 48_000.0 / tempo;
                for (frame, found) in run.output(OUT).iter().enumerate() {
                    let cycles = frame as f64 / period;
                    // A frame that lies on a corner may fall on either side.
                    if (cycles - cycles.round()).abs() > 1e-6 {
                        let expected = 2.0 * cycles.fract() - 1.0;
                        assert!((f64::from(*found) - expected).abs() < 1e-5, "{beats}, {frame}: {found}");
                    }
                }
            }
        }
    }

    #[test]
    fn in_sync_its_steps_lie_within_half_a_frame_of_the_beat() {
        let bench = LaneHarness::of(&SPEC).setting(SHAPE, LfoWaveform::Square);
        let mut harness = bench.setting(SYNC, LfoSync::Sixteenth).start().unwrap();
        let run = harness.transport(TransportChange::Tempo(137.0)).block_size(17).run(480_000);
        let period = 0.25 * 60.0 * 48_000.0 / 137.0;
        let steps = rises(run.output(OUT));
        assert_eq!(steps.len(), 92);
        for (step, frame) in steps.into_iter().enumerate() {
            let error = frame as f64 - step as f64 * period;
            assert!(error.abs() <= 0.5, "step {step}: {error} frames off");
        }
    }

    #[test]
    fn in_sync_a_reset_starts_the_cycle_and_a_stop_halts_it() {
        let bench = LaneHarness::of(&SPEC).setting(SHAPE, LfoWaveform::Saw);
        let mut harness = bench.setting(SYNC, LfoSync::Quarter).start().unwrap();
        harness.run(5_000);
        let run = harness.plug(RESET, [1.0]).run(24_001);
        assert_eq!(run.output(OUT)[0], -1.0);
        assert!((run.output(OUT)[12_000]).abs() < 1e-4 && run.output(OUT)[24_000] < -0.999);
        let run = harness.transport(TransportChange::Stop).run(1_000);
        assert!(run.output(OUT).iter().all(|x| *x == run.output(OUT)[0]));
    }
}
