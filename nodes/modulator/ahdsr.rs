//! Envelope with a hold stage and a curve for each way: attack, hold, decay, sustain, release.
//!
//! The ways between the levels are described in [`segment`].

use jackfield_node::dsp::gate::Gate;
use jackfield_node::dsp::rounding::Rounding;
use jackfield_node::dsp::segment::{self, StagedEnvelope};
use jackfield_node::prelude::*;

const GATE: Input = Input::gate(0, "gate", "Open while the note is held.");
const RETRIGGER: Input = Input::gate(1, "retrigger", "Starts the attack again while the gate is open.");
const ATTACK: Input = Input::knob(
    2,
    "attack",
    Knob::seconds(0.000_1, 20.0, 0.005),
    "Time from wherever it is to the top. Below 1 ms it is a click.",
);
const HOLD: Input =
    Input::knob(3, "hold", Knob::seconds(0.000_1, 20.0, 0.05), "Time it stays at the top before the decay.");
const DECAY: Input =
    Input::knob(4, "decay", Knob::seconds(0.000_1, 20.0, 0.3), "Time from the top to the sustain level.");
const SUSTAIN: Input = Input::knob(5, "sustain", Knob::unit(0.5), "Level while the gate stays open.");
const RELEASE: Input =
    Input::knob(6, "release", Knob::seconds(0.000_1, 20.0, 0.3), "Time from wherever it is to silence.");
const ATTACK_CURVE: Input =
    Input::knob(7, "attack_curve", Knob::bipolar(0.0), "Above 0 the attack rises early, below 0 late.");
const DECAY_CURVE: Input =
    Input::knob(8, "decay_curve", Knob::bipolar(0.6), "Above 0 the decay falls early, below 0 late.");
const RELEASE_CURVE: Input =
    Input::knob(9, "release_curve", Knob::bipolar(0.6), "Above 0 the release falls early, below 0 late.");

const OUT: Output = Output::control(0, "out", "The envelope, 0 to 1.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Ahdsr>(
    "modulator.ahdsr",
    "Envelope AHDSR",
    Category::Modulator,
)
.summary("Attack, hold, decay, sustain and release, each way with a curve of its own.")
.help(
    "The plain envelope's bigger sister. After the attack it stays at the top for the hold time, which \
         gives a short sound a body, and every way can be bent: a curve above 0 moves early, as circuits do; \
         0 is a straight line; below 0 it moves late, as a tape starts or a bow bites. Each stage takes \
         exactly its time, whatever its curve, and the corners between them are round, so that nothing \
         clicks. Try: hold 80 ms, decay 50 ms, sustain 0, decay curve -60 % into a VCA: a gated drum.",
)
.tags(&["ahdsr", "adsr", "dahdsr", "envelope", "eg", "contour", "hold", "curve", "attack", "release"])
.inputs(&[GATE, RETRIGGER, ATTACK, HOLD, DECAY, SUSTAIN, RELEASE, ATTACK_CURVE, DECAY_CURVE, RELEASE_CURVE])
.outputs(&[OUT])
.face(Face::Waveform)
.checked();

/// The stages as numbers in the state. At the end of the decay the level is the sustain level.
const RELEASING: f32 = 0.0;
const ATTACKING: f32 = 1.0;
const HOLDING: f32 = 2.0;
const DECAYING: f32 = 3.0;

lane_state! {
    struct State<V> {
        envelope: StagedEnvelope<V>,
        gate: Lanes<V>,
        retrigger: Lanes<V>,
    }
}

struct Ahdsr;

impl LaneNode for Ahdsr {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let (gate, retrigger, sustain) = (io.input(GATE), io.input(RETRIGGER), io.input(SUSTAIN));
        let rate = io.sample_rate();
        let mut steps = io.derive([RELEASE, ATTACK, HOLD, DECAY], |[release, attack, hold, decay]| {
            let seconds = attack.exp2();
            let rounding = Rounding::of(seconds, rate);
            SegmentSteps {
                release: segment::step_of(release, rate),
                attack: segment::step_of((seconds - rounding.lead).log2(), rate),
                hold: segment::step_of(hold, rate),
                decay: segment::step_of(decay, rate),
                rounding,
            }
        });
        let mut slopes = io.derive([RELEASE_CURVE, ATTACK_CURVE, DECAY_CURVE], |[release, attack, decay]| {
            [segment::slope_of(release), segment::slope_of(attack), segment::slope_of(decay)]
        });
        let mut out = io.output(OUT);
        for frame in io.frames() {
            let was_open = state.gate.gt(0.5);
            let gate = Gate::read(&mut state.gate, gate.at(frame));
            let again = Gate::read(&mut state.retrigger, retrigger.at(frame));
            state.envelope.enter(gate.opens | (gate.open & again.opens), ATTACKING);
            state.envelope.enter(was_open & !gate.open, RELEASING);
            let sustain = sustain.at(frame).clamp(0.0, 1.0);
            out.set(frame, state.advance(&steps.at(frame), slopes.at(frame), sustain));
        }
    }
}

/// How far a frame gets on each way.
#[derive(Clone, Copy)]
struct SegmentSteps<V: Vector> {
    release: Bits<V>,
    attack: Bits<V>,
    hold: Bits<V>,
    decay: Bits<V>,
    /// How round the corners between them are.
    rounding: Rounding<V>,
}

