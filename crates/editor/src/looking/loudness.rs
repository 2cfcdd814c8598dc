//! Loudness by ITU-R BS.1770-4: two filters that hear as people do, mean squares over 400 ms and 3 s, and
//! a gate that leaves out pauses.

/// Loudness of silence, in LUFS: what is below is not told apart.
const SILENCE: f32 = -70.0;
/// Parts of 100 ms in 400 ms, for the momentary loudness.
const MOMENTARY: usize = 4;
/// Parts of 100 ms in 3 s, for the short-term loudness.
const SHORT: usize = 30;
/// Bins of a tenth of a LU in which the integrated loudness counts, from silence up.
const BINS: usize = 800;

/// What a loudness meter says, in LUFS.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Lufs {
    /// Over 400 ms.
    pub(crate) momentary: f32,
    /// Over 3 s.
    pub(crate) short_term: f32,
    /// Over everything since the meter began, pauses left out.
    pub(crate) integrated: f32,
}

/// Measures loudness. See the [module](self).
#[derive(Clone, Debug)]
pub(crate) struct Loudness {
    sample_rate: f32,
    shelf: Biquad,
    high_pass: Biquad,
    /// Of each channel and filter.
    state: [[[f64; 2]; 2]; 2],
    /// Sum of squares of the part that is being gathered, and its frames so far.
    gathered: (f64, usize),
    /// Mean squares of the latest parts, oldest first.
    parts: Vec<f64>,
    /// How often each loudness was heard over 400 ms.
    heard: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
}

impl Biquad {
    /// One frame, transposed direct form II.
    fn filter(&self, state: &mut [f64; 2], input: f64) -> f64 {
        let output = self.b[0] * input + state[0];
        state[0] = self.b[1] * input - self.a[0] * output + state[1];
        state[1] = self.b[2] * input - self.a[1] * output;
        output
    }

    /// The first filter: a shelf that lifts what the head reflects. The analogue form of the standard's
    /// table for 48 kHz, so that it holds for other rates too.
    fn shelf(sample_rate: f64) -> Self {
        let (gain, quality) = (3.999_843_853_973_347, 0.707_175_236_955_419_6);
        let k = (std::f64::consts::PI * 1_681.974_450_955_533 / sample_rate).tan();
        let high = 10.0_f64.powf(gain / 20.0);
        let band = high.powf(0.499_666_774_154_541_6);
        let norm = 1.0 + k / quality + k * k;
        Self {
            b: [
                (high + band * k / quality + k * k) / norm,
                2.0 * (k * k - high) / norm,
                (high - band * k / quality + k * k) / norm,
            ],
            a: [2.0 * (k * k - 1.0) / norm, (1.0 - k / quality + k * k) / norm],
        }
    }

    /// The second filter: a high-pass, since deep sounds are less loud.
    fn high_pass(sample_rate: f64) -> Self {
        let quality = 0.500_327_037_323_877_3;
        let k = (std::f64::consts::PI * 38.135_470_876_024_44 / sample_rate).tan();
        let norm = 1.0 + k / quality + k * k;
        Self { b: [1.0, -2.0, 1.0], a: [2.0 * (k * k - 1.0) / norm, (1.0 - k / quality + k * k) / norm] }
    }
}

impl Loudness {
    /// A meter for signals of this rate.
    pub(crate) fn new(sample_rate: f32) -> Self {
        let rate = f64::from(sample_rate.max(1.0));
        Self {
            sample_rate,
            shelf: Biquad::shelf(rate),
            high_pass: Biquad::high_pass(rate),
            state: Default::default(),
            gathered: (0.0, 0),
            parts: Vec::new(),
            heard: vec![0; BINS],
        }
    }

    /// The rate of its signals.
    pub(crate) fn sample_rate(&self) -> f32 {
        self.sample_rate
    }

    /// Takes in what came since the last call; without a right side, `right` is empty.
    pub(crate) fn take(&mut self, left: &[f32], right: &[f32]) {
        let part = ((self.sample_rate * 0.1) as usize).max(1);
        for (frame, &left) in left.iter().enumerate() {
            let right = right.get(frame).copied().unwrap_or(0.0);
            for (state, sample) in self.state.iter_mut().zip([left, right]) {
                let sample = if sample.is_finite() { f64::from(sample) } else { 0.0 };
                let lifted = self.shelf.filter(&mut state[0], sample);
                let weighted = self.high_pass.filter(&mut state[1], lifted);
                self.gathered.0 += weighted * weighted;
            }
            self.gathered.1 += 1;
            if self.gathered.1 >= part {
                self.end_part();
            }
        }
    }

