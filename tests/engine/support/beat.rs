//! Nodes for tests that live outside the patch's signals: they follow the transport and send MIDI.

use jackfield_node::Output;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Signal to add.");
const BEAT: Output = Output::control(0, "beat", "The beat, without its whole part, and the input.");
const TEMPO: Output = Output::control(1, "tempo", "Beats per minute; 0 while stopped.");

/// The beat in lanes.
pub static BEAT_LANES: NodeSpec = NodeSpec::lanes::<BeatLanes>("time.beat_lanes", "Beat", Category::Time)
    .summary("Follows the beat in lanes.")
    .inputs(&[IN])
    .outputs(&[BEAT, TEMPO])
    .checked();

lane_state! { struct BeatState<V> { last: Lanes<V> } }

struct BeatLanes;
impl LaneNode for BeatLanes {
    type State<V: Vector> = BeatState<V>;
    type Config = NoConfig;
    #[inline(always)]
    fn process<V: Vector>(state: &mut BeatState<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let input = io.input(IN);
        let shown = if io.transport().is_playing() { io.transport().tempo() } else { 0.0 };
        let (mut beat, mut tempo) = (io.output(BEAT), io.output(TEMPO));
        for frame in io.frames() {
            state.last = io.splat((io.beat(frame) % 1.0) as f32);
            beat.set(frame, state.last + input.at(frame));
            tempo.set(frame, io.splat(shown as f32));
        }
    }
}

/// The beat in blocks.
pub static BEAT_BLOCK: NodeSpec = NodeSpec::block::<BeatBlock>("time.beat_block", "Beat", Category::Time)
    .summary("Follows the beat in blocks.")
    .inputs(&[IN])
    .outputs(&[BEAT, TEMPO])
    .checked();

struct BeatBlock;
impl BlockNode for BeatBlock {
    type Config = NoConfig;
    fn new(_: &NoConfig, _: &Setup, _: u32) -> Self {
        Self
    }
    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        let input = io.input(IN);
        let shown = if io.transport().is_playing() { io.transport().tempo() } else { 0.0 };
        for (frame, sample) in input.iter().enumerate() {
            let beat = (io.beat(frame) % 1.0) as f32;
            io.output(BEAT)[frame] = beat + sample;
            io.output(TEMPO)[frame] = shown as f32;
        }
    }
    fn reset(&mut self) {}
}

const HEARD: Output = Output::control(0, "heard", "The key of the last message, and the input.");

/// Answers every MIDI message with one a key higher. Has an input, so that it can lie in a loop.
pub static ANSWER: NodeSpec = NodeSpec::block::<Answer>("time.answer", "Answer", Category::Time)
    .summary("Answers notes.")
    .inputs(&[IN])
    .outputs(&[HEARD])
    .checked();

struct Answer {
    key: u8,
}
impl BlockNode for Answer {
    type Config = NoConfig;
    fn new(_: &NoConfig, _: &Setup, _: u32) -> Self {
        Self { key: 0 }
    }
    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        let (input, mut next) = (io.input(IN), io.events().iter().peekable());
        for (frame, sample) in input.iter().enumerate() {
            while let Some(event) = next.next_if(|event| event.frame <= frame) {
                self.key = event.midi[1];
                io.send(frame, [event.midi[0], self.key.wrapping_add(1) & 0x7f, event.midi[2]]);
            }
            io.output(HEARD)[frame] = f32::from(self.key) + sample * 0.0;
        }
    }
    fn reset(&mut self) {
        self.key = 0;
    }
}
