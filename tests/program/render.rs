//! `jackfield render`: the files it writes, and the promises they keep.

use crate::support::{fail, jackfield, names, run, succeed};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Eight voices with a random constant each, added up: makes the same sound for ever.
const VOICES: &str = r#"{"jackfield": 1,
    "nodes": {"out": {"type": "device.output"}, "voices": {"type": "modulator.voices"}},
    "cables": [{"from": "voices.random", "to": "out.in", "depth": 0.1}]}"#;

const DEMO: &str = "patches/demo.jack";

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder for this test"))
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().expect("a plain path").to_owned()
    }

    fn file(&self, name: &str, content: &[u8]) -> String {
        let path = self.path(name);
        fs::write(&path, content).expect("the file can be written");
        path
    }
}

fn samples(path: &str) -> Vec<f32> {
    let reader = hound::WavReader::open(path).expect("a WAV file");
    reader.into_samples().collect::<Result<_, _>>().expect("floats")
}

fn hash(arguments: &[&str]) -> String {
    let all = [&["render", DEMO, "--hash", "--seconds", "1"], arguments].concat();
    succeed(all).trim().to_owned()
}

#[test]
fn the_hash_does_not_depend_on_block_size_or_file() {
    let folder = Folder::new();
    let expected = hash(&[]);
    assert_eq!(expected.len(), 16, "{expected}");
    for block in ["1", "7", "64", "480", "65536"] {
        assert_eq!(hash(&["--block", block]), expected, "block {block}");
    }
    let printed = hash(&["-o", &folder.path("a.wav"), "--bits", "16"]);
    assert_eq!(printed.lines().last(), Some(expected.as_str()));
    assert_ne!(hash(&["--rate", "44100"]), expected);
}

#[test]
fn files_have_the_layout_asked_for() {
    let folder = Folder::new();
    let file = folder.path("a.wav");
    for (bits, rate, channels) in [(16, 44_100, 1), (24, 48_000, 2), (32, 96_000, 5)] {
        let (bits_text, rate_text, channels_text) =
            (bits.to_string(), rate.to_string(), channels.to_string());
        let layout = ["--bits", &bits_text, "--rate", &rate_text, "--channels", &channels_text];
        succeed([&["render", DEMO, "-o", &file, "--seconds", "0.5"], &layout[..]].concat());
        let reader = hound::WavReader::open(&file).expect("a WAV file");
        let spec = reader.spec();
        assert_eq!((spec.bits_per_sample, spec.sample_rate, spec.channels), (bits, rate, channels));
        assert_eq!(reader.duration(), rate / 2);
    }
    assert_eq!(names(Path::new(&folder.path(""))), ["a.wav"], "no temporary file is left");
}

#[test]
fn a_render_can_be_repeated_to_the_byte() {
    let folder = Folder::new();
    let files = ["a.wav", "b.wav"].map(|name| folder.path(name));
    for file in &files {
        succeed(["render", DEMO, "-o", file, "--seconds", "1", "--bits", "16"]);
    }
    let [a, b] = files.map(|file| fs::read(file).expect("it is there"));
    assert!(a == b, "the files differ");
}

#[test]
fn the_demo_can_be_heard() {
    let folder = Folder::new();
    let file = folder.path("a.wav");
    let report: Value =
        serde_json::from_str(&succeed(["render", DEMO, "-o", &file, "--bits", "32", "--json"]))
            .expect("JSON");
    let peak = report["peak_decibels"].as_f64().expect("a number");
    assert!((-30.0..=0.0).contains(&peak), "{peak} dB");
    assert_eq!(report["faults"], Value::Array(Vec::new()));
    let loudest = samples(&file).iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    assert!((f64::from(loudest).log10() * 20.0 - peak).abs() < 1e-3);
}

#[test]
fn any_output_can_be_written_to_a_file() {
    let folder = Folder::new();
    let patch = folder.file("v.jack", VOICES.as_bytes());
    let (random, spread) = (folder.path("random.wav"), folder.path("spread.wav"));
    let taps = [format!("voices.random={random}"), format!("voices.spread={spread}")];
    succeed([
        "render",
        &patch,
        "--seconds",
        "0.1",
        "--block",
        "999",
        "--wav-of",
        &taps[0],
        "--wav-of",
        &taps[1],
    ]);
    let random = samples(&random);
    assert_eq!(random.len(), 4800);
    assert!(random[0] > 0.0 && random[0] < 8.0 && random.iter().all(|sample| *sample == random[0]));
    assert!(samples(&spread).iter().all(|sample| sample.abs() < 1e-6), "the voices are spread around 0");
}

