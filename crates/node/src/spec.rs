//! The spec: everything a node type says of itself, declared once. It drives engine, editor, file
//! format, `jackfield nodes` and the manual.

use crate::{BlockNode, BlockTable, Input, LaneNode, LaneTable, Migration, Output, Setting};

/// Where a node type stands in the browser; also the first part of its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// Makes sound.
    Source,
    /// Shapes the spectrum.
    Filter,
    /// Makes control signals.
    Modulator,
    /// Shapes loudness.
    Dynamics,
    /// Changes sound.
    Effect,
    /// Adds, splits and routes.
    Mixing,
    /// Computes.
    Maths,
    /// Clocks, sequences and notes.
    Time,
    /// Measures and shows.
    Analysis,
    /// The world outside the patch.
    Device,
    /// Units of the library `fundsp`.
    Fundsp,
}

impl Category {
    /// All categories in the order they are shown.
    pub const ALL: [Self; 11] = [
        Self::Source,
        Self::Filter,
        Self::Modulator,
        Self::Dynamics,
        Self::Effect,
        Self::Mixing,
        Self::Maths,
        Self::Time,
        Self::Analysis,
        Self::Device,
        Self::Fundsp,
    ];

    /// The name in ids, folders and on screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Filter => "filter",
            Self::Modulator => "modulator",
            Self::Dynamics => "dynamics",
            Self::Effect => "effect",
            Self::Mixing => "mixing",
            Self::Maths => "maths",
            Self::Time => "time",
            Self::Analysis => "analysis",
            Self::Device => "device",
            Self::Fundsp => "fundsp",
        }
    }
}

/// What the editor draws in a node besides ports and knobs. A hint; nothing depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Face {
    /// Ports and knobs only.
    Plain,
    /// The waveform of the first output.
    Waveform,
    /// An oscilloscope of the first input.
    Scope,
    /// A level meter of the first input.
    Meter,
    /// The spectrum of the first input.
    Spectrum,
    /// The spectrum of the first input over time.
    Spectrogram,
    /// The second input drawn over the first.
    Xy,
    /// The note nearest to the first pitch output, and how far off it is, while the first gate output is
    /// open.
    Tuner,
    /// The loudness of the first input, and of the second as its right side, by ITU-R BS.1770.
    Loudness,
    /// The value of the first input as a number.
    Value,
    /// A piano keyboard.
    Keyboard,
    /// A grid of the first `Steps` setting.
    Steps,
    /// A file's waveform.
    File,
}

/// How many voices a node's outputs have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoiceSource {
    /// As many as the inputs that take `Each` voice bring.
    Follow,
    /// As many as this `Count` setting says: the node makes voices for everything behind it.
    Setting(usize),
}

/// How a node computes.
#[derive(Clone, Copy)]
pub enum NodeKind {
    /// In lanes.
    Lanes(LaneTable),
    /// On slices.
    Block(BlockTable),
}

/// A node type.
#[derive(Clone, Copy)]
pub struct NodeSpec {
    /// `category.name`, like its file; what patch files say. Never changes.
    pub id: &'static str,
    /// What `id` was in older files, which are still read.
    pub former_ids: &'static [&'static str],
    /// The name on screen.
    pub name: &'static str,
    /// Where it stands in the browser.
    pub category: Category,
    /// One line: what it is.
    pub summary: &'static str,
    /// What, why, and something to try.
    pub help: &'static str,
    /// Other words people look for.
    pub tags: &'static [&'static str],
    /// Counts up when files need a migration.
    pub version: u32,
    /// How files of older versions become files of this one.
    pub migrations: &'static [Migration],
    /// Inputs in order.
    pub inputs: &'static [Input],
    /// Outputs in order.
    pub outputs: &'static [Output],
    /// Settings in order.
    pub settings: &'static [Setting],
    /// What the editor draws in it.
    pub face: Face,
    /// How many voices its outputs have.
    pub voices: VoiceSource,
    /// Whether it is heard or seen without a cable behind it (a device output).
    pub is_sink: bool,
    /// Whether its sound is late by design, so that nothing waits for it: the delay is the effect.
    pub delays: bool,
    /// Whether what it does depends on its seed. Such a node keeps its seed in the file, and its dice can be
    /// rolled again.
    pub is_random: bool,
    /// Whether MIDI plays or moves it.
    pub hears_midi: bool,
    /// Whether it brings in what the sound device hears.
    pub hears_device: bool,
    /// Whether what it gets is heard on the sound device.
    pub plays_on_device: bool,
    /// Why a sound need not be as loud behind the node as before it: taking away is its job, for one. Without
    /// a reason it is, within 3 dB, at the node's defaults.
    pub changes_loudness: Option<&'static str>,
    /// Why its sound may stand off zero in the mean. Without a reason no source and nothing that shapes a
    /// sound does.
    pub has_offset: Option<&'static str>,
    /// Whether its sound is the same, bit for bit, on every machine and with every version of the program. A
    /// library that computes with the platform's functions can't promise that.
    pub has_equal_bits: bool,
    /// How it computes.
    pub kind: NodeKind,
}

