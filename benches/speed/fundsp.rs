//! fundsp: any of its units, played in blocks of 64.

use crate::contender::{BLOCK, Player, RATE};
use fundsp::prelude::{AudioUnit, BufferRef, BufferVec};

/// A unit without inputs.
pub(crate) struct Unit {
    unit: Box<dyn AudioUnit>,
    output: BufferVec,
}

impl Unit {
    /// As a contender.
    pub(crate) fn player(mut unit: Box<dyn AudioUnit>) -> Box<dyn Player> {
        unit.set_sample_rate(f64::from(RATE));
        unit.allocate();
        let output = BufferVec::new(unit.outputs());
        Box::new(Self { unit, output })
    }
}

impl Player for Unit {
    fn play(&mut self, sound: &mut [f32]) {
        for block in sound.chunks_mut(BLOCK) {
            self.unit.process(block.len(), &BufferRef::empty(), &mut self.output.buffer_mut());
            block.copy_from_slice(&self.output.channel_f32(0)[..block.len()]);
        }
    }
}
