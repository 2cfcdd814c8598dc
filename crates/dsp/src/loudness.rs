//! Loudness after ITU-R BS.1770-4 and EBU R 128: K-weighting, momentary and short-term loudness,
//! integrated loudness with its two gates, and loudness range (EBU Tech 3341 and 3342).
//!
//! All loudness is in LUFS. Powers are summed in `f64` over steps of 10 ms; gating blocks of 400 ms begin
//! every 100 ms. What integrated loudness and range remember is a histogram, so that a meter can run for ever
//! in the same memory.

use crate::Lanes;

/// What silence reads.
pub const SILENCE: f32 = -120.0;

/// Loudness of a full power of 1 after weighting.
const OFFSET: f64 = -0.691;
/// The length of a step in seconds.
const STEP_SECONDS: f32 = 0.01;
/// Steps in a momentary value (400 ms), in a short-term value (3 s), and from one gating block to the next.
const MOMENTARY: usize = 40;
const SHORT_TERM: usize = 300;
const HOP: usize = 10;

/// The lowest loudness that counts.
const ABSOLUTE_GATE: f64 = -70.0;
/// How far below the loudness of all that counts the second gate lies: for the integrated value, for the
/// range.
const RELATIVE_GATE: f64 = -10.0;
const RANGE_GATE: f64 = -20.0;

/// Bins of a histogram and how many there are to 1 LU, from the absolute gate up.
const BINS: usize = 2000;
const BINS_PER_LU: f64 = 20.0;

/// A second-order section in transposed direct form II.
#[derive(Clone, Copy, Debug)]
struct KWeightingSection {
    feed: [f64; 3],
    back: [f64; 2],
    state: [f64; 2],
}

impl KWeightingSection {
    #[inline]
    fn next(&mut self, input: f64) -> f64 {
        let output = self.feed[0] * input + self.state[0];
        self.state[0] = self.feed[1] * input - self.back[0] * output + self.state[1];
        self.state[1] = self.feed[2] * input - self.back[1] * output;
        output
    }
}

/// The weighting filter of one channel: a shelf for the head, a high-pass for the ear.
///
/// The standard gives coefficients at 48 kHz; these are the analogue prototypes behind them (De Man,
/// "Evaluation of Implementations of the EBU R128 Loudness Measurement", 2018), transformed for any rate.
#[derive(Clone, Copy, Debug)]
pub struct Weighting {
    shelf: KWeightingSection,
    high_pass: KWeightingSection,
}

impl Weighting {
    /// A filter at rest.
    pub fn new(sample_rate: f32) -> Self {
        let corner = |hertz: f32| f64::from(Lanes(hertz / sample_rate).tan_half_turns().0);
        // The gain of the shelf is 3.99984 dB, that of its middle the power 0.49967 of it.
        let (high, middle) = (1.584_864_701_130_855, 1.258_720_930_232_562);
        let (k, q) = (corner(1_681.974_5), 0.707_175_236_955_419_6);
        let norm = 1.0 + k / q + k * k;
        let shelf = KWeightingSection {
            feed: [
                (high + middle * k / q + k * k) / norm,
                2.0 * (k * k - high) / norm,
                (high - middle * k / q + k * k) / norm,
            ],
            back: [2.0 * (k * k - 1.0) / norm, (1.0 - k / q + k * k) / norm],
            state: [0.0; 2],
        };
        let (k, q) = (corner(38.135_47), 0.500_327_037_323_877_3);
        let norm = 1.0 + k / q + k * k;
        let high_pass = KWeightingSection {
            feed: [1.0, -2.0, 1.0],
            back: [2.0 * (k * k - 1.0) / norm, (1.0 - k / q + k * k) / norm],
            state: [0.0; 2],
        };
        Self { shelf, high_pass }
    }

    /// The next weighted sample.
    #[inline]
    pub fn next(&mut self, input: f32) -> f64 {
        self.high_pass.next(self.shelf.next(f64::from(input)))
    }
}

/// The loudness of a power.
fn loudness(power: f64) -> f64 {
    if power < 1e-12 {
        return f64::from(SILENCE);
    }
    // 10 log10(power) from the logarithm to base two.
    (OFFSET + f64::from(Lanes(power as f32).log2().0) * 3.010_299_956_639_812).max(f64::from(SILENCE))
}

