//! The engine's own delay line, which lets a path wait for a slower one.

use jackfield_node::{AnyBlock, BlockIo, Input, Output};
use std::any::Any;

const IN: Input = Input::audio(0, "in", "Signal.");
const OUT: Output = Output::audio(0, "out", "The signal, later.");

/// A ring of as many frames as the signal has to wait.
pub(crate) struct DelayLine {
    ring: Box<[f32]>,
    at: usize,
}

impl DelayLine {
    pub(crate) fn new(frames: usize) -> Self {
        Self { ring: vec![0.0; frames.max(1)].into(), at: 0 }
    }
}

impl AnyBlock for DelayLine {
    fn process(&mut self, _: &(dyn Any + Send + Sync), io: &mut BlockIo<'_>) {
        let input = io.input(IN);
        for (out, &sample) in io.output(OUT).iter_mut().zip(input) {
            *out = std::mem::replace(&mut self.ring[self.at], sample);
            self.at += 1;
            if self.at == self.ring.len() {
                self.at = 0;
            }
        }
    }

    fn reset(&mut self) {
        self.ring.fill(0.0);
    }
}
