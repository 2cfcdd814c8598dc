//! Chained Ogg files: several streams one behind the other, as radio stations and `cat` make them.
//!
//! Each link is opened as a file of its own, and their frames are counted on from one to the next.

use crate::coded::Coded;
use crate::container::Part;
use crate::decode::DecodeError;
use crate::packets::{Packet, PacketSource};
use crate::pcm::fill;
use jackfield_node::Speaker;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use symphonia::core::io::MediaSource;

/// Most links that are played.
const MOST_LINKS: usize = 10_000;

/// A stretch of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    start: u64,
    length: u64,
    /// Several streams sound together in it. The reader never comes back from looking for a place among them.
    pub(crate) is_multiplexed: bool,
}

/// The links of an Ogg file in their order; none if it is no such file.
pub(crate) fn links(source: &mut dyn MediaSource) -> io::Result<Vec<Link>> {
    /// Set on the first page of a stream.
    const FIRST: u8 = 2;
    let mut links: Vec<Link> = Vec::new();
    let (mut place, mut was_first) = (0, false);
    while let Some(page) = page_at(source, place)? {
        let is_first = page.flags & FIRST != 0;
        // The streams that sound together in a link have their first pages in a row.
        if is_first && !was_first && links.len() < MOST_LINKS {
            links.push(Link { start: page.start, length: 0, is_multiplexed: false });
        }
        if let Some(link) = links.last_mut().filter(|_| is_first && was_first) {
            link.is_multiplexed = true;
        }
        was_first = is_first;
        place = page.start.saturating_add(page.length);
        if let Some(link) = links.last_mut() {
            // What stands between two links belongs to none.
            link.length = place - link.start;
        }
    }
    source.seek(SeekFrom::Start(0))?;
    Ok(links)
}

struct Page {
    start: u64,
    length: u64,
    flags: u8,
}

/// The page at a place. Where there is none, the next one is looked for, unless this is the file's beginning.
fn page_at(source: &mut dyn MediaSource, mut place: u64) -> io::Result<Option<Page>> {
    const MAGIC: &[u8] = b"OggS";
    const HEAD: usize = 27;
    let mut bytes = [0; HEAD + 255];
    loop {
        source.seek(SeekFrom::Start(place))?;
        let read = fill(source, &mut bytes)?;
        if read < HEAD {
            return Ok(None);
        }
        // Behind the magic stands the version, which is 0.
        if bytes.starts_with(MAGIC) && bytes[MAGIC.len()] == 0 {
            let segments = usize::from(bytes[HEAD - 1]);
            let content: u64 = bytes[HEAD..HEAD + segments].iter().map(|length| u64::from(*length)).sum();
            let length = (HEAD + segments) as u64 + content;
            return Ok(Some(Page { start: place, length, flags: bytes[5] }));
        }
        if place == 0 {
            return Ok(None);
        }
        let next = bytes[1..read].windows(MAGIC.len()).position(|window| window == MAGIC);
        place += next.map_or(read - MAGIC.len() + 1, |at| at + 1) as u64;
    }
}

/// One file for several readers on one thread.
#[derive(Clone)]
struct Shared(Arc<Mutex<Box<dyn MediaSource>>>);

impl Shared {
    fn source(&self) -> MutexGuard<'_, Box<dyn MediaSource>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Read for Shared {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.source().read(buffer)
    }
}

impl Seek for Shared {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.source().seek(to)
    }
}

impl MediaSource for Shared {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        self.source().byte_len()
    }
}

/// The links of a file as one sound.
pub(crate) struct Chain {
    source: Shared,
    links: Vec<Link>,
    /// The frame that each link begins with, and at last how many there are; nothing where a link does not
    /// say.
    firsts: Option<Vec<u64>>,
    /// Which link is played, the time of its first packet, and whether that was read.
    at: usize,
    link: Coded,
    origin: Option<i64>,
    /// The frame of the whole that comes next.
    place: u64,
    damaged: usize,
}