/// Powers sorted by their loudness.
#[derive(Clone, Debug)]
struct Histogram {
    counts: Vec<u32>,
    powers: Vec<f64>,
}

impl Histogram {
    fn new() -> Self {
        Self { counts: vec![0; BINS], powers: vec![0.0; BINS] }
    }

    fn clear(&mut self) {
        self.counts.fill(0);
        self.powers.fill(0.0);
    }

    /// The bin of a loudness; none below the absolute gate.
    fn bin(loudness: f64) -> Option<usize> {
        (loudness >= ABSOLUTE_GATE)
            .then(|| (((loudness - ABSOLUTE_GATE) * BINS_PER_LU) as usize).min(BINS - 1))
    }

    fn add(&mut self, power: f64) {
        if let Some(bin) = Self::bin(loudness(power)) {
            self.counts[bin] = self.counts[bin].saturating_add(1);
            self.powers[bin] += power;
        }
    }

    /// The mean loudness of all from a bin on; none without any.
    fn mean_from(&self, bin: usize) -> Option<f64> {
        let count: u64 = self.counts[bin..].iter().map(|count| u64::from(*count)).sum();
        (count > 0).then(|| loudness(self.powers[bin..].iter().sum::<f64>() / count as f64))
    }

    /// The first bin above the relative gate; none without anything that counts.
    fn gate(&self, relative: f64) -> Option<usize> {
        self.mean_from(0).map(|mean| Self::bin(mean + relative).unwrap_or(0))
    }

    /// The loudness that a share of what lies from a bin on does not exceed.
    fn percentile(&self, bin: usize, share: f64) -> f64 {
        let total: u64 = self.counts[bin..].iter().map(|count| u64::from(*count)).sum();
        let wanted = (share * total.saturating_sub(1) as f64).round() as u64;
        let mut passed = 0;
        for (place, count) in self.counts.iter().enumerate().skip(bin) {
            passed += u64::from(*count);
            if passed > wanted {
                return ABSOLUTE_GATE + (place as f64 + 0.5) / BINS_PER_LU;
            }
        }
        ABSOLUTE_GATE
    }
}

/// What a meter shows, in LUFS; the range in LU.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Readings {
    /// Of the last 400 ms.
    pub momentary: f32,
    /// Of the last 3 s.
    pub short_term: f32,
    /// Of everything since the start that passes the gates.
    pub integrated: f32,
    /// Between the quiet and the loud passages since the start.
    pub range: f32,
}

impl Readings {
    /// Of silence.
    pub const SILENT: Self =
        Self { momentary: SILENCE, short_term: SILENCE, integrated: SILENCE, range: 0.0 };
}

/// A loudness meter for up to two channels.
#[derive(Clone, Debug)]
pub struct Meter {
    weightings: [Weighting; 2],
    sample_rate: f32,
    /// Frames to a step; a fraction that is left over is carried on.
    step_frames: f64,
    step_left: f64,
    step_power: f64,
    step_count: u32,
    /// The mean powers of the latest steps, in a ring.
    steps: Vec<f64>,
    place: usize,
    /// Steps since the start.
    age: u64,
    blocks: Histogram,
    short_terms: Histogram,
    readings: Readings,
}

impl Meter {
    /// A meter that has heard nothing. Allocates all it will need.
    pub fn new(sample_rate: f32) -> Self {
        let step_frames = f64::from(STEP_SECONDS * sample_rate);
        Self {
            weightings: [Weighting::new(sample_rate); 2],
            sample_rate,
            step_frames,
            step_left: step_frames,
            step_power: 0.0,
            step_count: 0,
            steps: vec![0.0; SHORT_TERM],
            place: 0,
            age: 0,
            blocks: Histogram::new(),
            short_terms: Histogram::new(),
            readings: Readings::SILENT,
        }
    }

    /// The rate of what it hears.
    pub fn sample_rate(&self) -> f32 {
        self.sample_rate
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        self.weightings = [Weighting::new(self.sample_rate); 2];
        (self.step_left, self.step_power, self.step_count) = (self.step_frames, 0.0, 0);
        self.steps.fill(0.0);
        (self.place, self.age) = (0, 0);
        self.restart();
        self.readings = Readings::SILENT;
    }

