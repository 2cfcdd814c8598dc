//! What the tests of dynamics nodes have in common.

use jackfield_node::Output;
use jackfield_node::harness::LaneHarness;
use jackfield_testkit::measure::decibels;
use jackfield_testkit::signal::sine;

/// A tone of 1 kHz with a peak in dB, at 48 kHz.
pub(crate) fn tone(level: f64, frames: usize) -> Vec<f32> {
    let gain = 10f64.powf(level / 20.0) as f32;
    sine(frames, 1_000.0, 48_000.0).iter().map(|x| x * gain).collect()
}

/// The mean of a gain output in dB after it has come to rest: in the tenth of a second that follows 1.9.
pub(crate) fn settled_gain_db(harness: &mut LaneHarness, gain: Output) -> f64 {
    harness.run(91_200);
    let run = harness.run(4_800);
    decibels(run.output(gain).iter().map(|x| f64::from(*x)).sum::<f64>() / 4_800.0)
}

/// The seconds in which a gain has gone 63 % of its way in decibels, from the first to the last frame.
pub(crate) fn change_time(gains: &[f32]) -> f64 {
    let levels: Vec<f64> = gains.iter().map(|gain| decibels(f64::from(*gain))).collect();
    let (from, to) = (levels[0], levels[levels.len() - 1]);
    let goal = from + (to - from) * (1.0 - (-1.0f64).exp());
    let frames = levels.iter().position(|level| (level - from).abs() >= (goal - from).abs());
    frames.unwrap_or(levels.len()) as f64 / 48_000.0
}
