//! The audio thread's end of a stream.

use super::{CHUNK, Chunk, FRAME_BITS, Head, LAST_FRAME, LEAD, Line, NAP, NOTHING};
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
    /// Whether the file ends behind it. What comes then is the sound from the start on.
    pub ends: bool,
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
    pub fn cue(&mut self, first: u64) {
        let first = first.min(LAST_FRAME);
        self.receive_heads();
        if !self.has_head(first) {
            self.line.cue.store(first, Ordering::Release);
        }
    }

    /// Starts from a frame and gives the [`LEAD`] frames before it and the first one; nothing while the disk
    /// has not brought what follows, so ask again. Audio thread.
    pub fn start(&mut self, first: u64) -> Option<([&[f32]; 2], [f32; 2])> {
        let first = first.min(LAST_FRAME);
        self.cue(first);
        while !self.has_head(first) {
            if !self.waits() {
                return None;
            }
            self.receive_heads();
        }
        if self.head.first() != first
            && let Some(other) = &mut self.other
        {
            std::mem::swap(&mut self.head, other);
        }
        self.order = (self.order + 1) & ((NOTHING >> FRAME_BITS) as u32 >> 1);
        self.taken = Some(0);
        self.drop_stale();
        // A head that reaches the end is all there is.
        if !self.head.ends() {
            let wish = u64::from(self.order) << FRAME_BITS | first;
            self.line.play.store(wish, Ordering::Release);
        }
        let begin = self.head.piece(0).map(|samples| samples.first().copied().unwrap_or(0.0));
        Some((self.head.lead(), begin))
    }

    /// What comes next, from where the last start was; nothing while the disk has not brought it, and behind
    /// a file that can't be read on. A piece may be empty at the end of the file. Audio thread.
    pub fn take(&mut self) -> Option<Piece<'_>> {
        if let Some(taken) = self.taken {
            let end = (taken + CHUNK).min(self.head.frames());
            let is_last = end == self.head.frames();
            let ends = is_last && self.head.ends();
            self.taken = match (is_last, ends) {
                (_, true) => Some(0),
                (true, false) => None,
                (false, false) => Some(end),
            };
            return Some(Piece { samples: self.head.piece(taken), ends });
        }
        while !self.pop() {
            if !self.waits() {
                return None;
            }
        }
        let filled = self.chunk.filled;
        let samples = self.chunk.samples.each_ref().map(|samples| &samples[..filled.frames]);
        Some(Piece { samples, ends: filled.ends })
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

    fn has_head(&self, first: u64) -> bool {
        self.head.first() == first || self.other.as_ref().is_some_and(|other| other.first() == first)
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
