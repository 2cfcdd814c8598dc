//! Rectifier: a signal without its sign, and its two halves.

use jackfield_node::prelude::*;

const IN: Input = Input::control(0, "in", "Signal to take apart.");
const FULL: Output = Output::control(0, "full", "How far from 0 it is, to whatever side.");
const POSITIVE: Output = Output::control(1, "positive", "What lies above 0; 0 while it is below.");
const NEGATIVE: Output =
    Output::control(2, "negative", "What lies below 0, turned upwards; 0 while it is above.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Rectify>("maths.rectify", "Rectify", Category::Maths)
    .summary("Takes the sign off a signal, or splits it into its halves.")
    .help(
        "Full folds the lower half up, so a sine swings twice as often: on sound that is an octave fuzz. \
         Positive and negative are the two halves, each from 0 up, so that one LFO can open one filter on \
         its way up and another one on its way down. Try: a pitch wheel into rectify, full into vibrato \
         depth: bending either way makes it tremble.",
    )
    .tags(&["absolute", "abs", "half wave", "full wave", "octave", "fuzz", "split"])
    .inputs(&[IN])
    .outputs(&[FULL, POSITIVE, NEGATIVE])
    .checked();

struct Rectify;

impl LaneNode for Rectify {
    type State<V: Vector> = NoState;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, io: &mut Io<'_, V>) {
        let input = io.input(IN);
        let (mut full, mut positive, mut negative) =
            (io.output(FULL), io.output(POSITIVE), io.output(NEGATIVE));
        for frame in io.frames() {
            let input = input.at(frame);
            full.set(frame, input.abs());
            positive.set(frame, input.max(0.0));
            negative.set(frame, (-input).max(0.0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;

    #[test]
    fn the_halves_make_the_whole() {
        let run = LaneHarness::new(&SPEC).plug(IN, [-0.5, 0.0, 0.25]).run(3);
        assert_eq!(run.output(FULL), [0.5, 0.0, 0.25]);
        assert_eq!(run.output(POSITIVE), [0.0, 0.0, 0.25]);
        assert_eq!(run.output(NEGATIVE), [0.5, 0.0, 0.0]);
    }
}
