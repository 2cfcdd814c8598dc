//! Mid/side, first half: takes what two channels share apart from what differs.

use jackfield_node::prelude::*;

const LEFT: Input = Input::audio(0, "left", "Left channel.");
const RIGHT: Input = Input::audio(1, "right", "Right channel.");

const MID: Output = Output::audio(0, "mid", "What both sides share: half their sum.");
const SIDE: Output = Output::audio(1, "side", "What differs between them: half their difference.");

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<Encode>("effect.mid_side_encode", "Mid/side encode", Category::Effect)
        .summary("Takes a stereo sound apart into middle and sides.")
        .help(
            "Voices and basses stand in the middle, rooms and choirs at the sides. Taken apart they can be \
             treated by themselves: compress the middle, brighten the sides, give only the sides a reverb. \
             Put them together again with mid/side decode. Try: a high-pass of 200 Hz in the side, which \
             tightens a mix.",
        )
        .tags(&["ms", "m/s", "middle", "sum", "difference", "stereo", "matrix", "mastering"])
        .inputs(&[LEFT, RIGHT])
        .outputs(&[MID, SIDE])
        .checked();

struct Encode;

impl LaneNode for Encode {
    type State<V: Vector> = NoState;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, io: &mut Io<'_, V>) {
        let (left, right) = (io.input(LEFT), io.input(RIGHT));
        let (mut mid, mut side) = (io.output(MID), io.output(SIDE));
        for frame in io.frames() {
            let (left, right) = (left.at(frame), right.at(frame));
            mid.set(frame, (left + right) * 0.5);
            side.set(frame, (left - right) * 0.5);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;

    #[test]
    fn equal_sides_are_all_middle_and_opposite_ones_all_side() {
        let mut harness = LaneHarness::new(&SPEC);
        let mut encode = |left: f32, right: f32| {
            let run = harness.hold(LEFT, left).hold(RIGHT, right).run(1);
            [MID, SIDE].map(|output| run.output(output)[0])
        };
        assert_eq!(encode(0.5, 0.5), [0.5, 0.0]);
        assert_eq!(encode(0.5, -0.5), [0.0, 0.5]);
        assert_eq!(encode(1.0, 0.0), [0.5, 0.5]);
    }
}
