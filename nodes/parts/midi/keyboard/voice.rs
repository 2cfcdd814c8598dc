//! What one voice sends, besides what the allocator knows.

use super::channels::ChannelControllers;
use crate::parts::envelope::smoothed_value::{SmoothedValue, SmoothingTime};

/// See the module's documentation.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct VoiceSignals {
    /// Of the note alone, in octaves.
    pub(super) pitch: SmoothedValue,
    velocity: SmoothedValue,
    pub(super) key_pressure: f32,
    /// In octaves.
    bend: SmoothedValue,
    wheel: SmoothedValue,
    pressure: SmoothedValue,
    slide: SmoothedValue,
    /// Gate and trigger are 0 for one frame first, so that those behind notice the new note.
    must_fall: bool,
    /// The gate rises even if the key came up on the same frame.
    must_rise: bool,
    trigger_left: u32,
    /// Whether the gate was open on the last frame.
    was_open: bool,
    /// Whether gate or trigger were high on the last frame.
    was_high: bool,
}

/// A voice on one frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct VoiceFrame {
    pub(super) pitch: f32,
    pub(super) gate: f32,
    pub(super) trigger: f32,
    pub(super) velocity: f32,
    pub(super) wheel: f32,
    pub(super) pressure: f32,
    pub(super) slide: f32,
}

impl VoiceSignals {
    /// Begins a note. Controllers have their values at once, unless the voice sounds already.
    pub(super) fn strike(
        &mut self,
        pitch: f32,
        velocity: f32,
        controllers: ChannelControllers,
        trigger_frames: u32,
        time: SmoothingTime,
    ) {
        self.key_pressure = 0.0;
        if self.was_open {
            self.pitch.go_to(pitch, time);
            self.velocity.go_to(velocity, time);
            self.follow(controllers, time);
        } else {
            self.pitch.jump_to(pitch);
            self.velocity.jump_to(velocity);
            self.bend.jump_to(controllers.bend);
            self.wheel.jump_to(controllers.wheel);
            self.pressure.jump_to(controllers.pressure);
            self.slide.jump_to(controllers.slide);
        }
        self.must_fall = self.was_high;
        self.must_rise = true;
        self.trigger_left = trigger_frames;
    }

    /// Sends the glides to where the controllers stand.
    pub(super) fn follow(&mut self, controllers: ChannelControllers, time: SmoothingTime) {
        self.bend.go_to(controllers.bend, time);
        self.wheel.go_to(controllers.wheel, time);
        self.pressure.go_to(controllers.pressure.max(self.key_pressure), time);
        self.slide.go_to(controllers.slide, time);
    }

    /// A note that has not sounded yet never does.
    pub(super) fn silence(&mut self) {
        (self.must_rise, self.trigger_left) = (false, 0);
    }

    /// Whether [`next`](Self::next) gives the same from frame to frame.
    pub(super) fn is_steady(&self) -> bool {
        let glides = [self.pitch, self.velocity, self.bend, self.wheel, self.pressure, self.slide];
        let switches = self.must_fall || self.must_rise || self.trigger_left > 0;
        !switches && glides.iter().all(SmoothedValue::is_still)
    }

    /// The next frame.
    pub(super) fn next(&mut self, is_on: bool, time: SmoothingTime) -> VoiceFrame {
        let (gate, trigger) = self.next_gates(is_on);
        VoiceFrame {
            pitch: self.pitch.next(time) + self.bend.next(time),
            gate: f32::from(gate),
            trigger: f32::from(trigger),
            velocity: self.velocity.next(time),
            wheel: self.wheel.next(time),
            pressure: self.pressure.next(time),
            slide: self.slide.next(time),
        }
    }

    fn next_gates(&mut self, is_on: bool) -> (bool, bool) {
        if std::mem::take(&mut self.must_fall) {
            (self.was_open, self.was_high) = (false, false);
            return (false, false);
        }
        self.was_open = std::mem::take(&mut self.must_rise) || is_on;
        let trigger = self.trigger_left > 0;
        self.trigger_left = self.trigger_left.saturating_sub(1);
        self.was_high = self.was_open || trigger;
        (self.was_open, trigger)
    }
}
