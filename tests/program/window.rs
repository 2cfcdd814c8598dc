//! The whole program as a person sees and hears it: a window on a screen that nobody looks at, a sound server
//! that nobody listens to, keys pressed from outside. Where a part of that is not installed, the tests are
//! left out. Pictures of the screen are left in `target/tmp/screens`.

use crate::support::jackfield;
use crate::support::pulse::{Pulse, Recording};
use crate::support::screen::Screen;
use crate::support::server::{Background, alone, in_real_time, wait_until};
use crate::support::tone::{self, SAMPLE_RATE};
use jackfield_editor::Theme;
use jackfield_testkit::measure::{frequency, rms_db};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long the program may take to close or to write a file.
const PATIENCE: Duration = Duration::from_secs(15);

/// A desk with a screen, a sound server, and the program on it.
struct Desk {
    screen: Screen,
    pulse: Pulse,
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Option<Self> {
        Self::of(1280, 800)
    }

    /// One with a screen of this many pixels.
    fn of(width: u32, height: u32) -> Option<Self> {
        let (screen, pulse) = (Screen::start(width, height)?, Pulse::start()?);
        let desk = Self { screen, pulse, folder: tempfile::tempdir().expect("a folder for this test") };
        // The person has been here before and needs no hints.
        desk.set(r#"{"hints_read": 9}"#);
        Some(desk)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).expect("the file can be written");
        path
    }

    /// Starts the program on a patch, or on its demo.
    fn start(&self, patch: Option<&Path>, arguments: &[&str]) -> Background {
        let mut command = jackfield(["edit"]);
        command.args(arguments).args(patch).stdout(Stdio::null());
        self.screen.lead(self.pulse.lead(&mut command));
        Background::start(&mut command)
    }

    /// Starts it and waits for its window.
    fn open(&self, patch: Option<&Path>, arguments: &[&str]) -> Background {
        let program = self.start(patch, arguments);
        assert!(self.screen.focus(program.id()), "no window opens");
        sleep(Duration::from_millis(1500));
        program
    }

    /// Keeps settings as an earlier run would have.
    fn set(&self, settings: &str) {
        let folder = self.pulse.home().join(".config/jackfield");
        fs::create_dir_all(&folder).expect("the folder can be made");
        fs::write(folder.join("settings.json"), settings).expect("the file can be written");
    }

    /// What is heard for a while: the left channel.
    fn hear(&self) -> Vec<f32> {
        let recording = self.pulse.record();
        sleep(Duration::from_millis(1500));
        left(recording)
    }
}

fn left(recording: Recording) -> Vec<f32> {
    recording.finish().chunks_exact(2).map(|frame| frame[0]).collect()
}

/// The last second of a sound: its frequency near the expected one, and its level in dB.
fn pitch_and_level(heard: &[f32], expected: f64) -> (f64, f64) {
    let last = &heard[heard.len().saturating_sub(SAMPLE_RATE as usize)..];
    (frequency(last, SAMPLE_RATE, expected), rms_db(last))
}

/// How many stops of the keyboard lie before this input of a node type.
fn stops_to(node_type: &str, input: &str) -> usize {
    let registry = jackfield_nodes::registry();
    let spec = registry.get(node_type).expect("a node type");
    1 + spec.inputs.iter().position(|other| other.name == input).expect("an input")
}

