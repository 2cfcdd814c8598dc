//! The fades of a play head: in where it cuts another one off, out where it is cut off or at an abrupt end.

use jackfield_node::dsp::Lanes;
use jackfield_node::dsp::smooth::ease;

/// Length of a fade, in seconds.
const SECONDS: f32 = 0.003;

/// What is more quiet than this may be cut off unnoticed.
const QUIET: f32 = 0.01;

/// How slowly a level is forgotten, per frame: a few milliseconds, longer than half a cycle of most sounds.
const KEPT: f32 = 0.996;

/// How far the fades of a play head are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlayheadFades {
    frames: f32,
    /// 0 at the start of the fade-in, `frames` when it is done.
    faded_in: f32,
    /// Frames until it is silent, once it fades out.
    out_left: Option<f32>,
    /// How loud it was of late.
    level: f32,
}

impl PlayheadFades {
    /// The fades of a play head at rest.
    pub(crate) fn new(sample_rate: f32) -> Self {
        let frames = (SECONDS * sample_rate).round().max(1.0);
        Self { frames, faded_in: 0.0, out_left: None, level: 0.0 }
    }

    /// Length of a fade.
    pub(crate) fn frames(self) -> f32 {
        self.frames
    }

    /// Begins, with a fade or at once. A fade is for what cuts another sound off: elsewhere it would take the
    /// attack.
    pub(crate) fn begin(&mut self, fades_in: bool) {
        self.faded_in = if fades_in { 0.0 } else { self.frames };
        self.out_left = None;
        self.level = 0.0;
    }

    /// Takes note of what was heard, all fades included.
    pub(crate) fn hear(&mut self, sound: [f32; 2]) {
        self.level = sound.iter().fold(self.level * KEPT, |level, x| level.max(x.abs()));
    }

    /// Whether something is heard that a new start would cut off, with `left` frames of the file to come,
    /// read at a speed. What is about to end by itself is not cut off.
    pub(crate) fn would_be_cut(self, left: f64, speed: f64) -> bool {
        self.level >= QUIET && left > f64::from(self.frames) * speed.max(1.0)
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
