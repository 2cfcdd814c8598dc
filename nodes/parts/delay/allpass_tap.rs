//! Reads a delay line between two samples without loss: an all-pass of the third order whose delay is as flat
//! as can be (J.-P. Thiran, "Recursive Digital Filters with Maximally Flat Group Delay", IEEE Transactions on
//! Circuit Theory 18, 1971). Every frequency keeps its level, so a fractional echo is as bright after twenty
//! rounds as after one. It remembers what it said, so it serves a delay that stands still only.

use crate::parts::delay::line::DelayLine;

/// See the module's documentation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AllpassTap {
    /// The delay in frames; NaN where there is none that it can read.
    delay: f64,
    /// How many frames ago the newest of the four samples is that it reads.
    newest: usize,
    feedback: [f32; 3],
    /// What it said, the last first.
    said: [f32; 3],
}

impl AllpassTap {
    /// The shortest delay it can read, in frames.
    const SHORTEST: f64 = 1.5;

    /// A tap that stands nowhere.
    pub(crate) const NOWHERE: Self = Self { delay: f64::NAN, newest: 1, feedback: [0.0; 3], said: [0.0; 3] };

    /// A tap at a delay of a line, as if it had stood there for a while. Nowhere where the delay is too
    /// short.
    pub(crate) fn new(line: &DelayLine, delay: f64) -> Self {
        if delay.is_nan() || delay < Self::SHORTEST {
            return Self::NOWHERE;
        }
        // Around the filter's order, where it is at its best; of the first order where the line is too short
        // for that.
        let is_long = delay >= 3.5;
        let before = if is_long { (delay - 2.5).floor() } else { (delay - 0.5).floor() };
        let rest = delay - before;
        let feedback = if is_long {
            [
                -3.0 * (rest - 3.0) / (rest + 1.0),
                3.0 * (rest - 3.0) * (rest - 2.0) / ((rest + 1.0) * (rest + 2.0)),
                -(rest - 3.0) * (rest - 2.0) * (rest - 1.0) / ((rest + 1.0) * (rest + 2.0) * (rest + 3.0)),
            ]
        } else {
            [(1.0 - rest) / (1.0 + rest), 0.0, 0.0]
        };
        let feedback = feedback.map(|share| share as f32);
        let said = [1.0, 2.0, 3.0].map(|ago| line.tap(delay + ago));
        let newest = before as usize;
        Self { delay, newest: if is_long { newest } else { newest.wrapping_sub(2) }, feedback, said }
    }

    /// Whether it stands at a delay.
    #[inline]
    pub(crate) fn is_at(&self, delay: f64) -> bool {
        self.delay == delay
    }

    /// The next frame of the delayed signal; to be asked once for each sample pushed.
    #[inline]
    pub(crate) fn next(&mut self, line: &DelayLine) -> f32 {
        let [a, b, c] = self.feedback;
        // Those that a filter of the first order does not need may be still to come.
        let heard = [0, 1, 2, 3].map(|i| line.at(self.newest.wrapping_add(i).clamp(1, line.longest())));
        let [one, two, three] = self.said;
        let sound =
            (heard[0] * c + heard[1] * b) + (heard[2] * a + heard[3]) - (one * a + two * b + three * c);
        self.said = [sound, one, two];
        sound
    }
}

#[cfg(test)]
mod tests {
    use super::AllpassTap;
    use crate::parts::delay::line::DelayLine;
    use jackfield_testkit::measure::{Spectrum, decibels};
    use jackfield_testkit::signal::{impulse, noise};

    /// What comes out of a line of its own for an impulse.
    fn response(delay: f64, frames: usize) -> Vec<f32> {
        let mut line = DelayLine::new(400);
        let mut tap = AllpassTap::new(&line, delay);
        let read = |sample: &f32| {
            let sound = tap.next(&line);
            line.push(*sample);
            sound
        };
        impulse(frames, 0).iter().map(read).collect()
    }

    #[test]
    fn every_frequency_keeps_its_level_and_the_bass_its_delay() {
        for delay in [1.5, 1.75, 2.0, 2.3, 3.4, 3.5, 3.7, 4.8, 20.25, 300.5] {
            let response = response(delay, 4096);
            let Spectrum { power, .. } = Spectrum::of(&response, 48_000.0);
            let energy: f64 = response.iter().map(|x| f64::from(*x).powi(2)).sum();
            assert!(decibels(energy.sqrt()).abs() < 1e-4, "{} dB at {delay}", decibels(energy.sqrt()));
            assert!(power.iter().all(|power| power.is_finite()));
            let center: f64 = response.iter().enumerate().map(|(i, x)| i as f64 * f64::from(*x)).sum();
            assert!((center - delay).abs() < 1e-3, "{center} for {delay}");
        }
    }

    #[test]
    fn whole_delays_are_copies() {
        let (signal, mut line) = (noise(500, 3), DelayLine::new(100));
        let mut tap = AllpassTap::new(&line, 17.0);
        for (i, sample) in signal.iter().enumerate() {
            assert_eq!(tap.next(&line), if i < 17 { 0.0 } else { signal[i - 17] });
            line.push(*sample);
        }
    }
}
