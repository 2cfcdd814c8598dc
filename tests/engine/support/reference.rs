//! A plain interpreter of patches, to compare the engine with: one frame at a time, node after node, no
//! packs, no blocks, no shared buffers. It reads nothing of the engine but which cables a plan delays.
//!
//! The graph of `dasp_graph` would not do for it: a node there has one set of buffers, not one per
//! voice, and a cable has neither depth nor delay.

use super::play::SAMPLE_RATE;
use jackfield_engine::{Plan, flush_denormals};
use jackfield_node::harness::LaneHarness;
use jackfield_node::{
    AnyBlock, AnyConfig, BlockIo, DeviceIo, Gathering, InstructionSet, MidiOut, NoAssets, NodeKind, NodeSpec,
    Outside, SettingValue, Settings, Setup, Transport, VoiceSource,
};
use jackfield_patch::{NodeBody, NodeIndex, Patch};
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

/// A cable: from node, output, to node, input.
pub type Ends = (String, usize, String, usize);

/// The cables a plan delays.
pub fn delayed_in(plan: &Plan) -> BTreeSet<Ends> {
    plan.delayed_cables()
        .map(|cable| (cable.from.to_owned(), cable.output, cable.to.to_owned(), cable.input))
        .collect()
}

/// What a patch sounds like.
pub struct Sound {
    /// Both channels of the device, frame by frame.
    pub device: Vec<[f32; 2]>,
    /// The sum of the voices of each probed output.
    pub probes: Vec<Vec<f32>>,
    /// The first frame with a number that is not finite, somewhere in the patch.
    pub finite: usize,
}

/// Interprets a patch. `probes` are outputs to listen to: node and output position.
pub fn interpret(
    patch: &Patch,
    delayed: &BTreeSet<Ends>,
    probes: &[(String, usize)],
    frames: usize,
) -> Sound {
    flush_denormals(|| {
        let mut interpreter = Interpreter::new(patch, delayed, probes);
        let mut sound = Sound { device: Vec::new(), probes: vec![Vec::new(); probes.len()], finite: frames };
        for frame in 0..frames {
            sound.device.push(interpreter.frame());
            for ((id, output), samples) in probes.iter().zip(&mut sound.probes) {
                samples.push(interpreter.listen(id, *output));
            }
            if !interpreter.is_finite && sound.finite == frames {
                sound.finite = frame;
            }
        }
        sound
    })
}

/// One node with all its voices.
struct Player {
    spec: &'static NodeSpec,
    id: String,
    /// The signal of each input's knob.
    knobs: Vec<Option<f32>>,
    /// Voices on its outputs.
    voices: usize,
    instances: Vec<Instance>,
    latency: usize,
    /// This frame, output by output, voice by voice.
    now: Vec<f32>,
}

enum Instance {
    Lane(Box<LaneHarness>),
    Block(Box<dyn AnyBlock>, AnyConfig),
}

/// A cable between two players.
struct Wire {
    from: usize,
    output: usize,
    to: usize,
    input: usize,
    depth: f32,
    /// Carries the frame before.
    is_delayed: bool,
    /// What waits so that paths line up, voice by voice.
    line: Vec<VecDeque<f32>>,
    /// What arrives in this frame, voice by voice.
    carried: Vec<f32>,
}

struct Interpreter {
    players: Vec<Player>,
    wires: Vec<Wire>,
    /// Players in an order in which each comes after those it hears.
    order: Vec<usize>,
    is_finite: bool,
    transport: Transport,
    sent: MidiOut,
}

impl Interpreter {
    fn new(patch: &Patch, delayed: &BTreeSet<Ends>, probes: &[(String, usize)]) -> Self {
        let heard = heard(patch, probes);
        let mut players: Vec<Player> = Vec::new();
        let mut places = HashMap::new();
        for (index, node) in patch.nodes().filter(|(index, _)| heard.contains(index)) {
            places.insert(index, players.len());
            let NodeBody::Known { spec, knobs, .. } = &node.body else { continue };
            let knob = |(input, &shown): (&jackfield_node::Input, &f32)| {
                input.knob.map(|knob| knob.to_signal(knob.clamp(shown)))
            };
            players.push(Player {
                spec,
                id: node.id.to_string(),
                knobs: spec.inputs.iter().zip(knobs).map(knob).collect(),
                voices: 1,
                instances: Vec::new(),
                latency: 0,
                now: Vec::new(),
            });
        }
        let mut wires: Vec<Wire> = Vec::new();
        for (_, from, to, cable) in patch.cables() {
            let (Some(&start), Some(&end)) = (places.get(&from.node), places.get(&to.node)) else { continue };
            if is_muted(patch, from.node) {
                continue;
            }
            let key = (players[start].id.clone(), from.port, players[end].id.clone(), to.port);
            wires.push(Wire {
                from: start,
                output: from.port,
                to: end,
                input: to.port,
                depth: cable.depth,
                is_delayed: delayed.contains(&key),
                line: Vec::new(),
                carried: Vec::new(),
            });
        }
        // Players stand in the order of their ids.
        wires.sort_by_key(|wire| (wire.from, wire.output, wire.to, wire.input));
        let mut interpreter = Self {
            order: order(players.len(), &wires),
            players,
            wires,
            is_finite: true,
            transport: Transport::new(SAMPLE_RATE),
            sent: MidiOut::with_room_for(256),
        };
        interpreter.count_voices(patch);
        interpreter.build(patch);
        interpreter.line_up(patch);
        interpreter
    }

