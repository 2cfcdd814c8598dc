//! Events: MIDI and automation, stamped with the frame at which they happen.

use jackfield_node::{Midi, TransportChange};

/// A MIDI message at a frame of the executor's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScheduledMidi {
    /// Frames since the executor began. One that has passed plays at once.
    pub frame: u64,
    /// The message.
    pub midi: Midi,
}

/// What travels from the session to the executor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ScheduledCommand {
    pub(crate) frame: u64,
    pub(crate) command: Command,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Command {
    Midi(Midi),
    /// The transport changes.
    Transport(TransportChange),
    /// A parameter, by serial, gets a new target.
    Param {
        serial: u32,
        value: f32,
    },
}
