//! For tests: runs one lane node outside of an engine, at any width, instruction set and block size.
//!
//! It says by panicking that a test is written wrongly.

use crate::dsp::BLOCK;
use crate::{
    AnyConfig, AssetSource, ConfigError, FrameRange, Input, InstructionSet, LaneCall, LaneContext, LaneTable,
    NoAssets, NodeKind, NodeSpec, Output, Setting, SettingValue, Settings, Setup, Slot, Transport,
    TransportChange,
};

/// Most lanes.
const LANES: usize = 16;

/// How a [`LaneHarness`] is made; start with [`LaneHarness::of`].
pub struct LaneHarnessBuilder {
    spec: &'static NodeSpec,
    settings: Settings,
    sample_rate: f32,
    width: usize,
    set: InstructionSet,
    seed: u32,
}

impl LaneHarnessBuilder {
    /// Another sample rate than 48,000.
    pub fn sample_rate(mut self, sample_rate: f32) -> Self {
        self.sample_rate = sample_rate;
        self
    }

    /// Another value for a setting.
    ///
    /// # Panics
    ///
    /// When it does not fit.
    pub fn setting(mut self, setting: Setting, value: impl Into<SettingValue>) -> Self {
        self.settings.set(&setting, value.into()).expect("the value fits the setting");
        self
    }

    /// All settings at once, in the spec's order.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Another number of lanes than 1: 4, 8 or 16.
    pub fn width(mut self, width: usize) -> Self {
        self.width = width;
        self
    }

    /// Another instruction set than the machine's best.
    ///
    /// # Panics
    ///
    /// When the machine lacks it.
    pub fn instruction_set(mut self, set: InstructionSet) -> Self {
        assert!(set <= InstructionSet::best(), "this machine has no {set}");
        self.set = set;
        self
    }

    /// Another seed of the first lane than 1; the other lanes count up from it.
    pub fn seed(mut self, seed: u32) -> Self {
        self.seed = seed;
        self
    }

    /// Prepares the config and the states, without any file.
    ///
    /// # Errors
    ///
    /// When the node can't be prepared with these settings.
    ///
    /// # Panics
    ///
    /// For a block node.
    pub fn start(self) -> Result<LaneHarness, ConfigError> {
        self.start_with(&NoAssets)
    }

    /// Prepares the config and the states, with files from a source.
    ///
    /// # Errors
    ///
    /// When the node can't be prepared with these settings and files.
    ///
    /// # Panics
    ///
    /// For a block node.
    pub fn start_with(self, assets: &dyn AssetSource) -> Result<LaneHarness, ConfigError> {
        let NodeKind::Lanes(table) = self.spec.kind else { panic!("{} is no lane node", self.spec.id) };
        let setup = Setup { sample_rate: self.sample_rate, assets };
        let config = (table.configure)(&self.settings, &setup)?;
        let rest = |input: &Input| input.knob.map_or(0.0, |knob| knob.to_signal(knob.default));
        let inputs: Vec<LaneSamples> =
            self.spec.inputs.iter().map(|input| LaneSamples::Held([rest(input); LANES])).collect();
        let mut harness = LaneHarness {
            spec: self.spec,
            table,
            config,
            sample_rate: self.sample_rate,
            width: self.width,
            set: self.set,
            seed: self.seed,
            block_size: BLOCK,
            feeds: inputs,
            state: vec![0; table.state_words * self.width],
            faulty: 0,
            transport: Transport::new(self.sample_rate),
        };
        harness.reset();
        Ok(harness)
    }
}

/// What stands at an input.
#[derive(Clone, Debug)]
enum LaneSamples {
    /// One value per lane for ever.
    Held([f32; LANES]),
    /// Samples per lane, then the last of them for ever.
    Samples(Vec<Vec<f32>>),
}

/// A pack of instances of a lane node and what is plugged into them.
pub struct LaneHarness {
    spec: &'static NodeSpec,
    table: LaneTable,
    config: AnyConfig,
    sample_rate: f32,
    width: usize,
    set: InstructionSet,
    seed: u32,
    block_size: usize,
    feeds: Vec<LaneSamples>,
    state: Vec<u32>,
    faulty: u64,
    transport: Transport,
}

/// What a run of a [`LaneHarness`] computed.
#[derive(Clone, Debug, PartialEq)]
pub struct LaneRun {
    outputs: Vec<Vec<Vec<f32>>>,
}

impl LaneRun {
    /// Lane 0 of an output.
    pub fn output(&self, output: Output) -> &[f32] {
        self.lane(output, 0)
    }

    /// One lane of an output.
    pub fn lane(&self, output: Output, lane: usize) -> &[f32] {
        &self.outputs[output.index][lane]
    }

