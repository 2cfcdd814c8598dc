//! P5, feedback: 16 sines, each of which moves its own phase with a delay of exactly one sample.
//!
//! dasp_graph delays by its block of 64 samples and web-audio-api by its quantum of 128, so they can't
//! take part. knyst delays by a block as well, so all of it runs in blocks of one sample.

use crate::contender::{Contender, Player, RATE};
use crate::contest::{Bar, Contest, OURS};
use crate::fundsp::Unit;
use crate::ours::Engine;
use crate::patch_text::{PatchText, Value};
use crate::sanity::{self, Insane};
use fearless_simd::{Level, Simd, dispatch, f32x16};
use fundsp::prelude::{An, AudioNode, Frame, Net, U0, U1, U16, busi, dc, feedback, map, pass, ramp, sumi};
use jackfield_dsp::{Bits, Lanes};
use jackfield_patch::Patch;
use knyst::Resources;
use knyst::graph::{Connection, Graph, GraphSettings, RunGraph, RunGraphSettings};
use knyst::prelude::{Gen, GenContext, GenState, ResourcesSettings};
use std::f64::consts::TAU;

const LOOPS: usize = 16;
/// Cycles by which a sine at its peak moves its phase.
const DEPTH: f32 = 0.1;
const LEVEL: f32 = 1.0 / 16.0;

/// In hertz: an octave, evenly spread, and so high that a sample more or less makes a difference.
fn frequency(number: usize) -> f32 {
    2_000.0 * (number as f32 / LOOPS as f32).exp2()
}

/// The contest.
pub(crate) fn contest() -> Contest {
    const FUNDSP_NET: &str = "fundsp, Net";
    const FUNDSP: &str = "fundsp, static graph";
    const KNYST: &str = "knyst, blocks of one sample";
    let contenders = vec![
        Contender::new(OURS, || Engine::player(&patch(), 16)),
        Contender::new("jackfield, not packed", || Engine::player(&patch(), 1)),
        Contender::new("by hand, sixteen lanes", by_hand),
        Contender::new(FUNDSP_NET, in_fundsp_net),
        Contender::new(FUNDSP, in_fundsp),
        Contender::new(KNYST, in_knyst),
    ];
    Contest {
        name: "P5 feedback of one sample",
        contenders,
        seconds: 1.0,
        nodes: None,
        bars: vec![Bar::FasterThan(&[FUNDSP_NET, FUNDSP, KNYST], 4.0)],
        check,
    }
}

/// The first samples are those of the reference. Systems differ in where the phase is at the first sample,
/// by up to a frame, which is no fault.
fn check(sound: &[f32]) -> Result<(), Insane> {
    sanity::sounds(sound)?;
    let frames = 2_000.min(sound.len());
    let checks =
        [0.0, 0.5, 1.0].map(|start| sanity::equals(&sound[..frames], &reference(start, frames), 2e-3));
    checks.into_iter().reduce(Result::or).unwrap_or(Ok(()))
}

fn reference(start: f64, frames: usize) -> Vec<f32> {
    let mut values = [0.0; LOOPS];
    let mut next = |frame: usize| {
        for (number, value) in values.iter_mut().enumerate() {
            let cycles = (frame as f64 + start) * f64::from(frequency(number)) / f64::from(RATE);
            *value = (TAU * (cycles + f64::from(DEPTH) * *value)).sin();
        }
        values.iter().sum::<f64>() as f32 * LEVEL
    };
    (0..frames).map(&mut next).collect()
}

fn patch() -> Patch {
    let mut text = PatchText::default();
    for number in 0..LOOPS {
        let id = format!("sine{number:02}");
        let sine = [("waveform", Value::Choice("sine"))];
        text.node(&id, "source.oscillator", &[("frequency", frequency(number))], &sine);
        text.cable(&format!("{id}.out"), &format!("{id}.pm"), DEPTH);
        text.cable(&format!("{id}.out"), "out.in", LEVEL);
    }
    text.plain_output();
    text.patch()
}

/// How far a phase goes in a frame, in fixed point.
fn step(number: usize) -> u32 {
    (f64::from(frequency(number)) / f64::from(RATE) * 4_294_967_296.0) as u32
}

struct LoopByHand<S: Simd> {
    simd: S,
    phase: Bits<f32x16<S>>,
    step: Bits<f32x16<S>>,
    value: Lanes<f32x16<S>>,
}

impl<S: Simd> Player for LoopByHand<S> {
    fn play(&mut self, sound: &mut [f32]) {
        self.simd.vectorize(
            #[inline(always)]
            || {
                for sample in sound {
                    self.value = (self.phase + (self.value * DEPTH).to_phase()).sin_turns();
                    self.phase = self.phase + self.step;
                    let mut lanes = [0.0; 16];
                    self.value.store(&mut lanes);
                    *sample = lanes.iter().sum::<f32>() * LEVEL;
                }
            },
        );
    }
}

