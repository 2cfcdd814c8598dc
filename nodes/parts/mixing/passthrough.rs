//! A node that only shows: it passes its signal on as it is.

use jackfield_node::prelude::*;
use jackfield_node::{Frame, Signal};

/// Passes its first inputs on to as many outputs.
pub(crate) struct Passthrough<const PORTS: usize = 1>;

impl<const PORTS: usize> LaneNode for Passthrough<PORTS> {
    type State<V: Vector> = NoState;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, io: &mut Io<'_, V>) {
        for port in 0..PORTS {
            let (input, mut out) = (io.input_at(port), io.output_at(port));
            for frame in io.frames() {
                out.set(frame, finite(input, frame));
            }
        }
    }
}

/// A sample as it is; 0 in place of what is no number, which a node must not make.
#[inline(always)]
pub(crate) fn finite<'a, V: Vector>(signal: Signal<'a, V>, frame: Frame<'a>) -> Lanes<V> {
    let sample = signal.at(frame);
    sample.is_finite().keep(sample)
}

#[cfg(test)]
mod tests {
    use crate::analysis::{scope, xy};
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::signal::noise;

    #[test]
    fn signals_pass_unchanged() {
        let (left, right) = (noise(500, 1), noise(500, 2));
        let run = LaneHarness::new(&scope::SPEC).plug(scope::SPEC.inputs[0], left.clone()).run(500);
        assert_eq!(run.output(scope::SPEC.outputs[0]), left);
        let mut harness = LaneHarness::new(&xy::SPEC);
        harness.plug(xy::SPEC.inputs[0], left.clone()).plug(xy::SPEC.inputs[1], right.clone());
        let run = harness.run(500);
        assert_eq!(run.output(xy::SPEC.outputs[0]), left);
        assert_eq!(run.output(xy::SPEC.outputs[1]), right);
    }
}
