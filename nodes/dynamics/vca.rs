//! Amplifier whose gain is a signal.

use jackfield_node::dsp::gain::fader;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Signal to make louder or softer.");
const GAIN: Input = Input::knob(
    1,
    "gain",
    Knob::unit(0.0),
    "Factor: 0 is silence, 1 lets all through. An envelope goes here.",
);
const LEVEL: Input = Input::knob(2, "level", Knob::decibels(-60.0, 24.0, 0.0), "Loudness at gain 1.");
const OUT: Output = Output::audio(0, "out", "The input times gain and level.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Vca>("dynamics.vca", "VCA", Category::Dynamics)
    .summary("Loudness controlled by a signal.")
    .help(
        "Multiplies the input by the gain. With its gain at 0 it is silent until something at the gain \
         input opens it: the envelope of a note, an LFO for tremolo. A fast signal at the gain makes it a \
         ring modulator, because a negative gain turns the wave over. Try: an oscillator in, an ADSR at \
         gain: a playable voice.",
    )
    .tags(&["amplifier", "amp", "gain", "volume", "multiply", "ring modulator", "tremolo"])
    .inputs(&[IN, GAIN, LEVEL])
    .outputs(&[OUT])
    .that_changes_loudness("Nothing passes before a control signal opens it.")
    .checked();

struct Vca;

impl LaneNode for Vca {
    type State<V: Vector> = NoState;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, io: &mut Io<'_, V>) {
        let (input, gain) = (io.input(IN), io.input(GAIN));
        let mut level = io.derive(
            [LEVEL],
            #[inline(always)]
            |[octaves]| fader(octaves),
        );
        let mut out = io.output(OUT);
        for frame in io.frames() {
            out.set(frame, input.at(frame) * gain.at(frame) * level.at(frame));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;

    #[test]
    fn multiplies_by_gain_and_level() {
        let mut harness = LaneHarness::new(&SPEC);
        let run = harness.plug(IN, [1.0, -0.5, 0.25]).hold(GAIN, 0.5).hold(LEVEL, 1.0).run(3);
        assert_eq!(run.output(OUT), [1.0, -0.5, 0.25]);
        let run = harness.turn(LEVEL, -60.0).plug(IN, [1.0, -0.5, 0.25]).run(3);
        assert_eq!(run.output(OUT), [0.0, 0.0, 0.0]);
    }
}
