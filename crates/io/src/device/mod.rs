//! Sound devices: choose one, start it with something that renders, hear what happens to it.
//!
//! ```no_run
//! use jackfield_io::device::{Device, DeviceRequest};
//! let device = Device::open(&DeviceRequest::default())?;
//! println!("{} at {} Hz", device.name(), device.format().sample_rate);
//! let silence = |_: &[f32], _: usize, output: &mut [f32], _: usize| output.fill(0.0);
//! let running = device.start(Box::new(silence)).map_err(|refused| refused.error)?;
//! while let Some(event) = running.next_event() {
//!     println!("{event}");
//! }
//! running.stop();
//! # Ok::<(), jackfield_io::device::DeviceError>(())
//! ```
//!
//! One audio thread calls [`Render::render`]. Input and output are two streams with two clocks;
//! a bridge brings the input to the output's thread and clock. Without a sound card, a null device keeps
//! time instead.

mod bridge;
mod bridge_source;
mod choose;
mod closing;
mod drift;
mod error;
mod interpolate;
mod library_log;
mod list;
mod loan;
mod null;
mod report;
mod sample;
mod streams;
mod thread_name;

pub use error::{DeviceError, DeviceEvent, Side};
pub use list::{DeviceInfo, Ports, list};
pub use null::{NullRequest, Pace};

use closing::{Inside, Presence};
use loan::Loan;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

/// What makes the sound.
pub trait Render: Send {
    /// Fills `output` with interleaved frames of `output_channels`; any number of frames, it may
    /// differ from call to call. `input` holds as many frames of `input_channels`, or nothing
    /// without an input. Audio thread: no allocation, no lock, no free, no panic.
    fn render(&mut self, input: &[f32], input_channels: usize, output: &mut [f32], output_channels: usize);
}

impl<F: FnMut(&[f32], usize, &mut [f32], usize) + Send> Render for F {
    fn render(&mut self, input: &[f32], input_channels: usize, output: &mut [f32], output_channels: usize) {
        self(input, input_channels, output, output_channels);
    }
}

/// Which device, and how. What is left open is the device's own choice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceRequest {
    /// The sound system, like `alsa`, `jack` or `pulseaudio`; else the first that has a device.
    pub host: Option<String>,
    /// The output device: its id, its name or a part of it; else the default one.
    pub output: Option<String>,
    /// Whether and where to record.
    pub input: InputRequest,
    /// Frames per second.
    pub sample_rate: Option<u32>,
    /// Channels to play.
    pub output_channels: Option<u16>,
    /// Channels to record.
    pub input_channels: Option<u16>,
    /// Frames per callback. The device may still take another number, even a changing one.
    pub block: Option<u32>,
}

/// Whether and where to record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum InputRequest {
    /// No input.
    #[default]
    Off,
    /// The default input of the output's host.
    Default,
    /// An input of the output's host, by id, name or a part of it.
    Named(String),
}

/// What a device plays and records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// Frames per second of the output, and of the input as [`Render`] gets it.
    pub sample_rate: u32,
    /// Channels of the output, at least 1.
    pub output_channels: u16,
    /// Channels of the input, 0 without one.
    pub input_channels: u16,
    /// Frames per callback asked for.
    pub block: u32,
}

/// A device that was chosen and does not run yet.
pub struct Device {
    host: String,
    name: String,
    format: Format,
    kind: Kind,
}

enum Kind {
    Streams(Box<streams::Plan>),
    Null(NullRequest),
}

impl Device {
    /// Chooses a sound device and checks that it can do what is asked.
    ///
    /// # Errors
    ///
    /// Where there is no such sound system or device, or it can't do what is asked. Control thread: it may
    /// block.
    pub fn open(request: &DeviceRequest) -> Result<Self, DeviceError> {
        library_log::suppress();
        let plan = streams::Plan::new(request)?;
        let (host, name, format) = (plan.host(), plan.name().to_owned(), plan.format());
        Ok(Self { host, name, format, kind: Kind::Streams(Box::new(plan)) })
    }

    /// A device that plays to nobody.
    pub fn null(request: NullRequest) -> Self {
        let (host, name) = ("none".to_owned(), "null device".to_owned());
        Self { host, name, format: request.format(), kind: Kind::Null(request) }
    }

