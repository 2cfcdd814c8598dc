//! P3, overhead: 1,000 gains in series, and 1,000 products added up. The nodes do next to nothing, so what
//! is measured is what a system spends around them.
//!
//! A signal that holds still costs ours almost nothing, and knobs hold still most of the time. That is
//! measured too, but the bars are for signals that move.

use crate::contender::{BLOCK, Contender, Player, RATE};
use crate::contest::{Bar, Contest, OURS};
use crate::dasp_graph::{Graph, each_frame};
use crate::fundsp::Unit;
use crate::ours::Engine;
use crate::patch_text::PatchText;
use crate::sanity;
use crate::web_audio::Offline;
use dasp_graph::{Buffer, Input, Node};
use fearless_simd::{Level, Simd, dispatch, f32x16};
use fundsp::prelude::{Net, busi, mul, pass, pipei, sine_hz, sumi};
use fundsp::typenum::U1000;
use jackfield_dsp::Lanes;
use jackfield_patch::Patch;
use web_audio_api::context::{BaseAudioContext, OfflineAudioContext};
use web_audio_api::node::{
    AudioNode, AudioScheduledSourceNode, GainNode as GainNodeOfWebAudio, OscillatorNode,
};

/// How many nodes.
const NODES: usize = 1_000;
/// The frequency of the signal that moves.
const HERTZ: f32 = 100.0;
const STILL: &str = "jackfield, signals hold still";

/// A gain so near to 1 that something comes through all of them.
const GAIN: f32 = 0.9995;

/// A product's factor; they add up to 1.
const SHARE: f32 = 1.0 / NODES as f32;

/// P3a.
pub(crate) fn series() -> Contest {
    let contenders = vec![
        Contender::new(OURS, || Engine::player(&series_patch(true, "maths.gain"), 16)),
        Contender::new(STILL, || Engine::player(&series_patch(false, "maths.gain"), 16)),
        Contender::new("jackfield, library's amplifier", || {
            Engine::player(&series_patch(true, "dynamics.vca"), 16)
        }),
        Contender::new("by hand, a call per gain", series_by_hand),
        Contender::new("fundsp, Net", series_in_fundsp_net),
        Contender::new("fundsp, static graph", series_in_fundsp),
        Contender::new("dasp_graph", series_in_dasp_graph),
        Contender::new("web-audio-api", || Offline::player(series_in_web_audio)),
    ];
    Contest {
        name: "P3a 1,000 gains in series",
        contenders,
        seconds: 0.5,
        nodes: Some(NODES),
        bars: vec![Bar::Nanoseconds(OURS, 5.0), Bar::Nanoseconds(STILL, 5.0)],
        check: sanity::sounds,
    }
}

/// P3b.
pub(crate) fn sum() -> Contest {
    let contenders = vec![
        Contender::new(OURS, || Engine::player(&sum_patch(true), 16)),
        Contender::new(STILL, || Engine::player(&sum_patch(false), 16)),
        Contender::new("fundsp, Net", sum_in_fundsp_net),
        Contender::new("fundsp, static graph", sum_in_fundsp),
        Contender::new("dasp_graph", sum_in_dasp_graph),
        Contender::new("web-audio-api", || Offline::player(sum_in_web_audio)),
    ];
    Contest {
        name: "P3b 1,000 products added up",
        contenders,
        seconds: 0.5,
        nodes: Some(NODES),
        bars: vec![Bar::Nanoseconds(OURS, 4.0), Bar::Nanoseconds(STILL, 4.0)],
        check: sanity::sounds,
    }
}

/// The first node: a sine or a constant.
fn source(text: &mut PatchText, id: &str, moves: bool) {
    if moves {
        text.node(id, "modulator.lfo", &[("rate", HERTZ)], &[]);
    } else {
        text.node(id, "maths.constant", &[("value", 0.5)], &[]);
    }
}

fn series_patch(moves: bool, kind: &str) -> Patch {
    let mut text = PatchText::default();
    source(&mut text, "source", moves);
    let mut last = "source".to_owned();
    for node in 0..NODES {
        let id = format!("gain{node:03}");
        text.node(&id, kind, &[("gain", GAIN)], &[]);
        text.cable(&format!("{last}.out"), &format!("{id}.in"), 1.0);
        last = id;
    }
    text.plain_output();
    text.cable(&format!("{last}.out"), "out.in", 1.0);
    text.patch()
}

/// One moving source for all products, or a constant for each.
fn sum_patch(moves: bool) -> Patch {
    let mut text = PatchText::default();
    source(&mut text, "source", true);
    for node in 0..NODES {
        let id = format!("gain{node:03}");
        text.node(&id, "maths.gain", &[("gain", SHARE)], &[]);
        let from = if moves { "source".to_owned() } else { format!("constant{node:03}") };
        if !moves {
            source(&mut text, &from, false);
        }
        text.cable(&format!("{from}.out"), &format!("{id}.in"), 1.0);
        text.cable(&format!("{id}.out"), "out.in", 1.0);
    }
    text.plain_output();
    text.patch()
}

