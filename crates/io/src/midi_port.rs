//! MIDI keyboards: lists the input ports, opens one, and sends its messages to another thread.
//!
//! The sound system's MIDI thread pushes into a ring buffer and never waits. Only channel messages
//! pass: notes, controllers, pressure, programs, pitch bend. Clock, active sensing and system
//! exclusive messages are dropped.

use crate::midi_ports::{self, CLIENT, MidiPortError};
use jackfield_node::Midi;
use midir::{MidiInput, MidiInputConnection};
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Messages that wait for the audio thread. More than a MIDI cable carries in two seconds.
const PENDING: usize = 2048;

/// A message and when it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceivedMidi {
    /// When the MIDI thread got it.
    pub at: Instant,
    /// Status byte first; messages of two bytes end with 0.
    pub midi: Midi,
}

/// An open MIDI input. Dropping it closes the port.
pub struct MidiPort {
    name: String,
    lost: Arc<AtomicU64>,
    _connection: MidiInputConnection<Inlet>,
}

impl MidiPort {
    /// Opens the first port whose name is or contains `name`. Messages wait in the consumer.
    ///
    /// # Errors
    ///
    /// Where the system has no MIDI, no such port, or refuses it. Control thread: it may block.
    pub fn open(name: &str) -> Result<(Self, Consumer<ReceivedMidi>), MidiPortError> {
        Self::open_and_wake(name, || {})
    }

    /// Like [`open`](Self::open); `wake` is called on the MIDI thread after each message, so it must not
    /// block: it may unpark a thread.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn open_and_wake(
        name: &str,
        wake: impl Fn() + Send + 'static,
    ) -> Result<(Self, Consumer<ReceivedMidi>), MidiPortError> {
        let input = midi_ports::client(MidiInput::new)?;
        let (port, name) = midi_ports::find(&input, name)?;
        let (producer, consumer) = RingBuffer::new(PENDING);
        let lost = Arc::new(AtomicU64::new(0));
        let inlet = Inlet { producer, lost: lost.clone() };
        let connection = input
            .connect(
                &port,
                CLIENT,
                move |_, bytes, inlet| {
                    inlet.receive(Instant::now(), bytes);
                    wake();
                },
                inlet,
            )
            .map_err(|error| MidiPortError::Refused { name: name.clone(), reason: error.to_string() })?;
        Ok((Self { name, lost, _connection: connection }, consumer))
    }

    /// The port's full name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Messages that found no room, because nobody took them.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

/// The names of all MIDI inputs.
///
/// # Errors
///
/// Where the system has no MIDI. Control thread.
pub fn list() -> Result<Vec<String>, MidiPortError> {
    Ok(midi_ports::names(&midi_ports::client(MidiInput::new)?))
}

/// The MIDI thread's end.
struct Inlet {
    producer: Producer<ReceivedMidi>,
    lost: Arc<AtomicU64>,
}

impl Inlet {
    fn receive(&mut self, at: Instant, bytes: &[u8]) {
        if let Some(midi) = channel_message(bytes)
            && self.producer.push(ReceivedMidi { at, midi }).is_err()
        {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The bytes as a channel message, if they are one.
fn channel_message(bytes: &[u8]) -> Option<Midi> {
    let data = |byte: u8| byte < 0x80;
    match *bytes {
        [status @ (0x80..=0xbf | 0xe0..=0xef), first, second] if data(first) && data(second) => {
            Some([status, first, second])
        }
        [status @ 0xc0..=0xdf, first] if data(first) => Some([status, first, 0]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_channel_messages_pass() {
        assert_eq!(channel_message(&[0x93, 60, 100]), Some([0x93, 60, 100]));
        assert_eq!(channel_message(&[0xc0, 5]), Some([0xc0, 5, 0]));
        assert_eq!(channel_message(&[0xd1, 6]), Some([0xd1, 6, 0]));
        assert_eq!(channel_message(&[0xe2, 0, 64]), Some([0xe2, 0, 64]));
        for other in
            [&[][..], &[0x90], &[0x90, 60], &[0x90, 60, 200], &[0xf8], &[0xf0, 1, 0xf7], &[60, 60, 60]]
        {
            assert_eq!(channel_message(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_full_ring_loses_messages_and_counts_them() {
        let (producer, mut consumer) = RingBuffer::new(2);
        let lost = Arc::new(AtomicU64::new(0));
        let mut inlet = Inlet { producer, lost: lost.clone() };
        let at = Instant::now();
        assert!(jackfield_testkit::allocation::is_installed());
        let ((), violations) = jackfield_testkit::allocation::count(|| {
            for key in 0..5 {
                inlet.receive(at, &[0x90, key, 1]);
                inlet.receive(at, &[0xfe]);
            }
        });
        assert_eq!(violations, 0, "the MIDI thread touches no heap");
        assert_eq!(consumer.pop(), Ok(ReceivedMidi { at, midi: [0x90, 0, 1] }));
        assert_eq!(lost.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn without_midi_the_error_is_clear() {
        match list() {
            Ok(names) => {
                let error = MidiPort::open("no such port").err().unwrap();
                assert_eq!(error, MidiPortError::UnknownPort { name: "no such port".into(), known: names });
            }
            Err(error) => assert!(error.to_string().starts_with("no MIDI on this system ("), "{error}"),
        }
    }
}
