//! MIDI files: Standard MIDI Files of format 0, 1 and 2 (its first pattern) as messages at exact frames.
//!
//! A file that breaks the standard is played as far as it can be read, and says what was odd about it.
//!
//! Time is counted in whole numbers, microseconds times ticks, and divided once for each message, so
//! each lands on the nearest frame however long the file is. Only channel messages are kept: notes,
//! controllers, pressure, programs and pitch bend.

mod smf;

use jackfield_node::{MidiAsset, TimedMidi};
use smf::{Division, Mark, MarkKind};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Largest file that is read, in bytes.
const MAX_BYTES: u64 = 16 << 20;
/// Longest music that is played, in seconds: one day.
const MAX_SECONDS: u128 = 24 * 3600;
/// The format that is a row of patterns.
const SEQUENTIAL: u16 = 2;
/// Microseconds per beat until the file says otherwise: 120 beats per minute.
const DEFAULT_TEMPO: u32 = 500_000;

/// Why a MIDI file could not be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MidiFileError {
    /// The operating system refuses.
    #[error("can't read MIDI file '{}': {source}; check the name", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// From the operating system.
        source: std::io::Error,
    },
    /// It is a folder, a device or a pipe.
    #[error("can't read MIDI file '{}': it is no ordinary file; give the name of a .mid \
        file", path.display())]
    NoFile {
        /// The file.
        path: PathBuf,
    },
    /// The content is wrong.
    #[error("can't read MIDI file '{}': {fault}; export it again", path.display())]
    Bad {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        fault: MidiFault,
    },
}

/// What is wrong with the bytes of a MIDI file.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum MidiFault {
    /// No MIDI header.
    #[error("it is no Standard MIDI File")]
    NotMidi,
    /// The file ends before its first track.
    #[error("it is cut off before its first note")]
    CutOff,
    /// The header's time unit is impossible.
    #[error("its time division makes no sense")]
    Division,
    /// More than 16 MiB.
    #[error("it is larger than 16 MiB")]
    TooLarge,
}

/// Reads a file for playing at `sample_rate` frames per second.
///
/// # Errors
///
/// Where the file can't be read or is no MIDI file that can be played. Blocks on the disk.
pub fn load(path: &Path, sample_rate: u32) -> Result<MidiAsset, MidiFileError> {
    let unreadable = |source| MidiFileError::Unreadable { path: path.to_owned(), source };
    let bad = |fault| MidiFileError::Bad { path: path.to_owned(), fault };
    let data = path.metadata().map_err(unreadable)?;
    if !data.is_file() {
        return Err(MidiFileError::NoFile { path: path.to_owned() });
    }
    if data.len() > MAX_BYTES {
        return Err(bad(MidiFault::TooLarge));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    parse(&bytes, sample_rate).map_err(bad)
}

/// Reads the bytes of a file for playing at `sample_rate` frames per second.
///
/// # Errors
///
/// Where the bytes are no MIDI file that can be played. Control thread.
pub fn parse(bytes: &[u8], sample_rate: u32) -> Result<MidiAsset, MidiFault> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(MidiFault::TooLarge);
    }
    let smf::File { format, division, mut tracks, mut oddities } = smf::read(bytes)?;
    if format == SEQUENTIAL && tracks.len() > 1 {
        oddities.push(format!(
            "it is a row of {} patterns (format 2), of which the first one is played",
            tracks.len()
        ));
        tracks.truncate(1);
    }
    let mut marks = tracks.concat();
    // Stable: marks of one tick stay in the order of the file.
    marks.sort_by_key(|mark| mark.tick);
    let mut file = place(&marks, Clock::new(division, sample_rate));
    if file.is_too_long {
        oddities.push("what comes after a day is left out".to_owned());
    }
    file.asset.oddities = oddities;
    Ok(file.asset)
}

/// Turns ticks into frames. Time is a whole number of units; a second has `units_per_second`.
struct Clock {
    sample_rate: u128,
    units_per_second: u128,
    units_per_tick: u128,
    follows_tempo: bool,
    now: u128,
    tick: u64,
}

