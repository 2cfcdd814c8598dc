//! Pitch of a sound with one note: the lag at which it is most like itself.
//!
//! The search follows de Cheveigne and Kawahara ("YIN, a fundamental frequency estimator for speech and
//! music", 2002): the squared difference between the sound and its past, divided by its mean over all shorter
//! lags, falls near 0 at the period. The lag found is then doubled again and again, each time to the nearest
//! least difference, so that what a fraction of a sample matters shrinks with the number of periods. One lag
//! is computed per sample, so the work is the same in every block.

use crate::Lanes;

/// Samples that are compared, at up to 72 kHz; above, the sound is thinned out first.
const WINDOW: usize = 2048;
/// The lowest pitch found, in hertz, a little below the lowest key of a piano.
const LOWEST_HERTZ: f32 = 25.0;
/// The rate to which faster ones are thinned out, in hertz.
const RATE: f32 = 48_000.0;
/// A dip this deep is a period.
const CLEAR: f32 = 0.1;
/// The deepest dip is a period only below this.
const UNCLEAR: f32 = 0.25;
/// Mean power below which there is no sound: -80 dB.
const LEAST_POWER: f32 = 1e-8;
/// How far around a doubled lag its own dip is looked for, in samples.
const REACH: usize = 2;
/// Frequency of pitch 0, C4.
const C4_HERTZ: f32 = 261.625_58;

/// Follows the pitch of a sound.
#[derive(Clone, Debug)]
pub struct PitchTracker {
    /// Samples of the sound to one that is looked at.
    thinning: u32,
    /// Of the samples that are looked at, in hertz.
    sample_rate: f32,
    sum: f32,
    summed: u32,
    /// The latest samples, in a ring.
    heard: Vec<f32>,
    place: usize,
    /// Samples heard, up to the length of the ring.
    count: usize,
    /// What is being looked at, oldest sample first.
    sound: Vec<f32>,
    /// The normalised difference at each lag so far; the first is 1.
    dips: Vec<f32>,
    /// Of all differences so far.
    total: f32,
    pitch: Option<f32>,
}

impl PitchTracker {
    /// A tracker that has heard nothing. Allocates all it will need.
    pub fn new(sample_rate: f32) -> Self {
        let thinning = (sample_rate / RATE).round().max(1.0);
        let sample_rate = sample_rate / thinning;
        let lags = (sample_rate / LOWEST_HERTZ) as usize;
        Self {
            thinning: thinning as u32,
            sample_rate,
            sum: 0.0,
            summed: 0,
            heard: vec![0.0; WINDOW + lags],
            place: 0,
            count: 0,
            sound: vec![0.0; WINDOW + lags],
            dips: Vec::with_capacity(lags + 1),
            total: 0.0,
            pitch: None,
        }
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        self.heard.fill(0.0);
        self.dips.clear();
        (self.sum, self.summed, self.place, self.count, self.pitch) = (0.0, 0, 0, 0, None);
    }

    /// The pitch in octaves re C4 as of the last look, of which there are about 25 a second; none in silence
    /// and noise.
    pub fn pitch(&self) -> Option<f32> {
        self.pitch
    }

    /// Hears a sample.
    #[inline]
    pub fn hear(&mut self, sample: f32) {
        // NaN and what is beyond any signal would spoil the sums.
        self.sum += if sample.abs() < 1e6 { sample } else { 0.0 };
        self.summed += 1;
        if self.summed == self.thinning {
            let mean = self.sum / self.thinning as f32;
            (self.sum, self.summed) = (0.0, 0);
            self.take(mean);
        }
    }

    fn take(&mut self, sample: f32) {
        self.heard[self.place] = sample;
        self.place = (self.place + 1) % self.heard.len();
        self.count = (self.count + 1).min(self.heard.len());
        if self.count < self.heard.len() {
            return;
        }
        if self.dips.is_empty() {
            self.begin();
        }
        self.look();
        if self.dips.len() == self.dips.capacity().min(self.sound.len() - WINDOW + 1) {
            self.pitch = self.find();
            self.dips.clear();
        }
    }

    /// Takes a picture of what was heard.
    fn begin(&mut self) {
        let (newest, oldest) = self.heard.split_at(self.place);
        self.sound[..oldest.len()].copy_from_slice(oldest);
        self.sound[oldest.len()..].copy_from_slice(newest);
        self.dips.push(1.0);
        self.total = 0.0;
    }

    /// Computes the next lag.
    fn look(&mut self) {
        let lag = self.dips.len();
        let difference = self.difference(lag);
        self.total += difference;
        self.dips.push(if self.total > 0.0 { difference * lag as f32 / self.total } else { 1.0 });
    }

    /// The squared difference between the newest samples and those `lag` before.
    fn difference(&self, lag: usize) -> f32 {
        let start = self.sound.len() - WINDOW;
        let (now, before) = (&self.sound[start..], &self.sound[start - lag..][..WINDOW]);
        let mut sums = [0.0_f32; 16];
        for (now, before) in now.chunks_exact(16).zip(before.chunks_exact(16)) {
            for (sum, (a, b)) in sums.iter_mut().zip(now.iter().zip(before)) {
                *sum += (a - b) * (a - b);
            }
        }
        sums.iter().sum()
    }

