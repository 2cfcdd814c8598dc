//! The files of a patch: found beside it, decoded, resampled to the engine's rate and kept.
//!
//! A path in a patch comes from a stranger, so it must stay in the patch's folder: no absolute path, no
//! `..`, no symbolic link that leads out, and only ordinary files. Control or loader thread.

use crate::decode::{DecodeError, Limits, decode_file};
use crate::file_names;
use crate::loader::Loader;
use crate::long_file::{OpenedFile, Place};
use crate::midi_file::{self, MidiFileError};
use crate::resample::{resample, resampled_frames};
use jackfield_node::stream::{LongFile, Patience};
use jackfield_node::{
    Asset, AssetError, AssetSource, ChannelChoice, ChannelMix, FileTrouble, MOST_TEXT, MidiAsset,
};
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::SystemTime;

/// Files of one patch.
#[derive(Debug)]
pub struct AssetStore {
    folder: PathBuf,
    limits: Limits,
    cache: Mutex<HashMap<Key, Entry>>,
    long_files: Mutex<LongFiles>,
    patience: Patience,
    oddities: Mutex<Oddities>,
}

/// What is odd about files, each told once.
#[derive(Debug, Default)]
struct Oddities {
    known: HashSet<(String, String)>,
    untold: Vec<FileTrouble>,
}

impl Oddities {
    fn note(&mut self, path: &str, oddity: String) {
        if self.known.insert((path.to_owned(), oddity.clone())) {
            self.untold.push(FileTrouble::Odd { path: path.to_owned(), oddity });
        }
    }
}

/// Files that play from the disk, by place and channels, and who reads them.
#[derive(Debug, Default)]
struct LongFiles {
    opened: HashMap<(PathBuf, ChannelChoice), (Version, Weak<OpenedFile>)>,
    loader: Weak<Loader>,
}

/// A file at a rate, in hertz, or at its own; with all its channels or with two at most.
type Key = (PathBuf, Option<u32>, Option<ChannelChoice>);

#[derive(Debug)]
struct Entry {
    version: Version,
    asset: Arc<Asset>,
}

/// Tells whether a file has changed: its time and its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Version(Option<SystemTime>, u64);

