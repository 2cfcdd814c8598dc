//! Messages between the window and the audio controller.

use jackfield_editor::{DeviceOffer, SoundPreferences};
use jackfield_engine::{Executor, ScheduledMidi, Session};
use jackfield_io::Recorded;
use jackfield_node::Knob;
use std::path::PathBuf;
use std::sync::Arc;

/// What the window asks of the audio controller.
pub(crate) enum AudioCommand {
    /// Play on this device from now on.
    UseDevice(SoundPreferences),
    /// Start or stop the device.
    Run(bool),
    /// Play the document with this executor, made for this many frames per second.
    Play(Box<(Executor, u32)>),
    /// The document's session has a new plan. Matters while no device runs.
    PlanChanged,
    /// Play another patch in place of the document, with these notes.
    Preview(Box<PreviewSession>),
    /// Play the document again.
    EndPreview,
    /// Open these MIDI inputs, by name; all there are without names.
    OpenMidi(Option<Vec<String>>),
    /// Send what patches play to this MIDI output, by name; to none without a name.
    OpenMidiOutput(Option<String>),
    /// Say what devices and MIDI ports there are.
    FindDevices,
    /// Report the next controller that moves, or no longer.
    Learn(bool),
    /// Let controllers turn knobs of the document.
    Bind(Vec<KnobBinding>),
    /// Play the notes of a MIDI file, whose frames count from now.
    Notes(Vec<ScheduledMidi>),
    /// Let go of all notes, and fall silent until the transport starts or somebody plays a note.
    Panic,
    /// Sound again after a panic.
    Resume,
    /// Play everything by this factor, 0 to 1.
    Volume(f32),
    /// Record what plays to this WAV file.
    Record(PathBuf),
    /// End the recording.
    EndRecording,
    /// Fall silent and end.
    End,
}

/// A patch that plays for a while in place of the document.
pub(crate) struct PreviewSession {
    /// Its session.
    pub(crate) session: Session,
    /// What plays it.
    pub(crate) executor: Executor,
    /// What plays on it, in case it waits for notes.
    pub(crate) notes: Vec<ScheduledMidi>,
}

/// A controller and the knob it turns.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KnobBinding {
    /// Channel, 0 to 15.
    pub(crate) channel: u8,
    /// Number of the controller.
    pub(crate) controller: u8,
    /// Id of the node.
    pub(crate) node: Arc<str>,
    /// Name of the input.
    pub(crate) input: Arc<str>,
    /// The knob, for its range.
    pub(crate) knob: Knob,
}

/// What the audio controller tells the window.
#[derive(Debug)]
pub(crate) enum AudioEvent {
    /// A device was opened. It starts once an executor of its rate is there.
    Opened(Opened),
    /// The device has started or stopped.
    Running(bool),
    /// Something a person should know.
    Notice(String),
    /// Something that went wrong.
    Error(String),
    /// What there is to choose from.
    Found(Found),
    /// A controller moved while one was to be learned: channel and number.
    Learned(u8, u8),
    /// A controller turned a knob of the document.
    Turned(TurnedKnob),
    /// A recording has ended.
    Recorded(PathBuf, Recorded),
}

/// A knob that a controller has turned.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TurnedKnob {
    /// Id of the node.
    pub(crate) node: Arc<str>,
    /// Name of the input.
    pub(crate) input: Arc<str>,
    /// The shown value.
    pub(crate) value: f32,
    /// Whether the document's session sets it by itself, on the frame of the controller's message.
    pub(crate) is_scheduled: bool,
}

/// What there is to choose from.
#[derive(Debug)]
pub(crate) struct Found {
    /// Sound devices.
    pub(crate) devices: Vec<DeviceOffer>,
    /// MIDI inputs, by name.
    pub(crate) midi_inputs: Vec<String>,
    /// MIDI outputs, by name.
    pub(crate) midi_outputs: Vec<String>,
}

/// A device as it was opened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Opened {
    /// The sound system.
    pub(crate) host: String,
    /// The device.
    pub(crate) name: String,
    /// Frames per second.
    pub(crate) sample_rate: u32,
    /// Frames per callback.
    pub(crate) block: u32,
    /// Whether it is none at all: it keeps time, and nobody hears it.
    pub(crate) is_silent: bool,
}

/// What is measured all the time.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Measurements {
    /// Load that 99 % of the callbacks of the last second stayed below.
    pub(crate) load: f32,
    /// Callbacks that came too late, and gaps the device tells of.
    pub(crate) overruns: u64,
    /// Seconds recorded, while a recording runs.
    pub(crate) recorded: Option<f32>,
    /// The largest magnitudes that left on the first two channels lately.
    pub(crate) peaks: [f32; 2],
    /// Whether everything is silent after a panic.
    pub(crate) is_silenced: bool,
}
