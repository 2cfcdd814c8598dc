//! `jackfield plan`: what the compiler made of a patch.

use crate::exit::Failure;
use crate::options;
use crate::output::{print, print_json};
use crate::source::Source;
use jackfield_engine::{Plan, Problem};
use jackfield_patch::Patch;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Show the plan of a patch: steps in order, packs, feedback delays.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The patch; - is standard input.
    patch: PathBuf,
    /// Print a Graphviz graph; `dot -Tsvg` draws it.
    #[arg(long, conflicts_with = "json")]
    dot: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Frames per second.
    #[arg(long, default_value_t = 48_000, value_parser = options::rate, allow_negative_numbers = true)]
    rate: u32,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let source = Source::open(&arguments.patch, &jackfield_nodes::registry())?;
    let (session, _, problems) = source.compile(arguments.rate)?;
    let plan = session.plan();
    for problem in &problems {
        eprintln!("warning: {}", source.describe(problem));
    }
    match (arguments.dot, arguments.json) {
        (true, _) => print(&plan.to_dot()),
        (_, true) => print_json(&to_json(plan, &source.patch, &problems)),
        _ => print(&plan.to_string()),
    }
}

fn to_json(plan: &Plan, patch: &Patch, problems: &[Problem]) -> Value {
    let size = plan.size();
    let steps: Vec<Value> = plan
        .step_infos()
        .iter()
        .map(|step| {
            json!({
                "text": step.text,
                "members": step.members.iter().map(|(node, voice)| json!([node, voice])).collect::<Value>(),
                "reads": step.reads,
                "writes": step.writes,
                "depth": step.depth,
            })
        })
        .collect();
    let patch = patch.without_boxes();
    let node = |id: &str| patch.find(id).and_then(|index| patch.node(index));
    let delayed: Vec<Value> = plan
        .delayed_cables()
        .map(|cable| {
            let output = node(cable.from).and_then(|node| node.output_names().nth(cable.output));
            let input = node(cable.to).and_then(|node| node.input_names().nth(cable.input));
            json!({"from": [cable.from, output], "to": [cable.to, input]})
        })
        .collect();
    let problems: Vec<Value> = problems
        .iter()
        .map(|problem| json!({"node": &*problem.node, "error": problem.error.to_string()}))
        .collect();
    json!({
        "nodes": size.nodes,
        "signals": size.slots,
        "bytes": size.bytes,
        "order": plan.order(),
        "delayed_cables": delayed,
        "problems": problems,
        "steps": steps,
    })
}
