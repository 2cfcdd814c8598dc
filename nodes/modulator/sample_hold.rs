//! Sample and hold: keeps what a signal was when a trigger came.

use jackfield_node::dsp::gate::Gate;
use jackfield_node::prelude::*;

const IN: Input = Input::control(0, "in", "Signal to take samples of.").taken_at(1);
const TRIGGER: Input = Input::gate(1, "trigger", "When to take the next one.");
const OUT: Output = Output::control(0, "out", "The last sample taken.").that_jumps();

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<SampleHold>("modulator.sample_hold", "Sample & hold", Category::Modulator)
        .summary("Keeps what a signal was at the last trigger.")
        .help(
            "Keeps what the input was just before a trigger came, until the next one. Several in a row on \
             one trigger \
             pass a value on, one at each. Fed with noise \
             and a clock it makes the random steps of old science fiction; fed with an LFO it makes a \
             staircase. Try: white noise in, a clock at eighths as trigger, the output into the cutoff of a \
             resonant filter.",
        )
        .tags(&["s&h", "random", "staircase", "steps", "latch"])
        .inputs(&[IN, TRIGGER])
        .outputs(&[OUT])
        .checked();

lane_state! { struct State<V> { held: Lanes<V>, before: Lanes<V>, trigger: Lanes<V> } }

struct SampleHold;

impl LaneNode for SampleHold {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let (input, trigger) = (io.input(IN), io.input(TRIGGER));
        let mut out = io.output(OUT);
        for frame in io.frames() {
            let takes = Gate::read(&mut state.trigger, trigger.at(frame)).opens;
            state.held = takes.select(state.before, state.held);
            state.before = input.at(frame);
            out.set(frame, state.held);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;

    #[test]
    fn keeps_the_sample_before_the_trigger() {
        let mut harness = LaneHarness::new(&SPEC);
        harness.plug(IN, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).plug(TRIGGER, [0.0, 1.0, 1.0, 0.0, 1.0, 0.0]);
        assert_eq!(harness.run(6).output(OUT), [0.0, 1.0, 1.0, 1.0, 4.0, 4.0]);
    }

    #[test]
    fn a_chain_on_one_trigger_passes_values_on_one_by_one() {
        let trigger = [1.0, 0.0].repeat(6);
        let mut signal: Vec<f32> = (1..=6).flat_map(|step| [step as f32; 2]).collect();
        for stage in 1..=3 {
            signal = LaneHarness::new(&SPEC)
                .plug(TRIGGER, trigger.clone())
                .plug(IN, signal)
                .run(12)
                .output(OUT)
                .to_vec();
            let expected: Vec<f32> = (1..=6).map(|step| (step - stage).max(0) as f32).collect();
            assert_eq!(signal.iter().copied().step_by(2).collect::<Vec<_>>(), expected);
        }
    }
}
