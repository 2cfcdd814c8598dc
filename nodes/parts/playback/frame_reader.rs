//! Reads a sound between its frames, at any speed, from wherever it lies: the same for a file in memory and
//! for one that comes from the disk.

use jackfield_node::dsp::sinc::Sinc;

/// The frames around the place where a sound is heard, in its unrolled order: behind the end of a loop come
/// the frames of its beginning.
pub(crate) trait FrameReader {
    /// A sample of the left side, 0, or the right one, 1. Silence where there is none.
    fn sample(&self, side: usize, frame: i64) -> f32;

    /// Twice [`Sinc::REACH`] samples of a side from one on, if they lie in memory as they are heard.
    fn row(&self, side: usize, first: i64) -> Option<&[f32]>;

    /// Whether both sides are the same.
    fn is_mono(&self) -> bool {
        false
    }
}

/// The left and the right side at a position, in frames, that moves so many frames at a time.
pub(crate) fn read(sinc: &Sinc, frames: &impl FrameReader, position: f64, speed: f64) -> [f32; 2] {
    let base = position as i64;
    let between = (position - base as f64) as f32;
    if speed > 1.0 {
        let sample = |side: usize, i: isize| frames.sample(side, base + i as i64);
        if frames.is_mono() {
            return [sinc.read_fast(|i| [sample(0, i)], between, speed as f32)[0]; 2];
        }
        return sinc.read_fast(|i| [sample(0, i), sample(1, i)], between, speed as f32);
    }
    let first = base - (Sinc::REACH as i64 - 1);
    let side = |side: usize| {
        if let Some(row) = frames.row(side, first) {
            return sinc.read(row, between);
        }
        let edge: [f32; 2 * Sinc::REACH] = std::array::from_fn(|i| frames.sample(side, first + i as i64));
        sinc.read(&edge, between)
    };
    let left = side(0);
    [left, if frames.is_mono() { left } else { side(1) }]
}
