//! Probability gate: each gate that arrives goes one way or the other by chance.

use jackfield_node::dsp::gate::Gate;
use jackfield_node::dsp::{chance, noise};
use jackfield_node::prelude::*;

const IN: Input = Input::gate(0, "in", "Gates to send on.");
const PROBABILITY: Input =
    Input::knob(1, "probability", Knob::unit(0.5), "How likely a gate goes to yes. 100 %: each one.");

const YES: Output = Output::gate(0, "yes", "The gates that chance has chosen.");
const NO: Output = Output::gate(1, "no", "The others.");

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<ProbabilityGate>("maths.probability_gate", "Probability gate", Category::Maths)
        .summary("Tosses a coin for each gate.")
        .help(
            "Each gate comes out whole at yes or at no, never at both. It makes a strict pattern breathe: \
             send the hi-hat through it at 80 %, or let a fill come once in a while at 10 %. Each voice \
             tosses its own coin, and a patch falls the same way each time it is rendered. Try: two drums at \
             yes and no, and an LFO of eight bars into probability with depth 0.5.",
        )
        .tags(&["bernoulli", "chance", "random", "coin", "branch", "skip", "rhythm", "humanise"])
        .inputs(&[IN, PROBABILITY])
        .outputs(&[YES, NO])
        .random()
        .checked();

lane_state! {
    struct State<V> {
        stream: Bits<V>,
        gate: Lanes<V>,
        /// 1 while the last gate went to yes.
        chosen: Lanes<V>,
    }
}

struct ProbabilityGate;

impl LaneNode for ProbabilityGate {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    fn start(seed: u32) -> State<f32> {
        State { stream: noise::hash(Bits(seed)), gate: Lanes(0.0), chosen: Lanes(0.0) }
    }

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let (input, probability) = (io.input(IN), io.input(PROBABILITY));
        let (mut yes, mut no) = (io.output(YES), io.output(NO));
        for frame in io.frames() {
            let gate = Gate::read(&mut state.gate, input.at(frame));
            let chosen = chance::happens(&mut state.stream, gate.opens, probability.at(frame));
            state.chosen = gate.opens.select(chosen.to_gate(state.chosen), state.chosen);
            yes.set(frame, gate.open.keep(state.chosen));
            no.set(frame, gate.open.keep(1.0 - state.chosen));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::{LaneHarness, LaneRun};
    use jackfield_testkit::measure::rises;

    fn run(probability: f32, seed: u32, gates: usize) -> LaneRun {
        let mut harness = LaneHarness::of(&SPEC).seed(seed).start().unwrap();
        harness.turn(PROBABILITY, probability).plug(IN, [1.0, 1.0, 0.0, 0.0].repeat(gates)).run(4 * gates)
    }

    #[test]
    fn gates_pass_as_often_as_asked_and_whole() {
        for probability in [0.0, 0.2, 0.5, 1.0] {
            let run = run(probability, 1, 5_000);
            let (yes, no) = (rises(run.output(YES)).len(), rises(run.output(NO)).len());
            assert_eq!(yes + no, 5_000);
            assert!((yes as f32 / 5_000.0 - probability).abs() < 0.03, "{probability}: {yes}");
            assert_eq!(run.output(YES).iter().sum::<f32>(), 2.0 * yes as f32, "two frames each");
        }
    }

    #[test]
    fn seeds_decide_and_nothing_else() {
        assert_eq!(run(0.5, 3, 100), run(0.5, 3, 100));
        assert_ne!(run(0.5, 3, 100), run(0.5, 4, 100));
    }
}
