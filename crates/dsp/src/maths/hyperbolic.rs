//! The hyperbolic tangent: how analogue circuits saturate.

use crate::{Lanes, Vector};

impl<V: Vector> Lanes<V> {
    /// tanh x. Relative error below 5e-7; never above 1 in magnitude. NaN counts as -8.
    #[inline(always)]
    pub fn tanh(self) -> Self {
        // Beyond 8 the result differs from 1 by less than the error.
        let x = self.clamp(-8.0, 8.0);
        let x2 = x * x;
        let top = (x2 * 1.142_841_9e-5 + 2.951_023e-3) * x2 + 0.129_256_62;
        let bottom = (x2 * 2.459_209_4e-7 + 2.386_691e-4) * x2 + 2.381_555_2e-2;
        let bottom = (bottom * x2 + 0.462_588_8) * x2 + 1.0;
        x * (top * x2 + 0.999_999_8) / bottom
    }
}

#[cfg(test)]
mod tests {
    use super::super::sweep::{Function, check, edge_cases, worst};
    use super::*;

    struct Tanh;
    impl Function for Tanh {
        fn of<V: Vector>(x: Lanes<V>) -> Lanes<V> {
            x.tanh()
        }
    }

    #[test]
    fn is_near_the_true_tangent() {
        for (low, high) in [(1e-20, 1e-3), (1e-3, 1.0), (1.0, 20.0), (-20.0, -1e-3)] {
            let error = worst::<Tanh>(low, high, |x, y| (y / x.tanh() - 1.0).abs());
            assert!(error < 5e-7, "{low} to {high}: {error:e}");
        }
    }

    #[test]
    fn stays_within_one() {
        let largest = worst::<Tanh>(-30.0, 30.0, |_, y| y.abs());
        assert!(largest <= 1.0, "{largest}");
        assert_eq!(Lanes(0.0f32).tanh().0, 0.0);
    }

    #[test]
    fn every_width_gives_the_same_bits() {
        check::<Tanh>(&edge_cases(-10.0, 10.0));
    }
}