    fn find(&self) -> Option<f32> {
        let power = self.sound.iter().map(|x| x * x).sum::<f32>() / self.sound.len() as f32;
        if power < LEAST_POWER {
            return None;
        }
        let lag = self.period()?;
        let mut lag = lag as f32 + self.offset(lag);
        let mut periods = 1.0;
        // The last lag has no neighbour to compare it with.
        while 2.0 * lag + (REACH + 2) as f32 <= self.dips.len() as f32 {
            let near = (2.0 * lag).round() as usize;
            let best = (near - REACH..=near + REACH)
                .min_by(|a, b| self.difference(*a).total_cmp(&self.difference(*b)));
            // A dip at the edge is not that of twice the period: the sound does not repeat so well.
            let Some(best) = best.filter(|best| best.abs_diff(near) < REACH) else { break };
            lag = best as f32 + self.offset(best);
            periods *= 2.0;
        }
        let hertz = self.sample_rate * periods / lag;
        Some(Lanes(hertz / C4_HERTZ).log2().0)
    }

    /// The lag of the first dip that is clear, or else of the deepest one.
    fn period(&self) -> Option<usize> {
        let deeper = |a: &(usize, f32), b: &(usize, f32)| a.1.total_cmp(&b.1);
        let dips = || (2..self.dips.len() - 1).filter_map(|lag| Some((lag, self.depth(lag)?)));
        let clear = dips().find(|(_, depth)| *depth < CLEAR);
        let period = clear.or_else(|| dips().min_by(deeper).filter(|(_, depth)| *depth < UNCLEAR));
        period.map(|(lag, _)| lag)
    }

    /// The lowest point of the parabola through a dip and its neighbours; none where there is no dip. A short
    /// period lies between two lags, neither of which is low.
    fn depth(&self, lag: usize) -> Option<f32> {
        let [before, here, after] = [lag - 1, lag, lag + 1].map(|lag| self.dips[lag]);
        let (slope, bend) = (before - after, before - 2.0 * here + after);
        let is_dip = here < before && here <= after && bend > 0.0;
        is_dip.then(|| here - slope * slope / (8.0 * bend))
    }

    /// How far beside a lag the parabola through its difference and its neighbours' is lowest, -0.5 to 0.5.
    fn offset(&self, lag: usize) -> f32 {
        let [before, here, after] = [lag - 1, lag, lag + 1].map(|lag| self.difference(lag));
        let bend = before - 2.0 * here + after;
        if bend > 0.0 { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    /// The pitch of a sound made of partials, each a multiple of `hertz` and a level, in cents off `hertz`.
    fn cents_off(hertz: f64, sample_rate: f32, partials: &[(f64, f64)]) -> f64 {
        let mut tracker = PitchTracker::new(sample_rate);
        for frame in 0..sample_rate as u32 / 2 {
            let turns = hertz * f64::from(frame) / f64::from(sample_rate);
            let sum: f64 = partials.iter().map(|(ratio, level)| level * (TAU * ratio * turns).sin()).sum();
            tracker.hear(sum as f32);
        }
        let pitch = tracker.pitch().unwrap_or_else(|| panic!("no pitch at {hertz} Hz"));
        1200.0 * (f64::from(pitch) - (hertz / f64::from(C4_HERTZ)).log2())
    }

    /// Every note of a piano, a little off, at every common rate.
    #[test]
    fn sines_and_saws_are_found_within_a_cent() {
        let saw: Vec<(f64, f64)> = (1..=8).map(|n| (f64::from(n), 0.3 / f64::from(n))).collect();
        for rate in [44_100.0, 48_000.0, 96_000.0] {
            for key in (0..88).step_by(3) {
                let hertz = 27.5 * (f64::from(key) / 12.0 + 0.003).exp2();
                let saw: Vec<(f64, f64)> =
                    saw.iter().copied().filter(|(ratio, _)| ratio * hertz < 20_000.0).collect();
                for partials in [&[(1.0, 0.5)][..], &saw] {
                    let off = cents_off(hertz, rate, partials);
                    assert!(off.abs() < 1.0, "{hertz} Hz at {rate}: {off} cents off");
                }
            }
        }
    }

    #[test]
    fn a_missing_fundamental_is_heard() {
        let off = cents_off(110.0, 48_000.0, &[(2.0, 0.3), (3.0, 0.3), (4.0, 0.2)]);
        assert!(off.abs() < 1.0, "{off}");
    }

    #[test]
    fn silence_noise_and_nonsense_have_no_pitch() {
        let mut tracker = PitchTracker::new(48_000.0);
        let mut counter = crate::Bits::<f32>(7);
        (0..20_000).for_each(|_| tracker.hear(crate::noise::white(&mut counter).0));
        assert_eq!(tracker.pitch(), None);
        (0..20_000).for_each(|_| tracker.hear(0.0));
        assert_eq!(tracker.pitch(), None);
        (0..20_000).for_each(|_| tracker.hear(f32::NAN));
        assert_eq!(tracker.pitch(), None);
    }
}