    fn settings<'p>(&self, patch: &'p Patch, player: usize) -> &'p Settings {
        let index = patch.find(&self.players[player].id).expect("it comes from the patch");
        match &patch.node(index).expect("it comes from the patch").body {
            NodeBody::Known { settings, .. } => settings,
            NodeBody::Unknown(_) => unreachable!("unknown nodes don't play"),
        }
    }

    /// A node has the voices it makes, or else as many as the inputs that copy it bring.
    fn count_voices(&mut self, patch: &Patch) {
        for player in 0..self.players.len() {
            if let VoiceSource::Setting(index) = self.players[player].spec.voices {
                let SettingValue::Count(count) = self.settings(patch, player).values()[index] else {
                    panic!()
                };
                self.players[player].voices = count as usize;
            }
        }
        loop {
            let mut has_changed = false;
            for wire in &self.wires {
                let needed = self.players[wire.from].voices;
                let end = &mut self.players[wire.to];
                let is_copied = end.spec.inputs[wire.input].gathering == Gathering::Each
                    && end.spec.voices == VoiceSource::Follow;
                if is_copied && end.voices < needed {
                    end.voices = needed;
                    has_changed = true;
                }
            }
            if !has_changed {
                return;
            }
        }
    }

    fn build(&mut self, patch: &Patch) {
        for place in 0..self.players.len() {
            let settings = self.settings(patch, place).clone();
            let player = &mut self.players[place];
            let node =
                patch.find(&player.id).and_then(|index| patch.node(index)).expect("it is in the patch");
            let seed = patch.node_seed(node);
            let count = if player.spec.voices == VoiceSource::Follow { player.voices } else { 1 };
            let setup = Setup { sample_rate: SAMPLE_RATE, assets: &NoAssets };
            for voice in 0..count {
                let seed = voice_seed(seed, voice as u32);
                let instance = match player.spec.kind {
                    NodeKind::Lanes(_) => {
                        let bench = LaneHarness::of(player.spec).settings(settings.clone()).seed(seed);
                        let bench = bench.sample_rate(SAMPLE_RATE).instruction_set(InstructionSet::Baseline);
                        let harness = bench.start().expect("the node can be prepared");
                        player.latency = harness.latency();
                        Instance::Lane(Box::new(harness))
                    }
                    NodeKind::Block(table) => {
                        let config = (table.configure)(&settings, &setup).expect("the node can be prepared");
                        player.latency = (table.latency)(&*config);
                        let block =
                            (table.build)(&*config, &setup, seed, voice).expect("the config is its own");
                        Instance::Block(block, config)
                    }
                };
                player.instances.push(instance);
            }
            player.now = vec![0.0; player.spec.outputs.len() * player.voices];
        }
        for wire in &mut self.wires {
            wire.carried = vec![0.0; self.players[wire.from].voices];
        }
    }

    /// Lets early paths wait for late ones; nodes that hear each other count as one.
    fn line_up(&mut self, patch: &Patch) {
        let reach = reach(self.players.len(), &self.wires);
        let in_one_loop = |a: usize, b: usize| a == b || (reach[a][b] && reach[b][a]);
        let exempt: HashSet<Ends> = patch
            .cables()
            .filter(|(_, _, _, cable)| cable.uncompensated)
            .map(|(_, from, to, _)| {
                let id = |index| patch.node(index).expect("a cable joins nodes").id.to_string();
                (id(from.node), from.port, id(to.node), to.port)
            })
            .collect();
        let ends = |wire: &Wire, players: &[Player]| {
            (players[wire.from].id.clone(), wire.output, players[wire.to].id.clone(), wire.input)
        };
        let is_compensated: Vec<bool> = self
            .wires
            .iter()
            .map(|wire| !in_one_loop(wire.from, wire.to) && !exempt.contains(&ends(wire, &self.players)))
            .collect();
        // Longest paths, by going over all cables until nothing changes.
        let mut arrival = vec![0; self.players.len()];
        loop {
            let before = arrival.clone();
            for (wire, _) in self.wires.iter().zip(&is_compensated).filter(|(_, is)| **is) {
                let late = arrival[wire.from] + self.players[wire.from].latency;
                for (player, arrival) in arrival.iter_mut().enumerate() {
                    if in_one_loop(player, wire.to) {
                        *arrival = late.max(*arrival);
                    }
                }
            }
            if before == arrival {
                break;
            }
        }
        // Sinks that lead nowhere wait for the latest of all sinks.
        let sinks: Vec<usize> = (0..self.players.len()).filter(|&at| self.players[at].spec.is_sink).collect();
        let late = |sink: usize, arrival: &[usize]| arrival[sink] + self.players[sink].latency;
        let latest = sinks.iter().map(|&sink| late(sink, &arrival)).max().unwrap_or(0);
        for sink in sinks.into_iter().filter(|&sink| self.wires.iter().all(|wire| wire.from != sink)) {
            arrival[sink] = latest - self.players[sink].latency;
        }
        for (wire, _) in self.wires.iter_mut().zip(&is_compensated).filter(|(_, is)| **is) {
            let wait = arrival[wire.to] - arrival[wire.from] - self.players[wire.from].latency;
            wire.line = vec![VecDeque::from(vec![0.0; wait]); wire.carried.len()];
        }
    }

    /// Computes one frame and gives back what the device hears.
    fn frame(&mut self) -> [f32; 2] {
        let mut device = vec![vec![0.0]; 2];
        for position in 0..self.order.len() {
            let place = self.order[position];
            for instance in 0..self.players[place].instances.len() {
                self.play(place, instance, &mut device);
            }
            let player = &self.players[place];
            self.is_finite &= player.now.iter().all(|sample| sample.is_finite());
            for wire in self.wires.iter_mut().filter(|wire| wire.from == place && !wire.is_delayed) {
                wire.take(&player.now[wire.output * player.voices..][..player.voices]);
            }
        }
        for wire in self.wires.iter_mut().filter(|wire| wire.is_delayed) {
            let player = &self.players[wire.from];
            wire.carried.copy_from_slice(&player.now[wire.output * player.voices..][..player.voices]);
        }
        self.transport.advance(1);
        self.sent.clear();
        [device[0][0], device[1][0]]
    }

    /// Computes one instance.
    fn play(&mut self, place: usize, voice: usize, device: &mut [Vec<f32>]) {
        let ports = self.players[place].spec.inputs;
        let mut inputs: Vec<f32> = (0..ports.len()).map(|input| self.input(place, voice, input)).collect();
        let mut side_by_side = vec![0..0; ports.len()];
        for (input, range) in side_by_side.iter_mut().enumerate() {
            if ports[input].gathering == Gathering::SideBySide {
                let start = inputs.len();
                let voices = self.voices_into(place, input);
                inputs.extend((0..voices).map(|voice| self.input(place, voice, input)));
                *range = start..inputs.len();
            }
        }
        self.is_finite &= inputs.iter().all(|sample| sample.is_finite());
        let player = &mut self.players[place];
        let voices = player.voices;
        match &mut player.instances[voice] {
            Instance::Lane(harness) => {
                let mut outputs = vec![0.0; player.spec.outputs.len()];
                harness.frame(&inputs, &mut outputs);
                for (output, sample) in outputs.into_iter().enumerate() {
                    player.now[output * voices + voice] = sample;
                }
            }
            Instance::Block(block, config) => {
                let makes_voices = player.spec.voices != VoiceSource::Follow;
                let own = |i: &usize| makes_voices || i % voices == voice;
                let mut outputs: Vec<&mut [f32]> = (player.now.chunks_mut(1).enumerate())
                    .filter(|(i, _)| own(i))
                    .map(|(_, sample)| sample)
                    .collect();
                let inputs: Vec<&[f32]> = inputs.chunks(1).collect();
                let mut holds = vec![false; outputs.len()];
                let count = if makes_voices { voices } else { 1 };
                let outside = Outside {
                    first: 0,
                    events: &[],
                    sent: &mut self.sent,
                    transport: &self.transport,
                    device: DeviceIo { inputs: &[], outputs: device },
                };
                let mut io =
                    BlockIo::new(1, SAMPLE_RATE, &inputs, &mut outputs, count, 0, &mut holds, outside)
                        .with_voices(&side_by_side);
                block.process(&**config, &mut io);
            }
        }
    }

    /// How many voices the cables into an input bring that takes them side by side.
    fn voices_into(&self, place: usize, input: usize) -> usize {
        let wires = self.wires.iter().filter(|wire| wire.to == place && wire.input == input);
        wires.map(|wire| wire.carried.len()).max().unwrap_or(1).min(16)
    }

    /// What arrives at an input of one voice, or at one place of an input of voices side by side.
    fn input(&self, place: usize, voice: usize, input: usize) -> f32 {
        let player = &self.players[place];
        let mut addends = Vec::new();
        for wire in self.wires.iter().filter(|wire| wire.to == place && wire.input == input) {
            let voices = match (player.spec.inputs[input].gathering, wire.carried.len()) {
                (Gathering::Sum, _) | (_, 1) => &wire.carried[..],
                (_, count) if voice < count => &wire.carried[voice..=voice],
                _ => &[],
            };
            addends.extend(voices.iter().map(|sample| sample * wire.depth));
        }
        match (sum(&addends), player.knobs[input]) {
            (Some(sum), Some(knob)) => sum + knob,
            (Some(value), None) | (None, Some(value)) => value,
            (None, None) => 0.0,
        }
    }

    /// All voices of an output, added.
    fn listen(&self, id: &str, output: usize) -> f32 {
        let player = self.players.iter().find(|player| player.id == id).expect("a probed node plays");
        sum(&player.now[output * player.voices..][..player.voices]).expect("a node has at least one voice")
    }
}

