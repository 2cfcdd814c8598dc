//! The patches that come with the program: their files, their sound, and the record of it.

use jackfield_io::{AssetStore, WavFormat, WavSpec, WavWriter};
use jackfield_patch::Patch;
use jackfield_testkit::performance::{Means, RATE, play};
use jackfield_testkit::sound_record::{SoundRecord, difference};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

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

    /// Where it lies.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.join(format!("{}.jack", self.name))
    }

    /// Another patch in its place, with the same files beside it.
    pub(crate) fn with(&self, patch: Patch) -> Self {
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

    /// The first seconds, played with notes and an input.
    pub(crate) fn sound(&self, means: Means) -> Vec<f32> {
        play(&self.patch, Box::new(AssetStore::new(&self.folder)), means)
    }

    /// Its sound, which is heard, healthy, below the limiter, and the same whatever computes it.
    fn check_sound(&self) -> Vec<f32> {
        let name = &self.name;
        let sound = self.sound(Means::best());
        let peak = sound.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        assert!(sound.iter().all(|sample| sample.is_finite()), "{name}");
        assert!((0.02..HEADROOM).contains(&peak), "{name}: peak {peak}");
        let mean = sound.iter().sum::<f32>() / sound.len() as f32;
        assert!(mean.abs() < 0.003, "{name}: offset {mean}");
        if let Some(difference) = difference(&sound, &self.sound(Means::plainest())) {
            panic!("{name}: sixteen lanes are right, or one lane is: {difference}");
        }
        sound
    }
}

/// Compares the sounds of the patches in a folder with their record: `<record>.txt` has lines `hash name`,
/// and `<record>.course.txt` tells for each what it takes to say how another sound differs. With
/// `JACKFIELD_RECORD` set, as by `cargo xtask record`, it writes the record instead. Sounds that differ are
/// left in `target/tmp/sounds`.
pub(crate) fn check_sounds(folder: &str, record: &str) {
    let [hashes, courses] = ["txt", "course.txt"].map(|end| root().join(format!("{record}.{end}")));
    let sounds = patches(folder).into_iter().map(|file| {
        // The last one that is printed is the one that fails.
        println!("{}", file.name);
        let sound = file.check_sound();
        (file.name, sound)
    });
    if std::env::var_os("JACKFIELD_RECORD").is_some() {
        let sounds = sounds.map(|(name, sound)| (name, SoundRecord::new(&sound)));
        let lines = sounds
            .map(|(name, now)| (format!("{} {name}\n", now.hash), format!("{name} {}\n", now.course())));
        let (of_hashes, of_courses): (Vec<String>, Vec<String>) = lines.unzip();
        fs::write(&hashes, of_hashes.concat()).expect("a writable record");
        fs::write(&courses, of_courses.concat()).expect("a writable record");
        return;
    }
    let hashes = fs::read_to_string(hashes).expect("the record");
    // Without it a failure still tells which sound it is.
    let courses = fs::read_to_string(courses).unwrap_or_default();
    let courses: BTreeMap<&str, &str> = courses.lines().filter_map(|line| line.split_once(' ')).collect();
    let pairs = hashes.lines().filter_map(|line| line.split_once(' '));
    let mut recorded: BTreeMap<&str, &str> = pairs.map(|(hash, name)| (name, hash)).collect();
    let mut faults = String::new();
    for (name, sound) in sounds {
        let Some(hash) = recorded.remove(&*name) else {
            faults += &format!("{name}: not recorded\n");
            continue;
        };
        let now = SoundRecord::new(&sound);
        if now.hash == hash {
            continue;
        }
        let before = courses.get(&*name).and_then(|course| SoundRecord::parse(hash, course));
        let difference = before.and_then(|before| before.difference(&now));
        let left = keep(&name, &sound);
        let difference = difference.unwrap_or_else(|| format!("hash {}, was {hash}\n", now.hash));
        faults += &format!("{name}: {difference}  its sound now: {}\n", left.display());
    }
    faults.extend(recorded.keys().map(|name| format!("{name}: recorded, but there is no such patch\n")));
    assert!(faults.is_empty(), "\n{faults}Once the change of sound is meant: cargo xtask record");
}

/// Keeps a sound for people to listen to.
fn keep(name: &str, sound: &[f32]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sounds");
    fs::create_dir_all(&folder).expect("a folder can be made");
    let path = folder.join(format!("{name}.wav"));
    let mut file =
        WavWriter::create(&path, WavSpec::new(2, RATE as u32, WavFormat::Float32)).expect("a file");
    file.write_interleaved(sound).expect("it can be written");
    file.finish().expect("it can be written");
    path
}
