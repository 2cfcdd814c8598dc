//! A value that glides to what it is told, like a turned knob: three equal poles, which have no corner
//! even when it is told something else on the way.

use jackfield_node::dsp::Lanes;
use jackfield_node::dsp::smooth::approach;

/// The share of the way that is left after the glide's time is e^-this times a polynomial: 0.1 %.
const DEPTH: f32 = 11.23;

/// How fast values glide.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SmoothingTime {
    /// Of the distance in a frame, per pole.
    share: f32,
    /// Frames after which nothing is left to see: twice the glide's time.
    frames: u32,
}

impl SmoothingTime {
    /// 99.9 % of the way in this time.
    pub(crate) fn new(seconds: f32, sample_rate: f32) -> Self {
        let frames = (seconds * sample_rate).max(1.0);
        Self { share: approach(Lanes(DEPTH / frames)).0, frames: (2.0 * frames).ceil() as u32 }
    }
}

/// See the module's documentation.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SmoothedValue {
    poles: [f32; 3],
    target: f32,
    frames_left: u32,
}

impl SmoothedValue {
    /// Sets out for a value.
    pub(crate) fn go_to(&mut self, target: f32, time: SmoothingTime) {
        if target != self.target {
            (self.target, self.frames_left) = (target, time.frames);
        }
    }

    /// Is there at once.
    pub(crate) fn jump_to(&mut self, target: f32) {
        *self = Self { poles: [target; 3], target, frames_left: 0 };
    }

    /// Whether it has arrived.
    pub(crate) fn is_still(&self) -> bool {
        self.frames_left == 0
    }

    /// Where it is.
    pub(crate) fn value(&self) -> f32 {
        self.poles[2]
    }

    /// Goes on by a frame.
    #[inline]
    pub(crate) fn next(&mut self, time: SmoothingTime) -> f32 {
        if self.frames_left > 0 {
            self.frames_left -= 1;
            let mut input = self.target;
            for pole in &mut self.poles {
                *pole += (input - *pole) * time.share;
                input = *pole;
            }
            if self.frames_left == 0 {
                self.poles = [self.target; 3];
            }
        }
        self.value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_arrives_in_time_and_then_rests() {
        let time = SmoothingTime::new(0.005, 48_000.0);
        let mut glide = SmoothedValue::default();
        glide.go_to(1.0, time);
        let values: Vec<f32> = (0..480).map(|_| glide.next(time)).collect();
        assert!((values[239] - 0.999).abs() < 2e-4, "{}", values[239]);
        assert!(values[479] == 1.0 && glide.is_still());
        let last_step = values[479] - values[478];
        assert!((0.0..1e-5).contains(&last_step), "{last_step}");
    }
}
