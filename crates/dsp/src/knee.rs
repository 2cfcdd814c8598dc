//! The soft knee of a static curve.
//!
//! D. Giannoulis, M. Massberg, J. D. Reiss, "Digital Dynamic Range Compressor Design", JAES 60 (2012),
//! equation 4: a parabola where the curve bends. A compressor bends above its threshold, an expander below.

use crate::{Lanes, Vector};

/// A line that sets out from zero at the threshold, with its corner rounded.
#[derive(Clone, Copy)]
pub struct Knee<V: Vector> {
    slope: Lanes<V>,
    half_width: Lanes<V>,
    /// slope / (2 width), or 0 without a knee.
    bend: Lanes<V>,
}

impl<V: Vector> Knee<V> {
    /// `slope`: octaves of reduction per octave beyond the knee. `width` of the bend in octaves, from 0.
    #[inline(always)]
    pub fn new(slope: Lanes<V>, width: Lanes<V>) -> Self {
        let width = width.max(0.0);
        let bend = width.gt(1e-3).keep(slope * 0.5 / width.max(1e-3));
        Self { slope, half_width: width * 0.5, bend }
    }

    /// The reduction, 0 or more, of a level that lies so many octaves beyond the threshold.
    #[inline(always)]
    pub fn reduction(&self, beyond: Lanes<V>) -> Lanes<V> {
        let into_knee = (beyond + self.half_width).max(0.0);
        let is_past = beyond.gt(self.half_width);
        is_past.select(beyond.max(0.0) * self.slope, into_knee * into_knee * self.bend)
    }
}
