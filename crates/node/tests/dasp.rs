//! Nodes of dasp_graph as block nodes: the right samples, as late as they say, at any block size.

use dasp_graph::node::{Delay, Pass, Sum};
use dasp_graph::{Buffer, Node};
use jackfield_node::adapt::dasp::{DaspBlock, DaspNode};
use jackfield_node::prelude::*;
use jackfield_testkit::allocation::{self, CountingAllocator};
use jackfield_testkit::block::BlockHarness;
use jackfield_testkit::signal::noise;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const A: Input = Input::audio(0, "a", "First.");
const B: Input = Input::audio(1, "b", "Second.");
const LEFT: Output = Output::audio(0, "left", "Left.");
const RIGHT: Output = Output::audio(1, "right", "Right.");

/// Declares a node around a node.
macro_rules! node {
    ($name:ident, $spec:ident, $type:ty, $inputs:expr, $outputs:expr, $make:expr, $reset:expr) => {
        struct $name;
        impl DaspNode for $name {
            type Config = NoConfig;
            type Node = $type;
            const INPUTS: &'static [&'static [Input]] = $inputs;
            const OUTPUTS: &'static [Output] = $outputs;
            fn node(_: &NoConfig, _: &Setup, _: u32) -> $type {
                $make
            }
            fn reset(node: &mut $type) {
                $reset(node);
            }
        }
        static $spec: NodeSpec =
            NodeSpec::block::<DaspBlock<$name>>("effect.dasp", "Node of dasp", Category::Effect)
                .summary("A node of dasp_graph.")
                .inputs(&[A, B])
                .outputs($outputs)
                .checked();
    };
}

/// Counts blocks: a source with a state.
struct Counter(f32);

impl Node for Counter {
    fn process(&mut self, _: &[dasp_graph::Input], output: &mut [Buffer]) {
        self.0 += 1.0;
        output[0].fill(self.0);
    }
}

type Ring = dasp_ring_buffer::Fixed<Vec<f32>>;

node!(Adder, ADDER, Sum, &[&[A], &[B]], &[LEFT], Sum, |_: &mut Sum| {});
node!(Stereo, STEREO, Pass, &[&[A, B]], &[LEFT, RIGHT], Pass, |_: &mut Pass| {});
node!(
    Echo,
    ECHO,
    Delay<Vec<f32>>,
    &[&[A]],
    &[LEFT],
    Delay(vec![Ring::from(vec![0.0; 100])]),
    |echo: &mut Delay<Vec<f32>>| echo.0[0].iter_mut().for_each(|sample| *sample = 0.0)
);
node!(Source, SOURCE, Counter, &[], &[LEFT], Counter(0.0), |counter: &mut Counter| counter.0 = 0.0);

/// The outputs with A and B plugged in, less the latency.
fn play(spec: &'static NodeSpec, block_size: usize) -> Vec<Vec<f32>> {
    let mut node = BlockHarness::new(spec);
    let latency = node.latency();
    assert_eq!(latency, 63);
    node.block_size(block_size).plug(A, noise(1000, 1)).plug(B, noise(1000, 2));
    let run = node.run(1000);
    assert!(run.all().iter().all(|output| output[..latency].iter().all(|sample| *sample == 0.0)));
    run.all().iter().map(|output| output[latency..].to_vec()).collect()
}

#[test]
fn blocks_of_any_size_give_what_the_node_computes() {
    let (a, b) = (noise(1000, 1), noise(1000, 2));
    let sum: Vec<f32> = a.iter().zip(&b).map(|(a, b)| a + b).collect();
    let echo: Vec<f32> = (0..937).map(|i| if i < 100 { 0.0 } else { a[i - 100] }).collect();
    let blocks: Vec<f32> = (0..937).map(|i| (i / 64 + 1) as f32).collect();
    for block_size in [64, 1, 7, 17, 63] {
        assert_eq!(play(&ADDER, block_size), [&sum[..937]]);
        assert_eq!(play(&STEREO, block_size), [&a[..937], &b[..937]]);
        assert_eq!(play(&ECHO, block_size), [&echo[..]]);
        assert_eq!(play(&SOURCE, block_size), [&blocks[..]]);
    }
}

#[test]
fn nothing_is_allocated_and_a_reset_starts_anew() {
    assert!(allocation::is_installed());
    for spec in [&ADDER, &STEREO, &ECHO, &SOURCE] {
        let mut node = BlockHarness::new(spec);
        let first = node.plug(A, noise(1000, 1)).run(1000);
        node.reset();
        let second = node.plug(A, noise(1000, 1)).run(1000);
        assert_eq!(first.all(), second.all());
        assert_eq!(node.violations(), 0);
    }
}
