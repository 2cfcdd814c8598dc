//! A stereo limiter that looks ahead, so that it turns down before a peak instead of cutting it off.
//!
//! The gain each peak needs is held over a window, released exponentially, and smoothed by two moving
//! averages that together span the window: by the time the delayed peak arrives the average has got
//! all the way down. Both channels get the same gain, so the image stays put. Peaks are those of the
//! waveform between the samples, see [`TruePeak`].
//!
//! While nothing exceeds the ceiling the signal passes unchanged, bit for bit, only later.

use crate::best_instructions::BestInstructions;
use crate::delay_line::DelayLine;
use crate::true_peak::TruePeak;

/// Peaks are brought to the ceiling times this, 0.1 dB below: what finding them between samples may miss.
const MARGIN: f32 = 0.988_55;

/// Gain 1 in the fixed point whose sums are exact.
const ONE: u64 = 1 << 24;

/// Half the look-ahead window, in seconds.
const HALF_WINDOW_SECONDS: f32 = 0.000_48;

/// Time in which the gain makes up 63 % of the way back to 1 unless told, in seconds.
const RELEASE_SECONDS: f32 = 0.12;

/// Longest row of frames.
const LONGEST_ROW: usize = 64;

/// See the module's documentation.
#[derive(Debug)]
pub struct Limiter {
    machine: BestInstructions,
    target: f32,
    half_window: usize,
    sample_rate: f32,
    release: f64,
    lines: [DelayLine; 2],
    channels: [TruePeak; 2],
    /// Gain needed within the window.
    needed: SlidingMinimum,
    /// Held and released. The steps of a slow release are too small for an f32.
    envelope: f64,
    averages: [MovingSum; 2],
    /// The gains of the last row.
    gains: [f32; LONGEST_ROW],
    /// Frames until the last loud sample plays no part in any peak.
    loud_left: usize,
    /// Frames for which the envelope has been exactly 1.
    calm_frames: usize,
}

impl Limiter {
    /// A limiter that lets peaks up to `ceiling` through.
    pub fn new(ceiling: f32, sample_rate: f32) -> Self {
        let half_window = half_window(sample_rate);
        let line = DelayLine::new(Self::latency(sample_rate) + LONGEST_ROW);
        let mut limiter = Self {
            machine: BestInstructions::of_this_machine(),
            target: ceiling * MARGIN,
            half_window,
            sample_rate,
            release: 0.0,
            lines: [line.clone(), line],
            channels: [TruePeak::new(), TruePeak::new()],
            needed: SlidingMinimum::new(2 * half_window),
            envelope: 1.0,
            averages: [
                MovingSum::full(half_window, ONE),
                MovingSum::full(half_window, ONE * half_window as u64),
            ],
            gains: [1.0; LONGEST_ROW],
            loud_left: 0,
            calm_frames: 2 * half_window,
        };
        limiter.set_release(RELEASE_SECONDS);
        limiter
    }

    /// Frames by which the output lags behind.
    pub fn latency(sample_rate: f32) -> usize {
        TruePeak::DELAY - 2 + 2 * half_window(sample_rate)
    }

    /// The time in which the gain makes up 63 % of the way back to 1.
    pub fn set_release(&mut self, seconds: f32) {
        // 1 - exp(-x) for small x, near enough for a time that nobody measures.
        self.release = 1.0 / f64::from((seconds * self.sample_rate).max(1.0));
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.lines.iter_mut().for_each(DelayLine::clear);
        self.channels.iter_mut().for_each(TruePeak::reset);
        self.become_calm();
        self.loud_left = 0;
        self.calm_frames = 2 * self.half_window;
    }

    /// Limits a row of up to 64 frames in place. All samples must be finite. Answers with the gains.
    pub fn process(&mut self, left: &mut [f32], right: &mut [f32]) -> &[f32] {
        let frames = left.len();
        let peaks = &mut [0.0; LONGEST_ROW][..frames];
        self.find_peaks(left, right, peaks);
        for (line, row) in self.lines.iter_mut().zip([&mut *left, &mut *right]) {
            line.push_all(row);
            line.read(Self::latency(self.sample_rate) + frames, row);
        }
        let is_calm = self.calm_frames >= 2 * self.half_window;
        if is_calm && peaks.iter().all(|peak| *peak <= self.target) {
            self.gains[..frames].fill(1.0);
            return &self.gains[..frames];
        }
        for (i, peak) in peaks.iter().enumerate() {
            let gain = self.smooth(self.target / peak.max(self.target));
            self.gains[i] = gain;
            left[i] *= gain;
            right[i] *= gain;
        }
        if self.calm_frames >= 2 * self.half_window {
            self.become_calm();
        }
        &self.gains[..frames]
    }

