//! Three ways to keep a signal between two bounds: cut it off, fold it back, start again at the other end.
//!
//! For controls, so without the care against aliases that distortion of sound takes.

use jackfield_node::dsp::shape;
use jackfield_node::prelude::*;

choices! {
    /// What becomes of what goes beyond a bound.
    enum Beyond {
        Clip = "clip",
        Fold = "fold",
        Wrap = "wrap",
    }
}

const IN: Input = Input::control(0, "in", "Signal to keep within bounds.");
const LOW: Input = Input::knob(1, "low", Knob::number(-10.0, 10.0, -1.0), "The lower bound.").that_sweeps();
const HIGH: Input = Input::knob(2, "high", Knob::number(-10.0, 10.0, 1.0), "The upper bound.").that_sweeps();

const BEYOND: Setting = Beyond::setting(
    0,
    "beyond",
    Beyond::Clip,
    "What goes beyond a bound stays at it, turns back, or comes in again at the other one.",
);

const OUT: Output = Output::control(0, "out", "The signal, never beyond the bounds.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Range>("maths.range", "Clip, fold, wrap", Category::Maths)
    .summary("Keeps a signal between two bounds.")
    .help(
        "Clip holds at a bound what would go beyond it: a safety for a knob that must not go too far. Fold \
         sends it back the way it came, as a ball bounces off a wall: a plain slope becomes a zigzag. Wrap \
         lets it come in again at the other side, as a clock does after twelve: an endless counter becomes a \
         cycle. A bound that is moved into the signal pushes it along, as fast as it moves. Made for \
         controls; to distort sound take a waveshaper. Try: an LFO of depth 3 into fold, and on to a pitch.",
    )
    .tags(&["clip", "clamp", "limit", "fold", "wavefolder", "wrap", "modulo", "bounds", "bounce"])
    .inputs(&[IN, LOW, HIGH])
    .outputs(&[OUT])
    .settings(&[BEYOND])
    .checked();

impl Configure for Beyond {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.chosen(BEYOND)
    }
}

/// Bounds closer together than this have nothing between them.
const LEAST_WIDTH: f32 = 1e-6;

struct Range;

impl LaneNode for Range {
    type State<V: Vector> = NoState;
    type Config = Beyond;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, beyond: &Beyond, io: &mut Io<'_, V>) {
        match beyond {
            Beyond::Clip => run(
                io,
                #[inline(always)]
                |x| shape::clip(x),
            ),
            Beyond::Fold => run(
                io,
                #[inline(always)]
                |x| shape::fold(x),
            ),
            Beyond::Wrap => run(
                io,
                #[inline(always)]
                |x| (x * 0.5).wrap_turns() * 2.0,
            ),
        }
    }
}

/// Brings the bounds to -1 and 1, where the shapes have theirs, and back.
#[inline(always)]
fn run<V: Vector>(io: &mut Io<'_, V>, shape: impl Fn(Lanes<V>) -> Lanes<V>) {
    let mut bounds = io.derive(
        [LOW, HIGH],
        #[inline(always)]
        |[one, other]| {
            let (low, high) = (one.min(other), one.max(other));
            let half = (high - low) * 0.5;
            let is_wide = half.gt(LEAST_WIDTH);
            (low, high, (low + high) * 0.5, half, is_wide.keep(1.0 / half.max(LEAST_WIDTH)))
        },
    );
    let input = io.input(IN);
    let mut out = io.output(OUT);
    for frame in io.frames() {
        let (low, high, middle, half, per_half) = bounds.at(frame);
        let shaped = shape((input.at(frame) - middle) * per_half) * half + middle;
        // Rounding may have led a hair's breadth too far.
        out.set(frame, shaped.clamp(low, high));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::Choices;
    use jackfield_node::harness::LaneHarness;

    fn run(beyond: Beyond, low: f32, high: f32, input: &[f32]) -> Vec<f32> {
        let mut harness = LaneHarness::of(&SPEC).setting(BEYOND, beyond).start().unwrap();
        let run = harness.turn(LOW, low).turn(HIGH, high).plug(IN, input).run(input.len());
        run.output(OUT).to_vec()
    }

    #[test]
    fn keeps_to_the_bounds_in_three_ways() {
        let input = [-3.0, -1.5, 0.0, 0.5, 1.0, 2.5, 4.5];
        assert_eq!(run(Beyond::Clip, 0.0, 2.0, &input), [0.0, 0.0, 0.0, 0.5, 1.0, 2.0, 2.0]);
        assert_eq!(run(Beyond::Fold, 0.0, 2.0, &input), [1.0, 1.5, 0.0, 0.5, 1.0, 1.5, 0.5]);
        assert_eq!(
            run(Beyond::Wrap, 0.0, 2.0, &[-3.0, -1.5, 0.5, 1.0, 2.5, 4.5]),
            [1.0, 0.5, 0.5, 1.0, 0.5, 0.5]
        );
    }

    #[test]
    fn never_leaves_the_bounds_even_when_they_are_crossed_or_meet() {
        let far: Vec<f32> = (-200..200).map(|i| i as f32 * 0.173).chain([1e30, -1e30]).collect();
        for &beyond in Beyond::ALL {
            for (low, high) in [(-0.3, 0.7), (0.7, -0.3), (0.5, 0.5)] {
                let (least, most) = (f32::min(low, high), f32::max(low, high));
                let out = run(beyond, low, high, &far);
                assert!(out.iter().all(|x| (least..=most).contains(x)), "{beyond}, {low} to {high}");
            }
        }
    }
}
