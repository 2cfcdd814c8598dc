//! Four times the sample rate and back, as a part of a lane node's state.

use jackfield_node::dsp::oversample::{Chains, INNERS, OUTERS, Oversampler};
use jackfield_node::prelude::*;

lane_state! {
    /// What the signal leaves behind on its way; see [`Oversampler`].
    pub(crate) struct Oversampler4x<V> {
        up_inner: Chains<V, INNERS>,
        up_outer: Chains<V, OUTERS>,
        down_outer: Chains<V, OUTERS>,
        down_inner: Chains<V, INNERS>,
    }
}

impl<V: Vector> Oversampler4x<V> {
    /// One sample through a function at four times the rate.
    #[inline(always)]
    pub(crate) fn apply(&mut self, input: Lanes<V>, function: impl FnMut(Lanes<V>) -> Lanes<V>) -> Lanes<V> {
        let mut oversampler = Oversampler {
            up_inner: &mut self.up_inner,
            up_outer: &mut self.up_outer,
            down_outer: &mut self.down_outer,
            down_inner: &mut self.down_inner,
        };
        oversampler.apply(input, function)
    }
}
