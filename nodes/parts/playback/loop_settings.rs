//! How a file goes round: the knob and the setting of all nodes that play files.

use jackfield_node::MOST_CROSSFADE;
use jackfield_node::dsp::Lanes;
use jackfield_node::prelude::*;

/// Longest crossfade, in seconds.
const LONGEST: f32 = 2.0;

/// The knob at a position in the spec.
pub(crate) const fn crossfade(index: usize) -> Input {
    Input::knob(
        index,
        "crossfade",
        Knob::linear_seconds(0.0, LONGEST, 0.0),
        "How long the end of a loop fades over into what comes before its beginning, at most half of the \
         loop.",
    )
}

/// The setting at a position in the spec.
pub(crate) const fn loop_points(index: usize) -> Setting {
    Setting::toggle(
        index,
        "loop_points",
        true,
        "A loop goes between the loop points that the file has notes of, if it has some.",
    )
}

/// A crossfade in frames of a file. NaN is 0.
pub(crate) fn crossfade_frames(seconds: f32, file_rate: f64) -> u32 {
    let frames = f64::from(Lanes(seconds).clamp(0.0, LONGEST).0) * file_rate;
    (frames.round() as u32).min(MOST_CROSSFADE)
}
