//! Boxes from the command line: group, ungroup, and a library of definitions.

use crate::support::{fail, run, succeed};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const VOICE: &str = r#"{
  "jackfield": 1,
  "nodes": {
    "filter": {"type": "filter.svf", "version": 1, "at": [200, 0], "knobs": {"cutoff": 800}},
    "lfo": {"type": "modulator.lfo", "version": 1},
    "out": {"type": "device.output", "version": 1, "at": [400, 0]},
    "saw": {"type": "source.oscillator", "version": 1, "knobs": {"frequency": 110}}
  },
  "cables": [
    {"from": "filter.low", "to": "out.in", "depth": 0.3},
    {"from": "lfo.out", "to": "filter.cutoff"},
    {"from": "saw.out", "to": "filter.in"}
  ]
}
"#;

fn voice() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder for this test");
    let path = folder.path().join("voice.jack");
    fs::write(&path, VOICE).expect("a file");
    (folder, path)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a file")
}

fn arguments<'a>(path: &'a Path, words: &[&'a str]) -> Vec<&'a OsStr> {
    let mut arguments: Vec<&OsStr> = vec![words[0].as_ref(), path.as_os_str()];
    arguments.extend(words[1..].iter().map(|word| OsStr::new(*word)));
    arguments
}

fn hash(path: &Path) -> String {
    let out = path.with_extension("wav");
    succeed(arguments(path, &["render", "-o", out.to_str().expect("a name"), "--seconds", "0.2"]));
    let sound = fs::read(&out).expect("it was rendered");
    format!("{:?}", &sound[44..])
}

#[test]
fn a_group_sounds_the_same_and_comes_apart_to_the_same_file() {
    let (_folder, path) = voice();
    let before = hash(&path);
    let here = path.to_str().expect("a name");
    succeed(arguments(&path, &["group", "saw", "filter", "--name", "Soft voice", "-o", here]));
    let text = read(&path);
    assert!(text.contains("\"type\": \"box.soft-voice\""), "{text}");
    assert!(text.contains("\"cutoff\": {\"type\": \"port.knob\""), "{text}");
    assert_eq!(hash(&path), before);
    succeed(arguments(&path, &["fmt", "--check"]));
    let check = succeed(arguments(&path, &["check"]));
    assert!(check.contains("1 definition; with what its boxes hold, 4 nodes play"), "{}", check);
    let plan = succeed(arguments(&path, &["plan"]));
    assert!(plan.contains("Soft voice/filter"), "{}", plan);
    succeed(arguments(&path, &["ungroup", "Soft voice", "-o", here]));
    assert_eq!(read(&path), VOICE);
    let none = run(arguments(&path, &["ungroup", "saw"]));
    assert!(none.stderr.contains("there is no definition"), "{}", none.stderr);
    fail(1, arguments(&path, &["group", "nobody"]));
}

#[test]
fn a_library_keeps_versions_and_shows_what_an_update_changes() {
    let (folder, path) = voice();
    let here = path.to_str().expect("a name");
    let library = folder.path().join("boxes");
    let library = library.to_str().expect("a name");
    succeed(arguments(&path, &["group", "saw", "filter", "--name", "Soft voice", "-o", here]));
    let definitions = |more: &[&str]| {
        let mut words = vec!["definitions", "--library", library];
        words.extend(more);
        succeed(arguments(&path, &words))
    };
    assert!(definitions(&[]).contains("not in the library"));
    assert!(definitions(&["--save", "soft-voice"]).contains("version 1"));
    assert!(definitions(&[]).contains("as in the library"));
    // The library's goes on.
    let entry = Path::new(library).join("soft-voice.jack");
    succeed(arguments(&entry, &["check"]));
    definitions(&["--update", "soft-voice", "-o", here]);
    let origin = read(&path);
    assert!(origin.contains("\"origin\": \""), "{origin}");
    let newer = read(&entry).replace("\"frequency\": 110", "\"frequency\": 220");
    fs::write(&entry, newer).expect("a file");
    let told = definitions(&[]);
    assert!(told.contains("an update is available"), "{told}");
    assert!(told.contains("in 'soft-voice': turned 'frequency' of 'saw' from 110 Hz to 220 Hz"), "{told}");
    definitions(&["--update", "soft-voice", "-o", here]);
    assert!(read(&path).contains("\"frequency\": 220"));
    assert!(definitions(&[]).contains("as in the library"));
    // Another patch takes it with a box of its own.
    let other = folder.path().join("other.jack");
    fs::write(&other, "{\"jackfield\": 1}").expect("a file");
    let words =
        ["definitions", "--library", library, "--add", "soft-voice", "-o", other.to_str().expect("a name")];
    succeed(arguments(&other, &words));
    assert!(read(&other).contains("\"Soft voice\": {\"type\": \"box.soft-voice\""), "{}", read(&other));
    let missing = run(arguments(&path, &["definitions", "--library", library, "--add", "soft-voise"]));
    assert!(missing.stderr.contains("did you mean 'soft-voice'?"), "{}", missing.stderr);
}
