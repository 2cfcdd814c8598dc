//! Turns what a sound system complains about into events worth telling.
//!
//! When a server dies under ALSA, its device reports the same failure tens of thousands of times a
//! second and never says that it is gone. So failures with no callback between them count as the end
//! of the device, which is told once.

use super::{DeviceEvent, EventSender, Side};
use cpal::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Failures in a row, without a callback, after which a device is gone.
const LAST_STRAW: u32 = 8;

/// Counts the callbacks of a stream.
#[derive(Clone, Debug, Default)]
pub(super) struct Heartbeat(Arc<AtomicU64>);

impl Heartbeat {
    /// A callback came. Audio thread.
    pub(super) fn beat(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Listens to the failures of one stream.
pub(super) struct Reporter {
    side: Side,
    heartbeat: Heartbeat,
    /// The heartbeat at the latest failure.
    beats: u64,
    failures_in_a_row: u32,
    overruns: u64,
    is_gone: bool,
}

impl Reporter {
    pub(super) fn new(side: Side, heartbeat: Heartbeat) -> Self {
        Self { side, heartbeat, beats: 0, failures_in_a_row: 0, overruns: 0, is_gone: false }
    }

    /// A callback for cpal that sends on what is worth telling.
    pub(super) fn into_callback(mut self, events: EventSender) -> impl FnMut(cpal::Error) + Send + 'static {
        move |error| {
            if let Some(event) = self.judge(&error) {
                events.send(event);
            }
        }
    }

    /// What to tell of a failure; nothing once the device is gone.
    fn judge(&mut self, error: &cpal::Error) -> Option<DeviceEvent> {
        if self.is_gone {
            return None;
        }
        let side = self.side;
        match error.kind() {
            ErrorKind::DeviceNotAvailable | ErrorKind::StreamInvalidated | ErrorKind::HostUnavailable => {
                self.is_gone = true;
                Some(DeviceEvent::Vanished { side })
            }
            ErrorKind::Xrun => {
                self.overruns += 1;
                Some(DeviceEvent::Overrun { side, total: self.overruns })
            }
            ErrorKind::DeviceChanged => Some(DeviceEvent::Rerouted { side }),
            ErrorKind::RealtimeDenied => Some(DeviceEvent::NotRealtime),
            _ => self.count(error),
        }
    }

    /// Tells of a failure unless it repeats, until the repetition itself says enough.
    fn count(&mut self, error: &cpal::Error) -> Option<DeviceEvent> {
        let beats = self.heartbeat.0.load(Ordering::Relaxed);
        if beats != self.beats {
            self.failures_in_a_row = 0;
            self.beats = beats;
        }
        self.failures_in_a_row += 1;
        match self.failures_in_a_row {
            1 => Some(DeviceEvent::Other { side: self.side, reason: error.to_string() }),
            LAST_STRAW => {
                self.is_gone = true;
                Some(DeviceEvent::Vanished { side: self.side })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storm_of_failures_means_that_the_device_is_gone() {
        let heartbeat = Heartbeat::default();
        let mut reporter = Reporter::new(Side::Output, heartbeat.clone());
        let failure = cpal::Error::with_message(ErrorKind::BackendError, "poll failed");
        let other = DeviceEvent::Other { side: Side::Output, reason: "poll failed".into() };
        for _ in 0..100 {
            heartbeat.beat();
            assert_eq!(reporter.judge(&failure), Some(other.clone()), "the stream goes on in between");
        }
        let told: Vec<_> = (0..10_000).filter_map(|_| reporter.judge(&failure)).collect();
        assert_eq!(told, [DeviceEvent::Vanished { side: Side::Output }]);
    }

    #[test]
    fn every_kind_of_failure_has_its_event() {
        let mut reporter = Reporter::new(Side::Input, Heartbeat::default());
        let side = Side::Input;
        let mut judge = |kind: ErrorKind| reporter.judge(&kind.into());
        assert_eq!(judge(ErrorKind::Xrun), Some(DeviceEvent::Overrun { side, total: 1 }));
        assert_eq!(judge(ErrorKind::Xrun), Some(DeviceEvent::Overrun { side, total: 2 }));
        assert_eq!(judge(ErrorKind::RealtimeDenied), Some(DeviceEvent::NotRealtime));
        assert_eq!(judge(ErrorKind::DeviceChanged), Some(DeviceEvent::Rerouted { side }));
        assert_eq!(judge(ErrorKind::DeviceNotAvailable), Some(DeviceEvent::Vanished { side }));
        assert_eq!(judge(ErrorKind::DeviceNotAvailable), None, "once is enough");
    }
}
