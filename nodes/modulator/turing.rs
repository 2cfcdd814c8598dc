//! Turing machine: a loop of random bits that changes as much as you let it.
//!
//! The principle of Tom Whitwell's module of 2012: a shift register whose oldest bit comes back in front,
//! sometimes turned over.

use jackfield_node::dsp::gate::Gate;
use jackfield_node::dsp::{chance, noise};
use jackfield_node::prelude::*;

const CLOCK: Input = Input::gate(0, "clock", "Shifts the bits by one.");
const CHANGE: Input = Input::knob(
    1,
    "change",
    Knob::unit(0.1),
    "How likely a bit is turned over when it comes round. 0: a fixed loop. 50 %: pure chance. 100 %: twice \
     the loop.",
);
const LENGTH: Input = Input::knob(2, "length", Knob::number(1.0, 16.0, 8.0), "How many bits the loop has.");

const OUT: Output = Output::control(0, "out", "The last eight bits as a number from 0 to 1.").that_jumps();
const GATE: Output = Output::gate(1, "gate", "As long as the clock, when the newest bit is 1.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Turing>(
    "modulator.turing",
    "Turing machine",
    Category::Modulator,
)
.summary("A melody of chance that can be locked into a loop.")
.help(
    "Sixteen bits run in a circle, one step per clock, and eight of them make a number. With change at 0 \
         the loop repeats for ever; a little change lets it wander, as a tune does that is passed on; at 50 \
         % nothing comes back. At 100 % every bit returns turned over, which makes a loop of twice the \
         length. Find one you like at 10 %, then turn change to 0 to keep it. Try: a clock of sixteenths, \
         out through a quantiser into a pitch with depth 2, gate into its envelope.",
)
.tags(&["shift register", "random", "loop", "sequence", "generative", "melody", "rungler", "lfsr"])
.inputs(&[CLOCK, CHANGE, LENGTH])
.outputs(&[OUT, GATE])
.random()
.checked();

lane_state! {
    struct State<V> {
        stream: Bits<V>,
        /// The newest bit is the lowest.
        register: Bits<V>,
        clock: Lanes<V>,
    }
}

/// All bits of the register.
const REGISTER: u32 = 0xffff;
/// The bits that make the number.
const NUMBER: u32 = 0xff;

struct Turing;

impl LaneNode for Turing {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    fn start(seed: u32) -> State<f32> {
        let mut stream = noise::hash(Bits(seed));
        let register = noise::next(&mut stream) & REGISTER;
        State { stream, register, clock: Lanes(0.0) }
    }

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let (clock, change) = (io.input(CLOCK), io.input(CHANGE));
        // A one at the place of the bit that comes back in front.
        let mut returning = io.derive([LENGTH], |[length]| {
            (length.round().clamp(1.0, 16.0) - 1.0).exp2().to_integer_in_range()
        });
        let (mut out, mut gate) = (io.output(OUT), io.output(GATE));
        for frame in io.frames() {
            let clock = Gate::read(&mut state.clock, clock.at(frame));
            let turned = chance::happens(&mut state.stream, clock.opens, change.at(frame));
            let none = state.register.same(0);
            let was_set = !(state.register & returning.at(frame)).equal(none);
            let bit = was_set.select_bits(none + 1, none) ^ turned.select_bits(none + 1, none);
            let shifted = ((state.register << 1) | bit) & REGISTER;
            state.register = clock.opens.select_bits(shifted, state.register);
            out.set(frame, (state.register & NUMBER).to_signed() * (1.0 / 255.0));
            gate.set(frame, clock.open.keep((state.register & 1).to_signed()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;

    /// The number after each of `steps` clocks of two frames up, two down.
    fn numbers(change: f32, length: f32, steps: usize) -> Vec<f32> {
        let mut harness = LaneHarness::new(&SPEC);
        harness.turn(CHANGE, change).turn(LENGTH, length).plug(CLOCK, [1.0, 1.0, 0.0, 0.0].repeat(steps));
        harness.run(4 * steps).output(OUT).iter().copied().step_by(4).collect()
    }

    #[test]
    fn without_change_it_is_a_loop() {
        for length in [3, 8, 16] {
            let numbers = numbers(0.0, length as f32, 100);
            assert_eq!(numbers[16..16 + length], numbers[16 + 4 * length..16 + 5 * length], "{length}");
            assert_ne!(numbers[16], numbers[17], "{length}: something happens");
        }
    }

    #[test]
    fn with_full_change_the_loop_is_twice_as_long_and_turned_over() {
        let numbers = numbers(1.0, 8.0, 100);
        assert_eq!(numbers[16..32], numbers[32..48]);
        assert!((16..24).all(|i| (numbers[i] + numbers[i + 8] - 1.0).abs() < 1e-6));
    }

    #[test]
    fn half_change_is_pure_chance() {
        let numbers = numbers(0.5, 8.0, 20_000);
        let mean = numbers.iter().sum::<f32>() / 20_000.0;
        let again = (0..19_992).filter(|i| numbers[*i] == numbers[i + 8]).count();
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
        assert!(again < 160, "one of 256 comes back by chance: {again}");
    }

    #[test]
    fn the_gate_is_the_newest_bit_while_the_clock_is_open() {
        let mut harness = LaneHarness::new(&SPEC);
        let run = harness.plug(CLOCK, [1.0, 1.0, 0.0, 0.0].repeat(64)).run(256);
        let gate = run.output(GATE);
        assert!(gate.chunks(4).all(|step| step[0] == step[1] && step[2..] == [0.0, 0.0]));
        let open = gate.chunks(4).filter(|step| step[0] == 1.0).count();
        assert!((10..54).contains(&open), "{open}");
    }
}
