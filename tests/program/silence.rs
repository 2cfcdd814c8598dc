//! A patch that makes no sound: one line says why.

use crate::support::{run, succeed};
use serde_json::Value;
use std::fs;
use std::path::Path;

const KEYS: &str = r#""keys": {"type": "device.midi_in"}, "tone": {"type": "source.oscillator"},
    "vca": {"type": "dynamics.vca"}, "out": {"type": "device.output"}"#;
const GATED: &str = r#"{"from": "keys.pitch", "to": "tone.pitch"}, {"from": "tone.out", "to": "vca.in"},
    {"from": "keys.gate", "to": "vca.gain"}, {"from": "vca.out", "to": "out.in"}"#;
const DRONE: &str = r#"{"from": "keys.pitch", "to": "tone.pitch"}, {"from": "tone.out", "to": "out.in"}"#;

fn patch(folder: &Path, nodes: &str, cables: &str) -> String {
    let path = folder.join("p.jack");
    let text = format!(r#"{{"jackfield": 1, "nodes": {{{nodes}}}, "cables": [{cables}]}}"#);
    fs::write(&path, text).expect("the file can be written");
    path.to_str().expect("a plain path").to_owned()
}

/// The line of `render` and the line of `check` that explain the sound of a patch.
fn explained(nodes: &str, cables: &str, arguments: &[&str]) -> [Vec<String>; 2] {
    let folder = tempfile::tempdir().expect("a folder for this test");
    let path = patch(folder.path(), nodes, cables);
    let rendered = run([&["render", &path, "--hash", "--seconds", "0.2"], arguments].concat());
    assert_eq!(rendered.code, Some(0), "{}", rendered.stderr);
    let checked = run(["check", &path]);
    assert_eq!(checked.code, Some(0), "{}", checked.stderr);
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let silence = |line: &String| line.contains("silent") || line.contains("voices");
    [lines(&rendered.stdout), lines(&checked.stdout)].map(|lines| lines.into_iter().filter(silence).collect())
}

#[test]
fn every_kind_of_silence_is_explained() {
    let out = r#""out": {"type": "device.output"}"#;
    let tone = r#""tone": {"type": "source.oscillator"}"#;
    let microphone = r#""mic": {"type": "device.audio_in"}, "out": {"type": "device.output"}"#;
    for (nodes, cables, says) in [
        (KEYS, GATED, "'keys' plays from MIDI"),
        (tone, "", "no output node"),
        (out, "", "no cable goes to its output 'out'"),
        (microphone, r#"{"from": "mic.left", "to": "out.in"}"#, "'mic' listens to the sound device's input"),
        (
            &format!(r#"{tone}, "vca": {{"type": "dynamics.vca"}}, {out}"#),
            r#"{"from": "tone.out", "to": "vca.in"}, {"from": "vca.out", "to": "out.in"}"#,
            "stays at 0",
        ),
    ] {
        for (lines, command) in explained(nodes, cables, &[]).iter().zip(["render", "check"]) {
            assert!(matches!(&lines[..], [line] if line.contains(says)), "{command}, {says}: {lines:?}");
        }
    }
}

#[test]
fn what_sounds_is_not_explained() {
    let nodes = r#""tone": {"type": "source.oscillator"}, "out": {"type": "device.output"}"#;
    let explained = explained(nodes, r#"{"from": "tone.out", "to": "out.in"}"#, &[]);
    assert_eq!(explained, [Vec::<String>::new(), Vec::new()]);
}

#[test]
fn voices_that_sound_before_any_key_are_explained_by_check() {
    let [rendered, checked] = explained(KEYS, DRONE, &[]);
    assert!(rendered.is_empty(), "{rendered:?}");
    assert!(
        matches!(&checked[..], [line] if line.contains("'keys': its 8 voices sound before any key")),
        "{checked:?}"
    );
}

#[test]
fn what_is_given_in_vain_is_told() {
    let folder = tempfile::tempdir().expect("a folder for this test");
    let nodes = r#""tone": {"type": "source.oscillator"}, "out": {"type": "device.output"}"#;
    let path = patch(folder.path(), nodes, r#"{"from": "tone.out", "to": "out.in"}"#);
    let tune = folder.path().join("s.mid");
    let bytes = [b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk\0\0\0\x08".as_slice(), b"\0\x90\x3c\x64\x60\xff\x2f\0"]
        .concat();
    fs::write(&tune, bytes).expect("the file can be written");
    let phrase = concat!(env!("CARGO_MANIFEST_DIR"), "/patches/help/files/phrase.wav");
    let tune = tune.to_str().expect("a plain path");
    let run = run(["render", &path, "--hash", "--seconds", "0.1", "--midi", tune, "--input", phrase]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let lines: Vec<&str> = run.stderr.lines().collect();
    let [midi, input] = &lines[..] else { panic!("{lines:?}") };
    assert!(midi.contains("--midi is of no use") && input.contains("--input"), "{lines:?}");
}

#[test]
fn json_tells_too() {
    let folder = tempfile::tempdir().expect("a folder for this test");
    let path = patch(folder.path(), KEYS, GATED);
    let json = |arguments: &[&str]| -> Value { serde_json::from_str(&succeed(arguments)).expect("JSON") };
    let rendered = json(&["render", &path, "--hash", "--json", "--seconds", "0.1"]);
    assert!(rendered["silence"].as_str().is_some_and(|why| why.contains("MIDI")), "{rendered}");
    let checked = json(&["check", &path, "--json"]);
    assert!(checked[0]["by_itself"].as_str().is_some_and(|why| why.contains("MIDI")), "{checked}");
}
