//! The settings: what is kept between runs: preferences, what was opened last, favourites, controllers. One
//! JSON file, written whole or not at all; whatever in it can't be used is left out, never an error. A file
//! that can't be read at all is put aside before another takes its place.

use directories::{ProjectDirs, UserDirs};
use jackfield_editor::{Preferences, SoundPreferences, Theme};
use jackfield_io::{RecordingNotes, RecoveredRecording, atomic_write};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// How many patches are remembered as opened last.
const RECENT: usize = 16;
/// How many node types are remembered as added last.
const RECENT_TYPES: usize = 16;
/// A longer file is none of ours.
const MOST_BYTES: u64 = 1 << 20;

/// See the [module](self).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Settings {
    theme: String,
    scale: Option<f32>,
    volume: Option<f32>,
    sound: SoundSettings,
    midi_inputs: Option<Vec<String>>,
    midi_output: Option<String>,
    /// Where the window was when it was closed.
    pub(crate) window: Option<WindowPlace>,
    /// Patches opened or saved last, latest first.
    pub(crate) recent: Vec<PathBuf>,
    /// Node types added last, latest first.
    pub(crate) recent_types: Vec<String>,
    /// Node types marked as favourites.
    pub(crate) favourite_types: BTreeSet<String>,
    /// How many hints for the first minutes were read.
    pub(crate) hints_read: usize,
    /// Which controller turns which knob. It belongs to a person's keyboard rather than to a patch that is
    /// passed on, and serves every patch that has a node and a knob of this name.
    pub(crate) controllers: Vec<Controller>,
}

/// Where a window is on the screen, in points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct WindowPlace {
    /// Width and height of what is inside.
    pub(crate) size: [f32; 2],
    /// The left top of the frame, where the system tells.
    pub(crate) at: Option<[f32; 2]>,
    /// Whether it fills the screen; then the size is that of before, if it is known.
    pub(crate) is_maximized: bool,
}

impl WindowPlace {
    /// The place, if a window can be there.
    pub(crate) fn usable(self) -> Option<Self> {
        let is_size = |length: f32| (200.0..=16_384.0).contains(&length);
        let is_place = |at: &[f32; 2]| at.iter().all(|at| (-8_192.0..=16_384.0).contains(at));
        self.size
            .iter()
            .all(|length| is_size(*length))
            .then_some(Self { at: self.at.filter(is_place), ..self })
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct SoundSettings {
    host: Option<String>,
    output: Option<String>,
    input: Option<String>,
    sample_rate: Option<u32>,
    block: Option<u32>,
}

/// A controller and the knob it turns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Controller {
    /// Channel, 0 to 15.
    pub(crate) channel: u8,
    /// Number of the controller, 0 to 119.
    pub(crate) number: u8,
    /// Id of the node.
    pub(crate) node: String,
    /// Name of the input.
    pub(crate) input: String,
}

impl Settings {
    /// The settings of an earlier run, nothing at all the first time; and what to tell about a file that
    /// could not be read.
    pub(crate) fn load() -> (Self, Option<String>) {
        file().map(|file| Self::read(&file)).unwrap_or_default()
    }

    fn read(file: &Path) -> (Self, Option<String>) {
        let is_ours = fs::metadata(file).is_ok_and(|data| data.is_file() && data.len() <= MOST_BYTES);
        let text = if is_ours { fs::read(file).unwrap_or_default() } else { Vec::new() };
        let read = serde_json::from_slice::<Self>(&text);
        let told = read.is_err().then(|| put_aside(file)).flatten();
        let mut settings = read.unwrap_or_default();
        settings.recent.truncate(RECENT);
        settings.recent_types.truncate(RECENT_TYPES);
        (settings, told)
    }

    /// Keeps it for the next run.
    pub(crate) fn save(&self) -> Result<(), String> {
        let Some(file) = file() else { return Ok(()) };
        self.write(&file)
    }

