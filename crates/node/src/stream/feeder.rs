//! The loader's end of a stream: reads what is wanted and sends it.

use super::unroll::Unroller;
use super::{Chunk, FrameSource, Head, Line, NOTHING, Start};
use rtrb::{Consumer, Producer};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A ring filled less than this is more urgent than anything else.
const LOW: f32 = 0.25;

/// Need of a head that is wanted: less than that of a ring that runs low, more than that of others.
const CUE_NEED: f32 = 1.0;

/// See the [module](super)'s documentation.
#[derive(Debug)]
pub struct Feeder {
    line: Arc<Line>,
    head_frames: usize,
    chunks: Producer<Chunk>,
    heads: Producer<Box<Head>>,
    /// Heads that are no longer needed, to be freed here.
    spent: Consumer<Box<Head>>,
    /// The number of the start that is being played.
    order: u32,
    /// What follows, while anything does.
    unroller: Option<Unroller>,
    /// The start of the head sent last, packed.
    cued: u64,
}

impl Feeder {
    pub(super) fn new(
        line: Arc<Line>,
        head_frames: usize,
        chunks: Producer<Chunk>,
        heads: Producer<Box<Head>>,
        spent: Consumer<Box<Head>>,
    ) -> Self {
        Self { line, head_frames, chunks, heads, spent, order: 0, unroller: None, cued: NOTHING }
    }

    /// Whether the stream is gone.
    pub fn is_abandoned(&self) -> bool {
        self.chunks.is_abandoned()
    }

    /// How urgently the stream needs something, for who serves several; nothing while it has all it wants.
    pub fn need(&self) -> Option<f32> {
        if self.line.has_failed.load(Ordering::Relaxed) {
            return None;
        }
        let fill = self.fill();
        let wants_chunks = fill < 1.0 && (self.has_new_play() || self.unroller.is_some());
        match (wants_chunks, self.wants_head()) {
            (true, _) if fill < LOW => Some(CUE_NEED + 1.0 - fill),
            (_, true) => Some(CUE_NEED),
            (true, false) => Some(1.0 - fill),
            (false, false) => None,
        }
    }

    /// Does a piece of what is needed. Loader thread.
    ///
    /// # Errors
    ///
    /// When the file can't be read. After that the stream gets nothing more.
    pub fn serve(&mut self, source: &mut dyn FrameSource) -> Result<(), String> {
        while self.spent.pop().is_ok() {}
        let result = self.work(source);
        if result.is_err() {
            self.give_up();
        }
        result
    }

    /// Sends nothing more: the file can't be read.
    pub fn give_up(&self) {
        self.line.has_failed.store(true, Ordering::Release);
    }

    fn work(&mut self, source: &mut dyn FrameSource) -> Result<(), String> {
        self.follow_play(source);
        let fill = self.fill();
        if self.wants_head() && (self.unroller.is_none() || fill >= LOW) {
            return self.send_head(source);
        }
        if fill < 1.0 { self.send_chunk(source) } else { Ok(()) }
    }

    /// How full the ring is, 0 to 1.
    fn fill(&self) -> f32 {
        1.0 - self.chunks.slots() as f32 / self.chunks.buffer().capacity() as f32
    }

    fn has_new_play(&self) -> bool {
        self.line.order.load(Ordering::Acquire) != self.order
    }

    fn wants_head(&self) -> bool {
        let wanted = self.line.cue.load(Ordering::Acquire);
        wanted != NOTHING && wanted != self.cued && self.heads.slots() > 0
    }

    /// Takes up a new start.
    fn follow_play(&mut self, source: &dyn FrameSource) {
        let order = self.line.order.load(Ordering::Acquire);
        if order != self.order {
            self.order = order;
            // That of a later order at worst: then these chunks are dropped, and its own follow.
            let start = Start::unpacked(self.line.play.load(Ordering::Acquire));
            let mut unroller = Unroller::new(start, source);
            // The stream has the head.
            unroller.go_to(self.head_frames as u64);
            self.unroller = Some(unroller);
        }
    }

    fn send_head(&mut self, source: &mut dyn FrameSource) -> Result<(), String> {
        let start = self.line.cue.load(Ordering::Acquire);
        if let Some(unroller) = &mut self.unroller {
            unroller.lose_place();
        }
        let head = Head::read(source, Start::unpacked(start), self.head_frames)?;
        self.cued = start;
        // There was room, and only this end sends.
        let _ = self.heads.push(Box::new(head));
        Ok(())
    }

    fn send_chunk(&mut self, source: &mut dyn FrameSource) -> Result<(), String> {
        let Some(unroller) = &mut self.unroller else { return Ok(()) };
        let mut chunk = Chunk { order: self.order, ..Chunk::default() };
        chunk.frames = unroller.read(source, &mut chunk.samples)?;
        chunk.region = unroller.region();
        if chunk.frames == 0 {
            self.unroller = None;
        }
        let _ = self.chunks.push(chunk);
        Ok(())
    }
}
