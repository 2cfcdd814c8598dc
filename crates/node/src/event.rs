//! Events: MIDI messages at an exact frame.

/// A MIDI channel voice message of up to three bytes; the status byte comes first.
pub type Midi = [u8; 3];

/// A MIDI message and when it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Frames from the start of the block the node is computing.
    pub frame: usize,
    /// The message.
    pub midi: Midi,
}