    /// All outputs, each with all its lanes.
    pub fn all(&self) -> &[Vec<Vec<f32>>] {
        &self.outputs
    }
}

/// A signal's memory: aligned, and as long as the longest block of the widest pack.
#[repr(align(64))]
struct Buffer([f32; BLOCK * LANES]);

/// The memory of a signal of one frame.
#[repr(align(64))]
struct FrameBuffer([f32; LANES]);

impl LaneHarness {
    /// A harness for one lane of a node type with default settings at 48 kHz.
    pub fn of(spec: &'static NodeSpec) -> LaneHarnessBuilder {
        LaneHarnessBuilder {
            spec,
            settings: Settings::defaults(spec.settings),
            sample_rate: 48_000.0,
            width: 1,
            set: InstructionSet::best(),
            seed: 1,
        }
    }

    /// A harness with everything at its default.
    ///
    /// # Panics
    ///
    /// When the node can't be prepared so, or is a block node.
    pub fn new(spec: &'static NodeSpec) -> Self {
        Self::of(spec).start().expect("a node works with its default settings")
    }

    /// Turns a knob to a shown value in all lanes.
    ///
    /// # Panics
    ///
    /// When the input has no knob.
    pub fn turn(&mut self, input: Input, shown: f32) -> &mut Self {
        let knob = input.knob.expect("the input has a knob");
        self.hold(input, knob.to_signal(shown))
    }

    /// Holds an input at a signal value in all lanes.
    pub fn hold(&mut self, input: Input, value: f32) -> &mut Self {
        self.feeds[input.index] = LaneSamples::Held([value; LANES]);
        self
    }

    /// Holds an input at one signal value per lane; missing ones are 0.
    pub fn hold_lanes(&mut self, input: Input, values: &[f32]) -> &mut Self {
        let value = |lane| values.get(lane).copied().unwrap_or(0.0);
        self.feeds[input.index] = LaneSamples::Held(std::array::from_fn(value));
        self
    }

    /// Plugs samples into an input of all lanes, from the next run's first frame on. The last one
    /// stays.
    pub fn plug(&mut self, input: Input, samples: impl Into<Vec<f32>>) -> &mut Self {
        self.feeds[input.index] = LaneSamples::Samples(vec![samples.into(); LANES]);
        self
    }

    /// Plugs samples into an input, lane by lane; missing lanes are silent.
    pub fn plug_lanes(&mut self, input: Input, samples: &[Vec<f32>]) -> &mut Self {
        let lane = |lane: usize| samples.get(lane).cloned().unwrap_or_default();
        self.feeds[input.index] = LaneSamples::Samples((0..LANES).map(lane).collect());
        self
    }

    /// Frames to a block, 1 to 64; 64 unless told.
    ///
    /// # Panics
    ///
    /// For any other number.
    pub fn block_size(&mut self, frames: usize) -> &mut Self {
        assert!((1..=BLOCK).contains(&frames), "a block has 1 to 64 frames");
        self.block_size = frames;
        self
    }

    /// Changes the shared beat at the next run's first frame. Without, it plays from 0 at 120 beats per
    /// minute.
    pub fn transport(&mut self, change: TransportChange) -> &mut Self {
        self.transport.change(change, self.sample_rate);
        self
    }

    /// Forgets the past, and goes back to beat 0.
    pub fn reset(&mut self) -> &mut Self {
        self.transport.change(TransportChange::Locate(0.0), self.sample_rate);
        let mut words = vec![0; self.table.state_words];
        for lane in 0..self.width {
            (self.table.start)(self.seed.wrapping_add(lane as u32), &mut words);
            for (k, word) in words.iter().enumerate() {
                self.state[k * self.width + lane] = *word;
            }
        }
        self
    }

    /// The latency the node reports, in frames.
    pub fn latency(&self) -> usize {
        (self.table.latency)(&*self.config)
    }

    /// Frames per second.
    pub fn sample_rate(&self) -> f32 {
        self.sample_rate
    }

    /// The lanes (bit `i` is lane `i`) in which an output was infinite or NaN so far.
    pub fn faulty(&self) -> u64 {
        self.faulty
    }

    /// The words of the states: word `k` of lane `l` stands at `k * width + l`.
    pub fn state(&self) -> &[u32] {
        &self.state
    }

    /// Computes `frames` frames.
    pub fn run(&mut self, frames: usize) -> LaneRun {
        let mut run =
            LaneRun { outputs: vec![vec![Vec::with_capacity(frames); self.width]; self.spec.outputs.len()] };
        let mut start = 0;
        while start < frames {
            let size = self.block_size.min(frames - start);
            self.run_block(start, size, &mut run);
            start += size;
        }
        for feed in &mut self.feeds {
            if let LaneSamples::Samples(lanes) = feed {
                for samples in lanes {
                    samples.drain(..frames.min(samples.len().saturating_sub(1)));
                }
            }
        }
        run
    }

