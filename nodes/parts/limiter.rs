//! A stereo limiter that looks ahead, so that it turns down before a peak instead of cutting it off.
//!
//! The gain each peak needs is held over a window, released exponentially, and smoothed by two moving
//! averages that together span the window: by the time the delayed peak arrives the average has got
//! all the way down. Both channels get the same gain, so the image stays put. Peaks are those of the
//! waveform between the samples, as a converter will make it (ITU-R BS.1770-5, annex 2).
//!
//! While nothing exceeds the ceiling the signal passes unchanged, bit for bit, only later.

use crate::parts::delay_line::DelayLine;

/// Samples the interpolation between samples looks at.
const TAPS: usize = 16;

/// Interpolates a quarter of the way from sample 7 to sample 8 of 16. Sinc under a Kaiser window of
/// shape 4, sum 1; flat within 0.1 dB up to 0.42 of the sample rate.
const QUARTER: [f32; TAPS] = [
    -0.005102525,
    0.010482265,
    -0.018833393,
    0.031572327,
    -0.051661506,
    0.0872653,
    -0.17299634,
    0.9009046,
    0.29626888,
    -0.11859391,
    0.066546515,
    -0.040392768,
    0.02452566,
    -0.014217483,
    0.007482058,
    -0.00324966,
];

/// The same halfway.
const HALF: [f32; TAPS] = [
    -0.005825492,
    0.012595005,
    -0.023220457,
    0.039432254,
    -0.064636536,
    0.10753191,
    -0.20026429,
    0.6343876,
    0.6343876,
    -0.20026429,
    0.10753191,
    -0.064636536,
    0.039432254,
    -0.023220457,
    0.012595005,
    -0.005825492,
];

/// No interpolated value is further from 0 than the largest sample around it times this: the sum of
/// the magnitudes of [`HALF`], rounded up.
const MOST_OVERSHOOT: f32 = 2.18;

/// Gain 1 in the fixed point whose sums are exact.
const ONE: u64 = 1 << 24;

/// Half the look-ahead window, in seconds.
const HALF_WINDOW_SECONDS: f32 = 0.000_75;

/// Time in which the gain makes up 63 % of the way back to 1, in seconds.
const RELEASE_SECONDS: f32 = 0.12;

/// See the module's documentation.
#[derive(Debug)]
pub(crate) struct Limiter {
    ceiling: f32,
    half_window: usize,
    release: f64,
    left: DelayLine,
    right: DelayLine,
    /// Gain needed within the window.
    needed: SlidingMinimum,
    /// Held and released. The steps of a slow release are too small for an f32.
    envelope: f64,
    averages: [MovingSum; 2],
    /// Each channel's waveform a quarter of a sample before the eighth-newest.
    before: [f32; 2],
    /// Frames until the last loud sample has left the interpolation.
    loud_left: usize,
    /// Frames for which the envelope has been exactly 1.
    calm_frames: usize,
}

impl Limiter {
    /// A limiter that lets peaks up to `ceiling` through.
    pub(crate) fn new(ceiling: f32, sample_rate: f32) -> Self {
        let half_window = half_window(sample_rate);
        let latency = Self::latency(sample_rate);
        Self {
            ceiling,
            half_window,
            // 1 - exp(-x) for small x, near enough for a time that nobody measures.
            release: 1.0 / f64::from(RELEASE_SECONDS * sample_rate),
            left: DelayLine::new(latency + 64),
            right: DelayLine::new(latency + 64),
            needed: SlidingMinimum::new(2 * half_window),
            envelope: 1.0,
            averages: [
                MovingSum::full(half_window, ONE),
                MovingSum::full(half_window, ONE * half_window as u64),
            ],
            before: [0.0; 2],
            loud_left: 0,
            calm_frames: 2 * half_window,
        }
    }

    /// Frames by which the output lags behind.
    pub(crate) fn latency(sample_rate: f32) -> usize {
        TAPS / 2 - 2 + 2 * half_window(sample_rate)
    }

    /// Forgets the past.
    pub(crate) fn reset(&mut self) {
        self.left.clear();
        self.right.clear();
        self.become_calm();
        self.loud_left = 0;
        self.calm_frames = 2 * self.half_window;
    }

