//! Send: takes a share of a sound on its way past, for an effect that several sounds use together.

use jackfield_node::dsp::gain::fader;
use jackfield_node::prelude::*;

choices! {
    /// Where the send takes the sound.
    enum SendTap {
        AfterFader = "after_fader",
        BeforeFader = "before_fader",
    }
}

const IN: Input = Input::audio(0, "in", "Sound on its way.");
const LEVEL: Input =
    Input::knob(1, "level", Knob::decibels(-60.0, 12.0, 0.0), "Fader of the sound; silent at the bottom.");
const AMOUNT: Input =
    Input::knob(2, "amount", Knob::decibels(-60.0, 12.0, -12.0), "How much is sent; nothing at the bottom.");

const TAP: Setting = SendTap::setting(
    0,
    "tap",
    SendTap::AfterFader,
    "Whether what is sent follows the fader, or stays when the sound fades: then only its effect is left.",
);

const OUT: Output = Output::audio(0, "out", "The sound behind its fader.");
const SEND: Output = Output::audio(1, "send", "What is sent, for the effect.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Send>("mixing.send", "Send", Category::Mixing)
    .summary("Sends a share of a sound to an effect.")
    .help(
        "Several sounds can use one reverb, each as much as it likes: each has a send on its way to the \
         output, all sends go into the reverb, and its output comes back beside the sounds. That is cheaper \
         than a reverb each, and puts all of them into one room. Set the effect's own mix to 100 %. Try: \
         drums and a bass, each through a send, one delay for both, and much more from the drums.",
    )
    .tags(&["aux", "bus", "effect", "return", "reverb", "share"])
    .inputs(&[IN, LEVEL, AMOUNT])
    .outputs(&[OUT, SEND])
    .settings(&[TAP])
    .checked();

impl Configure for SendTap {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.chosen(TAP)
    }
}

struct Send;

impl LaneNode for Send {
    type State<V: Vector> = NoState;
    type Config = SendTap;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, &tap: &SendTap, io: &mut Io<'_, V>) {
        let input = io.input(IN);
        let mut gains = io.derive(
            [LEVEL, AMOUNT],
            #[inline(always)]
            |[level, amount]| {
                let (level, amount) = (fader(level), fader(amount));
                [
                    level,
                    match tap {
                        SendTap::BeforeFader => amount,
                        SendTap::AfterFader => amount * level,
                    },
                ]
            },
        );
        let (mut out, mut send) = (io.output(OUT), io.output(SEND));
        for frame in io.frames() {
            let (input, [level, amount]) = (input.at(frame), gains.at(frame));
            out.set(frame, input * level);
            send.set(frame, input * amount);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;

    fn run(tap: SendTap, level: f32, amount: f32) -> [f32; 2] {
        let mut harness = LaneHarness::of(&SPEC).setting(TAP, tap).start().unwrap();
        let run = harness.hold(IN, 1.0).hold(LEVEL, level).hold(AMOUNT, amount).run(1);
        [OUT, SEND].map(|output| run.output(output)[0])
    }

    #[test]
    fn the_tap_lies_before_or_after_the_fader() {
        assert_eq!(run(SendTap::AfterFader, -1.0, -2.0), [0.5, 0.125]);
        assert_eq!(run(SendTap::BeforeFader, -1.0, -2.0), [0.5, 0.25]);
        assert_eq!(run(SendTap::AfterFader, 0.0, -10.0), [1.0, 0.0], "the bottom sends nothing");
        assert_eq!(run(SendTap::BeforeFader, -10.0, 0.0), [0.0, 1.0], "only the effect is left");
    }
}
