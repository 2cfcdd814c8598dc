//! The program's manners: help, node types, JSON, pipes.

use crate::support::{fail, jackfield, run, succeed};
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
fn words_find_node_types_by_name_and_tag() {
    let found = succeed(["nodes", "reverb"]);
    let registry = jackfield_nodes::registry();
    for spec in registry.iter() {
        let has_word = |text: &&str| text.to_lowercase().contains("reverb");
        let is_meant = [spec.id, spec.name, spec.summary].iter().chain(spec.tags).any(has_word);
        assert_eq!(
            found.lines().any(|line| line.trim().starts_with(&format!("{} ", spec.id))),
            is_meant,
            "{}",
            spec.id
        );
    }
    assert!(succeed(["nodes", "svf"]).contains("filter.svf"));
    assert!(succeed(["nodes", "Sample", "HOLD"]).contains("modulator.sample_hold"));
    assert!(fail(1, ["nodes", "Filter.SVF"]).contains("'filter.svf'"));
    assert!(fail(1, ["nodes", "qqqqq"]).contains("jackfield nodes"));
}

#[test]
fn what_people_write_instead_gets_a_hint() {
    for (arguments, says) in [
        (&["render", "patches/demo.jack", "out.wav"][..], "-o out.wav"),
        (&["bundle", "patches/demo.jack", "out.jackz"], "-o out.jackz"),
        (&["render", "patches/demo.jack", "--hash", "--rate", "44.1k"], "did you mean 44100?"),
        (&["plan", "patches/demo.jack", "--rate", "48"], "did you mean 48000?"),
        (&["play", "patches/demo.jack", "--rate", "-1"], "like 48000"),
        (&["render", "patches/demo.jack", "--hash", "--seconds", "-1"], "above 0"),
        (&["render", "patches/demo.jack", "--hash", "--seconds", "1:30"], "did you mean 90?"),
        (&["redner", "patches/demo.jack"], "render"),
        (&["redner"], "did you mean 'render'?"),
        (&["no_such_thing"], "there are bundle, check"),
    ] {
        let run = run(arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(says), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn a_patch_opens_without_a_command() {
    // Where there is no display it plays, and where there is no sound device either it is rendered.
    let folder = tempfile::tempdir().expect("a folder for this test");
    let patch = concat!(env!("CARGO_MANIFEST_DIR"), "/patches/help/maths.constant.jack");
    let mut command = jackfield([patch]);
    for (name, value) in [
        ("ALSA_CONFIG_PATH", "/nonexistent"),
        ("PULSE_SERVER", "unix:/nonexistent"),
        ("JACK_NO_START_SERVER", "1"),
        ("JACK_DEFAULT_SERVER", "nonexistent"),
    ] {
        command.env(name, value);
    }
    for name in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
        command.env_remove(name);
    }
    let output = command.current_dir(folder.path()).output().expect("the program starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    if cfg!(target_os = "linux") {
        assert_eq!(output.status.code(), Some(0), "{stderr}");
        assert!(stderr.contains("maths.constant.jack"), "{stderr}");
        assert!(folder.path().join("maths.constant.rendered.wav").exists());
    }
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

#[test]
fn the_patch_in_the_readme_is_one() {
    let readme = include_str!("../../README.md");
    let block = readme.split("```json\n").nth(1).and_then(|rest| rest.split("```").next());
    let folder = tempfile::tempdir().expect("a folder for this test");
    let path = folder.path().join("readme.jack");
    std::fs::write(&path, block.expect("the page shows a patch")).expect("the file can be written");
    let path = path.to_str().expect("a plain path");
    succeed(["check", "--strict", path]);
    succeed(["fmt", "--check", path]);
    let report: Value =
        serde_json::from_str(&succeed(["render", path, "--hash", "--json", "--seconds", "1"])).expect("JSON");
    assert!(report["peak_decibels"].as_f64().is_some_and(|peak| peak > -20.0), "{report}");
}

#[test]
fn formatting_changes_no_sound_and_nothing_the_second_time() {
    let folder = tempfile::tempdir().expect("a folder for this test");
    let path = folder.path().join("a.jack");
    let text = r#"{"nodes": {"out": {"type": "device.output"}, "v": {"type": "modulator.voices"}},
        "cables": [{"to": "out.in", "depth": 0.10, "from": "v.random"}], "jackfield": 1}"#;
    std::fs::write(&path, text).expect("the file can be written");
    let file = path.to_str().expect("a plain path");
    let hash = |file| succeed(["render", file, "--hash", "--seconds", "0.1"]);
    let before = hash(file);
    fail(1, ["fmt", "--check", file]);
    assert_eq!(std::fs::read_to_string(&path).ok().as_deref(), Some(text), "--check changes nothing");
    succeed(["fmt", file]);
    succeed(["fmt", "--check", file]);
    assert_eq!(hash(file), before);
}

#[test]
fn plans_are_printed_in_every_format() {
    let text = succeed(["plan", "patches/demo.jack"]);
    assert!(text.contains("device.output"), "{text}");
    assert!(succeed(["plan", "patches/demo.jack", "--dot"]).starts_with("digraph"));
    let plan: Value = serde_json::from_str(&succeed(["plan", "patches/demo.jack", "--json"])).expect("JSON");
    assert!(plan["steps"].as_array().is_some_and(|steps| !steps.is_empty()), "{plan}");
}

#[test]
fn devices_are_listed_even_where_there_are_none() {
    assert!(!succeed(["devices"]).is_empty());
    let devices: Value = serde_json::from_str(&succeed(["devices", "--json"])).expect("JSON");
    assert!(devices["sound"].is_array() && devices["midi_inputs"].is_array(), "{devices}");
    assert!(devices["midi_outputs"].is_array(), "{devices}");
}
