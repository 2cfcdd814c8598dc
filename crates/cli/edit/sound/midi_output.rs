//! The MIDI output: sends what the nodes of the heard patch play to another instrument.

use jackfield_engine::Session;
use jackfield_io::{MidiPortError, MidiSender};
use std::time::Duration;

/// How often messages are sent while an output is open.
pub(super) const TICK: Duration = Duration::from_millis(2);

/// The chosen output, if it could be opened.
#[derive(Default)]
pub(super) struct MidiOutput(Option<MidiSender>);

impl MidiOutput {
    /// Closes what is open, and opens the output of this name.
    pub(super) fn open(&mut self, name: Option<&str>) -> Result<(), MidiPortError> {
        self.0 = None;
        self.0 = name.map(MidiSender::open).transpose()?;
        Ok(())
    }

    /// Whether one is open.
    pub(super) fn is_open(&self) -> bool {
        self.0.is_some()
    }

    /// Sends what the session's nodes have played. Without an output it is forgotten.
    pub(super) fn send(&mut self, session: &mut Session) {
        let played = session.sent_midi();
        if let Some(sender) = &mut self.0 {
            for message in played {
                sender.send(message.midi);
            }
        }
    }

    /// Ends all notes: the patch that began them is heard no longer.
    pub(super) fn release(&mut self) {
        if let Some(sender) = &mut self.0 {
            sender.release();
        }
    }
}
