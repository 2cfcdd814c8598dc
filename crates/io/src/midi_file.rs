//! MIDI files: Standard MIDI Files of format 0, 1 and 2 (its first pattern) as messages at exact frames.
//!
//! Time is counted in whole numbers, microseconds times ticks, and divided once for each message, so
//! each lands on the nearest frame however long the file is. Only channel messages are kept: notes,
//! controllers, pressure, programs and pitch bend.

use jackfield_node::{Midi, MidiAsset, TimedMidi};
use midly::{Format, Fps, MetaMessage, MidiMessage, Timing, TrackEventKind};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Largest file that is read, in bytes.
const MAX_BYTES: u64 = 16 << 20;
/// Longest music that is played, in seconds: one day.
const MAX_SECONDS: u128 = 24 * 3600;
/// Microseconds per beat until the file says otherwise: 120 beats per minute.
const DEFAULT_TEMPO: u32 = 500_000;

/// Why a MIDI file could not be read.
#[derive(Debug, Error)]
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
    #[error("can't read MIDI file '{}': it is no ordinary file; give the name of a .mid file", path.display())]
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
pub enum MidiFault {
    /// No MIDI header.
    #[error("it is no Standard MIDI File")]
    NotMidi,
    /// The file ends too early.
    #[error("it is cut off")]
    CutOff,
    /// The header's time unit is impossible.
    #[error("its time division makes no sense")]
    Division,
    /// Bytes that are no events.
    #[error("track {track} is damaged")]
    Track {
        /// Counted from 1.
        track: usize,
    },
    /// More than 16 MiB.
    #[error("it is larger than 16 MiB")]
    TooLarge,
    /// More than a day.
    #[error("it lasts longer than a day")]
    TooLong,
}

/// Reads a file for playing at `sample_rate` frames per second.
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
pub fn parse(bytes: &[u8], sample_rate: u32) -> Result<MidiAsset, MidiFault> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(MidiFault::TooLarge);
    }
    check_chunks(bytes)?;
    let (header, mut tracks) = midly::parse(bytes).map_err(|_| MidiFault::NotMidi)?;
    let mut marks = Vec::new();
    let tracks_played = if header.format == Format::Sequential { 1 } else { usize::MAX };
    for (index, track) in tracks.by_ref().take(tracks_played).enumerate() {
        let track = track.map_err(|_| MidiFault::Track { track: index + 1 })?;
        read_track(track, &mut marks).ok_or(MidiFault::Track { track: index + 1 })?;
    }
    let announced_but_missing = tracks.size_hint().0;
    if header.format != Format::Sequential && announced_but_missing > 0 {
        return Err(MidiFault::CutOff);
    }
    // Stable: marks of one tick stay in the order of the file.
    marks.sort_by_key(|mark| mark.tick);
    place(&marks, Clock::new(header.timing, sample_rate)?)
}

/// Refuses what midly takes in silence, a chunk longer than the file, and what it stumbles over, a
/// header with -128 SMPTE frames per second.
fn check_chunks(bytes: &[u8]) -> Result<(), MidiFault> {
    // In an RMID file the chunks begin somewhere inside; midly finds them, each length is bounded there.
    let in_riff = bytes.starts_with(b"RIFF");
    let mut rest = bytes;
    while !in_riff && !rest.is_empty() {
        let Some((head, body)) = rest.split_first_chunk::<8>() else { return Err(MidiFault::CutOff) };
        let [_, _, _, _, length @ ..] = *head;
        rest = body.get(u32::from_be_bytes(length) as usize..).ok_or(MidiFault::CutOff)?;
        if !bytes.starts_with(b"MThd") {
            return Err(MidiFault::NotMidi);
        }
    }
    let impossible = |window: &[u8]| window.starts_with(b"MThd") && window[12] == 0x80;
    if bytes.windows(13).any(impossible) { Err(MidiFault::Division) } else { Ok(()) }
}

/// Something at a tick.
struct Mark {
    tick: u64,
    kind: MarkKind,
}

enum MarkKind {
    Midi(Midi),
    /// Microseconds per beat from here on.
    Tempo(u32),
    EndOfTrack,
}

/// Appends what matters of a track; `None` when some bytes of it are no events.
fn read_track(mut track: midly::EventIter<'_>, marks: &mut Vec<Mark>) -> Option<()> {
    let mut tick = 0;
    while !track.unread().is_empty() {
        // midly ends the track in silence at a bad event.
        let event = track.next()?.ok()?;
        tick += u64::from(event.delta.as_int());
        let kind = match event.kind {
            TrackEventKind::Midi { channel, message } => MarkKind::Midi(bytes_of(channel.as_int(), message)),
            TrackEventKind::Meta(MetaMessage::Tempo(tempo)) => MarkKind::Tempo(tempo.as_int()),
            TrackEventKind::Meta(MetaMessage::EndOfTrack) => break,
            _ => continue,
        };
        marks.push(Mark { tick, kind });
    }
    marks.push(Mark { tick, kind: MarkKind::EndOfTrack });
    Some(())
}

