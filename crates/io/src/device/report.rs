//! Turns what a sound system complains about into events worth telling.
//!
//! When a server dies under ALSA, its device reports the same failure tens of thousands of times a
//! second and never says that it is gone. So failures that go on for a while with no callback between them
//! count as the end of the device, which is told once. A stream that starts may fail as often within a
//! millisecond and then play; hence the while.

use super::{DeviceEvent, EventSender, Side};
use cpal::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Failures in a row, without a callback, after which a device is gone...
const LAST_STRAW: u32 = 8;
/// ...if they have gone on for this long.
const STORM: Duration = Duration::from_millis(500);

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
    /// When the first of them came.
    begin: Option<Instant>,
    is_gone: bool,
}

impl Reporter {
    pub(super) fn new(side: Side, heartbeat: Heartbeat) -> Self {
        Self { side, heartbeat, beats: 0, failures_in_a_row: 0, begin: None, is_gone: false }
    }

    /// A callback for cpal that sends on what is worth telling.
    pub(super) fn into_callback(mut self, events: EventSender) -> impl FnMut(cpal::Error) + Send + 'static {
        move |error| {
            let _inside = events.enter();
            match error.kind() {
                ErrorKind::Xrun if !self.is_gone => events.overrun(self.side),
                _ => {
                    if let Some(event) = self.judge(&error, Instant::now()) {
                        events.send(event);
                    }
                }
            }
        }
    }

    /// What to tell of a failure; nothing once the device is gone.
    fn judge(&mut self, error: &cpal::Error, now: Instant) -> Option<DeviceEvent> {
        if self.is_gone {
            return None;
        }
        let side = self.side;
        match error.kind() {
            ErrorKind::DeviceNotAvailable | ErrorKind::StreamInvalidated | ErrorKind::HostUnavailable => {
                self.is_gone = true;
                Some(DeviceEvent::Vanished { side })
            }
            ErrorKind::DeviceChanged => Some(DeviceEvent::Rerouted { side }),
            ErrorKind::RealtimeDenied => Some(DeviceEvent::NotRealtime),
            _ => self.count(error, now),
        }
    }

    /// Tells of a failure that the stream has survived, when the next one comes; a single one is not
    /// worth telling. Failures in a row tell that the device is gone.
    fn count(&mut self, error: &cpal::Error, now: Instant) -> Option<DeviceEvent> {
        let beats = self.heartbeat.0.load(Ordering::Relaxed);
        let has_survived = beats != self.beats && self.failures_in_a_row > 0;
        if beats != self.beats {
            self.failures_in_a_row = 0;
            self.begin = None;
            self.beats = beats;
        }
        self.failures_in_a_row = self.failures_in_a_row.saturating_add(1);
        let begin = *self.begin.get_or_insert(now);
        let side = self.side;
        if self.failures_in_a_row >= LAST_STRAW && now.duration_since(begin) >= STORM {
            self.is_gone = true;
            return Some(DeviceEvent::Vanished { side });
        }
        has_survived.then(|| DeviceEvent::Other { side, reason: error.to_string() })
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
        let begin = Instant::now();
        assert_eq!(reporter.judge(&failure, begin), None, "one failure may be the first of a storm");
        for _ in 0..100 {
            heartbeat.beat();
            assert_eq!(reporter.judge(&failure, begin), Some(other.clone()), "the stream goes on in between");
        }
        let at = |failure: u32| begin + Duration::from_micros(100) * failure;
        let told: Vec<_> = (0..10_000).filter_map(|n| Some((n, reporter.judge(&failure, at(n))?))).collect();
        assert_eq!(told, [(5_000, DeviceEvent::Vanished { side: Side::Output })]);
    }

    #[test]
    fn a_stream_that_stumbles_at_its_start_is_not_gone() {
        let heartbeat = Heartbeat::default();
        let mut reporter = Reporter::new(Side::Output, heartbeat.clone());
        let failure = cpal::Error::with_message(ErrorKind::BackendError, "poll failed");
        let begin = Instant::now();
        for failures in 0..100 {
            assert_eq!(reporter.judge(&failure, begin + Duration::from_micros(failures)), None);
        }
        heartbeat.beat();
        let later = reporter.judge(&failure, begin + Duration::from_secs(10));
        assert!(matches!(later, Some(DeviceEvent::Other { .. })), "{later:?}");
    }

    #[test]
    fn every_kind_of_failure_has_its_event() {
        let side = Side::Input;
        let (sender, events) = EventSender::new();
        let mut report = Reporter::new(side, Heartbeat::default()).into_callback(sender);
        let mut event = |kind: ErrorKind| {
            report(kind.into());
            events.try_recv().ok()
        };
        assert_eq!(event(ErrorKind::Xrun), Some(DeviceEvent::Overrun { side, total: 1 }));
        assert_eq!(event(ErrorKind::Xrun), Some(DeviceEvent::Overrun { side, total: 2 }));
        assert_eq!(event(ErrorKind::RealtimeDenied), Some(DeviceEvent::NotRealtime));
        assert_eq!(event(ErrorKind::DeviceChanged), Some(DeviceEvent::Rerouted { side }));
        assert_eq!(event(ErrorKind::DeviceNotAvailable), Some(DeviceEvent::Vanished { side }));
        assert_eq!(event(ErrorKind::DeviceNotAvailable), None, "once is enough");
        assert_eq!(event(ErrorKind::Xrun), None);
    }
}
