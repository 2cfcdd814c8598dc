//! Gains from decibel knobs, whose signal is in octaves (+1 is 6.02 dB).

use crate::{Lanes, Vector};

/// The signal of -60 dB.
pub const SILENT_BELOW: f32 = -9.965_784;

/// The factor for a gain in octaves, 0 at -60 dB and below: there a fader is closed.
#[inline(always)]
pub fn fader<V: Vector>(octaves: Lanes<V>) -> Lanes<V> {
    octaves.gt(SILENT_BELOW + 1e-4).keep(octaves.exp2())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unity_is_exact_and_the_bottom_is_silent() {
        assert_eq!(fader(Lanes(0.0f32)).0, 1.0);
        assert_eq!(fader(Lanes(1.0f32)).0, 2.0);
        assert_eq!(fader(Lanes(-60.0f32 / 6.020_6)).0, 0.0);
        assert!(fader(Lanes(-59.0f32 / 6.020_6)).0 > 0.0);
        assert_eq!(fader(Lanes(f32::NAN)).0, 0.0);
    }
}
