//! MIDI outputs: lists the ports, opens one, and sends the messages of a patch's nodes to it.

use crate::held_notes::HeldNotes;
use crate::midi_ports::{self, CLIENT, MidiPortError};
use jackfield_node::Midi;
use midir::{MidiOutput, MidiOutputConnection};

/// An open MIDI output. Dropping it ends its notes and closes the port.
pub struct MidiSender {
    name: String,
    connection: MidiOutputConnection,
    held: HeldNotes,
    lost: u64,
}

impl MidiSender {
    /// Opens the first port whose name is or contains `name`.
    ///
    /// # Errors
    ///
    /// Where the system has no MIDI, no such port, or refuses it. Control thread: it may block.
    pub fn open(name: &str) -> Result<Self, MidiPortError> {
        let output = midi_ports::client(MidiOutput::new)?;
        let (port, name) = midi_ports::find(&output, name)?;
        let connection = output
            .connect(&port, CLIENT)
            .map_err(|error| MidiPortError::Refused { name: name.clone(), reason: error.to_string() })?;
        Ok(Self { name, connection, held: HeldNotes::default(), lost: 0 })
    }

    /// The port's full name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Sends a message now. What the port does not take is counted, not tried again: a late note is worse
    /// than none.
    pub fn send(&mut self, midi: Midi) {
        self.held.note(midi);
        self.lost += u64::from(self.connection.send(whole(&midi)).is_err());
    }

    /// Ends all notes that were begun.
    pub fn release(&mut self) {
        for midi in self.held.release() {
            self.send(midi);
        }
    }

    /// Messages the port did not take.
    pub fn lost(&self) -> u64 {
        self.lost
    }
}

impl Drop for MidiSender {
    fn drop(&mut self) {
        self.release();
    }
}

/// The names of all MIDI outputs.
///
/// # Errors
///
/// Where the system has no MIDI. Control thread.
pub fn list() -> Result<Vec<String>, MidiPortError> {
    Ok(midi_ports::names(&midi_ports::client(MidiOutput::new)?))
}

/// The bytes that belong to a message: program changes and channel pressure have two.
fn whole(midi: &Midi) -> &[u8] {
    match midi[0] {
        0xc0..=0xdf => &midi[..2],
        _ => midi,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_their_length() {
        assert_eq!(whole(&[0x91, 60, 100]), [0x91, 60, 100]);
        assert_eq!(whole(&[0xc3, 7, 0]), [0xc3, 7]);
        assert_eq!(whole(&[0xd0, 90, 0]), [0xd0, 90]);
        assert_eq!(whole(&[0xe0, 0, 64]), [0xe0, 0, 64]);
    }

    #[test]
    fn without_midi_the_error_is_clear() {
        let error = MidiSender::open("no such port").err().expect("there is no such port");
        assert!(matches!(error, MidiPortError::NoMidi { .. } | MidiPortError::UnknownPort { .. }), "{error}");
    }
}