impl Clock {
    fn new(division: Division, sample_rate: u32) -> Self {
        let (units_per_second, units_per_tick, follows_tempo) = match division {
            // A tick is tempo / ticks-per-beat microseconds.
            Division::Beat(ticks) => (1_000_000 * u128::from(ticks), DEFAULT_TEMPO.into(), true),
            // 29.97 frames per second are exactly 30,000 in 1,001 seconds.
            Division::Time(2_997, ticks) => (30_000 * u128::from(ticks), 1_001, false),
            Division::Time(hundredths, ticks) => (u128::from(hundredths) * u128::from(ticks), 100, false),
        };
        let sample_rate = sample_rate.into();
        Self { sample_rate, units_per_second, units_per_tick, follows_tempo, now: 0, tick: 0 }
    }

    /// The frame nearest to a tick that is no earlier than the one before; none after a day.
    fn advance(&mut self, tick: u64) -> Option<u64> {
        self.now += u128::from(tick - self.tick) * self.units_per_tick;
        self.tick = tick;
        if self.now > MAX_SECONDS * self.units_per_second {
            return None;
        }
        let doubled = 2 * self.now * self.sample_rate + self.units_per_second;
        Some((doubled / (2 * self.units_per_second)) as u64)
    }

    fn set_tempo(&mut self, microseconds_per_beat: u32) {
        if self.follows_tempo {
            self.units_per_tick = microseconds_per_beat.into();
        }
    }
}

#[derive(Default)]
struct Placed {
    asset: MidiAsset,
    is_too_long: bool,
}

