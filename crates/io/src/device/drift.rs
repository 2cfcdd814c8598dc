//! Two clocks that both say 48 kHz and do not agree.
//!
//! Callbacks come late by chance, never early. [`FrameClock`] smooths their times with a
//! delay-locked loop (Adriaensen 2005, "Using a DLL to filter time"); [`Speed`] steers how fast the
//! input is read so that its delay stays put (Adriaensen 2012, "Controlling adaptive resampling").
//! Reading the fill of a ring buffer instead would let the two block sizes beat against each other.

use std::f64::consts::{SQRT_2, TAU};

/// Bandwidth in the long run, in hertz.
const SLOW: f64 = 0.02;
/// Bandwidth at the start, to lock within a second.
const FAST: f64 = 1.0;
/// A time further off than this, in seconds, is no jitter: the stream was interrupted.
const INTERRUPTION: f64 = 0.25;
/// The greatest difference of two clocks that is followed.
const MAX_DIFFERENCE: f64 = 0.01;

/// Bandwidth `age` seconds after the start.
fn bandwidth(age: f64) -> f64 {
    (FAST / (1.0 + age)).max(SLOW)
}

/// When a stream reached which frame, smoothed.
#[derive(Clone, Copy, Debug)]
pub(super) struct FrameClock {
    nominal_period: f64,
    /// Seconds per frame.
    period: f64,
    time: f64,
    frames: f64,
    age: f64,
    started: bool,
    /// Mean square of the lateness, in seconds squared.
    spread: f64,
}

impl FrameClock {
    /// A clock of `rate` frames per second, more or less.
    pub(super) fn new(rate: f64) -> Self {
        let period = 1.0 / rate;
        Self { nominal_period: period, period, time: 0.0, frames: 0.0, age: 0.0, started: false, spread: 0.0 }
    }

    /// `frames` in all were reached at `now` seconds, as far as the callback can tell.
    pub(super) fn tick(&mut self, now: f64, frames: f64) {
        let advance = frames - self.frames;
        if advance <= 0.0 && self.started {
            return;
        }
        let expected = self.time + advance * self.period;
        let late = now - expected;
        if !self.started || late.abs() > INTERRUPTION {
            let (nominal_period, started) = (self.nominal_period, true);
            *self = Self { time: now, frames, started, ..Self::new(1.0 / nominal_period) };
            return;
        }
        // One callback that is very late says nothing of the clock.
        let limit = 3.0 * self.spread.sqrt();
        let late = if self.age > 1.0 { late.clamp(-limit, limit) } else { late };
        let elapsed = advance * self.nominal_period;
        self.spread += (elapsed.min(1.0)) * (late * late - self.spread) + late * late * 1e-3;
        // Beyond 0.5 the loop would not settle; long callbacks come near that in its first second.
        let omega = (TAU * bandwidth(self.age) * elapsed).min(0.5);
        self.time = expected + SQRT_2 * omega * late;
        self.period += omega * omega * late / advance;
        self.frames = frames;
        self.age += elapsed;
    }

    /// When the latest frame was reached.
    pub(super) fn time(&self) -> f64 {
        self.time
    }

    /// Frames reached by `time`.
    pub(super) fn frames_at(&self, time: f64) -> f64 {
        self.frames + (time - self.time) / self.period
    }
}

/// Frames of input per frame of output, steered to keep a delay.
#[derive(Clone, Copy, Debug)]
pub(super) struct Speed {
    nominal: f64,
    input_rate: f64,
    difference: f64,
    integral: f64,
    age: f64,
}

impl Speed {
    pub(super) fn new(input_rate: f64, output_rate: f64) -> Self {
        Self { nominal: input_rate / output_rate, input_rate, difference: 0.0, integral: 0.0, age: 0.0 }
    }

    /// The stream was interrupted: locks quickly again, from the difference found so far.
    pub(super) fn restart(&mut self) {
        self.age = 0.0;
        self.difference = self.integral;
    }

    /// Frames of input per frame of output.
    pub(super) fn get(&self) -> f64 {
        self.nominal * (1.0 + self.difference)
    }

