//! P4, FM: 128 pairs of a sine whose frequency another sine modulates at audio rate.

use crate::contender::{BLOCK, Contender, Player, RATE};
use crate::contest::{Bar, Contest, OURS};
use crate::dasp_graph::{Graph, each_frame};
use crate::fundsp::Unit;
use crate::ours::Engine;
use crate::patch_text::{PatchText, Value};
use crate::sanity::{self, Insane};
use crate::web_audio::Offline;
use dasp_graph::{Buffer, Input, Node};
use fearless_simd::{Level, Simd, dispatch, f32x16};
use fundsp::prelude::{An, AudioNode, Net, U0, U1, U128, add, busi, mul, pass, sine, sine_hz, sumi};
use jackfield_dsp::{Bits, Lanes, Vector};
use jackfield_patch::Patch;
use web_audio_api::context::{BaseAudioContext, OfflineAudioContext};
use web_audio_api::node::{AudioNode as _, AudioScheduledSourceNode, OscillatorNode};

const PAIRS: usize = 128;
/// The modulator's frequency over the carrier's.
const RATIO: f32 = 1.5;
/// By how much of its own frequency the carrier's moves at most.
const DEPTH: f32 = 0.9;
const LEVEL: f32 = 1.0 / 64.0;
const LOWEST: f32 = 110.0;

/// The carrier's frequency in hertz: four octaves, evenly spread.
fn frequency(pair: usize) -> f32 {
    LOWEST * (4.0 * pair as f32 / (PAIRS - 1) as f32).exp2()
}

/// The contest.
pub(crate) fn contest() -> Contest {
    const FUNDSP_NET: &str = "fundsp, Net";
    const FUNDSP: &str = "fundsp, static graph";
    const DASP_GRAPH: &str = "dasp_graph, our kernels";
    const WEB_AUDIO: &str = "web-audio-api";
    let contenders = vec![
        Contender::new(OURS, || Engine::player(&patch(), 16)),
        Contender::new("jackfield, not packed", || Engine::player(&patch(), 1)),
        Contender::new("by hand, sixteen lanes", by_hand),
        Contender::new(FUNDSP_NET, in_fundsp_net),
        Contender::new(FUNDSP, in_fundsp),
        Contender::new(DASP_GRAPH, in_dasp_graph),
        Contender::new(WEB_AUDIO, || Offline::player(in_web_audio)),
    ];
    Contest {
        name: "P4 FM",
        contenders,
        seconds: 1.0,
        nodes: None,
        bars: vec![Bar::FasterThan(&[FUNDSP_NET, FUNDSP, DASP_GRAPH, WEB_AUDIO], 4.0)],
        check,
    }
}

/// The lowest carrier can be heard at its pitch.
fn check(sound: &[f32]) -> Result<(), Insane> {
    sanity::sounds(sound)?;
    sanity::has_tone(sound, f64::from(LOWEST), f64::from(RATE))
}

fn patch() -> Patch {
    let sine = [("waveform", Value::Choice("sine"))];
    let mut text = PatchText::default();
    for pair in 0..PAIRS {
        let (modulator, carrier) = (format!("modulator{pair:03}"), format!("carrier{pair:03}"));
        text.node(&modulator, "source.oscillator", &[("frequency", frequency(pair) * RATIO)], &sine);
        text.node(&carrier, "source.oscillator", &[("frequency", frequency(pair))], &sine);
        text.cable(&format!("{modulator}.out"), &format!("{carrier}.fm"), DEPTH);
        text.cable(&format!("{carrier}.out"), "out.in", LEVEL);
    }
    text.plain_output();
    text.patch()
}

/// A sine at a frequency that may move, on our kernels.
struct Sine<V: Vector> {
    phase: Bits<V>,
    /// Phase per frame at rest.
    step: Lanes<V>,
}

impl<V: Vector> Sine<V> {
    fn new(token: V::Token, first: usize, ratio: f32) -> Self {
        let step = |lane| frequency(first + lane) * ratio / RATE * 4_294_967_296.0;
        let steps: [f32; 16] = std::array::from_fn(step);
        Self { phase: Bits::splat(token, 0), step: Lanes::load(token, &steps[..V::WIDTH]) }
    }

    /// `fm` is by how much of itself the frequency moves.
    #[inline(always)]
    fn next(&mut self, fm: Lanes<V>) -> Lanes<V> {
        let value = self.phase.sin_turns();
        self.phase = self.phase + (self.step * (fm + 1.0)).to_integer_in_range();
        value
    }
}

