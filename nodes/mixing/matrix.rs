//! Matrix: any of four inputs to any of four outputs, each by its own amount.

use jackfield_node::prelude::*;

/// A crossing: how much of one input goes to one output.
const fn crossing(index: usize, name: &'static str, default: f32) -> Input {
    Input::knob(
        index,
        name,
        Knob::bipolar(default),
        "How much of this input this output gets. Below 0 upside down.",
    )
}

const IN: [Input; 4] = [
    Input::audio(0, "in1", "Signal 1."),
    Input::audio(1, "in2", "Signal 2."),
    Input::audio(2, "in3", "Signal 3."),
    Input::audio(3, "in4", "Signal 4."),
];
/// By output, then by input.
const AMOUNT: [[Input; 4]; 4] = [
    [
        crossing(4, "in1_to_out1", 1.0),
        crossing(5, "in2_to_out1", 0.0),
        crossing(6, "in3_to_out1", 0.0),
        crossing(7, "in4_to_out1", 0.0),
    ],
    [
        crossing(8, "in1_to_out2", 0.0),
        crossing(9, "in2_to_out2", 1.0),
        crossing(10, "in3_to_out2", 0.0),
        crossing(11, "in4_to_out2", 0.0),
    ],
    [
        crossing(12, "in1_to_out3", 0.0),
        crossing(13, "in2_to_out3", 0.0),
        crossing(14, "in3_to_out3", 1.0),
        crossing(15, "in4_to_out3", 0.0),
    ],
    [
        crossing(16, "in1_to_out4", 0.0),
        crossing(17, "in2_to_out4", 0.0),
        crossing(18, "in3_to_out4", 0.0),
        crossing(19, "in4_to_out4", 1.0),
    ],
];

const OUT: [Output; 4] = [
    Output::audio(0, "out1", "The sum of the inputs by the amounts of output 1."),
    Output::audio(1, "out2", "The sum of the inputs by the amounts of output 2."),
    Output::audio(2, "out3", "The sum of the inputs by the amounts of output 3."),
    Output::audio(3, "out4", "The sum of the inputs by the amounts of output 4."),
];

/// All inputs in order: the signals, then the amounts row by row.
const INPUTS: [Input; 20] = {
    let mut all = [IN[0]; 20];
    let mut i = 0;
    while i < 20 {
        all[i] = if i < 4 { IN[i] } else { AMOUNT[(i - 4) / 4][(i - 4) % 4] };
        i += 1;
    }
    all
};

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Matrix>("mixing.matrix", "Matrix", Category::Mixing)
    .summary("Sends four signals to four places, each by its own amount.")
    .help(
        "Sixteen amounts, one for each pair of input and output, as on a matrix mixer. At first each input \
         goes to the output of its own number. Use it to route modulation, to feed several effects into \
         each other, or to mix four things four ways. The amounts are knobs, so a cable can move each of \
         them. Try: four delays between outputs and inputs, and small amounts off the diagonal: a room.",
    )
    .tags(&["router", "mix", "routing", "crossbar", "modulation", "grid"])
    .inputs(&INPUTS)
    .outputs(&OUT)
    .checked();

struct Matrix;

impl LaneNode for Matrix {
    type State<V: Vector> = NoState;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, _: &NoConfig, io: &mut Io<'_, V>) {
        let signals = IN.map(|input| io.input(input));
        for (amounts, output) in AMOUNT.into_iter().zip(OUT) {
            let amounts = amounts.map(|amount| io.input(amount));
            let mut out = io.output(output);
            for frame in io.frames() {
                let [one, two, three, four] = &signals;
                let [amount1, amount2, amount3, amount4] = &amounts;
                let first = one.at(frame) * amount1.at(frame) + two.at(frame) * amount2.at(frame);
                let second = three.at(frame) * amount3.at(frame) + four.at(frame) * amount4.at(frame);
                out.set(frame, first + second);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;

    #[test]
    fn every_crossing_connects_what_its_name_says() {
        for (output, row) in AMOUNT.iter().enumerate() {
            for (input, amount) in row.iter().enumerate() {
                assert_eq!(amount.name, format!("in{}_to_out{}", input + 1, output + 1));
                let mut harness = LaneHarness::new(&SPEC);
                for amount in AMOUNT.as_flattened() {
                    harness.turn(*amount, 0.0);
                }
                let run = harness.turn(*amount, -0.5).hold(IN[input], 1.0).run(1);
                let expected = [0, 1, 2, 3].map(|out| if out == output { -0.5 } else { 0.0 });
                assert_eq!(OUT.map(|out| run.output(out)[0]), expected, "{}", amount.name);
            }
        }
    }

    #[test]
    fn a_new_one_lets_everything_through() {
        let mut harness = LaneHarness::new(&SPEC);
        for (input, value) in IN.iter().zip([1.0, 2.0, 3.0, 4.0]) {
            harness.hold(*input, value);
        }
        let run = harness.run(1);
        assert_eq!(OUT.map(|out| run.output(out)[0]), [1.0, 2.0, 3.0, 4.0]);
    }
}
