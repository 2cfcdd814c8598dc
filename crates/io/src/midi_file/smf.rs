//! Standard MIDI Files as they are found: what can be read is read, and what is wrong is told.
//!
//! Files end in a line feed or in zeros, announce tracks that are not there, say wrong lengths, and rely on
//! running status where it should have ended. Other players play them, and so does this reader. Only what
//! says nothing at all is an error.

use super::MidiFault;
use jackfield_node::Midi;

/// Most oddities that are told of one file; the others are counted.
const MOST_TOLD: usize = 6;
/// How many bytes may stand before the header, as some mail programs and old systems put there.
const MOST_BEFORE: usize = 1 << 12;

/// What one tick is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Division {
    /// Ticks per quarter note.
    Beat(u16),
    /// Frames per second times 100, so that drop-frame's 29.97 is its own, and ticks per frame.
    Time(u16, u16),
}

/// What was found in a file.
#[derive(Debug)]
pub(super) struct File {
    /// As the header says: 2 is a row of patterns.
    pub(super) format: u16,
    pub(super) division: Division,
    pub(super) tracks: Vec<Vec<Mark>>,
    /// What is wrong with it, and what was made of it.
    pub(super) oddities: Vec<String>,
}

/// Something at a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) tick: u64,
    pub(super) kind: MarkKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MarkKind {
    Midi(Midi),
    /// Microseconds per beat from here on.
    Tempo(u32),
    EndOfTrack,
}

/// Reads a file.
pub(super) fn read(bytes: &[u8]) -> Result<File, MidiFault> {
    let mut oddities = FileOddities::default();
    let bytes = from_header(bytes, &mut oddities).ok_or(MidiFault::NotMidi)?;
    let header = bytes.get(..14).ok_or(MidiFault::CutOff)?;
    let word = |at: usize| u16::from_be_bytes([header[at], header[at + 1]]);
    let length = length_of(header);
    let (format, announced) = (word(8), usize::from(word(10)));
    let division = division_of(word(12)).ok_or(MidiFault::Division)?;
    if length < 6 || length > bytes.len() - 8 {
        oddities.tell("the length of its header is wrong and taken as 6".to_owned());
    }
    if format > 2 {
        oddities
            .tell(format!("it says it is of format {format}, which does not exist; all tracks are played"));
    }
    let length = if length < 6 || length > bytes.len() - 8 { 6 } else { length };
    let mut tracks = Vec::new();
    let mut rest = &bytes[8 + length..];
    while let Some((body, behind)) = next_track(rest, tracks.len() + 1, &mut oddities) {
        let number = tracks.len() + 1;
        tracks.push(Track::new(body, number).read(&mut oddities));
        rest = behind;
    }
    if tracks.len() != announced {
        let (found, s) = (tracks.len(), if announced == 1 { "" } else { "s" });
        oddities.tell(format!("it announces {announced} track{s} and has {found}"));
    }
    if tracks.is_empty() && announced > 0 {
        return Err(MidiFault::CutOff);
    }
    Ok(File { format, division, tracks, oddities: oddities.list() })
}

/// The file from its header on: the content of an RMID file, or what stands behind a few other bytes.
fn from_header<'b>(bytes: &'b [u8], oddities: &mut FileOddities) -> Option<&'b [u8]> {
    const MAGIC: &[u8] = b"MThd";
    let most = bytes.len().min(MOST_BEFORE);
    let at = bytes[..most].windows(MAGIC.len()).position(|window| window == MAGIC)?;
    if bytes.starts_with(b"RIFF") && at >= 4 {
        // What stands behind is no part of the chunk that holds it.
        let size = u32::from_le_bytes([bytes[at - 4], bytes[at - 3], bytes[at - 2], bytes[at - 1]]);
        let inside = &bytes[at..];
        return Some(inside.get(..size as usize).filter(|_| size >= 14).unwrap_or(inside));
    }
    if at > 0 {
        oddities.tell(format!("{at} bytes before its header are left out"));
    }
    Some(&bytes[at..])
}

/// The length that a chunk says it has. It has the eight bytes of its head at least.
fn length_of(chunk: &[u8]) -> usize {
    u32::from_be_bytes([chunk[4], chunk[5], chunk[6], chunk[7]]) as usize
}