#[test]
fn a_tap_on_nothing_is_refused_with_a_suggestion() {
    let folder = Folder::new();
    let patch = folder.file("v.jack", VOICES.as_bytes());
    let sound = folder.path("a.wav");
    for (tap, near) in [("voises.random=x.wav", "'voices'"), ("voices.rndom=x.wav", "'random'")] {
        let line = fail(1, ["render", &patch, "-o", &sound, "--wav-of", tap]);
        assert!(line.contains("--wav-of") && line.contains(near), "{line}");
    }
    assert_eq!(names(Path::new(&folder.path(""))), ["v.jack"]);
}

/// One note of half a second at 120 beats per minute, 480 ticks to the beat.
fn midi_file() -> Vec<u8> {
    let events = [&[0, 0x90, 60, 100][..], &[0x83, 0x60, 0x80, 60, 0], &[0, 0xff, 0x2f, 0]].concat();
    let header = b"MThd\0\0\0\x06\0\0\0\x01\x01\xe0MTrk\0\0\0";
    [&header[..], &[events.len() as u8], &events].concat()
}

#[test]
fn a_midi_file_sets_the_length() {
    let folder = Folder::new();
    let midi = folder.file("note.mid", &midi_file());
    let report = succeed(["render", DEMO, "--midi", &midi, "--hash", "--json"]);
    let report: Value = serde_json::from_str(&report).expect("JSON");
    // Half a second of music, two seconds to ring on.
    assert_eq!(report["frames"], 24_000 + 96_000);
}

#[test]
fn a_patch_hears_the_input_file() {
    let folder = Folder::new();
    let patch = folder.file(
        "through.jack",
        br#"{"jackfield": 1,
            "nodes": {"in": {"type": "device.audio_in"}, "out": {"type": "device.output", "settings": {"limiter": false}}},
            "cables": [{"from": "in.left", "to": "out.left"}]}"#,
    );
    let (input, output) = (folder.path("in.wav"), folder.path("out.wav"));
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(&input, spec).expect("a file");
    let tone = (0..4800).map(|frame| (f64::from(frame) * 0.1).sin() as f32 * 0.5).collect::<Vec<_>>();
    tone.iter().try_for_each(|sample| writer.write_sample(*sample)).expect("room on the disk");
    writer.finalize().expect("room on the disk");
    succeed(["render", &patch, "--input", &input, "-o", &output, "--bits", "32", "--seconds", "0.2"]);
    let heard: Vec<f32> = samples(&output).chunks(2).map(|frame| frame[0]).collect();
    assert_eq!(heard.len(), 9600);
    let difference = tone.iter().zip(&heard).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    // The output's offset filter turns the phase of a low tone a little.
    assert!(difference < 0.02, "{difference}");
    assert!(heard[4900..].iter().all(|sample| sample.abs() < 0.02), "silence where the input ends");
}

#[test]
fn a_missing_sample_is_code_1_and_named() {
    let folder = Folder::new();
    let patch = folder.file(
        "p.jack",
        br#"{"jackfield": 1,
            "nodes": {"out": {"type": "device.output"}, "p": {"type": "source.player", "settings": {"file": "gone.wav"}}},
            "cables": [{"from": "p.left", "to": "out.in"}]}"#,
    );
    let line = fail(1, ["render", &patch, "-o", &folder.path("a.wav")]);
    assert!(line.contains("'p'") && line.contains("gone.wav"), "{line}");
    let line = fail(1, ["check", &patch]);
    assert!(line.contains("'p'") && line.contains("gone.wav"), "{line}");
    assert_eq!(names(Path::new(&folder.path(""))), ["p.jack"]);
}

#[test]
fn without_an_output_it_is_wrong_usage() {
    assert_eq!(run(["render", DEMO]).code, Some(2));
}

/// The size of the file that is being written, under whatever name.
fn size_of_the_only_file(folder: &Path) -> u64 {
    let files = folder.read_dir().expect("the folder can be read");
    files.filter_map(|entry| entry.ok()?.metadata().ok()).map(|data| data.len()).sum()
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_is_rendered() {
    let folder = Folder::new();
    let file = PathBuf::from(folder.path("a.wav"));
    let long = ["--seconds", "20000", "--bits", "16", "-o"];
    let child = jackfield([&["render", DEMO], &long[..]].concat())
        .arg(&file)
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the program starts");
    let start = Instant::now();
    while size_of_the_only_file(folder.0.path()) < 100_000 {
        assert!(start.elapsed() < Duration::from_secs(30), "nothing is written");
        sleep(Duration::from_millis(5));
    }
    assert!(!file.exists(), "it appears when it is complete");
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.expect("kill runs").success());
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let frames = hound::WavReader::open(&file).expect("a whole WAV file").duration();
    assert!(frames > 10_000 && frames < 20_000 * 48_000, "{frames}");
    assert_eq!(names(folder.0.path()), ["a.wav"]);
}
