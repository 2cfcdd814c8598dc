//! The program's manners: help, node types, JSON, pipes.

mod program;

use program::{fail, jackfield, run, succeed};
use serde_json::Value;
use std::process::Stdio;

#[test]
fn help_names_every_exit_code() {
    let help = succeed(["--help"]);
    for code in 0..=4 {
        assert!(help.contains(&format!("\n  {code}  ")), "{help}");
    }
}

#[test]
fn wrong_usage_is_code_2() {
    for arguments in [&["--no-such-option"][..], &["no-such-command"], &["nodes", "--json", "--markdown"]] {
        let run = run(arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}");
        assert!(run.stdout.is_empty() && !run.stderr.is_empty());
    }
}

#[test]
fn every_node_type_is_listed_and_described_in_every_format() {
    let list = succeed(["nodes"]);
    let manual = succeed(["nodes", "--markdown"]);
    let json: Value = serde_json::from_str(&succeed(["nodes", "--json"])).expect("it is JSON");
    let json = json.as_array().expect("a list");
    let registry = jackfield_nodes::registry();
    assert_eq!(json.len(), registry.iter().count());
    for (spec, entry) in registry.iter().zip(json) {
        assert!(list.contains(spec.id) && list.contains(spec.summary), "{} is not listed", spec.id);
        assert!(manual.contains(&format!("(`{}`)", spec.id)), "{} is not in the manual", spec.id);
        assert_eq!(entry["id"], spec.id);
        assert_eq!(entry["inputs"].as_array().map(Vec::len), Some(spec.inputs.len()));
    }
    for spec in registry.iter() {
        let text = succeed(["nodes", spec.id]);
        let ports =
            spec.inputs.iter().map(|input| input.name).chain(spec.outputs.iter().map(|output| output.name));
        for name in ports.chain(spec.settings.iter().map(|setting| setting.name)) {
            assert!(text.contains(name), "{}: {name} is missing", spec.id);
        }
    }
}

#[test]
fn a_misspelt_node_type_gets_a_suggestion() {
    let line = fail(1, ["nodes", "maths.constan"]);
    assert!(line.contains("'maths.constant'"), "{line}");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = jackfield(["nodes", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}
