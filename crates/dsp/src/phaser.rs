//! Phaser: a row of all-passes whose phase shifts cancel part of the spectrum when mixed with the input.
//!
//! Each stage is a first-order all-pass with a trapezoidal integrator (V. Zavalishin, "The Art of VA Filter
//! Design"). Seen at one frame a stage is a line, `out = gain * in + offset`, and so is the whole
//! row, so the feedback around it is solved without a delay, which would put the notches elsewhere.

use crate::{Lanes, Vector};

/// Most stages.
pub const MOST_STAGES: usize = 12;

/// Nothing louder enters the row: a limit far above what is heard, for stages that move at audio rate.
const LOUDEST: f32 = 6.0;

crate::lane_state! {
    /// A row of stages: the integrator of each.
    pub struct AllpassRow<V> {
        integrators: [Lanes<V>; MOST_STAGES],
    }
}

/// What the frequency becomes.
#[derive(Clone, Copy)]
pub struct AllpassStage<V: Vector> {
    /// Instantaneous gain of the integrator's low-pass.
    low: Lanes<V>,
}

impl<V: Vector> AllpassStage<V> {
    /// `fraction`: where a stage turns by a quarter, over the sample rate (limited to 0..=0.49).
    #[inline(always)]
    pub fn new(fraction: Lanes<V>) -> Self {
        let (n, d) = fraction.min(0.49).tan_half_turns_as_ratio();
        Self { low: n / (n + d) }
    }
}

impl<V: Vector> AllpassRow<V> {
    /// One frame through `stages` stages with feedback around them of -0.98 to 0.98.
    #[inline(always)]
    pub fn step(
        &mut self,
        stages: usize,
        input: Lanes<V>,
        stage: AllpassStage<V>,
        feedback: Lanes<V>,
    ) -> Lanes<V> {
        // A stage: low = s + g (x - s), out = x - 2 low = (1 - 2 g) x - 2 (1 - g) s. Even counts come out
        // with the input's sign at 0 Hz.
        let gain = 1.0 - stage.low * 2.0;
        let hold = stage.low * 2.0 - 2.0;
        let (mut whole_gain, mut offset) = (input.same(1.0), input.same(0.0));
        for state in &self.integrators[..stages] {
            offset = offset * gain + hold * *state;
            whole_gain *= gain;
        }
        let mut sample = (input + feedback * offset) / (1.0 - feedback * whole_gain);
        sample = sample.clamp(-LOUDEST, LOUDEST);
        for state in &mut self.integrators[..stages] {
            let way = (sample - *state) * stage.low;
            let low = *state + way;
            *state = low + way;
            sample -= low * 2.0;
        }
        sample
    }

    /// Brings the stages that have no part in the row to where they would be behind its `last` output, but
    /// for their delay: so a row that gets longer begins warm.
    #[inline(always)]
    pub fn warm(&mut self, stages: usize, last: Lanes<V>) {
        let mut sample = last;
        for state in &mut self.integrators[stages..] {
            *state = sample;
            sample = -sample;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    /// Magnitude of input and row mixed half and half, at a fraction of the sample rate.
    fn magnitude(stages: usize, corner: f64, feedback: f32, frequency: f64) -> f64 {
        let (mut row, stage) = (AllpassRow::<f32>::default(), AllpassStage::new(Lanes(corner as f32)));
        let mut sums = [0.0; 2];
        for frame in 0..60_000 {
            let angle = TAU * frequency * f64::from(frame);
            let input = Lanes(angle.sin() as f32);
            let out = input + row.step(stages, input, stage, Lanes(feedback));
            if frame >= 30_000 {
                sums[0] += f64::from(out.0) * angle.sin();
                sums[1] += f64::from(out.0) * angle.cos();
            }
        }
        sums[0].hypot(sums[1]) / 30_000.0
    }

    /// Warped frequencies at which `stages` stages with this corner have turned by an odd half turn.
    fn notches(stages: usize, corner: f64) -> Vec<f64> {
        let warp = (std::f64::consts::PI * corner).tan();
        let turns = (0..stages / 2).map(|k| (2 * k + 1) as f64 / (2 * stages) as f64);
        turns
            .map(|turns| (warp * (std::f64::consts::PI * turns).tan()).atan() / std::f64::consts::PI)
            .collect()
    }

    #[test]
    fn two_stages_make_a_notch() {
        for stages in [2, 4, 6, 12] {
            for notch in notches(stages, 0.02) {
                let depth = magnitude(stages, 0.02, 0.0, notch);
                assert!(depth < 0.003, "{stages} stages at {notch}: {depth}");
            }
            assert!((magnitude(stages, 0.02, 0.0, 0.0001) - 1.0).abs() < 0.01, "bass passes");
        }
    }

    /// The feedback has no delay, so it sharpens the notches where they are.
    #[test]
    fn feedback_leaves_the_notches_in_place() {
        for feedback in [-0.7, 0.7] {
            for notch in notches(4, 0.05) {
                let row = magnitude(4, 0.05, feedback, notch);
                let expected = 0.5 * (1.0 - 1.0 / (1.0 + f64::from(feedback)));
                assert!((row - expected.abs()).abs() < 0.01, "{row} instead of {expected}");
            }
        }
    }

    #[test]
    fn it_stays_finite_while_everything_moves() {
        let mut row = AllpassRow::<f32>::default();
        let mut random = 1u32;
        let mut next = || {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 8) as f32 / 16_777_216.0
        };
        let mut peak = 0.0f32;
        for _ in 0..200_000 {
            let stage = AllpassStage::new(Lanes(next() * 0.49));
            let out = row.step(12, Lanes(next() * 2.0 - 1.0), stage, Lanes(0.95));
            peak = peak.max(out.0.abs());
        }
        assert!(peak < 40.0, "{peak}");
    }
}
