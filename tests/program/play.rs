//! `jackfield play` where the sound device is missing or goes away. What it does with real devices that
//! stay is tested in `devices.rs`.

use crate::support::jack::Jack;
use crate::support::{jackfield, names};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/patches/demo.jack");

/// The program where it finds no sound system, in a folder of its own.
fn without_sound(folder: &Path) -> Command {
    let mut command = jackfield(["play"]);
    command
        .current_dir(folder)
        .env("ALSA_CONFIG_PATH", "/nonexistent")
        .env("PULSE_SERVER", "unix:/nonexistent")
        .env("JACK_NO_START_SERVER", "1")
        .env("JACK_DEFAULT_SERVER", "nonexistent");
    command
}

#[test]
fn without_a_device_it_renders_to_a_file_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder for this test");
    let output = without_sound(folder.path()).args([DEMO, "--seconds", "1", "--json"]).output();
    let output = output.expect("the program starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.contains("demo.rendered.wav"), "{stderr}");
    assert_eq!(names(folder.path()), ["demo.rendered.wav"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["frames"], 48_000);
    let file = hound::WavReader::open(folder.path().join("demo.rendered.wav")).expect("a WAV file");
    assert_eq!(file.duration(), 48_000);
}

#[test]
fn a_device_that_was_asked_for_is_never_replaced_by_a_file() {
    let folder = tempfile::tempdir().expect("a folder for this test");
    for choice in [["--host", "alsa"], ["--device", "loudspeaker"]] {
        let output = without_sound(folder.path()).args(choice).output().expect("the program starts");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(4), "{stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        assert!(names(folder.path()).is_empty());
    }
}

#[test]
fn midi_that_needs_a_device_is_not_dropped() {
    let folder = tempfile::tempdir().expect("a folder for this test");
    for choice in [["--midi", "keystation"], ["--midi-out", "module"]] {
        let output =
            without_sound(folder.path()).arg(DEMO).args(choice).output().expect("the program starts");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(4), "{stderr}");
        assert!(stderr.lines().count() == 1 && stderr.contains(choice[1]), "{stderr}");
        assert!(names(folder.path()).is_empty());
    }
}

#[test]
fn a_device_that_vanishes_ends_it_with_code_4_and_keeps_the_recording() {
    let Some(mut jack) = Jack::start() else { return };
    let folder = tempfile::tempdir().expect("a folder for this test");
    let recording = folder.path().join("recording.wav");
    let mut play = jackfield(["play", DEMO, "--host", "jack", "--record"]);
    play.arg(&recording).stderr(Stdio::piped());
    let child = jack.lead(&mut play).spawn().expect("the program starts");
    sleep(Duration::from_secs(2));
    jack.kill();
    let start = Instant::now();
    let output = child.wait_with_output().expect("the program ends");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(start.elapsed() < Duration::from_secs(15), "it took {:?}", start.elapsed());
    assert_eq!(output.status.code(), Some(4), "{stderr}");
    let errors: Vec<&str> = stderr.lines().filter(|line| line.starts_with("error: ")).collect();
    assert!(errors.len() == 1 && errors[0].contains("gone"), "{stderr}");
    let seconds = hound::WavReader::open(&recording).expect("a whole WAV file").duration() / 48_000;
    assert!((1..10).contains(&seconds), "{seconds} s were recorded");
    assert_eq!(names(folder.path()), ["recording.wav"]);
}
