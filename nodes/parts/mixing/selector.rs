//! One of four, chosen by a number, with fades between.

use jackfield_node::dsp::three_pole::{ThreePole, fade_share};
use jackfield_node::prelude::*;

lane_state! {
    /// How much of each of the four is heard.
    pub(crate) struct Selector<V> { fades: [ThreePole<V>; 4], is_old: Lanes<V> }
}

/// The nearest of 1, 2, 3 and 4; 1 for NaN.
#[inline(always)]
pub(crate) fn place<V: Vector>(select: Lanes<V>) -> Lanes<V> {
    select.clamp(1.0, 4.0).round()
}

impl<V: Vector> Selector<V> {
    /// The gains of the four at the next frame. They add up to 1.
    #[inline(always)]
    pub(crate) fn gains(&mut self, place: Lanes<V>, sample_rate: f32) -> [Lanes<V>; 4] {
        let share = fade_share(sample_rate);
        let mut gains = [place; 4];
        let mut is_old = self.is_old;
        for (number, (fade, gain)) in self.fades.iter_mut().zip(&mut gains).enumerate() {
            let target = place.equal((number + 1) as f32).to_gate(place);
            is_old = self.is_old;
            fade.begin(target, &mut is_old);
            *gain = fade.follow(target, share);
        }
        self.is_old = is_old;
        gains
    }
}
