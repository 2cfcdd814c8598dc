//! Phaser: notches that wander through the spectrum. The all-passes are in
//! [`phaser`](jackfield_node::dsp::phaser).

use crate::parts::mixing::stereo_lanes::{self, StereoSignal};
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::lfo::advance;
use jackfield_node::dsp::phaser::{AllpassRow, AllpassStage};
use jackfield_node::prelude::*;

choices! {
    enum PhaserStages {
        Two = "2",
        Four = "4",
        Six = "6",
        Eight = "8",
        Ten = "10",
        Twelve = "12",
    }
}

const IN: Input = Input::audio(0, "in", "Sound to phase.");
const LEFT_IN: Input = stereo_lanes::left(1);
const RIGHT_IN: Input = stereo_lanes::right(2);
const RATE: Input =
    Input::knob(3, "rate", Knob::hertz(0.01, 20.0, 0.3), "How often the notches wander to and fro.");
const CENTER: Input = Input::knob(4, "center", Knob::hertz(50.0, 8000.0, 700.0), "The middle of their way.");
const DEPTH: Input =
    Input::knob(5, "depth", Knob::octaves(0.0, 4.0, 1.8), "How far they wander either way, in octaves.");
const FEEDBACK: Input = Input::knob(
    6,
    "feedback",
    Knob::bipolar(0.45),
    "How sharp the peaks between the notches are. Below 0 peaks and notches change places.",
);
const SPREAD: Input =
    Input::knob(7, "spread", Knob::unit(0.25), "How far the right side is ahead, in parts of the way.");
const MIX: Input = Input::knob(
    8,
    "mix",
    Knob::unit(0.5),
    "50 %: deepest notches. 100 %: only the shifted sound, a vibrato.",
);

const STAGES: Setting =
    PhaserStages::setting(0, "stages", PhaserStages::Six, "All-pass stages. Each two make a notch.");

const LEFT: Output = Output::audio(0, "left", "The phased sound, left.");
const RIGHT: Output = Output::audio(1, "right", "The phased sound, right.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Phaser>("effect.phaser", "Phaser", Category::Effect)
    .summary("Sweeps notches through the sound.")
    .help(
        "A copy of the sound has its phase turned, more at some frequencies than at others; where it stands \
         opposite to the sound itself both cancel. These notches wander up and down. Four stages are the \
         pedal of funk guitars, six and more the strings of the seventies. Feedback makes it sing. Set the \
         rate low and the depth to 0 to play the notches by a cable into center. Try: a pad of saws with 8 \
         stages and a rate of 0.1 Hz.",
    )
    .tags(&["phase", "sweep", "notch", "allpass", "modulation", "jet", "seventies", "small stone"])
    .inputs(&[IN, LEFT_IN, RIGHT_IN, RATE, CENTER, DEPTH, FEEDBACK, SPREAD, MIX])
    .outputs(&[LEFT, RIGHT])
    .settings(&[STAGES])
    .checked();

/// Most feedback either way.
const MOST_FEEDBACK: f32 = 0.95;

impl PhaserStages {
    fn count(self) -> usize {
        2 * (self as usize + 1)
    }
}

impl Configure for PhaserStages {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.chosen(STAGES)
    }
}

lane_state! { struct State<V> { phase: Bits<V>, sides: [AllpassRow<V>; 2] } }

struct Phaser;

