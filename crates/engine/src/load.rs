//! Load: how much of the time it has the executor takes, as a histogram that any thread can read.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

/// Steps of the histogram to full load; as many again lie above.
const STEPS: usize = 32;

/// Counts callbacks by load. Written by the executor, read by anyone.
#[derive(Debug)]
pub struct LoadMeter {
    counts: [AtomicU64; 2 * STEPS + 1],
    worst: AtomicU32,
}

/// What a [`LoadMeter`] has counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Load {
    /// Callbacks measured.
    pub callbacks: u64,
    /// Callbacks that took longer than the sound they made lasts.
    pub overruns: u64,
    /// Load that half of the callbacks stayed below; 1 is all the time there is.
    pub median: f32,
    /// Load that 99 % stayed below.
    pub high: f32,
    /// The highest load.
    pub worst: f32,
}

impl Default for LoadMeter {
    fn default() -> Self {
        Self { counts: std::array::from_fn(|_| AtomicU64::new(0)), worst: AtomicU32::new(0) }
    }
}

impl LoadMeter {
    /// Counts one callback. Audio thread.
    pub(crate) fn count(&self, took: Duration, frames: usize, sample_rate: f32) {
        let load = took.as_secs_f32() * sample_rate / frames.max(1) as f32;
        let step = ((load * STEPS as f32) as usize).min(2 * STEPS);
        self.counts[step].fetch_add(1, Ordering::Relaxed);
        // Bits of positive floats order like the floats.
        self.worst.fetch_max(load.to_bits(), Ordering::Relaxed);
    }

    /// What was counted since the beginning or the last [`clear`](Self::clear). Any thread.
    pub fn read(&self) -> Load {
        let counts: Vec<u64> = self.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect();
        let callbacks: u64 = counts.iter().sum();
        let worst = f32::from_bits(self.worst.load(Ordering::Relaxed));
        let quantile = |part: f64| {
            let mut below = 0;
            let limit = (callbacks as f64 * part).ceil() as u64;
            let step = counts.iter().position(|count| {
                below += count;
                below >= limit
            });
            // The upper edge of a step may lie above everything in it.
            ((step.unwrap_or(0) + 1) as f32 / STEPS as f32).min(worst)
        };
        if callbacks == 0 {
            return Load::default();
        }
        Load {
            callbacks,
            overruns: counts[STEPS..].iter().sum(),
            median: quantile(0.5),
            high: quantile(0.99),
            worst,
        }
    }

    /// Begins anew. Any thread.
    pub fn clear(&self) {
        for count in &self.counts {
            count.store(0, Ordering::Relaxed);
        }
        self.worst.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_callback_is_an_overrun() {
        let meter = LoadMeter::default();
        for _ in 0..99 {
            meter.count(Duration::from_micros(100), 48, 48_000.0);
        }
        meter.count(Duration::from_micros(1500), 48, 48_000.0);
        let load = meter.read();
        assert_eq!((load.callbacks, load.overruns), (100, 1));
        assert!(load.median > 0.09 && load.median < 0.16, "{load:?}");
        assert!((load.worst - 1.5).abs() < 1e-3);
        meter.clear();
        assert_eq!(meter.read(), Load::default());
    }
}
