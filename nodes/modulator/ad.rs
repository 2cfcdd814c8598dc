//! Envelope of two ways: up and down again. Also a gated ramp, and a cycle of two slopes.
//!
//! The ways are described in [`segment`].

use jackfield_node::dsp::gate::{Gate, pulse, trigger_frames};
use jackfield_node::dsp::rounding::Rounding;
use jackfield_node::dsp::segment::{self, StagedEnvelope};
use jackfield_node::prelude::*;

choices! {
    /// What an open gate does.
    enum WhileOpen {
        Run = "run",
        Hold = "hold",
        Cycle = "cycle",
    }
}

const GATE: Input = Input::gate(0, "gate", "Starts the attack from wherever the envelope is.");
const ATTACK: Input = Input::knob(
    1,
    "attack",
    Knob::seconds(0.000_1, 20.0, 0.002),
    "Time to the top. Below 1 ms it is a click.",
);
const DECAY: Input = Input::knob(2, "decay", Knob::seconds(0.000_1, 20.0, 0.25), "Time back to 0.");
const ATTACK_CURVE: Input =
    Input::knob(3, "attack_curve", Knob::bipolar(0.0), "Above 0 it rises early, below 0 late.");
const DECAY_CURVE: Input =
    Input::knob(4, "decay_curve", Knob::bipolar(0.6), "Above 0 it falls early, below 0 late.");

const WHILE_OPEN: Setting = WhileOpen::setting(
    0,
    "while_open",
    WhileOpen::Run,
    "What an open gate does: nothing more, hold the top, or start again after each decay.",
);

const OUT: Output = Output::control(0, "out", "The envelope, 0 to 1.");
const END: Output = Output::gate(1, "end", "A trigger of 1 ms when the decay is over.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<AttackDecay>(
    "modulator.ad",
    "Envelope AD",
    Category::Modulator,
)
.summary("Up and down again: for drums, plucks and endless slopes.")
.help(
    "A trigger is enough: it rises to the top and falls back, however short the trigger was. That makes \
         it the envelope for everything that is struck. With hold it waits at the top while the gate is \
         open; with cycle it begins again and again, a slow oscillator with two slopes of your own, up to \
         audio rates. End tells when it is over: into the gate of a second one, and they play in turn. Try: \
         decay 60 ms with depth 3 into the pitch of a sine, and a longer one into its VCA: a kick.",
)
.tags(&["ad", "ar", "asr", "attack", "decay", "envelope", "percussive", "drum", "slope", "maths", "cycle"])
.inputs(&[GATE, ATTACK, DECAY, ATTACK_CURVE, DECAY_CURVE])
.outputs(&[OUT, END])
.settings(&[WHILE_OPEN])
.face(Face::Waveform)
.checked();

impl Configure for WhileOpen {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.chosen(WHILE_OPEN)
    }
}

/// The stages as numbers in the state.
const RESTING: f32 = 0.0;
const RISING: f32 = 1.0;
const FALLING: f32 = 2.0;

lane_state! {
    struct State<V> {
        envelope: StagedEnvelope<V>,
        gate: Lanes<V>,
        end: Lanes<V>,
    }
}

struct AttackDecay;

impl LaneNode for AttackDecay {
    type State<V: Vector> = State<V>;
    type Config = WhileOpen;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, while_open: &WhileOpen, io: &mut Io<'_, V>) {
        let gate = io.input(GATE);
        let rate = io.sample_rate();
        let cycles = *while_open == WhileOpen::Cycle;
        let mut ways = io.derive([ATTACK, DECAY], |[attack, decay]| {
            let (attack, decay) = (attack.exp2(), decay.exp2());
            let rounding = Rounding::of(attack.min(decay), rate);
            // The decay lasts as much longer as the attack is shorter. Cycles keep their shape instead.
            let lead = if cycles { rounding.lead.same(0.0) } else { rounding.lead };
            let rises = segment::step_of((attack - lead).log2(), rate);
            ([rises, segment::step_of((decay + lead).log2(), rate)], rounding)
        });
        let mut slopes = io.derive([ATTACK_CURVE, DECAY_CURVE], |[attack, decay]| {
            [segment::slope_of(attack), segment::slope_of(decay)]
        });
        let trigger_frames = trigger_frames(rate);
        let holds = *while_open == WhileOpen::Hold;
        let never = io.splat(0.0).gt(0.0);
        let (mut out, mut end) = (io.output(OUT), io.output(END));
        for frame in io.frames() {
            let gate = Gate::read(&mut state.gate, gate.at(frame));
            let again = if cycles { gate.open & state.envelope.is_in(RESTING) } else { never };
            state.envelope.enter(gate.opens | again, RISING);
            if holds {
                state.envelope.enter(!gate.open & state.envelope.is_in(RISING), FALLING);
            }
            let waits = if holds { gate.open } else { never };
            let (steps, rounding) = ways.at(frame);
            let ends = state.advance(steps, slopes.at(frame), waits);
            out.set(frame, state.envelope.rounded(&rounding));
            end.set(frame, pulse(&mut state.end, ends, trigger_frames));
        }
    }
}