    /// Computes one frame of a harness with one lane: a number in for each input, one out for each
    /// output. What is plugged in is left aside. For tests that put nodes together frame by frame.
    ///
    /// # Panics
    ///
    /// With more than one lane, or another number of ports.
    pub fn frame(&mut self, inputs: &[f32], outputs: &mut [f32]) {
        assert_eq!(self.width, 1, "the harness has one lane");
        let ports = (inputs.len(), outputs.len());
        assert_eq!(ports, (self.feeds.len(), self.spec.outputs.len()), "one number for each port");
        let outside = inputs.iter().copied().chain(std::iter::repeat_n(f32::NAN, outputs.len()));
        let mut lines: Vec<FrameBuffer> = outside.map(|sample| FrameBuffer([sample; LANES])).collect();
        let mut slots: Vec<Slot> =
            lines.iter_mut().map(|line| Slot { data: line.0.as_mut_ptr(), step: Slot::MOVING }).collect();
        let indices = indices(inputs.len(), outputs.len());
        let kernel = (self.table.kernel)(1, self.set);
        // SAFETY: as in `run_block`; each slot has a line of its own, room for the one frame of one lane.
        self.faulty |= unsafe {
            let state = self.state.as_mut_ptr();
            let call = LaneCall::new(indices.as_ptr(), outputs.len(), inputs.len(), state, &*self.config);
            kernel(&call, &self.context(&mut slots), FrameRange { first: 0, count: 1 })
        };
        self.transport.advance(1);
        outputs.iter_mut().zip(&lines[inputs.len()..]).for_each(|(output, line)| *output = line.0[0]);
    }

    /// Prepares a block of what is plugged in, to be computed again and again: for those who measure time or
    /// count allocations. As in the engine, a node without state computes one frame while all its inputs are
    /// held.
    pub fn prepare_block(&mut self) -> PreparedBlock<'_> {
        let ports = self.ports(0, BLOCK);
        let is_still =
            self.table.state_words == 0 && self.feeds.iter().all(|feed| feed.step() == Slot::CONSTANT);
        PreparedBlock { ports, frames: if is_still { 1 } else { BLOCK }, harness: self }
    }

    /// How many lanes there are.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Computes the block of `size` frames from `start` and adds it to `run`.
    fn run_block(&mut self, start: usize, size: usize, run: &mut LaneRun) {
        let mut ports = self.ports(start, size);
        self.faulty |= self.compute(&mut ports, size, 1);
        for (lanes, buffer) in run.outputs.iter_mut().zip(&ports.buffers[self.feeds.len()..]) {
            for frame in buffer.0.chunks_exact(self.width).take(size) {
                lanes.iter_mut().zip(frame).for_each(|(lane, sample)| lane.push(*sample));
            }
        }
    }

    /// The memory of all ports, the inputs holding the block of `size` frames from `start`.
    fn ports(&self, start: usize, size: usize) -> PackPorts {
        let count = self.feeds.len() + self.spec.outputs.len();
        let mut buffers: Vec<Buffer> = (0..count).map(|_| Buffer([f32::NAN; BLOCK * LANES])).collect();
        for (feed, buffer) in self.feeds.iter().zip(&mut buffers) {
            feed.fill(start, size, self.width, &mut buffer.0);
        }
        let steps = self.feeds.iter().map(LaneSamples::step).chain(std::iter::repeat(Slot::MOVING));
        let slot = |(buffer, step): (&mut Buffer, usize)| Slot { data: buffer.0.as_mut_ptr(), step };
        let slots = buffers.iter_mut().zip(steps).map(slot).collect();
        PackPorts { slots, indices: indices(self.feeds.len(), self.spec.outputs.len()), buffers }
    }

    /// Computes the same block so many times; the lanes that were faulty.
    fn compute(&mut self, ports: &mut PackPorts, frames: usize, times: usize) -> u64 {
        let (outputs, inputs) = (self.spec.outputs.len(), self.feeds.len());
        let kernel = (self.table.kernel)(self.width, self.set);
        // SAFETY: the indices name the slots of `ports`, one buffer each, which all have room for the
        // longest block of the widest pack and outlive the call; the state has `state_words` times
        // `width` words; the config came from this node type's own table; `LaneHarnessBuilder` has checked
        // that the machine has the instruction set; the transport moves on only when the calls are over.
        let faulty = unsafe {
            let state = self.state.as_mut_ptr();
            let call = LaneCall::new(ports.indices.as_ptr(), outputs, inputs, state, &*self.config);
            let (context, range) = (self.context(&mut ports.slots), FrameRange { first: 0, count: frames });
            (0..times).fold(0, |faulty, _| faulty | kernel(&call, &context, range))
        };
        self.transport.advance(frames * times);
        faulty
    }

    fn context(&self, slots: &mut [Slot]) -> LaneContext {
        let transport = &raw const self.transport;
        LaneContext { slots: slots.as_mut_ptr(), transport, sample_rate: self.sample_rate }
    }
}