#[test]
fn a_patch_is_made_heard_undone_saved_and_opened_again() {
    let _alone = alone();
    let Some(desk) = Desk::new() else { return };
    let path = desk.write(
        "made.jack",
        // Soft enough for the limiter to let it be.
        r#"{"jackfield": 1, "nodes": {"out": {"type": "device.output", "knobs": {"level": -12}}}, "cables": []}"#,
    );
    let mut program = desk.open(Some(&path), &[]);
    let screen = &desk.screen;
    let silence = desk.hear();
    assert!(rms_db(&silence) < -90.0, "an empty patch is silent");

    screen.keys(&["space"]);
    screen.text("oscillator");
    screen.shoot("browser");
    screen.keys(&["Return"]);
    // It stands to the right of the other node, where there was room; to its left with it.
    screen.keys(&["shift+Left"; 64]);
    // Its last port is its sync output, the one before it the sound; the first one of the node to its right
    // is an input.
    screen.keys(&["ctrl+Up", "ctrl+Up", "Return", "Right", "ctrl+Down", "Return"]);
    screen.shoot("patched");
    let heard = desk.hear();
    let (hertz, level) = pitch_and_level(&heard, 261.6256);
    assert!((hertz - 261.6256).abs() < 0.1, "{hertz} Hz, {level} dB");

    screen.keys(&["Left"]);
    screen.keys(&vec!["ctrl+Down"; stops_to("source.oscillator", "frequency")]);
    screen.text("440");
    screen.keys(&["Return"]);
    let (hertz, before) = pitch_and_level(&desk.hear(), 440.0);
    assert!((hertz - 440.0).abs() < 0.1, "{hertz} Hz");

    screen.keys(&["Right"]);
    screen.keys(&vec!["ctrl+Down"; stops_to("device.output", "level")]);
    screen.text("-24");
    screen.keys(&["Return"]);
    screen.shoot("turned");
    let (_, after) = pitch_and_level(&desk.hear(), 440.0);
    assert!((before - after - 12.0).abs() < 0.2, "{before} dB, then {after} dB");

    screen.keys(&["ctrl+z"]);
    let (_, undone) = pitch_and_level(&desk.hear(), 440.0);
    assert!((before - undone).abs() < 0.2, "{before} dB, then {undone} dB");

    screen.keys(&["ctrl+s"]);
    let saved = |what: &str| fs::read_to_string(&path).is_ok_and(|text| text.contains(what));
    assert!(wait_until(PATIENCE, || saved("oscillator.out")), "the cable is saved");
    assert!(saved(r#""frequency": 440"#) && !saved(r#""level": -24"#), "{:?}", fs::read_to_string(&path));
    // All is saved, so it closes without a question.
    screen.keys(&["ctrl+q"]);
    assert!(program.end(PATIENCE).is_some_and(|status| status.success()));

    let mut program = desk.open(Some(&path), &[]);
    let (hertz, again) = pitch_and_level(&desk.hear(), 440.0);
    assert!((hertz - 440.0).abs() < 0.1 && (before - again).abs() < 0.2, "{hertz} Hz, {again} dB");
    program.stop();
}

#[test]
fn a_crash_costs_nothing() {
    let _alone = alone();
    let Some(desk) = Desk::new() else { return };
    let path = desk.write("tone.jack", tone::PATCH);
    let mut program = desk.open(Some(&path), &[]);
    let screen = &desk.screen;
    screen.keys(&["ctrl+a", "ctrl+m"]);
    sleep(Duration::from_millis(500));
    program.kill();
    let mut program = desk.open(None, &[]);
    screen.shoot("after a crash");
    screen.keys(&["Return"]);
    sleep(Duration::from_millis(500));
    screen.keys(&["ctrl+s"]);
    let is_muted = || fs::read_to_string(&path).is_ok_and(|text| text.contains(r#""muted": true"#));
    assert!(wait_until(PATIENCE, is_muted), "what was muted before the crash is muted after it");
    program.stop();
}

#[test]
fn what_another_window_has_saved_is_not_written_over_unasked() {
    let _alone = alone();
    let Some(desk) = Desk::new() else { return };
    let path = desk.write("tone.jack", tone::PATCH);
    let mut program = desk.open(Some(&path), &[]);
    let screen = &desk.screen;
    let content = || fs::read_to_string(&path).expect("the file is there");
    let other = content().replacen('{', "{ ", 1);
    fs::write(&path, &other).expect("a writable file");
    screen.keys(&["ctrl+a", "ctrl+m", "ctrl+s"]);
    sleep(Duration::from_secs(1));
    screen.shoot("changed on disk");
    assert_eq!(content(), other, "it asks first");
    screen.keys(&["Escape"]);
    sleep(Duration::from_millis(500));
    assert_eq!(content(), other, "no is no");
    screen.keys(&["ctrl+s"]);
    sleep(Duration::from_millis(500));
    screen.keys(&["Tab", "Return"]);
    assert!(wait_until(PATIENCE, || content().contains(r#""muted": true"#)), "it is replaced when wanted");
    program.stop();
}

/// The threads that make the sound and carry it to the server: those of the sound systems, which the program,
/// cpal or PulseAudio's library has named. They work as long as a device plays, whatever the window does.
const MAKE_SOUND: [&str; 3] = [jackfield_io::device::OUTPUT_THREAD, "cpal_alsa", "threaded-ml"];

/// Seconds of processor time that the threads of a process have taken, by name, from the system's own books.
/// The kernels of a build for tests are slow, so there the threads of the sound don't count; all others do.
fn processor_seconds(process: u32) -> BTreeMap<String, f64> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).expect("the process runs");
    let lines = threads.flatten().filter_map(|thread| fs::read_to_string(thread.path().join("stat")).ok());
    let mut seconds = BTreeMap::new();
    for line in lines {
        let Some((name, time)) = thread_seconds(&line) else { continue };
        let makes_sound = MAKE_SOUND.iter().any(|ours| name.starts_with(ours));
        if !(makes_sound && cfg!(debug_assertions)) {
            *seconds.entry(name.to_owned()).or_default() += time;
        }
    }
    seconds
}

/// The name of a thread and the seconds it has run, from its `stat`.
fn thread_seconds(line: &str) -> Option<(&str, f64)> {
    // The second field is a name in brackets, which may hold anything.
    let (name, fields) = line.rsplit_once(')')?;
    let (_, name) = name.split_once('(')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |field: usize| fields.get(field).and_then(|field| field.parse::<f64>().ok());
    // Fields 14 and 15 of the line, in hundredths of a second on every Linux.
    Some((name, (ticks(11)? + ticks(12)?) / 100.0))
}

/// The part of a processor that an idle window may take.
const MOST_IDLE: f64 = 0.01;

/// The parts of a processor that the threads of the idle program take.
fn idle_parts(desk: &Desk, arguments: &[&str]) -> BTreeMap<String, f64> {
    let path = desk.write(
        "waiting.jack",
        // Nothing that moves by itself: a sounding oscillator would show its waveform.
        r#"{"jackfield": 1, "nodes": {"out": {"type": "device.output"}, "amp": {"type": "dynamics.vca"},
            "keys": {"type": "device.midi_in"}},
            "cables": [{"from": "keys.velocity", "to": "amp.in"}, {"from": "keys.gate", "to": "amp.gain"},
                {"from": "amp.out", "to": "out.in"}]}"#,
    );
    let mut program = desk.open(Some(&path), arguments);
    // The mouse is elsewhere, and what is told at the start has gone.
    desk.screen.point(1270, 790);
    sleep(Duration::from_secs(8));
    let (begin, before) = (Instant::now(), processor_seconds(program.id()));
    sleep(Duration::from_secs(10));
    let mut parts = processor_seconds(program.id());
    for (name, part) in &mut parts {
        *part = (*part - before.get(name).unwrap_or(&0.0)) / begin.elapsed().as_secs_f64();
    }
    program.stop();
    parts
}

#[test]
fn an_idle_window_takes_no_time() {
    let _alone = alone();
    let Some(desk) = Desk::new() else { return };
    for arguments in [&["--silent"][..], &[]] {
        in_real_time(|| {
            let parts = idle_parts(&desk, arguments);
            let part: f64 = parts.values().sum();
            println!("idle {arguments:?}: {:.2} % of a processor", part * 100.0);
            if part < MOST_IDLE { Ok(()) } else { Err(format!("{:.2} %: {parts:.4?}", part * 100.0)) }
        });
    }
}

/// The measure of the idle window sees a window that draws 60 frames a second, whatever draws them.
#[test]
fn a_window_that_draws_all_the_time_is_not_idle() {
    let _alone = alone();
    let Some(desk) = Desk::new() else { return };
    let part: f64 = idle_parts(&desk, &["--silent", "--redraw"]).values().sum();
    println!("redrawing: {:.2} % of a processor", part * 100.0);
    assert!(part > 4.0 * MOST_IDLE, "{:.2} % would pass as idle", part * 100.0);
}

#[test]
fn the_demo_sounds_within_a_second() {
    let _alone = alone();
    let Some(desk) = Desk::new() else { return };
    in_real_time(|| {
        let recording = desk.pulse.record();
        // How much was recorded before tells when in the recording the program starts.
        let before = recording.frames();
        let mut program = desk.start(None, &[]);
        sleep(Duration::from_secs(3));
        let heard = left(recording);
        program.stop();
        let after = &heard[before.min(heard.len())..];
        let first = after.iter().position(|sample| sample.abs() > 0.003).ok_or("nothing is heard")?;
        let seconds = first as f64 / f64::from(SAMPLE_RATE);
        println!("first sound {seconds:.2} s after the start");
        if seconds < 1.0 { Ok(()) } else { Err(format!("{seconds:.2} s")) }
    });
}

/// The pixels of a picture, red, green and blue.
fn pixels(file: &Path) -> Vec<[u8; 3]> {
    let file = BufReader::new(fs::File::open(file).expect("the picture is there"));
    let mut decoder = png::Decoder::new(file);
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
    let mut reader = decoder.read_info().expect("it is a PNG");
    let mut bytes = vec![0; reader.output_buffer_size().expect("it fits into memory")];
    let info = reader.next_frame(&mut bytes).expect("it is whole");
    let channels = info.color_type.samples();
    assert!(channels >= 3, "it has colours");
    bytes.chunks_exact(channels).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()
}

/// Looks at the screen: it shows the canvas of this theme, and cards and texts on it in many colours.
fn look(screen: &Screen, name: &str, theme: Theme) -> Vec<[u8; 3]> {
    let pixels = pixels(&screen.shoot(name));
    let [red, green, blue, _] = theme.palette().canvas.to_array();
    let canvas = pixels.iter().filter(|pixel| **pixel == [red, green, blue]).count();
    let share = canvas as f64 / pixels.len() as f64;
    assert!((0.1..0.95).contains(&share), "{:.1} % of the picture '{name}' is canvas", share * 100.0);
    let colours: BTreeSet<[u8; 3]> = pixels.iter().copied().collect();
    assert!(colours.len() > 100, "the picture '{name}' has {} colours", colours.len());
    pixels
}

/// How much of the screen differs between two pictures.
fn difference(one: &[[u8; 3]], other: &[[u8; 3]]) -> f64 {
    assert_eq!(one.len(), other.len());
    one.iter().zip(other).filter(|(a, b)| a != b).count() as f64 / one.len() as f64
}

#[test]
fn the_editor_shows_itself() {
    let _alone = alone();
    let Some(desk) = Desk::new() else { return };
    let mut program = desk.open(None, &[]);
    let plain = look(&desk.screen, "editor", Theme::Dark);
    desk.screen.keys(&["space"]);
    desk.screen.text("fil");
    let browser = look(&desk.screen, "browser", Theme::Dark);
    assert!(difference(&plain, &browser) > 0.05, "the browser shows");
    let mut before = browser;
    for (key, name) in [("ctrl+comma", "settings"), ("ctrl+b", "patches")] {
        desk.screen.keys(&["Escape", key]);
        sleep(Duration::from_secs(1));
        let now = look(&desk.screen, name, Theme::Dark);
        assert!(difference(&plain, &now) > 0.05, "the window '{name}' shows");
        assert!(difference(&before, &now) > 0.05, "the window '{name}' is another one");
        before = now;
    }
    program.stop();
    for (theme, scale, name) in [(Theme::Light, 1.0, "large"), (Theme::Dark, 2.0, "twice as large")] {
        let Some(desk) = Desk::of(2560, 1440) else { return };
        desk.set(&format!(r#"{{"theme": "{}", "scale": {scale}, "hints_read": 9}}"#, theme.name()));
        let mut program = desk.open(None, &[]);
        look(&desk.screen, name, theme);
        program.stop();
    }
}