impl NodeSpec {
    const fn new(id: &'static str, name: &'static str, category: Category, kind: NodeKind) -> Self {
        Self {
            id,
            former_ids: &[],
            name,
            category,
            summary: "",
            help: "",
            tags: &[],
            version: 1,
            migrations: &[],
            inputs: &[],
            outputs: &[],
            settings: &[],
            face: Face::Plain,
            voices: VoiceSource::Follow,
            is_sink: false,
            delays: false,
            is_random: false,
            hears_midi: false,
            hears_device: false,
            plays_on_device: false,
            changes_loudness: None,
            has_offset: None,
            has_equal_bits: true,
            kind,
        }
    }

    /// A node computed in lanes.
    pub const fn lanes<N: LaneNode>(id: &'static str, name: &'static str, category: Category) -> Self {
        Self::new(id, name, category, NodeKind::Lanes(LaneTable::of::<N>()))
    }

    /// A node computed on slices.
    pub const fn block<N: BlockNode>(id: &'static str, name: &'static str, category: Category) -> Self {
        Self::new(id, name, category, NodeKind::Block(BlockTable::of::<N>()))
    }

    /// One line: what it is.
    pub const fn summary(mut self, summary: &'static str) -> Self {
        self.summary = summary;
        self
    }

    /// What, why, and something to try.
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    /// Other words people look for.
    pub const fn tags(mut self, tags: &'static [&'static str]) -> Self {
        self.tags = tags;
        self
    }

    /// What the id was in older files. They are read as if they had the new one, and saved with it.
    pub const fn formerly(mut self, ids: &'static [&'static str]) -> Self {
        self.former_ids = ids;
        self
    }

    /// A version above 1, once the node's ports or settings have changed.
    pub const fn version(mut self, version: u32) -> Self {
        self.version = version;
        self
    }

    /// How files of older versions become files of this one, oldest first.
    pub const fn migrations(mut self, migrations: &'static [Migration]) -> Self {
        self.migrations = migrations;
        self
    }

    /// Inputs in order of their index.
    pub const fn inputs(mut self, inputs: &'static [Input]) -> Self {
        self.inputs = inputs;
        self
    }

    /// Outputs in order of their index.
    pub const fn outputs(mut self, outputs: &'static [Output]) -> Self {
        self.outputs = outputs;
        self
    }

    /// Settings in order of their index.
    pub const fn settings(mut self, settings: &'static [Setting]) -> Self {
        self.settings = settings;
        self
    }

    /// What the editor draws in it.
    pub const fn face(mut self, face: Face) -> Self {
        self.face = face;
        self
    }

    /// The node makes as many voices as this `Count` setting says.
    pub const fn makes_voices(mut self, setting: Setting) -> Self {
        self.voices = VoiceSource::Setting(setting.index);
        self
    }

    /// The node is heard without a cable behind it.
    pub const fn sink(mut self) -> Self {
        self.is_sink = true;
        self
    }

    /// All of the node's sound is late by design, and nothing waits for it: a swinging delay, grains of what
    /// was heard, a delay that a patch asks for. What is late because it has to be reports a latency instead,
    /// so that parallel paths are lined up.
    pub const fn that_delays(mut self) -> Self {
        self.delays = true;
        self
    }

    /// What the node does depends on its seed.
    pub const fn random(mut self) -> Self {
        self.is_random = true;
        self
    }

    /// MIDI plays or moves the node.
    pub const fn hears_midi(mut self) -> Self {
        self.hears_midi = true;
        self
    }

    /// The node brings in what the sound device hears.
    pub const fn hears_device(mut self) -> Self {
        self.hears_device = true;
        self
    }

    /// What the node gets is heard on the sound device, so it is heard without a cable behind it.
    pub const fn plays_on_device(mut self) -> Self {
        self.plays_on_device = true;
        self.sink()
    }

    /// Why a sound is louder or softer behind the node than before it, in a sentence.
    pub const fn that_changes_loudness(mut self, reason: &'static str) -> Self {
        self.changes_loudness = Some(reason);
        self
    }

    /// Why the node's sound may stand off zero in the mean, in a sentence. The help says so too.
    pub const fn with_offset(mut self, reason: &'static str) -> Self {
        self.has_offset = Some(reason);
        self
    }

    /// The node is outside the promise of [equal bits](Self::has_equal_bits).
    pub const fn without_equal_bits(mut self) -> Self {
        self.has_equal_bits = false;
        self
    }

    /// Checks, while compiling, that every handle stands at its own index and that the id begins with
    /// the category. Ends every spec.
    ///
    /// # Panics
    ///
    /// When anything of that is wrong: in a static, while compiling.
    pub const fn checked(self) -> Self {
        let (mut i, mut ports) = (0, self.inputs.len());
        while i < self.inputs.len() {
            assert!(self.inputs[i].index == i, "an input is out of order");
            if matches!(self.inputs[i].gathering, crate::Gathering::SideBySide) {
                assert!(
                    matches!(self.kind, NodeKind::Block(_)),
                    "only a block node hears voices side by side"
                );
                assert!(self.inputs[i].knob.is_none(), "an input of voices side by side has no knob");
                ports += Input::MOST_VOICES;
            }
            i += 1;
        }
        assert!(ports <= 64, "a node has at most 64 inputs, voices side by side included");
        let mut i = 0;
        while i < self.outputs.len() {
            assert!(self.outputs[i].index == i, "an output is out of order");
            if let Some(sync) = self.outputs[i].sync {
                assert!(matches!(self.outputs[sync].kind, crate::PortKind::Gate), "a sync output is a gate");
            }
            i += 1;
        }
        assert!(self.outputs.len() <= 64, "a node has at most 64 outputs");
        let mut i = 0;
        while i < self.settings.len() {
            assert!(self.settings[i].index == i, "a setting is out of order");
            i += 1;
        }
        let mut i = 0;
        while i < self.migrations.len() {
            assert!(self.migrations[i].from < self.version, "a migration leads to a version up to this one");
            assert!(i == 0 || self.migrations[i - 1].from < self.migrations[i].from, "oldest first");
            i += 1;
        }
        let (id, category) = (self.id.as_bytes(), self.category.name().as_bytes());
        assert!(id.len() > category.len() + 1 && id[category.len()] == b'.', "an id is category.name");
        let mut i = 0;
        while i < category.len() {
            assert!(id[i] == category[i], "an id begins with its category");
            i += 1;
        }
        assert!(!self.summary.is_empty(), "a node says what it is");
        if let VoiceSource::Setting(index) = self.voices {
            assert!(matches!(self.kind, NodeKind::Block(_)), "only a block node makes voices");
            assert!(
                matches!(self.settings[index].kind, crate::SettingKind::Count(1.., 2..=64, _)),
                "voices are a count of 1 to 64"
            );
            assert!(self.outputs.len() <= 16, "a node that makes voices has at most 16 outputs");
        }
        self
    }

    /// The input with this name.
    pub fn input(&self, name: &str) -> Option<&'static Input> {
        self.inputs.iter().find(|input| input.name == name)
    }

    /// The output with this name.
    pub fn output(&self, name: &str) -> Option<&'static Output> {
        self.outputs.iter().find(|output| output.name == name)
    }

    /// The output whose signal a cable from `output` into `input` carries: its sync output where the input
    /// can read that, or else itself.
    pub fn carried_output(&self, output: usize, input: &Input) -> usize {
        if input.is_sync { self.outputs[output].sync.unwrap_or(output) } else { output }
    }

    /// The setting with this name.
    pub fn setting(&self, name: &str) -> Option<&'static Setting> {
        self.settings.iter().find(|setting| setting.name == name)
    }
}

impl std::fmt::Debug for NodeSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NodeSpec({})", self.id)
    }
}
