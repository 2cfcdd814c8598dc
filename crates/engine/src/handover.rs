//! Handover: how a plan gets to the executor and how it is freed again.
//!
//! The session publishes a plan by storing it in an `ArcSwap` and then its epoch, a number that counts up,
//! in `published`. The executor compares that number with the epoch it runs at the start of every
//! callback (one atomic load); when it differs it takes the newest plan, stores the state of the old
//! plan's packs in the instances, loads the new plan's packs from there, drops the old plan and
//! writes the new epoch to `adopted`. Any plan can thus follow any other, and plans published in between are skipped.
//!
//! The session keeps a strong reference to every plan until `adopted` has passed its epoch, so the
//! executor never holds the last one and never frees.
//!
//! ```text
//! session   publish 7 ----- publish 8 - publish 9 ---------------- poll: frees 6, 7, 8
//! executor  --- 6 ----| 7 ------------------| 9 -------------------------------
//! adopted       6       7                     9
//! ```

use crate::load::LoadMeter;
use crate::plan::Plan;
use crate::transport::TransportReadout;
use arc_swap::ArcSwap;
use jackfield_node::Transport;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What session and executor share.
pub(crate) struct Shared {
    plan: ArcSwap<Plan>,
    published: AtomicU64,
    adopted: AtomicU64,
    /// Counts up whenever a parameter gets a new target.
    pub(crate) turned: AtomicU64,
    /// Frames the executor has computed.
    pub(crate) clock: AtomicU64,
    /// Whether the executor measures every step.
    pub(crate) measures_steps: AtomicBool,
    pub(crate) load: LoadMeter,
    /// Where the music is.
    pub(crate) transport: TransportReadout,
    /// MIDI messages of nodes that were lost.
    pub(crate) dropped_midi: AtomicU64,
}

impl Shared {
    pub(crate) fn new(plan: Arc<Plan>) -> Self {
        let epoch = plan.epoch;
        let transport = TransportReadout::new(&Transport::new(plan.sample_rate));
        Self {
            plan: ArcSwap::new(plan),
            published: AtomicU64::new(epoch),
            adopted: AtomicU64::new(epoch),
            turned: AtomicU64::new(0),
            clock: AtomicU64::new(0),
            measures_steps: AtomicBool::new(false),
            load: LoadMeter::default(),
            transport,
            dropped_midi: AtomicU64::new(0),
        }
    }

    /// Offers a plan to the executor. Control thread.
    pub(crate) fn publish(&self, plan: Arc<Plan>) {
        let epoch = plan.epoch;
        self.plan.store(plan);
        self.published.store(epoch, Ordering::Release);
    }

    /// The newest plan if it is not the one with this epoch. Audio thread.
    pub(crate) fn newer_than(&self, epoch: u64) -> Option<Arc<Plan>> {
        (self.published.load(Ordering::Acquire) != epoch).then(|| self.plan.load_full())
    }

    /// Registers this thread with the `ArcSwap`, which allocates when a thread first reads one. Audio
    /// thread, before the first block.
    pub(crate) fn register_thread(&self) {
        drop(self.plan.load());
    }

    /// Marks all plans before this epoch as done with. Audio thread.
    pub(crate) fn adopt(&self, epoch: u64) {
        self.adopted.store(epoch, Ordering::Release);
    }

    /// The epoch the executor runs. Any thread.
    pub(crate) fn adopted(&self) -> u64 {
        self.adopted.load(Ordering::Acquire)
    }
}
