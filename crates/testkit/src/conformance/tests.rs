//! Nodes with one fault each: the checks find just that.

use super::*;
use crate::allocation::CountingAllocator;
use jackfield_node::prelude::*;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const IN: Input = Input::audio(0, "in", "Sound.");
const GAIN: Input = Input::knob(1, "gain", Knob::unit(0.5), "A factor.");
const OUT: Output = Output::audio(0, "out", "Sound.");

/// The latest samples, oldest first.
struct Past([f32; 128]);

impl Default for Past {
    fn default() -> Self {
        Self([0.0; 128])
    }
}

impl Past {
    /// Takes a sample, and answers with the oldest.
    fn turn(&mut self, sample: f32) -> f32 {
        let oldest = std::mem::replace(&mut self.0[0], sample);
        self.0.rotate_left(1);
        oldest
    }
}

/// Declares a block node with a memory; `$process` gets it, an input sample and a gain.
macro_rules! node {
    ($name:ident, $spec:ident, $memory:ty, $latency:expr, $reset:expr, $process:expr) => {
        #[derive(Default)]
        struct $name($memory);
        impl BlockNode for $name {
            type Config = NoConfig;
            fn new(_: &NoConfig, _: &Setup, _: u32) -> Self {
                Self::default()
            }
            fn latency(_: &NoConfig) -> usize {
                $latency
            }
            fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
                let (input, gain) = (io.input(IN), io.input(GAIN));
                for (i, out) in io.output(OUT).iter_mut().enumerate() {
                    *out = $process(&mut self.0, input[i], gain[i], i);
                }
            }
            fn reset(&mut self) {
                if $reset {
                    *self = Self::default();
                }
            }
        }
        static $spec: NodeSpec = NodeSpec::block::<$name>("effect.test", "Test", Category::Effect)
            .summary("A node for a test.")
            .help(
                "It does next to nothing, but it does so in a way that the checks must notice or must \
                 not notice.",
            )
            .tags(&["test"])
            .inputs(&[IN, GAIN])
            .outputs(&[OUT])
            .checked();
    };
}

node!(Good, GOOD, f32, 0, true, |sum: &mut f32, x: f32, gain: f32, _| {
    *sum = *sum * 0.5 + x * gain;
    *sum
});
node!(Divider, DIVIDER, f32, 0, true, |_: &mut f32, x: f32, gain: f32, _| x / gain);
node!(PerBlock, PER_BLOCK, f32, 0, true, |_: &mut f32, x: f32, _, i: usize| x * (i + 1) as f32);
node!(Elephant, ELEPHANT, f32, 0, false, |sum: &mut f32, x: f32, _, _| {
    *sum = *sum * 0.999 + x;
    *sum
});
node!(Stairs, STAIRS, f32, 0, true, |_: &mut f32, x: f32, gain: f32, _| x * (gain * 4.0).floor());
node!(Liar, LIAR, f32, 20, true, |_: &mut f32, x: f32, _, _| x);
// Late by two blocks, and doesn't say so.
node!(Laggard, LAGGARD, Past, 0, true, |past: &mut Past, x: f32, _, _| past.turn(x));
// The median of five samples is late by two, but lets no impulse through.
node!(Median, MEDIAN, Past, 2, true, |past: &mut Past, x: f32, _, _| {
    past.turn(x);
    let mut newest: [f32; 5] = past.0[123..].try_into().expect("five samples");
    newest.sort_by(f32::total_cmp);
    newest[2]
});
node!(Hoarder, HOARDER, f32, 0, true, |_: &mut f32, x: f32, _, _| std::hint::black_box(vec![x])[0]);

struct LaneHoarder;
impl LaneNode for LaneHoarder {
    type State<V: Vector> = NoState;
    type Config = NoConfig;
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, io: &mut Io<'_, V>) {
        let (input, mut out) = (io.input(IN), io.output(OUT));
        for frame in io.frames() {
            out.set(frame, *std::hint::black_box(Box::new(input.at(frame))));
        }
    }
}
static LANE_HOARDER: NodeSpec = NodeSpec::lanes::<LaneHoarder>("effect.test", "Test", Category::Effect)
    .summary("A node for a test.")
    .help("It passes its signal through a box on the heap, one for each frame, which nobody can hear.")
    .tags(&["test"])
    .inputs(&[IN, GAIN])
    .outputs(&[OUT])
    .checked();

/// The words that the faults of a node have in common.
fn faults(spec: &'static NodeSpec) -> String {
    check(spec).join("\n")
}

#[test]
fn a_good_node_has_no_fault() {
    assert_eq!(check(&GOOD), Vec::<String>::new());
    assert_eq!(check(&MEDIAN), Vec::<String>::new());
}

#[test]
fn each_fault_is_found() {
    for (spec, sign) in [
        (&DIVIDER, "effect.test: not finite at frame"),
        (&PER_BLOCK, "blocks of 17 differ at frame"),
        (&ELEPHANT, "remembers something after a reset, at frame 0"),
        (&ELEPHANT, "NaN at 'in' is still felt after a reset"),
        (&LIAR, "reports a latency of 20 frames, but is not late by that"),
        (&LAGGARD, "reports a latency of 0 frames, but answers only after 128"),
        (&HOARDER, "allocations or frees"),
        (&LANE_HOARDER, "allocations or frees"),
    ] {
        let found = faults(spec);
        assert!(found.contains(sign), "no '{sign}' in:\n{found}");
    }
}

#[test]
fn a_knob_in_steps_clicks_and_a_smooth_one_does_not() {
    let loudest = |spec: &'static NodeSpec, change: &str| {
        let clicks = clicks(spec).into_iter().filter(|click| click.change == change);
        clicks.map(|click| click.decibels).reduce(f64::max).expect("the output is heard")
    };
    for change in ["knob 'gain'", "muted"] {
        let burst = loudest(&GOOD, change);
        assert!(burst < -80.0, "{change}: {burst} dB");
    }
    let burst = loudest(&STAIRS, "knob 'gain'");
    assert!(burst > -60.0, "{burst} dB");
}