/// What the least graph would do: a call through a pointer for each gain and block.
struct Series<S> {
    simd: S,
    gains: Vec<(GainKernel<S>, f32)>,
    block: [f32; BLOCK],
    frame: usize,
}

type GainKernel<S> = fn(S, &mut [f32; BLOCK], f32);

impl<S: Simd> Series<S> {
    fn new(simd: S) -> Self {
        let gains = (0..NODES).map(|_| (multiply::<S> as GainKernel<S>, GAIN)).collect();
        Self { simd, gains, block: [0.0; BLOCK], frame: 0 }
    }
}

fn multiply<S: Simd>(simd: S, block: &mut [f32; BLOCK], gain: f32) {
    simd.vectorize(
        #[inline(always)]
        || {
            for samples in block.chunks_exact_mut(16) {
                (Lanes::<f32x16<S>>::load(simd, samples) * gain).store(samples);
            }
        },
    );
}

impl<S: Simd> Player for Series<S> {
    fn play(&mut self, sound: &mut [f32]) {
        for block in sound.chunks_mut(BLOCK) {
            for sample in &mut self.block {
                *sample = (self.frame as f32 * (HERTZ / RATE) * std::f32::consts::TAU).sin();
                self.frame += 1;
            }
            for (call, gain) in &self.gains {
                call(self.simd, &mut self.block, *gain);
            }
            block.copy_from_slice(&self.block[..block.len()]);
        }
    }
}

fn series_by_hand() -> Box<dyn Player> {
    fn start<S: Simd>(simd: S) -> Box<dyn Player> {
        Box::new(Series::new(simd))
    }
    dispatch!(Level::new(), simd => start(simd))
}

fn series_in_fundsp_net() -> Box<dyn Player> {
    let mut net = Net::new(0, 1);
    let mut last = net.push(Box::new(sine_hz::<f32>(HERTZ)));
    for _ in 0..NODES {
        let next = net.push(Box::new(mul(GAIN)));
        net.connect(last, 0, next, 0);
        last = next;
    }
    net.connect_output(last, 0, 0);
    Unit::player(Box::new(net))
}

fn series_in_fundsp() -> Box<dyn Player> {
    let gains = pipei::<U1000, _, _>(|_| mul(GAIN));
    Unit::player(Box::new(sine_hz::<f32>(HERTZ) >> gains))
}

fn sum_in_fundsp_net() -> Box<dyn Player> {
    let mut net = Net::new(0, 1);
    let source = net.push(Box::new(sine_hz::<f32>(HERTZ)));
    let sum = net.push(Box::new(sumi::<U1000, _, _>(|_| pass())));
    for node in 0..NODES {
        let product = net.push(Box::new(mul(SHARE)));
        net.connect(source, 0, product, 0);
        net.connect(product, 0, sum, node);
    }
    net.connect_output(sum, 0, 0);
    Unit::player(Box::new(net))
}

fn sum_in_fundsp() -> Box<dyn Player> {
    let products = busi::<U1000, _, _>(|_| mul(SHARE));
    Unit::player(Box::new(sine_hz::<f32>(HERTZ) >> products))
}

struct GainNode(f32);

impl Node for GainNode {
    fn process(&mut self, inputs: &[Input], output: &mut [Buffer]) {
        each_frame([&inputs[0]], output, |[sample]| sample * self.0);
    }
}

struct SineNode(f32);

impl Node for SineNode {
    fn process(&mut self, _: &[Input], output: &mut [Buffer]) {
        each_frame([], output, |[]| {
            self.0 = (self.0 + HERTZ / RATE).fract();
            Lanes(self.0).sin_turns().0
        });
    }
}

fn series_in_dasp_graph() -> Box<dyn Player> {
    let mut graph = Graph::new();
    let mut last = graph.add(SineNode(0.0), &[]);
    for _ in 0..NODES {
        last = graph.add(GainNode(GAIN), &[last]);
    }
    graph.player()
}

fn sum_in_dasp_graph() -> Box<dyn Player> {
    let mut graph = Graph::new();
    let source = graph.add(SineNode(0.0), &[]);
    let products: Vec<_> = (0..NODES).map(|_| graph.add(GainNode(SHARE), &[source])).collect();
    graph.sum(&products);
    graph.player()
}

fn web_audio_sine(context: &OfflineAudioContext) -> OscillatorNode {
    let mut sine = context.create_oscillator();
    sine.frequency().set_value(HERTZ);
    sine.start();
    sine
}

fn web_audio_gain(context: &OfflineAudioContext, value: f32) -> GainNodeOfWebAudio {
    let gain = context.create_gain();
    gain.gain().set_value(value);
    gain
}

fn series_in_web_audio(context: &OfflineAudioContext, _: usize) {
    let mut last = web_audio_gain(context, 1.0);
    web_audio_sine(context).connect(&last);
    for _ in 0..NODES {
        let next = web_audio_gain(context, GAIN);
        last.connect(&next);
        last = next;
    }
    last.connect(&context.destination());
}

fn sum_in_web_audio(context: &OfflineAudioContext, _: usize) {
    let source = web_audio_sine(context);
    for _ in 0..NODES {
        let product = web_audio_gain(context, SHARE);
        source.connect(&product);
        product.connect(&context.destination());
    }
}
