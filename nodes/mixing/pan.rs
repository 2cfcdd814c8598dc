//! Pan: places a sound between left and right.

use crate::parts::mixing::pan_law::{LAW, PanLaw};
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Sound to place.");
const PAN: Input = Input::knob(1, "pan", Knob::bipolar(0.0), "-100 %: left. 0: the middle. 100 %: right.");

const LEFT: Output = Output::audio(0, "left", "The sound's left part.");
const RIGHT: Output = Output::audio(1, "right", "The sound's right part.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Pan>("mixing.pan", "Pan", Category::Mixing)
    .summary("Places a sound between left and right.")
    .help(
        "Two ears hear from where a sound comes by how much of it reaches each. Pan shares a mono sound out \
         between two channels: what one loses the other gains, so the loudness stays while the place moves. \
         Each voice has a place of its own. Try: an LFO into pan with depth 1, then the spread of a voices \
         node, which lines voices up from left to right.",
    )
    .tags(&["panorama", "balance", "stereo", "place", "left", "right"])
    .inputs(&[IN, PAN])
    .outputs(&[LEFT, RIGHT])
    .settings(&[LAW])
    .checked();

struct Pan;

impl LaneNode for Pan {
    type State<V: Vector> = NoState;
    type Config = PanLaw;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, law: &PanLaw, io: &mut Io<'_, V>) {
        let input = io.input(IN);
        let mut gains = io.derive(
            [PAN],
            #[inline(always)]
            |[pan]| law.gains(pan * 0.5 + 0.5),
        );
        let (mut left_out, mut right_out) = (io.output(LEFT), io.output(RIGHT));
        for frame in io.frames() {
            let (input, [left, right]) = (input.at(frame), gains.at(frame));
            left_out.set(frame, input * left);
            right_out.set(frame, input * right);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;

    fn sides(law: PanLaw, pan: f32) -> [f64; 2] {
        let mut harness = LaneHarness::of(&SPEC).setting(LAW, law).start().unwrap();
        let run = harness.hold(IN, 1.0).turn(PAN, pan).run(1);
        [LEFT, RIGHT].map(|output| f64::from(run.output(output)[0]))
    }

    #[test]
    fn the_loudness_stays_and_the_place_moves() {
        for step in -10..=10 {
            let pan = step as f32 / 10.0;
            let ([left, right], [low_left, low_right]) =
                (sides(PanLaw::EqualPower, pan), sides(PanLaw::Linear, pan));
            assert!((left * left + right * right - 1.0).abs() < 1e-6, "power at {pan}");
            assert!((low_left + low_right - 1.0).abs() < 1e-6, "sum at {pan}");
            assert!((right - left) * f64::from(pan) >= 0.0, "the side at {pan}");
        }
        assert_eq!(sides(PanLaw::EqualPower, -1.0), [1.0, 0.0]);
    }
}
