//! The patches that come with the program: their files, their sound, and the record of it.

use jackfield_engine::offline::{Job, render_to_vec};
use jackfield_engine::{Options, ScheduledMidi, Session, SoundHash};
use jackfield_io::AssetStore;
use jackfield_node::InstructionSet;
use jackfield_patch::Patch;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const RATE: f32 = 48_000.0;
const SECONDS: usize = 4;
/// Below the level at which the output's limiter begins to work.
const HEADROOM: f32 = 0.96;

/// A patch of the program.
pub(crate) struct PatchFile {
    /// Its file's name without the end.
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) patch: Patch,
    folder: PathBuf,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The patches in a folder of the project, in order. Panics when one can't be read without a warning.
pub(crate) fn patches(folder: &str) -> Vec<PatchFile> {
    let folder = root().join(folder);
    let entries = fs::read_dir(&folder).expect("the patches' folder");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "jack"));
    paths.sort();
    paths.iter().map(|path| PatchFile::read(path)).collect()
}

impl PatchFile {
    fn read(path: &Path) -> Self {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(path).expect("text");
        let (patch, warnings) = jackfield_patch::read(&text, &jackfield_nodes::registry())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(warnings.is_empty(), "{name}: {warnings:?}");
        let folder = path.parent().expect("a folder").to_owned();
        Self { name, text, patch, folder }
    }

    /// Another patch in its place, with the same files beside it.
    pub fn with(&self, patch: Patch) -> Self {
        Self { name: self.name.clone(), text: String::new(), patch, folder: self.folder.clone() }
    }

    /// Written as the program would write it, and it says what it is.
    pub(crate) fn check_text(&self) {
        let Self { name, text, patch, .. } = self;
        assert_eq!(&jackfield_patch::write(patch), text, "run 'jackfield fmt' on {name}.jack");
        let meta = &patch.meta;
        let is_told = !meta.title.is_empty() && !meta.notes.is_empty() && !meta.license.is_empty();
        assert!(is_told, "{name}: title, notes or licence is missing: {meta:?}");
    }

    /// The first seconds, with chords coming in as MIDI and a second of a wave as the device's input.
    pub(crate) fn sound(&self, width: usize, instruction_set: InstructionSet, block: usize) -> Vec<f32> {
        let name = &self.name;
        let options = Options { sample_rate: RATE, width, instruction_set };
        let assets = Box::new(AssetStore::new(&self.folder));
        let (mut session, mut executor) = Session::new(options, assets).expect("good options");
        let report = session.update(&self.patch);
        assert!(report.problems.is_empty(), "{name}: {:?}", report.problems);
        let (midi, input) = (chords(), input());
        let frames = SECONDS * RATE as usize;
        let job = Job { frames, block, midi: &midi, input: &input, input_channels: 1, ..Job::default() };
        let sound = render_to_vec(&mut session, &mut executor, &job);
        assert_eq!(session.faults(), [], "{name}");
        sound
    }

    /// The hash of its sound, which is heard, healthy, below the limiter, and the same whatever computes it.
    pub(crate) fn check_sound(&self) -> String {
        let name = &self.name;
        let sound = self.sound(16, InstructionSet::best(), 512);
        let peak = sound.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        assert!(sound.iter().all(|sample| sample.is_finite()), "{name}");
        assert!((0.02..HEADROOM).contains(&peak), "{name}: peak {peak}");
        let mean = sound.iter().sum::<f32>() / sound.len() as f32;
        assert!(mean.abs() < 0.003, "{name}: offset {mean}");
        let plain = self.sound(1, InstructionSet::Baseline, 77);
        assert_eq!(hash(&plain), hash(&sound), "{name}: one lane and sixteen differ");
        hash(&sound)
    }
}

/// Compares hashes with a record, a file of lines `hash name` in any order; with `JACKFIELD_RECORD` set, as
/// by `cargo xtask record`, it writes the record first.
pub(crate) fn check_record(record: &str, hashes: &BTreeMap<String, String>) {
    let path = root().join(record);
    if std::env::var_os("JACKFIELD_RECORD").is_some() {
        let mut lines = String::new();
        for (name, hash) in hashes {
            lines.push_str(&format!("{hash} {name}\n"));
        }
        fs::write(&path, lines).expect("a writable record");
    }
    let text = fs::read_to_string(&path).expect("the record");
    let recorded = text.lines().filter_map(|line| line.split_once(' '));
    let recorded: BTreeMap<String, String> =
        recorded.map(|(hash, name)| (name.to_owned(), hash.to_owned())).collect();
    assert_eq!(
        hashes, &recorded,
        "left: heard, right: recorded. Once the change of sound is meant: cargo xtask record"
    );
}

fn hash(sound: &[f32]) -> String {
    let mut hash = SoundHash::new();
    hash.add(sound);
    hash.hex()
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
