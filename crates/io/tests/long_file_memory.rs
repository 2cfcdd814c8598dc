//! However long a file is, playing it takes the same memory. A test alone in its program, because it looks at
//! all the memory that the program has.

#![cfg(target_os = "linux")]

use jackfield_io::{AssetStore, WavFormat, WavSpec, WavWriter};
use jackfield_node::stream::Stream;
use jackfield_node::{AssetSource, ChannelChoice};
use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

const RATE: u32 = 48_000;
/// Three hours of stereo; on the disk, next to nothing, for what is never written takes no room there.
const FRAMES: u32 = 3 * 3_600 * RATE;
/// The bytes of a frame in the file, and of what comes before the first.
const FRAME_BYTES: u32 = 4;
const HEADER_BYTES: u32 = 80;

/// A WAV file of silence with a loud frame at each whole minute.
fn write_sparse(path: &Path) {
    WavWriter::create(path, WavSpec::new(2, RATE, WavFormat::Int16)).unwrap().finish().unwrap();
    assert_eq!(fs::metadata(path).unwrap().len(), u64::from(HEADER_BYTES));
    let mut file = OpenOptions::new().write(true).open(path).unwrap();
    let bytes = FRAMES * FRAME_BYTES;
    for (place, value) in [(4, bytes + HEADER_BYTES - 8), (u64::from(HEADER_BYTES) - 4, bytes)] {
        file.seek(SeekFrom::Start(place)).unwrap();
        file.write_all(&value.to_le_bytes()).unwrap();
    }
    for minute in 0..FRAMES / RATE / 60 {
        let frame = minute * 60 * RATE;
        file.seek(SeekFrom::Start(u64::from(HEADER_BYTES + frame * FRAME_BYTES))).unwrap();
        file.write_all(&[0, 0x40, 0, 0xc0]).unwrap();
    }
    file.set_len(u64::from(HEADER_BYTES + bytes)).unwrap();
}

/// The memory that the program has, in bytes.
fn resident() -> usize {
    let pages = fs::read_to_string("/proc/self/statm").unwrap();
    pages.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 4_096
}

/// Plays some seconds; the frames that were loud.
fn play(stream: &mut Stream, first: u64, seconds: u64) -> Vec<u64> {
    stream.start(first).expect("it waits");
    let (mut frame, mut loud) = (first, Vec::new());
    while frame < first + seconds * u64::from(RATE) {
        let piece = stream.take().expect("it waits");
        let is_loud = |sample: &f32| *sample == 0.5;
        loud.extend(piece.samples[0].iter().position(is_loud).map(|place| frame + place as u64));
        frame += piece.samples[0].len() as u64;
    }
    loud
}

#[test]
fn hours_of_sound_play_in_a_few_mebibytes() {
    let folder = tempfile::tempdir().unwrap();
    write_sparse(&folder.path().join("long.wav"));
    let store = AssetStore::new(folder.path());
    store.wait_for_disk(true);
    let before = resident();
    let file = store.open_long("long.wav", ChannelChoice::All).unwrap();
    assert_eq!(file.frames(), Some(u64::from(FRAMES)));
    let mut stream = file.stream();
    let minute = u64::from(60 * RATE);
    let mut most = 0;
    // Ten minutes in a row, then half a minute in each of many places.
    assert_eq!(play(&mut stream, 0, 599).len(), 10);
    for at in (1..178).step_by(13) {
        assert_eq!(play(&mut stream, at * minute - 480_000, 30), [at * minute]);
        most = most.max(resident().saturating_sub(before));
    }
    println!("{} KiB held by the stream, {} KiB more in the program", stream.bytes() >> 10, most >> 10);
    assert!(stream.bytes() < 2 << 20, "{}", stream.bytes());
    // Loaded, the file would take 4 GiB.
    assert!(most < 16 << 20, "{most} bytes");
}