/// A block, ready to be computed; see [`LaneHarness::prepare_block`].
pub struct PreparedBlock<'h> {
    harness: &'h mut LaneHarness,
    ports: PackPorts,
    frames: usize,
}

impl PreparedBlock<'_> {
    /// Computes the block so many times, and next to nothing besides.
    pub fn repeat(&mut self, times: usize) {
        self.harness.faulty |= self.harness.compute(&mut self.ports, self.frames, times);
    }
}

/// The slots of a call's outputs, then of its inputs, if those of the inputs come first.
fn indices(inputs: usize, outputs: usize) -> Vec<u32> {
    let inputs = inputs as u32;
    (inputs..inputs + outputs as u32).chain(0..inputs).collect()
}

/// The memory of a pack's ports, inputs first.
struct PackPorts {
    buffers: Vec<Buffer>,
    slots: Vec<Slot>,
    /// See [`indices`](fn@indices).
    indices: Vec<u32>,
}

impl LaneSamples {
    fn step(&self) -> usize {
        match self {
            Self::Held(_) => Slot::CONSTANT,
            Self::Samples(_) => Slot::MOVING,
        }
    }

    /// Writes the block of `size` frames from `start`, lanes side by side.
    fn fill(&self, start: usize, size: usize, width: usize, buffer: &mut [f32; BLOCK * LANES]) {
        match self {
            Self::Held(values) => {
                buffer.iter_mut().enumerate().take(LANES).for_each(|(i, place)| *place = values[i % width]);
            }
            Self::Samples(lanes) => {
                for (i, frame) in buffer.chunks_exact_mut(width).take(size).enumerate() {
                    for (samples, place) in lanes.iter().zip(frame) {
                        let last = samples.last().copied().unwrap_or(0.0);
                        *place = samples.get(start + i).copied().unwrap_or(last);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;

    const IN: Input = Input::audio(0, "in", "A signal.");
    const GAIN: Input = Input::knob(1, "gain", Knob::unit(0.5), "A factor.");
    const SUM: Output = Output::audio(0, "sum", "The sum so far.");
    static SPEC: NodeSpec = NodeSpec::lanes::<Accumulate>("maths.accumulate", "Accumulate", Category::Maths)
        .summary("Adds up.")
        .inputs(&[IN, GAIN])
        .outputs(&[SUM])
        .checked();

    lane_state! { struct State<V> { sum: Lanes<V> } }
    struct Accumulate;
    impl LaneNode for Accumulate {
        type State<V: Vector> = State<V>;
        type Config = NoConfig;
        fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
            let (input, gain, mut sum) = (io.input(IN), io.input(GAIN), io.output(SUM));
            for frame in io.frames() {
                state.sum += input.at(frame) * gain.at(frame);
                sum.set(frame, state.sum);
            }
        }
    }

    #[test]
    fn runs_a_node_over_several_blocks_and_runs() {
        let mut harness = LaneHarness::new(&SPEC);
        harness.block_size(3).plug(IN, vec![2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(harness.run(2).output(SUM), [1.0, 3.0]);
        assert_eq!(harness.run(4).output(SUM), [6.0, 10.0, 15.0, 20.0], "the last sample stays");
        assert_eq!(harness.reset().hold(IN, 1.0).run(2).output(SUM), [0.5, 1.0]);
        let mut output = [0.0];
        harness.frame(&[8.0, 0.25], &mut output);
        assert_eq!(output, [3.0], "a single frame goes on from there");
    }

    #[test]
    fn lanes_are_instances_of_their_own() {
        for set in InstructionSet::available() {
            for &width in set.lanes() {
                let mut harness = LaneHarness::of(&SPEC).width(width).instruction_set(set).start().unwrap();
                let samples: Vec<Vec<f32>> = (0..width).map(|lane| vec![lane as f32, 1.0]).collect();
                let run = harness.hold(GAIN, 1.0).plug_lanes(IN, &samples).run(3);
                for lane in 0..width {
                    assert_eq!(run.lane(SUM, lane), [lane as f32, lane as f32 + 1.0, lane as f32 + 2.0]);
                }
            }
        }
    }

    #[test]
    fn tells_faulty_lanes() {
        let mut harness = LaneHarness::of(&SPEC).width(4).start().unwrap();
        harness.plug_lanes(IN, &[vec![0.0], vec![f32::NAN], vec![1.0], vec![f32::INFINITY]]).run(1);
        assert_eq!(harness.faulty(), 0b1010);
    }
}
