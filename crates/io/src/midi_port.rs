//! MIDI keyboards: lists the input ports, opens one, and sends its messages to another thread.
//!
//! The sound system's MIDI thread pushes into a ring buffer and never waits. Only channel messages
//! pass: notes, controllers, pressure, programs, pitch bend. Clock, active sensing and system
//! exclusive messages are dropped.

use jackfield_node::Midi;
use midir::{MidiInput, MidiInputConnection};
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use thiserror::Error;

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

/// Why there is no MIDI input.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum MidiPortError {
    /// The system has no MIDI, or it does not answer.
    #[error("no MIDI on this system ({reason}); on Linux, load the kernel module snd-seq")]
    NoMidi {
        /// In the words of the system.
        reason: String,
    },
    /// No port has that name.
    #[error("no MIDI port '{name}'; there are {}", if known.is_empty() { "none".to_owned() } else { known.join(", ") })]
    UnknownPort {
        /// As asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The port does not open.
    #[error("MIDI port '{name}' does not open ({reason}); close other programs that use it")]
    Refused {
        /// The port.
        name: String,
        /// In the words of the system.
        reason: String,
    },
}

/// An open MIDI input. Dropping it closes the port.
pub struct MidiPort {
    name: String,
    lost: Arc<AtomicU64>,
    _connection: MidiInputConnection<Inlet>,
}

impl MidiPort {
    /// Opens the first port whose name is or contains `name`. Messages wait in the consumer.
    pub fn open(name: &str) -> Result<(Self, Consumer<ReceivedMidi>), MidiPortError> {
        Self::open_and_wake(name, || {})
    }

    /// Like [`open`](Self::open); `wake` is called on the MIDI thread after each message, so it must not
    /// block: it may unpark a thread.
    pub fn open_and_wake(
        name: &str,
        wake: impl Fn() + Send + 'static,
    ) -> Result<(Self, Consumer<ReceivedMidi>), MidiPortError> {
        let input = connect()?;
        let ports = input.ports();
        let names: Vec<String> = ports.iter().map(|port| input.port_name(port).unwrap_or_default()).collect();
        let index = best_match(name, &names);
        let Some((port, name)) = index.and_then(|index| Some((ports.get(index)?, names.get(index)?))) else {
            return Err(MidiPortError::UnknownPort { name: name.to_owned(), known: names });
        };
        let (producer, consumer) = RingBuffer::new(PENDING);
        let lost = Arc::new(AtomicU64::new(0));
        let inlet = Inlet { producer, lost: lost.clone() };
        let connection = input
            .connect(
                port,
                "jackfield",
                move |_, bytes, inlet| {
                    inlet.receive(Instant::now(), bytes);
                    wake();
                },
                inlet,
            )
            .map_err(|error| MidiPortError::Refused { name: name.clone(), reason: error.to_string() })?;
        Ok((Self { name: name.clone(), lost, _connection: connection }, consumer))
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
pub fn list() -> Result<Vec<String>, MidiPortError> {
    let input = connect()?;
    Ok(input.ports().iter().filter_map(|port| input.port_name(port).ok()).collect())
}

/// Keeps ALSA from writing to the terminal what comes back as an error here. Without memory for its buffer
/// it goes on writing.
pub(crate) fn quiet() {
    #[cfg(target_os = "linux")]
    {
        let _ = alsa::Output::local_error_handler();
    }
}

fn connect() -> Result<MidiInput, MidiPortError> {
    quiet();
    MidiInput::new("jackfield").map_err(|error| MidiPortError::NoMidi { reason: error.to_string() })
}

/// The first name that fits: exactly, or else as a part, whatever the case.
pub(crate) fn best_match(wanted: &str, names: &[String]) -> Option<usize> {
    let wanted_lower = wanted.to_lowercase();
    names
        .iter()
        .position(|name| name == wanted)
        .or_else(|| names.iter().position(|name| name.to_lowercase().contains(&wanted_lower)))
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

    #[test]
    fn names_match_exactly_or_in_part() {
        let names = ["Midi Through 14:0", "Keystation 61"].map(str::to_owned);
        assert_eq!(best_match("keystation", &names), Some(1));
        assert_eq!(best_match("Midi Through 14:0", &names), Some(0));
        assert_eq!(best_match("drum", &names), None);
    }
}