fn division_of(word: u16) -> Option<Division> {
    let [high, low] = word.to_be_bytes();
    if high < 0x80 {
        return (word > 0).then_some(Division::Beat(word));
    }
    let hundredths = match high.wrapping_neg() {
        24 => 2_400,
        25 => 2_500,
        29 => 2_997,
        30 => 3_000,
        _ => return None,
    };
    (low > 0).then_some(Division::Time(hundredths, low.into()))
}

/// The bytes of the next track and what stands behind them.
fn next_track<'b>(
    mut rest: &'b [u8],
    number: usize,
    oddities: &mut FileOddities,
) -> Option<(&'b [u8], &'b [u8])> {
    loop {
        let is_track = rest.starts_with(b"MTrk");
        if rest.len() >= 8 && (is_track || is_name(&rest[..4])) {
            let (length, body) = (length_of(rest), &rest[8..]);
            if is_track {
                let end = track_end(body, length);
                if end != length {
                    oddities.tell(format!("track {number} says it has {length} bytes and has {end}"));
                }
                return Some(body.split_at(end));
            }
            if length <= body.len() {
                // A chunk of some other kind, which the standard allows.
                rest = &body[length..];
                continue;
            }
        }
        if rest.is_empty() {
            return None;
        }
        // No track begins right here, or it was returned above.
        let next = rest[1..].windows(4).position(|window| window == b"MTrk").map_or(rest.len(), |at| at + 1);
        let place = if next < rest.len() { "between two tracks" } else { "behind the last track" };
        let (count, s) = (next, if next == 1 { " is" } else { "s are" });
        oddities.tell(format!("{count} byte{s} left out {place}"));
        rest = &rest[next..];
    }
}

/// Where a track ends that says it has this length.
fn track_end(body: &[u8], length: usize) -> usize {
    if let Some(behind) = body.get(length..) {
        let is_chunk = behind.len() >= 8 && is_name(&behind[..4]) && length_of(behind) <= behind.len() - 8;
        if behind.is_empty() || behind.starts_with(b"MTrk") || is_chunk || ends_well(&body[..length]) {
            return length;
        }
    }
    // A length that leads nowhere: the track goes on to the next one, or to the end of the file.
    body.windows(4).position(|window| window == b"MTrk").unwrap_or(body.len())
}

/// Whether a track ends with an end of track.
fn ends_well(track: &[u8]) -> bool {
    track.ends_with(&[0xff, 0x2f, 0])
}

fn is_name(name: &[u8]) -> bool {
    name.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ')
}

/// Collects what to tell.
#[derive(Default)]
struct FileOddities(Vec<String>);

impl FileOddities {
    fn tell(&mut self, what: String) {
        self.0.push(what);
    }

    fn list(mut self) -> Vec<String> {
        let more = self.0.len().saturating_sub(MOST_TOLD);
        if more > 0 {
            self.0.truncate(MOST_TOLD);
            self.0.push(format!("and {more} more of the kind"));
        }
        self.0
    }
}

/// A track that is being read.
struct Track<'b> {
    bytes: &'b [u8],
    number: usize,
    at: usize,
    tick: u64,
    marks: Vec<Mark>,
    /// The status that a message without one has.
    running: Option<u8>,
    /// Something stood in between that should have ended it.
    is_interrupted: bool,
    was_told: bool,
    /// Data bytes that were none.
    clipped: usize,
}

/// Why a track was not read on.
enum Stop {
    End,
    CutOff,
    Damaged,
}

impl<'b> Track<'b> {
    fn new(bytes: &'b [u8], number: usize) -> Self {
        Self {
            bytes,
            number,
            at: 0,
            tick: 0,
            marks: Vec::new(),
            running: None,
            is_interrupted: false,
            was_told: false,
            clipped: 0,
        }
    }

    /// Everything up to the end of the track, or as far as it makes sense.
    fn read(mut self, oddities: &mut FileOddities) -> Vec<Mark> {
        let number = self.number;
        let stop = loop {
            if self.at == self.bytes.len() {
                oddities.tell(format!("track {number} has no end mark"));
                break Stop::End;
            }
            if let Err(stop) = self.event(oddities) {
                break stop;
            }
        };
        match stop {
            Stop::End => {}
            Stop::CutOff => oddities.tell(format!("track {number} is cut off")),
            Stop::Damaged => oddities.tell(format!(
                "track {number} is damaged at its byte {}; the rest of it is left out",
                self.at + 1
            )),
        }
        if self.clipped > 0 {
            let (count, s) = (self.clipped, if self.clipped == 1 { "" } else { "s" });
            oddities.tell(format!("{count} value{s} above 127 in track {number} count as 127"));
        }
        self.mark(MarkKind::EndOfTrack);
        self.marks
    }

