//! A file that plays from the disk gives, bit for bit, what it gives when it is loaded whole: from any place,
//! in every format. What is no file or a damaged one does no harm.

#[path = "support/damage.rs"]
mod damage;
mod support;

use damage::{Damaged, ENCODED, Random, WAV};
use jackfield_io::{AssetStore, Limits, WavFormat, WavSpec, WavWriter};
use jackfield_node::stream::{LAST_FRAME, LEAD, Stream};
use jackfield_node::{Asset, AssetError, AssetSource, ChannelChoice, FileTrouble, LoopRegion};
use jackfield_testkit::measure::first_difference;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const RATE: u32 = 44_100;
const SECONDS: u32 = 8;

/// Writes noise that no two places have in common.
fn write_noise(path: &Path, channels: u16, frames: u32, format: WavFormat) {
    let mut writer = WavWriter::create(path, WavSpec::new(channels, RATE, format)).unwrap();
    let mut random = Random(u32::from(channels));
    let count = frames as usize * usize::from(channels);
    let samples: Vec<f32> = (0..count).map(|_| random.below(1 << 16) as f32 / 65_536.0 - 0.5).collect();
    writer.write_interleaved(&samples).unwrap();
    writer.finish().unwrap();
}

/// A store that waits for the disk, and its folder.
fn store() -> (tempfile::TempDir, AssetStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = AssetStore::new(folder.path());
    store.wait_for_disk(true);
    (folder, store)
}

/// The next frames of both channels.
fn take(stream: &mut Stream, frames: usize) -> [Vec<f32>; 2] {
    let mut taken = [Vec::new(), Vec::new()];
    let mut empty = 0;
    // A start behind the end has nothing to go round.
    while taken[0].len() < frames && empty < 2 {
        let Some(piece) = stream.take() else { break };
        empty = if piece.samples[0].is_empty() { empty + 1 } else { 0 };
        for (taken, samples) in taken.iter_mut().zip(piece.samples) {
            taken.extend_from_slice(samples);
        }
    }
    taken.map(|mut side| {
        side.truncate(frames);
        side
    })
}

/// Plays from a frame on and compares with the whole file, round its end.
fn compare(stream: &mut Stream, whole: &Asset, first: usize, frames: usize, name: &str) {
    let (lead, _) = stream.start(first as u64).expect("it waits");
    let lead = lead.map(<[f32]>::to_vec);
    let taken = take(stream, frames);
    for side in 0..2 {
        let channel = whole.channels.get(side).unwrap_or(&whole.channels[0]);
        let before = |i: usize| (first + i).checked_sub(LEAD).map_or(0.0, |frame| channel[frame]);
        assert!((0..LEAD).all(|i| lead[side][i] == before(i)), "{name}: the lead from {first}");
        let expected = |i: usize| channel[first + i % (channel.len() - first)];
        let wrong = (0..frames).find(|&i| taken[side].get(i) != Some(&expected(i)));
        assert_eq!(wrong, None, "{name}: side {side} from {first}");
    }
}

fn check(store: &AssetStore, name: &str) {
    let whole = store.load_stereo_unchanged(name, ChannelChoice::All).unwrap();
    let file = store.open_long(name, ChannelChoice::All).unwrap();
    let mut stream = file.stream();
    let frames = whole.frames();
    let mut random = Random(7);
    for first in [0, 1, frames - 1, frames - 30_000].into_iter().chain((0..6).map(|_| random.below(frames))) {
        compare(&mut stream, &whole, first, 40_000, name);
    }
    let is_heard = |trouble: &FileTrouble| !matches!(trouble, FileTrouble::Odd { .. });
    assert!(!store.file_troubles().iter().any(is_heard), "{name}");
}

