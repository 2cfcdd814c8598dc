//! What changes while sound plays: levels, load, gaps. Tells whether any of it shows.

use super::messages::Measurements;
use jackfield_editor::shown_step;
use jackfield_engine::Session;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Over how long the load is measured.
const PERIOD: Duration = Duration::from_secs(1);
/// A load that has changed by less than this is not worth a frame.
const LOAD_STEP: f32 = 0.05;

/// What was measured last.
#[derive(Default)]
pub(super) struct StatusMonitor {
    /// Of each probe, the step of brightness.
    steps: Vec<u8>,
    measured: Measurements,
    /// The load when a frame was last asked for.
    shown_load: f32,
    since: Option<Instant>,
    /// Whether the device has played for a while: it may stumble at its start, which nobody hears.
    is_settled: bool,
    /// Gaps of the device before that.
    first_gaps: u64,
    /// Overruns of periods that have passed.
    overruns: u64,
    /// Whole seconds recorded.
    recorded: Option<u32>,
    transport: Option<u64>,
    /// Nodes whose faults have been told.
    faulty: BTreeSet<Arc<str>>,
    /// Files that play from the disk whose trouble has been told since the device started.
    troubled: BTreeSet<String>,
}

/// What an update has found.
pub(super) struct StatusUpdate {
    pub(super) measured: Measurements,
    /// Whether something that is shown has changed.
    pub(super) has_changed: bool,
}

impl StatusMonitor {
    /// A device has started.
    pub(super) fn begin(&mut self) {
        *self = Self { faulty: std::mem::take(&mut self.faulty), ..Self::default() };
    }

    /// Another patch begins to play: its gaps are counted anew, once it has played for a while.
    pub(super) fn begin_patch(&mut self, gaps: u64) {
        self.is_settled = false;
        self.since = None;
        self.overruns = 0;
        self.first_gaps = gaps;
        self.measured.overruns = 0;
    }

    /// Measures the session that plays.
    pub(super) fn update(
        &mut self,
        session: &Session,
        gaps: u64,
        recorded: Option<f32>,
        now: Instant,
    ) -> StatusUpdate {
        let mut has_changed = self.levels_moved(session);
        let load = session.load().read();
        if now.duration_since(*self.since.get_or_insert(now)) >= PERIOD {
            self.since = Some(now);
            if std::mem::replace(&mut self.is_settled, true) {
                self.overruns += load.overruns;
            } else {
                self.first_gaps = gaps;
            }
            self.measured.load = load.high;
            session.load().clear();
            has_changed |= (load.high - self.shown_load).abs() > LOAD_STEP;
        } else if self.is_settled {
            let overruns = self.overruns + load.overruns + gaps.saturating_sub(self.first_gaps);
            has_changed |= overruns != std::mem::replace(&mut self.measured.overruns, overruns);
        }
        let seconds = recorded.map(|seconds| seconds as u32);
        has_changed |= seconds != std::mem::replace(&mut self.recorded, seconds);
        self.measured.recorded = recorded;
        has_changed |= self.transport_moved(session);
        if has_changed {
            self.shown_load = self.measured.load;
        }
        StatusUpdate { measured: self.measured.clone(), has_changed }
    }

    fn levels_moved(&mut self, session: &Session) -> bool {
        let mut has_moved = false;
        let mut count = 0;
        for level in session.probe_levels() {
            let step = shown_step(level);
            match self.steps.get_mut(count) {
                Some(before) => has_moved |= step != std::mem::replace(before, step),
                None => self.steps.push(step),
            }
            count += 1;
        }
        self.steps.truncate(count);
        has_moved
    }

    /// Whether the transport's tempo, or whether it plays, has changed.
    fn transport_moved(&mut self, session: &Session) -> bool {
        let place = session.transport();
        let now = Some(place.tempo.to_bits() ^ u64::from(place.is_playing));
        now != std::mem::replace(&mut self.transport, now)
    }

    /// Whether a fault of this node has not been told yet.
    pub(super) fn is_news(&mut self, node: &Arc<str>) -> bool {
        self.faulty.insert(node.clone())
    }

    /// Whether trouble with this file has not been told yet.
    pub(super) fn is_new_trouble(&mut self, path: &str) -> bool {
        self.troubled.insert(path.to_owned())
    }
}
