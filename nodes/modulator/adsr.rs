//! Envelope: attack, decay, sustain, release.
//!
//! The curves are described in [`envelope`](jackfield_node::dsp::envelope).

use jackfield_node::dsp::envelope::{Envelope, Shares};
use jackfield_node::dsp::gate::Gate;
use jackfield_node::prelude::*;

const GATE: Input = Input::gate(0, "gate", "Open while the note is held.");
const RETRIGGER: Input = Input::gate(1, "retrigger", "Starts the attack again while the gate is open.");
const ATTACK: Input = Input::knob(
    2,
    "attack",
    Knob::seconds(0.000_5, 10.0, 0.005),
    "Time from silence to the top. Below 1 ms it is a click.",
);
const DECAY: Input =
    Input::knob(3, "decay", Knob::seconds(0.001, 20.0, 0.3), "Time from the top to the sustain level.");
const SUSTAIN: Input = Input::knob(4, "sustain", Knob::unit(0.5), "Level while the gate stays open.");
const RELEASE: Input =
    Input::knob(5, "release", Knob::seconds(0.001, 20.0, 0.3), "Time from there to silence (-60 dB).");

const OUT: Output = Output::control(0, "out", "The envelope, 0 to 1.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Adsr>("modulator.adsr", "Envelope ADSR", Category::Modulator)
    .summary("Attack, decay, sustain and release on each gate.")
    .help(
        "Gives each note its course: it rises when the gate opens, falls to the sustain level and holds it, \
         and fades out when the gate closes. A new note starts from wherever the envelope is, and every \
         corner is round, so nothing clicks: an attack of 1 ms stays below -80 dB above 6 kHz, one of 0.5 ms \
         reaches -70 dB. Every time is a knob that cables can bend: a pitch into decay with depth -1 makes \
         high notes shorter, as on a piano. Try: sustain 0 and decay 0.2 s into a VCA for a pluck.",
    )
    .tags(&["adsr", "envelope", "eg", "contour", "attack", "decay", "sustain", "release"])
    .inputs(&[GATE, RETRIGGER, ATTACK, DECAY, SUSTAIN, RELEASE])
    .outputs(&[OUT])
    .face(Face::Waveform)
    .checked();

lane_state! {
    struct State<V> {
        envelope: [Lanes<V>; 6],
        retrigger: Lanes<V>,
    }
}

struct Adsr;

impl LaneNode for Adsr {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let (gate, retrigger, sustain) = (io.input(GATE), io.input(RETRIGGER), io.input(SUSTAIN));
        let rate = io.sample_rate();
        let mut shares = io.derive([ATTACK, DECAY, RELEASE], |times| Shares::of(times, rate));
        let mut out = io.output(OUT);
        let mut envelope = Envelope::load(state.envelope);
        let mut was_retriggered = state.retrigger.gt(0.5);
        for frame in io.frames() {
            let again = Gate::after(was_retriggered, retrigger.at(frame));
            was_retriggered = again.open;
            let sustain = sustain.at(frame).clamp(0.0, 1.0);
            out.set(frame, envelope.step(gate.at(frame), again.opens, sustain, &shares.at(frame)));
        }
        state.envelope = envelope.save();
        state.retrigger = was_retriggered.to_gate(state.retrigger);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;

    /// A gate that is open for the first `open` of `frames`.
    fn gate(open: usize, frames: usize) -> Vec<f32> {
        (0..frames).map(|frame| if frame < open { 1.0 } else { 0.0 }).collect()
    }

    fn first(samples: &[f32], found: impl Fn(f32) -> bool) -> usize {
        samples.iter().position(|x| found(*x)).expect("the level is reached")
    }

    #[test]
    fn each_stage_takes_its_time() {
        for seconds in [0.002, 0.02, 0.5] {
            let mut harness = LaneHarness::new(&SPEC);
            harness.turn(ATTACK, seconds).turn(DECAY, seconds).turn(RELEASE, seconds);
            let frames = (seconds * 48_000.0) as usize;
            let run = harness.turn(SUSTAIN, 0.5).plug(GATE, gate(4 * frames, 8 * frames)).run(8 * frames);
            let out = run.output(OUT);
            let near = |found: usize, expected: usize| {
                let error = (found as f64 - expected as f64).abs();
                // Round corners make very short stages up to 0.4 ms shorter or longer.
                assert!(error <= 19.0 + 0.01 * frames as f64, "{seconds} s: {found}, not {expected}");
            };
            let top = out.iter().fold(0.0, |top: f32, x| top.max(*x));
            // The round corner costs something of a top that lasts no time.
            assert!((1.0 - 0.000_15 / seconds..=1.0).contains(&top), "{seconds} s: the top is {top}");
            near(first(out, |x| x == top), frames);
            near(frames + first(&out[frames..], |x| x < 0.500_5), 2 * frames);
            let released = &out[4 * frames..];
            near(first(released, |x| x < 0.000_5), frames);
        }
    }

    #[test]
    fn a_new_gate_starts_from_where_the_envelope_is() {
        let mut signal = gate(2_400, 2_600);
        signal.extend(gate(2_400, 2_400));
        let mut harness = LaneHarness::new(&SPEC);
        let run = harness.turn(ATTACK, 0.01).turn(RELEASE, 0.1).plug(GATE, signal).run(5_000);
        let steps = run.output(OUT).windows(2).map(|pair| (pair[1] - pair[0]).abs());
        assert!(steps.fold(0.0, f32::max) < 0.005, "no step is larger than the attack's first");
    }

    #[test]
    fn retriggers_while_the_gate_is_open() {
        let mut harness = LaneHarness::new(&SPEC);
        harness.turn(SUSTAIN, 0.0).turn(DECAY, 0.02).hold(GATE, 1.0).run(4_800);
        let again = harness.plug(RETRIGGER, gate(48, 96)).run(1_000);
        assert!(again.output(OUT).iter().any(|x| *x >= 0.97));
    }
}