#[test]
fn every_format_plays_from_any_place_as_if_it_were_loaded() {
    let (folder, store) = store();
    let wav = folder.path().join("noise.wav");
    write_noise(&wav, 2, RATE * SECONDS, WavFormat::Int16);
    check(&store, "noise.wav");
    let formats: [(&str, &[&str]); 12] = [
        ("float.wav", &["-c:a", "pcm_f32le"]),
        ("adpcm.wav", &["-c:a", "adpcm_ms"]),
        ("sound.aiff", &[]),
        ("sound.caf", &["-c:a", "pcm_s16le"]),
        ("sound.flac", &[]),
        ("alac.m4a", &["-c:a", "alac"]),
        ("sound.mp3", &["-c:a", "libmp3lame", "-b:a", "192k"]),
        ("variable.mp3", &["-c:a", "libmp3lame", "-q:a", "2"]),
        ("bare.mp3", &["-c:a", "libmp3lame", "-b:a", "128k", "-write_xing", "0", "-id3v2_version", "0"]),
        ("sound.ogg", &["-c:a", "libvorbis", "-q:a", "5"]),
        // Noise at few bits is not stored but described, and drawn anew by the decoder.
        ("noisy.m4a", &["-c:a", "aac", "-b:a", "48k"]),
        ("noisy.aac", &["-c:a", "aac", "-b:a", "48k"]),
    ];
    for (name, options) in formats {
        if support::encode(&wav, &folder.path().join(name), options) {
            check(&store, name);
        }
    }
}

/// Two streams in one file, of which the second has begun anew; also twice the same one, with rubbish
/// between.
#[test]
fn chained_files_play_to_their_end() {
    let (folder, store) = store();
    let path = |name: &str| folder.path().join(name);
    for (name, seconds) in [("a", 3), ("b", 4)] {
        let wav = path(&format!("{name}.wav"));
        write_noise(&wav, 2, RATE * seconds, WavFormat::Int16);
        if !support::encode(&wav, &path(&format!("{name}.ogg")), &["-c:a", "libvorbis", "-q:a", "3"]) {
            return;
        }
    }
    let bytes = |name: &str| fs::read(path(name)).unwrap();
    let load = |name: &str| store.load(name, RATE as f32).unwrap();
    let (a, b) = (load("a.ogg"), load("b.ogg"));
    for (name, links, parts) in [
        ("ab.ogg", [&a, &b], [bytes("a.ogg"), Vec::new(), bytes("b.ogg")]),
        ("aa.ogg", [&a, &a], [bytes("a.ogg"), b"rubbish OggS".to_vec(), bytes("a.ogg")]),
    ] {
        fs::write(path(name), parts.concat()).unwrap();
        let whole = load(name);
        for side in 0..2 {
            assert!(
                whole.channels[side] == [&links[0].channels[side][..], &links[1].channels[side]].concat(),
                "{name}"
            );
        }
        check(&store, name);
    }
    // Two streams at a time, of which the first is heard. Looking for a place among them must end.
    let second = path("b.wav");
    let options = ["-i", second.to_str().unwrap(), "-map", "0", "-map", "1", "-c:a", "libvorbis"];
    if support::encode(&path("a.wav"), &path("both.ogg"), &options) {
        check(&store, "both.ogg");
    }
    // A link that is not like the first is left out, and told.
    let mono = path("mono.wav");
    write_noise(&mono, 1, RATE, WavFormat::Int16);
    assert!(support::encode(&mono, &path("mono.ogg"), &["-c:a", "libvorbis"]));
    fs::write(path("amb.ogg"), [bytes("a.ogg"), bytes("mono.ogg"), bytes("b.ogg")].concat()).unwrap();
    assert_eq!(load("amb.ogg").frames(), a.frames() + b.frames());
    let told: Vec<String> = store.file_troubles().iter().map(ToString::to_string).collect();
    assert!(
        told.len() == 1 && told[0].contains("part 2 of 3 has another rate or other channels"),
        "{told:?}"
    );
}

#[test]
fn any_number_of_channels_gives_what_the_whole_file_gives() {
    let (folder, store) = store();
    write_noise(&folder.path().join("stereo.wav"), 2, RATE * 3, WavFormat::Int24);
    write_noise(&folder.path().join("mono.wav"), 1, RATE * 3, WavFormat::Float32);
    write_noise(&folder.path().join("many.wav"), 5, RATE * 3, WavFormat::Int16);
    for name in ["stereo.wav", "mono.wav", "many.wav"] {
        check(&store, name);
    }
}