    /// The sound system.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The output device.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it will play and record.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Starts the sound. On Linux the threads of the sound system are called [`OUTPUT_THREAD`], but for those
    /// that it names itself.
    ///
    /// # Errors
    ///
    /// Where the sound system refuses; the error gives the renderer back. Control thread: it may block.
    pub fn start(self, render: Box<dyn Render>) -> Result<Running, Refused> {
        library_log::suppress();
        let (sender, events) = EventSender::new();
        let loan = Loan::new(render);
        let started = match self.kind {
            Kind::Streams(plan) => {
                let start = || plan.start(&loan, &sender);
                thread_name::with_name(OUTPUT_THREAD, start).map(Parts::Streams)
            }
            Kind::Null(request) => null::start(request, loan.clone(), sender.clone()).map(Parts::Null),
        };
        match started {
            Ok(parts) => Ok(Running { parts: Some(parts), sender, events, loan, format: self.format }),
            Err(error) => Err(Refused { error, render: loan.take() }),
        }
    }
}

/// What the threads of a sound system are called, if it does not name them itself.
pub const OUTPUT_THREAD: &str = "audio output";

/// A device that would not start, and the renderer, to try another device with.
pub struct Refused {
    /// Why.
    pub error: DeviceError,
    /// What was to be played; missing only when a callback of the sound system hangs in it.
    pub render: Option<Box<dyn Render>>,
}

/// A device that plays. Dropping it stops the sound.
pub struct Running {
    /// Taken when they are closed.
    parts: Option<Parts>,
    sender: EventSender,
    events: Receiver<DeviceEvent>,
    loan: Loan,
    format: Format,
}

enum Parts {
    Streams(streams::Streams),
    Null(null::NullThread),
}

impl Running {
    /// What it plays and records.
    pub fn format(&self) -> Format {
        self.format
    }

    /// What has happened to the device, if anything. Never blocks.
    pub fn next_event(&self) -> Option<DeviceEvent> {
        self.events.try_recv().ok()
    }

    /// Waits for something to happen to the device.
    pub fn wait_event(&self, timeout: Duration) -> Option<DeviceEvent> {
        self.events.recv_timeout(timeout).ok()
    }

    /// Stops the sound and hands the renderer back, state and all, to go on with on another device. `None`
    /// when a callback hangs in it. Takes a few seconds at most: a sound system that does not let go of its
    /// streams is left to itself.
    pub fn stop(self) -> Option<Box<dyn Render>> {
        let render = self.loan.take();
        drop(self);
        render
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        match self.parts.take() {
            Some(Parts::Streams(streams)) => {
                // The threads of a dead JACK server may still be on their way out of the last callback.
                let is_dead = streams.may_cancel() && self.sender.is_gone();
                closing::close(streams, is_dead.then(|| self.sender.presence()));
            }
            Some(Parts::Null(thread)) => drop(thread),
            None => {}
        }
    }
}

/// Reports from audio threads. A full channel drops reports rather than wait.
#[derive(Clone)]
struct EventSender {
    sender: SyncSender<DeviceEvent>,
    /// Gaps of output and input, whoever found them.
    overruns: Arc<[AtomicU64; 2]>,
    /// Threads that are in callbacks.
    presence: Presence,
    /// Whether a stream has vanished.
    is_gone: Arc<AtomicBool>,
}

impl EventSender {
    fn new() -> (Self, Receiver<DeviceEvent>) {
        const PENDING: usize = 64;
        let (sender, receiver) = sync_channel(PENDING);
        let (overruns, presence, is_gone) = (Arc::default(), Presence::default(), Arc::default());
        (Self { sender, overruns, presence, is_gone }, receiver)
    }

    fn send(&self, event: DeviceEvent) {
        if matches!(event, DeviceEvent::Vanished { .. }) {
            self.is_gone.store(true, Ordering::Release);
        }
        let _ = self.sender.try_send(event);
    }

    /// A callback of a sound system begins.
    fn enter(&self) -> Inside<'_> {
        self.presence.enter()
    }

    fn presence(&self) -> Presence {
        self.presence.clone()
    }

    fn is_gone(&self) -> bool {
        self.is_gone.load(Ordering::Acquire)
    }

    /// Counts a gap and reports it.
    fn overrun(&self, side: Side) {
        let total = self.overruns[side as usize].fetch_add(1, Ordering::Relaxed) + 1;
        self.send(DeviceEvent::Overrun { side, total });
    }
}
