//! A sound file that can be read from any frame on, at its own sample rate, a packet at a time.
//!
//! Frames are the ones that come when the whole file is decoded, in every format: behind a seek some packets
//! are decoded only for what they leave behind in the decoder. A file without a way to seek is read again
//! from its beginning.

use crate::decode::{DecodeError, is_rate, open_file, tamed};
use crate::packets::{Packet, PacketSource, Packets};
use jackfield_node::{ChannelChoice, ChannelMix, Metadata};
use std::path::{Path, PathBuf};

/// How many frames before its goal a seek goes: more than any decoder remembers.
const RUN_UP: u64 = 1 << 14;

/// The file. Loader or control thread; blocks on the disk.
pub(crate) struct Seekable {
    path: PathBuf,
    packets: Packets,
    rate: u32,
    /// When the first frame of the file is due.
    origin: i64,
    packet: Vec<Vec<f32>>,
    choice: ChannelChoice,
    mix: ChannelMix,
    /// The packet's frames on the left and on the right; one side serves both if they are the same.
    sides: [Vec<f32>; 2],
    /// Frames of the packet that have been read.
    used: usize,
    /// Which frame of the file comes next.
    place: u64,
    /// How many frames the file has, once its end was met.
    end: Option<u64>,
}

impl Seekable {
    /// Opens a file at its first frame.
    pub(crate) fn open(path: &Path, choice: ChannelChoice) -> Result<Self, DecodeError> {
        let (file, extension) = open_file(path)?;
        let mut packets = Packets::open(Box::new(file), extension)?;
        let mut packet = Vec::new();
        let Packet { rate, time } = packets.next(&mut packet)?.ok_or(DecodeError::NoSound)?;
        if !is_rate(rate) || packet.is_empty() {
            return Err(DecodeError::Layout);
        }
        let mix = ChannelMix::new(choice, packet.len(), packets.metadata());
        let mut file = Self {
            path: path.to_owned(),
            packets,
            rate,
            origin: time,
            packet,
            choice,
            mix,
            sides: [Vec::new(), Vec::new()],
            used: 0,
            place: 0,
            end: None,
        };
        file.mix_packet();
        Ok(file)
    }

    /// Frames per second.
    pub(crate) fn rate(&self) -> u32 {
        self.rate
    }

    /// How many channels the file has.
    pub(crate) fn channels(&self) -> usize {
        self.packet.len()
    }

    /// What is odd about the file.
    pub(crate) fn oddities(&self) -> &[String] {
        self.packets.oddities()
    }

    /// What is heard of them.
    pub(crate) fn mix(&self) -> &ChannelMix {
        &self.mix
    }

    /// How many frames the file has: as it says, or as many as there were.
    pub(crate) fn frames(&self) -> Option<u64> {
        self.end.or(self.packets.frames())
    }

    /// How many frames the file has, where that is certain.
    pub(crate) fn certain_frames(&self) -> Option<u64> {
        self.end.or(self.packets.frames().filter(|_| self.packets.frames_are_exact()))
    }

    /// Whether the end of the file was met and there is nothing more.
    pub(crate) fn is_at_end(&self) -> bool {
        self.end == Some(self.place)
    }

    /// What the file says of itself.
    pub(crate) fn metadata(&self) -> &Metadata {
        self.packets.metadata()
    }

    /// Goes to a frame, or to the end if that comes first.
    pub(crate) fn seek(&mut self, frame: u64) -> Result<(), DecodeError> {
        if let Some(frames) = self.certain_frames().filter(|frames| frame >= *frames) {
            // Reading up to there would tell nothing new.
            (self.place, self.end) = (frames, Some(frames));
            self.used = self.packet_frames();
            return Ok(());
        }
        let is_near = frame >= self.place && frame - self.place <= RUN_UP && self.end != Some(self.place);
        if !is_near && !self.jump(frame)? {
            *self = Self::open(&self.path, self.choice)?;
        }
        while self.place < frame {
            let ahead = usize::try_from(frame - self.place).unwrap_or(usize::MAX);
            let skipped = self.read(ahead)?[0].len();
            if skipped == 0 {
                break;
            }
        }
        Ok(())
    }

    /// Up to so many frames of the left and right channel, at least one unless the file ends.
    pub(crate) fn read(&mut self, frames: usize) -> Result<[&[f32]; 2], DecodeError> {
        if self.used == self.packet_frames() && self.end != Some(self.place) {
            self.next_packet()?;
        }
        let first = self.used;
        let frames = frames.min(self.packet_frames() - first);
        self.used += frames;
        self.place += frames as u64;
        let right = usize::from(!self.mix.is_mono());
        Ok([0, right].map(|side| &self.sides[side][first..first + frames]))
    }

    fn packet_frames(&self) -> usize {
        self.packet[0].len()
    }

    /// Brings the channels of a packet to the sides.
    fn mix_packet(&mut self) {
        for sample in self.packet.iter_mut().flatten() {
            *sample = tamed(*sample);
        }
        let frames = self.packet_frames();
        let wanted = if self.mix.is_mono() { 1 } else { 2 };
        for (side, samples) in self.sides.iter_mut().enumerate().take(wanted) {
            samples.resize(frames, 0.0);
            self.mix.write(side, &self.packet, samples);
        }
    }

    /// Goes to a packet at or before a frame; false where there is no way to do so.
    fn jump(&mut self, frame: u64) -> Result<bool, DecodeError> {
        if frame <= RUN_UP || !self.packets.counts_frames(self.rate) {
            return Ok(false);
        }
        let goal = i64::try_from(frame - RUN_UP).unwrap_or(i64::MAX);
        if !self.packets.seek(self.origin.saturating_add(goal)) {
            return Ok(false);
        }
        self.end = None;
        let Some(packet) = self.next_packet()? else { return Ok(false) };
        let place = packet.time.checked_sub(self.origin).and_then(|place| u64::try_from(place).ok());
        self.place = place.unwrap_or(u64::MAX);
        Ok(self.place <= frame)
    }

    /// Decodes the next packet, or notes the end: also where the rate or the channels change.
    fn next_packet(&mut self) -> Result<Option<Packet>, DecodeError> {
        let channels = self.packet.len();
        let mut packet = std::mem::take(&mut self.packet);
        let next = self.packets.next(&mut packet);
        let next = next.map(|next| next.filter(|next| next.rate == self.rate && packet.len() == channels));
        let fits = matches!(next, Ok(Some(_)));
        packet.resize(channels, Vec::new());
        self.packet = packet;
        self.used = 0;
        if !fits {
            self.packet.iter_mut().for_each(Vec::clear);
        }
        self.mix_packet();
        if matches!(next, Ok(None)) {
            self.end = Some(self.place);
        }
        Ok(next?)
    }
}