#[test]
fn short_files_are_long_files_too() {
    let (folder, store) = store();
    for frames in [1, 2, 255, 256, 257, 22_050, 22_051, 22_306] {
        let name = format!("{frames}.wav");
        write_noise(&folder.path().join(&name), 2, frames, WavFormat::Float32);
        let whole = store.load_unchanged(&name).unwrap();
        let file = store.open_long(&name, ChannelChoice::All).unwrap();
        assert_eq!((file.frames(), file.sample_rate()), (Some(whole.frames() as u64), RATE as f32), "{name}");
        compare(&mut file.stream(), &whole, 0, 60_000, &name);
    }
}

#[test]
fn nothing_is_heard_behind_the_end() {
    let (folder, store) = store();
    write_noise(&folder.path().join("a.wav"), 2, RATE, WavFormat::Int16);
    let file = store.open_long("a.wav", ChannelChoice::All).unwrap();
    let mut stream = file.stream();
    for first in [file.frames().unwrap(), file.frames().unwrap() + 1, 1 << 33, LAST_FRAME, u64::MAX] {
        stream.start(first).expect("an answer");
        let piece = stream.take().expect("an answer");
        let length = piece.region.map(LoopRegion::length);
        assert_eq!((piece.samples[0].len(), length), (0, Some(0)), "{first}");
    }
}

#[test]
fn several_streams_of_a_file_go_their_own_ways() {
    let (folder, store) = store();
    write_noise(&folder.path().join("a.wav"), 2, RATE * 2, WavFormat::Int16);
    let whole = store.load("a.wav", 44_100.0).unwrap();
    let file = store.open_long("a.wav", ChannelChoice::All).unwrap();
    assert!(
        Arc::ptr_eq(&file, &store.open_long("./a.wav", ChannelChoice::All).unwrap()),
        "it is opened once"
    );
    let mut streams: Vec<Stream> = (0..8).map(|_| file.stream()).collect();
    for (number, stream) in streams.iter_mut().enumerate() {
        stream.start(number as u64 * 10_000).unwrap();
    }
    let channel = &whole.channels[0];
    let mut played = [0; 8];
    for _ in 0..40 {
        for (number, stream) in streams.iter_mut().enumerate() {
            let (first, taken) = (number * 10_000, take_whole_pieces(stream, 9));
            // Behind the end it goes on where it began.
            let rest = channel[first..].iter().cycle().skip(played[number]);
            let expected: Vec<f32> = rest.take(taken.len()).copied().collect();
            assert_eq!(first_difference(&taken, &expected), None, "stream {number} from {}", played[number]);
            played[number] += taken.len();
        }
    }
    assert!(played.iter().all(|frames| *frames > channel.len()), "each has gone round: {played:?}");
}

/// So many pieces of the left channel.
fn take_whole_pieces(stream: &mut Stream, pieces: usize) -> Vec<f32> {
    (0..pieces).flat_map(|_| stream.take().expect("it waits").samples[0].to_vec()).collect()
}

#[test]
fn what_is_no_sound_or_lies_elsewhere_is_refused_in_one_line() {
    let (folder, store) = store();
    fs::write(folder.path().join("text.wav"), "no sound at all").unwrap();
    fs::create_dir(folder.path().join("drums")).unwrap();
    let empty = folder.path().join("empty.wav");
    WavWriter::create(&empty, WavSpec::new(1, RATE, WavFormat::Int16)).unwrap().finish().unwrap();
    let error = |path: &str| match store.open_long(path, ChannelChoice::All) {
        Ok(_) => panic!("{path} is opened"),
        Err(error) => error,
    };
    assert!(matches!(error("none.wav"), AssetError::Missing { .. }));
    assert!(matches!(error("../text.wav"), AssetError::Outside { .. }));
    for path in ["text.wav", "drums", "empty.wav"] {
        let line = error(path).to_string();
        assert!(line.starts_with(&format!("'{path}' can't be decoded: ")) && !line.contains('\n'), "{line}");
    }
}

