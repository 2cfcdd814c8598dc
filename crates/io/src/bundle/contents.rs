//! Whether a file is something that a node plays, told by what is in it and never by its name.

use crate::decode::{guarded, open_file};
use crate::packets::Packets;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// How much of a file is read to know whether it is MIDI or a scale.
const BEGINNING: u64 = 4096;

/// Whether this ordinary file is a sound, a MIDI file, a Scala scale or a keyboard map.
///
/// # Errors
/// Where it can't be read.
pub(super) fn is_playable(path: &Path) -> io::Result<bool> {
    let mut beginning = Vec::new();
    File::open(path)?.take(BEGINNING).read_to_end(&mut beginning)?;
    Ok(is_midi(&beginning) || is_scale(&beginning) || is_keyboard_map(&beginning) || is_sound(path))
}

/// A Standard MIDI File, in a RIFF file or not.
fn is_midi(beginning: &[u8]) -> bool {
    beginning.starts_with(b"MThd")
        || (beginning.starts_with(b"RIFF") && beginning.get(8..12) == Some(b"RMID"))
}

/// A scale: a description in one line, the number of notes in the next, then a line for each, a ratio or
/// cents. Lines that begin with `!` are remarks.
fn is_scale(beginning: &[u8]) -> bool {
    let Some(lines) = lines(beginning) else { return false };
    let mut lines = lines.into_iter().skip(1).filter(|line| !line.trim().is_empty());
    let count = lines.next().filter(|count| begins_with_number(count));
    let count = count.and_then(|count| count.split_whitespace().next()?.parse::<usize>().ok());
    let is_note =
        |line: String| line.trim_start().starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    // A long scale ends behind what was read.
    count.is_some_and(|count| lines.take(count).all(is_note))
}

/// A keyboard map: seven numbers in a line each, then degrees of a scale or `x`.
fn is_keyboard_map(beginning: &[u8]) -> bool {
    let Some(lines) = lines(beginning) else { return false };
    let lines: Vec<String> = lines.into_iter().filter(|line| !line.trim().is_empty()).collect();
    let is_entry = |line: &String| begins_with_number(line) || line.trim_start().starts_with(['x', 'X']);
    // The last line may be cut off.
    lines.len() >= 7 && lines[..7].iter().all(|line| begins_with_number(line)) && lines.iter().all(is_entry)
}

fn is_sound(path: &Path) -> bool {
    let opens = || open_file(path).is_ok_and(|(file, ending)| Packets::open(Box::new(file), ending).is_ok());
    guarded(opens).unwrap_or(false)
}

/// The lines of a text that are no remarks. Nothing if these bytes are no text.
fn lines(beginning: &[u8]) -> Option<Vec<String>> {
    // Scala files are ASCII or Latin-1, and UTF-8 by some writers.
    let is_text = |byte: &u8| *byte >= b' ' || matches!(byte, b'\n' | b'\r' | b'\t' | 0x1a);
    beginning.iter().all(is_text).then(|| {
        let text: String = beginning.iter().copied().map(char::from).collect();
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        text.lines().filter(|line| !line.starts_with('!')).map(str::to_owned).collect()
    })
}

fn begins_with_number(line: &str) -> bool {
    let word = line.split_whitespace().next().unwrap_or_default();
    word.strip_prefix('-').unwrap_or(word).starts_with(|letter: char| letter.is_ascii_digit())
        && word.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_kept(name: &str, content: &[u8]) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        is_playable(&path).unwrap()
    }

    #[test]
    fn music_is_told_by_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let mut writer = hound::WavWriter::create(
            &path,
            hound::WavSpec {
                channels: 1,
                sample_rate: 48_000,
                bits_per_sample: 16,
                sample_format: hound::SampleFormat::Int,
            },
        )
        .unwrap();
        writer.write_sample(1_i16).unwrap();
        writer.finalize().unwrap();
        let wav = std::fs::read(path).unwrap();
        assert!(is_kept("a.wav", &wav) && is_kept("no ending", &wav));
        assert!(is_kept("a.mid", b"MThd\0\0\0\x06\0\0\0\x01\0\x60"));
        assert!(is_kept("a.scl", b"! a.scl\n!\nJust major\n 2\n!\n 3/2\n 2/1\n"));
        assert!(is_kept("a.scl", b"! a.scl\r!\rGr\xfc\xdfe\r 1\r 2/1\r"));
        let map = b"! a map\n12\n0\n127\n60\n69\n440.0\n12\n! keys\n0\n1\nx\n3\n";
        assert!(is_kept("a.kbm", map));
    }

    /// What lies in a home folder, under names that a stranger's patch may give to a node.
    #[test]
    fn what_may_be_private_is_not() {
        let letter = b"Dear Ada,\nwhat follows is for your eyes only.\nYours\n";
        let key =
            b"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n";
        let table = b"name,amount\nAda,12\nBob,13\n";
        for (name, content) in [
            ("letter.scl", &letter[..]),
            ("key.wav", key),
            ("key.kbm", key),
            ("table.mid", table),
            ("numbers.scl", b"Numbers\n4\nrosebud\n"),
            ("settings.scl", b"{\"a\": 1,\n\"b\": 2}\n"),
            ("program.wav", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0"),
            ("archive.wav", b"PK\x03\x04"),
            ("nothing.wav", b""),
        ] {
            assert!(!is_kept(name, content), "{name}");
        }
    }
}
