//! Track and hold: follows a signal while a gate is open, and keeps the last value while it is closed.

use jackfield_node::dsp::gate::Gate;
use jackfield_node::prelude::*;

const IN: Input = Input::control(0, "in", "Signal to follow.");
const GATE: Input = Input::gate(1, "gate", "Open: follow. Closed: hold.");
const OUT: Output = Output::control(0, "out", "The input while the gate is open, then its last value.");

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<TrackHold>("modulator.track_hold", "Track & hold", Category::Modulator)
        .summary("Follows a signal while a gate is open, then holds it.")
        .help(
            "A freeze button for a movement: while the gate is open the signal passes, and when it closes \
             the last value stays. Sample & hold looks only at the moment a trigger comes; this one watches \
             as long as the gate lasts, so half of each step moves and half stands still. Try: a fast LFO \
             in, a clock's gate at gate, the output into a pitch.",
        )
        .tags(&["t&h", "follow", "freeze", "hold", "latch", "sample and hold"])
        .inputs(&[IN, GATE])
        .outputs(&[OUT])
        .checked();

lane_state! { struct State<V> { held: Lanes<V>, gate: Lanes<V> } }

struct TrackHold;

impl LaneNode for TrackHold {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let (input, gate) = (io.input(IN), io.input(GATE));
        let mut out = io.output(OUT);
        for frame in io.frames() {
            let follows = Gate::read(&mut state.gate, gate.at(frame)).open;
            state.held = follows.select(input.at(frame), state.held);
            out.set(frame, state.held);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;

    #[test]
    fn follows_while_open_and_holds_while_closed() {
        let mut harness = LaneHarness::new(&SPEC);
        harness.plug(IN, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).plug(GATE, [0.0, 1.0, 0.45, 0.3, 0.45, 1.0]);
        assert_eq!(harness.run(6).output(OUT), [0.0, 2.0, 3.0, 3.0, 3.0, 6.0]);
    }
}
