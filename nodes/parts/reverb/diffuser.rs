//! A chain of all-passes: turns each sample into a dense burst and leaves the spectrum as it is.

use crate::parts::delay::fading_tap::LONGEST_ROW;
use crate::parts::delay::line::DelayLine;

/// How much of an all-pass goes round: the feedback and the feed-forward of Schroeder 1962.
const FEEDBACK: f32 = 0.62;

/// See the module's documentation.
#[derive(Debug)]
pub(crate) struct Diffuser<const STAGES: usize> {
    stages: [(DelayLine, usize); STAGES],
}

impl<const STAGES: usize> Diffuser<STAGES> {
    /// A chain of delays in seconds. Each must last longer than a row.
    pub(crate) fn new(seconds: [f32; STAGES], sample_rate: f32) -> Self {
        Self {
            stages: seconds.map(|seconds| {
                let delay = ((seconds * sample_rate).round() as usize).max(LONGEST_ROW);
                (DelayLine::new(delay), delay)
            }),
        }
    }

    /// Forgets the past.
    pub(crate) fn clear(&mut self) {
        for (line, _) in &mut self.stages {
            line.clear();
        }
    }

    /// Diffuses a row in place.
    pub(crate) fn process(&mut self, row: &mut [f32]) {
        let mut delayed = [0.0; LONGEST_ROW];
        let delayed = &mut delayed[..row.len()];
        for (line, delay) in &mut self.stages {
            line.read(*delay, delayed);
            for (sample, delayed) in row.iter_mut().zip(delayed.iter_mut()) {
                let entering = *sample + *delayed * FEEDBACK;
                *sample = *delayed - entering * FEEDBACK;
                *delayed = entering;
            }
            line.push_all(delayed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Diffuser;
    use jackfield_testkit::signal::impulse;

    #[test]
    fn it_keeps_the_energy_and_spreads_it() {
        let mut diffuser = Diffuser::new([0.0047, 0.0036], 48_000.0);
        let mut sound = impulse(48_000, 0);
        sound.chunks_mut(32).for_each(|row| diffuser.process(row));
        let energy: f32 = sound.iter().map(|x| x * x).sum();
        assert!((energy - 1.0).abs() < 1e-4, "{energy}");
        assert!(sound.iter().filter(|x| x.abs() > 0.01).count() > 30);
    }
}
