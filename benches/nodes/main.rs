//! `cargo bench -p jackfield-benches --bench nodes`: what every node type costs, in one table. Nothing here
//! knows any of them.
//!
//! ```text
//! cargo bench -p jackfield-benches --bench nodes               the table, and the dearest five
//! cargo bench -p jackfield-benches --bench nodes -- filter     only types whose ids contain this
//! ```
//!
//! The figures are nanoseconds of processor time per voice and block of 64 frames, the best of several turns,
//! with default settings. A block of 64 frames at 48 kHz lasts 1,333,333 ns. Lane nodes run sixteen voices at
//! a time under the best instruction set of the machine.

#![forbid(unsafe_code)]

use cpu_time::ThreadTime;
use jackfield_engine::flush_denormals;
use jackfield_node::{NodeKind, NodeSpec};
use jackfield_testkit::speed::{Motion, Subject};
use std::time::Duration;

/// Turns of each measurement; the best counts.
const TURNS: usize = 7;
/// How long a turn takes about.
const TURN: Duration = Duration::from_millis(4);
/// How many of the dearest are told apart.
const DEAREST: usize = 5;

/// Nanoseconds per voice and block.
struct Row {
    spec: &'static NodeSpec,
    moving: f64,
    resting: f64,
    still: f64,
}

impl Row {
    fn measure(spec: &'static NodeSpec) -> Self {
        let cost = |motion| flush_denormals(|| cost(spec, motion));
        Self { spec, moving: cost(Motion::All), resting: cost(Motion::Sound), still: cost(Motion::None) }
    }

    fn line(&self) -> String {
        let kind = match self.spec.kind {
            NodeKind::Lanes(_) => "lanes",
            NodeKind::Block(_) => "block",
        };
        let Self { spec, moving, resting, still } = self;
        format!("{:<28} {kind} {moving:>12.1} {resting:>12.1} {still:>12.1}", spec.id)
    }
}

/// Nanoseconds per voice and block.
fn cost(spec: &'static NodeSpec, motion: Motion) -> f64 {
    let mut subject = Subject::new(spec, motion);
    let mut time = |blocks: usize| {
        let begin = ThreadTime::now();
        subject.compute(blocks);
        begin.elapsed()
    };
    let mut blocks = 1;
    while time(blocks) < TURN {
        blocks *= 2;
    }
    let best = (0..TURNS).map(|_| time(blocks)).min().unwrap_or_default();
    best.as_secs_f64() * 1e9 / blocks as f64 / subject.voices() as f64
}

fn main() {
    let filter = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    let specs = jackfield_nodes::SPECS.iter().filter(|spec| spec.id.contains(&filter));
    println!("ns per voice and block of 64          all moving knobs resting  all still");
    let mut rows: Vec<Row> = specs.map(|spec| Row::measure(spec)).collect();
    for row in &rows {
        println!("{}", row.line());
    }
    rows.sort_by(|a, b| b.resting.total_cmp(&a.resting));
    println!("\nThe dearest, knobs resting:");
    for row in rows.iter().take(DEAREST) {
        println!("{}", row.line());
    }
}
