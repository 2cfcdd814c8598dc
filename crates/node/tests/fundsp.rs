//! Units of fundsp as block nodes: the same samples as from fundsp itself, at any block size.

use fundsp::prelude32::{self as fd, AudioUnit};
use jackfield_node::adapt::fundsp::{FundspBlock, FundspNode};
use jackfield_node::prelude::*;
use jackfield_testkit::allocation::{self, CountingAllocator};
use jackfield_testkit::block::BlockHarness;
use jackfield_testkit::measure::{cents, frequency};
use jackfield_testkit::signal::noise;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const IN: Input = Input::audio(0, "in", "Sound.");
const CUTOFF: Input = Input::knob(1, "cutoff", Knob::hertz(20.0, 20_000.0, 1000.0), "Corner frequency.");
const LEFT: Output = Output::audio(0, "left", "Left.");
const RIGHT: Output = Output::audio(1, "right", "Right.");

/// Declares a node around a unit.
macro_rules! node {
    ($name:ident, $spec:ident, [$($input:ident),*], [$($output:ident),*], $in_blocks:expr, $unit:expr) => {
        struct $name;
        impl FundspNode for $name {
            type Config = NoConfig;
            const INPUTS: &'static [Input] = &[$($input),*];
            const OUTPUTS: &'static [Output] = &[$($output),*];
            const IN_BLOCKS: bool = $in_blocks;
            fn unit(_: &NoConfig, _: &Setup, _: u32) -> Box<dyn AudioUnit> {
                Box::new($unit)
            }
        }
        static $spec: NodeSpec =
            NodeSpec::block::<FundspBlock<$name>>("effect.fundsp", "Unit of fundsp", Category::Effect)
                .summary("A unit of fundsp.")
                .inputs(&[$($input),*])
                .outputs(&[$($output),*])
                .checked();
    };
}

node!(
    Lowpass,
    LOWPASS,
    [IN, CUTOFF],
    [LEFT],
    false,
    (fd::pass() | fd::pass() | fd::dc(1.0)) >> fd::lowpass()
);
node!(Saw, SAW, [], [LEFT], false, fd::saw_hz(440.0));
node!(Noise, NOISE, [], [LEFT], true, fd::noise());
node!(Room, ROOM, [IN], [LEFT, RIGHT], true, fd::split::<fd::U2>() >> fd::reverb_stereo(10.0, 1.0, 0.5));
node!(TooMany, TOO_MANY, [IN, CUTOFF], [LEFT, RIGHT], false, fd::pass());

fn specs() -> [&'static NodeSpec; 5] {
    [&LOWPASS, &SAW, &NOISE, &ROOM, &TOO_MANY]
}

fn play(spec: &'static NodeSpec, block_size: usize) -> Vec<Vec<f32>> {
    let mut node = BlockHarness::new(spec);
    node.block_size(block_size);
    if spec.input("in").is_some() {
        node.plug(IN, noise(2000, 1));
    }
    node.run(2000).all().to_vec()
}

#[test]
fn blocks_of_any_size_give_the_same_samples() {
    for spec in specs() {
        let reference = play(spec, 64);
        assert!(reference[0].iter().any(|sample| *sample != 0.0));
        for block_size in [1, 7, 17, 63] {
            for (a, b) in reference.iter().zip(play(spec, block_size)) {
                assert!(*a == b, "blocks of {block_size}");
            }
        }
    }
}

#[test]
fn a_unit_hears_hertz_where_the_cable_carries_octaves() {
    let mut unit = (fd::pass() | fd::dc((1000.0, 1.0))) >> fd::lowpass();
    unit.set_sample_rate(48_000.0);
    let signal = noise(2000, 1);
    let expected: Vec<f32> = signal.iter().map(|x| unit.filter_mono(*x)).collect();
    for (found, expected) in play(&LOWPASS, 64)[0].iter().zip(expected) {
        assert!((found - expected).abs() < 1e-5);
    }
}

#[test]
fn the_sample_rate_and_the_seed_arrive() {
    let run = BlockHarness::of(&SAW).sample_rate(96_000.0).start().unwrap().run(48_000);
    assert!(cents(frequency(run.output(LEFT), 96_000.0, 440.0), 440.0).abs() < 0.1);
    let of_seed = |seed| BlockHarness::of(&NOISE).seed(seed).start().unwrap().run(64).all().to_vec();
    assert_eq!(of_seed(3), of_seed(3));
    assert_ne!(of_seed(3), of_seed(4));
}

#[test]
fn missing_channels_are_silent() {
    let mut node = BlockHarness::new(&TOO_MANY);
    let run = node.plug(IN, vec![0.5; 10]).run(10);
    assert_eq!((run.output(LEFT)[9], run.output(RIGHT)[9]), (0.5, 0.0));
}

#[test]
fn nothing_is_allocated_and_a_reset_starts_anew() {
    assert!(allocation::is_installed());
    for spec in specs() {
        let mut node = BlockHarness::new(spec);
        let first = node.run(1000);
        node.reset();
        assert_eq!(first.all(), node.run(1000).all());
        assert_eq!(node.violations(), 0);
    }
}
