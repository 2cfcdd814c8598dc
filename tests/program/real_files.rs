//! Real files: music and sounds that other people made, from the system's packages, through the patches.
//!
//! Nothing is fetched here. Where a package is not installed its tests are left out; `cargo xtask test`
//! installs them.

use crate::support::tone::from_wav;
use crate::support::{names, succeed};
use jackfield_testkit::measure::{correlation, rms_db};
use jackfield_testkit::require;
use midly::{MetaMessage, MidiMessage, Smf, Timing, TrackEventKind};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders where the music of the package openttd-openmsx may lie.
const MUSIC: &[&str] = &["/usr/share/games/openttd/baseset/openmsx", "/usr/share/openttd/baseset/openmsx"];
/// The piece that is played whole; about a minute.
const PIECE: &str = "5432gone_redfarn.mid";
/// Sounds of the package sound-theme-freedesktop: Ogg Vorbis, at 48 kHz and at 22.05 kHz.
const SOUNDS: &[&str] = &[
    "/usr/share/sounds/freedesktop/stereo/alarm-clock-elapsed.oga",
    "/usr/share/sounds/freedesktop/stereo/service-login.oga",
];
/// A voice saying "front center", of the package alsa-utils: WAV, mono, 48 kHz.
const SPEECH: &str = "/usr/share/sounds/alsa/Front_Center.wav";

/// Frames per second of what is rendered.
const RATE: f64 = 48_000.0;
/// What a rendering adds to its files, in seconds.
const TAIL: f64 = 2.0;

/// A path of something installed; where it is not, the test is left out.
fn installed(path: impl AsRef<Path>, package: &str) -> Option<PathBuf> {
    let path = path.as_ref();
    require::file(path, package).then(|| path.to_owned())
}

fn music() -> Option<PathBuf> {
    let there = MUSIC.iter().find(|folder| Path::new(folder).exists());
    installed(there.unwrap_or(&MUSIC[0]), "openttd-openmsx")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

/// Renders as told and gives back the report.
fn render(arguments: &[&str]) -> Value {
    let report = succeed([&["render", "--json"], arguments].concat());
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["faults"], json!([]));
    report
}

/// What a MIDI file asks for, read in the plainest way.
struct Score {
    seconds: f64,
    /// The most keys that are down, or held by the pedal, at once.
    most_keys: usize,
}

impl Score {
    fn read(path: &Path) -> Self {
        let bytes = fs::read(path).expect("it can be read");
        let file = Smf::parse(&bytes).expect("a MIDI file");
        let Timing::Metrical(beat) = file.header.timing else { panic!("counts in beats") };
        let mut events = Vec::new();
        for track in &file.tracks {
            let mut ticks = 0;
            for event in track {
                ticks += u64::from(event.delta.as_int());
                events.push((ticks, event.kind));
            }
        }
        events.sort_by_key(|(ticks, _)| *ticks);

        let (mut seconds, mut tempo, mut last) = (0.0, 0.5, 0);
        let (mut down, mut held, mut pedals) = (HashSet::new(), HashSet::new(), HashSet::new());
        let mut most_keys = 0;
        for (ticks, kind) in events {
            seconds += (ticks - last) as f64 / f64::from(beat.as_int()) * tempo;
            last = ticks;
            match kind {
                TrackEventKind::Meta(MetaMessage::Tempo(microseconds)) => {
                    tempo = f64::from(microseconds.as_int()) * 1e-6;
                }
                TrackEventKind::Midi { channel, message } => match message {
                    MidiMessage::NoteOn { key, vel } if vel > 0 => {
                        down.insert((channel, key));
                        held.insert((channel, key));
                    }
                    MidiMessage::NoteOn { key, .. } | MidiMessage::NoteOff { key, .. } => {
                        down.remove(&(channel, key));
                    }
                    MidiMessage::Controller { controller, value } if controller == 64 => {
                        if value >= 64 {
                            pedals.insert(channel)
                        } else {
                            pedals.remove(&channel)
                        };
                    }
                    _ => {}
                },
                _ => {}
            }
            held.retain(|note| down.contains(note) || pedals.contains(&note.0));
            most_keys = most_keys.max(held.len());
        }
        Self { seconds, most_keys }
    }
}

