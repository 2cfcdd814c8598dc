//! Stereo width: how far left and right are apart.

use jackfield_node::dsp::smooth::approach;
use jackfield_node::prelude::*;
use jackfield_node::{C4_HERTZ, Unit};
use std::f32::consts::TAU;

const LEFT: Input = Input::audio(0, "left", "Left channel.");
const RIGHT: Input = Input::audio(1, "right", "Right channel.");
const WIDTH: Input = Input::knob(
    2,
    "width",
    Knob { unit: Unit::Percent, min: 0.0, max: 2.0, default: 1.3 },
    "0: mono. 100 %: as it is. 200 %: what differs between the sides is twice as loud.",
);
const MONO_BELOW: Input = Input::knob(
    3,
    "mono_below",
    Knob::hertz(LOWEST, 500.0, 120.0),
    "Below this the sides become equal, which keeps basses in the middle. 20 Hz: nowhere.",
);

const LEFT_OUT: Output = Output::audio(0, "left", "Left channel, wider or narrower.");
const RIGHT_OUT: Output = Output::audio(1, "right", "Right channel, wider or narrower.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Width>("effect.stereo_width", "Stereo width", Category::Effect)
    .summary("Makes a stereo sound wider, narrower or mono.")
    .help(
        "Takes what both sides share and what differs between them apart, changes how loud the difference \
         is, and puts them together again. A wide bass wastes power and gets lost on a mono speaker, so \
         below a frequency it can stay in the middle. A sum to mono stays what it was, whatever the width \
         is. Try: a chorus or a reverb in front of it, and the width at 180 %.",
    )
    .tags(&["stereo", "wide", "narrow", "mono", "mid", "side", "image", "bass mono"])
    .inputs(&[LEFT, RIGHT, WIDTH, MONO_BELOW])
    .outputs(&[LEFT_OUT, RIGHT_OUT])
    .checked();

/// Here and below, in hertz, no bass is made mono.
const LOWEST: f32 = 20.0;

lane_state! { struct State<V> { low: Lanes<V> } }

struct Width;

impl LaneNode for Width {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let base = TAU * C4_HERTZ / io.sample_rate();
        let lowest = io.splat(LOWEST / C4_HERTZ).log2();
        let (left, right, width) = (io.input(LEFT), io.input(RIGHT), io.input(WIDTH));
        let mut lows = io.derive(
            [MONO_BELOW],
            #[inline(always)]
            |[octaves]| {
                // From nothing to all of it within the knob's lowest octave, so that turning it off makes no
                // step.
                let amount = (octaves - lowest).clamp(0.0, 1.0);
                (approach(octaves.exp2() * base), amount * amount * (3.0 - amount * 2.0))
            },
        );
        let (mut left_out, mut right_out) = (io.output(LEFT_OUT), io.output(RIGHT_OUT));
        for frame in io.frames() {
            let (left, right, (share, amount)) = (left.at(frame), right.at(frame), lows.at(frame));
            let (mid, side) = ((left + right) * 0.5, (left - right) * 0.5);
            state.low += (side - state.low) * share;
            let side = (side - state.low * amount) * width.at(frame).clamp(0.0, 2.0);
            left_out.set(frame, mid + side);
            right_out.set(frame, mid - side);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::{correlation, decibels, rms_db};
    use jackfield_testkit::signal::{noise, sine};

    fn width(width: f32, mono_below: f32) -> LaneHarness {
        let mut harness = LaneHarness::new(&SPEC);
        harness.turn(WIDTH, width).turn(MONO_BELOW, mono_below);
        harness
    }

    #[test]
    fn the_width_says_how_different_the_sides_are() {
        let (a, b) = (noise(48_000, 1), noise(48_000, 2));
        // Of unrelated sides with width w the correlation is (1 - w^2) / (1 + w^2).
        for (asked, expected) in [(0.0, 1.0), (0.5, 0.6), (1.0, 0.0), (2.0, -0.6)] {
            let run = width(asked, 20.0).plug(LEFT, a.clone()).plug(RIGHT, b.clone()).run(48_000);
            let found = correlation(run.output(LEFT_OUT), run.output(RIGHT_OUT));
            assert!((found - expected).abs() < 0.02, "{found} at {asked}");
            let sums = (0..48_000).map(|i| run.output(LEFT_OUT)[i] + run.output(RIGHT_OUT)[i] - a[i] - b[i]);
            assert!(sums.into_iter().all(|difference| difference.abs() < 1e-5), "the mono sum stays");
        }
    }

    #[test]
    fn the_bass_becomes_mono() {
        for (hertz, loss) in [(25.0, -13.8), (120.0, -3.01), (2000.0, 0.0)] {
            let sound = sine(48_000, hertz, 48_000.0);
            let opposite: Vec<f32> = sound.iter().map(|x| -x).collect();
            let run = width(1.0, 120.0).plug(LEFT, sound.clone()).plug(RIGHT, opposite).run(48_000);
            let change = rms_db(&run.output(LEFT_OUT)[24_000..]) - decibels(0.5_f64.sqrt());
            assert!((change - loss).abs() < 0.3, "{change} dB at {hertz} Hz");
        }
    }
}