fn by_hand() -> Box<dyn Player> {
    fn start<S: Simd>(simd: S) -> Box<dyn Player> {
        let steps: [u32; 16] = std::array::from_fn(step);
        Box::new(LoopByHand {
            simd,
            phase: Bits::splat(simd, 0),
            step: Bits::load(simd, &steps),
            value: Lanes::splat(simd, 0.0),
        })
    }
    dispatch!(Level::new(), simd => start(simd))
}

/// Phase in, sine out, and the sine back into the phase. `feedback` adds what came out a sample ago as it
/// is, so inside it is scaled by the depth.
fn fundsp_loop() -> An<impl AudioNode<Inputs = U1, Outputs = U1>> {
    let sine = |cycles: &Frame<f32, U1>| DEPTH * (cycles[0] * std::f32::consts::TAU).sin();
    feedback(map(sine)) * (LEVEL / DEPTH)
}

fn fundsp_phase(number: usize) -> An<impl AudioNode<Inputs = U0, Outputs = U1>> {
    dc(frequency(number)) >> ramp::<f64>().phase(0.0)
}

fn in_fundsp() -> Box<dyn Player> {
    fn one(number: u64) -> An<impl AudioNode<Inputs = U0, Outputs = U1>> {
        fundsp_phase(number as usize) >> fundsp_loop()
    }
    Unit::player(Box::new(busi::<U16, _, _>(one)))
}

fn in_fundsp_net() -> Box<dyn Player> {
    let mut net = Net::new(0, 1);
    let sum = net.push(Box::new(sumi::<U16, _, _>(|_| pass())));
    for number in 0..LOOPS {
        let phase = net.push(Box::new(fundsp_phase(number)));
        let sine = net.push(Box::new(fundsp_loop()));
        net.connect(phase, 0, sine, 0);
        net.connect(sine, 0, sum, number);
    }
    net.connect_output(sum, 0, 0);
    Unit::player(Box::new(net))
}

/// A sine for knyst, on our kernel; its input is added to its phase.
struct KnystSine {
    phase: u32,
    step: u32,
}

impl Gen for KnystSine {
    fn process(&mut self, context: GenContext, _: &mut Resources) -> GenState {
        let modulation = context.inputs.get_channel(0);
        let output = context.outputs.iter_mut().next().expect("it has one output");
        for (sample, modulation) in output.iter_mut().zip(modulation) {
            *sample = (Bits::<f32>(self.phase) + Lanes(modulation * DEPTH).to_phase()).sin_turns().0;
            self.phase = self.phase.wrapping_add(self.step);
        }
        GenState::Continue
    }

    fn num_inputs(&self) -> usize {
        1
    }

    fn num_outputs(&self) -> usize {
        1
    }
}

/// Passes its input on.
struct KnystPass;

impl Gen for KnystPass {
    fn process(&mut self, context: GenContext, _: &mut Resources) -> GenState {
        let input = context.inputs.get_channel(0);
        let output = context.outputs.iter_mut().next().expect("it has one output");
        output.copy_from_slice(input);
        GenState::Continue
    }

    fn num_inputs(&self) -> usize {
        1
    }

    fn num_outputs(&self) -> usize {
        1
    }
}

struct Knyst {
    run: RunGraph,
    /// Keeps the other end of the graph's channels.
    _graph: Graph,
}

impl Player for Knyst {
    fn play(&mut self, sound: &mut [f32]) {
        for sample in sound {
            self.run.process_block();
            *sample = self.run.graph_output_buffers().read(0, 0) * LEVEL;
        }
    }
}

fn in_knyst() -> Box<dyn Player> {
    let settings = GraphSettings { block_size: 1, sample_rate: RATE, ..GraphSettings::default() };
    let mut graph = Graph::new(settings);
    for number in 0..LOOPS {
        let sine = graph.push(KnystSine { phase: 0, step: step(number) });
        // It refuses a cable from a node to itself.
        let way_back = graph.push(KnystPass);
        graph.connect(sine.to(way_back)).expect("both ends exist");
        graph.connect(way_back.to(sine).feedback(true)).expect("both ends exist");
        graph.connect(Connection::graph_output(sine)).expect("both ends exist");
    }
    graph.update();
    let resources = Resources::new(ResourcesSettings::default());
    let (run, _, _) = RunGraph::new(&mut graph, resources, RunGraphSettings::default())
        .expect("the graph belongs to nobody yet");
    Box::new(Knyst { run, _graph: graph })
}