#[test]
fn real_music_has_its_length() {
    let Some(music) = music() else { return };
    let folder = tempfile::tempdir().expect("a folder for this test");
    let silence = folder.path().join("silence.jack");
    fs::write(&silence, r#"{"jackfield": 1, "nodes": {"out": {"type": "device.output"}}}"#).expect("written");
    let is_midi = |name: &String| Path::new(name).extension().is_some_and(|end| end == "mid");
    let pieces: Vec<String> = names(&music).into_iter().filter(is_midi).collect();
    assert!(pieces.len() >= 5, "{pieces:?}");
    for piece in &pieces {
        let midi = music.join(piece);
        let report = render(&[text(&silence), "--midi", text(&midi), "--hash"]);
        let seconds = report["frames"].as_f64().expect("a number") / RATE;
        let expected = Score::read(&midi).seconds + TAIL;
        assert!((seconds - expected).abs() < 0.001, "{piece}: {seconds} s, not {expected} s");
    }
    println!("{} pieces", pieces.len());
}

/// Plays the piece on a patch whose MIDI in is called `keys`; gives back the sound's root of the mean
/// square in each second, and the most voices at once.
fn play(music: &Path, patch: &str) -> (Vec<f64>, f32) {
    let folder = tempfile::tempdir().expect("a folder for this test");
    let [sound, gates] = ["sound.wav", "gates.wav"].map(|name| folder.path().join(name));
    let midi = music.join(PIECE);
    // What several voices carry is added up: so many gates are open.
    let tap = format!("keys.gate={}", text(&gates));
    render(&[patch, "--midi", text(&midi), "-o", text(&sound), "--bits", "32", "--wav-of", &tap]);
    let samples = from_wav(&sound);
    assert!(samples.iter().all(|sample| sample.is_finite() && sample.abs() <= 1.0));
    let seconds = samples.len() as f64 / 2.0 / RATE;
    assert!((seconds - Score::read(&midi).seconds - TAIL).abs() < 0.001, "{seconds} s");
    let levels: Vec<f64> = samples.chunks(2 * RATE as usize).map(rms_db).collect();
    let most = from_wav(&gates).into_iter().fold(0.0, f32::max);
    println!("{patch}: {seconds:.1} s, {most} voices at most, levels {levels:.0?} dB");
    (levels, most)
}

#[test]
fn real_music_plays_a_patch_in_many_voices() {
    let Some(music) = music() else { return };
    let keys = Score::read(&music.join(PIECE)).most_keys;
    let (levels, voices) = play(&music, "patches/polyphonic_pad.jack");
    assert_eq!(voices, keys.min(16) as f32, "{keys} keys are down at once");
    assert!(voices >= 4.0, "{voices} voices");
    let heard = levels.iter().filter(|level| **level > -50.0).count();
    assert!(heard * 10 > levels.len() * 9, "{heard} of {} seconds are heard", levels.len());
}

/// How long an Ogg Vorbis file is: its last page tells the frames, its first packet the rate.
fn ogg_seconds(path: &Path) -> f64 {
    let bytes = fs::read(path).expect("it can be read");
    let find = |mark: &[u8]| bytes.windows(mark.len()).position(|window| window == mark);
    let page = bytes.windows(4).rposition(|window| window == b"OggS").expect("a page");
    let number = |at: usize, length: usize| {
        bytes[at..at + length].iter().rev().fold(0_u64, |number, byte| number << 8 | u64::from(*byte))
    };
    let header = find(b"\x01vorbis").expect("Vorbis");
    number(page + 6, 8) as f64 / number(header + 12, 4) as f64
}

#[test]
fn real_sounds_go_through_the_effect_chain() {
    for sound in SOUNDS {
        let Some(input) = installed(sound, "sound-theme-freedesktop") else { return };
        let folder = tempfile::tempdir().expect("a folder for this test");
        let output = folder.path().join("out.wav");
        let chain = "patches/effect_chain.jack";
        render(&[chain, "--input", text(&input), "-o", text(&output), "--bits", "32"]);
        let samples = from_wav(&output);
        assert!(samples.iter().all(|sample| sample.is_finite() && sample.abs() <= 1.0));
        let (seconds, length) = (samples.len() as f64 / 2.0 / RATE, ogg_seconds(&input));
        assert!((seconds - length - TAIL).abs() < 0.001, "{seconds} s from {length} s");

        // It is heard, rings on, and fades.
        let end = 2 * (length * RATE) as usize;
        let tenth = 2 * 4_800;
        let levels = [&samples[..end], &samples[end..end + tenth], &samples[samples.len() - tenth..]];
        let [sounding, after, last] = levels.map(rms_db);
        println!("{sound}: {seconds:.2} s, {sounding:.1} dB, then {after:.1} dB, at last {last:.1} dB");
        assert!(sounding > -40.0, "{sounding} dB");
        assert!(after > -80.0 && after > last + 6.0, "{after} dB, then {last} dB");
    }
}

#[test]
fn real_sounds_play_from_the_file_setting() {
    let Some(sound) = installed(SOUNDS[0], "sound-theme-freedesktop") else { return };
    let chain = fs::read_to_string("patches/effect_chain.jack").expect("it is there");
    let mut chain: Value = serde_json::from_str(&chain).expect("JSON");
    let folder = tempfile::tempdir().expect("a folder for this test");
    fs::copy(&sound, folder.path().join("tape.oga")).expect("it can be copied");
    let [patch, output] = ["chain.jack", "out.wav"].map(|name| folder.path().join(name));
    chain["nodes"]["tape"]["settings"]["file"] = json!("tape.oga");
    fs::write(&patch, chain.to_string()).expect("the file can be written");
    render(&[text(&patch), "--seconds", "15", "-o", text(&output)]);
    let samples = from_wav(&output);
    assert_eq!(samples.len(), 2 * 15 * RATE as usize);
    // The file is six seconds long and plays in a loop.
    for (number, five) in samples.chunks(2 * 5 * RATE as usize).enumerate() {
        let level = rms_db(five);
        println!("five seconds from {}: {level:.1} dB", 5 * number);
        assert!(level > -40.0, "{level} dB");
    }
}

#[test]
fn real_speech_comes_through_unchanged() {
    let Some(input) = installed(SPEECH, "alsa-utils") else { return };
    let folder = tempfile::tempdir().expect("a folder for this test");
    let [patch, output] = ["through.jack", "out.wav"].map(|name| folder.path().join(name));
    let through = json!({"jackfield": 1,
        "nodes": {
            "in": {"type": "device.audio_in"},
            "out": {"type": "device.output", "settings": {"limiter": false, "offset_filter": false}}},
        "cables": [{"from": "in.left", "to": "out.left"}, {"from": "in.right", "to": "out.right"}]});
    fs::write(&patch, through.to_string()).expect("the file can be written");
    render(&[text(&patch), "--input", text(&input), "-o", text(&output), "--bits", "32"]);
    let (spoken, heard) = (from_wav(&input), from_wav(&output));
    for channel in 0..2 {
        let heard: Vec<f32> = heard.chunks(2).map(|frame| frame[channel]).collect();
        assert_eq!(heard.len(), spoken.len() + (TAIL * RATE) as usize);
        let likeness = correlation(&spoken, &heard[..spoken.len()]);
        assert!(likeness > 0.999_999 && (rms_db(&spoken) - rms_db(&heard[..spoken.len()])).abs() < 0.001);
        assert!(heard[spoken.len()..].iter().all(|sample| sample.abs() < 1e-6), "silence behind it");
    }
}