    fn write(&self, file: &Path) -> Result<(), String> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)
                .map_err(|error| format!("can't keep settings in '{}': {error}", folder.display()))?;
        }
        let text = serde_json::to_vec_pretty(self).map_err(|error| error.to_string())?;
        atomic_write(file, &text).map_err(|error| error.to_string())
    }

    /// The preferences in it.
    pub(crate) fn preferences(&self) -> Preferences {
        let theme = Theme::ALL.into_iter().find(|theme| theme.name() == self.theme).unwrap_or_default();
        let scale = self.scale.filter(|scale| (0.5..=3.0).contains(scale)).unwrap_or(1.0);
        let volume = self.volume.filter(|volume| (-60.0..=0.0).contains(volume)).unwrap_or(0.0);
        let SoundSettings { host, output, input, sample_rate, block } = self.sound.clone();
        let sample_rate = sample_rate.filter(|rate| (8_000..=384_000).contains(rate));
        let block = block.filter(|block| (1..=65_536).contains(block));
        let sound = SoundPreferences { host, output, input, sample_rate, block };
        let (midi_inputs, midi_output) = (self.midi_inputs.clone(), self.midi_output.clone());
        Preferences { theme, scale, volume, sound, midi_inputs, midi_output }
    }

    /// Takes in what a person prefers.
    pub(crate) fn set_preferences(&mut self, preferences: &Preferences) {
        let SoundPreferences { host, output, input, sample_rate, block } = preferences.sound.clone();
        preferences.theme.name().clone_into(&mut self.theme);
        self.scale = Some(preferences.scale);
        self.volume = Some(preferences.volume);
        self.sound = SoundSettings { host, output, input, sample_rate, block };
        self.midi_inputs.clone_from(&preferences.midi_inputs);
        self.midi_output.clone_from(&preferences.midi_output);
    }

    /// Notes that a patch was opened or saved.
    pub(crate) fn note_recent(&mut self, path: &Path) {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        self.recent.retain(|other| *other != path);
        self.recent.insert(0, path);
        self.recent.truncate(RECENT);
    }

    /// Lets a controller turn a knob, and nothing else.
    pub(crate) fn bind(&mut self, new: Controller) {
        self.controllers.retain(|old| {
            let same_controller = (old.channel, old.number) == (new.channel, new.number);
            let same_knob = (&old.node, &old.input) == (&new.node, &new.input);
            !same_controller && !same_knob
        });
        self.controllers.push(new);
    }

    /// Lets no controller turn a knob. False when none did.
    pub(crate) fn unbind(&mut self, node: &str, input: &str) -> bool {
        let before = self.controllers.len();
        self.controllers.retain(|old| (old.node.as_str(), old.input.as_str()) != (node, input));
        self.controllers.len() < before
    }
}

/// Puts a damaged file aside, under a name that is free; what to tell of it. Nothing if there is none.
fn put_aside(file: &Path) -> Option<String> {
    if !file.exists() {
        return None;
    }
    let name = |number: u32| file.with_extension(format!("damaged-{number}.json"));
    let place = (1..1000).map(name).find(|place| !place.exists())?;
    fs::rename(file, &place).ok()?;
    Some(format!("The settings could not be read; they are kept as '{}'.", place.display()))
}

fn folders() -> Option<ProjectDirs> {
    ProjectDirs::from("", "", "jackfield")
}

fn file() -> Option<PathBuf> {
    folders().map(|folders| folders.config_dir().join("settings.json"))
}

/// Where journals lie.
pub(crate) fn state_folder() -> Option<PathBuf> {
    folders().map(|folders| folders.state_dir().unwrap_or_else(|| folders.data_local_dir()).to_owned())
}

/// Where the folders with the files of patches lie that are saved nowhere.
pub(crate) fn unsaved_folder() -> PathBuf {
    state_folder().map_or_else(std::env::temp_dir, |folder| folder.join("unsaved"))
}

