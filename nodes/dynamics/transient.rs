//! Transient shaper: more or less of a sound's attack and of its tail, whatever its level.
//!
//! Two followers of the level in decibels differ where it rises, because one is slower to rise, and two
//! others where it falls. The differences are gains (differential envelope technology, as in the analogue
//! device that made it known in 1998), and since levels are in decibels, soft strokes are shaped like loud
//! ones.

use crate::parts::mixing::stereo_lanes::{self, StereoSignal};
use jackfield_node::dsp::follower::{PeakDetector, attack_release};
use jackfield_node::dsp::smooth::approach;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Sound with attacks: drums, plucked strings, speech.");
const LEFT: Input = stereo_lanes::left(1);
const RIGHT: Input = stereo_lanes::right(2);
const ATTACK: Input = Input::knob(
    3,
    "attack",
    Knob::bipolar(0.0),
    "More (up to 15 dB) or less of the first moment of each stroke.",
);
const SUSTAIN: Input =
    Input::knob(4, "sustain", Knob::bipolar(0.0), "More (up to 24 dB) or less of what follows.");
const LEVEL: Input = Input::knob(5, "level", Knob::decibels(-24.0, 12.0, 0.0), "Loudness of all.");

const OUT: Output = Output::audio(0, "out", "The reshaped sound.");
const GAIN: Output = Output::control(1, "gain", "The gain without level: 1 at rest.");
const RIGHT_OUT: Output = stereo_lanes::right_out(2);

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<Transient>("dynamics.transient", "Transient shaper", Category::Dynamics)
        .summary("More snap or less, more tail or less, at any level.")
        .help(
            "Reshapes the strokes of a sound without a threshold: attack lifts or softens the beginning of \
             each, sustain its tail and the room around it. It works alike on soft and loud strokes, where a \
             compressor would need another setting for each. Try: a drum loop with attack 60 % and sustain \
             -50 %: close and dry; the other way round: far and roomy; a guitar with attack -100 %: played \
             with a bow.",
        )
        .tags(&["drums", "punch", "snap", "envelope", "attack", "sustain", "dynamics"])
        .inputs(&[IN, LEFT, RIGHT, ATTACK, SUSTAIN, LEVEL])
        .outputs(&[OUT, GAIN, RIGHT_OUT])
        .checked();

/// Levels below this don't count, in octaves: -72 dB.
const FLOOR: f32 = -12.0;
/// The most that each knob does, in octaves: 15 and 24 dB.
const MOST: [f32; 2] = [2.5, 4.0];
/// Time constants in seconds: of the rise of the followers that tell attacks, and of their fall.
const RISES: [f32; 2] = [0.000_2, 0.015];
const FALL: f32 = 0.03;
/// Time constants of the fall of the followers that tell tails.
const FALLS: [f32; 2] = [0.03, 0.5];
/// Smooths the gain, in seconds.
const SMOOTHING: f32 = 0.000_05;

lane_state! {
    struct State<V> {
        peak: [Lanes<V>; 2],
        /// Levels above the floor: fast and slow to rise, then fast and slow to fall.
        followers: [Lanes<V>; 4],
        gain: Lanes<V>,
    }
}

struct Transient;

impl LaneNode for Transient {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let (input, rate) = (StereoSignal::new(io, IN, LEFT, RIGHT), io.sample_rate());
        let (attack, sustain) = (io.input(ATTACK), io.input(SUSTAIN));
        let mut level = io.input(LEVEL).derive(Lanes::exp2);
        let (zero, one) = (io.splat(0.0), io.splat(1.0));
        let peaks = PeakDetector::new(zero, rate);
        let share = |seconds: f32| approach(zero.same(1.0 / (seconds * rate)));
        let rises = [share(RISES[0]), share(RISES[1])];
        let falls = [share(FALLS[0]), share(FALLS[1])];
        let (fall, smoothing) = (share(FALL), share(SMOOTHING));
        let (mut out, mut right_out, mut gain_out) = (io.output(OUT), io.output(RIGHT_OUT), io.output(GAIN));
        for frame in io.frames() {
            let now = (peaks.next(&mut state.peak, input.loudest(frame)).log2() - FLOOR).max(0.0);
            let [fast_rise, slow_rise, fast_fall, slow_fall] = &mut state.followers;
            let onset = attack_release(fast_rise, now, rises[0], fall)
                - attack_release(slow_rise, now, rises[1], fall);
            // At once up: else the gain of a tail would last into the next stroke.
            let tail =
                attack_release(slow_fall, now, one, falls[1]) - attack_release(fast_fall, now, one, falls[0]);
            let wanted = attack.at(frame).clamp(-1.0, 1.0) * onset.clamp(0.0, MOST[0])
                + sustain.at(frame).clamp(-1.0, 1.0) * tail.clamp(0.0, MOST[1]);
            state.gain += (wanted - state.gain) * smoothing;
            let gain = state.gain.exp2();
            gain_out.set(frame, gain);
            let ([left, right], level) = (input.at(frame), level.at(frame));
            out.set(frame, left * gain * level);
            right_out.set(frame, right * gain * level);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::rms_db;
    use jackfield_testkit::signal::noise;

    /// Strokes of noise twice a second that die away within 0.2 s.
    fn strokes(peak: f32) -> Vec<f32> {
        let decay = |i: usize| 1.0 / f32::from(1u8 << (i % 24_000 / 960).min(7));
        noise(48_000, 3).iter().enumerate().map(|(i, x)| x * peak * decay(i)).collect()
    }

    /// The changes of the beginning and of the tail of the second stroke, in dB.
    fn changes(attack: f32, sustain: f32, peak: f32) -> [f64; 2] {
        let signal = strokes(peak);
        let mut harness = LaneHarness::new(&SPEC);
        let run = harness.turn(ATTACK, attack).turn(SUSTAIN, sustain).plug(IN, signal.clone()).run(48_000);
        [24_010..24_240, 27_000..32_000]
            .map(|part| rms_db(&run.output(OUT)[part.clone()]) - rms_db(&signal[part]))
    }

    #[test]
    fn at_rest_it_changes_nothing() {
        let signal = strokes(1.0);
        let run = LaneHarness::new(&SPEC).plug(IN, signal.clone()).run(48_000).output(OUT).to_vec();
        assert_eq!(run, signal);
    }

    #[test]
    fn attack_and_tail_are_shaped_apart() {
        let [start, tail] = changes(1.0, 0.0, 0.5);
        assert!(start > 6.0 && tail.abs() < 2.5, "more attack: {start}, {tail} dB");
        let [start, tail] = changes(-1.0, 0.0, 0.5);
        assert!(start < -6.0 && tail.abs() < 2.5, "less attack: {start}, {tail} dB");
        let [start, tail] = changes(0.0, 1.0, 0.5);
        assert!(start.abs() < 3.0 && tail > 6.0, "more tail: {start}, {tail} dB");
        let [start, tail] = changes(0.0, -1.0, 0.5);
        assert!(start.abs() < 3.0 && tail < -6.0, "less tail: {start}, {tail} dB");
    }

    #[test]
    fn soft_strokes_are_shaped_like_loud_ones() {
        let (loud, soft) = (changes(0.8, -0.5, 1.0), changes(0.8, -0.5, 0.1));
        assert!((loud[0] - soft[0]).abs() < 0.5 && (loud[1] - soft[1]).abs() < 3.0, "{loud:?}, {soft:?}");
    }
}
