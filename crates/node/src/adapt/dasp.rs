//! `dasp_graph` nodes as block nodes.
//!
//! A `dasp_graph` node computes 64 frames, no more and no less, and only within a graph. So each gets
//! a graph of its own, in which feeds stand for what is plugged in, and works 63 frames late: it
//! starts as soon as 64 are there. The latency is reported, so that parallel paths line up.
//!
//! ```
//! use dasp_graph::node::Sum;
//! use jackfield_node::adapt::dasp::{DaspBlock, DaspNode};
//! use jackfield_node::prelude::*;
//!
//! const A: Input = Input::audio(0, "a", "One sound.");
//! const B: Input = Input::audio(1, "b", "Another.");
//! const OUT: Output = Output::audio(0, "out", "Both.");
//!
//! struct Adder;
//! impl DaspNode for Adder {
//!     type Config = NoConfig;
//!     type Node = Sum;
//!     const INPUTS: &'static [&'static [Input]] = &[&[A], &[B]];
//!     const OUTPUTS: &'static [Output] = &[OUT];
//!     fn node(_: &NoConfig, _: &Setup, _: u32) -> Sum {
//!         Sum
//!     }
//!     fn reset(_: &mut Sum) {}
//! }
//!
//! static SPEC: NodeSpec = NodeSpec::block::<DaspBlock<Adder>>("mixing.adder", "Adder", Category::Mixing)
//!     .summary("Two sounds added by dasp_graph.")
//!     .inputs(&[A, B])
//!     .outputs(&[OUT])
//!     .checked();
//! # let _ = &SPEC;
//! ```

use crate::{BlockIo, BlockNode, Configure, Input, Output, Setup};
use ::dasp_graph::{Buffer, Node, NodeData, Processor};
use petgraph_of_dasp::graph::{DiGraph, NodeIndex};

/// A node whose sound a `dasp_graph` node makes.
pub trait DaspNode: Send + 'static {
    /// What settings become; [`NoConfig`](crate::NoConfig) without settings.
    type Config: Configure;

    /// The `dasp_graph` node.
    type Node: Node + Send;

    /// What the `dasp_graph` node finds in its list of inputs: for each of them the node's inputs that
    /// are its channels.
    const INPUTS: &'static [&'static [Input]];

    /// The node's outputs, one for each buffer the `dasp_graph` node writes.
    const OUTPUTS: &'static [Output];

    /// Builds the `dasp_graph` node. Control thread.
    fn node(config: &Self::Config, setup: &Setup, seed: u32) -> Self::Node;

    /// Makes the `dasp_graph` node forget the past. Audio thread: no allocation, no free.
    fn reset(node: &mut Self::Node);
}

/// What stands in the graph.
enum Place<T> {
    /// Sound from outside; its buffers are filled by hand.
    Feed,
    /// The node itself.
    Node(T),
}

impl<T: Node> Node for Place<T> {
    fn process(&mut self, inputs: &[::dasp_graph::Input], outputs: &mut [Buffer]) {
        if let Self::Node(node) = self {
            node.process(inputs, outputs);
        }
    }
}

type Graph<T> = DiGraph<NodeData<Place<T>>, ()>;

/// A `dasp_graph` node at work.
pub struct DaspBlock<N: DaspNode> {
    graph: Graph<N::Node>,
    processor: Processor<Graph<N::Node>>,
    feeds: Vec<NodeIndex>,
    node: NodeIndex,
    /// What the node computed last, one buffer for each output.
    ready: Vec<Buffer>,
    /// Frames in the feeds.
    filled: usize,
}

impl<N: DaspNode> BlockNode for DaspBlock<N> {
    type Config = N::Config;

    fn new(config: &N::Config, setup: &Setup, seed: u32) -> Self {
        let mut graph = Graph::new();
        let silent = |channels: usize| vec![Buffer::SILENT; channels];
        let node = graph
            .add_node(NodeData::new(Place::Node(N::node(config, setup, seed)), silent(N::OUTPUTS.len())));
        let feed = |inputs: &&[Input]| graph.add_node(NodeData::new(Place::Feed, silent(inputs.len())));
        let feeds: Vec<NodeIndex> = N::INPUTS.iter().map(feed).collect();
        // The graph lists neighbours from the last edge to the first.
        for feed in feeds.iter().rev() {
            graph.add_edge(*feed, node, ());
        }
        let mut processor = Processor::with_capacity(graph.node_count());
        // Walking once from a place that computes nothing makes the processor allocate now.
        let nowhere = graph.add_node(NodeData::new(Place::Feed, Vec::new()));
        processor.process(&mut graph, nowhere);
        Self { graph, processor, feeds, node, ready: silent(N::OUTPUTS.len()), filled: 0 }
    }

    fn latency(_: &N::Config) -> usize {
        Buffer::LEN - 1
    }

    fn process(&mut self, _: &N::Config, io: &mut BlockIo<'_>) {
        let mut done = 0;
        while done < io.frames() {
            let count = (io.frames() - done).min(Buffer::LEN - self.filled);
            self.feed(io, done, count);
            // All but the newest frame of the row come from the block before, which ends with it.
            let is_full = self.filled + count == Buffer::LEN;
            self.emit(io, done, self.filled + 1, count - usize::from(is_full));
            self.filled += count;
            if is_full {
                self.compute();
                self.emit(io, done + count - 1, 0, 1);
            }
            done += count;
        }
    }

    fn reset(&mut self) {
        if let Some(NodeData { node: Place::Node(node), .. }) = self.graph.node_weight_mut(self.node) {
            N::reset(node);
        }
        self.ready.iter_mut().for_each(Buffer::silence);
        self.filled = 0;
    }
}

impl<N: DaspNode> DaspBlock<N> {
    /// Puts `count` frames of the inputs from `start` into the feeds.
    fn feed(&mut self, io: &BlockIo<'_>, start: usize, count: usize) {
        for (feed, inputs) in self.feeds.iter().zip(N::INPUTS) {
            let Some(data) = self.graph.node_weight_mut(*feed) else { continue };
            for (buffer, input) in data.buffers.iter_mut().zip(*inputs) {
                buffer[self.filled..self.filled + count]
                    .copy_from_slice(&io.input(*input)[start..start + count]);
            }
        }
    }

    /// Runs the node on full feeds.
    fn compute(&mut self) {
        self.processor.process(&mut self.graph, self.node);
        if let Some(data) = self.graph.node_weight(self.node) {
            for (ready, buffer) in self.ready.iter_mut().zip(&data.buffers) {
                ready.copy_from_slice(buffer);
            }
        }
        self.filled = 0;
    }

    /// Writes `count` frames of what is ready, from `from` on, to the outputs at `start`.
    fn emit(&self, io: &mut BlockIo<'_>, start: usize, from: usize, count: usize) {
        for (output, ready) in N::OUTPUTS.iter().zip(&self.ready) {
            io.output(*output)[start..start + count].copy_from_slice(&ready[from..from + count]);
        }
    }
}