impl<V: Vector> State<V> {
    /// Goes on by a frame; true where the decay is over. At the top it `waits` in some lanes.
    #[inline(always)]
    fn advance(&mut self, steps: [Bits<V>; 2], slopes: [Lanes<V>; 2], waits: Mask<V>) -> Mask<V> {
        let (rises, falls) = (self.envelope.is_in(RISING), self.envelope.is_in(FALLING));
        let step = rises.select_bits(steps[0], steps[1]);
        let slope = rises.select(slopes[0], slopes[1]);
        let arrives = self.envelope.advance(rises.to_gate(slope), step, slope);
        let ends = arrives & falls;
        self.envelope.enter(arrives & rises & !waits, FALLING);
        self.envelope.enter(ends, RESTING);
        ends
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::rises;
    use jackfield_testkit::signal;

    fn harness(while_open: WhileOpen) -> LaneHarness {
        LaneHarness::of(&SPEC).setting(WHILE_OPEN, while_open).start().unwrap()
    }

    #[test]
    fn a_trigger_is_enough_and_each_way_takes_its_time() {
        for (attack, decay) in [(0.001, 0.05), (0.1, 0.02), (0.5, 1.0)] {
            let mut harness = harness(WhileOpen::Run);
            harness.turn(ATTACK, attack).turn(DECAY, decay).plug(GATE, signal::gate(80_000, &[(10, 58)]));
            let run = harness.run(80_000);
            let out = run.output(OUT);
            let peak = out.iter().fold(0.0, |peak: f32, x| peak.max(*x));
            assert!((0.9..=1.0).contains(&peak), "{peak}");
            let top = out.iter().position(|x| *x == peak).unwrap() as f32 - 10.0;
            let end = rises(run.output(END))[0] as f32 - 10.0;
            // Where a steep decay follows, the round corner has its top a little early.
            assert!((top - attack * 48_000.0).abs() <= 12.0 + 0.001 * attack * 48_000.0, "{top}");
            let whole = (attack + decay) * 48_000.0;
            assert!((end - whole).abs() <= 3.0 + 0.001 * whole, "{end}");
            assert!(out[end as usize + 110..].iter().all(|x| *x < 1e-4));
            assert_eq!(run.output(END).iter().sum::<f32>(), 48.0, "1 ms");
        }
    }

    #[test]
    fn holds_the_top_while_the_gate_is_open() {
        let run = harness(WhileOpen::Hold)
            .turn(DECAY, 0.01)
            .plug(GATE, signal::gate(9_600, &[(0, 4_800)]))
            .run(9_600);
        assert!(run.output(OUT)[150..4_800].iter().all(|x| *x > 0.999));
        assert!(run.output(OUT)[4_830] < 0.95 && run.output(OUT)[5_400..].iter().all(|x| *x < 1e-4));
    }

    #[test]
    fn cycles_while_the_gate_is_open() {
        let mut harness = harness(WhileOpen::Cycle);
        harness.turn(ATTACK, 0.001).turn(DECAY, 0.003).plug(GATE, signal::gate(9_600, &[(0, 4_800)]));
        let ends = rises(harness.run(9_600).output(END));
        assert_eq!(ends.len(), 25, "4 ms each, and the last one ends");
        assert!(ends.windows(2).all(|pair| pair[1].abs_diff(pair[0] + 192) <= 1), "{ends:?}");
    }
}