    /// Limits a block of up to 64 frames in place. All samples must be finite.
    pub(crate) fn process(&mut self, left: &mut [f32], right: &mut [f32]) {
        let frames = left.len();
        let loudest = loudest(left).max(loudest(right));
        let is_calm = self.loud_left == 0 && self.calm_frames >= 2 * self.half_window;
        if is_calm && !self.is_loud(loudest) {
            self.left.push_all(left);
            self.right.push_all(right);
            let latency = TAPS / 2 - 2 + 2 * self.half_window;
            self.left.read(latency + frames, left);
            self.right.read(latency + frames, right);
            return;
        }
        for (left, right) in left.iter_mut().zip(right) {
            (*left, *right) = self.next(*left, *right);
        }
        if self.calm_frames >= 2 * self.half_window {
            self.become_calm();
        }
    }

    fn is_loud(&self, sample: f32) -> bool {
        sample * MOST_OVERSHOOT > self.ceiling
    }

    /// The state in which the gain is 1 and stays so.
    fn become_calm(&mut self) {
        self.needed.clear();
        self.envelope = 1.0;
        self.averages[0].refill(ONE);
        self.averages[1].refill(ONE * self.half_window as u64);
    }

    fn next(&mut self, left: f32, right: f32) -> (f32, f32) {
        self.left.push(left);
        self.right.push(right);
        if self.is_loud(left.abs().max(right.abs())) {
            if self.loud_left == 0 {
                self.before = [0.0; 2];
            }
            self.loud_left = TAPS;
        }
        let needed = if self.loud_left > 0 { self.ceiling / self.peak().max(self.ceiling) } else { 1.0 };
        self.loud_left = self.loud_left.saturating_sub(1);
        let gain = self.smooth(needed);
        let delay = TAPS / 2 - 1 + 2 * self.half_window;
        (self.left.at(delay) * gain, self.right.at(delay) * gain)
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

    /// The highest point of either channel's waveform around the eighth-newest sample, up to the one
    /// after it.
    fn peak(&mut self) -> f32 {
        let mut peak = 0.0_f32;
        for (line, before) in [&self.left, &self.right].into_iter().zip(&mut self.before) {
            let samples: [f32; TAPS] = std::array::from_fn(|i| line.at(TAPS - i));
            let (mut quarter, mut half, mut three_quarters) = (0.0, 0.0, 0.0);
            for i in 0..TAPS {
                quarter += samples[i] * QUARTER[i];
                half += samples[i] * HALF[i];
                three_quarters += samples[i] * QUARTER[TAPS - 1 - i];
            }
            let points = [*before, samples[7], quarter, half, three_quarters, samples[8]];
            *before = three_quarters;
            peak = points.windows(3).fold(peak.max(points[5].abs()), |peak, three| peak.max(summit(three)));
        }
        peak
    }
}

/// The height of the parabola through three points, if the middle one is the highest or lowest.
fn summit(points: &[f32]) -> f32 {
    let (before, here, after) = (points[0], points[1], points[2]);
    let (slope, bend) = (before - after, before - 2.0 * here + after);
    let is_extreme = (here - before) * (here - after) > 0.0;
    let rise = if is_extreme { slope * slope / (8.0 * bend) } else { 0.0 };
    (here - rise).abs()
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

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_testkit::signal::{noise, sine};

    const CEILING: f32 = 0.966;

    fn limit(signal: &[f32], block: usize) -> Vec<f32> {
        let mut limiter = Limiter::new(CEILING, 48_000.0);
        let mut left = signal.to_vec();
        let mut right = vec![0.0; signal.len()];
        for (left, right) in left.chunks_mut(block).zip(right.chunks_mut(block)) {
            limiter.process(left, right);
        }
        left
    }

    /// The zeroth-order modified Bessel function of the first kind.
    fn bessel(x: f64) -> f64 {
        let term = |term: f64, k: u32| term * (x / 2.0 / f64::from(k)).powi(2);
        (1..40)
            .scan(1.0, |state, k| {
                *state = term(*state, k);
                Some(*state)
            })
            .sum::<f64>()
            + 1.0
    }

    #[test]
    fn the_interpolators_are_what_they_say() {
        for (fraction, taps) in [(0.25, QUARTER), (0.5, HALF)] {
            let ideal: Vec<f64> = (0..TAPS)
                .map(|i| {
                    let x = i as f64 - 7.0 - fraction;
                    let window = bessel(4.0 * (1.0 - (x / 8.0).powi(2)).max(0.0).sqrt()) / bessel(4.0);
                    (std::f64::consts::PI * x).sin() / (std::f64::consts::PI * x) * window
                })
                .collect();
            let sum: f64 = ideal.iter().sum();
            for (tap, ideal) in taps.iter().zip(&ideal) {
                assert!((f64::from(*tap) - ideal / sum).abs() < 1e-7);
            }
        }
        assert!(HALF.iter().chain(&[0.0]).map(|tap| tap.abs()).sum::<f32>() < MOST_OVERSHOOT);
        assert!(QUARTER.iter().map(|tap| tap.abs()).sum::<f32>() < MOST_OVERSHOOT);
    }

    #[test]
    fn below_the_ceiling_it_only_delays() {
        let signal: Vec<f32> = noise(5000, 1).iter().map(|x| x * 0.44).collect();
        let latency = Limiter::latency(48_000.0);
        assert_eq!(limit(&signal, 64)[latency..], signal[..5000 - latency]);
        let loud_but_below: Vec<f32> = sine(5000, 300.0, 48_000.0).iter().map(|x| x * 0.96).collect();
        assert_eq!(limit(&loud_but_below, 64)[latency..], loud_but_below[..5000 - latency]);
    }

    #[test]
    fn block_sizes_do_not_matter() {
        let burst = |i: usize| if i % 6000 < 3000 { 0.01 } else { 3.0 };
        let signal: Vec<f32> = noise(20_000, 2).iter().enumerate().map(|(i, x)| x * burst(i)).collect();
        let whole = limit(&signal, 64);
        assert_eq!(whole, limit(&signal, 1));
        assert_eq!(whole, limit(&signal, 17));
    }

    #[test]
    fn it_recovers() {
        let mut signal = sine(96_000, 100.0, 48_000.0);
        signal.iter_mut().enumerate().for_each(|(i, x)| *x *= if i < 24_000 { 4.0 } else { 0.4 });
        let latency = Limiter::latency(48_000.0);
        assert_eq!(limit(&signal, 64)[95_000], signal[95_000 - latency]);
    }

    /// Peaks of the waveform, by sixteenfold interpolation with a much longer sinc than the limiter's.
    fn true_peak(signal: &[f32]) -> f64 {
        const REACH: usize = 48;
        let mut peak = 0.0_f64;
        for center in REACH..signal.len() - REACH {
            if signal[center].abs() < 0.5 * CEILING && signal[center + 1].abs() < 0.5 * CEILING {
                continue;
            }
            for step in 0..16 {
                let fraction = f64::from(step) / 16.0;
                let value: f64 = (center + 1 - REACH..=center + REACH)
                    .map(|i| {
                        let x = i as f64 - center as f64 - fraction;
                        let sinc = if x == 0.0 {
                            1.0
                        } else {
                            (std::f64::consts::PI * x).sin() / (std::f64::consts::PI * x)
                        };
                        let window = (std::f64::consts::FRAC_PI_2 * x / REACH as f64).cos().powi(2);
                        f64::from(signal[i]) * sinc * window
                    })
                    .sum();
                peak = peak.max(value.abs());
            }
        }
        peak
    }

    /// What lies above 20 kHz, as in white noise, exceeds it by up to 1.2 dB.
    #[test]
    fn true_peaks_stay_below_the_ceiling() {
        let bursts = |hertz: f64, phase: usize| {
            let mut signal = sine(6000 + phase, hertz, 48_000.0)[phase..].to_vec();
            signal.iter_mut().enumerate().for_each(|(i, x)| *x *= if i % 1000 < 500 { 0.1 } else { 4.0 });
            signal
        };
        let programmes = [
            ("noise", 1.2, noise(6000, 3).iter().map(|x| x * 4.0).collect::<Vec<f32>>()),
            ("quarter of the rate", 0.1, bursts(12_000.5, 1)),
            ("sixth of the rate", 0.1, bursts(8_000.5, 1)),
            ("997 Hz", 0.1, bursts(997.0, 0)),
            ("16 kHz", 0.2, bursts(16_000.7, 0)),
            ("square", 0.2, sine(6000, 997.0, 48_000.0).iter().map(|x| 2.0 * x.signum()).collect()),
        ];
        for (name, most, programme) in programmes {
            let over = 20.0 * (true_peak(&limit(&programme, 64)) / f64::from(CEILING)).log10();
            assert!(over < most, "{name} exceeds the ceiling by {over} dB");
            println!("{name}: {over:+.3} dB");
        }
    }
}
