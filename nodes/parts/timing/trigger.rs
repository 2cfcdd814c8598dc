//! Triggers, one sample at a time: pulses of a millisecond.

use jackfield_node::dsp::gate::trigger_frames;

/// An output that fires triggers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trigger {
    frames: u32,
    left: u32,
}

impl Trigger {
    /// A trigger that rests.
    pub(crate) fn new(sample_rate: f32) -> Self {
        Self { frames: trigger_frames(sample_rate) as u32, left: 0 }
    }

    /// Begins with the next sample.
    #[inline]
    pub(crate) fn fire(&mut self) {
        self.left = self.frames;
    }

    /// The same trigger at rest.
    pub(crate) fn at_rest(self) -> Self {
        Self { left: 0, ..self }
    }

    /// How long a trigger lasts, in frames.
    pub(crate) fn length(self) -> u32 {
        self.frames
    }

    /// The next sample.
    #[inline]
    pub(crate) fn next(&mut self) -> f32 {
        let is_high = self.left > 0;
        self.left = self.left.saturating_sub(1);
        f32::from(is_high)
    }
}
