//! The nodes around one that is edited while it sounds: a source for each kind of input, and a sink for each
//! of its outputs.

use jackfield_node::PortKind;
use jackfield_node::dsp::Lanes;
use jackfield_node::dsp::smooth::ease;
use jackfield_node::prelude::*;
use std::f64::consts::TAU;

/// Sines whose first overtone above 6 kHz lies far below hearing, in hertz.
const LOW_SINE: f64 = 100.0;
const OTHER_SINE: f64 = 70.0;
/// Of the control signal.
const SLOW_SINE: f64 = 1.7;
/// Loud enough to be heard, low enough that both together stay below full scale.
const LEVEL: f64 = 0.4;
/// Frames in which the sines come: a beginning with a corner would come again as an echo, at a change that
/// has nothing to do with it.
const COMES: usize = 2_400;
/// C3: the overtones that oscillators have above 6 kHz are few.
const PITCH: f32 = -1.0;

const SINE: Output = Output::audio(0, "sine", "A low sine.");
const OTHER: Output = Output::audio(1, "other", "Another low sine, for a second input.");
const SLOW: Output = Output::control(2, "slow", "Between 0.1 and 0.9.");
const NOTE: Output = Output::pitch(3, "note", "A steady pitch.");
const GATE: Output = Output::gate(4, "gate", "Open, but for a moment before each round.");

/// One signal of each kind.
pub(super) static SOURCE: NodeSpec =
    NodeSpec::block::<RoundSource>("source.round", "Round", Category::Source)
        .summary("Signals that go round.")
        .outputs(&[SINE, OTHER, SLOW, NOTE, GATE])
        .checked();

/// Frames of a round: each has one change of the node, at another phase of the sines.
pub(super) const ROUND: usize = 3_571;
/// Frames at the end of a round during which the gate is closed.
const CLOSED: usize = 200;

/// The output of [`SOURCE`] for an input of this kind; the first one of its kind hears another than the rest.
pub(super) fn source_for(kind: PortKind, is_first: bool) -> &'static str {
    match kind {
        PortKind::Audio if is_first => SINE.name,
        PortKind::Audio => OTHER.name,
        PortKind::Control => SLOW.name,
        PortKind::Pitch => NOTE.name,
        PortKind::Gate => GATE.name,
    }
}

struct RoundSource {
    sample_rate: f64,
    frame: usize,
}

impl BlockNode for RoundSource {
    type Config = NoConfig;

    fn new(_: &NoConfig, setup: &Setup, _: u32) -> Self {
        Self { sample_rate: f64::from(setup.sample_rate), frame: 0 }
    }

    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        let (start, rate) = (self.frame, self.sample_rate);
        self.frame += io.output(SINE).len();
        let mut fill = |output: Output, value: &dyn Fn(usize) -> f32| {
            for (frame, out) in (start..).zip(io.output(output)) {
                *out = value(frame);
            }
        };
        let sine = |hertz: f64, frame: usize| (TAU * (hertz * frame as f64 / rate)).sin();
        let level = |frame: usize| LEVEL * f64::from(ease(Lanes(frame.min(COMES) as f32 / COMES as f32)).0);
        fill(SINE, &|frame| (level(frame) * sine(LOW_SINE, frame)) as f32);
        fill(OTHER, &|frame| (level(frame) * sine(OTHER_SINE, frame)) as f32);
        fill(SLOW, &|frame| (0.5 + 0.4 * sine(SLOW_SINE, frame)) as f32);
        fill(NOTE, &|_| PITCH);
        fill(GATE, &|frame| f32::from(frame % ROUND < ROUND - CLOSED));
    }

    fn reset(&mut self) {
        self.frame = 0;
    }
}

/// Inputs of [`SINK`], in the order of the device's channels.
pub(super) const SINK_INPUTS: [Input; 8] = [
    Input::audio(0, "sink_1", "Channel 0.").sum(),
    Input::audio(1, "sink_2", "Channel 1.").sum(),
    Input::audio(2, "sink_3", "Channel 2.").sum(),
    Input::audio(3, "sink_4", "Channel 3.").sum(),
    Input::audio(4, "sink_5", "Channel 4.").sum(),
    Input::audio(5, "sink_6", "Channel 5.").sum(),
    Input::audio(6, "sink_7", "Channel 6.").sum(),
    Input::audio(7, "sink_8", "Channel 7.").sum(),
];

/// Brings each of its inputs to a channel of the device.
pub(super) static SINK: NodeSpec = NodeSpec::block::<DeviceSink>("device.sinks", "Sinks", Category::Device)
    .summary("Sends each input to a channel of the device.")
    .inputs(&SINK_INPUTS)
    .sink()
    .checked();

struct DeviceSink;

impl BlockNode for DeviceSink {
    type Config = NoConfig;

    fn new(_: &NoConfig, _: &Setup, _: u32) -> Self {
        Self
    }

    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        for (channel, input) in SINK_INPUTS.into_iter().enumerate() {
            let samples = io.input(input);
            if let Some(out) = io.device_output(channel) {
                for (out, sample) in out.iter_mut().zip(samples) {
                    *out += sample;
                }
            }
        }
    }

    fn reset(&mut self) {}
}
