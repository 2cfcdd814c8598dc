//! The host: what the editor needs from the world, and what it asks of it.

use crate::settings::Preferences;
use jackfield_node::Midi;
use jackfield_patch::{CableEnds, Patch};
use std::path::PathBuf;
use std::sync::Arc;

/// The world around the editor: it plays the patch and tells how it sounds.
///
/// Every method has a default that does nothing, so a host implements what it has. All of them are called
/// from [`Editor::ui`](crate::Editor::ui), on the thread that owns the window, and mustn't block: the window
/// stands still as long as they take.
///
/// ```
/// use jackfield_editor::{Editor, Host};
/// use jackfield_patch::{Edit, Patch};
/// use std::sync::Arc;
///
/// /// A host that keeps the tempo of what it is to play.
/// #[derive(Default)]
/// struct Metronome(f32);
///
/// impl Host for Metronome {
///     fn play(&mut self, patch: &Patch) {
///         self.0 = patch.tempo;
///     }
/// }
///
/// let (mut editor, mut host) = (Editor::new(Arc::default()), Metronome::default());
/// editor.document_mut().edit(Edit::SetTempo(90.0))?;
/// let egui = egui::Context::default();
/// let mut frame = egui.run_ui(egui::RawInput::default(), |ui| drop(editor.ui(ui, &mut host)));
/// // A window would draw it and take over its textures.
/// frame.textures_delta.clear();
/// assert_eq!(host.0, 90.0);
/// # Ok::<(), jackfield_patch::EditError>(())
/// ```
pub trait Host {
    /// Plays this patch from now on. Called once for each frame in which the patch has changed in a way
    /// that can be heard, knobs excepted.
    fn play(&mut self, patch: &Patch) {
        let _ = patch;
    }

    /// Turns a knob. `shown` is the value as shown, within the knob's range.
    fn set_knob(&mut self, node: &str, input: &str, shown: f32) {
        let _ = (node, input, shown);
    }

    /// Says whose levels are wanted from now on, ordered and each once. Called when the list has changed.
    fn watch(&mut self, taps: &[Tap]) {
        let _ = taps;
    }

    /// Writes the levels now, in the order of the last [`watch`](Self::watch). What is not known stays 0.
    fn levels(&mut self, levels: &mut [Level]) {
        let _ = levels;
    }

    /// The latest samples of the tap at this position of the last [`watch`](Self::watch), oldest first.
    fn waveform(&mut self, tap: usize) -> &[f32] {
        let _ = tap;
        &[]
    }

    /// How many samples the tap at this position has brought so far: tells new samples from those seen
    /// before.
    fn received(&mut self, tap: usize) -> u64 {
        let _ = tap;
        0
    }

    /// The audio file at a path as patches write it, in short: the lowest and the highest sample of each of
    /// a few hundred stretches. Nothing while there is no such file.
    fn overview(&mut self, path: &str) -> Option<Overview> {
        let _ = path;
        None
    }

    /// Lets the device play this output instead of the patch; nothing: the patch again.
    fn listen(&mut self, output: Option<&Tap>) {
        let _ = output;
    }

    /// Plays a MIDI message at once, as if a keyboard had sent it.
    fn midi(&mut self, message: Midi) {
        let _ = message;
    }

    /// Measures the time of every node from now on, or no longer; that takes time itself.
    fn measure_nodes(&mut self, on: bool) {
        let _ = on;
    }

    /// What the compiler made of the patch.
    fn plan(&mut self) -> PlanFacts {
        PlanFacts::default()
    }

    /// How the engine is doing.
    fn status(&mut self) -> Status {
        Status::default()
    }

    /// Whether the host asks for a frame by itself when a level moves. Else the editor has to look.
    fn asks_for_frames(&self) -> bool {
        false
    }

    /// The transport, if there is one. [`Command::SetPlaying`] steers it; the tempo is the patch's.
    fn transport(&mut self) -> Option<Transport> {
        None
    }

    /// What there is to choose from: devices, MIDI ports, patches. Cheap: a copy of what was found last.
    fn offers(&mut self) -> Arc<Offers> {
        Arc::default()
    }
}

/// Lowest and highest sample of each stretch of a file.
pub type Overview = Arc<[[f32; 2]]>;

/// A host without sound: for looking at patches, and for tests.
#[derive(Clone, Copy, Debug, Default)]
pub struct NullHost;

impl Host for NullHost {}

/// An output whose level is wanted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tap {
    /// Id of the node.
    pub node: Arc<str>,
    /// Name of the output.
    pub output: Arc<str>,
    /// Whether its waveform is wanted too.
    pub waveform: bool,
}

/// The level of an output, all voices added.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Level {
    /// Largest magnitude since the last reading.
    pub peak: f32,
    /// Root mean square over about 50 ms.
    pub rms: f32,
    /// The latest sample.
    pub now: f32,
}

