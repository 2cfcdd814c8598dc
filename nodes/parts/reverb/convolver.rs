//! Convolution with a long response, without delay.
//!
//! The first part of the response is computed directly, the rest by spectra of equal parts (uniformly
//! partitioned overlap-save; Wefers, "Partitioned convolution algorithms for real-time auralization", 2015).
//! What a part contributes is known one part earlier, so this work is spread evenly over the time until it is
//! heard: no block costs much more than another.

use crate::parts::compute::best_instructions::BestInstructions;
use jackfield_node::dsp::real_fourier::{RealFourier, Spectrum};

/// Samples to a part.
pub(crate) const PART: usize = 512;

/// Longest row computed at once.
const LONGEST_ROW: usize = 64;

/// A response, prepared.
pub(crate) struct Response {
    head: Vec<f32>,
    /// Spectra of the parts behind the head, each padded to two parts.
    parts: Vec<Spectrum>,
}

impl Response {
    /// Prepares samples times a gain. Control thread.
    pub(crate) fn new(samples: &[f32], gain: f32) -> Self {
        let scaled: Vec<f32> = samples.iter().map(|sample| sample * gain).collect();
        let (head, rest) = scaled.split_at(scaled.len().min(PART));
        let mut fourier = RealFourier::new(2 * PART);
        let parts = rest.chunks(PART).map(|part| {
            let (mut padded, mut spectrum) = (vec![0.0; 2 * PART], Spectrum::new(2 * PART));
            padded[..part.len()].copy_from_slice(part);
            fourier.forward(&padded, &mut spectrum);
            spectrum
        });
        let parts = parts.collect();
        Self { head: head.to_vec(), parts }
    }
}

/// Convolves one channel with a [`Response`].
pub(crate) struct Convolver {
    instructions: BestInstructions,
    fourier: RealFourier,
    /// The part before and the one that fills, then room to move on.
    heard: Vec<f32>,
    /// Spectra of the sound, part by part, in a ring.
    past: Vec<Spectrum>,
    /// Where in the ring the newest is.
    newest: usize,
    /// What the parts behind the head contribute to the part after the one that fills.
    sum: Spectrum,
    /// Parts of the response in `sum`.
    summed: usize,
    /// What they contribute to the part that fills.
    tail: Vec<f32>,
    /// Samples of the part that are there.
    filled: usize,
    samples: Vec<f32>,
}

impl Convolver {
    /// Control thread.
    pub(crate) fn new(response: &Response) -> Self {
        let count = response.parts.len();
        Self {
            instructions: BestInstructions::of_this_machine(),
            fourier: RealFourier::new(2 * PART),
            heard: vec![0.0; 2 * PART],
            past: vec![Spectrum::new(2 * PART); count],
            newest: 0,
            sum: Spectrum::new(2 * PART),
            summed: 1,
            tail: vec![0.0; PART],
            filled: 0,
            samples: vec![0.0; 2 * PART],
        }
    }

    /// Forgets the past.
    pub(crate) fn reset(&mut self) {
        self.heard.fill(0.0);
        self.past.iter_mut().for_each(Spectrum::clear);
        self.sum.clear();
        self.tail.fill(0.0);
        (self.newest, self.summed, self.filled) = (0, 1, 0);
    }

    /// Convolves a row. Audio thread.
    pub(crate) fn process(&mut self, response: &Response, sound: &[f32], out: &mut [f32]) {
        let mut done = 0;
        while done < sound.len() {
            let count = (sound.len() - done).min(PART - self.filled).min(LONGEST_ROW);
            self.process_row(response, &sound[done..done + count], &mut out[done..done + count]);
            done += count;
        }
    }

    /// Convolves a row that lies within a part.
    fn process_row(&mut self, response: &Response, sound: &[f32], out: &mut [f32]) {
        let (start, end) = (PART + self.filled, PART + self.filled + sound.len());
        self.heard[start..end].copy_from_slice(sound);
        out.copy_from_slice(&self.tail[self.filled..self.filled + sound.len()]);
        self.filled += sound.len();
        let due = 1 + response.parts.len().saturating_sub(1) * self.filled / PART;
        let instructions = self.instructions;
        instructions.run(
            #[inline(always)]
            || {
                add_head(&response.head, &self.heard, start, out);
                self.add_parts(response, due);
            },
        );
        if self.filled == PART {
            instructions.run(
                #[inline(always)]
                || self.turn_over(response),
            );
        }
    }

    /// Adds the parts of the response up to `due` to the sum. Part `p` of the next part's sum meets the sound
    /// `p` parts earlier, which for all but the first is there already.
    #[inline(always)]
    fn add_parts(&mut self, response: &Response, due: usize) {
        let count = self.past.len();
        while self.summed < due {
            let sound = &self.past[(self.newest + count - (self.summed - 1)) % count];
            self.sum.add_product(&response.parts[self.summed], sound);
            self.summed += 1;
        }
    }

    /// Goes on to the next part.
    #[inline(always)]
    fn turn_over(&mut self, response: &Response) {
        self.filled = 0;
        if let Some(first) = response.parts.first() {
            self.newest = (self.newest + 1) % self.past.len();
            let newest = &mut self.past[self.newest];
            self.fourier.forward(&self.heard, newest);
            self.sum.add_product(first, newest);
            self.fourier.inverse(&self.sum, &mut self.samples);
            self.tail.copy_from_slice(&self.samples[PART..]);
            self.sum.clear();
            self.summed = 1;
        }
        self.heard.copy_within(PART.., 0);
    }
}

/// Adds the head of the response to a row whose first sample stands at `start` of what was heard.
#[inline(always)]
fn add_head(head: &[f32], heard: &[f32], start: usize, out: &mut [f32]) {
    for (delay, tap) in head.iter().enumerate() {
        let from = &heard[start - delay..start - delay + out.len()];
        for (out, sample) in out.iter_mut().zip(from) {
            *out += sample * tap;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_testkit::signal::noise;

    /// Sample by sample, in f64.
    fn direct(sound: &[f32], response: &[f32]) -> Vec<f64> {
        (0..sound.len())
            .map(|i| {
                let taps = response.iter().take(i + 1).enumerate();
                taps.map(|(k, tap)| f64::from(*tap) * f64::from(sound[i - k])).sum()
            })
            .collect()
    }

    #[test]
    fn it_is_direct_convolution_without_delay() {
        for length in [1, 100, PART, PART + 1, 3000] {
            let (sound, samples) = (noise(6000, 1), noise(length, 2));
            let response = Response::new(&samples, 1.0);
            let expected = direct(&sound, &samples);
            for rows in [1, 17, 64] {
                let (mut convolver, mut out) = (Convolver::new(&response), vec![0.0; sound.len()]);
                for (sound, out) in sound.chunks(rows).zip(out.chunks_mut(rows)) {
                    convolver.process(&response, sound, out);
                }
                let scale = (length as f64).sqrt();
                for (i, (found, expected)) in out.iter().zip(&expected).enumerate() {
                    let error = (f64::from(*found) - expected).abs() / scale;
                    assert!(error < 2e-6, "{error} at {i}, response of {length}, rows of {rows}");
                }
            }
        }
    }
}
