//! Twice the sample rate and back for a saturating filter, with the noise of a circuit that starts its tone.

use jackfield_node::dsp::noise;
use jackfield_node::dsp::oversample::{Chains, INNERS, down, up};
use jackfield_node::prelude::*;

/// -120 dB: out of it the tone of full resonance grows.
const NOISE: f32 = 1e-6;

lane_state! {
    /// What the signal leaves behind on its way up and down, and the noise.
    pub(crate) struct Oversampler2x<V> {
        noise: Bits<V>,
        up: Chains<V, INNERS>,
        down: Chains<V, INNERS>,
    }
}

impl Oversampler2x<f32> {
    /// At rest. `seed` is that of the node's instance.
    pub(crate) fn start(seed: u32) -> Self {
        let rest = [[Lanes(0.0); 2]; INNERS];
        Self { noise: noise::hash(Bits(seed)), up: rest, down: rest }
    }
}

impl<V: Vector> Oversampler2x<V> {
    /// One frame as two of twice the rate, with the noise in them.
    #[inline(always)]
    pub(crate) fn up(&mut self, input: Lanes<V>) -> [Lanes<V>; 2] {
        let noise = noise::white(&mut self.noise) * NOISE;
        up(&mut self.up, input + noise)
    }

    /// Two frames of twice the rate as one again.
    #[inline(always)]
    pub(crate) fn down(&mut self, halves: [Lanes<V>; 2]) -> Lanes<V> {
        down(&mut self.down, halves)
    }
}