impl AssetStore {
    /// Files in `folder`, the one that holds the patch.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self::with_limits(folder, Limits::default())
    }

    /// Files in `folder`, each no longer than `limits` once it has the engine's rate.
    pub fn with_limits(folder: impl Into<PathBuf>, limits: Limits) -> Self {
        Self {
            folder: folder.into(),
            limits,
            cache: Mutex::default(),
            long_files: Mutex::default(),
            patience: Patience::default(),
            oddities: Mutex::default(),
        }
    }

    /// Files beside the patch at `path`.
    pub fn beside(path: &Path) -> Self {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        Self::new(folder.unwrap_or(Path::new(".")))
    }

    /// Lets go of the files that nobody else holds.
    pub fn forget_unused(&self) {
        self.cache().retain(|_, entry| Arc::strong_count(&entry.asset) > 1);
    }

    fn cache(&self) -> MutexGuard<'_, HashMap<Key, Entry>> {
        // A panic elsewhere can't have left an entry half made.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn long_files(&self) -> MutexGuard<'_, LongFiles> {
        self.long_files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn oddities(&self) -> MutexGuard<'_, Oddities> {
        self.oddities.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A file of the patch: where it really is, and its path in the folder, which differs from what the patch
    /// says where that was written on another system.
    ///
    /// # Errors
    ///
    /// Where there is no such file, or it lies outside the folder. Blocks on the disk.
    pub fn locate(&self, path: &str) -> Result<(PathBuf, PathBuf), AssetError> {
        let missing = || AssetError::Missing { path: path.to_owned() };
        let outside = || AssetError::Outside { path: path.to_owned() };
        let unfound = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidInput => missing(),
            _ => unreadable(path, &error.into()),
        };
        let folder = self.folder.canonicalize().map_err(unfound)?;
        let written = file_names::plain(path);
        let slashed = file_names::with_slashes(path);
        let slashed_leads_out = slashed.is_none();
        let candidates: Vec<PathBuf> = written.into_iter().chain(slashed).collect();
        let is_there = |relative: &&PathBuf| folder.join(relative).exists();
        // Steps up that another system would make lead nowhere here, but are meant to lead out.
        let leads_out =
            path.contains('\\') && slashed_leads_out && !candidates.iter().any(|path| is_there(&path));
        if candidates.is_empty() || leads_out {
            return Err(outside());
        }
        let relative = if let Some(relative) = candidates.iter().find(is_there) {
            relative.clone()
        } else {
            let alike = candidates.iter().find_map(|relative| file_names::alike(&folder, relative));
            alike.unwrap_or_else(|| candidates[0].clone())
        };
        let real = folder.join(&relative).canonicalize().map_err(unfound)?;
        if !real.starts_with(&folder) {
            return Err(outside());
        }
        Ok((real, relative))
    }

    /// The real place of a file of the patch, and a word to the person if it is called otherwise than the
    /// patch says.
    fn find(&self, path: &str) -> Result<PathBuf, AssetError> {
        let (real, relative) = self.locate(path)?;
        if relative != Path::new(path) && !path.contains("./") {
            let found = relative.display();
            let oddity = format!(
                "it is called '{found}' here; choose it again, so that the patch finds it on every system"
            );
            self.oddities().note(path, oddity);
        }
        Ok(real)
    }

    /// The file, at a rate or at its own, with all its channels or those of a choice.
    fn get(
        &self,
        path: &str,
        sample_rate: Option<u32>,
        choice: Option<ChannelChoice>,
    ) -> Result<Arc<Asset>, AssetError> {
        let real = self.find(path)?;
        let version = version(path, &real)?;
        let whole = (real, sample_rate, None);
        let key = (whole.0.clone(), sample_rate, choice);
        if let Some(asset) = self.cached(&key, version) {
            return Ok(asset);
        }
        // A file of one or two channels is the same for who wants two at most.
        let is_plain = |asset: &Asset| choice == Some(ChannelChoice::All) && asset.channels.len() <= 2;
        if let Some(asset) = self.cached(&whole, version).filter(|asset| is_plain(asset)) {
            return Ok(asset);
        }
        // Decoded without holding the lock; two threads may both do the work, which harms nobody.
        let (asset, channels) = self.read(path, &key)?;
        let asset = Arc::new(asset);
        let key = if is_plain(&asset) && channels <= 2 { whole } else { key };
        self.cache().insert(key, Entry { version, asset: asset.clone() });
        Ok(asset)
    }

    fn cached(&self, key: &Key, version: Version) -> Option<Arc<Asset>> {
        self.cache().get(key).filter(|entry| entry.version == version).map(|entry| entry.asset.clone())
    }

    /// Reads a file, and says how many channels it has.
    fn read(&self, path: &str, (real, sample_rate, choice): &Key) -> Result<(Asset, usize), AssetError> {
        let decode_error = |error| unreadable(path, &error);
        let decoded = decode_file(real, self.limits).map_err(decode_error)?;
        self.note_damage(path, decoded.damaged_packets);
        self.note_all(path, &decoded.oddities);
        let mut asset = decoded.asset;
        let channels = asset.channels.len();
        if let Some(choice) = *choice {
            self.note_channels(path, choice, &ChannelMix::new(choice, channels, &asset.metadata), channels);
            asset = asset.stereo(choice);
        }
        let Some(sample_rate) = *sample_rate else { return Ok((asset, channels)) };
        let frames = resampled_frames(asset.frames() as u64, asset.sample_rate as u32, sample_rate);
        self.limits.check(frames, asset.channels.len()).map_err(decode_error)?;
        let asset = resample(asset, sample_rate)
            .map_err(|error| AssetError::Unreadable { path: path.to_owned(), reason: error.to_string() })?;
        Ok((asset, channels))
    }

    fn note_all(&self, path: &str, oddities: &[String]) {
        for oddity in oddities {
            self.oddities().note(path, oddity.clone());
        }
    }

    fn note_damage(&self, path: &str, packets: usize) {
        if packets > 0 {
            let oddity = format!("{packets} damaged parts are left out; get another copy of it");
            self.oddities().note(path, oddity);
        }
    }

    /// Says so where not all of a file's channels are heard as they are, or none.
    fn note_channels(&self, path: &str, choice: ChannelChoice, mix: &ChannelMix, channels: usize) {
        let oddity = if mix.lacks_channels() {
            format!(
                "it has {channels} channels, so the ones chosen are silent; choose others under 'channels'"
            )
        } else if choice == ChannelChoice::All && channels > 2 {
            format!("its {channels} channels are mixed to two; to hear some of them alone, choose 'channels'")
        } else {
            return;
        };
        self.oddities().note(path, oddity);
    }
}

impl LongFiles {
    /// The thread that reads, which begins with the first file and ends with the last.
    fn loader(&mut self) -> io::Result<Arc<Loader>> {
        if let Some(loader) = self.loader.upgrade() {
            return Ok(loader);
        }
        let loader = Arc::new(Loader::start()?);
        self.loader = Arc::downgrade(&loader);
        Ok(loader)
    }
}