    /// Begins integrated loudness and range anew.
    pub fn restart(&mut self) {
        self.blocks.clear();
        self.short_terms.clear();
        (self.readings.integrated, self.readings.range) = (SILENCE, 0.0);
    }

    /// Hears a frame: left and right, or one channel and silence.
    #[inline]
    pub fn hear(&mut self, frame: [f32; 2]) {
        for (weighting, sample) in self.weightings.iter_mut().zip(frame) {
            // What is no number or beyond any signal would stay in the filters for ever.
            let sample = if sample.abs() < 1e6 { sample } else { 0.0 };
            let weighted = weighting.next(sample);
            self.step_power += weighted * weighted;
        }
        self.step_count += 1;
        self.step_left -= 1.0;
        if self.step_left < 0.5 {
            self.step_left += self.step_frames;
            self.end_step();
        }
    }

    /// What the meter shows.
    pub fn readings(&self) -> Readings {
        self.readings
    }

    fn end_step(&mut self) {
        self.steps[self.place] = self.step_power / f64::from(self.step_count);
        (self.step_power, self.step_count) = (0.0, 0);
        self.place = (self.place + 1) % SHORT_TERM;
        self.age += 1;
        let (momentary, short_term) = (self.mean_of(MOMENTARY), self.mean_of(SHORT_TERM));
        self.readings.momentary = loudness(momentary) as f32;
        self.readings.short_term = loudness(short_term) as f32;
        if !self.age.is_multiple_of(HOP as u64) {
            return;
        }
        if self.age >= MOMENTARY as u64 {
            self.blocks.add(momentary);
        }
        if self.age >= SHORT_TERM as u64 {
            self.short_terms.add(short_term);
        }
        let integrated = self.blocks.gate(RELATIVE_GATE).and_then(|gate| self.blocks.mean_from(gate));
        self.readings.integrated = integrated.map_or(SILENCE, |integrated| integrated as f32);
        let range = self.short_terms.gate(RANGE_GATE).map_or(0.0, |gate| {
            self.short_terms.percentile(gate, 0.95) - self.short_terms.percentile(gate, 0.10)
        });
        self.readings.range = range as f32;
    }

