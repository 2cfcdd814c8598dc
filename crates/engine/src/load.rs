//! Load: how much of the time it has the executor takes, as a histogram that any thread can read.
//!
//! Its bins are logarithmic, eight to a doubling, so that a load of 0.1 % is measured as exactly as one of
//! 100 %: to 12.5 %.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

/// Bits of a float below those of its bin: without them it has eight values to a doubling.
const SHIFT: u32 = 20;
/// The lowest bin begins here, 0.1 %; it has all below as well.
const LOWEST: u32 = (1.0_f32 / 1024.0).to_bits() >> SHIFT;
/// The first bin of overruns.
const FULL: usize = bin(1.0);
/// Up to 16 times the time there is; the last bin has all above as well.
const BINS: usize = bin(16.0) + 1;

/// The bin of a load; floats that are positive order like their bits.
const fn bin(load: f32) -> usize {
    (load.to_bits() >> SHIFT).saturating_sub(LOWEST) as usize
}

/// Where the next bin begins.
fn end(bin: usize) -> f32 {
    f32::from_bits((LOWEST + bin as u32 + 1) << SHIFT)
}

/// Counts callbacks by load. Written by the executor, read by anyone.
#[derive(Debug)]
pub struct LoadMeter {
    counts: [AtomicU64; BINS],
    worst: AtomicU32,
}

/// What a [`LoadMeter`] has counted.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Load {
    /// Callbacks measured.
    pub callbacks: u64,
    /// Callbacks that took longer than the sound they made lasts.
    pub overruns: u64,
    /// Load that half of the callbacks stayed below, to 12.5 %; 1 is all the time there is.
    pub median: f32,
    /// Load that 99 % stayed below, to 12.5 %.
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
        self.counts[bin(load).min(BINS - 1)].fetch_add(1, Ordering::Relaxed);
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
            let bin = counts.iter().position(|count| {
                below += count;
                below >= limit
            });
            // The end of a bin may lie above everything in it.
            end(bin.unwrap_or(0)).min(worst)
        };
        if callbacks == 0 {
            return Load::default();
        }
        Load {
            callbacks,
            overruns: counts[FULL..].iter().sum(),
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
        assert!(load.median >= 0.1 && load.median < 0.1 * 1.125, "{load:?}");
        assert!((load.worst - 1.5).abs() < 1e-3);
        meter.clear();
        assert_eq!(meter.read(), Load::default());
    }

    #[test]
    fn small_and_large_loads_are_exact_to_an_eighth() {
        for load in [0.001_f32, 0.0123, 0.3, 0.999, 1.0, 7.9] {
            let meter = LoadMeter::default();
            meter.count(Duration::from_secs_f32(load), 48_000, 48_000.0);
            // So that the worst does not limit the median.
            meter.worst.store(100.0_f32.to_bits(), Ordering::Relaxed);
            let median = meter.read().median;
            assert!(median > load * 0.999 && median <= load * 1.126, "{median} for {load}");
        }
    }

    #[test]
    fn the_edges_have_bins() {
        let meter = LoadMeter::default();
        meter.count(Duration::ZERO, 64, 48_000.0);
        meter.count(Duration::from_secs(1000), 1, 384_000.0);
        meter.count(Duration::from_secs(1), 48_000, 48_000.0);
        let load = meter.read();
        assert_eq!((load.callbacks, load.overruns), (3, 2), "all the time there is counts as too long");
    }
}