fn version(path: &str, real: &Path) -> Result<Version, AssetError> {
    let data = real.metadata().map_err(|error| unreadable(path, &error.into()))?;
    Ok(Version(data.modified().ok(), data.len()))
}

fn unreadable(path: &str, error: &DecodeError) -> AssetError {
    AssetError::Unreadable { path: path.to_owned(), reason: error.to_string() }
}

impl AssetSource for AssetStore {
    fn load(&self, path: &str, sample_rate: f32) -> Result<Arc<Asset>, AssetError> {
        self.get(path, Some(sample_rate.round() as u32), None)
    }

    fn load_stereo(
        &self,
        path: &str,
        sample_rate: f32,
        choice: ChannelChoice,
    ) -> Result<Arc<Asset>, AssetError> {
        self.get(path, Some(sample_rate.round() as u32), Some(choice))
    }

    fn load_unchanged(&self, path: &str) -> Result<Arc<Asset>, AssetError> {
        self.get(path, None, None)
    }

    fn load_stereo_unchanged(&self, path: &str, choice: ChannelChoice) -> Result<Arc<Asset>, AssetError> {
        self.get(path, None, Some(choice))
    }

    fn open_long(&self, path: &str, choice: ChannelChoice) -> Result<Arc<dyn LongFile>, AssetError> {
        let real = self.find(path)?;
        let version = version(path, &real)?;
        let key = (real, choice);
        let mut files = self.long_files();
        files.opened.retain(|_, (_, file)| file.strong_count() > 0);
        if let Some((known, file)) = files.opened.get(&key)
            && *known == version
            && let Some(file) = file.upgrade()
        {
            return Ok(file);
        }
        let fail = |reason: String| AssetError::Unreadable { path: path.to_owned(), reason };
        let loader = files.loader().map_err(|error| fail(error.to_string()))?;
        let place = Place { name: path.to_owned(), real: key.0.clone(), choice };
        let file = OpenedFile::open(&place, loader, self.patience.clone());
        let file = Arc::new(file.map_err(|error| fail(error.to_string()))?);
        self.note_channels(path, choice, file.mix(), file.channels());
        self.note_all(path, file.oddities());
        files.opened.insert(key, (version, Arc::downgrade(&file)));
        Ok(file)
    }

    fn wait_for_disk(&self, waits: bool) {
        self.patience.set(waits);
    }

    fn file_troubles(&self) -> Vec<FileTrouble> {
        let files = self.long_files();
        let opened = files.opened.values().filter_map(|(_, file)| file.upgrade());
        let untold = std::mem::take(&mut self.oddities().untold);
        untold.into_iter().chain(opened.flat_map(|file| file.troubles())).collect()
    }

    // Not kept: reading one takes a moment, and the node that asked holds it.
    fn load_midi(&self, path: &str, sample_rate: f32) -> Result<Arc<MidiAsset>, AssetError> {
        let real = self.find(path)?;
        let file = midi_file::load(&real, sample_rate.round() as u32).map_err(|error| {
            let reason = match error {
                MidiFileError::Unreadable { source, .. } => source.to_string(),
                MidiFileError::NoFile { .. } => "it is no ordinary file".to_owned(),
                MidiFileError::Bad { fault, .. } => fault.to_string(),
            };
            AssetError::BadMidi { path: path.to_owned(), reason }
        })?;
        self.note_all(path, &file.oddities);
        Ok(Arc::new(file))
    }

    fn load_text(&self, path: &str) -> Result<String, AssetError> {
        let bytes = read_short(&self.find(path)?, MOST_TEXT);
        bytes
            .map(|bytes| text_of(&bytes))
            .map_err(|reason| AssetError::BadText { path: path.to_owned(), reason })
    }
}

/// A text as people find it: UTF-16 if it says so, UTF-8, or else Latin-1, in which every byte is a
/// character.
fn text_of(bytes: &[u8]) -> String {
    if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] = bytes {
        let word = if bytes[0] == 0xff { u16::from_le_bytes } else { u16::from_be_bytes };
        let words: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| word([pair[0], pair[1]])).collect();
        return String::from_utf16_lossy(&words);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text).to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    }
}