    fn end_part(&mut self) {
        let (sum, frames) = std::mem::take(&mut self.gathered);
        self.parts.push(sum / frames as f64);
        let surplus = self.parts.len().saturating_sub(SHORT);
        self.parts.drain(..surplus);
        if self.parts.len() >= MOMENTARY {
            let bin = (self.mean(MOMENTARY) - SILENCE) * 10.0;
            if bin > 0.0
                && let Some(count) = self.heard.get_mut(bin as usize)
            {
                *count += 1;
            }
        }
    }

    /// The loudness over the latest parts.
    fn mean(&self, parts: usize) -> f32 {
        let latest = &self.parts[self.parts.len().saturating_sub(parts)..];
        loudness(latest.iter().sum::<f64>() / parts as f64)
    }

    /// What the meter says now.
    pub(crate) fn read(&self) -> Lufs {
        Lufs { momentary: self.mean(MOMENTARY), short_term: self.mean(SHORT), integrated: self.integrated() }
    }

    /// The mean of what was heard, less what lies 10 LU below the mean.
    fn integrated(&self) -> f32 {
        let mean_above = |least: f32| {
            let bins =
                self.heard.iter().enumerate().map(|(bin, &count)| (bin_loudness(bin), f64::from(count)));
            let (power, count) = bins.filter(|(loudness, _)| *loudness >= least).fold(
                (0.0, 0.0),
                |(power, all), (loudness, count)| {
                    (power + count * 10.0_f64.powf((f64::from(loudness) + 0.691) / 10.0), all + count)
                },
            );
            if count > 0.0 { loudness(power / count) } else { SILENCE }
        };
        mean_above(mean_above(SILENCE) - 10.0)
    }
}

fn bin_loudness(bin: usize) -> f32 {
    SILENCE + (bin as f32 + 0.5) / 10.0
}

/// The loudness of a mean square.
fn loudness(power: f64) -> f32 {
    if power > 0.0 { ((-0.691 + 10.0 * power.log10()) as f32).max(SILENCE) } else { SILENCE }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f32::consts::TAU;

    fn sine(hertz: f32, decibels: f32, seconds: f32, rate: f32) -> Vec<f32> {
        let amplitude = 10.0_f32.powf(decibels / 20.0);
        (0..(seconds * rate) as u32)
            .map(|at| amplitude * (TAU * (hertz * at as f32 / rate).fract()).sin())
            .collect()
    }

    /// EBU Tech 3341, case 1: a stereo sine of 1 kHz at -23 dBFS has -23 LUFS, however long one listens.
    #[test]
    fn a_stereo_sine_of_minus_23_decibels_has_minus_23_lufs() {
        for rate in [44_100.0, 48_000.0, 96_000.0] {
            let mut meter = Loudness::new(rate);
            let side = sine(1000.0, -23.0, 5.0, rate);
            for chunk in side.chunks(997) {
                meter.take(chunk, chunk);
            }
            let Lufs { momentary, short_term, integrated } = meter.read();
            for value in [momentary, short_term, integrated] {
                assert!((value + 23.0).abs() < 0.1, "{rate}: {:?}", meter.read());
            }
        }
    }

    /// EBU Tech 3341, case 3: quiet parts around a loud one are left out.
    #[test]
    fn quiet_parts_are_gated() {
        let mut meter = Loudness::new(48_000.0);
        for (decibels, seconds) in [(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)] {
            let side = sine(1000.0, decibels, seconds, 48_000.0);
            meter.take(&side, &side);
        }
        assert!((meter.read().integrated + 23.0).abs() < 0.1, "{:?}", meter.read());
    }

    #[test]
    fn one_side_is_three_decibels_less_and_silence_is_silent() {
        let mut meter = Loudness::new(48_000.0);
        assert_eq!(meter.read().momentary, SILENCE);
        meter.take(&sine(1000.0, -20.0, 3.0, 48_000.0), &[]);
        assert!((meter.read().short_term + 23.0).abs() < 0.1, "{:?}", meter.read());
        meter.take(&vec![f32::NAN; 48_000], &[]);
        assert!(meter.read().momentary.is_finite());
    }
}
