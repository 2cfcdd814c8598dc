//! An opened sound file, packet by packet, in whatever format.

use crate::chain;
use crate::coded::Coded;
use crate::container::{self, Contents, Part, Sound};
use crate::decode::DecodeError;
use crate::pcm::PcmReader;
use jackfield_node::Metadata;
use std::io;
use symphonia::core::io::MediaSource;

/// What packets come from.
pub(crate) trait PacketSource: Send {
    /// The next packet with sound in it, channel by channel. Nothing at the end, or where a file is cut off:
    /// what is there counts. An error when the system can't read on.
    fn next(&mut self, channels: &mut Vec<Vec<f32>>) -> io::Result<Option<Packet>>;

    /// Goes to the packet that is due at a time or to one before it; false where the file has no way to do
    /// so.
    fn seek(&mut self, time: i64) -> bool;

    /// How many frames the file says it has. None is what writers to a pipe say, who can't know.
    fn frames(&self) -> Option<u64>;

    /// Whether there are just as many frames as the file says.
    fn frames_are_exact(&self) -> bool {
        true
    }

    /// Whether the times of packets count frames at `rate`.
    fn counts_frames(&self, rate: u32) -> bool;

    /// Packets so far that could not be decoded and are missing.
    fn damaged(&self) -> usize;
}

/// A packet with sound in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packet {
    /// Frames per second.
    pub(crate) rate: u32,
    /// When its first frame is due, in the units of its container.
    pub(crate) time: i64,
}

/// The packets of a file's first track of sound.
pub(crate) struct Packets {
    source: Box<dyn PacketSource>,
    metadata: Metadata,
    oddities: Vec<String>,
}

impl Packets {
    /// Opens a file. `extension` is a hint; what counts is the content.
    pub(crate) fn open(mut source: Box<dyn MediaSource>, extension: &str) -> Result<Self, DecodeError> {
        if let Some(Contents { sound, mut metadata, oddities }) = container::look(&mut *source)? {
            let source: Box<dyn PacketSource> = match sound {
                Sound::Pcm(layout) => Box::new(PcmReader::new(source, layout)),
                Sound::Coded { head, start, length, extension } => {
                    let part = Part::new(source, head, start, length);
                    let coded = Coded::open(Box::new(part), extension)?;
                    if metadata.speakers.is_empty() {
                        metadata.speakers = coded.speakers();
                    }
                    Box::new(coded)
                }
            };
            return Ok(Self { source, metadata, oddities });
        }
        let links = chain::links(&mut *source)?;
        if links.len() > 1 {
            let (chain, speakers, oddities) = chain::Chain::open(source, &links)?;
            let metadata = Metadata { speakers, ..Metadata::default() };
            return Ok(Self { source: Box::new(chain), metadata, oddities });
        }
        let mut coded = Coded::open(source, extension)?;
        if links.first().is_some_and(|link| link.is_multiplexed) {
            coded = coded.without_seeking();
        }
        let metadata = Metadata { speakers: coded.speakers(), ..Metadata::default() };
        Ok(Self { source: Box::new(coded), metadata, oddities: Vec::new() })
    }

    /// What the file says of itself.
    pub(crate) fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// What is odd about the file, and what was made of it.
    pub(crate) fn oddities(&self) -> &[String] {
        &self.oddities
    }
}

impl PacketSource for Packets {
    fn next(&mut self, channels: &mut Vec<Vec<f32>>) -> io::Result<Option<Packet>> {
        self.source.next(channels)
    }

    fn seek(&mut self, time: i64) -> bool {
        self.source.seek(time)
    }

    fn frames(&self) -> Option<u64> {
        self.source.frames()
    }

    fn frames_are_exact(&self) -> bool {
        self.source.frames_are_exact()
    }

    fn counts_frames(&self, rate: u32) -> bool {
        self.source.counts_frames(rate)
    }

    fn damaged(&self) -> usize {
        self.source.damaged()
    }
}