impl<V: Vector> State<V> {
    /// The next level, and the next stage where one ends.
    #[inline(always)]
    fn advance(&mut self, steps: &SegmentSteps<V>, slopes: [Lanes<V>; 3], sustain: Lanes<V>) -> Lanes<V> {
        let [release_slope, attack_slope, decay_slope] = slopes;
        let (attacks, holds) = (self.envelope.is_in(ATTACKING), self.envelope.is_in(HOLDING));
        let decays = self.envelope.is_in(DECAYING);
        let step = attacks.select_bits(steps.attack, holds.select_bits(steps.hold, steps.release));
        let step = decays.select_bits(steps.decay, step);
        let slope = attacks.select(attack_slope, decays.select(decay_slope, release_slope));
        let rises = attacks | holds;
        let target = rises.select(sustain.same(1.0), decays.keep(sustain));

        let arrives = self.envelope.advance(target, step, slope);
        let next = arrives & rises;
        self.envelope.enter(next & attacks, HOLDING);
        self.envelope.enter(next & holds, DECAYING);
        self.envelope.rounded(&steps.rounding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::signal;

    /// Where the sharp course stands after `stages` whole and parts of stages: to 1, there, to 0.5, there,
    /// and to 0 from the fifth on.
    fn course(stages: f64, curve: f64) -> f64 {
        let slope = (4.0 * curve).exp2();
        let bend = |part: f64| slope * part / ((slope - 1.0) * part + 1.0);
        match stages {
            ..0.0 => 0.0,
            0.0..1.0 => bend(stages),
            1.0..2.0 => 1.0,
            2.0..3.0 => 1.0 - 0.5 * bend(stages - 2.0),
            3.0..5.0 => 0.5,
            5.0..6.0 => 0.5 * (1.0 - bend(stages - 5.0)),
            _ => 0.0,
        }
    }

    /// What rounds the corners is a mean of the last millisecond, so the envelope never leaves what the
    /// course has in that time.
    #[test]
    fn each_stage_takes_its_time_whatever_its_curve() {
        for seconds in [0.005, 0.02, 0.4_f32] {
            for curve in [-1.0, 0.0, 0.7] {
                let stage = (seconds * 48_000.0).round() as usize;
                let mut harness = LaneHarness::new(&SPEC);
                for input in [ATTACK, HOLD, DECAY, RELEASE] {
                    harness.turn(input, seconds);
                }
                for input in [ATTACK_CURVE, DECAY_CURVE, RELEASE_CURVE] {
                    harness.turn(input, curve);
                }
                let gate = signal::gate(8 * stage, &[(0, 5 * stage)]);
                let run = harness.turn(SUSTAIN, 0.5).plug(GATE, gate).run(8 * stage);
                for (frame, level) in run.output(OUT).iter().enumerate() {
                    let around = (-50..=20).map(|late| {
                        course((frame as f64 + f64::from(late)) / stage as f64, f64::from(curve))
                    });
                    let (least, most) = around.fold((1.0_f64, 0.0_f64), |(a, b), x| (a.min(x), b.max(x)));
                    let level = f64::from(*level);
                    let is_near = (least - 0.02..=most + 0.02).contains(&level);
                    assert!(is_near, "{seconds} s, {curve}: {level} at {frame}, not {least} to {most}");
                }
            }
        }
    }

    #[test]
    fn curves_bend_the_ways() {
        let half_way = |curve: f32| {
            let mut harness = LaneHarness::new(&SPEC);
            let run = harness.turn(ATTACK, 0.1).turn(ATTACK_CURVE, curve).hold(GATE, 1.0).run(2_400);
            run.output(OUT)[2_399]
        };
        // What rounds the corners is late by three parts in a thousand of this attack.
        assert!((half_way(0.0) - 0.5).abs() < 0.004);
        assert!(half_way(1.0) > 0.9 && half_way(-1.0) < 0.1);
    }

    #[test]
    fn nothing_jumps_when_a_note_is_short_or_comes_again() {
        let mut harness = LaneHarness::new(&SPEC);
        harness.turn(ATTACK, 0.01).turn(HOLD, 0.01).turn(DECAY, 0.02).turn(RELEASE, 0.05);
        let gate = signal::gate(9_600, &[(0, 100), (300, 700), (900, 2_000), (2_050, 9_000)]);
        let again = signal::gate(9_600, &[(1_000, 1_048), (5_000, 5_048)]);
        let run = harness.plug(GATE, gate).plug(RETRIGGER, again).run(9_600);
        let steps = run.output(OUT).windows(2).map(|pair| (pair[1] - pair[0]).abs());
        assert!(steps.fold(0.0, f32::max) < 0.01);
        assert!(
            run.output(OUT)[5_000..6_000].iter().any(|x| *x > 0.995),
            "the retrigger reaches the top again"
        );
    }

    #[test]
    fn sustain_follows_its_knob() {
        let mut harness = LaneHarness::new(&SPEC);
        harness.turn(HOLD, 0.001).turn(DECAY, 0.01).hold(GATE, 1.0).run(4_800);
        let level = harness.turn(SUSTAIN, 0.25).run(480).output(OUT)[479];
        assert!((level - 0.25).abs() < 1e-4, "{level}");
    }
}