    /// The mean power of the latest steps.
    fn mean_of(&self, count: usize) -> f64 {
        let latest = (1..=count).map(|back| self.steps[(self.place + SHORT_TERM - back) % SHORT_TERM]);
        latest.sum::<f64>() / count as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    const RATE: f32 = 48_000.0;

    /// What a meter reads every 100 ms of a stereo sine of 1 kHz with these levels (dBFS of the peak) and
    /// lengths.
    fn hear(rate: f32, pieces: &[(f64, f64)]) -> Vec<Readings> {
        let mut meter = Meter::new(rate);
        let mut readings = Vec::new();
        let mut frame = 0_u32;
        for (level, seconds) in pieces {
            let amplitude = 10.0_f64.powf(level / 20.0);
            for _ in 0..(seconds * f64::from(rate)).round() as u32 {
                let sample = (amplitude * (TAU * 1000.0 * f64::from(frame) / f64::from(rate)).sin()) as f32;
                meter.hear([sample; 2]);
                frame += 1;
                if frame.is_multiple_of((rate / 10.0) as u32) {
                    readings.push(meter.readings());
                }
            }
        }
        readings
    }

    #[track_caller]
    fn assert_near(found: f32, expected: f32, most: f32) {
        assert!((found - expected).abs() <= most, "{found} instead of {expected}");
    }

    /// EBU Tech 3341, test signals 1 and 2, at several rates.
    #[test]
    fn a_steady_tone_reads_its_level_everywhere() {
        for rate in [44_100.0, 48_000.0, 96_000.0] {
            for level in [-23.0, -33.0] {
                let last = *hear(rate, &[(level.into(), 20.0)]).last().unwrap();
                for reading in [last.momentary, last.short_term, last.integrated] {
                    assert_near(reading, level, 0.1);
                }
                assert_near(last.range, 0.0, 0.1);
            }
        }
    }

    /// EBU Tech 3341, test signals 3, 4 and 5: the gates.
    #[test]
    fn quiet_passages_do_not_count() {
        let integrated = |pieces: &[(f64, f64)]| hear(RATE, pieces).last().unwrap().integrated;
        assert_near(integrated(&[(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)]), -23.0, 0.1);
        let with_silence = [(-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)];
        assert_near(integrated(&with_silence), -23.0, 0.1);
        assert_near(integrated(&[(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)]), -23.0, 0.1);
    }

    /// EBU Tech 3341, test signals 9 and 12: the windows of 3 s and 400 ms.
    #[test]
    fn windows_have_their_lengths() {
        let slow = hear(RATE, &[(-20.0, 1.34), (-30.0, 1.66)].repeat(5));
        assert!(slow.len() > 140);
        slow[30..].iter().for_each(|reading| assert_near(reading.short_term, -23.0, 0.1));
        let fast = hear(RATE, &[(-20.0, 0.18), (-30.0, 0.22)].repeat(25));
        fast[10..].iter().for_each(|reading| assert_near(reading.momentary, -23.0, 0.1));
    }

    /// EBU Tech 3341, test signals 10 and 13: the loudest short-term and momentary value of a burst, wherever
    /// it begins.
    #[test]
    fn bursts_reach_their_level_wherever_they_begin() {
        for start in 0..20 {
            let (mut most_momentary, mut most_short_term) = (SILENCE, SILENCE);
            for (seconds, most) in [(0.4, &mut most_momentary), (3.0, &mut most_short_term)] {
                let mut meter = Meter::new(RATE);
                let silence = (f64::from(start) * 0.02 * f64::from(RATE)) as u32;
                for frame in 0..(f64::from(RATE) * (seconds + 1.0)) as u32 + silence {
                    let is_on = (silence..silence + (seconds * f64::from(RATE)) as u32).contains(&frame);
                    let sample =
                        if is_on { (TAU * f64::from(frame) / 48.0).sin() * 0.070_794_578 } else { 0.0 };
                    meter.hear([sample as f32; 2]);
                    let readings = meter.readings();
                    let reading = if seconds < 1.0 { readings.momentary } else { readings.short_term };
                    *most = most.max(reading);
                }
            }
            assert_near(most_momentary, -23.0, 0.1);
            assert_near(most_short_term, -23.0, 0.1);
        }
    }

    /// EBU Tech 3342, test signals 1 to 4. The standard allows 1 LU.
    #[test]
    fn the_range_is_that_of_the_levels() {
        for (levels, range) in [
            (&[-20.0, -30.0][..], 10.0),
            (&[-20.0, -15.0], 5.0),
            (&[-40.0, -20.0], 20.0),
            (&[-50.0, -35.0, -20.0, -35.0, -50.0], 15.0),
        ] {
            let pieces: Vec<(f64, f64)> = levels.iter().map(|level| (*level, 20.0)).collect();
            assert_near(hear(RATE, &pieces).last().unwrap().range, range, 0.1);
        }
    }

    /// The coefficients that BS.1770-4 prints for 48 kHz.
    #[test]
    fn the_weighting_is_that_of_the_standard() {
        let Weighting { shelf, high_pass } = Weighting::new(RATE);
        let found = [shelf.feed[0], shelf.feed[1], shelf.feed[2], shelf.back[0], shelf.back[1]];
        let printed =
            [1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585];
        let ear = [high_pass.back[0], high_pass.back[1]];
        let all = found.iter().zip(printed).chain(ear.iter().zip([-1.99004745483398, 0.99007225036621]));
        for (found, printed) in all {
            assert!((found - printed).abs() < 2e-6, "{found} instead of {printed}");
        }
    }

    #[test]
    fn nonsense_and_restarts_do_no_harm() {
        let mut meter = Meter::new(8000.0);
        for sample in [f32::NAN, f32::INFINITY, f32::MAX, 1.0] {
            meter.hear([sample; 2]);
        }
        (0..80_000).for_each(|_| meter.hear([0.0; 2]));
        assert_eq!(meter.readings().momentary, SILENCE);
        meter.reset();
        assert_eq!(meter.readings(), Readings::SILENT);
    }
}
