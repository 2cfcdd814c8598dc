//! Switch from one input to one of four outputs, without a click.

use crate::parts::mixing::selector::{Selector, place};
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Signal to send on.");
const SELECT: Input = Input::knob(
    1,
    "select",
    Knob::number(1.0, 4.0, 1.0),
    "The output that gets it, 1 to 4, the nearest one.",
);

const OUT: [Output; 4] = [
    Output::audio(0, "out1", "The signal while 1 is selected."),
    Output::audio(1, "out2", "The signal while 2 is selected."),
    Output::audio(2, "out3", "The signal while 3 is selected."),
    Output::audio(3, "out4", "The signal while 4 is selected."),
];

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Switch1To4>(
    "mixing.switch_1_to_4",
    "Switch 1 to 4",
    Category::Mixing,
)
.summary("Sends a signal to one of four places.")
.help(
    "One signal, four ways on: four filters, four effects, four rooms. A change fades over 5 ms, so it \
         makes no click even in the middle of a sound. Each voice goes its own way: with a signal that \
         differs from voice to voice into select, it splits a chord into parts. Try: a sequencer with steps \
         of 0 to 3 into select, and a delay behind output 4 alone.",
)
.tags(&["router", "demultiplexer", "sequential", "select", "split", "voices"])
.inputs(&[IN, SELECT])
.outputs(&OUT)
.checked();

struct Switch1To4;

impl LaneNode for Switch1To4 {
    type State<V: Vector> = Selector<V>;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut Selector<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let (rate, input) = (io.sample_rate(), io.input(IN));
        let mut place = io.derive(
            [SELECT],
            #[inline(always)]
            |[select]| place(select),
        );
        let [mut one, mut two, mut three, mut four] = OUT.map(|output| io.output(output));
        for frame in io.frames() {
            let [gain1, gain2, gain3, gain4] = state.gains(place.at(frame), rate);
            let input = input.at(frame);
            one.set(frame, input * gain1);
            two.set(frame, input * gain2);
            three.set(frame, input * gain3);
            four.set(frame, input * gain4);
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
    fn the_nearest_output_has_it_and_nothing_is_lost_on_the_way() {
        let mut harness = LaneHarness::new(&SPEC);
        let select = [vec![1.0; 24_030], vec![2.7; 10]].concat();
        let run = harness.plug(IN, sine(48_000, 100.0, 48_000.0)).plug(SELECT, select).run(48_000);
        for (frame, expected) in sine(48_000, 100.0, 48_000.0).iter().enumerate() {
            let sum: f32 = OUT.iter().map(|output| run.output(*output)[frame]).sum();
            assert!((sum - expected).abs() < 1e-5, "{sum} instead of {expected}");
        }
        assert!(run.output(OUT[2])[30_000..].iter().any(|x| *x > 0.99));
        for output in [OUT[0], OUT[2]] {
            let click = click_burst_db(run.output(output), 48_000.0);
            assert!(click < -80.0, "{click} dB");
        }
    }
}
