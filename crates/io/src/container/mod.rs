//! Where the sound lies in WAV, Wave64, AIFF and CAF files, and what they say of it.
//!
//! These formats are chunks around plain samples, and writers take them lightly. They are read here, as
//! leniently as their other readers do; what holds a code that takes a decoder is passed on to it, without
//! what it would stumble over.

mod aiff;
mod caf;
mod chunks;
mod format;
mod notes;
mod part;
mod wave;

pub(crate) use part::Part;

use crate::decode::DecodeError;
use crate::pcm::{PcmLayout, fill};
use jackfield_node::Metadata;
use std::io::SeekFrom;
use symphonia::core::io::MediaSource;

/// What a file holds.
#[derive(Debug)]
pub(crate) struct Contents {
    pub(crate) sound: Sound,
    pub(crate) metadata: Metadata,
    /// What is not as it should be, and what was made of it.
    pub(crate) oddities: Vec<String>,
}

/// Where the sound is.
#[derive(Debug)]
pub(crate) enum Sound {
    /// Plain samples.
    Pcm(PcmLayout),
    /// For a decoder: these bytes, then a stretch of the file. The name's ending says what it is.
    Coded { head: Vec<u8>, start: u64, length: u64, extension: &'static str },
}

/// Looks into a file. Nothing if it is none of these formats, or one that has to be read otherwise.
pub(crate) fn look(source: &mut dyn MediaSource) -> Result<Option<Contents>, DecodeError> {
    let mut magic = [0; 16];
    source.seek(SeekFrom::Start(0))?;
    let read = fill(source, &mut magic)?;
    let contents = match &magic[..read] {
        [b'R', b'I', b'F', b'F' | b'X', _, _, _, _, b'W', b'A', b'V', b'E', ..]
        | [b'R', b'F', b'6', b'4', _, _, _, _, b'W', b'A', b'V', b'E', ..]
        | [b'B', b'W', b'6', b'4', _, _, _, _, b'W', b'A', b'V', b'E', ..] => {
            Some(wave::read(source, magic[3] == b'X')?)
        }
        [b'r', b'i', b'f', b'f', 0x2e, 0x91, 0xcf, 0x11, ..] => Some(wave::read_wave64(source)?),
        [b'F', b'O', b'R', b'M', _, _, _, _, b'A', b'I', b'F', b'F' | b'C', ..] => aiff::read(source)?,
        [b'c', b'a', b'f', b'f', ..] => caf::read(source)?,
        _ => None,
    };
    source.seek(SeekFrom::Start(0))?;
    Ok(contents)
}

/// How many whole frames so many bytes hold, and a word where the file says it has more.
fn frames_of(layout: &PcmLayout, length: u64, announced: u64, oddities: &mut Vec<String>) -> u64 {
    let frames = length / layout.frame_bytes();
    let promised = announced / layout.frame_bytes();
    // What can't be meant is written where the size was not known yet.
    let is_meant = announced < 0x7fff_0000 || layout.frame_bytes() * promised < 2 * length;
    if is_meant && promised > frames {
        oddities
            .push(format!("it is cut off: {frames} of {promised} frames are there; get another copy of it"));
    }
    frames
}
