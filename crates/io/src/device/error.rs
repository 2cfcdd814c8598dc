//! What can go wrong with a sound device, before and while it plays.

use cpal::ErrorKind;
use std::fmt;
use thiserror::Error;

/// Why a device can't be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeviceError {
    /// No such sound system in this program.
    #[error("no sound system '{host}'; this program knows {}", list(known))]
    UnknownHost {
        /// As asked for.
        host: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The sound system does not answer.
    #[error("the sound system {host} does not answer ({reason}); start it or choose another")]
    HostDown {
        /// The sound system.
        host: String,
        /// In its own words.
        reason: String,
    },
    /// Nothing to play or record with.
    #[error(
        "no sound {side} device; connect one, or {}",
        match side { Side::Output => "render to a file", Side::Input => "play without an input" }
    )]
    NoDevice {
        /// Playing or recording.
        side: Side,
    },
    /// No device has that name.
    #[error("no sound {side} device '{name}'; there are {}", list(known))]
    UnknownDevice {
        /// Playing or recording.
        side: Side,
        /// As asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The device can't do what is asked.
    #[error("'{device}' has no {asked}; it offers {}", list(offered))]
    Unsupported {
        /// The device.
        device: String,
        /// What was asked for.
        asked: String,
        /// What it can do.
        offered: Vec<String>,
    },
    /// Another program has the device to itself.
    #[error("'{device}' is in use by another program; close that or choose another device")]
    Busy {
        /// The device.
        device: String,
    },
    /// The user may not use the device.
    #[error("no permission to use '{device}'; join the group 'audio' or allow it in the system's settings")]
    Denied {
        /// The device.
        device: String,
    },
    /// Anything else, in the words of the sound system.
    #[error("'{device}' does not work: {reason}; choose another device")]
    Failed {
        /// The device.
        device: String,
        /// In the words of the sound system.
        reason: String,
    },
}

impl DeviceError {
    /// Tells what a sound system says about a device.
    pub(crate) fn from_cpal(device: &str, error: &cpal::Error) -> Self {
        let device = device.to_owned();
        match error.kind() {
            ErrorKind::DeviceBusy => Self::Busy { device },
            ErrorKind::PermissionDenied => Self::Denied { device },
            _ => Self::Failed { device, reason: error.to_string() },
        }
    }
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// Playing or recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Playing.
    Output,
    /// Recording.
    Input,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Output => "output",
            Self::Input => "input",
        })
    }
}

/// What happens to a device while it plays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceEvent {
    /// It is gone: unplugged, or its sound system has stopped. Stop, and start another.
    Vanished {
        /// Which of the two streams.
        side: Side,
    },
    /// Samples came too late or were lost, and a gap was heard.
    Overrun {
        /// Which of the two streams.
        side: Side,
        /// Gaps of this side since it started.
        total: u64,
    },
    /// The sound system moved the stream to another device. It goes on.
    Rerouted {
        /// Which of the two streams.
        side: Side,
    },
    /// The audio thread has no real-time priority; expect gaps under load.
    NotRealtime,
    /// Anything else, in the words of the sound system.
    Other {
        /// Which of the two streams.
        side: Side,
        /// In the words of the sound system.
        reason: String,
    },
}

impl fmt::Display for DeviceEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vanished { side } => {
                write!(f, "the sound {side} device is gone; reconnect it or choose another")
            }
            Self::Overrun { side, total } => {
                write!(f, "the sound {side} had a gap ({total} so far); try a larger block")
            }
            Self::Rerouted { side } => write!(f, "the sound {side} moved to another device"),
            Self::NotRealtime => f.write_str(
                "no real-time priority for the audio thread, so gaps are likely under load; \
                 see your system's 'rtprio' limit",
            ),
            Self::Other { side, reason } => write!(f, "the sound {side} device reports: {reason}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_say_what_and_what_to_try() {
        let unknown = DeviceError::UnknownDevice {
            side: Side::Output,
            name: "x".into(),
            known: vec!["Speakers".into(), "HDMI".into()],
        };
        assert_eq!(unknown.to_string(), "no sound output device 'x'; there are Speakers, HDMI");
        let none = DeviceError::UnknownHost { host: "oss".into(), known: vec![] };
        assert_eq!(none.to_string(), "no sound system 'oss'; this program knows none");
        let busy = DeviceError::from_cpal("hw:0", &ErrorKind::DeviceBusy.into());
        assert_eq!(busy, DeviceError::Busy { device: "hw:0".into() });
    }
}
