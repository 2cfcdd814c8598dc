//! How long it takes from a patch to a plan, how that grows, and how soon an edit is heard.

use crate::contender::{BLOCK, Player, RATE};
use crate::ours::Engine;
use crate::patch_text::PatchText;
use jackfield_engine::{Options, Session};
use jackfield_node::NoAssets;
use jackfield_patch::{CableEnds, CableOptions, Edit, Node, Patch};
use std::time::{Duration, Instant};

/// Sizes of patches, in nodes.
pub(crate) const SIZES: [usize; 3] = [100, 1_000, 10_000];
/// Nodes of the patch that is edited.
const EDITED: usize = 500;
/// How many edits are measured.
const EDITS: usize = 200;
/// A compiler is run so many times; the fastest counts.
const TURNS: usize = 7;

/// A patch of about so many nodes: voices of five nodes each, in which every node differs from its likes.
pub(crate) fn patch(nodes: usize) -> Patch {
    let mut text = PatchText::default();
    for voice in 0..nodes / 5 {
        let id = |part: &str| format!("{part}{voice:04}");
        let place = voice as f32 / nodes as f32;
        text.node(&id("saw"), "source.oscillator", &[("frequency", 100.0 + 1_000.0 * place)], &[]);
        text.node(&id("lfo"), "modulator.lfo", &[("rate", 1.0 + place)], &[]);
        text.node(&id("filter"), "filter.svf", &[("resonance", place)], &[]);
        text.node(&id("envelope"), "modulator.adsr", &[("decay", 0.1 + place)], &[]);
        text.node(&id("amplifier"), "dynamics.vca", &[], &[]);
        let mut cable = |from: &str, output: &str, to: &str, input: &str, depth: f32| {
            text.cable(&format!("{}.{output}", id(from)), &format!("{}.{input}", id(to)), depth);
        };
        cable("saw", "out", "filter", "in", 1.0);
        cable("lfo", "out", "filter", "cutoff", 2.0);
        cable("lfo", "out", "envelope", "gate", 1.0);
        cable("filter", "low", "amplifier", "in", 1.0);
        cable("envelope", "out", "amplifier", "gain", 1.0);
        text.cable(&format!("{}.out", id("amplifier")), "out.in", 0.01);
    }
    text.plain_output();
    text.patch()
}

/// Time of the first compilation of a patch, everything included: states, buffers, plan.
pub(crate) fn time_to_compile(patch: &Patch) -> Duration {
    let new = || Session::new(Options::at(RATE), Box::new(NoAssets));
    let once = || {
        let (mut session, _executor) = new().expect("the options are possible");
        session.update(patch).took
    };
    (0..TURNS).map(|_| once()).min().unwrap_or_default()
}

/// Percentiles of how long the two parts of an edit took.
pub(crate) struct EditTimes {
    /// From the edited patch to the published plan.
    pub(crate) update: Percentiles,
    /// From there until the first block that plays the new plan has been computed.
    pub(crate) block: Percentiles,
}

/// Adds a node and connects it, again and again, while the patch plays.
pub(crate) fn time_edits() -> EditTimes {
    let mut patch = patch(EDITED);
    let mut engine = Engine::new(&patch, 16);
    let mut sound = [0.0; BLOCK];
    engine.play(&mut sound);
    let (mut update, mut block) = (Vec::new(), Vec::new());
    for number in 0..EDITS {
        add_and_connect(&mut patch, number);
        let begin = Instant::now();
        engine.session.update(&patch);
        update.push(begin.elapsed());
        let begin = Instant::now();
        engine.play(&mut sound);
        block.push(begin.elapsed());
        assert!(!engine.session.is_waiting(), "the next block plays the new plan");
        // Between edits of a person fades come to rest and the session is polled.
        for _ in 0..10 {
            engine.play(&mut sound);
            engine.session.poll();
        }
    }
    EditTimes { update: Percentiles::of(update), block: Percentiles::of(block) }
}

fn add_and_connect(patch: &mut Patch, number: usize) {
    let id = format!("added{number:03}");
    let ends = CableEnds::new(id.as_str(), "out", "out", "in");
    let options = CableOptions { depth: 0.01, ..CableOptions::default() };
    let edit = Edit::Batch(vec![
        Edit::AddNode(Box::new(Node::new(id, &jackfield_nodes::source::oscillator::SPEC))),
        Edit::Connect { ends, options },
    ]);
    patch.apply(edit).expect("the edit fits the patch");
}

/// How times are spread.
pub(crate) struct Percentiles {
    /// 50, 99, 99.9 and 100 % took no longer than this.
    pub(crate) times: [Duration; 4],
}

impl Percentiles {
    /// Those of at least one time.
    pub(crate) fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let last = times.len() - 1;
        Self { times: [0.5, 0.99, 0.999, 1.0].map(|part| times[(last as f64 * part).round() as usize]) }
    }
}

impl std::fmt::Display for Percentiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [median, high, higher, most] = self.times.map(|time| time.as_secs_f64() * 1e6);
        write!(f, "p50 {median:>8.1}  p99 {high:>8.1}  p99.9 {higher:>8.1}  max {most:>8.1} µs")
    }
}
