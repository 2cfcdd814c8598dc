//! dasp_graph: a graph of boxed nodes, played in its blocks of 64.

use crate::contender::Player;
use dasp_graph::{BoxedNode, Buffer, Input, Node, NodeData, Processor};
use petgraph_of_dasp::graph::{DiGraph, NodeIndex};

type Petgraph = DiGraph<NodeData<BoxedNode>, ()>;

/// A graph being built, then played.
pub(crate) struct Graph {
    nodes: Petgraph,
    processor: Processor<Petgraph>,
    last: NodeIndex,
}

impl Graph {
    pub(crate) fn new() -> Self {
        Self { nodes: Petgraph::new(), processor: Processor::with_capacity(4096), last: NodeIndex::end() }
    }

    /// Adds a node behind these others; `inputs` reach its `process` in reverse order.
    pub(crate) fn add(&mut self, node: impl Node + 'static, inputs: &[NodeIndex]) -> NodeIndex {
        self.last = self.nodes.add_node(NodeData::boxed1(node));
        for &input in inputs {
            self.nodes.add_edge(input, self.last, ());
        }
        self.last
    }

    /// Adds nodes up.
    pub(crate) fn sum(&mut self, inputs: &[NodeIndex]) -> NodeIndex {
        self.add(Sum, inputs)
    }

    /// As a contender that plays the node added last.
    pub(crate) fn player(self) -> Box<dyn Player> {
        Box::new(self)
    }
}

impl Player for Graph {
    fn play(&mut self, sound: &mut [f32]) {
        for block in sound.chunks_mut(Buffer::LEN) {
            self.processor.process(&mut self.nodes, self.last);
            block.copy_from_slice(&self.nodes[self.last].buffers[0][..block.len()]);
        }
    }
}

struct Sum;

impl Node for Sum {
    fn process(&mut self, inputs: &[Input], output: &mut [Buffer]) {
        output[0].fill(0.0);
        for input in inputs {
            for (sum, sample) in output[0].iter_mut().zip(&input.buffers()[0][..]) {
                *sum += sample;
            }
        }
    }
}

/// Computes the first output frame by frame from the first channel of some inputs.
#[inline(always)]
pub(crate) fn each_frame<const N: usize>(
    inputs: [&Input; N],
    output: &mut [Buffer],
    mut next: impl FnMut([f32; N]) -> f32,
) {
    let inputs: [&Buffer; N] = inputs.map(|input| &input.buffers()[0]);
    for (frame, sample) in output[0].iter_mut().enumerate() {
        *sample = next(inputs.map(|input| input[frame]));
    }
}
