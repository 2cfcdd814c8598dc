//! The patch in dasp_graph, with our kernels at one lane as its nodes.

use super::VOICES;
use super::kernels::{Clock, Contour, Filter, Lfo, Saw, amplify};
use crate::contender::Player;
use crate::dasp_graph::{Graph, each_frame};
use ::dasp_graph::{Buffer, Input, Node};
use jackfield_dsp::Lanes;

struct SawNode(Saw<f32>);
impl Node for SawNode {
    fn process(&mut self, _: &[Input], output: &mut [Buffer]) {
        each_frame([], output, |[]| self.0.next().0);
    }
}

struct LfoNode(Lfo<f32>);
impl Node for LfoNode {
    fn process(&mut self, _: &[Input], output: &mut [Buffer]) {
        each_frame([], output, |[]| self.0.next().0);
    }
}

struct ClockNode(Clock);
impl Node for ClockNode {
    fn process(&mut self, _: &[Input], output: &mut [Buffer]) {
        each_frame([], output, |[]| self.0.next());
    }
}

struct FilterNode(Filter<f32>);
impl Node for FilterNode {
    /// Edges come newest first: the LFO, then the saw.
    fn process(&mut self, inputs: &[Input], output: &mut [Buffer]) {
        each_frame([&inputs[1], &inputs[0]], output, |[saw, lfo]| self.0.next(Lanes(saw), Lanes(lfo)).0);
    }
}

struct ContourNode(Contour<f32>);
impl Node for ContourNode {
    fn process(&mut self, inputs: &[Input], output: &mut [Buffer]) {
        each_frame([&inputs[0]], output, |[gate]| self.0.next(Lanes(gate)).0);
    }
}

struct AmplifierNode;
impl Node for AmplifierNode {
    fn process(&mut self, inputs: &[Input], output: &mut [Buffer]) {
        each_frame([&inputs[0], &inputs[1]], output, |[a, b]| amplify(Lanes(a), Lanes(b)).0);
    }
}

pub(crate) fn start() -> Box<dyn Player> {
    let mut graph = Graph::new();
    let clock = graph.add(ClockNode(Clock::new()), &[]);
    let mut voices = Vec::new();
    for voice in 0..VOICES {
        let saw = graph.add(SawNode(Saw::new((), voice)), &[]);
        let lfo = graph.add(LfoNode(Lfo::new((), voice)), &[]);
        let filter = graph.add(FilterNode(Filter::new(())), &[saw, lfo]);
        let contour = graph.add(ContourNode(Contour::new((), voice)), &[clock]);
        voices.push(graph.add(AmplifierNode, &[filter, contour]));
    }
    graph.sum(&voices);
    graph.player()
}
