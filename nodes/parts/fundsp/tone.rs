//! What the tones of `fundsp` have in common: a frequency, and the test that they keep it.

use jackfield_node::C4_HERTZ;
use jackfield_node::prelude::*;

/// Pitch, first of its node.
pub(crate) const FREQUENCY: Input =
    Input::knob(0, "frequency", Knob::hertz(20.0, 10_000.0, C4_HERTZ), "Pitch: a cable of 1 is an octave.");

/// How bright a discrete summation is, second of its node.
pub(crate) const ROUGHNESS: Input =
    Input::knob(1, "roughness", Knob::unit(0.5), "How much of each overtone the next one has. 0: a sine.");

/// The tone, first of its node.
pub(crate) const OUT: Output = Output::audio(0, "out", "The tone.");

/// Panics where a tone is off the pitch that the knob says, or where a cable of 1 is no octave.
#[cfg(test)]
pub(crate) fn keeps_its_pitch(spec: &'static NodeSpec) {
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::{cents, frequency};
    for hertz in [110.0, 880.0] {
        let mut harness = BlockHarness::new(spec);
        let run = harness.turn(FREQUENCY, hertz).run(48_000);
        let found = frequency(run.output(OUT), 48_000.0, f64::from(hertz));
        assert!(cents(found, f64::from(hertz)).abs() < 1.0, "{}: {found} Hz", spec.id);
    }
}
