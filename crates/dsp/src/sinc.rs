//! Reads a recording between its samples, at any speed: a windowed sinc, which becomes longer as the speed
//! rises, so that what would lie above half the rate is filtered out instead of folding down.
//!
//! J. O. Smith, "Digital Audio Resampling Home Page", CCRMA 2002 ff. At the original speed and at whole
//! samples the answer is the recording itself.

use crate::precise::{bessel, sinc};
use std::sync::LazyLock;

/// Zero crossings of the sinc to each side.
const CROSSINGS: usize = 20;
/// Points of the kernel from one crossing to the next.
const POINTS: usize = 512;
/// Shape of the window (Kaiser): what is stopped is stopped by 100 dB.
const BETA: f64 = 10.0;
/// From this speed on the filter opens no further, so that the work has an end.
pub const FASTEST: f32 = 16.0;

/// The kernel, and how to read with it.
#[derive(Debug)]
pub struct Sinc {
    /// For each fraction of a sample a row of weights, one for each sample from the first to the last that
    /// matters. One row more than there are fractions.
    rows: Vec<[f32; 2 * CROSSINGS]>,
    /// The kernel from its middle to its end, for other speeds.
    half: Vec<f32>,
}

impl Sinc {
    /// Samples needed before the place that is read, and behind it, at a speed of 1 or less.
    pub const REACH: usize = CROSSINGS;

    /// The kernel. The first call computes it, which takes some milliseconds: control thread.
    pub fn get() -> &'static Self {
        static SINC: LazyLock<Sinc> = LazyLock::new(Sinc::compute);
        &SINC
    }

    fn compute() -> Self {
        let row = |fraction: usize| -> [f32; 2 * CROSSINGS] {
            let at = fraction as f64 / POINTS as f64;
            let weights: [f64; 2 * CROSSINGS] =
                std::array::from_fn(|tap| value(tap as f64 - (CROSSINGS - 1) as f64 - at));
            // A constant stays what it is.
            let sum: f64 = weights.iter().sum();
            weights.map(|weight| (weight / sum) as f32)
        };
        let half = (0..=CROSSINGS * POINTS + 1).map(|i| value(i as f64 / POINTS as f64) as f32);
        Self { rows: (0..=POINTS).map(row).collect(), half: half.collect() }
    }

    /// The value `between` (0..1) the way from one sample to the next. `samples` are the
    /// [`REACH`](Self::REACH) up to and including the first of the two, and as many from the second on;
    /// panics for fewer.
    #[inline]
    pub fn read(&self, samples: &[f32], between: f32) -> f32 {
        let samples: &[f32; 2 * CROSSINGS] = samples[..2 * CROSSINGS].try_into().expect("that many samples");
        let position = between * POINTS as f32;
        let row = (position as usize).min(POINTS - 1);
        let share = position - row as f32;
        let (low, high) = (&self.rows[row], &self.rows[row + 1]);
        // Sums side by side, in an order that does not depend on the machine.
        let mut sums = [0.0; 8];
        for start in (0..2 * CROSSINGS).step_by(8) {
            for (i, sum) in sums.iter_mut().enumerate() {
                let tap = start + i;
                *sum += samples[tap] * (low[tap] + (high[tap] - low[tap]) * share);
            }
        }
        sums.iter().sum()
    }

    /// How many samples [`read_fast`](Self::read_fast) needs to each side at a speed.
    #[inline]
    pub fn reach(speed: f32) -> usize {
        (CROSSINGS as f32 * speed.clamp(1.0, FASTEST)) as usize + 1
    }

    /// The values of several channels at a place, `between` of the way from one sample to the next, for a
    /// speed above 1. `sample(i)` are the i-th samples after the first of the two, up to
    /// [`reach`](Self::reach) either way.
    #[inline]
    pub fn read_fast<const CHANNELS: usize>(
        &self,
        sample: impl Fn(isize) -> [f32; CHANNELS],
        between: f32,
        speed: f32,
    ) -> [f32; CHANNELS] {
        let speed = speed.clamp(1.0, FASTEST);
        let reach = Self::reach(speed) as isize;
        let step = POINTS as f32 / speed;
        let (mut sums, mut weights) = ([0.0; CHANNELS], 0.0);
        for i in 1 - reach..=reach {
            let position = (i as f32 - between).abs() * step;
            let index = position as usize;
            if index > CROSSINGS * POINTS {
                continue;
            }
            let share = position - index as f32;
            let weight = self.half[index] + (self.half[index + 1] - self.half[index]) * share;
            for (sum, sample) in sums.iter_mut().zip(sample(i)) {
                *sum += sample * weight;
            }
            weights += weight;
        }
        sums.map(|sum| sum / weights)
    }
}

/// The kernel, `time` samples from its middle.
fn value(time: f64) -> f64 {
    let place = time / CROSSINGS as f64;
    if place.abs() >= 1.0 {
        return 0.0;
    }
    sinc(time) * bessel(BETA * (1.0 - place * place).sqrt()) / bessel(BETA)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    fn sine(frequency: f64) -> impl Fn(f64) -> f64 {
        move |time| (TAU * frequency * time).sin()
    }

    #[test]
    fn it_reads_up_to_twenty_kilohertz_at_48() {
        for frequency in [0.01, 0.1, 0.3, 0.4] {
            let sine = sine(frequency);
            let samples: Vec<f32> = (0..200).map(|i| sine(f64::from(i)) as f32).collect();
            for step in 0..100 {
                let between = step as f32 / 100.0;
                let found = Sinc::get().read(&samples[100 - (CROSSINGS - 1)..], between);
                let error = f64::from(found) - sine(100.0 + f64::from(between));
                assert!(error.abs() < 2e-5, "{frequency} at {between}: {error}");
            }
        }
    }

    #[test]
    fn whole_samples_are_as_they_are() {
        let samples: Vec<f32> = (0..64).map(|i| ((i * 37) % 11) as f32).collect();
        assert_eq!(Sinc::get().read(&samples[20 - (CROSSINGS - 1)..], 0.0), samples[20]);
    }

    #[test]
    fn at_speed_what_would_fold_is_gone_and_the_rest_stays() {
        for (speed, frequency, passes) in
            [(2.0, 0.05, true), (2.0, 0.19, true), (2.0, 0.32, false), (7.3, 0.05, true), (7.3, 0.1, false)]
        {
            let sine = sine(frequency);
            for step in 0..50 {
                let between = step as f32 / 50.0;
                let [read] = Sinc::get().read_fast(|i| [sine(i as f64) as f32], between, speed);
                let expected = if passes { sine(f64::from(between)) } else { 0.0 };
                let error = (f64::from(read) - expected).abs();
                assert!(error < 1e-4, "{frequency} at {speed}: {error}");
            }
        }
    }
}