/// Gives every message its frame.
fn place(marks: &[Mark], mut clock: Clock) -> Placed {
    let mut placed = Placed::default();
    for mark in marks {
        let Some(frame) = clock.advance(mark.tick) else {
            placed.is_too_long = true;
            break;
        };
        placed.asset.frames = frame;
        match mark.kind {
            MarkKind::Midi(midi) => placed.asset.events.push(TimedMidi { frame, midi }),
            MarkKind::Tempo(tempo) => clock.set_tempo(tempo),
            MarkKind::EndOfTrack => {}
        }
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;
    use midly::num::{u4, u7, u15, u24, u28};
    use midly::{Format, Fps, Header, MetaMessage, MidiMessage, Smf, Timing, TrackEvent, TrackEventKind};
    use proptest::prelude::*;

    fn note(delta: u32, key: u8) -> TrackEvent<'static> {
        let message = MidiMessage::NoteOn { key: u7::new(key), vel: u7::new(100) };
        TrackEvent { delta: u28::new(delta), kind: TrackEventKind::Midi { channel: u4::new(3), message } }
    }

    fn meta(delta: u32, message: MetaMessage<'static>) -> TrackEvent<'static> {
        TrackEvent { delta: u28::new(delta), kind: TrackEventKind::Meta(message) }
    }

    fn tempo(delta: u32, microseconds: u32) -> TrackEvent<'static> {
        meta(delta, MetaMessage::Tempo(u24::new(microseconds)))
    }

    fn bytes(format: Format, timing: Timing, tracks: Vec<Vec<TrackEvent<'static>>>) -> Vec<u8> {
        let mut smf = Smf::new(Header::new(format, timing));
        smf.tracks = tracks;
        let mut bytes = Vec::new();
        smf.write_std(&mut bytes).unwrap();
        bytes
    }

    fn metrical(ticks: u16) -> Timing {
        Timing::Metrical(u15::new(ticks))
    }

    #[test]
    fn an_hour_at_137_beats_does_not_drift() {
        // 437,956 microseconds per beat is what a file can say of 137 beats per minute.
        const BEATS: u32 = 137 * 60;
        let mut track = vec![tempo(0, 437_956)];
        track.extend((0..BEATS * 4).map(|_| note(120, 60)));
        let file = parse(&bytes(Format::SingleTrack, metrical(480), vec![track]), 44_100).unwrap();
        assert_eq!(file.events.len() as u32, BEATS * 4);
        for (index, event) in file.events.iter().enumerate() {
            let seconds = (index + 1) as f64 * 0.437_956 / 4.0;
            let error = event.frame as f64 - seconds * 44_100.0;
            assert!(error.abs() <= 0.500_001, "event {index} is {error} frames off");
        }
        assert_eq!(file.frames, file.events.last().unwrap().frame);
    }

    #[test]
    fn tempo_changes_count_from_where_they_stand() {
        let conductor = vec![tempo(480, 1_000_000), tempo(480, 250_000)];
        let notes = vec![note(0, 1), note(240, 2), note(240, 3), note(480, 4), note(960, 5)];
        let file = parse(&bytes(Format::Parallel, metrical(480), vec![conductor, notes]), 48_000).unwrap();
        let frames: Vec<_> = file.events.iter().map(|event| event.frame).collect();
        // Seconds: 0, 0.25, 0.5, then one beat at 60 bpm, then two at 240.
        assert_eq!(frames, [0, 12_000, 24_000, 72_000, 96_000]);
    }

    #[test]
    fn smpte_time_ignores_tempo() {
        let track = || vec![tempo(0, 1), note(80, 1), note(10_000_000, 2)];
        let at = |fps| {
            let bytes = bytes(Format::SingleTrack, Timing::Timecode(fps, 80), vec![track()]);
            parse(&bytes, 48_000).unwrap().events.iter().map(|e| e.frame).collect::<Vec<_>>()
        };
        assert_eq!(at(Fps::Fps25), [1920, 240_001_920]);
        // 10,000,080 ticks of 1001 / (30000 * 80) seconds, by hand.
        assert_eq!(at(Fps::Fps29), [1602, 200_201_602]);
    }

    #[test]
    fn tracks_merge_in_order_of_time() {
        let tracks = || vec![vec![note(10, 1), note(10, 2)], vec![note(10, 3), note(5, 4)]];
        let keys = |format| {
            let file = parse(&bytes(format, metrical(96), tracks()), 48_000).unwrap();
            file.events.iter().map(|e| e.midi[1]).collect::<Vec<_>>()
        };
        assert_eq!(keys(Format::Parallel), [1, 3, 4, 2]);
        assert_eq!(keys(Format::Sequential), [1, 2], "of format 2 the first pattern plays");
    }

    #[test]
    fn running_status_and_every_message() {
        let track = [
            &[0, 0x93, 60, 100, 5, 60, 0][..], // The second note on has no status byte.
            &[0, 0x83, 61, 7, 0, 0xa3, 62, 8, 0, 0xb3, 1, 9, 0, 0xc3, 10, 0, 0xd3, 11, 0, 0xe3, 0x12, 0x34],
            &[0, 0xf0, 2, 1, 0xf7, 0, 0xff, 0x2f, 0],
        ]
        .concat();
        let mut file = b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk".to_vec();
        file.extend((track.len() as u32).to_be_bytes());
        file.extend(&track);
        let midi: Vec<_> = parse(&file, 48_000).unwrap().events.iter().map(|event| event.midi).collect();
        let expected = [
            [0x93, 60, 100],
            [0x93, 60, 0],
            [0x83, 61, 7],
            [0xa3, 62, 8],
            [0xb3, 1, 9],
            [0xc3, 10, 0],
            [0xd3, 11, 0],
            [0xe3, 0x12, 0x34],
        ];
        assert_eq!(midi, expected);
        for length in 0..file.len() {
            let cut = parse(&file[..length], 48_000);
            // Eight bytes of a track tell that there is one.
            assert_eq!(cut.is_ok(), length >= 22, "cut after {length} bytes: {cut:?}");
            if let Ok(cut) = cut {
                assert!(!cut.oddities.is_empty(), "cut after {length} bytes");
                assert!(midi.starts_with(&cut.events.iter().map(|event| event.midi).collect::<Vec<_>>()));
            }
        }
    }

    #[test]
    fn faults_are_named() {
        let good = bytes(Format::SingleTrack, metrical(96), vec![vec![note(0, 1)]]);
        let fault = |bytes: &[u8]| parse(bytes, 48_000).unwrap_err();
        assert_eq!(fault(b""), MidiFault::NotMidi);
        assert_eq!(fault(b"RIFF\x10\0\0\0WAVEdata"), MidiFault::NotMidi);
        assert_eq!(fault(&good[..13]), MidiFault::CutOff);
        assert_eq!(fault(&good[..20]), MidiFault::CutOff);
        assert_eq!(fault(b"Dear all,\r\nthis is a letter and no music.\r\n"), MidiFault::NotMidi);
        assert_eq!(fault(&bytes(Format::SingleTrack, metrical(0), vec![])), MidiFault::Division);
        let mut minus_128 = good.clone();
        minus_128[12] = 0x80;
        assert_eq!(fault(&minus_128), MidiFault::Division);
        assert_eq!(fault(&vec![0; 17 << 20]), MidiFault::TooLarge);
    }

    /// A file of one track of these bytes.
    fn file_of(track: &[u8]) -> Vec<u8> {
        let length = (track.len() as u32).to_be_bytes();
        [b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk".as_slice(), &length, track].concat()
    }

    /// A note of a beat.
    const NOTE: [u8; 12] = [0, 0x90, 60, 100, 0x60, 0x80, 60, 0, 0, 0xff, 0x2f, 0];

    /// The messages of a file, and what was odd.
    fn read(bytes: &[u8]) -> (usize, Vec<String>) {
        let file = parse(bytes, 48_000).unwrap();
        (file.events.len(), file.oddities)
    }

    #[test]
    fn what_stands_behind_the_last_track_does_no_harm() {
        let good = file_of(&NOTE);
        assert_eq!(read(&good), (2, vec![]));
        for tail in [&b"\n"[..], b"\r\n", &[0x1a; 40], &[0; 512], b"\0", b"bye\n", b"12345678901234567890"] {
            let (events, oddities) = read(&[&good, tail].concat());
            assert_eq!(events, 2, "{tail:?}");
            assert!(
                oddities.len() == 1 && oddities[0].contains("left out behind the last track"),
                "{oddities:?}"
            );
        }
        // Chunks of other kinds are no fault, before a track or behind.
        let alien = b"XFIH\0\0\0\x03abc";
        assert_eq!(read(&[&good, &alien[..]].concat()), (2, vec![]));
        assert_eq!(read(&[&good[..14], alien, &good[14..]].concat()), (2, vec![]));
    }

    #[test]
    fn lengths_and_counts_that_are_wrong_are_told() {
        let odd = |change: &dyn Fn(&mut Vec<u8>), word: &str| {
            let mut bytes = [&file_of(&NOTE)[..], b"MTrk", &[0, 0, 0, 12], &NOTE].concat();
            bytes[11] = 2;
            assert_eq!(read(&bytes), (4, vec![]));
            change(&mut bytes);
            let (events, oddities) = read(&bytes);
            assert!(oddities.iter().any(|oddity| oddity.contains(word)), "{word}: {oddities:?}");
            events
        };
        assert_eq!(odd(&|bytes| bytes[41] = 13, "track 2 says it has 13 bytes and has 12"), 4);
        assert_eq!(odd(&|bytes| bytes[38] = 0xff, "has 12"), 4);
        assert_eq!(odd(&|bytes| bytes[21] = 13, "track 1 says it has 13 bytes and has 12"), 4);
        assert_eq!(odd(&|bytes| bytes[21] = 5, "track 1 says it has 5 bytes and has 12"), 4);
        assert_eq!(odd(&|bytes| bytes[11] = 9, "announces 9 tracks and has 2"), 4);
        assert_eq!(odd(&|bytes| bytes[11] = 1, "announces 1 track and has 2"), 4);
        assert_eq!(odd(&|bytes| bytes[9] = 7, "format 7"), 4);
        assert_eq!(odd(&|bytes| bytes[9] = 2, "patterns"), 2);
        assert_eq!(odd(&|bytes| bytes[7] = 0, "header"), 4);
        assert_eq!(odd(&|bytes| bytes.truncate(48), "track 2 is cut off"), 3);
        assert_eq!(odd(&|bytes| drop(bytes.splice(0..0, *b"From: me\n\n")), "10 bytes before"), 4);
    }

    #[test]
    fn events_that_break_the_standard_are_played_as_far_as_they_make_sense() {
        let odd = |track: &[u8], word: &str| {
            let (events, oddities) = read(&file_of(track));
            assert!(oddities.len() == 1 && oddities[0].contains(word), "{word}: {oddities:?}");
            events
        };
        let end = [0, 0xff, 0x2f, 0];
        let over_meta = [&[0, 0x90, 60, 100, 0, 0xff, 1, 1, b'x', 5, 60, 0, 5, 61, 9][..], &end].concat();
        assert_eq!(odd(&over_meta, "running status in track 1"), 3);
        assert_eq!(odd(&[&[0, 0x90, 60, 200][..], &end].concat(), "1 value above 127"), 1);
        assert_eq!(odd(&[0, 0x90, 60, 100], "no end mark"), 1);
        assert_eq!(odd(&[&NOTE[..], &NOTE].concat(), "12 bytes behind the end mark"), 2);
        assert_eq!(odd(&[0, 0x90, 60, 100, 0xff, 0xff, 0xff, 0xff, 0], "damaged at its byte 5"), 1);
        assert_eq!(odd(&[0, 60, 100], "damaged at its byte 1"), 0);
        assert_eq!(odd(&[&[0, 0xff, 0x51, 3, 0, 0, 0][..], &NOTE].concat(), "tempo"), 2);
        // Messages of a wire are passed over without a word.
        assert_eq!(read(&file_of(&[&[0, 0xf8, 0, 0xf2, 1, 2, 0, 0xf3, 1][..], &NOTE].concat())), (2, vec![]));
    }

    #[test]
    fn a_file_in_a_riff_file_is_found() {
        let inside = file_of(&[&[0, 0xf0, 1, 0xf7][..], &NOTE, &[]].concat());
        let mut file = b"RIFF\0\0\0\0RMIDdata".to_vec();
        file.extend((inside.len() as u32).to_le_bytes());
        file.extend(&inside);
        file.extend(b"LIST\0\0\0\0");
        assert_eq!(read(&file), (2, vec![]));
    }

    #[test]
    fn more_than_a_day_is_left_out() {
        let days = vec![note(0, 1), tempo(0, 0xff_ffff), note((1 << 28) - 1, 1)];
        let file = parse(&bytes(Format::SingleTrack, metrical(1), vec![days]), 48_000).unwrap();
        assert_eq!((file.events.len(), file.frames), (1, 0));
        assert!(file.oddities.iter().any(|oddity| oddity.contains("after a day")), "{:?}", file.oddities);
    }

    #[test]
    fn files_that_are_none_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(load(folder.path(), 48_000), Err(MidiFileError::NoFile { .. })));
        let missing = folder.path().join("a.mid");
        assert!(matches!(load(&missing, 48_000), Err(MidiFileError::Unreadable { .. })));
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_file_or_an_error(
            junk in prop::collection::vec(any::<u8>(), 0..200),
            at in 0usize..60,
            with_header: bool,
        ) {
            let mut file = bytes(Format::Parallel, metrical(96), vec![vec![note(0, 1)], vec![note(5, 2)]]);
            if with_header {
                let at = at.min(file.len());
                let end = (at + junk.len() / 10).min(file.len());
                file.splice(at..end, junk);
            } else {
                file = junk;
            }
            if let Ok(file) = parse(&file, 192_000) {
                prop_assert!(file.events.is_sorted_by_key(|event| event.frame));
                prop_assert!(file.events.iter().all(|event| event.frame <= file.frames));
                let is_sound = |[status, one, two]: [u8; 3]| status >= 0x80 && one < 0x80 && two < 0x80;
            prop_assert!(file.events.iter().all(|event| is_sound(event.midi)));
            }
        }
    }
}
