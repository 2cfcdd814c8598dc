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

/// A MIDI message of a recording, and when it happens there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimedMidi {
    /// Frames from the start of the recording.
    pub frame: u64,
    /// Status byte first; messages of two bytes end with 0.
    pub midi: Midi,
}
