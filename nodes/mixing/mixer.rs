//! Mixer: four channels into one.

use jackfield_node::dsp::gain::fader;
use jackfield_node::prelude::*;

/// A fader of a channel, and of the sum.
const LEVEL: Knob = Knob::decibels(-60.0, 12.0, 0.0);

const IN: [Input; 4] = [
    Input::audio(0, "in1", "Channel 1."),
    Input::audio(1, "in2", "Channel 2."),
    Input::audio(2, "in3", "Channel 3."),
    Input::audio(3, "in4", "Channel 4."),
];
const LEVELS: [Input; 4] = [
    Input::knob(4, "level1", LEVEL, "Fader of channel 1; silent at the bottom."),
    Input::knob(5, "level2", LEVEL, "Fader of channel 2; silent at the bottom."),
    Input::knob(6, "level3", LEVEL, "Fader of channel 3; silent at the bottom."),
    Input::knob(7, "level4", LEVEL, "Fader of channel 4; silent at the bottom."),
];
const MASTER: Input = Input::knob(8, "master", LEVEL, "Fader of the sum; silent at the bottom.");
const OUT: Output = Output::audio(0, "out", "The channels added up.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Mixer>("mixing.mixer", "Mixer", Category::Mixing)
    .summary("Adds four signals, each with a fader.")
    .help(
        "Several cables into one input already add up; the mixer is for when each needs a fader. Each voice \
         is mixed by itself, so it can stand inside a polyphonic patch. The faders are knobs like any \
         other: an LFO into two of them, with depth 1 and -1, moves from one sound to the other. Try: a saw \
         and a square an octave below in channels 1 and 2, then a filter.",
    )
    .tags(&["mix", "sum", "add", "fader", "blend", "four"])
    .inputs(&[IN[0], IN[1], IN[2], IN[3], LEVELS[0], LEVELS[1], LEVELS[2], LEVELS[3], MASTER])
    .outputs(&[OUT])
    .that_changes_loudness("It adds up what is at its inputs.")
    .checked();

struct Mixer;

impl LaneNode for Mixer {
    type State<V: Vector> = NoState;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, io: &mut Io<'_, V>) {
        let [one, two, three, four] = IN.map(|input| io.input(input));
        let mut gains = io.derive(
            LEVELS,
            #[inline(always)]
            |[one, two, three, four]| [fader(one), fader(two), fader(three), fader(four)],
        );
        let mut master = io.derive(
            [MASTER],
            #[inline(always)]
            |[octaves]| fader(octaves),
        );
        let mut out = io.output(OUT);
        for frame in io.frames() {
            let [gain1, gain2, gain3, gain4] = gains.at(frame);
            let first = one.at(frame) * gain1 + two.at(frame) * gain2;
            let second = three.at(frame) * gain3 + four.at(frame) * gain4;
            out.set(frame, (first + second) * master.at(frame));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;

    #[test]
    fn adds_what_the_faders_let_through() {
        let mut harness = LaneHarness::new(&SPEC);
        for (channel, value) in [1.0, 10.0, 100.0, 1000.0].into_iter().enumerate() {
            harness.hold(IN[channel], value);
        }
        harness.hold(LEVELS[1], 1.0).hold(LEVELS[2], -1.0).turn(LEVELS[3], -60.0);
        assert_eq!(harness.run(1).output(OUT), [71.0]);
        assert_eq!(harness.hold(MASTER, 2.0).run(1).output(OUT), [284.0]);
    }
}
