//! `jackfield play` on real sound servers: a sine of ten seconds arrives at the right pitch and level,
//! whole. Where a server is not installed, its tests are left out.

use crate::support::jack::Jack;
use crate::support::pulse::Pulse;
use crate::support::server::{Background, alone, in_real_time};
use crate::support::tone::{self, Heard, from_wav};
use crate::support::{Run, jackfield};
use serde_json::Value;
use std::f64::consts::TAU;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A folder with the patches these tests play.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder for this test"));
        fs::write(folder.path("tone.jack"), tone::PATCH).expect("the file can be written");
        let through = r#"{"jackfield": 1,
            "nodes": {"in": {"type": "device.audio_in"}, "out": {"type": "device.output"}},
            "cables": [{"from": "in.left", "to": "out.left"}, {"from": "in.right", "to": "out.right"}]}"#;
        fs::write(folder.path("through.jack"), through).expect("the file can be written");
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The program about to play a patch of this folder on a host for some seconds.
    fn play(&self, patch: &str, host: &str, seconds: &str) -> Command {
        let mut command = jackfield(["play", "--host", host, "--seconds", seconds, "--json"]);
        command.arg(self.path(patch)).current_dir(self.0.path());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

/// Checks how the program says it went: no overrun, no fault, and no gap that is its own. A server that says
/// it stumbled while the program never took half of its time has stumbled over the machine; whether anything
/// was lost, the recording tells.
fn check_report(run: &Run) -> Result<(), String> {
    if run.code != Some(0) {
        // The server has given up; what the program makes of that is tested below.
        return Err(run.stderr.clone());
    }
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let load = &report["load"];
    let told = format!(
        "{} on '{}': gaps {}, input gaps {}, overruns {} in {} callbacks, load: median {}, worst {}",
        report["host"],
        report["device"],
        report["gaps"],
        report["input_gaps"],
        report["overruns"],
        report["callbacks"],
        load["median"],
        load["worst"],
    );
    println!("{told}");
    let is_none = |name: &str| report[name] == 0;
    let was_early = load["worst"].as_f64().is_some_and(|worst| worst < 0.5);
    let good = is_none("overruns") && (was_early || (is_none("gaps") && is_none("input_gaps")));
    assert_eq!(report["faulty_nodes"], Value::Array(Vec::new()));
    if good { Ok(()) } else { Err(told) }
}

/// Checks both channels of a recorded tone, which lasts so many seconds.
fn check_tone(host: &str, stereo: &[f32], seconds: f64) -> Result<(), String> {
    for channel in 0..2 {
        let heard = Heard::channel(stereo, channel)?;
        println!("{host}, channel {channel}: {heard}");
        heard.verdict()?;
        // A block more may be played before the program notices that it is time.
        if !(seconds - 0.1..seconds + 0.3).contains(&heard.seconds) {
            return Err(format!("{seconds} s were asked for: {heard}"));
        }
    }
    Ok(())
}

#[test]
fn the_measure_hears_what_is_wrong() {
    let sine = |hertz: f64, peak: f64| -> Vec<f32> {
        (0..48_000).map(|n| ((hertz * f64::from(n) / 48_000.0 * TAU).sin() * peak) as f32).collect()
    };
    let listen = |samples: &[f32]| {
        let stereo: Vec<f32> = samples.iter().flat_map(|sample| [0.0, *sample]).collect();
        assert!(Heard::channel(&stereo, 0).is_err(), "silence");
        Heard::channel(&stereo, 1).expect("a tone")
    };
    let good = sine(tone::TONE, 0.5012);
    assert_eq!(listen(&good).verdict(), Ok(()));
    for lost in [1, 32, 256, 512] {
        for from in 20_000..20_109 {
            let skipped = [&good[..from], &good[from + lost..]].concat();
            assert!(listen(&skipped).verdict().is_err(), "{lost} frames lost at {from}");
        }
    }
    let mut silent = good.clone();
    silent[20_000..20_256].fill(0.0);
    assert_eq!(listen(&silent).breaks.len(), 2, "the start and the end of a gap");
    assert!(listen(&sine(tone::TONE * 1.0002, 0.5012)).verdict().is_err(), "a third of a cent");
    assert!(listen(&sine(tone::TONE, 0.51)).verdict().is_err(), "0.15 dB");
}

/// Plays for ten seconds on a PulseAudio server.
fn play_on_pulse(host: &str, arguments: &[&str]) {
    let _alone = alone();
    let folder = Folder::new();
    in_real_time(|| {
        let Some(pulse) = Pulse::start() else { return Ok(()) };
        let recording = pulse.record();
        let mut play = folder.play("tone.jack", host, "10");
        let output = pulse.lead(play.args(arguments)).output().expect("the program starts");
        let heard = recording.finish();
        check_report(&output.into())?;
        check_tone(host, &heard, 10.0)
    });
}

#[test]
fn ten_seconds_through_alsa_are_whole() {
    play_on_pulse("alsa", &[]);
}

#[test]
fn ten_seconds_through_pulseaudio_are_whole() {
    // The server mixes whenever its timer wakes it; with small blocks it sometimes finds nothing yet.
    play_on_pulse("pulseaudio", &["--buffer", "2048"]);
}

#[test]
fn ten_seconds_through_jack_are_whole() {
    let _alone = alone();
    let folder = Folder::new();
    in_real_time(|| {
        let Some(jack) = Jack::start() else { return Ok(()) };
        let child =
            jack.lead(&mut folder.play("tone.jack", "jack", "11")).spawn().expect("the program starts");
        let ports = jack.ports_of(child.id(), ["out_0", "out_1"]);
        let file = folder.path("heard.wav");
        let mut recorder = jack.record(&file, 10, &ports);
        let output = child.wait_with_output().expect("the program ends");
        recorder.end(Duration::from_secs(5)).ok_or("the recorder does not end")?;
        check_report(&output.into())?;
        check_tone("jack", &from_wav(&file), 10.0)
    });
}

#[test]
fn what_comes_in_through_jack_is_whole() {
    let _alone = alone();
    let folder = Folder::new();
    in_real_time(|| {
        let Some(jack) = Jack::start() else { return Ok(()) };
        let mut source = folder.play("tone.jack", "jack", "8");
        source.stdout(Stdio::null()).stderr(Stdio::null());
        let source = Background::start(jack.lead(&mut source));
        let file = folder.path("heard.wav");
        let mut listener = folder.play("through.jack", "jack", "4");
        listener.arg("--input").arg("--record").arg(&file);
        let listener = jack.lead(&mut listener).spawn().expect("the program starts");
        let from = jack.ports_of(source.id(), ["out_0", "out_1"]);
        let to = jack.ports_of(listener.id(), ["in_0", "in_1"]);
        for (from, to) in from.iter().zip(&to) {
            jack.connect(from, to);
        }
        check_report(&listener.wait_with_output().expect("the program ends").into())?;
        for channel in 0..2 {
            let heard = Heard::channel(&from_wav(&file), channel)?;
            println!("into jack, channel {channel}: {heard}");
            heard.verdict()?;
        }
        Ok(())
    });
}

#[test]
fn a_jack_server_may_change_its_block_size() {
    let _alone = alone();
    let folder = Folder::new();
    in_real_time(|| {
        let Some(jack) = Jack::start() else { return Ok(()) };
        let [rendered, heard] = ["rendered.wav", "heard.wav"].map(|name| folder.path(name));
        let mut play = folder.play("tone.jack", "jack", "6");
        let child = jack.lead(play.arg("--record").arg(&rendered)).spawn().expect("the program starts");
        let ports = jack.ports_of(child.id(), ["out_0", "out_1"]);
        sleep(Duration::from_secs(1));
        jack.set_block(512);
        sleep(Duration::from_secs(1));
        let mut recorder = jack.record(&heard, 2, &ports);
        let recorded = recorder.end(Duration::from_secs(10));
        let run = Run::from(child.wait_with_output().expect("the program ends"));
        recorded.ok_or("the recorder does not end")?;
        if run.code != Some(0) {
            return Err(run.stderr);
        }
        // The server itself may leave a gap at the change, but what the program makes has none.
        check_tone("while the block size changes", &from_wav(&rendered), 6.0)?;
        check_tone("after the block size changed", &from_wav(&heard), 2.0)
    });
}

/// The program on a PulseAudio server to which something happens: it ends in time, with the code for
/// devices and one line that says what happened. JACK's turn is in `play.rs`.
fn assert_it_ends(host: &str, happen: impl FnOnce(&mut Pulse)) {
    let _alone = alone();
    let Some(mut pulse) = Pulse::start() else { return };
    let folder = Folder::new();
    let mut play = folder.play("tone.jack", host, "60");
    let child = pulse.lead(&mut play).spawn().expect("the program starts");
    sleep(Duration::from_secs(2));
    happen(&mut pulse);
    let start = Instant::now();
    let run = Run::from(child.wait_with_output().expect("the program ends"));
    println!("ended {:.1?} after the loss: {}", start.elapsed(), run.stderr);
    assert!(start.elapsed() < Duration::from_secs(15), "it took {:?}", start.elapsed());
    assert_eq!(run.code, Some(4), "{}", run.stderr);
    let errors: Vec<&str> = run.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
    assert_eq!(errors.len(), 1, "{}", run.stderr);
    assert!(run.stderr.lines().count() <= 4, "{}", run.stderr);
}

#[test]
fn pulseaudio_may_vanish() {
    assert_it_ends("pulseaudio", Pulse::kill);
}

#[test]
fn pulseaudio_may_vanish_behind_alsa() {
    assert_it_ends("alsa", Pulse::kill);
}

#[test]
fn pulseaudios_only_sink_may_vanish() {
    assert_it_ends("pulseaudio", |pulse| pulse.unplug());
}

#[test]
fn pulseaudios_only_sink_may_vanish_behind_alsa() {
    assert_it_ends("alsa", |pulse| pulse.unplug());
}
