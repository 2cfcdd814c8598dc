//! The low-frequency oscillator (LFO) inside of modulation effects: a phase that a rate moves on.

use crate::{Bits, Lanes, Vector};

/// How far a cycle gets in a frame: `octaves` of a rate re `base_hertz`. Half a turn at most.
#[inline(always)]
pub fn advance<V: Vector>(octaves: Lanes<V>, base_hertz: f32, sample_rate: f32) -> Bits<V> {
    ((octaves.exp2() * (base_hertz / sample_rate)).min(0.5) * 4_294_967_296.0).to_integer()
}

/// A triangle that rises from 0 as a sine does, -1 to 1.
#[inline(always)]
pub fn triangle<V: Vector>(phase: Bits<V>) -> Lanes<V> {
    (phase - 0x4000_0000).to_signed().abs() * (-2.0 / 2_147_483_648.0) + 1.0
}

/// A square with rounded edges, -1 to 1: a sine that is driven and levelled off by a cubic. The edges
/// take about a tenth of the cycle, which at 10 Hz is long enough to make no click.
#[inline(always)]
pub fn rounded_square<V: Vector>(phase: Bits<V>) -> Lanes<V> {
    let steep = (phase.sin_turns() * 3.0).clamp(-1.0, 1.0);
    steep * (1.5 - steep * steep * 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cycle_takes_its_time() {
        let step = advance(Lanes(1.0f32), 10.0, 48_000.0).0;
        assert!((f64::from(step) / 4_294_967_296.0 * 2400.0 - 1.0).abs() < 1e-6);
        assert_eq!(advance(Lanes(60.0f32), 10.0, 48_000.0).0, 0x7fff_ff80, "half a turn is the most");
    }

    #[test]
    fn shapes_pass_through_their_corners() {
        let quarters = [0_u32, 0x4000_0000, 0x8000_0000, 0xc000_0000].map(Bits::<f32>);
        assert_eq!(quarters.map(|phase| triangle(phase).0), [0.0, 1.0, 0.0, -1.0]);
        let square = quarters.map(|phase| rounded_square(phase).0);
        assert!(square[0].abs() < 1e-6 && square[1] == 1.0 && square[2].abs() < 1e-6 && square[3] == -1.0);
    }
}
