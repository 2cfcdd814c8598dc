//! The device that plays to nobody: a thread that keeps time where there is no sound card.
//!
//! Each block has a deadline counted from the start, so that a late wake-up never adds up: the pace
//! is exact over any length of time. When the machine slept for more than half a second, the clock
//! starts anew instead of rushing through what was missed.

use super::loan::Loan;
use super::{DeviceError, EventSender, Format, Render, Side};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Lateness that is made up for by hurrying.
const MAX_LAG: Duration = Duration::from_millis(500);

/// What the null device pretends to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NullRequest {
    /// Frames per second.
    pub sample_rate: u32,
    /// Output channels. There is no input.
    pub output_channels: u16,
    /// Frames per block.
    pub block: u32,
    /// How fast time passes.
    pub pace: Pace,
}

impl Default for NullRequest {
    /// 48 kHz stereo in blocks of 512 frames, in real time.
    fn default() -> Self {
        Self { sample_rate: 48_000, output_channels: 2, block: 512, pace: Pace::RealTime }
    }
}

/// How fast time passes on the null device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// As on a sound card.
    RealTime,
    /// As fast as the machine can, for tests.
    Fast,
}

impl NullRequest {
    /// The format with every number made possible.
    pub(super) fn format(&self) -> Format {
        Format {
            sample_rate: self.sample_rate.max(1),
            output_channels: self.output_channels.max(1),
            input_channels: 0,
            block: self.block.clamp(1, 1 << 16),
        }
    }
}

/// The thread; dropping it ends it.
pub(super) struct NullThread {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for NullThread {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A panic of the renderer has been reported on its own thread.
            let _ = thread.join();
        }
    }
}

pub(super) fn start(
    request: NullRequest,
    render: Loan,
    events: EventSender,
) -> Result<NullThread, DeviceError> {
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = stop.clone();
    let thread = thread::Builder::new()
        .name("null device".to_owned())
        .spawn(move || run(request, render, &events, &stopped))
        .map_err(|error| DeviceError::Failed {
            device: "null device".to_owned(),
            reason: error.to_string(),
        })?;
    Ok(NullThread { stop, thread: Some(thread) })
}

fn run(request: NullRequest, mut render: Loan, events: &EventSender, stop: &AtomicBool) {
    let Format { sample_rate, output_channels, block, .. } = request.format();
    let channels = usize::from(output_channels);
    let mut output = vec![0.0; block as usize * channels];
    let mut clock = NullClock::new(sample_rate, Instant::now());
    while !stop.load(Ordering::Relaxed) {
        render.render(&[], 0, &mut output, channels);
        if request.pace == Pace::Fast {
            continue;
        }
        if let Some(deadline) = clock.deadline(block, Instant::now()) {
            wait(deadline, stop);
        } else {
            events.overrun(Side::Output);
        }
    }
}

/// Sleeps until `deadline`, or until it is woken to stop.
fn wait(deadline: Instant, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        thread::park_timeout(left);
    }
}

/// Knows when each block is due.
struct NullClock {
    sample_rate: u32,
    start: Instant,
    frames: u64,
}

impl NullClock {
    fn new(sample_rate: u32, start: Instant) -> Self {
        Self { sample_rate, start, frames: 0 }
    }

    /// When the block after `frames` more frames is due. `None` when `now` is far too late for it: then
    /// time starts again from `now`.
    fn deadline(&mut self, frames: u32, now: Instant) -> Option<Instant> {
        self.frames += u64::from(frames);
        // In whole numbers: no rounding adds up, and a u128 outlasts the sun.
        let nanoseconds = u128::from(self.frames) * 1_000_000_000 / u128::from(self.sample_rate);
        let deadline = self.start + Duration::from_nanos(nanoseconds as u64);
        if now.saturating_duration_since(deadline) > MAX_LAG {
            *self = Self::new(self.sample_rate, now);
            return None;
        }
        Some(deadline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::Device;
    use std::sync::atomic::AtomicU64;

    /// Counts the frames it is asked for.
    fn counter() -> (Arc<AtomicU64>, Box<dyn Render>) {
        let frames = Arc::new(AtomicU64::new(0));
        let count = frames.clone();
        let render = move |input: &[f32], _: usize, output: &mut [f32], channels: usize| {
            assert!(input.is_empty());
            count.fetch_add((output.len() / channels) as u64, Ordering::Relaxed);
        };
        (frames, Box::new(render))
    }

    #[test]
    fn deadlines_do_not_drift() {
        let start = Instant::now();
        let mut clock = NullClock::new(44_100, start);
        let mut last = start;
        // An hour of blocks whose length is no whole number of nanoseconds, each late by less than allowed.
        let blocks = 44_100 * 3_600 / 147;
        for _ in 0..blocks {
            last = clock.deadline(147, last + Duration::from_millis(100)).unwrap();
        }
        assert_eq!(last - start, Duration::from_hours(1));
    }

    #[test]
    fn a_long_sleep_restarts_the_clock() {
        let start = Instant::now();
        let mut clock = NullClock::new(48_000, start);
        let late = start + Duration::from_hours(1);
        assert_eq!(clock.deadline(480, late), None);
        assert_eq!(clock.deadline(480, late), Some(late + Duration::from_millis(10)));
    }

    #[test]
    fn real_time_is_kept_without_a_busy_loop() {
        let (frames, render) = counter();
        let request = NullRequest { sample_rate: 48_000, block: 480, ..Default::default() };
        let start = Instant::now();
        let running = Device::null(request).start(render).ok().unwrap();
        thread::sleep(Duration::from_millis(300));
        let expected = start.elapsed().as_secs_f64() * 48_000.0;
        let counted = frames.load(Ordering::Relaxed) as f64;
        assert!(running.stop().is_some());
        // One block is rendered ahead. A loaded machine may be late, but never early.
        assert!(counted <= expected + 481.0, "{counted} frames, {expected} expected");
        assert!(counted >= expected * 0.5, "{counted} frames, {expected} expected");
    }

    #[test]
    fn fast_pace_is_faster_than_real_time_and_the_renderer_comes_back() {
        let (frames, render) = counter();
        let request = NullRequest { pace: Pace::Fast, ..Default::default() };
        let running = Device::null(request).start(render).ok().unwrap();
        let start = Instant::now();
        while frames.load(Ordering::Relaxed) < 48_000 * 60 && start.elapsed() < Duration::from_secs(20) {
            thread::sleep(Duration::from_millis(1));
        }
        assert!(frames.load(Ordering::Relaxed) >= 48_000 * 60, "a minute takes less than a minute");
        let render = running.stop().unwrap();
        let before = frames.load(Ordering::Relaxed);
        thread::sleep(Duration::from_millis(20));
        assert_eq!(frames.load(Ordering::Relaxed), before, "stopped means stopped");
        let again = Device::null(NullRequest::default()).start(render).ok().unwrap();
        thread::sleep(Duration::from_millis(20));
        drop(again);
        assert!(frames.load(Ordering::Relaxed) > before);
    }

    #[test]
    fn impossible_numbers_are_made_possible() {
        let nonsense = NullRequest { sample_rate: 0, output_channels: 0, block: 0, pace: Pace::Fast };
        let format = Device::null(nonsense).format();
        assert_eq!((format.sample_rate, format.output_channels, format.block), (1, 1, 1));
    }
}
