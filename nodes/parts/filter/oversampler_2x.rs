//! Twice the sample rate and back for a saturating filter, with the noise of a circuit that starts its tone,
//! and without what is driven too fast for its saturation.

use jackfield_node::dsp::noise;
use jackfield_node::dsp::oversample::{Chains, INNERS, down, up};
use jackfield_node::dsp::steepness;
use jackfield_node::prelude::*;

/// -120 dB: out of it the tone of full resonance grows.
const NOISE: f32 = 1e-6;

/// Twice the rate holds an edge that is a little longer than four times the rate does.
const WIDE: f32 = 0.7;

lane_state! {
    /// What the signal leaves behind on its way up and down, and the noise.
    pub(crate) struct Oversampler2x<V> {
        noise: Bits<V>,
        up: Chains<V, INNERS>,
        down: Chains<V, INNERS>,
        /// The last sample of twice the rate.
        last: Lanes<V>,
    }
}

impl Oversampler2x<f32> {
    /// At rest. `seed` is that of the node's instance.
    pub(crate) fn start(seed: u32) -> Self {
        let rest = [[Lanes(0.0); 2]; INNERS];
        Self { noise: noise::hash(Bits(seed)), up: rest, down: rest, last: Lanes(0.0) }
    }
}

impl<V: Vector> Oversampler2x<V> {
    /// One frame of a driven signal as two of twice the rate, with the noise in them, eased for a saturation
    /// from -1 to 1: see [`steepness`].
    #[inline(always)]
    pub(crate) fn up(&mut self, input: Lanes<V>) -> [Lanes<V>; 2] {
        let noise = noise::white(&mut self.noise) * NOISE;
        let [first, second] = up(&mut self.up, input + noise);
        [steepness::ease(&mut self.last, first, WIDE), steepness::ease(&mut self.last, second, WIDE)]
    }

    /// Two frames of twice the rate as one again.
    #[inline(always)]
    pub(crate) fn down(&mut self, halves: [Lanes<V>; 2]) -> Lanes<V> {
        down(&mut self.down, halves)
    }
}
