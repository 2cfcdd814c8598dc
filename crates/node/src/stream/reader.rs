//! The audio thread's end of a stream.

use super::{CHUNK, Chunk, Head, LEAD, Line, NAP, Start};
use crate::LoopRegion;
use rtrb::{Consumer, Producer};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// See the [module](super)'s documentation. Made and dropped on the control thread.
#[derive(Debug)]
pub struct Stream {
    line: Arc<Line>,
    chunks: Consumer<Chunk>,
    heads: Consumer<Box<Head>>,
    spent: Producer<Box<Head>>,
    /// The one that the last start was made with.
    head: Box<Head>,
    /// One for another start.
    other: Option<Box<Head>>,
    /// Counts starts.
    order: u32,
    /// Frames of the head that are taken; nothing once the chunks' turn has come.
    taken: Option<usize>,
    /// The chunk taken last.
    chunk: Chunk,
}

/// What comes next in a stream.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece<'a> {
    /// The left and the right channel, equally long.
    pub samples: [&'a [f32]; 2],
    /// What goes round, if that is known yet: behind its end comes its first frame. One without length is a
    /// file that ends before the start.
    pub region: Option<LoopRegion>,
}

impl Stream {
    pub(super) fn new(
        head: Head,
        line: Arc<Line>,
        chunks: Consumer<Chunk>,
        heads: Consumer<Box<Head>>,
        spent: Producer<Box<Head>>,
    ) -> Self {
        let chunk = Chunk::default();
        Self { line, chunks, heads, spent, head: Box::new(head), other: None, order: 0, taken: None, chunk }
    }

    /// Bytes that it holds for ever, the loader's end not counted.
    pub fn bytes(&self) -> usize {
        let head = size_of::<Head>() + 2 * size_of::<f32>() * (LEAD + self.head.frames());
        size_of::<Self>() + self.chunks.buffer().capacity() * size_of::<Chunk>() + 3 * head
    }

    /// Says where the next start will be, so that it can sound at once. Costs next to nothing while that
    /// stays the same. Audio thread.
    pub fn cue(&mut self, start: impl Into<Start>) {
        let start = start.into();
        self.receive_heads();
        if !self.has_head(start) {
            self.line.cue.store(start.packed(), Ordering::Release);
        }
    }

    /// Starts and gives the [`LEAD`] frames before the start and the first one; nothing while the disk has
    /// not brought what follows, so ask again. Audio thread.
    pub fn start(&mut self, start: impl Into<Start>) -> Option<([&[f32]; 2], [f32; 2])> {
        let start = start.into();
        self.cue(start);
        while !self.has_head(start) {
            if !self.waits() {
                return None;
            }
            self.receive_heads();
        }
        if self.head.start() != start
            && let Some(other) = &mut self.other
        {
            std::mem::swap(&mut self.head, other);
        }
        self.order = self.order.wrapping_add(1).max(1);
        self.taken = Some(0);
        self.drop_stale();
        // An empty head is all there is.
        if self.head.frames() > 0 {
            self.line.play.store(start.packed(), Ordering::Release);
            self.line.order.store(self.order, Ordering::Release);
        }
        let begin = self.head.piece(0).map(|samples| samples.first().copied().unwrap_or(0.0));
        Some((self.head.lead(), begin))
    }

    /// What comes next, from where the last start was; nothing while the disk has not brought it, and behind
    /// a file that can't be read on. A piece is empty only where the file ends before the start. Audio
    /// thread.
    pub fn take(&mut self) -> Option<Piece<'_>> {
        if let Some(taken) = self.taken {
            let end = (taken + CHUNK).min(self.head.frames());
            self.taken = (end < self.head.frames() || end == 0).then_some(end);
            return Some(Piece { samples: self.head.piece(taken), region: self.head.region() });
        }
        while !self.pop() {
            if !self.waits() {
                return None;
            }
        }
        let frames = self.chunk.frames;
        let samples = self.chunk.samples.each_ref().map(|samples| &samples[..frames]);
        Some(Piece { samples, region: self.chunk.region })
    }

    /// Whether enough has been read ahead to go on after a pause. Audio thread.
    pub fn has_recovered(&self) -> bool {
        self.taken.is_some() || 2 * self.chunks.slots() >= self.chunks.buffer().capacity()
    }

    /// Whether nothing more will come, because the file can't be read. Audio thread.
    pub fn has_failed(&self) -> bool {
        self.line.has_failed.load(Ordering::Acquire) || self.chunks.is_abandoned()
    }

    /// Counts a pause. Audio thread.
    pub fn count_gap(&self) {
        self.line.gaps.fetch_add(1, Ordering::Relaxed);
    }

    fn has_head(&self, start: Start) -> bool {
        self.head.start() == start || self.other.as_ref().is_some_and(|other| other.start() == start)
    }

    fn receive_heads(&mut self) {
        // What it takes the place of goes home to be freed.
        while self.spent.slots() > 0
            && let Ok(head) = self.heads.pop()
        {
            if let Some(before) = self.other.replace(head) {
                let _ = self.spent.push(before);
            }
        }
    }

    /// Takes the next chunk that belongs to the last start.
    fn pop(&mut self) -> bool {
        self.drop_stale();
        match self.chunks.pop() {
            Ok(chunk) => {
                self.chunk = chunk;
                true
            }
            Err(_) => false,
        }
    }

    /// Makes room in the ring: chunks of earlier starts come first.
    fn drop_stale(&mut self) {
        for _ in 0..self.chunks.buffer().capacity() {
            match self.chunks.peek() {
                Ok(chunk) if chunk.order != self.order => drop(self.chunks.pop()),
                _ => return,
            }
        }
    }

    /// Waits a moment if streams are patient and there is something to wait for. Only who renders faster than
    /// it plays is patient, and that is no audio thread.
    fn waits(&self) -> bool {
        if !self.line.patience.get() || self.has_failed() {
            return false;
        }
        self.line.loader.unpark();
        std::thread::sleep(NAP);
        true
    }
}