#[test]
fn damaged_files_play_what_they_have() {
    let (folder, store) = store();
    let wav = folder.path().join(WAV.name);
    write_noise(&wav, 2, RATE * 2, WavFormat::Int16);
    let mut formats = vec![WAV];
    formats.extend(ENCODED.into_iter().filter(|format| {
        let path = folder.path().join(format.name);
        support::encode(&wav, &path, format.options)
    }));
    let mut random = Random(1);
    for format in formats {
        let name = format.name;
        let bytes = fs::read(folder.path().join(name)).unwrap();
        let whole = store.load_stereo(name, RATE as f32, ChannelChoice::All).unwrap();
        for round in 0..24 {
            let bad = Damaged::new(&bytes, round, &mut random);
            let least = bad.frames(whole.frames(), format);
            let what = format!("{name}, round {round}, {:.3} of it is intact", bad.part());
            // A name of its own, since a store opens each file once.
            let damaged = format!("{round} {name}");
            fs::write(folder.path().join(&damaged), &bad.bytes).unwrap();
            match store.open_long(&damaged, ChannelChoice::All) {
                Ok(file) => check_damaged(&mut file.stream(), &whole, least, &what),
                Err(error) => assert!(least == 0 || format.may_be_refused, "{what}: {error}"),
            }
            for trouble in store.file_troubles() {
                assert!(!trouble.to_string().contains('\n'), "{trouble}");
            }
        }
    }
}

/// Plays a damaged file from several places: at least so many frames of it come as in the whole file.
fn check_damaged(stream: &mut Stream, whole: &Asset, least: usize, what: &str) {
    for first in [0, 60_000, 1_000] {
        let Some((lead, begin)) = stream.start(first as u64) else {
            panic!("{what}: no answer from {first}")
        };
        assert!(lead.concat().iter().chain(&begin).all(|sample| sample.is_finite()), "{what}");
        let taken = take(stream, 50_000);
        assert!(taken.concat().iter().all(|sample| sample.is_finite()), "{what}");
        let length = least.saturating_sub(first).min(50_000);
        for (taken, whole) in taken.iter().zip(&whole.channels) {
            assert!(taken.len() >= length, "{what}: {} frames from {first}", taken.len());
            let expected = &whole[first..first + length];
            assert_eq!(first_difference(&taken[..length], expected), None, "{what}: from {first}");
        }
    }
}

#[test]
fn a_file_that_vanishes_ends_the_sound_and_is_told_of_once() {
    let (folder, store) = store();
    let path = folder.path().join("a.wav");
    write_noise(&path, 2, RATE * 2, WavFormat::Int16);
    let file = store.open_long("a.wav", ChannelChoice::All).unwrap();
    fs::remove_file(&path).unwrap();
    let mut stream = file.stream();
    stream.start(0).expect("the beginning is in memory");
    assert_eq!(take(&mut stream, 50_000)[0].len(), 22_050);
    let deadline = Instant::now() + Duration::from_secs(10);
    let troubles = loop {
        let troubles = store.file_troubles();
        if !troubles.is_empty() || Instant::now() > deadline {
            break troubles;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    assert!(
        matches!(&troubles[..], [FileTrouble::BrokenOff { path, .. }] if path == "a.wav"),
        "{troubles:?}"
    );
    assert!(store.file_troubles().is_empty());
}

#[test]
fn pauses_are_told_of_once_with_their_number_and_what_to_try() {
    let (folder, store) = store();
    store.wait_for_disk(false);
    write_noise(&folder.path().join("a.wav"), 2, RATE, WavFormat::Int16);
    let file = store.open_long("a.wav", ChannelChoice::All).unwrap();
    let streams = [file.stream(), file.stream()];
    for stream in streams.iter().chain(&streams[..1]) {
        stream.count_gap();
    }
    let told: Vec<String> = store.file_troubles().iter().map(ToString::to_string).collect();
    assert!(
        told.len() == 1 && told[0].starts_with("'a.wav' plays with gaps (3): the disk is too slow; "),
        "{told:?}"
    );
    assert!(store.file_troubles().is_empty());
}

#[test]
fn limits_on_loaded_files_do_not_bind_long_ones() {
    let (folder, _) = store();
    write_noise(&folder.path().join("a.wav"), 2, RATE, WavFormat::Int16);
    let store = AssetStore::with_limits(folder.path(), Limits { frames: 100, bytes: 800 });
    assert!(store.load("a.wav", 44_100.0).is_err());
    assert!(store.open_long("a.wav", ChannelChoice::All).is_ok());
}
