//! The slow cycle inside of modulation effects that run on slices.

use crate::parts::compute::memo::Memo;
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::Lanes;

/// A phase that a rate knob moves on.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LfoPhase {
    /// In turns. Its steps at slow rates are too small for an f32.
    phase: f64,
    step: Memo<f64>,
}

impl LfoPhase {
    /// Moves on by a frame at a rate in octaves re C4; where it is then, in turns, 0 to 1.
    #[inline]
    pub(crate) fn next(&mut self, rate: f32, sample_rate: f32) -> f32 {
        let step = self.step.of(rate, |rate| f64::from(Lanes(rate).exp2().0 * C4_HERTZ / sample_rate));
        self.phase += step.min(0.5);
        self.phase -= if self.phase >= 1.0 { 1.0 } else { 0.0 };
        self.phase as f32
    }

    /// Starts again.
    pub(crate) fn reset(&mut self) {
        self.phase = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::LfoPhase;

    #[test]
    fn it_is_exact_over_a_long_time() {
        let (mut cycle, a_hertz) = (LfoPhase::default(), -8.031_36);
        let last = (0..480_000).map(|_| cycle.next(a_hertz, 48_000.0)).last().unwrap();
        assert!((last - last.round()).abs() < 1e-4, "ten seconds are ten turns: {last}");
    }
}
