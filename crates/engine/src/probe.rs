//! Probes: taps on outputs. The executor writes level and waveform, anyone reads, and anyone may have the
//! device play what is tapped instead of the patch.

use rtrb::{Consumer, Producer, RingBuffer};
use std::cell::UnsafeCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// The side of a probe that plans hold.
pub(crate) struct ProbeCell {
    peak: AtomicU32,
    /// Mean square, smoothed over about 50 ms.
    power: AtomicU32,
    waveform: UnsafeCell<Option<Producer<f32>>>,
    lost: AtomicU32,
    /// Whether the monitor bus gets the signal.
    is_monitored: AtomicBool,
    /// The factor by which it is heard then, as the bits of an `f32`.
    monitor_level: AtomicU32,
}

// SAFETY: `waveform` is touched by `ProbeCell::write` only, whose one caller is the executor.
unsafe impl Sync for ProbeCell {}

/// Level of a probed signal (all voices added).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ProbeLevels {
    /// Largest magnitude since the last reading.
    pub peak: f32,
    /// Root mean square over about 50 ms.
    pub rms: f32,
}

/// A tap on an output. Dropping it ends the tap with the next plan.
pub struct Probe {
    pub(crate) cell: Arc<ProbeCell>,
    waveform: Consumer<f32>,
}

impl Probe {
    /// A probe that keeps up to `capacity` samples until they are read; 0 for levels alone.
    pub(crate) fn new(capacity: usize) -> Self {
        let (producer, waveform) = RingBuffer::new(capacity);
        let cell = ProbeCell {
            peak: AtomicU32::new(0),
            power: AtomicU32::new(0),
            waveform: UnsafeCell::new((capacity > 0).then_some(producer)),
            lost: AtomicU32::new(0),
            is_monitored: AtomicBool::new(false),
            monitor_level: AtomicU32::new(1.0_f32.to_bits()),
        };
        Self { cell: Arc::new(cell), waveform }
    }

    /// The level now. Any thread.
    pub fn levels(&self) -> ProbeLevels {
        let peak = f32::from_bits(self.cell.peak.swap(0, Ordering::Relaxed));
        ProbeLevels { peak, rms: self.cell.rms() }
    }

    /// Appends all samples that came in since the last call. Any thread.
    pub fn read_waveform(&mut self, samples: &mut Vec<f32>) {
        let ready = self.waveform.slots();
        if let Ok(chunk) = self.waveform.read_chunk(ready) {
            let (first, second) = chunk.as_slices();
            samples.extend_from_slice(first);
            samples.extend_from_slice(second);
            chunk.commit_all();
        }
    }

    /// Lets the device play this signal instead of the patch, or the patch again; they cross over within 5
    /// ms. It goes through a limiter like that of a patch's output; of several voices that somebody plays
    /// only those that sound are heard. Any thread.
    pub fn listen(&self, on: bool) {
        self.cell.is_monitored.store(on, Ordering::Relaxed);
    }

    /// The factor by which the device plays it while it is listened to; 1 before it is set. Any thread.
    pub fn set_listening_level(&self, factor: f32) {
        let factor = if factor.is_finite() { factor.clamp(0.0, 64.0) } else { 0.0 };
        self.cell.monitor_level.store(factor.to_bits(), Ordering::Relaxed);
    }

    /// Samples lost because the buffer was full, since the last call. Any thread.
    pub fn lost(&self) -> u32 {
        self.cell.lost.swap(0, Ordering::Relaxed)
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        self.listen(false);
    }
}

impl ProbeCell {
    /// Root mean square over about 50 ms. Any thread.
    pub(crate) fn rms(&self) -> f32 {
        f32::from_bits(self.power.load(Ordering::Relaxed)).max(0.0).sqrt()
    }

    /// Whether the monitor bus gets the signal. Any thread.
    pub(crate) fn is_monitored(&self) -> bool {
        self.is_monitored.load(Ordering::Relaxed)
    }

    /// The factor by which the monitor bus plays it. Any thread.
    pub(crate) fn monitor_level(&self) -> f32 {
        f32::from_bits(self.monitor_level.load(Ordering::Relaxed))
    }

    /// Takes in a block.
    ///
    /// # Safety
    /// Executor only, one at a time.
    pub(crate) unsafe fn write(&self, samples: &[f32], sample_rate: f32) {
        let mut peak = 0.0_f32;
        let mut power = f32::from_bits(self.power.load(Ordering::Relaxed));
        let keep = 20.0 / sample_rate;
        for &sample in samples {
            peak = peak.max(sample.abs());
            power += (sample * sample - power) * keep;
        }
        self.power.store(power.to_bits(), Ordering::Relaxed);
        // Bits of positive floats order like the floats.
        self.peak.fetch_max(peak.to_bits(), Ordering::Relaxed);
        // SAFETY: passed on to the caller.
        let Some(waveform) = (unsafe { &mut *self.waveform.get() }) else { return };
        let room = waveform.slots().min(samples.len());
        if let Ok(chunk) = waveform.write_chunk_uninit(room) {
            chunk.fill_from_iter(samples[..room].iter().copied());
        }
        self.lost.fetch_add((samples.len() - room) as u32, Ordering::Relaxed);
    }
}