impl LaneNode for Phaser {
    type State<V: Vector> = State<V>;
    type Config = PhaserStages;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, stages: &PhaserStages, io: &mut Io<'_, V>) {
        let stages = stages.count();
        let sample_rate = io.sample_rate();
        let input = StereoSignal::new(io, IN, LEFT_IN, RIGHT_IN);
        let (center, depth) = (io.input(CENTER), io.input(DEPTH));
        let (feedback, mix) = (io.input(FEEDBACK), io.input(MIX));
        let mut turn = io.derive(
            [RATE],
            #[inline(always)]
            |[octaves]| advance(octaves, C4_HERTZ, sample_rate),
        );
        let mut ahead = io.derive(
            [SPREAD],
            #[inline(always)]
            |[spread]| spread.to_phase(),
        );
        let (mut left_out, mut right_out) = (io.output(LEFT), io.output(RIGHT));
        let mut wet = [io.splat(0.0); 2];
        for frame in io.frames() {
            state.phase = state.phase + turn.at(frame);
            let (center, depth) = (center.at(frame), depth.at(frame));
            let feedback = feedback.at(frame).clamp(-1.0, 1.0) * MOST_FEEDBACK;
            let mix = mix.at(frame).clamp(0.0, 1.0);
            let mut sides = input.at(frame);
            let phases = [state.phase, state.phase + ahead.at(frame)];
            let rows = state.sides.iter_mut().zip(&mut wet);
            for ((side, phase), (row, wet)) in sides.iter_mut().zip(phases).zip(rows) {
                let corner = (center + phase.sin_turns() * depth).exp2() * (C4_HERTZ / sample_rate);
                *wet = row.step(stages, *side, AllpassStage::new(corner), feedback);
                *side = side.mix(*wet, mix);
            }
            left_out.set(frame, sides[0]);
            right_out.set(frame, sides[1]);
        }
        for (row, wet) in state.sides.iter_mut().zip(wet) {
            row.warm(stages, wet);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::Choices;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::{click_burst_db, rms_db};
    use jackfield_testkit::signal::sine;
    use std::f64::consts::PI;

    const RATE_HERTZ: f32 = 48_000.0;

    fn phaser(stages: PhaserStages) -> LaneHarness {
        LaneHarness::of(&SPEC).setting(STAGES, stages).start().unwrap()
    }

    /// Where `stages` stages with a corner in hertz have turned by an odd half turn.
    fn notches(stages: PhaserStages, corner: f64) -> Vec<f64> {
        let rate = f64::from(RATE_HERTZ);
        let warp = (PI * corner / rate).tan();
        let stages = stages.count();
        let turns = (0..stages / 2).map(|k| (2 * k + 1) as f64 / (2 * stages) as f64);
        turns.map(|turns| (warp * (PI * turns).tan()).atan() * rate / PI).collect()
    }

    #[test]
    fn two_stages_make_a_notch_where_it_belongs() {
        for &stages in PhaserStages::ALL {
            for notch in notches(stages, 1000.0) {
                let mut phaser = phaser(stages);
                phaser.turn(CENTER, 1000.0).turn(DEPTH, 0.0).turn(FEEDBACK, 0.0);
                let run = phaser.plug(IN, sine(48_000, notch, RATE_HERTZ)).run(48_000);
                let depth = rms_db(&run.output(LEFT)[24_000..]);
                assert!(depth < -50.0, "{stages} stages at {notch} Hz: {depth} dB");
            }
        }
    }

    #[test]
    fn the_notches_wander_as_often_as_asked_and_the_right_side_is_ahead() {
        let mut phaser = phaser(PhaserStages::Two);
        phaser.turn(RATE, 2.0).turn(CENTER, 1000.0).turn(DEPTH, 1.0).turn(FEEDBACK, 0.0).turn(SPREAD, 0.25);
        let run = phaser.plug(IN, sine(96_000, 2000.0, RATE_HERTZ)).run(96_000);
        let quietest = |output| {
            let pieces: Vec<f64> = run.output(output)[..24_000].chunks(240).map(rms_db).collect();
            (0..pieces.len()).min_by(|a, b| pieces[*a].total_cmp(&pieces[*b])).unwrap()
        };
        // The notch is at 2 kHz a quarter into the half second on the left, at its start on the right.
        assert!(quietest(LEFT).abs_diff(25) <= 1, "{}", quietest(LEFT));
        assert!([0, 1, 99].contains(&quietest(RIGHT)), "{}", quietest(RIGHT));
    }

    #[test]
    fn a_turned_knob_makes_no_click() {
        let turned = |from: f32, to: f32| -> Vec<f32> {
            let ramp = (0..48_000).map(|i| ((i as f32 - 24_000.0) / 480.0).clamp(0.0, 1.0));
            ramp.map(|x| from + (to - from) * x * x * x * (10.0 - x * (15.0 - 6.0 * x))).collect()
        };
        for (input, from, to) in
            [(CENTER, 0.0, 3.0), (FEEDBACK, 0.0, 0.9), (MIX, 0.0, 0.5), (DEPTH, 0.0, 3.0)]
        {
            let mut phaser = phaser(PhaserStages::Six);
            let run =
                phaser.plug(IN, sine(48_000, 100.0, RATE_HERTZ)).plug(input, turned(from, to)).run(48_000);
            let click = click_burst_db(&run.output(LEFT)[4800..], RATE_HERTZ);
            assert!(click < -80.0, "{click} dB by {}", input.name);
        }
    }
}
