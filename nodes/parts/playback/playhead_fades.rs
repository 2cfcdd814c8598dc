//! The fades of a play head: in at an abrupt beginning, out at an abrupt end.

use jackfield_node::dsp::Lanes;
use jackfield_node::dsp::smooth::ease;

/// Length of a fade, in seconds.
const SECONDS: f32 = 0.003;

/// A file that begins more quietly than this begins without a fade, so that its attack stays whole.
pub(crate) const QUIET: f32 = 0.01;

/// How far the fades of a play head are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlayheadFades {
    frames: f32,
    /// 0 at the start of the fade-in, `frames` when it is done.
    faded_in: f32,
    /// Frames until it is silent, once it fades out.
    out_left: Option<f32>,
}

impl PlayheadFades {
    /// The fades of a play head at rest.
    pub(crate) fn new(sample_rate: f32) -> Self {
        let frames = (SECONDS * sample_rate).round().max(1.0);
        Self { frames, faded_in: 0.0, out_left: None }
    }

    /// Length of a fade.
    pub(crate) fn frames(self) -> f32 {
        self.frames
    }

    /// Begins, with a fade or at once.
    pub(crate) fn begin(&mut self, fades_in: bool) {
        self.faded_in = if fades_in { 0.0 } else { self.frames };
        self.out_left = None;
    }

    /// Fades out, if it has not begun to.
    pub(crate) fn fade_out(&mut self) {
        self.out_left = self.out_left.or(Some(self.frames));
    }

    /// Whether it has faded out.
    pub(crate) fn is_out(self) -> bool {
        self.out_left == Some(0.0)
    }

    /// The product of all fades, with `left` frames of the file to come, read at a speed.
    pub(crate) fn next(&mut self, left: f64, speed: f64) -> f32 {
        let mut gain = smooth((left / (f64::from(self.frames) * speed.max(1.0))) as f32);
        if self.faded_in < self.frames {
            gain *= smooth(self.faded_in / self.frames);
            self.faded_in += 1.0;
        }
        if let Some(left) = &mut self.out_left {
            *left -= 1.0;
            gain *= smooth(*left / self.frames);
        }
        gain
    }
}

/// From 0 to 1 without a kink at either end; flat beyond.
fn smooth(x: f32) -> f32 {
    ease(Lanes(x.clamp(0.0, 1.0))).0
}
