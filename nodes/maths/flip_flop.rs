//! Flip-flop: one bit of memory, of the three classic kinds.

use jackfield_node::dsp::gate::Gate;
use jackfield_node::prelude::*;

choices! {
    /// What a clock does.
    enum FlipFlopKind {
        Toggle = "toggle",
        Data = "data",
        Set = "set",
    }
}

const CLOCK: Input = Input::gate(0, "clock", "Each time it opens: toggles, takes data, or sets.");
const DATA: Input = Input::gate(
    1,
    "data",
    "What the kind named data takes when the clock opens: whether it was open before.",
)
.taken_at(0);
const RESET: Input = Input::gate(2, "reset", "Closes the output, whatever else happens at that moment.");

const KIND: Setting = FlipFlopKind::setting(
    0,
    "kind",
    FlipFlopKind::Toggle,
    "What a clock does: turns the output over, copies data to it, or opens it until the reset.",
);

const OUT: Output = Output::gate(0, "out", "The bit.");
const INVERTED: Output = Output::gate(1, "inverted", "Open while out is closed.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<FlipFlop>("maths.flip_flop", "Flip-flop", Category::Maths)
    .summary("Remembers one bit: toggle, data or set/reset.")
    .help(
        "Toggle changes sides at each clock, so a push button becomes a switch and a clock runs at half \
         speed. Data tells whether a gate was open since the clock before, however short: a chain of them \
         on one clock passes a pattern of gates on, step by step. Set opens at a clock and stays open until \
         the reset: from here to there. Try: a clock into toggle, out and inverted into two envelopes: the \
         notes take turns.",
    )
    .tags(&["flipflop", "toggle", "latch", "memory", "bit", "switch", "shift register", "t d sr", "half"])
    .inputs(&[CLOCK, DATA, RESET])
    .outputs(&[OUT, INVERTED])
    .settings(&[KIND])
    .checked();

impl Configure for FlipFlopKind {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.chosen(KIND)
    }
}

lane_state! {
    struct State<V> {
        bit: Lanes<V>,
        clock: Lanes<V>,
        data: Lanes<V>,
        /// 1 if data was open since the last clock.
        seen: Lanes<V>,
        reset: Lanes<V>,
    }
}

struct FlipFlop;

impl LaneNode for FlipFlop {
    type State<V: Vector> = State<V>;
    type Config = FlipFlopKind;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, kind: &FlipFlopKind, io: &mut Io<'_, V>) {
        let (clock, data, reset) = (io.input(CLOCK), io.input(DATA), io.input(RESET));
        let (mut out, mut inverted) = (io.output(OUT), io.output(INVERTED));
        for frame in io.frames() {
            let clock = Gate::read(&mut state.clock, clock.at(frame)).opens;
            // What opens on the very frame of the clock belongs to the next one.
            let before = state.seen;
            Gate::read(&mut state.data, data.at(frame));
            state.seen = clock.select(state.data, before.max(state.data));
            let reset = Gate::read(&mut state.reset, reset.at(frame)).opens;
            let taken = match kind {
                FlipFlopKind::Toggle => 1.0 - state.bit,
                FlipFlopKind::Data => before,
                FlipFlopKind::Set => state.bit.same(1.0),
            };
            state.bit = (!reset).keep(clock.select(taken, state.bit));
            out.set(frame, state.bit);
            inverted.set(frame, 1.0 - state.bit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;

    fn run(kind: FlipFlopKind, clock: [f32; 8], data: [f32; 8], reset: [f32; 8]) -> Vec<f32> {
        let mut harness = LaneHarness::of(&SPEC).setting(KIND, kind).start().unwrap();
        let run = harness.plug(CLOCK, clock).plug(DATA, data).plug(RESET, reset).run(8);
        assert!(
            run.output(OUT).iter().zip(run.output(INVERTED)).all(|(out, inverted)| out + inverted == 1.0)
        );
        run.output(OUT).to_vec()
    }

    const CLOCKS: [f32; 8] = [1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0];
    const NONE: [f32; 8] = [0.0; 8];

    #[test]
    fn toggles_at_each_clock() {
        assert_eq!(run(FlipFlopKind::Toggle, CLOCKS, NONE, NONE), [1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn takes_data_at_each_clock() {
        let data = [1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0];
        let taken = run(FlipFlopKind::Data, CLOCKS, data, NONE);
        assert_eq!(taken, [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0], "what was there before the clock");
    }

    #[test]
    fn a_chain_on_one_clock_is_a_shift_register() {
        let clock = [1.0, 1.0, 0.0, 0.0].repeat(8);
        // The first stage of the pattern moves with the clock: for all of a step, or for a part of it, as the
        // gates of a sequencer do.
        for length in 1..=4 {
            let mut signal: Vec<f32> = [vec![1.0; length], vec![0.0; 16 - length]].concat().repeat(2);
            for stage in 1..=3 {
                let mut harness = LaneHarness::of(&SPEC).setting(KIND, FlipFlopKind::Data).start().unwrap();
                signal = harness.plug(CLOCK, clock.clone()).plug(DATA, signal).run(32).output(OUT).to_vec();
                let steps: Vec<usize> = (0..8).filter(|step| signal[4 * step + 2] == 1.0).collect();
                assert_eq!(steps, [stage, stage + 4], "gates of {length} frames");
            }
        }
    }

    #[test]
    fn stays_set_until_the_reset_which_wins() {
        let reset = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0];
        assert_eq!(run(FlipFlopKind::Set, CLOCKS, NONE, reset), [1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
    }
}
