//! stub
use super::EventSender;
use std::time::Instant;
pub(super) enum Clocks {
    One,
    Two,
}
pub(super) struct Writer;
pub(super) struct Reader;
pub(super) fn new(
    _channels: usize,
    _in_rate: u32,
    _out_rate: u32,
    _clocks: Clocks,
    _events: EventSender,
) -> (Writer, Reader) {
    (Writer, Reader)
}
impl Writer {
    pub(super) fn write(&mut self, _samples: impl ExactSizeIterator<Item = f32>) {}
}
impl Reader {
    pub(super) fn begin(&mut self, _now: Instant, _frames: usize) {}
    pub(super) fn read(&mut self, input: &mut [f32]) {
        input.fill(0.0)
    }
}