struct OperatorsByHand<S: Simd> {
    simd: S,
    pairs: Vec<[Sine<f32x16<S>>; 2]>,
}

impl<S: Simd> OperatorsByHand<S> {
    #[inline(always)]
    fn block(&mut self, sound: &mut [f32]) {
        let mut sums = [Lanes::<f32x16<S>>::splat(self.simd, 0.0); BLOCK];
        for [modulator, carrier] in &mut self.pairs {
            for sum in &mut sums[..sound.len()] {
                let modulation = modulator.next(sum.same(0.0)) * DEPTH;
                *sum += carrier.next(modulation) * LEVEL;
            }
        }
        for (sample, sum) in sound.iter_mut().zip(sums) {
            let mut lanes = [0.0; 16];
            sum.store(&mut lanes);
            *sample = lanes.iter().sum();
        }
    }
}

impl<S: Simd> Player for OperatorsByHand<S> {
    fn play(&mut self, sound: &mut [f32]) {
        let simd = self.simd;
        simd.vectorize(
            #[inline(always)]
            || {
                for block in sound.chunks_mut(BLOCK) {
                    self.block(block);
                }
            },
        );
    }
}

fn by_hand() -> Box<dyn Player> {
    fn start<S: Simd>(simd: S) -> Box<dyn Player> {
        let pair = |first| [Sine::new(simd, first, RATIO), Sine::new(simd, first, 1.0)];
        Box::new(OperatorsByHand { simd, pairs: (0..PAIRS).step_by(16).map(pair).collect() })
    }
    dispatch!(Level::new(), simd => start(simd))
}

/// The modulator's signal in, the carrier's frequency out.
fn deviation(pair: usize) -> An<impl AudioNode<Inputs = U1, Outputs = U1>> {
    mul(DEPTH * frequency(pair)) >> add(frequency(pair))
}

fn in_fundsp_net() -> Box<dyn Player> {
    let mut net = Net::new(0, 1);
    let sum = net.push(Box::new(sumi::<U128, _, _>(|_| pass())));
    for pair in 0..PAIRS {
        let modulator = net.push(Box::new(sine_hz::<f32>(frequency(pair) * RATIO)));
        let deviation = net.push(Box::new(deviation(pair)));
        let carrier = net.push(Box::new(sine::<f32>() * LEVEL));
        net.connect(modulator, 0, deviation, 0);
        net.connect(deviation, 0, carrier, 0);
        net.connect(carrier, 0, sum, pair);
    }
    net.connect_output(sum, 0, 0);
    Unit::player(Box::new(net))
}

fn in_fundsp() -> Box<dyn Player> {
    fn pair(pair: u64) -> An<impl AudioNode<Inputs = U0, Outputs = U1>> {
        let pair = pair as usize;
        sine_hz::<f32>(frequency(pair) * RATIO) >> deviation(pair) >> (sine::<f32>() * LEVEL)
    }
    Unit::player(Box::new(busi::<U128, _, _>(pair)))
}

struct Modulator(Sine<f32>);

impl Node for Modulator {
    fn process(&mut self, _: &[Input], output: &mut [Buffer]) {
        each_frame([], output, |[]| self.0.next(Lanes(0.0)).0);
    }
}

struct Carrier(Sine<f32>);

impl Node for Carrier {
    fn process(&mut self, inputs: &[Input], output: &mut [Buffer]) {
        each_frame([&inputs[0]], output, |[modulator]| self.0.next(Lanes(modulator * DEPTH)).0 * LEVEL);
    }
}

fn in_dasp_graph() -> Box<dyn Player> {
    let mut graph = Graph::new();
    let mut carriers = Vec::new();
    for pair in 0..PAIRS {
        let modulator = graph.add(Modulator(Sine::new((), pair, RATIO)), &[]);
        carriers.push(graph.add(Carrier(Sine::new((), pair, 1.0)), &[modulator]));
    }
    graph.sum(&carriers);
    graph.player()
}

fn in_web_audio(context: &OfflineAudioContext, _: usize) {
    let sine = |hertz: f32| -> OscillatorNode {
        let mut sine = context.create_oscillator();
        sine.frequency().set_value(hertz);
        sine.start();
        sine
    };
    for pair in 0..PAIRS {
        let carrier = sine(frequency(pair));
        let deviation = context.create_gain();
        deviation.gain().set_value(DEPTH * frequency(pair));
        let level = context.create_gain();
        level.gain().set_value(LEVEL);
        sine(frequency(pair) * RATIO).connect(&deviation);
        deviation.connect(carrier.frequency());
        carrier.connect(&level);
        level.connect(&context.destination());
    }
}