impl Wire {
    /// Takes in a frame of the output it starts from.
    fn take(&mut self, voices: &[f32]) {
        self.carried.copy_from_slice(voices);
        for (sample, line) in self.carried.iter_mut().zip(&mut self.line) {
            line.push_back(*sample);
            *sample = line.pop_front().expect("just put in");
        }
    }
}

/// The one order of addition: dealt onto sixteen places, then the upper half onto the lower until one is
/// left.
fn sum(addends: &[f32]) -> Option<f32> {
    if addends.is_empty() {
        return None;
    }
    let mut places = [-0.0_f32; 16];
    for (i, addend) in addends.iter().enumerate() {
        places[i % 16] += addend;
    }
    for half in [8, 4, 2, 1] {
        for i in 0..half {
            places[i] += places[i + half];
        }
    }
    Some(places[0])
}

fn is_muted(patch: &Patch, index: NodeIndex) -> bool {
    patch.node(index).is_some_and(|node| node.muted)
}

/// The nodes from which a path of cables leads to a sink or a probe.
fn heard(patch: &Patch, probes: &[(String, usize)]) -> HashSet<NodeIndex> {
    let plays = |index: NodeIndex| {
        patch.node(index).and_then(|node| Some((node, node.spec()?))).is_some_and(|(node, spec)| {
            // A muted node plays on, unless it has nothing to do but be heard.
            !(node.muted && spec.is_sink)
        })
    };
    let mut next: Vec<NodeIndex> = patch
        .nodes()
        .filter(|(_, node)| node.muted || node.spec().is_some_and(|spec| spec.is_sink))
        .map(|(index, _)| index)
        .chain(probes.iter().filter_map(|(id, _)| patch.find(id)))
        .filter(|&index| plays(index))
        .collect();
    let mut heard = HashSet::new();
    while let Some(index) = next.pop() {
        if heard.insert(index) {
            let sources = patch.cables_into(index).map(|(_, from, _, _)| from.node);
            next.extend(sources.filter(|&from| plays(from) && !is_muted(patch, from)));
        }
    }
    heard
}