/// What some editors put before a text in UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The bytes of an ordinary file, if there are no more than `most`.
fn read_short(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    // Opening anything else, such as a pipe, might wait for ever.
    if !path.metadata().is_ok_and(|data| data.is_file()) {
        return Err("it is no ordinary file".to_owned());
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| error.to_string())?;
    file.take(most + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > most { Err("it is too long".to_owned()) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wav::{WavFormat, WavSpec, WavWriter};

    fn write_wav(path: &Path, sample_rate: u32, samples: &[f32]) {
        let mut writer = WavWriter::create(path, WavSpec::new(1, sample_rate, WavFormat::Float32)).unwrap();
        writer.write_interleaved(samples).unwrap();
        writer.finish().unwrap();
    }

    fn store_with_wav() -> (tempfile::TempDir, AssetStore) {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("patch");
        std::fs::create_dir_all(inside.join("drums")).unwrap();
        write_wav(&inside.join("drums/kick.wav"), 24_000, &[0.5; 240]);
        write_wav(&folder.path().join("secret.wav"), 24_000, &[0.5; 240]);
        let store = AssetStore::beside(&inside.join("a.jack"));
        (folder, store)
    }

    #[test]
    fn files_come_at_the_engines_rate_and_are_kept() {
        let (folder, store) = store_with_wav();
        let asset = store.load("drums/kick.wav", 48_000.0).unwrap();
        assert_eq!((asset.frames(), asset.sample_rate), (480, 48_000.0));
        assert!(Arc::ptr_eq(&asset, &store.load("./drums/kick.wav", 48_000.0).unwrap()));
        assert_eq!(store.load("drums/kick.wav", 24_000.0).unwrap().frames(), 240);
        let unchanged = store.load_unchanged("drums/kick.wav").unwrap();
        assert_eq!((unchanged.frames(), unchanged.sample_rate), (240, 24_000.0));

        write_wav(&folder.path().join("patch/drums/kick.wav"), 24_000, &[0.25; 120]);
        assert_eq!(store.load("drums/kick.wav", 48_000.0).unwrap().frames(), 240, "the file has changed");

        assert_eq!(store.cache().len(), 3);
        drop(unchanged);
        store.forget_unused();
        assert_eq!(store.cache().len(), 0);
    }

    #[test]
    fn midi_files_come_from_the_same_folder_at_the_engines_rate() {
        let (folder, store) = store_with_wav();
        // One track: C4 on at once, off after a beat of 96 ticks.
        let track = [0, 0x90, 60, 100, 96, 0x80, 60, 0, 0, 0xff, 0x2f, 0];
        let head = b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk\0\0\0\x0c";
        let bytes = [&head[..], &track].concat();
        std::fs::write(folder.path().join("patch/tune.mid"), &bytes).unwrap();
        std::fs::write(folder.path().join("tune.mid"), &bytes).unwrap();
        let frames = |rate| store.load_midi("tune.mid", rate).unwrap().frames;
        assert_eq!((frames(48_000.0), frames(44_100.0)), (24_000, 22_050));
        assert!(matches!(store.load_midi("../tune.mid", 48_000.0), Err(AssetError::Outside { .. })));
        assert!(matches!(store.load_midi("none.mid", 48_000.0), Err(AssetError::Missing { .. })));
        let error = store.load_midi("drums/kick.wav", 48_000.0).unwrap_err().to_string();
        assert!(error.contains("no Standard MIDI File"), "{error}");
    }

    #[test]
    fn texts_come_in_any_encoding_and_only_short_ones() {
        let (folder, store) = store_with_wav();
        let write = |name: &str, bytes: &[u8]| {
            std::fs::write(folder.path().join("patch").join(name), bytes).unwrap();
        };
        write("utf.scl", "Grüße\n1\n2/1".as_bytes());
        write("latin.scl", b"Gr\xfc\xdfe\n1\n2/1");
        assert_eq!(store.load_text("utf.scl").unwrap(), "Grüße\n1\n2/1");
        assert_eq!(store.load_text("latin.scl"), store.load_text("utf.scl"));
        write("marked.scl", "\u{feff}Grüße\n1\n2/1".as_bytes());
        assert_eq!(store.load_text("marked.scl"), store.load_text("utf.scl"));
        let words = |word: fn(u16) -> [u8; 2]| {
            "\u{feff}Grüße\n1\n2/1".encode_utf16().flat_map(word).collect::<Vec<_>>()
        };
        write("little.scl", &words(u16::to_le_bytes));
        write("big.scl", &words(u16::to_be_bytes));
        assert_eq!(store.load_text("little.scl"), store.load_text("utf.scl"));
        assert_eq!(store.load_text("big.scl"), store.load_text("utf.scl"));
        write("longest.scl", &vec![b'!'; MOST_TEXT as usize]);
        write("longer.scl", &vec![b'!'; MOST_TEXT as usize + 1]);
        assert!(store.load_text("longest.scl").is_ok());
        let error = |path: &str| store.load_text(path).unwrap_err().to_string();
        assert_eq!(
            error("longer.scl"),
            "'longer.scl' can't be read: it is too long; choose a text file of at most 262144 bytes"
        );
        assert!(error("drums").contains("no ordinary file"));
        assert!(matches!(store.load_text("none.scl"), Err(AssetError::Missing { .. })));
        assert!(matches!(store.load_text("../secret.wav"), Err(AssetError::Outside { .. })));
    }

    #[test]
    fn nothing_outside_the_folder_is_read() {
        let (folder, store) = store_with_wav();
        let outside = |path: &str| matches!(store.load(path, 48_000.0), Err(AssetError::Outside { .. }));
        let secret = folder.path().join("secret.wav");
        assert!(outside(secret.to_str().unwrap()));
        assert!(outside("../secret.wav"));
        assert!(outside("drums/../../secret.wav"));
        assert!(outside("drums/../drums/kick.wav"));
        #[cfg(unix)]
        {
            let link = |to: &Path, name: &str| {
                std::os::unix::fs::symlink(to, folder.path().join("patch").join(name)).unwrap();
            };
            link(&secret, "file_link.wav");
            link(folder.path(), "folder_link");
            link(Path::new("drums/kick.wav"), "inner_link.wav");
            assert!(outside("file_link.wav"));
            assert!(outside("folder_link/secret.wav"));
            assert!(store.load("inner_link.wav", 48_000.0).is_ok(), "a link within the folder is fine");
        }
    }

    #[test]
    fn paths_of_other_systems_are_found_and_told() {
        let (folder, store) = store_with_wav();
        let inside = folder.path().join("patch");
        write_wav(&inside.join("cafe\u{301}.wav"), 24_000, &[0.5; 10]);
        for (written, real) in [
            ("drums\\kick.wav", "drums/kick.wav"),
            ("Drums/Kick.WAV", "drums/kick.wav"),
            ("DRUMS\\KICK.WAV", "drums/kick.wav"),
            ("caf\u{e9}.wav", "cafe\u{301}.wav"),
        ] {
            assert!(store.load(written, 48_000.0).is_ok(), "{written}");
            assert!(store.open_long(written, ChannelChoice::All).is_ok(), "{written}");
            let (_, relative) = store.locate(written).unwrap();
            let told = store.file_troubles();
            // On some systems these are the same name.
            assert_eq!(told.len(), usize::from(relative != Path::new(written)), "{told:?}");
            assert!(told.iter().all(|trouble| trouble.to_string().contains(real)), "{told:?}");
        }
        assert!(store.load("./drums/kick.wav", 48_000.0).is_ok());
        assert_eq!(store.file_troubles(), []);
        let outside = |path: &str| matches!(store.load(path, 48_000.0), Err(AssetError::Outside { .. }));
        assert!(
            outside("..\\secret.wav") && outside("C:\\Sounds\\kick.wav") && outside("\\\\server\\kick.wav")
        );
        assert!(outside("drums\\..\\..\\secret.wav"));
    }

    #[test]
    fn bad_files_are_refused() {
        let (folder, store) = store_with_wav();
        let error = |path: &str| store.load(path, 48_000.0).unwrap_err().to_string();
        assert_eq!(error("snare.wav"), "no file 'snare.wav'; put it beside the patch or choose another");
        assert!(matches!(store.load("drums/kick.wav/x", 48_000.0), Err(AssetError::Missing { .. })));
        assert!(matches!(store.load("a\0b", 48_000.0), Err(AssetError::Missing { .. })));
        assert!(error("drums").contains("no ordinary file"));
        assert!(error("").contains("no ordinary file"));
        std::fs::write(folder.path().join("patch/text.wav"), "no sound at all").unwrap();
        assert!(error("text.wav").contains("format is not known"), "{}", error("text.wav"));
    }

    #[test]
    fn long_files_are_refused_before_memory_runs_out() {
        let (folder, _) = store_with_wav();
        let inside = folder.path().join("patch");
        for limits in [Limits { frames: 479, bytes: 1 << 30 }, Limits { frames: 1 << 30, bytes: 1919 }] {
            let store = AssetStore::with_limits(&inside, limits);
            let error = store.load("drums/kick.wav", 48_000.0).unwrap_err();
            assert!(error.to_string().contains("longer than"), "{error}");
            assert!(store.load("drums/kick.wav", 24_000.0).is_ok());
        }
    }
}
