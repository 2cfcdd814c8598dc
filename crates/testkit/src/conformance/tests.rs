//! Nodes with one fault each: the checks find just that.

use super::*;
use crate::allocation::CountingAllocator;
use jackfield_node::prelude::*;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const IN: Input = Input::audio(0, "in", "Sound.");
const GAIN: Input = Input::knob(1, "gain", Knob::unit(0.5), "A factor.");
const OUT: Output = Output::audio(0, "out", "Sound.");

/// Declares a block node that keeps a number; `$process` gets it, an input sample and a gain.
macro_rules! node {
    ($name:ident, $spec:ident, $latency:expr, $reset:expr, $process:expr) => {
        struct $name(f32);
        impl BlockNode for $name {
            type Config = NoConfig;
            fn new(_: &NoConfig, _: &Setup, _: u32) -> Self {
                Self(0.0)
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
                    self.0 = 0.0;
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

node!(Good, GOOD, 0, true, |sum: &mut f32, x: f32, gain: f32, _| {
    *sum = *sum * 0.5 + x * gain;
    *sum
});
node!(Divider, DIVIDER, 0, true, |_: &mut f32, x: f32, gain: f32, _| x / gain);
node!(PerBlock, PER_BLOCK, 0, true, |_: &mut f32, x: f32, _, i: usize| x * (i + 1) as f32);
node!(Elephant, ELEPHANT, 0, false, |sum: &mut f32, x: f32, _, _| {
    *sum = *sum * 0.999 + x;
    *sum
});
node!(Stairs, STAIRS, 0, true, |_: &mut f32, x: f32, gain: f32, _| x * (gain * 4.0).floor());
node!(Liar, LIAR, 20, true, |_: &mut f32, x: f32, _, _| x);
node!(Hoarder, HOARDER, 0, true, |_: &mut f32, x: f32, _, _| std::hint::black_box(vec![x])[0]);

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
}

#[test]
fn each_fault_is_found() {
    for (spec, sign) in [
        (&DIVIDER, "effect.test: not finite at frame"),
        (&PER_BLOCK, "blocks of 17 differ at frame"),
        (&ELEPHANT, "remembers something after a reset, at frame 0"),
        (&ELEPHANT, "NaN at 'in' is still felt after a reset"),
        (&LIAR, "reports a latency of 20 frames, but answers after Some(10)"),
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