    fn mark(&mut self, kind: MarkKind) {
        self.marks.push(Mark { tick: self.tick, kind });
    }

    fn event(&mut self, oddities: &mut FileOddities) -> Result<(), Stop> {
        let start = self.at;
        let delta = self.number()?;
        self.tick += u64::from(delta);
        let first = *self.bytes.get(self.at).ok_or(Stop::CutOff)?;
        match first {
            0xff => self.meta(oddities),
            0xf0 | 0xf7 => {
                self.at += 1;
                self.is_interrupted = true;
                let length = self.number()?;
                self.skip(length)
            }
            // What belongs on a wire and not into a file.
            0xf1..=0xfe => {
                self.at += 1;
                self.skip(match first {
                    0xf2 => 2,
                    0xf1 | 0xf3 => 1,
                    _ => 0,
                })
            }
            0x80..=0xef => {
                self.at += 1;
                (self.running, self.is_interrupted) = (Some(first), false);
                self.message(first)
            }
            _ => {
                let Some(status) = self.running else {
                    self.at = start;
                    return Err(Stop::Damaged);
                };
                if self.is_interrupted && !std::mem::replace(&mut self.was_told, true) {
                    let number = self.number;
                    oddities.tell(format!("running status in track {number} goes on over other events"));
                }
                self.message(status)
            }
        }
    }

    fn meta(&mut self, oddities: &mut FileOddities) -> Result<(), Stop> {
        self.is_interrupted = true;
        let kind = *self.bytes.get(self.at + 1).ok_or(Stop::CutOff)?;
        self.at += 2;
        let length = self.number()?;
        let content = self.bytes.get(self.at..).unwrap_or_default();
        match kind {
            0x2f => {
                let left = content.len().saturating_sub(length as usize);
                if left > 0 {
                    let number = self.number;
                    oddities.tell(format!("{left} bytes behind the end mark of track {number} are left out"));
                }
                return Err(Stop::End);
            }
            0x51 => {
                if let (3.., Some(&[high, middle, low])) = (length, content.first_chunk()) {
                    match u32::from_be_bytes([0, high, middle, low]) {
                        0 => oddities.tell("a tempo without end is left out".to_owned()),
                        tempo => self.mark(MarkKind::Tempo(tempo)),
                    }
                }
            }
            _ => {}
        }
        self.skip(length)
    }

    fn message(&mut self, status: u8) -> Result<(), Stop> {
        let first = self.data()?;
        // Programs and the pressure of a channel have one byte.
        let second = if matches!(status & 0xf0, 0xc0 | 0xd0) { 0 } else { self.data()? };
        self.mark(MarkKind::Midi([status, first, second]));
        Ok(())
    }

    /// A byte of seven bits; what is more counts as the most.
    fn data(&mut self) -> Result<u8, Stop> {
        let byte = *self.bytes.get(self.at).ok_or(Stop::CutOff)?;
        self.at += 1;
        self.clipped += usize::from(byte > 127);
        Ok(byte.min(127))
    }

    fn skip(&mut self, length: u32) -> Result<(), Stop> {
        let end = self.at.saturating_add(length as usize);
        if end > self.bytes.len() {
            self.at = self.bytes.len();
            return Err(Stop::CutOff);
        }
        self.at = end;
        Ok(())
    }

    /// A number of up to four bytes of seven bits each.
    fn number(&mut self) -> Result<u32, Stop> {
        let start = self.at;
        let mut number = 0;
        for _ in 0..4 {
            let byte = *self.bytes.get(self.at).ok_or(Stop::CutOff)?;
            self.at += 1;
            number = number << 7 | u32::from(byte & 0x7f);
            if byte < 0x80 {
                return Ok(number);
            }
        }
        self.at = start;
        Err(Stop::Damaged)
    }
}