    /// After `elapsed` seconds the delay is `excess` input frames longer than it should be.
    pub(super) fn steer(&mut self, excess: f64, elapsed: f64) {
        // A second-order loop, somewhat slower than the clocks it listens to at first.
        let omega = TAU * (0.5 * bandwidth(self.age)).max(SLOW);
        let excess = excess / self.input_rate;
        self.integral += omega * omega * excess * elapsed;
        self.integral = self.integral.clamp(-MAX_DIFFERENCE, MAX_DIFFERENCE);
        self.difference = (SQRT_2 * omega * excess + self.integral).clamp(-MAX_DIFFERENCE, MAX_DIFFERENCE);
        self.age += elapsed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small generator of numbers from 0 to 1.
    struct Random(u32);

    impl Random {
        fn next(&mut self) -> f64 {
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(self.0 >> 8) / f64::from(1 << 24)
        }
    }

    /// Simulates an input whose clock is fast by `difference` against the output's, with callbacks late
    /// by up to `jitter` seconds. Gives the delay's error in frames (rms, peak) and the speed's in ppm
    /// (rms, peak) over the second half of `seconds`.
    fn simulate(difference: f64, blocks: (f64, f64), jitter: f64, seconds: f64) -> [f64; 4] {
        const RATE: f64 = 48_000.0;
        let mut random = Random(1);
        let (mut input, mut output) = (FrameClock::new(RATE), FrameClock::new(RATE));
        let mut speed = Speed::new(RATE, RATE);
        let (mut recorded, mut played, mut read) = (0.0, 0.0, f64::NAN);
        let (mut errors, mut wobbles) = (Vec::new(), Vec::new());
        while played < seconds * RATE {
            let now = played / RATE;
            while (recorded + blocks.0) / (RATE * (1.0 + difference)) <= now {
                recorded += blocks.0;
                input.tick(recorded / (RATE * (1.0 + difference)) + jitter * random.next(), recorded);
            }
            output.tick(now + jitter * random.next(), played);
            if now > 0.2 {
                let reached = input.frames_at(output.time());
                if read.is_nan() {
                    read = reached - 1_000.0;
                }
                speed.steer(reached - read - 1_000.0, blocks.1 / RATE);
                read += speed.get() * blocks.1;
                if now > seconds / 2.0 {
                    errors.push(now * RATE * (1.0 + difference) - (read - speed.get() * blocks.1) - 1_000.0);
                    wobbles.push(1e6 * (speed.get() - 1.0 - difference));
                }
            }
            played += blocks.1;
        }
        // The mean lateness shifts the delay for good; it is no error.
        let mean = errors.iter().sum::<f64>() / errors.len() as f64;
        let rms = |values: &[f64], mean: f64| {
            (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
        };
        let peak =
            |values: &[f64], mean: f64| values.iter().fold(0.0, |peak: f64, v| peak.max((v - mean).abs()));
        [rms(&errors, mean), peak(&errors, mean), rms(&wobbles, 0.0), peak(&wobbles, 0.0)]
    }

    #[test]
    fn clocks_that_differ_are_followed() {
        let cases = [
            (100e-6, (256.0, 256.0), 0.3e-3),
            (-100e-6, (256.0, 256.0), 0.3e-3),
            (100e-6, (512.0, 341.0), 0.3e-3),
            (1000e-6, (480.0, 512.0), 0.3e-3),
            (0.0, (256.0, 256.0), 0.0),
        ];
        for (difference, blocks, jitter) in cases {
            let [error, error_peak, wobble, wobble_peak] = simulate(difference, blocks, jitter, 240.0);
            println!(
                "{:+5.0} ppm, blocks {blocks:?}: delay off by {error:.2} frames rms, {error_peak:.2} peak; \
                 speed by {wobble:.2} ppm rms, {wobble_peak:.2} peak",
                difference * 1e6
            );
            assert!(error < 0.5 && error_peak < 1.5, "delay {error} {error_peak}");
            assert!(wobble < 5.0 && wobble_peak < 15.0, "speed {wobble} {wobble_peak}");
        }
    }

    #[test]
    fn an_interruption_restarts_the_clock() {
        let mut clock = FrameClock::new(1_000.0);
        for second in 0..10 {
            clock.tick(f64::from(second), f64::from(second) * 1_000.0);
        }
        clock.tick(100.0, 10_000.0);
        assert_eq!((clock.time(), clock.frames_at(101.0)), (100.0, 11_000.0));
    }
}
