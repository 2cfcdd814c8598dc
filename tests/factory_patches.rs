//! The patches that come with the program: each is written canonically, sounds, stays healthy and below
//! the limiter; together they use every node; and each sounds, bit for bit, as it was recorded.
//!
//! The recorded hashes stand in `tests/factory_patches.txt`. When a change of sound is meant, run this test with
//! `JACKFIELD_RECORD=1` and say why in the commit.

use jackfield_engine::offline::{Job, render_to_vec};
use jackfield_engine::{Options, ScheduledMidi, Session, SoundHash};
use jackfield_io::AssetStore;
use jackfield_node::InstructionSet;
use jackfield_patch::Patch;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

const RATE: f32 = 48_000.0;
const SECONDS: usize = 4;
/// Below the level at which the output's limiter begins to work.
const HEADROOM: f32 = 0.96;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("patches")
}

/// Name and text of every patch, in order.
fn patches() -> Vec<(String, String)> {
    let entries = fs::read_dir(folder()).expect("the patches' folder");
    let mut patches: Vec<_> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|end| end == "jack"))
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).expect("text"))
        })
        .collect();
    patches.sort();
    patches
}

fn read(name: &str, text: &str) -> Patch {
    let (patch, warnings) = jackfield_patch::read(text, &jackfield_nodes::registry())
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(warnings.is_empty(), "{name}: {warnings:?}");
    patch
}

/// A chord at once, another after two seconds.
fn chords() -> Vec<ScheduledMidi> {
    let chord = |frame, keys: [u8; 4], status, velocity| {
        keys.map(|key| ScheduledMidi { frame, midi: [status, key, velocity] })
    };
    let (first, second) = ([48, 60, 64, 67], [45, 57, 64, 72]);
    [
        chord(0, first, 0x90, 100),
        chord(86_400, first, 0x80, 0),
        chord(96_000, second, 0x90, 70),
        chord(172_800, second, 0x80, 0),
    ]
    .concat()
}

/// A second of a triangle wave, for patches that work on the device's input. Made of whole numbers, so that
/// it has the same bits everywhere.
fn input() -> Vec<f32> {
    let wave = |frame: usize| (frame % 128).abs_diff(64) as f32 / 64.0 - 0.5;
    (0..RATE as usize).map(|frame| wave(frame) * 0.5).collect()
}

fn render(
    name: &str,
    patch: &Patch,
    width: usize,
    instruction_set: InstructionSet,
    block: usize,
) -> Vec<f32> {
    let options = Options { sample_rate: RATE, width, instruction_set };
    let assets = Box::new(AssetStore::new(folder()));
    let (mut session, mut executor) = Session::new(options, assets).expect("good options");
    let report = session.update(patch);
    assert!(report.problems.is_empty(), "{name}: {:?}", report.problems);
    let (midi, input) = (chords(), input());
    let frames = SECONDS * RATE as usize;
    let job = Job { frames, block, midi: &midi, input: &input, input_channels: 1, ..Job::default() };
    let sound = render_to_vec(&mut session, &mut executor, &job);
    assert_eq!(session.faults(), [], "{name}");
    sound
}

fn hash(sound: &[f32]) -> SoundHash {
    let mut hash = SoundHash::new();
    hash.add(sound);
    hash
}

#[test]
fn they_are_written_canonically_and_say_what_they_are() {
    for (name, text) in patches() {
        let patch = read(&name, &text);
        assert_eq!(jackfield_patch::write(&patch), text, "run 'jackfield fmt patches/{name}.jack'");
        let meta = &patch.meta;
        assert!(
            !meta.title.is_empty() && !meta.notes.is_empty() && !meta.license.is_empty(),
            "{name}: {meta:?}"
        );
    }
}

#[test]
fn together_they_use_every_node() {
    let mut unused: BTreeSet<&str> = jackfield_nodes::SPECS.iter().map(|spec| spec.id).collect();
    for (name, text) in patches() {
        for (_, node) in read(&name, &text).nodes() {
            unused.remove(node.type_id());
        }
    }
    assert!(unused.is_empty(), "no patch shows {unused:?}");
}

#[test]
fn they_sound_and_stay_healthy() {
    for (name, text) in patches() {
        let sound = render(&name, &read(&name, &text), 16, InstructionSet::best(), 512);
        let peak = sound.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        assert!(sound.iter().all(|sample| sample.is_finite()), "{name}");
        assert!((0.02..HEADROOM).contains(&peak), "{name}: peak {peak}");
        let mean = sound.iter().sum::<f32>() / sound.len() as f32;
        assert!(mean.abs() < 0.003, "{name}: offset {mean}");
    }
}

#[test]
fn they_sound_as_recorded_whatever_computes_them() {
    let record = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/factory_patches.txt");
    let mut heard = String::new();
    for (name, text) in patches() {
        let patch = read(&name, &text);
        let sound = render(&name, &patch, 16, InstructionSet::best(), 512);
        let hash = hash(&sound);
        let _ = writeln!(heard, "{} {name}", hash.hex());
        let plain = render(&name, &patch, 1, InstructionSet::Baseline, 77);
        assert_eq!(self::hash(&plain), hash, "{name}: one lane and sixteen differ");
    }
    if std::env::var_os("JACKFIELD_RECORD").is_some() {
        fs::write(&record, &heard).expect("a writable record");
    }
    assert_eq!(heard, fs::read_to_string(&record).expect("the record"), "the sound has changed");
}
