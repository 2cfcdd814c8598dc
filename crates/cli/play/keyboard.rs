//! A MIDI keyboard: its messages on their way into the session, each at the frame it was played.

use jackfield_engine::{EngineError, ScheduledMidi, Session};
use jackfield_io::{MidiPort, MidiPortError, ReceivedMidi};
use rtrb::Consumer;
use std::time::{Duration, Instant};

/// How often the keyboard is looked after.
pub(super) const TICK: Duration = Duration::from_millis(2);
/// From key to sound, before the device's own delay: a little longer than a tick, so that messages arrive
/// in time for the frame they belong to, and keep their rhythm.
const DELAY: Duration = Duration::from_millis(4);

/// An open MIDI input.
pub(crate) struct Keyboard {
    port: MidiPort,
    messages: Consumer<ReceivedMidi>,
    /// When the executor's clock was last seen to move, and where it stood.
    seen: (Instant, u64),
    /// The frame of the last message; messages go out in order.
    last: u64,
}

impl Keyboard {
    /// Opens the port with this name or part of a name.
    pub(crate) fn open(name: &str, wake: impl Fn() + Send + 'static) -> Result<Self, MidiPortError> {
        let (port, messages) = MidiPort::open_and_wake(name, wake)?;
        Ok(Self { port, messages, seen: (Instant::now(), 0), last: 0 })
    }

    /// The port's name.
    pub(crate) fn name(&self) -> &str {
        self.port.name()
    }

    /// Messages that found no room.
    pub(super) fn lost(&self) -> u64 {
        self.port.lost()
    }

    /// Sends what was played since the last time.
    pub(super) fn send(&mut self, session: &mut Session) -> Result<(), EngineError> {
        while session.free_events() > 0
            && let Some(message) = self.next(session)
        {
            session.schedule_midi(message)?;
        }
        Ok(())
    }

    /// The next message, with the frame it belongs to.
    pub(crate) fn next(&mut self, session: &Session) -> Option<ScheduledMidi> {
        let message = self.messages.pop().ok()?;
        let clock = session.clock();
        if clock != self.seen.1 {
            // Another session has begun when its clock stands before the last one's.
            self.last = if clock < self.seen.1 { 0 } else { self.last };
            self.seen = (Instant::now(), clock);
        }
        self.last = self.frame(message.at, session.sample_rate()).max(self.last);
        Some(ScheduledMidi { frame: self.last, midi: message.midi })
    }

    /// Where the clock stands, or stood, a delay after this moment.
    fn frame(&self, at: Instant, sample_rate: f32) -> u64 {
        let (seen, clock) = self.seen;
        let moment = at + DELAY;
        let later = moment.saturating_duration_since(seen).as_secs_f64() * f64::from(sample_rate);
        let earlier = seen.saturating_duration_since(moment).as_secs_f64() * f64::from(sample_rate);
        (clock + later as u64).saturating_sub(earlier as u64)
    }
}