    /// The highest peak of either channel at each frame, or 0 while there can be none above the target.
    fn find_peaks(&mut self, left: &[f32], right: &[f32], peaks: &mut [f32]) {
        for (channel, row) in self.channels.iter_mut().zip([left, right]) {
            channel.push(row);
        }
        let is_loud = loudest(left).max(loudest(right)) * TruePeak::MOST_OVERSHOOT > self.target;
        if is_loud || self.loud_left > 0 {
            let channels = &self.channels;
            self.machine.run(
                #[inline(always)]
                || channels.iter().for_each(|channel| channel.raise(peaks)),
            );
        }
        self.loud_left =
            if is_loud { TruePeak::FORGETS_AFTER } else { self.loud_left.saturating_sub(left.len()) };
    }

    /// The state in which the gain is 1 and stays so.
    fn become_calm(&mut self) {
        self.needed.clear();
        self.envelope = 1.0;
        self.averages[0].refill(ONE);
        self.averages[1].refill(ONE * self.half_window as u64);
    }

    /// The gain of this frame, given what its peak needs.
    fn smooth(&mut self, needed: f32) -> f32 {
        let held = f64::from(self.needed.push(needed));
        self.envelope =
            if held <= self.envelope { held } else { self.envelope + (held - self.envelope) * self.release };
        // The exponential never arrives by itself.
        if held - self.envelope < 1e-5 {
            self.envelope = held;
        }
        self.calm_frames = if self.envelope == 1.0 { self.calm_frames + 1 } else { 0 };
        let sum = self.averages[0].push((self.envelope * ONE as f64) as u64);
        let sum = self.averages[1].push(sum);
        let full = ONE * (self.half_window * self.half_window) as u64;
        (sum as f64 / full as f64) as f32
    }
}

/// The largest magnitude of finite samples. Their bits are in the order of their magnitudes, and whole
/// numbers may be compared many at a time.
fn loudest(samples: &[f32]) -> f32 {
    f32::from_bits(samples.iter().fold(0, |most, sample| most.max(sample.abs().to_bits())))
}

/// Half the look-ahead window, in frames.
fn half_window(sample_rate: f32) -> usize {
    ((HALF_WINDOW_SECONDS * sample_rate).round() as usize).max(8)
}

/// The sum of the last few numbers, in whole numbers so that it never drifts.
#[derive(Debug)]
struct MovingSum {
    numbers: Vec<u64>,
    at: usize,
    sum: u64,
}

impl MovingSum {
    fn full(length: usize, number: u64) -> Self {
        Self { numbers: vec![number; length], at: 0, sum: number * length as u64 }
    }

    fn refill(&mut self, number: u64) {
        self.numbers.fill(number);
        self.sum = number * self.numbers.len() as u64;
    }

    fn push(&mut self, number: u64) -> u64 {
        let oldest = std::mem::replace(&mut self.numbers[self.at], number);
        self.at = if self.at + 1 == self.numbers.len() { 0 } else { self.at + 1 };
        self.sum = self.sum + number - oldest;
        self.sum
    }
}

/// The smallest of the last few numbers: a queue of those that can still become the smallest, rising
/// from oldest to newest (Lemire 2006).
#[derive(Debug)]
struct SlidingMinimum {
    /// Numbers and the frame they came on.
    queue: Vec<(f32, u64)>,
    first: usize,
    count: usize,
    now: u64,
}

impl SlidingMinimum {
    fn new(length: usize) -> Self {
        Self { queue: vec![(0.0, 0); length], first: 0, count: 0, now: 0 }
    }

    fn clear(&mut self) {
        self.count = 0;
    }

    fn place(&self, position: usize) -> usize {
        let place = self.first + position;
        if place >= self.queue.len() { place - self.queue.len() } else { place }
    }

    fn push(&mut self, number: f32) -> f32 {
        self.now += 1;
        while self.count > 0 && self.queue[self.place(self.count - 1)].0 >= number {
            self.count -= 1;
        }
        if self.count > 0 && self.queue[self.first].1 + self.queue.len() as u64 <= self.now {
            self.first = self.place(1);
            self.count -= 1;
        }
        let last = self.place(self.count);
        self.queue[last] = (number, self.now);
        self.count += 1;
        self.queue[self.first].0
    }
}