impl Chain {
    /// Opens all links: where the channels are heard, and what is odd.
    pub(crate) fn open(
        source: Box<dyn MediaSource>,
        links: &[Link],
    ) -> Result<(Self, Vec<Speaker>, Vec<String>), DecodeError> {
        let source = Shared(Arc::new(Mutex::new(source)));
        let first = open(&source, links[0])?;
        let speakers = first.speakers();
        let shape = shape_of(&mut open(&source, links[0])?)?;
        let (mut played, mut frames) = (Vec::new(), Vec::new());
        let mut oddities = Vec::new();
        for (number, link) in links.iter().enumerate() {
            let Ok(mut opened) = open(&source, *link) else {
                oddities.push(format!(
                    "part {} of {} can't be decoded and is left out",
                    number + 1,
                    links.len()
                ));
                continue;
            };
            frames.push(opened.frames());
            if shape_of(&mut opened).ok() != Some(shape) {
                frames.pop();
                let number = number + 1;
                oddities.push(format!(
                    "part {number} of {} has another rate or other channels and is left out; export all \
                     parts alike",
                    links.len()
                ));
                continue;
            }
            played.push(*link);
        }
        let all: Option<Vec<u64>> = frames.into_iter().collect();
        let firsts = all.map(|frames| {
            let mut sum = 0_u64;
            let mut firsts = vec![0];
            firsts.extend(frames.iter().map(|frames| {
                sum = sum.saturating_add(*frames);
                sum
            }));
            firsts
        });
        let chain =
            Self { source, links: played, firsts, at: 0, link: first, origin: None, place: 0, damaged: 0 };
        Ok((chain, speakers, oddities))
    }

    /// Goes to the beginning of a link; false if it can't be opened.
    fn go_to(&mut self, at: usize) -> bool {
        let Ok(link) = open(&self.source, self.links[at]) else { return false };
        self.damaged += self.link.damaged();
        (self.at, self.link, self.origin) = (at, link, None);
        true
    }
}

fn open(source: &Shared, link: Link) -> Result<Coded, DecodeError> {
    let part = Part::new(Box::new(source.clone()), Vec::new(), link.start, link.length);
    let coded = Coded::open(Box::new(part), "ogg")?;
    Ok(if link.is_multiplexed { coded.without_seeking() } else { coded })
}

/// The rate and the number of channels.
fn shape_of(link: &mut Coded) -> Result<(u32, usize), DecodeError> {
    let mut channels = Vec::new();
    let packet = link.next(&mut channels)?.ok_or(DecodeError::NoSound)?;
    Ok((packet.rate, channels.len()))
}

impl PacketSource for Chain {
    fn next(&mut self, channels: &mut Vec<Vec<f32>>) -> io::Result<Option<Packet>> {
        loop {
            if let Some(packet) = self.link.next(channels)? {
                self.origin.get_or_insert(packet.time);
                let time = self.place as i64;
                self.place += channels.first().map_or(0, Vec::len) as u64;
                return Ok(Some(Packet { time, ..packet }));
            }
            if self.at + 1 == self.links.len() || !self.go_to(self.at + 1) {
                return Ok(None);
            }
        }
    }

    fn seek(&mut self, time: i64) -> bool {
        let Some(firsts) = &self.firsts else { return false };
        let Ok(frame) = u64::try_from(time) else { return false };
        let at = firsts[1..].partition_point(|end| *end <= frame).min(self.links.len() - 1);
        let first = firsts[at];
        if !self.go_to(at) {
            return false;
        }
        self.place = first;
        // The first packet tells from where the link counts.
        let mut packet = Vec::new();
        let Ok(Some(begin)) = self.link.next(&mut packet) else { return false };
        let inside = (frame - first) as i64;
        if inside < packet[0].len() as i64 {
            return self.go_to(at);
        }
        if !self.link.seek(begin.time.saturating_add(inside)) {
            return false;
        }
        // Where it came to is told by the next packet, which is lost; so it is read once more.
        let Ok(Some(there)) = self.link.next(&mut packet) else { return false };
        let Ok(reached) = u64::try_from(there.time - begin.time) else { return false };
        self.place = first + reached;
        self.link.seek(begin.time.saturating_add(inside))
    }

    fn frames(&self) -> Option<u64> {
        self.firsts.as_ref().and_then(|firsts| firsts.last().copied()).filter(|frames| *frames > 0)
    }

    fn counts_frames(&self, rate: u32) -> bool {
        self.link.counts_frames(rate)
    }

    fn damaged(&self) -> usize {
        self.damaged + self.link.damaged()
    }
}
