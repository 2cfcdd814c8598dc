//! What MIDI inputs and outputs have in common: the system's MIDI, and its ports by name.

use midir::{InitError, MidiIO};
use thiserror::Error;

/// What the program is called among MIDI programs.
pub(crate) const CLIENT: &str = "jackfield";

/// Why a MIDI port is not there.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum MidiPortError {
    /// The system has no MIDI, or it does not answer.
    #[error("no MIDI on this system ({reason}); on Linux, load the kernel module snd-seq")]
    NoMidi {
        /// In the words of the system.
        reason: String,
    },
    /// No port has that name.
    #[error("no MIDI port '{name}'; there are \
        {}", if known.is_empty() { "none".to_owned() } else { known.join(", ") })]
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

/// The system's MIDI, for one direction.
pub(crate) fn client<T>(open: impl FnOnce(&str) -> Result<T, InitError>) -> Result<T, MidiPortError> {
    keep_quiet();
    open(CLIENT).map_err(|error| MidiPortError::NoMidi { reason: error.to_string() })
}

/// Keeps ALSA from writing to the terminal what comes back as an error here. Without memory for its buffer
/// it goes on writing.
fn keep_quiet() {
    #[cfg(target_os = "linux")]
    {
        let _ = alsa::Output::local_error_handler();
    }
}

/// The names of all ports that have one.
pub(crate) fn names(io: &impl MidiIO) -> Vec<String> {
    io.ports().iter().filter_map(|port| io.port_name(port).ok()).collect()
}

/// The first port whose name is or contains `name`, and its full name.
pub(crate) fn find<T: MidiIO>(io: &T, name: &str) -> Result<(T::Port, String), MidiPortError> {
    let mut named: Vec<(T::Port, String)> =
        io.ports().into_iter().filter_map(|port| io.port_name(&port).ok().map(|name| (port, name))).collect();
    let known: Vec<String> = named.iter().map(|(_, name)| name.clone()).collect();
    match best_match(name, &known) {
        Some(index) => Ok(named.swap_remove(index)),
        None => Err(MidiPortError::UnknownPort { name: name.to_owned(), known }),
    }
}

/// The first name that fits: exactly, or else as a part, whatever the case.
fn best_match(wanted: &str, names: &[String]) -> Option<usize> {
    let wanted_lower = wanted.to_lowercase();
    names
        .iter()
        .position(|name| name == wanted)
        .or_else(|| names.iter().position(|name| name.to_lowercase().contains(&wanted_lower)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_exactly_or_in_part() {
        let names = ["Midi Through 14:0", "Keystation 61"].map(str::to_owned);
        assert_eq!(best_match("keystation", &names), Some(1));
        assert_eq!(best_match("Midi Through 14:0", &names), Some(0));
        assert_eq!(best_match("drum", &names), None);
    }
}