/// What the compiler made of the patch, for the overlays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlanFacts {
    /// Ids of the nodes in the order in which they compute; an unreachable node is missing.
    pub order: Vec<Arc<str>>,
    /// Cables that carry the sample before: the delay of their feedback loop.
    pub delayed: Vec<CableEnds>,
    /// The load of each node, while it is measured.
    pub loads: Vec<NodeLoad>,
    /// How many voices each node plays; an unreachable node is missing.
    pub voices: Vec<(Arc<str>, u32)>,
    /// Nodes that can't play, or that sound when they should not, and why.
    pub problems: Vec<(Arc<str>, String)>,
}

/// How much of the time there is a node takes.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeLoad {
    /// Id of the node.
    pub node: Arc<str>,
    /// Part of the whole load, 0 to 1.
    pub part: f32,
}

/// How the engine is doing, for the status bar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    /// Whether sound runs.
    pub running: bool,
    /// Load that 99 % of the callbacks stayed below; 1 is all the time there is.
    pub load: f32,
    /// Callbacks that came too late.
    pub overruns: u64,
    /// Frames per second; 0 when not known.
    pub sample_rate: f32,
    /// From a key to its sound, in seconds; 0 when not known.
    pub latency: f32,
    /// The device's name.
    pub device: String,
    /// Whether the device is none at all: it keeps time, and nobody hears it.
    pub is_silent: bool,
    /// Nodes that play.
    pub nodes: usize,
    /// Voices of all nodes that play.
    pub voices: usize,
    /// Seconds recorded so far, while a recording runs.
    pub recorded: Option<f32>,
    /// The largest magnitudes that have left on the left and right lately.
    pub peaks: [f32; 2],
    /// Whether everything is silent, by the mute button or after a panic.
    pub is_muted: bool,
    /// The knob that waits for a controller to move: node and input.
    pub learning: Option<(Arc<str>, Arc<str>)>,
}

/// How the transport stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transport {
    /// Whether it runs.
    pub playing: bool,
    /// Beats per minute.
    pub tempo: f32,
    /// Beats since the beginning.
    pub beat: f64,
}

/// What there is to choose from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Offers {
    /// Sound systems and their devices.
    pub devices: Vec<DeviceOffer>,
    /// MIDI inputs.
    pub midi_inputs: Vec<String>,
    /// MIDI outputs.
    pub midi_outputs: Vec<String>,
    /// What is chosen now.
    pub preferences: Preferences,
    /// Patches that come with the program.
    pub factory: Vec<FactoryPatch>,
    /// Patches opened or saved last, latest first.
    pub recent: Vec<PathBuf>,
    /// The factory patch that is being heard in place of the document.
    pub previewed: Option<Arc<str>>,
}

/// A sound device one can choose.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceOffer {
    /// The sound system, like `alsa`.
    pub host: String,
    /// What the sound system calls it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Whether it plays.
    pub plays: bool,
    /// Whether it records.
    pub records: bool,
}

/// A patch that comes with the program.
#[derive(Clone, Debug, PartialEq)]
pub struct FactoryPatch {
    /// Name of its file.
    pub name: Arc<str>,
    /// Title.
    pub title: Arc<str>,
    /// What it is good for.
    pub notes: Arc<str>,
    /// Words to find it by.
    pub tags: Vec<Arc<str>>,
}

/// What the editor wants done that only the program around it can do.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Begin a new patch.
    New,
    /// Let the person choose a patch to open.
    Open,
    /// Open this patch.
    OpenPath(PathBuf),
    /// Save the document where it came from; ask where if it came from nowhere.
    Save,
    /// Let the person choose where to save.
    SaveAs,
    /// Let the person choose a file for a `File` setting of a node.
    ChooseFile {
        /// Id of the node.
        node: Arc<str>,
        /// Name of the setting.
        setting: Arc<str>,
    },
    /// The next controller that moves turns this knob.
    LearnMidi {
        /// Id of the node.
        node: Arc<str>,
        /// Name of the input.
        input: Arc<str>,
    },
    /// The controllers that turn this knob let go of it.
    ForgetMidi {
        /// Id of the node.
        node: Arc<str>,
        /// Name of the input.
        input: Arc<str>,
    },
    /// Fall silent: let go of all notes, stop the transport, forget echoes and tails.
    Panic,
    /// Silence everything, or let it sound again.
    SetMuted(bool),
    /// Let the transport run, or stop it.
    SetPlaying(bool),
    /// The same, whichever it does not do now.
    TogglePlaying,
    /// Put the transport back to the beginning.
    Rewind,
    /// Open a patch that comes with the program, by name.
    OpenFactory(Arc<str>),
    /// Let a patch that comes with the program be heard in place of the document; nothing: the document.
    Preview(Option<Arc<str>>),
    /// Change what is kept between runs.
    Prefer(Box<Preferences>),
    /// Look again which devices, MIDI inputs and patches there are.
    FindDevices,
    /// Start or stop the sound device.
    SetRunning(bool),
    /// Start or stop recording to a file.
    SetRecording(bool),
    /// The same, whichever it does not do now.
    ToggleRecording,
    /// Close the program.
    Quit,
}
