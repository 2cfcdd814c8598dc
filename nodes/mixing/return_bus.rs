//! Return: where the effect of several sends comes back to the sounds.

use jackfield_node::dsp::gain::fader;
use jackfield_node::dsp::pan::linear;
use jackfield_node::prelude::*;

const DRY: [Input; 2] = [
    Input::audio(0, "dry_left", "The sounds themselves, left.").sum(),
    Input::audio(1, "dry_right", "The sounds themselves, right.").sum(),
];
const WET: [Input; 2] = [
    Input::audio(2, "wet_left", "What the effect gives back, left.").sum(),
    Input::audio(3, "wet_right", "What the effect gives back, right.").sum(),
];
const LEVEL: Input = Input::knob(
    4,
    "level",
    Knob::decibels(-60.0, 12.0, 0.0),
    "How much of the effect comes back; nothing at the bottom.",
)
.sum();
const BALANCE: Input = Input::knob(
    5,
    "balance",
    Knob::bipolar(0.0),
    "0: the effect on both sides as it is. -100 %: only left. 100 %: only right.",
)
.sum();

const OUT: [Output; 2] = [
    Output::audio(0, "left", "Sounds and effect, left."),
    Output::audio(1, "right", "Sounds and effect, right."),
];

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Return>("mixing.return_bus", "Return", Category::Mixing)
    .summary("Adds what an effect gives back to the sounds themselves.")
    .help(
        "The other end of sends: the sounds go in dry, the effect they share goes in wet, and one fader says \
         how much of it comes back. Turn it down to hear the sounds alone, or move it by an envelope to open \
         the room in the breaks. All voices are added. Try: a reverb into wet, and the level of a slow LFO.",
    )
    .tags(&["aux", "bus", "send", "effect", "wet", "dry", "sum"])
    .inputs(&[DRY[0], DRY[1], WET[0], WET[1], LEVEL, BALANCE])
    .outputs(&OUT)
    .that_changes_loudness("It adds up what is at its inputs.")
    .checked();

struct Return;

impl LaneNode for Return {
    type State<V: Vector> = NoState;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, io: &mut Io<'_, V>) {
        let ([dry_left, dry_right], [wet_left, wet_right]) =
            (DRY.map(|input| io.input(input)), WET.map(|input| io.input(input)));
        let mut gains = io.derive(
            [LEVEL, BALANCE],
            #[inline(always)]
            |[level, balance]| {
                let ([left, right], level) = (linear(balance * 0.5 + 0.5), fader(level));
                // The nearer side stays; the farther one fades.
                [(left * 2.0).min(1.0) * level, (right * 2.0).min(1.0) * level]
            },
        );
        let [mut left_out, mut right_out] = OUT.map(|output| io.output(output));
        for frame in io.frames() {
            let [left, right] = gains.at(frame);
            left_out.set(frame, dry_left.at(frame) + wet_left.at(frame) * left);
            right_out.set(frame, dry_right.at(frame) + wet_right.at(frame) * right);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;

    #[test]
    fn the_effect_comes_back_as_loud_as_asked() {
        let mut harness = LaneHarness::new(&SPEC);
        for (input, value) in DRY.iter().chain(&WET).zip([1.0, 2.0, 10.0, 20.0]) {
            harness.hold(*input, value);
        }
        let mut run = |level: f32, balance: f32| {
            let run = harness.hold(LEVEL, level).turn(BALANCE, balance).run(1);
            OUT.map(|output| run.output(output)[0])
        };
        assert_eq!(run(0.0, 0.0), [11.0, 22.0]);
        assert_eq!(run(-1.0, 0.0), [6.0, 12.0]);
        assert_eq!(run(-10.0, 0.0), [1.0, 2.0], "nothing at the bottom");
        assert_eq!(run(0.0, 1.0), [1.0, 22.0]);
        assert_eq!(run(0.0, -0.5), [11.0, 12.0]);
    }
}