/// Where it is noted what is being recorded, so that a crash is noticed.
pub(crate) fn recording_notes() -> Option<RecordingNotes> {
    state_folder().map(|folder| RecordingNotes::in_folder(folder.join("recordings")))
}

/// The recordings that a crash has cut off; they are whole now.
pub(crate) fn recovered_recordings() -> Vec<RecoveredRecording> {
    recording_notes().map(|notes| notes.recover()).unwrap_or_default()
}

/// Where recordings go: the person's music, or else their home, or else here.
pub(crate) fn recordings_folder() -> PathBuf {
    let user = UserDirs::new();
    let music = user.as_ref().and_then(|user| user.audio_dir()).filter(|folder| folder.is_dir());
    let home = user.as_ref().map(|user| user.home_dir()).filter(|folder| folder.is_dir());
    music.or(home).map_or_else(|| PathBuf::from("."), Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("deep/settings.json");
        let mut settings = Settings::default();
        settings.set_preferences(&Preferences {
            theme: Theme::Light,
            scale: 1.5,
            volume: -12.0,
            sound: SoundPreferences { block: Some(128), ..SoundPreferences::default() },
            midi_inputs: Some(vec!["Keys".to_owned()]),
            midi_output: Some("Drums".to_owned()),
        });
        for number in 0..20 {
            settings.note_recent(Path::new(&format!("/tmp/{}.jack", number % 18)));
        }
        settings.write(&file).expect("the file can be written");
        let (back, told) = Settings::read(&file);
        assert_eq!(told, None);
        assert_eq!(back, settings);
        assert_eq!(back.preferences().theme, Theme::Light);
        assert_eq!(back.recent.len(), RECENT);
        assert_eq!(back.recent[0], Path::new("/tmp/1.jack"));
    }

    #[test]
    fn nonsense_is_forgotten() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("settings.json");
        assert_eq!(Settings::read(&file), (Settings::default(), None), "the first time");
        for (number, text) in ["", "{", "[1]", r#"{"theme": 7}"#].into_iter().enumerate() {
            fs::write(&file, text).expect("the file can be written");
            let (settings, told) = Settings::read(&file);
            assert_eq!(settings, Settings::default(), "{text}");
            // A person may have written a good deal of it by hand.
            let kept = folder.path().join(format!("settings.damaged-{}.json", number + 1));
            assert_eq!(fs::read_to_string(&kept).expect("it is kept"), text);
            assert!(told.is_some_and(|told| told.contains(&*kept.to_string_lossy())));
        }
        fs::write(&file, r#"{"scale": 90, "sound": {"sample_rate": 3}, "new": 1}"#).expect("written");
        assert_eq!(Settings::read(&file).0.preferences(), Preferences::default());
    }

    #[test]
    fn a_window_that_nobody_could_reach_is_forgotten() {
        let place = WindowPlace { size: [900.0, 700.0], at: Some([20.0, 40.0]), is_maximized: false };
        assert_eq!(place.usable(), Some(place));
        assert_eq!(WindowPlace { size: [1.0, 700.0], ..place }.usable(), None);
        assert_eq!(WindowPlace { size: [f32::NAN, 700.0], ..place }.usable(), None);
        let nowhere = WindowPlace { at: Some([f32::INFINITY, 0.0]), ..place };
        assert_eq!(nowhere.usable().map(|place| place.at), Some(None));
    }

    #[test]
    fn a_controller_turns_one_knob() {
        let controller = |number, node: &str| Controller {
            channel: 0,
            number,
            node: node.to_owned(),
            input: "cutoff".to_owned(),
        };
        let mut settings = Settings::default();
        settings.bind(controller(74, "a"));
        settings.bind(controller(74, "b"));
        settings.bind(controller(75, "b"));
        assert_eq!(settings.controllers, [controller(75, "b")]);
        assert!(settings.unbind("b", "cutoff") && !settings.unbind("b", "cutoff"));
    }
}
