//! Transcendental functions on lanes. (placeholder while the vectors are measured)
use crate::{Lanes, Vector};
impl<V: Vector> Lanes<V> {
    /// 2^x.
    #[inline(always)]
    pub fn exp2(self) -> Self {
        let x = self.max(-126.0).min(127.0);
        let t = x + 12_582_912.0;
        let f = x - (t - 12_582_912.0);
        let p = f * 1.535_336_2e-4 + 1.339_887_4e-3;
        let p = f * p + 9.618_437e-3;
        let p = f * p + 5.550_332_5e-2;
        let p = f * p + 2.402_264_8e-1;
        let p = f * p + 6.931_472e-1;
        let p = f * p + 1.0;
        p * Lanes::from_bits((t.to_bits() << 23) + 1.0f32.to_bits())
    }
}
impl<V: Vector> Lanes<V> {
    /// log2 x.
    #[inline(always)]
    pub fn log2(self) -> Self {
        self.map_each(f32::log2)
    }
}
