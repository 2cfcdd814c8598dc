//! Streams: long files that play from the disk, read a little ahead of where they are heard.
//!
//! | thread | what it does |
//! | --- | --- |
//! | control | opens a [`LongFile`] for a config, asks it for a [`Stream`] for each instance, drops both |
//! | audio | owns the stream: [`cue`](Stream::cue), [`start`](Stream::start), [`take`](Stream::take) |
//! | loader | owns the other end, a [`Feeder`], and a [`FrameSource`]; [serves](Feeder::serve) what is due |
//!
//! What follows the place where a file will start, its [`Head`], waits in memory, so a start sounds at once
//! while the disk seeks to what follows. From there on the sound comes in chunks through a ring buffer; after
//! the end it goes on from the start, for whoever plays a loop. Memory is the same for a file of any length.
//! Nothing here waits on the audio thread, unless it is told to: with [`Patience`] a stream waits for the
//! disk, so that what is rendered faster than it plays has no gaps.

mod feeder;
mod head;
mod reader;

pub use feeder::Feeder;
pub use head::Head;
pub use reader::{Piece, Stream};

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::Thread;
use std::time::Duration;

/// Frames in a chunk.
pub const CHUNK: usize = 256;

/// Frames of the file that come before a start, for interpolation; silence before the file's beginning.
pub const LEAD: usize = 128;

/// How much a head holds, in seconds: longer than a disk takes to seek.
const HEAD_SECONDS: f32 = 0.5;

/// How far a file is read ahead, in seconds at its own speed.
const AHEAD_SECONDS: f32 = 2.0;

/// How long a patient stream sleeps between two looks.
const NAP: Duration = Duration::from_micros(50);

/// A place to read the frames of one file from, at the engine's sample rate. Loader thread; may block.
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
    /// How long it says it is, in frames at the engine's sample rate.
    fn frames(&self) -> Option<u64>;

    /// Another reader of the file, at rest, with what follows the file's beginning cued. Control thread.
    fn stream(&self) -> Stream;
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
    filled: Filled,
    samples: [[f32; CHUNK]; 2],
}

impl Default for Chunk {
    fn default() -> Self {
        Self { order: 0, filled: Filled { frames: 0, ends: false }, samples: [[0.0; CHUNK]; 2] }
    }
}

/// Bits of a [wish](Line::play) that hold a frame; the ones above count orders.
const FRAME_BITS: u32 = 40;

/// The last frame that a stream can start from, 265 days into a file at 48 kHz.
pub const LAST_FRAME: u64 = (1 << FRAME_BITS) - 1;

/// No frame at all.
const NOTHING: u64 = u64::MAX;

/// What both ends of a stream share beside its ring buffers. A new wish takes the place of the one before, so
/// however fast they come, none that matters is lost.
#[derive(Debug)]
struct Line {
    /// Where the chunks begin, with the order they belong to above its [`FRAME_BITS`]; or [`NOTHING`].
    play: AtomicU64,
    /// Where the next head begins, or [`NOTHING`].
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
    /// Frames per second.
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
        play: AtomicU64::new(NOTHING),
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

/// How many frames a head holds unless the file ends within.
pub fn head_frames(sample_rate: f32) -> usize {
    (HEAD_SECONDS * sample_rate) as usize
}

#[cfg(test)]
mod tests;