/// An order in which each node comes after all it hears without delay. Panics if there is none.
fn order(players: usize, wires: &[Wire]) -> Vec<usize> {
    let mut order = Vec::new();
    while order.len() < players {
        let is_ready = |place: &usize| {
            let mut sources = wires.iter().filter(|wire| wire.to == *place && !wire.is_delayed);
            !order.contains(place) && sources.all(|wire| order.contains(&wire.from))
        };
        let next = (0..players).find(is_ready).expect("without the delayed cables there is no loop");
        order.push(next);
    }
    order
}

/// Whether a path of one cable or more leads from one player to another.
fn reach(players: usize, wires: &[Wire]) -> Vec<Vec<bool>> {
    let mut reach = vec![vec![false; players]; players];
    for wire in wires {
        reach[wire.from][wire.to] = true;
    }
    for through in 0..players {
        for from in 0..players {
            for to in 0..players {
                reach[from][to] |= reach[from][through] && reach[through][to];
            }
        }
    }
    reach
}

/// The node's seed and the voice, well mixed.
fn voice_seed(seed: u32, voice: u32) -> u32 {
    let mixed = seed ^ voice.wrapping_mul(0x9e37_79b9);
    let mixed = (mixed ^ (mixed >> 16)).wrapping_mul(0x7feb_352d);
    let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x846c_a68b);
    mixed ^ (mixed >> 16)
}
