//! Settings: choices that are no signal. Changing one recompiles the patch.

use crate::ConfigError;

/// A setting of a node type.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Position in the spec's list; a const check keeps it right.
    pub index: usize,
    /// The name in files and on screen: lower case, words joined by `_`.
    pub name: &'static str,
    /// What can be chosen, and the start value.
    pub kind: SettingKind,
    /// One sentence for people.
    pub help: &'static str,
    /// Whether a change is heard as a burst of treble, because something in the node starts anew.
    pub restarts: bool,
}

/// What a setting can hold.
#[derive(Clone, Copy, Debug)]
pub enum SettingKind {
    /// One of these names; the start value is a position in the list.
    Choice(&'static [&'static str], usize),
    /// A whole number: smallest, largest, start value.
    Count(u32, u32, u32),
    /// On or off.
    Toggle(bool),
    /// A file of this kind that the patch refers to, by a path relative to the patch. Empty: none.
    File(FileKind),
    /// Free text, at most [`SettingValue::MAX_TEXT`] bytes.
    Text(&'static str),
    /// A row of numbers: smallest and largest entry, start value. 1 to [`SettingValue::MAX_STEPS`].
    Steps(f32, f32, &'static [f32]),
}

/// What a file holds that a setting names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Recorded sound.
    Sound,
    /// Notes: a Standard MIDI File.
    Midi,
    /// A scale: a Scala file.
    Scale,
    /// Which key plays which note of a scale: a keyboard map of Scala.
    KeyboardMap,
}

impl FileKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Sound, Self::Midi, Self::Scale, Self::KeyboardMap];

    /// What people call such a file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sound => "sound file",
            Self::Midi => "MIDI file",
            Self::Scale => "Scala file",
            Self::KeyboardMap => "keyboard map",
        }
    }

    /// Endings of the names of such files, in small letters.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Sound => &[
                "wav", "wave", "bwf", "rf64", "w64", "flac", "aiff", "aif", "aifc", "mp3", "ogg", "oga",
                "m4a", "aac", "caf",
            ],
            Self::Midi => &["mid", "midi"],
            Self::Scale => &["scl"],
            Self::KeyboardMap => &["kbm"],
        }
    }
}

/// What a setting holds in one node.
#[derive(Clone, Debug, PartialEq)]
pub enum SettingValue {
    /// A position in the list of choices.
    Choice(usize),
    /// A whole number.
    Count(u32),
    /// On or off.
    Toggle(bool),
    /// A path relative to the patch.
    File(String),
    /// Free text.
    Text(String),
    /// A row of numbers.
    Steps(Vec<f32>),
}

impl SettingValue {
    /// Longest text or path, in bytes.
    pub const MAX_TEXT: usize = 4096;
    /// Longest row of numbers.
    pub const MAX_STEPS: usize = 256;
}

impl Setting {
    /// A setting whose change is heard for a moment, because something in the node starts anew. The help says
    /// so.
    pub const fn that_restarts(mut self) -> Self {
        self.restarts = true;
        self
    }

    /// One of `names`; see [`choices!`](crate::choices) for an enum of them.
    ///
    /// # Panics
    ///
    /// When `default` is not a position in the list; in a const, while compiling.
    pub const fn choice(
        index: usize,
        name: &'static str,
        names: &'static [&'static str],
        default: usize,
        help: &'static str,
    ) -> Self {
        assert!(default < names.len(), "the default is one of the choices");
        Self { index, name, kind: SettingKind::Choice(names, default), help, restarts: false }
    }

    /// A whole number in `min..=max`.
    ///
    /// # Panics
    ///
    /// When `default` lies outside; in a const, while compiling.
    pub const fn count(
        index: usize,
        name: &'static str,
        min: u32,
        max: u32,
        default: u32,
        help: &'static str,
    ) -> Self {
        assert!(min <= default && default <= max, "the default lies in the range");
        Self { index, name, kind: SettingKind::Count(min, max, default), help, restarts: false }
    }

    /// On or off.
    pub const fn toggle(index: usize, name: &'static str, default: bool, help: &'static str) -> Self {
        Self { index, name, kind: SettingKind::Toggle(default), help, restarts: false }
    }

    /// A file of a kind.
    pub const fn file(index: usize, name: &'static str, kind: FileKind, help: &'static str) -> Self {
        Self { index, name, kind: SettingKind::File(kind), help, restarts: false }
    }

    /// Free text.
    pub const fn text(index: usize, name: &'static str, default: &'static str, help: &'static str) -> Self {
        Self { index, name, kind: SettingKind::Text(default), help, restarts: false }
    }

    /// A row of numbers, each in `min..=max`.
    pub const fn steps(
        index: usize,
        name: &'static str,
        min: f32,
        max: f32,
        default: &'static [f32],
        help: &'static str,
    ) -> Self {
        Self { index, name, kind: SettingKind::Steps(min, max, default), help, restarts: false }
    }
}

