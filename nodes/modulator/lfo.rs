//! Low-frequency oscillator: slow cycles for other knobs.

use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::gate::Gate;
use jackfield_node::prelude::*;

const RATE: Input = Input::knob(0, "rate", Knob::hertz(0.01, 200.0, 1.0), "Cycles per second.");
const PHASE: Input =
    Input::knob(1, "phase", Knob::unit(0.0), "Where in its cycle it stands, ahead of its clock.");
const RESET: Input = Input::gate(2, "reset", "Starts the cycle again.");

const SHAPE: Setting =
    Setting::choice(0, "shape", &["sine", "triangle", "saw", "square"], 0, "The course of one cycle.");
const RANGE: Setting =
    Setting::choice(1, "range", &["bipolar", "unipolar"], 0, "Whether it swings around 0 or stays above it.");

const OUT: Output = Output::control(0, "out", "-1 to 1, or 0 to 1 when unipolar.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Lfo>("modulator.lfo", "LFO", Category::Modulator)
    .summary("Slow cycles that move other knobs.")
    .help(
        "Swings up and down so that a knob need not stand still. Patch it into a pitch for vibrato, into a \
         level for tremolo, into a cutoff for a sweep; the depth of the cable says how far. Rate doubles \
         for each +1 at its input, so a second LFO can speed the first one up and down. The gate of a \
         note into reset makes every note begin alike. Try: 6 Hz into an oscillator's pitch, depth 0.02.",
    )
    .tags(&["lfo", "vibrato", "tremolo", "wobble", "cycle", "modulation", "sine", "sweep"])
    .inputs(&[RATE, PHASE, RESET])
    .outputs(&[OUT])
    .settings(&[SHAPE, RANGE])
    .face(Face::Waveform)
    .checked();

#[derive(Clone, Copy)]
enum Shape {
    Sine,
    Triangle,
    Saw,
    Square,
}

/// A shape, and what brings its -1..1 to the range.
struct Course {
    shape: Shape,
    scale: f32,
    offset: f32,
}

impl Configure for Course {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        let shape = match settings.choice(SHAPE)? {
            0 => Shape::Sine,
            1 => Shape::Triangle,
            2 => Shape::Saw,
            _ => Shape::Square,
        };
        let (scale, offset) = if settings.choice(RANGE)? == 0 { (1.0, 0.0) } else { (0.5, 0.5) };
        Ok(Self { shape, scale, offset })
    }
}

lane_state! { struct State<V> { phase: Bits<V>, reset: Lanes<V> } }

struct Lfo;

impl LaneNode for Lfo {
    type State<V: Vector> = State<V>;
    type Config = Course;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, course: &Course, io: &mut Io<'_, V>) {
        match course.shape {
            Shape::Sine => run(state, course, io, Bits::sin_turns),
            Shape::Triangle => run(state, course, io, triangle),
            Shape::Saw => run(state, course, io, Bits::to_bipolar),
            Shape::Square => run(state, course, io, square),
        }
    }
}

/// Rises from 0 as a sine does.
#[inline(always)]
fn triangle<V: Vector>(phase: Bits<V>) -> Lanes<V> {
    (phase - 0x4000_0000).to_signed().abs() * (-2.0 / 2_147_483_648.0) + 1.0
}

#[inline(always)]
fn square<V: Vector>(phase: Bits<V>) -> Lanes<V> {
    let one = Lanes::splat(phase.token(), 1.0);
    phase.lt(phase.same(0x8000_0000)).select(one, -one)
}

#[inline(always)]
fn run<V: Vector>(
    state: &mut State<V>,
    course: &Course,
    io: &mut Io<'_, V>,
    shape: impl Fn(Bits<V>) -> Lanes<V>,
) {
    // Turns per frame at C4, the zero of the rate's octaves.
    let base = C4_HERTZ / io.sample_rate();
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
    let reset = io.input(RESET);
    let mut out = io.output(OUT);
    for frame in io.frames() {
        let starts = Gate::read(&mut state.reset, reset.at(frame)).opens;
        state.phase = starts.select_bits(state.phase.same(0), state.phase);
        out.set(frame, shape(state.phase + offset.at(frame)) * course.scale + course.offset);
        state.phase = state.phase + advance.at(frame);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::SettingValue;
    use jackfield_node::harness::LaneHarness;

    fn shaped(shape: usize, range: usize) -> LaneHarness {
        (LaneHarness::of(&SPEC).setting(SHAPE, SettingValue::Choice(shape)))
            .setting(RANGE, SettingValue::Choice(range))
            .start()
            .unwrap()
    }

    #[test]
    fn every_shape_keeps_its_cycle() {
        // A cycle of 480 frames, looked at in its quarters.
        let expected =
            [[0.0, 1.0, 0.0, -1.0], [0.0, 1.0, 0.0, -1.0], [-1.0, -0.5, 0.0, 0.5], [1.0, 1.0, -1.0, -1.0]];
        for (shape, quarters) in expected.into_iter().enumerate() {
            let run = shaped(shape, 0).turn(RATE, 100.0).run(4_800);
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
        for shape in 0..4 {
            let run = shaped(shape, 1).turn(RATE, 50.0).run(2_000);
            assert!(run.output(OUT).iter().all(|x| (-1e-6..=1.000_001).contains(x)));
        }
    }

    #[test]
    fn reset_starts_the_cycle_and_phase_moves_it() {
        let mut harness = shaped(2, 0);
        harness.turn(RATE, 100.0).run(100);
        let reset = [vec![0.0; 10], vec![1.0; 10]].concat();
        let run = harness.plug(RESET, reset).run(20);
        assert!(run.output(OUT)[9] > -0.9 && run.output(OUT)[10] == -1.0);
        let run = shaped(2, 0).turn(RATE, 100.0).turn(PHASE, 0.25).run(1);
        assert_eq!(run.output(OUT)[0], -0.5);
    }
}
