//! Mid/side, second half: puts middle and sides together again.

use jackfield_node::prelude::*;

const MID: Input = Input::audio(0, "mid", "What both sides share.");
const SIDE: Input = Input::audio(1, "side", "What differs between them.");

const LEFT: Output = Output::audio(0, "left", "Left channel: middle and side.");
const RIGHT: Output = Output::audio(1, "right", "Right channel: middle less side.");

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<Decode>("effect.mid_side_decode", "Mid/side decode", Category::Effect)
        .summary("Puts middle and sides together to a stereo sound.")
        .help(
            "The way back from mid/side encode: left is the sum of middle and side, right their difference. \
             What changed in between changes the image, but a sum to mono only hears the middle. It also \
             makes stereo out of two mono sounds. Try: one oscillator in mid and another, quieter and an \
             octave up, in side.",
        )
        .tags(&["ms", "m/s", "middle", "stereo", "matrix", "mastering", "blumlein"])
        .inputs(&[MID, SIDE])
        .outputs(&[LEFT, RIGHT])
        .that_changes_loudness("It adds and subtracts its inputs, which an encoder has halved.")
        .checked();

struct Decode;

impl LaneNode for Decode {
    type State<V: Vector> = NoState;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, io: &mut Io<'_, V>) {
        let (mid, side) = (io.input(MID), io.input(SIDE));
        let (mut left, mut right) = (io.output(LEFT), io.output(RIGHT));
        for frame in io.frames() {
            let (mid, side) = (mid.at(frame), side.at(frame));
            left.set(frame, mid + side);
            right.set(frame, mid - side);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effect::mid_side_encode;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::signal::noise;

    #[test]
    fn it_gives_back_what_was_encoded() {
        let sides = [noise(1000, 1), noise(1000, 2)];
        let (mut encode, mut decode) = (LaneHarness::new(&mid_side_encode::SPEC), LaneHarness::new(&SPEC));
        for (input, side) in mid_side_encode::SPEC.inputs.iter().zip(&sides) {
            encode.plug(*input, side.clone());
        }
        let encoded = encode.run(1000);
        for (input, output) in SPEC.inputs.iter().zip(mid_side_encode::SPEC.outputs) {
            decode.plug(*input, encoded.output(*output));
        }
        let decoded = decode.run(1000);
        for (output, side) in [LEFT, RIGHT].into_iter().zip(&sides) {
            assert!(decoded.output(output).iter().zip(side).all(|(a, b)| (a - b).abs() < 1e-6));
        }
    }
}
