//! The ports of effects that hear all voices together and work in stereo: a mono input that goes to
//! both sides, and a stereo pair.

use jackfield_node::prelude::*;

/// Sound for both channels.
pub(crate) const IN: Input = Input::audio(0, "in", "Sound for both channels.").sum();
/// Sound for the left channel alone.
pub(crate) const LEFT: Input = Input::audio(1, "left", "Sound for the left channel.").sum();
/// Sound for the right channel alone.
pub(crate) const RIGHT: Input = Input::audio(2, "right", "Sound for the right channel.").sum();

/// What both channels hear at a frame, left and right.
#[inline(always)]
pub(crate) fn heard(both: &[f32], left: &[f32], right: &[f32], frame: usize) -> [f32; 2] {
    [both[frame] + left[frame], both[frame] + right[frame]]
}
