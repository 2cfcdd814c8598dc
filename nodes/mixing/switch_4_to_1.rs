//! Switch from one of four inputs to one output, without a click.

use crate::parts::mixing::selector::{Selector, place};
use jackfield_node::prelude::*;

const IN: [Input; 4] = [
    Input::audio(0, "in1", "What is heard while 1 is selected."),
    Input::audio(1, "in2", "What is heard while 2 is selected."),
    Input::audio(2, "in3", "What is heard while 3 is selected."),
    Input::audio(3, "in4", "What is heard while 4 is selected."),
];
const SELECT: Input = Input::knob(
    4,
    "select",
    Knob::number(1.0, 4.0, 1.0),
    "The input that is heard, 1 to 4, the nearest one.",
);

const OUT: Output = Output::audio(0, "out", "The selected signal.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Switch4To1>(
    "mixing.switch_4_to_1",
    "Switch 4 to 1",
    Category::Mixing,
)
.summary("Picks one of four signals.")
.help(
    "Four signals, one way on. Use it to compare settings, to choose a waveform by a sequencer, or to play \
         four patterns in turn. A change fades over 5 ms, so it makes no click. Try: four oscillators with \
         different waveforms, and a slow random value of 0 to 3 into select.",
)
.tags(&["router", "multiplexer", "sequential", "select", "choose", "compare"])
.inputs(&[IN[0], IN[1], IN[2], IN[3], SELECT])
.outputs(&[OUT])
.checked();

struct Switch4To1;

impl LaneNode for Switch4To1 {
    type State<V: Vector> = Selector<V>;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut Selector<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let rate = io.sample_rate();
        let [one, two, three, four] = IN.map(|input| io.input(input));
        let mut place = io.derive(
            [SELECT],
            #[inline(always)]
            |[select]| place(select),
        );
        let mut out = io.output(OUT);
        for frame in io.frames() {
            let [gain1, gain2, gain3, gain4] = state.gains(place.at(frame), rate);
            let first = one.at(frame) * gain1 + two.at(frame) * gain2;
            out.set(frame, first + (three.at(frame) * gain3 + four.at(frame) * gain4));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::click_burst_db;
    use jackfield_testkit::signal::sine;

    #[test]
    fn it_hears_the_selected_input_from_the_first_frame() {
        let mut harness = LaneHarness::new(&SPEC);
        for (input, value) in IN.iter().zip([1.0, 2.0, 3.0, 4.0]) {
            harness.hold(*input, value);
        }
        for (select, expected) in [(1.0, 1.0), (2.4, 2.0), (3.0, 3.0), (9.0, 4.0), (-5.0, 1.0)] {
            assert_eq!(harness.reset().hold(SELECT, select).run(1).output(OUT), [expected], "{select}");
        }
    }

    #[test]
    fn a_change_makes_no_click() {
        let mut harness = LaneHarness::new(&SPEC);
        let select = [vec![1.0; 24_030], vec![4.0; 10]].concat();
        let sound = sine(48_000, 100.0, 48_000.0);
        let run = harness.plug(IN[0], sound).hold(IN[3], -0.5).plug(SELECT, select).run(48_000);
        let click = click_burst_db(run.output(OUT), 48_000.0);
        assert!(click < -80.0, "{click} dB");
    }
}
