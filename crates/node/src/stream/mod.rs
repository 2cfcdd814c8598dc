//! Streams: long files that play from the disk, read a little ahead of where they are heard.
//!
//! | thread | what it does |
//! | --- | --- |
//! | control | opens a [`LongFile`] for a config, asks it for a [`Stream`] for each instance, drops both |
//! | audio | owns the stream: [`cue`](Stream::cue), [`start`](Stream::start), [`take`](Stream::take) |
//! | loader | owns the other end, a [`Feeder`], and a [`FrameSource`]; [serves](Feeder::serve) what is due |
//!
//! What follows the place where a file will start, its [`Head`], waits in memory, so a start sounds at once
//! while the disk seeks to what follows. From there on the sound comes in chunks through a ring buffer, in
//! its unrolled order: behind the end of the loop it goes on from its beginning, for whoever plays a loop,
//! with the crossfade done. All is at the file's own sample rate. Memory is the same for a file of any
//! length.
//! Nothing here waits on the audio thread, unless it is told to: with [`Patience`] a stream waits for the
//! disk, so that what is rendered faster than it plays has no gaps.

mod feeder;
mod head;
mod reader;
mod start;
mod unroll;

pub use feeder::Feeder;
pub use head::Head;
pub use reader::{Piece, Stream};
pub use start::{LAST_FRAME, Start};

use crate::LoopRegion;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::thread::Thread;
use std::time::Duration;

/// Frames in a chunk.
pub const CHUNK: usize = 256;

/// Frames of the file that come before a start, for interpolation at any speed; silence before the file's
/// beginning.
pub const LEAD: usize = 384;

/// How much a head holds, in seconds: longer than a disk takes to seek.
const HEAD_SECONDS: f32 = 0.5;

/// How far a file is read ahead, in seconds at its own speed.
const AHEAD_SECONDS: f32 = 2.0;

/// How long a patient stream sleeps between two looks.
const NAP: Duration = Duration::from_micros(50);

/// A place to read the frames of one file from, at its own sample rate. Loader thread; may block.
pub trait FrameSource: Send {
    /// Goes to a frame, counted from the file's beginning. Beyond its end there is nothing to read.
    ///
    /// # Errors
    ///
    /// When the file can't be read there: why, in words for people.
    fn seek(&mut self, frame: u64) -> Result<(), String>;

    /// Reads up to [`CHUNK`] frames of the left and right channel; none only at the end of the file.
    ///
    /// # Errors
    ///
    /// When the file can't be read on: why, in words for people.
    fn read(&mut self, samples: &mut [[f32; CHUNK]; 2]) -> Result<Filled, String>;

    /// How many frames the file has, if that is certain. Without it, a loop to the end of the file has no
    /// crossfade the first time round.
    fn end(&self) -> Option<u64> {
        None
    }

    /// The frames of the loop that the file has notes of.
    fn loop_points(&self) -> Option<Range<u64>> {
        None
    }
}

/// What [`FrameSource::read`] has brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filled {
    /// Frames that were read.
    pub frames: usize,
    /// Whether the file is known to end behind them.
    pub ends: bool,
}

/// A file that is too long to be loaded. Opened on the control thread, shared by all who play it.
pub trait LongFile: Send + Sync {
    /// How long it says it is, in frames at its own sample rate.
    fn frames(&self) -> Option<u64>;

    /// Frames per second.
    fn sample_rate(&self) -> f32;

    /// The frames of the loop that the file has notes of.
    fn loop_points(&self) -> Option<Range<u64>>;

    /// Another reader of the file, at rest, with what follows a start cued. Control thread.
    fn stream_from(&self, start: Start) -> Stream;

    /// Another reader of the file, at rest, with what follows the file's beginning cued. Control thread.
    fn stream(&self) -> Stream {
        self.stream_from(Start::default())
    }
}

/// Whether streams wait for the disk rather than pause: what renders faster than it plays does. Shared by the
/// streams of one source of files.
#[derive(Clone, Debug, Default)]
pub struct Patience(Arc<AtomicBool>);

impl Patience {
    /// Lets all streams wait, or not.
    pub fn set(&self, waits: bool) {
        self.0.store(waits, Ordering::Release);
    }

    fn get(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// Some frames on their way from the loader.
#[derive(Clone, Copy, Debug)]
struct Chunk {
    /// The start that they belong to.
    order: u32,
    /// None where the file has become empty.
    frames: usize,
    region: Option<LoopRegion>,
    samples: [[f32; CHUNK]; 2],
}

impl Default for Chunk {
    fn default() -> Self {
        Self { order: 0, frames: 0, region: None, samples: [[0.0; CHUNK]; 2] }
    }
}

/// No start at all: a packed one has its highest bit free.
const NOTHING: u64 = u64::MAX;

/// What both ends of a stream share beside its ring buffers. A new wish takes the place of the one before, so
/// however fast they come, none that matters is lost.
#[derive(Debug)]
struct Line {
    /// The [start](Start::packed) behind whose head the chunks begin. Written before its number.
    play: AtomicU64,
    /// Counts the starts that were played; 0 before the first.
    order: AtomicU32,
    /// The [start](Start::packed) of the next head, or [`NOTHING`].
    cue: AtomicU64,
    /// The loader has given up.
    has_failed: AtomicBool,
    /// Counts pauses, of all streams of a file.
    gaps: Arc<AtomicU64>,
    patience: Patience,
    loader: Thread,
}

/// What a stream is made of; see [`connect`].
#[derive(Clone, Debug)]
pub struct Connection {
    /// Frames of the file per second.
    pub sample_rate: f32,
    /// Counts the pauses of all streams of a file.
    pub gaps: Arc<AtomicU64>,
    /// Whether the stream waits for its feeder.
    pub patience: Patience,
    /// Who will serve the feeder; woken by a stream that waits.
    pub loader: Thread,
}

/// A stream and the feeder at its other end. `head` is the file's beginning. Control thread.
pub fn connect(head: Head, connection: Connection) -> (Stream, Feeder) {
    let Connection { sample_rate, gaps, patience, loader } = connection;
    let line = Arc::new(Line {
        play: AtomicU64::new(0),
        order: AtomicU32::new(0),
        cue: AtomicU64::new(NOTHING),
        has_failed: AtomicBool::new(false),
        gaps,
        patience,
        loader,
    });
    let ahead = (AHEAD_SECONDS * sample_rate) as usize / CHUNK + 1;
    let (chunks_in, chunks) = rtrb::RingBuffer::new(ahead);
    let (heads_in, heads) = rtrb::RingBuffer::new(1);
    let (spent, spent_out) = rtrb::RingBuffer::new(4);
    let stream = Stream::new(head, line.clone(), chunks, heads, spent);
    (stream, Feeder::new(line, head_frames(sample_rate), chunks_in, heads_in, spent_out))
}

/// How many frames a head holds.
pub fn head_frames(sample_rate: f32) -> usize {
    (HEAD_SECONDS * sample_rate) as usize
}

#[cfg(test)]
mod tests;
