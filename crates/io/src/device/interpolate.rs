//! Reads a stream of frames at positions between them: a windowed sinc from a table.
//!
//! 96 taps in a Kaiser window, 512 rows and straight lines between rows. The tests measure what it
//! reaches.

use crate::sinc::Shape;

/// Taps when the rates are equal. More when the stream is read faster than it was recorded, for then
/// the filter must cut lower.
const TAPS: usize = 96;
/// Rows of the table per frame.
const ROWS: usize = 512;
/// Shape of the Kaiser window: stop band at -100 dB.
const BETA: f64 = 10.06;
/// Half height of the filter as a part of the lower rate: flat to 0.426, 20.4 kHz at 48 kHz.
const CUTOFF: f64 = 0.46;
/// Most frames read per frame made.
const MAX_SPEED: f64 = 32.0;

/// A table of filters for one pair of rates.
pub(super) struct Interpolator {
    taps: usize,
    /// `ROWS + 1` filters; row `r` reads `r / ROWS` of a frame behind its centre.
    table: Vec<f32>,
    /// The filter for the frame at hand.
    filter: Vec<f32>,
}

impl Interpolator {
    /// For reading at `speed` frames per frame made.
    pub(super) fn new(speed: f64) -> Self {
        let stretch = speed.clamp(1.0, MAX_SPEED);
        let taps = (TAPS as f64 * stretch / 2.0).ceil() as usize * 2;
        let shape = Shape { taps, cutoff: CUTOFF / stretch, beta: BETA };
        let table = shape.table(ROWS).into_iter().map(|value| value as f32).collect();
        Self { taps, table, filter: vec![0.0; taps] }
    }

    /// Frames that one frame is made from.
    pub(super) fn taps(&self) -> usize {
        self.taps
    }

    /// Frames from the first one in the window to the one at fraction 0.
    pub(super) fn centre(&self) -> usize {
        self.taps / 2 - 1
    }

    /// Makes a frame, `fraction` (0 to 1) of a frame behind the centre of `window`, which holds
    /// [`taps`](Self::taps) interleaved frames.
    pub(super) fn frame(&mut self, window: &[f32], fraction: f64, frame: &mut [f32]) {
        let place = fraction * ROWS as f64;
        let row = (place as usize).min(ROWS - 1);
        let between = (place - row as f64) as f32;
        let (low, high) = self.table[row * self.taps..][..2 * self.taps].split_at(self.taps);
        for ((tap, &low), &high) in self.filter.iter_mut().zip(low).zip(high) {
            *tap = low + (high - low) * between;
        }
        let channels = frame.len();
        for (channel, sample) in frame.iter_mut().enumerate() {
            let samples = window[channel..].iter().step_by(channels);
            *sample = samples.zip(&self.filter).map(|(sample, tap)| sample * tap).sum();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// Residual in dB of a sine, `step` radians per frame, read at `speed`.
    fn residual(step: f64, speed: f64) -> f64 {
        let mut interpolator = Interpolator::new(speed);
        let count = 20_000;
        let stream: Vec<f32> = (0..count).map(|frame| (step * f64::from(frame)).sin() as f32).collect();
        let mut position: f64 = 0.3;
        let mut noise = 0.0;
        let mut made = 0;
        while (position as usize) + interpolator.taps() <= stream.len() {
            let start = position as usize;
            let mut frame = [0.0];
            interpolator.frame(&stream[start..], position.fract(), &mut frame);
            let ideal = (step * (position + interpolator.centre() as f64)).sin();
            noise += (f64::from(frame[0]) - ideal).powi(2);
            made += 1;
            position += speed;
        }
        10.0 * (noise / f64::from(made) / 0.5).log10()
    }

    #[test]
    fn tones_come_out_clean() {
        for speed in [1.0001f64, 44_100.0 / 48_000.0, 48_000.0 / 44_100.0, 2.0] {
            let mut worst = f64::NEG_INFINITY;
            for hertz in [50.0, 1_000.0, 6_000.0, 16_000.0] {
                let lower_rate = 48_000.0 * speed.max(1.0);
                let residual = residual(2.0 * PI * hertz / lower_rate, speed);
                println!("speed {speed:.4}, {hertz} Hz: residual {residual:.1} dB");
                worst = worst.max(residual);
            }
            assert!(worst < -95.0, "{worst}");
        }
    }

    #[test]
    fn constants_and_channels_pass() {
        let mut interpolator = Interpolator::new(1.5);
        let window: Vec<f32> = [0.25, -1.0, 0.5].repeat(interpolator.taps());
        for fraction in [0.0, 0.123, 0.5, 0.999_999, 1.0] {
            let mut frame = [0.0; 3];
            interpolator.frame(&window, fraction, &mut frame);
            for (sample, expected) in frame.iter().zip([0.25, -1.0, 0.5]) {
                assert!((sample - expected).abs() < 1e-6, "{sample}");
            }
        }
    }

    #[test]
    fn what_the_lower_rate_cannot_hold_is_cut() {
        // 16 kHz read at twice the speed would come out at 16 kHz of a 48 kHz stream, 32 kHz folded.
        let mut interpolator = Interpolator::new(2.0);
        let step = 2.0 * PI * 32_000.0 / 96_000.0;
        let stream: Vec<f32> = (0..2_000).map(|frame| (step * f64::from(frame)).sin() as f32).collect();
        let mut frame = [0.0];
        for start in (0..1_800).step_by(2) {
            interpolator.frame(&stream[start..], 0.25, &mut frame);
            assert!(frame[0].abs() < 3e-4, "{}", frame[0]);
        }
    }
}
