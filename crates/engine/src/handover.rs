//! Handover: how a plan gets to the executor and how it is freed again.
//!
//! The session leaves a plan in a [`Mailbox`]; the executor looks into it at the start of every callback (one
//! atomic load). When there is one, it stores the state of the old plan's packs in the instances, loads the
//! new plan's packs from there, drops the old plan and writes the new plan's epoch, a number that counts up,
//! to `adopted`. Any plan can thus follow any other, and plans published in between are skipped.
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
use crate::mailbox::Mailbox;
use crate::plan::Plan;
use crate::transport::TransportReadout;
use jackfield_node::Transport;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What session and executor share.
pub(crate) struct Shared {
    /// The newest plan, until the executor takes it.
    plan: Mailbox<Plan>,
    /// The epoch the executor runs.
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
    /// For an executor that begins with `plan`. Control thread.
    pub(crate) fn new(plan: &Plan) -> Self {
        let transport = TransportReadout::new(&Transport::new(plan.sample_rate));
        Self {
            plan: Mailbox::new(),
            adopted: AtomicU64::new(plan.epoch),
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
        // One that was skipped; the session has another reference to it.
        drop(self.plan.put(plan));
    }

    /// The newest plan, if there is one that was not taken yet. Audio thread.
    pub(crate) fn take_newest(&self) -> Option<Arc<Plan>> {
        self.plan.take()
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
