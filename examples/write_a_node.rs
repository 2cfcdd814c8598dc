//! One-pole low-pass filter: 6 dB/oct, no resonance.

use jackfield_node::C4_HERTZ;
use jackfield_node::prelude::*;
use std::f32::consts::{LOG2_E, TAU};

const IN: Input = Input::audio(0, "in", "Signal to filter.");
const CUTOFF: Input = Input::knob(1, "cutoff", Knob::hertz(1.0, 20_000.0, 100.0), "Corner frequency.");
const OUT: Output = Output::audio(0, "out", "What lies below the corner.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Gentle>("filter.gentle", "Gentle", Category::Filter)
    .summary("Gentle 6 dB/oct low-pass filter.")
    .help("Dulls a sound or smooths a control. Try: an envelope through 5 Hz.")
    .tags(&["smooth", "lag", "slew"])
    .inputs(&[IN, CUTOFF])
    .outputs(&[OUT])
    .checked();

lane_state! { struct State<V> { held: Lanes<V> } }

struct Gentle;

impl LaneNode for Gentle {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        // What is left of a difference after one frame: e^(-2 pi f / rate), and f is C4 * 2^octaves.
        let decay = -TAU * LOG2_E * C4_HERTZ / io.sample_rate();
        let (input, cutoff, mut out) = (io.input(IN), io.input(CUTOFF), io.output(OUT));
        let mut left = cutoff.derive(|octaves| (octaves.exp2() * decay).exp2());
        for frame in io.frames() {
            let input = input.at(frame);
            state.held = input + (state.held - input) * left.at(frame);
            out.set(frame, state.held);
        }
    }
}

fn main() {
    println!("{}: {} Put it in nodes/filter/gentle.rs.", SPEC.id, SPEC.summary);
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;

    #[test]
    fn a_step_arrives_after_the_filters_time() {
        let mut harness = LaneHarness::new(&SPEC);
        let run = harness.turn(CUTOFF, 100.0).plug(IN, vec![1.0; 480]).run(480);
        // The time constant at 100 Hz is 1 / (2 pi 100) s: 76.4 frames at 48 kHz.
        let reached = run.output(OUT).iter().position(|sample| *sample > 0.632);
        assert_eq!(reached, Some(76));
    }
}