impl SettingKind {
    /// The value of a new node.
    pub fn default_value(&self) -> SettingValue {
        match *self {
            Self::Choice(_, default) => SettingValue::Choice(default),
            Self::Count(_, _, default) => SettingValue::Count(default),
            Self::Toggle(default) => SettingValue::Toggle(default),
            Self::File(_) => SettingValue::File(String::new()),
            Self::Text(default) => SettingValue::Text(default.to_owned()),
            Self::Steps(_, _, default) => SettingValue::Steps(default.to_vec()),
        }
    }

    /// Whether `value` is of this kind and within its limits.
    pub fn accepts(&self, value: &SettingValue) -> bool {
        match (self, value) {
            (Self::Choice(names, _), SettingValue::Choice(index)) => *index < names.len(),
            (Self::Count(min, max, _), SettingValue::Count(count)) => (min..=max).contains(&count),
            (Self::Toggle(_), SettingValue::Toggle(_)) => true,
            (Self::File(_), SettingValue::File(text)) | (Self::Text(_), SettingValue::Text(text)) => {
                text.len() <= SettingValue::MAX_TEXT
            }
            (Self::Steps(min, max, _), SettingValue::Steps(steps)) => {
                (1..=SettingValue::MAX_STEPS).contains(&steps.len())
                    && steps.iter().all(|step| (min..=max).contains(&step))
            }
            _ => false,
        }
    }
}

/// The settings of one node, one value for each setting of its type, in the spec's order.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Settings(Vec<SettingValue>);

impl Settings {
    /// The settings of a new node of a type with this list.
    pub fn defaults(list: &[Setting]) -> Self {
        Self(list.iter().map(|setting| setting.kind.default_value()).collect())
    }

    /// All values in the spec's order.
    pub fn values(&self) -> &[SettingValue] {
        &self.0
    }

    /// Puts a value in. Control thread.
    ///
    /// # Errors
    ///
    /// Gives the value back when it does not fit the setting, or these are the settings of another node type.
    pub fn set(&mut self, setting: &Setting, value: SettingValue) -> Result<(), SettingValue> {
        match self.0.get_mut(setting.index) {
            Some(place) if setting.kind.accepts(&value) => {
                *place = value;
                Ok(())
            }
            _ => Err(value),
        }
    }

    /// The value of a setting, or an error naming it when the list was built for another node type.
    fn value(&self, setting: &Setting) -> Result<&SettingValue, ConfigError> {
        self.0.get(setting.index).ok_or(ConfigError::Setting { setting: setting.name })
    }

    /// The position of the chosen name; see [`chosen`](Self::chosen) for the choice itself. Control thread.
    ///
    /// # Errors
    ///
    /// When the setting is no choice, or these are the settings of another node type.
    pub fn choice(&self, setting: Setting) -> Result<usize, ConfigError> {
        match self.value(&setting)? {
            SettingValue::Choice(index) => Ok(*index),
            _ => Err(ConfigError::Setting { setting: setting.name }),
        }
    }

    /// The whole number. Control thread.
    ///
    /// # Errors
    ///
    /// When the setting is no count, or these are the settings of another node type.
    pub fn count(&self, setting: Setting) -> Result<u32, ConfigError> {
        match self.value(&setting)? {
            SettingValue::Count(count) => Ok(*count),
            _ => Err(ConfigError::Setting { setting: setting.name }),
        }
    }

    /// On or off. Control thread.
    ///
    /// # Errors
    ///
    /// When the setting is no toggle, or these are the settings of another node type.
    pub fn toggle(&self, setting: Setting) -> Result<bool, ConfigError> {
        match self.value(&setting)? {
            SettingValue::Toggle(on) => Ok(*on),
            _ => Err(ConfigError::Setting { setting: setting.name }),
        }
    }

    /// The path, or the text. Control thread.
    ///
    /// # Errors
    ///
    /// When the setting is neither file nor text, or these are the settings of another node type.
    pub fn text(&self, setting: Setting) -> Result<&str, ConfigError> {
        match self.value(&setting)? {
            SettingValue::Text(text) | SettingValue::File(text) => Ok(text),
            _ => Err(ConfigError::Setting { setting: setting.name }),
        }
    }

    /// The row of numbers. Control thread.
    ///
    /// # Errors
    ///
    /// When the setting has no row, or these are the settings of another node type.
    pub fn steps(&self, setting: Setting) -> Result<&[f32], ConfigError> {
        match self.value(&setting)? {
            SettingValue::Steps(steps) => Ok(steps),
            _ => Err(ConfigError::Setting { setting: setting.name }),
        }
    }
}
