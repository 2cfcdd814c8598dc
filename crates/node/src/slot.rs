//! A slot: where one signal lives while a plan runs.

/// A signal's samples and whether they move. Frame `i` of a signal with `W` lanes starts at
/// `data + i * W`; while the signal is constant there is one frame, repeated to fill 16 floats, and
/// every frame is read from `data`.
///
/// Owned by a plan, written by the executor's thread only.
#[derive(Debug)]
#[repr(C)]
pub struct Slot {
    /// First sample; 64-byte aligned, room for a whole block, at least 16 floats. Null for an output that
    /// nobody reads.
    pub data: *mut f32,
    /// All ones while the signal moves, 0 while it is constant: `frame * W & step` is an offset.
    pub step: usize,
}

impl Slot {
    /// The value of `step` for a signal that moves.
    pub const MOVING: usize = usize::MAX;
    /// The value of `step` for a signal that is constant in this block.
    pub const CONSTANT: usize = 0;

    /// Whether one frame stands for the whole block.
    #[inline(always)]
    pub fn is_constant(&self) -> bool {
        self.step == Self::CONSTANT
    }
}
