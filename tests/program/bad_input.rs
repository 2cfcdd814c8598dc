//! Bad input: one clear line on standard error, the right exit code, nothing half-written.

use crate::support::{fail, names, run};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A patch that makes sound.
const GOOD: &str = r#"{"jackfield": 1, "nodes": {"out": {"type": "device.output", "version": 1}}}"#;

/// Files that are no patch: a name, the bytes, and what the message has to say.
fn bad_files() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let node = |inside: &str| {
        format!(r#"{{"jackfield": 1, "nodes": {{"c": {{"type": "maths.constant"{inside}}}}}}}"#)
    };
    let cable = |cable: &str| {
        format!(r#"{{"jackfield": 1, "nodes": {{"c": {{"type": "maths.constant"}}}}, "cables": [{cable}]}}"#)
    };
    let many = (0..1_000_000).map(|i| format!("\"n{i}\":{{\"type\":\"x.y\"}}")).collect::<Vec<_>>().join(",");
    let deep = format!("{{\"jackfield\": 1, \"x\": {}", "[".repeat(1_000_000));
    let texts = [
        ("empty", String::new(), "empty"),
        ("truncated", GOOD[..GOOD.len() - 5].to_owned(), "line 1, column"),
        ("not-json", "hello".to_owned(), "line 1, column 1"),
        ("other-json", "{\"a\": 1}".to_owned(), "not a Jackfield patch"),
        ("newer", GOOD.replace("\"jackfield\": 1", "\"jackfield\": 999"), "format 999"),
        ("wrong-version", GOOD.replace("\"jackfield\": 1", "\"jackfield\": \"one\""), "version"),
        ("million-nodes", format!("{{\"jackfield\":1,\"nodes\":{{{many}}}}}"), "at most 100000 nodes"),
        (
            "duplicate-id",
            r#"{"jackfield": 1, "nodes": {"a": {"type": "maths.constant"}, "a": {"type": "maths.constant"}}}"#.to_owned(),
            "a second time",
        ),
        ("cable-to-nowhere", cable(r#"{"from": "c.out", "to": "d.value"}"#), "node 'd'"),
        ("cable-to-no-port", cable(r#"{"from": "c.out", "to": "c.valu"}"#), "did you mean 'value'"),
        ("nan", node(r#", "knobs": {"value": NaN}"#), "line 1, column"),
        ("infinity", node(r#", "knobs": {"value": 1e999}"#), "1e999"),
        ("nan-depth", cable(r#"{"from": "c.out", "to": "c.value", "depth": NaN}"#), "line 1, column"),
        ("infinite-depth", cable(r#"{"from": "c.out", "to": "c.value", "depth": 1e39}"#), "1e39"),
        ("wrong-type", node(r#", "knobs": {"value": "loud"}"#), "value"),
        ("depth-bomb", deep, "64 levels"),
    ];
    let mut files: Vec<_> =
        texts.into_iter().map(|(name, text, says)| (name, text.into_bytes(), says)).collect();
    files.push(("not-utf8", b"{\"jackfield\": 1, \"title\": \"\xff\xfe\"}".to_vec(), "UTF-8"));
    files.push(("binary", (0..=255).cycle().take(100_000).collect(), "UTF-8"));
    files
}

/// Writes a file into a folder of its own.
fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder for this test");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("the file can be written");
    (folder, path)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

#[test]
fn bad_patches_are_refused_with_one_line() {
    for (name, bytes, says) in bad_files() {
        let (_folder, path) = file("bad.jack", &bytes);
        let start = Instant::now();
        let line = fail(1, ["check", text(&path)]);
        assert!(line.contains("bad.jack") && line.contains(says), "{name}: {line}");
        assert!(line.len() < 1000, "{name}: a line to read, not {} bytes", line.len());
        assert!(start.elapsed() < Duration::from_secs(20), "{name} took {:?}", start.elapsed());
    }
}

#[test]
fn a_bad_patch_is_left_as_it_is() {
    for (name, bytes, _) in bad_files() {
        let (folder, path) = file("bad.jack", &bytes);
        fail(1, ["fmt", text(&path)]);
        assert_eq!(fs::read(&path).expect("it is still there"), bytes, "{name}");
        assert_eq!(names(folder.path()), ["bad.jack"], "{name}");
    }
}

#[test]
fn a_bad_patch_makes_no_sound_file() {
    for (name, bytes, _) in bad_files() {
        let (folder, path) = file("bad.jack", &bytes);
        let sound = folder.path().join("out.wav");
        fail(1, ["render", text(&path), "-o", text(&sound)]);
        assert_eq!(names(folder.path()), ["bad.jack"], "{name}");
    }
}

#[test]
fn folders_and_missing_files_are_named() {
    let (folder, _) = file("good.jack", GOOD.as_bytes());
    for command in ["check", "fmt", "plan", "play"] {
        let line = fail(1, [command, text(folder.path())]);
        assert!(line.contains("folder"), "{command}: {line}");
        let line = fail(1, [command, text(&folder.path().join("missing.jack"))]);
        assert!(line.contains("missing.jack"), "{command}: {line}");
    }
}

#[test]
fn a_file_without_end_is_refused() {
    if cfg!(unix) {
        let line = fail(1, ["check", "/dev/zero"]);
        assert!(line.contains("at most"), "{line}");
    }
}

#[test]
fn every_bad_file_of_several_is_told() {
    let (folder, good) = file("good.jack", GOOD.as_bytes());
    let missing = folder.path().join("missing.jack");
    let run = run(["check", text(&missing), text(&good), text(folder.path())]);
    assert_eq!(run.code, Some(1));
    assert_eq!(run.stderr.lines().count(), 2, "{}", run.stderr);
    assert!(run.stdout.contains("good.jack"), "{}", run.stdout);
}

#[test]
fn an_unwritable_output_is_code_3_and_leaves_nothing() {
    let (folder, good) = file("good.jack", GOOD.as_bytes());
    let nowhere = folder.path().join("no-such-folder").join("out.wav");
    for output in [folder.path(), &nowhere] {
        let line = fail(3, ["render", text(&good), "--seconds", "1", "-o", text(output)]);
        assert!(line.contains("can't write"), "{line}");
        assert_eq!(names(folder.path()), ["good.jack"]);
    }
}

#[test]
fn an_old_file_survives_a_render_that_fails() {
    let (folder, bad) = file("bad.jack", b"{");
    let sound = folder.path().join("out.wav");
    fs::write(&sound, b"old").expect("the file can be written");
    fail(1, ["render", text(&bad), "-o", text(&sound)]);
    assert_eq!(fs::read(&sound).expect("it is still there"), b"old");
}

#[test]
fn bad_midi_and_audio_files_are_code_1() {
    let (folder, good) = file("good.jack", GOOD.as_bytes());
    let junk = folder.path().join("junk");
    fs::write(&junk, b"this is neither music nor sound").expect("the file can be written");
    let sound = folder.path().join("out.wav");
    for option in ["--midi", "--input"] {
        for path in [&junk, &folder.path().join("missing"), folder.path()] {
            let line = fail(1, ["render", text(&good), option, text(path), "-o", text(&sound)]);
            assert!(line.contains(text(path)), "{option}: {line}");
        }
    }
    assert_eq!(names(folder.path()), ["good.jack", "junk"]);
}

#[test]
fn a_device_that_does_not_exist_is_code_4() {
    let (folder, good) = file("good.jack", GOOD.as_bytes());
    let line = fail(4, ["play", text(&good), "--seconds", "1", "--host", "no-such-host"]);
    assert!(line.contains("no-such-host"), "{line}");
    assert_eq!(names(folder.path()), ["good.jack"]);
}
