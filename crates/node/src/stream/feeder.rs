//! The loader's end of a stream: reads what is wanted and sends it.

use super::{CHUNK, Chunk, FRAME_BITS, Filled, FrameSource, Head, LAST_FRAME, Line, NOTHING};
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
    /// The wish that is being fulfilled.
    play: u64,
    /// The frame to send next, while there is any.
    next: Option<u64>,
    /// Whether anything was sent since the beginning or the last turn to the start.
    has_sent: bool,
    /// The start of the head sent last.
    cued: u64,
    /// Where the source stands.
    place: Option<u64>,
}

impl Feeder {
    pub(super) fn new(
        line: Arc<Line>,
        head_frames: usize,
        chunks: Producer<Chunk>,
        heads: Producer<Box<Head>>,
        spent: Consumer<Box<Head>>,
    ) -> Self {
        Self {
            line,
            head_frames,
            chunks,
            heads,
            spent,
            play: NOTHING,
            next: None,
            has_sent: false,
            cued: NOTHING,
            place: None,
        }
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
        let wants_chunks = fill < 1.0 && (self.has_new_play() || self.next.is_some());
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
        self.follow_play();
        let fill = self.fill();
        if self.wants_head() && (self.next.is_none() || fill >= LOW) {
            return self.send_head(source);
        }
        match self.next {
            Some(next) if fill < 1.0 => self.send_chunk(source, next),
            _ => Ok(()),
        }
    }

    /// How full the ring is, 0 to 1.
    fn fill(&self) -> f32 {
        1.0 - self.chunks.slots() as f32 / self.chunks.buffer().capacity() as f32
    }

    fn has_new_play(&self) -> bool {
        self.line.play.load(Ordering::Acquire) != self.play
    }

    fn wants_head(&self) -> bool {
        let wanted = self.line.cue.load(Ordering::Acquire);
        wanted != NOTHING && wanted != self.cued && self.heads.slots() > 0
    }

    /// Takes up a new start.
    fn follow_play(&mut self) {
        let wanted = self.line.play.load(Ordering::Acquire);
        if wanted != self.play {
            self.play = wanted;
            self.has_sent = true;
            // The stream has the head.
            self.next = Some((wanted & LAST_FRAME) + self.head_frames as u64);
        }
    }

    fn send_head(&mut self, source: &mut dyn FrameSource) -> Result<(), String> {
        let first = self.line.cue.load(Ordering::Acquire);
        self.place = None;
        let head = Head::read(source, first, self.head_frames)?;
        self.cued = first;
        // There was room, and only this end sends.
        let _ = self.heads.push(Box::new(head));
        Ok(())
    }

    fn send_chunk(&mut self, source: &mut dyn FrameSource, next: u64) -> Result<(), String> {
        if self.place != Some(next) {
            self.place = None;
            source.seek(next)?;
        }
        let mut chunk = Chunk { order: (self.play >> FRAME_BITS) as u32, ..Chunk::default() };
        let filled = source.read(&mut chunk.samples)?;
        chunk.filled = Filled { frames: filled.frames.min(CHUNK), ends: filled.ends || filled.frames == 0 };
        let behind = next + chunk.filled.frames as u64;
        self.place = Some(behind);
        self.has_sent |= chunk.filled.frames > 0;
        self.next = Some(behind);
        if chunk.filled.ends {
            // A file that has become empty would go round for ever.
            self.next = std::mem::take(&mut self.has_sent).then_some(self.play & LAST_FRAME);
        }
        let _ = self.chunks.push(chunk);
        Ok(())
    }
}
