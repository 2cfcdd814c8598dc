//! Everything that touches the outside world: sound devices, audio files, MIDI files and ports,
//! recording. The command line and the editor call it; nodes and the engine never do.
//!
//! The feature `devices`, on by default, is what needs a sound system: devices and MIDI ports. Without it
//! files are left, and nothing of the system is linked.
//!
//! Nothing here runs on the audio thread but what says so: the callbacks of [`device`] and the
//! [`record::Tap`].

#![forbid(unsafe_code)]
#![warn(clippy::missing_errors_doc, clippy::missing_panics_doc)]

pub mod assets;
pub mod atomic_file;
pub mod bundle;
mod chain;
mod coded;
mod container;
pub mod decode;
#[cfg(feature = "devices")]
pub mod device;
mod file_names;
#[cfg(feature = "devices")]
mod held_notes;
mod link;
mod loader;
mod long_file;
pub mod midi_file;
#[cfg(feature = "devices")]
pub mod midi_port;
#[cfg(feature = "devices")]
mod midi_ports;
#[cfg(feature = "devices")]
pub mod midi_sender;
mod packets;
mod pcm;
pub mod record;
pub mod resample;
mod seekable;
mod sinc;
pub mod temporary_folder;
pub mod wav;

pub use assets::AssetStore;
pub use atomic_file::{WriteError, atomic_write};
pub use decode::{DecodeError, Decoded, Limits, decode_bytes, decode_file};
pub use link::{LinkError, from_link, is_link, to_link};
pub use midi_file::{MidiFault, MidiFileError};
#[cfg(feature = "devices")]
pub use midi_port::{MidiPort, ReceivedMidi};
#[cfg(feature = "devices")]
pub use midi_ports::MidiPortError;
#[cfg(feature = "devices")]
pub use midi_sender::MidiSender;
pub use record::{RecordError, Recorded, Recorder, RecordingNotes, RecoveredRecording, Tap};
pub use resample::{ResampleError, resample};
pub use temporary_folder::TemporaryFolder;
pub use wav::{WavError, WavFormat, WavSpec, WavWriter};

/// Lets tests count what an audio thread must not do.
#[cfg(test)]
#[global_allocator]
static ALLOCATOR: jackfield_testkit::allocation::CountingAllocator =
    jackfield_testkit::allocation::CountingAllocator;