/// A message as it goes over a wire, 0 in place of a missing third byte.
fn bytes_of(channel: u8, message: MidiMessage) -> Midi {
    let (status, first, second) = match message {
        MidiMessage::NoteOff { key, vel } => (0x80, key.as_int(), vel.as_int()),
        MidiMessage::NoteOn { key, vel } => (0x90, key.as_int(), vel.as_int()),
        MidiMessage::Aftertouch { key, vel } => (0xa0, key.as_int(), vel.as_int()),
        MidiMessage::Controller { controller, value } => (0xb0, controller.as_int(), value.as_int()),
        MidiMessage::ProgramChange { program } => (0xc0, program.as_int(), 0),
        MidiMessage::ChannelAftertouch { vel } => (0xd0, vel.as_int(), 0),
        MidiMessage::PitchBend { bend } => {
            let bend = bend.0.as_int();
            (0xe0, (bend & 0x7f) as u8, (bend >> 7) as u8)
        }
    };
    [status | channel, first, second]
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
    fn new(timing: Timing, sample_rate: u32) -> Result<Self, MidiFault> {
        let (units_per_second, units_per_tick, follows_tempo) = match timing {
            // A tick is tempo / ticks-per-beat microseconds.
            Timing::Metrical(ticks) => (1_000_000 * u128::from(ticks.as_int()), DEFAULT_TEMPO.into(), true),
            // 29.97 frames per second are exactly 30,000 in 1,001 seconds.
            Timing::Timecode(Fps::Fps29, ticks) => (30_000 * u128::from(ticks), 1_001, false),
            Timing::Timecode(fps, ticks) => (u128::from(fps.as_int()) * u128::from(ticks), 1, false),
        };
        if units_per_second == 0 {
            return Err(MidiFault::Division);
        }
        let sample_rate = sample_rate.into();
        Ok(Self { sample_rate, units_per_second, units_per_tick, follows_tempo, now: 0, tick: 0 })
    }

    /// The frame nearest to a tick that is no earlier than the one before.
    fn advance(&mut self, tick: u64) -> Result<u64, MidiFault> {
        self.now += u128::from(tick - self.tick) * self.units_per_tick;
        self.tick = tick;
        if self.now > MAX_SECONDS * self.units_per_second {
            return Err(MidiFault::TooLong);
        }
        let doubled = 2 * self.now * self.sample_rate + self.units_per_second;
        Ok((doubled / (2 * self.units_per_second)) as u64)
    }

    fn set_tempo(&mut self, microseconds_per_beat: u32) {
        if self.follows_tempo {
            self.units_per_tick = microseconds_per_beat.into();
        }
    }
}

/// Gives every message its frame.
fn place(marks: &[Mark], mut clock: Clock) -> Result<MidiAsset, MidiFault> {
    let mut file = MidiAsset::default();
    for mark in marks {
        let frame = clock.advance(mark.tick)?;
        file.frames = frame;
        match mark.kind {
            MarkKind::Midi(midi) => file.events.push(TimedMidi { frame, midi }),
            MarkKind::Tempo(tempo) => clock.set_tempo(tempo),
            MarkKind::EndOfTrack => {}
        }
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use midly::num::{u4, u7, u15, u24, u28};
    use midly::{Header, Smf, TrackEvent};
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
            assert!(parse(&file[..length], 48_000).is_err(), "cut after {length} bytes");
        }
    }

    #[test]
    fn faults_are_named() {
        let good = bytes(Format::SingleTrack, metrical(96), vec![vec![note(0, 1)]]);
        let fault = |bytes: &[u8]| parse(bytes, 48_000).unwrap_err();
        assert_eq!(fault(b""), MidiFault::NotMidi);
        assert_eq!(fault(b"RIFF\x10\0\0\0WAVEdata"), MidiFault::NotMidi);
        assert_eq!(fault(&good[..good.len() - 1]), MidiFault::CutOff);
        assert_eq!(fault(&bytes(Format::SingleTrack, metrical(0), vec![])), MidiFault::Division);
        let mut minus_128 = good.clone();
        minus_128[12] = 0x80;
        assert_eq!(fault(&minus_128), MidiFault::Division);
        let mut no_status = good.clone();
        no_status[23] = 0x01;
        assert_eq!(fault(&no_status), MidiFault::Track { track: 1 });
        let days = vec![tempo(0, 0xff_ffff), note((1 << 28) - 1, 1)];
        assert_eq!(fault(&bytes(Format::SingleTrack, metrical(1), vec![days])), MidiFault::TooLong);
        assert_eq!(fault(&vec![0; 17 << 20]), MidiFault::TooLarge);
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
                prop_assert!(file.events.iter().all(|e| e.midi[0] >= 0x80 && e.midi[1] < 0x80 && e.midi[2] < 0x80));
            }
        }
    }
}
