//! The sound of the editor: a thread that owns the device and attends to the session, and the window's
//! handle on it.
//!
//! ```text
//! window --Order--> attendant --Cue--> stage (audio thread)
//!        <-Report--           <-Gone--
//! ```

mod attendant;
mod midi;
mod offers;
mod order;
mod recording;
mod stage;
mod watch;

pub(crate) use order::{Bound, Guest, Measured, Opened, Order, Report};

use attendant::{Attendant, Shared, Wake};
use jackfield_engine::Session;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// The window's end. Dropping it ends the sound.
pub(crate) struct Sound {
    shared: Shared,
    orders: Sender<Order>,
    reports: Receiver<Report>,
    thread: Option<JoinHandle<()>>,
}

impl Sound {
    /// Starts the attendant of this session. It opens no device before it is told to.
    pub(crate) fn start(session: Arc<Mutex<Session>>) -> std::io::Result<Self> {
        let shared = Shared { session, measured: Arc::default(), wake: Arc::default() };
        let (orders, orders_there) = channel();
        let (reports_there, reports) = channel();
        let thread = Attendant::spawn(shared.clone(), orders_there, reports_there)?;
        Ok(Self { shared, orders, reports, thread: Some(thread) })
    }

    /// Has the window asked for frames this way.
    pub(crate) fn set_wake(&self, wake: Wake) {
        *self.shared.wake.lock().unwrap_or_else(PoisonError::into_inner) = Some(wake);
    }

    /// Tells the attendant something.
    pub(crate) fn order(&self, order: Order) {
        // It lives as long as this does.
        let _ = self.orders.send(order);
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }

    /// What the attendant has told since the last call.
    pub(crate) fn reports(&self) -> Vec<Report> {
        self.reports.try_iter().collect()
    }

    /// What was measured last.
    pub(crate) fn measured(&self) -> Measured {
        self.shared.measured.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Sound {
    fn drop(&mut self) {
        self.order(Order::End);
        if let Some(thread) = self.thread.take() {
            // A panic there has been reported there.
            let _ = thread.join();
        }
    }
}
