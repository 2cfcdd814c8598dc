//! WAV files as their writers leave them: odd format chunks, sizes that are wrong, open or too large for 32
//! bits, chunks in any order. All of them sound as they do in other programs, loaded and from the disk.

#![allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "names of chunks are written as in the standards, b\"fmt \""
)]
#![allow(clippy::cloned_ref_to_slice_refs, reason = "channels are compared with vectors of them")]

mod support;

use jackfield_io::{AssetStore, DecodeError, Decoded, Limits, decode_bytes};
use jackfield_node::{AssetSource, ChannelChoice, FileTrouble, LoopDirection, Metadata, Speaker};
use proptest::prelude::*;
use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};

const RATE: u32 = 48_000;

fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let size = (content.len() as u32).to_le_bytes();
    let pad = if content.len() % 2 == 1 { &[0][..] } else { &[] };
    [name, &size[..], content, pad].concat()
}

/// The first sixteen bytes of a format.
fn format(tag: u16, channels: u16, bits: u16) -> Vec<u8> {
    let block = channels * bits.div_ceil(8);
    let mut bytes = Vec::new();
    for word in [tag, channels] {
        bytes.extend(word.to_le_bytes());
    }
    bytes.extend(RATE.to_le_bytes());
    bytes.extend((RATE * u32::from(block)).to_le_bytes());
    for word in [block, bits] {
        bytes.extend(word.to_le_bytes());
    }
    bytes
}

/// A format that says where the channels are heard.
fn extensible(tag: u16, channels: u16, bits: u16, mask: u32) -> Vec<u8> {
    let mut bytes = format(0xfffe, channels, bits);
    bytes.extend(22_u16.to_le_bytes());
    bytes.extend(bits.to_le_bytes());
    bytes.extend(mask.to_le_bytes());
    bytes.extend(tag.to_le_bytes());
    bytes.extend([0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71]);
    bytes
}

/// Numbers that no mistake maps onto themselves.
fn samples(count: usize) -> Vec<i16> {
    (0..count as i32).map(|n| ((n * 7_919 + 13) % 30_011 - 15_000) as i16).collect()
}

fn bytes_of(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = chunks.concat();
    [b"RIFF", &(4 + body.len() as u32).to_le_bytes()[..], b"WAVE", &body].concat()
}

/// A file of one channel and 16 bits, with another size where it says how long something is.
fn resized(at: usize, size: u32) -> Vec<u8> {
    let mut file = riff(&[chunk(b"fmt ", &format(1, 1, 16)), chunk(b"data", &bytes_of(&samples(480)))]);
    file[at..at + 4].copy_from_slice(&size.to_le_bytes());
    file
}

fn decode(file: &[u8]) -> Result<Decoded, DecodeError> {
    decode_bytes(file.to_vec(), "wav", Limits::default())
}

/// Files that hold the 480 numbers, and what they are.
fn plain_files() -> Vec<(String, Vec<u8>)> {
    let data = chunk(b"data", &bytes_of(&samples(480)));
    let with = |bytes: Vec<u8>| riff(&[chunk(b"fmt ", &bytes), data.clone()]);
    let mut files = Vec::new();
    for size in [16, 17, 18, 20, 22, 24, 28, 40, 50, 100, 1_000] {
        let mut bytes = format(1, 1, 16);
        bytes.resize(size, 0);
        files.push((format!("fmt of {size} bytes"), with(bytes)));
    }
    for size in [40, 41, 42, 44, 64] {
        let mut bytes = extensible(1, 1, 16, 4);
        bytes.resize(size, 0);
        files.push((format!("extensible fmt of {size} bytes"), with(bytes)));
    }
    for size in [0, 1, 8, 36, 100, 0x7fff_ffff, u32::MAX] {
        files.push((format!("RIFF size {size}"), resized(4, size)));
    }
    for size in [0, 961, 100_000, 0x7fff_f000, u32::MAX] {
        files.push((format!("data size {size}"), resized(40, size)));
    }
    let fmt = || chunk(b"fmt ", &format(1, 1, 16));
    let odd = || chunk(b"LIST", b"INFOISFT\x05\0\0\0abcde");
    let unpadded = || [b"LIST", &17_u32.to_le_bytes()[..], b"INFOISFT\x05\0\0\0abcde"].concat();
    for (name, chunks) in [
        ("a chunk before", vec![odd(), fmt(), data.clone()]),
        ("a chunk between", vec![fmt(), odd(), data.clone()]),
        ("chunks behind", vec![fmt(), data.clone(), odd(), chunk(b"xyz1", &[1, 2, 3])]),
        ("an odd chunk without its padding", vec![unpadded(), fmt(), unpadded(), data.clone()]),
        ("the format behind the data", vec![data.clone(), fmt()]),
        ("a large chunk before", vec![chunk(b"JUNK", &vec![7; 70_000]), fmt(), data.clone()]),
        ("an empty chunk of data before", vec![fmt(), chunk(b"data", &[]), data.clone()]),
        ("half a chunk behind", vec![fmt(), data.clone(), b"LIS".to_vec()]),
    ] {
        files.push((name.to_owned(), riff(&chunks)));
    }
    let mut wrong_block = format(1, 1, 16);
    wrong_block[12..14].copy_from_slice(&[0, 0]);
    files.push(("no block size".to_owned(), with(wrong_block)));
    files.push(("nothing but zeros behind".to_owned(), [with(format(1, 1, 16)), vec![0; 1_000]].concat()));
    files
}

#[test]
fn files_that_others_read_are_read() {
    let expected: Vec<f32> = samples(480).iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
    for (name, file) in plain_files() {
        let decoded = decode(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(decoded.asset.channels, [expected.clone()], "{name}");
        assert_eq!(decoded.asset.sample_rate, RATE as f32, "{name}");
        let is_cut = matches!(&name[..], "data size 961" | "data size 100000");
        assert_eq!(
            !decoded.oddities.is_empty(),
            is_cut && name.ends_with("100000"),
            "{name}: {:?}",
            decoded.oddities
        );
    }
}

/// Two other readers, where they are installed, find the same frames in nearly all of these files.
#[test]
fn others_read_them_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.wav");
    let bytes = bytes_of(&samples(480));
    // What one of them refuses, or takes for sound: formats behind the data, empty data, chunks without
    // padding.
    let ours_alone =
        ["the format behind the data", "an empty chunk of data before", "an odd chunk without its padding"];
    for (name, file) in plain_files() {
        if ours_alone.contains(&&name[..]) {
            continue;
        }
        fs::write(&path, file).unwrap();
        let Some(raw) = support::raw_samples(&path) else { return };
        assert_eq!(raw, bytes, "{name}");
    }
}

#[test]
fn every_kind_of_sample_is_read() {
    let halves = |bytes: &[u8]| [bytes, bytes].concat();
    for (name, fmt, data) in [
        ("8 bits", format(1, 2, 8), halves(&[0xc0])),
        ("24 bits", format(1, 2, 24), halves(&[0, 0, 0x40])),
        ("32 bits", format(1, 2, 32), halves(&[0, 0, 0, 0x40])),
        ("20 bits in 24", format(1, 2, 20), halves(&[0, 0, 0x40])),
        ("float", format(3, 2, 32), halves(&0.5_f32.to_le_bytes())),
        ("double", format(3, 2, 64), halves(&0.5_f64.to_le_bytes())),
        ("extensible float", extensible(3, 2, 32, 3), halves(&0.5_f32.to_le_bytes())),
        ("extensible 24 bits", extensible(1, 2, 24, 3), halves(&[0, 0, 0x40])),
        // The nearest that eight bits of these have.
        ("A-law", format(6, 2, 8), halves(&[0xa5])),
        ("mu-law", format(7, 2, 8), halves(&[0x90])),
    ] {
        let decoded = decode(&riff(&[chunk(b"fmt ", &fmt), chunk(b"data", &data)])).unwrap();
        let [left, right] = &decoded.asset.channels[..] else { panic!("{name}") };
        assert_eq!(left, right, "{name}");
        assert!((left[0] - 0.5).abs() < 0.02 && left.len() == 1, "{name}: {left:?}");
    }
}

/// 64-bit sizes in three ways.
fn large_heads(fmt: &[u8], frames: u64, data: u64) -> Vec<(&'static str, Vec<u8>)> {
    let mut files = Vec::new();
    for magic in [b"RF64", b"BW64"] {
        let sizes = [4 + 36 + 8 + fmt.len() as u64 + 8 + data, data, frames];
        let mut ds64: Vec<u8> = sizes.iter().flat_map(|size| size.to_le_bytes()).collect();
        ds64.extend([0; 4]);
        let head = [
            magic,
            &[0xff; 4][..],
            b"WAVE",
            &chunk(b"ds64", &ds64),
            &chunk(b"fmt ", fmt),
            b"data",
            &[0xff; 4],
        ];
        files.push((if magic == b"RF64" { "RF64" } else { "BW64" }, head.concat()));
    }
    let riff = [b"riff", &[0x2e, 0x91, 0xcf, 0x11, 0xa5, 0xd6, 0x28, 0xdb, 0x04, 0xc1, 0, 0][..]].concat();
    let guid = |name: &[u8; 4]| {
        [name, &[0xf3, 0xac, 0xd3, 0x11, 0x8c, 0xd1, 0, 0xc0, 0x4f, 0x8e, 0xdb, 0x8a][..]].concat()
    };
    let size = |size: u64| (24 + size).to_le_bytes().to_vec();
    let padded = [fmt, &vec![0; fmt.len().next_multiple_of(8) - fmt.len()][..]].concat();
    let fmt_chunk = [guid(b"fmt "), size(fmt.len() as u64), padded].concat();
    let whole = 24 + 16 + fmt_chunk.len() as u64 + data;
    let head = [riff, size(whole), guid(b"wave"), fmt_chunk, guid(b"data"), size(data)].concat();
    files.push(("Wave64", head));
    files
}

#[test]
fn files_with_64_bit_sizes_are_read() {
    let expected: Vec<f32> = samples(480).iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
    let folder = tempfile::tempdir().unwrap();
    for (name, head) in large_heads(&format(1, 1, 16), 480, 960) {
        let file = [head, bytes_of(&samples(480))].concat();
        assert_eq!(decode(&file).unwrap().asset.channels, [expected.clone()], "{name}");
        let path = folder.path().join("a.wav");
        fs::write(&path, file).unwrap();
        if name != "BW64"
            && let Some(raw) = support::raw_samples(&path)
        {
            assert_eq!(raw, bytes_of(&samples(480)), "{name}");
        }
    }
}

/// Beyond 4 GiB there is sound: the file has a hole before it, so that it takes no room on the disk.
#[test]
fn long_files_play_from_beyond_4_gigabytes() {
    let folder = tempfile::tempdir().unwrap();
    let store = AssetStore::new(folder.path());
    store.wait_for_disk(true);
    let marks = samples(2 * 4_800);
    let frames: u64 = 1_200_000_000;
    let mut plain = riff(&[chunk(b"fmt ", &format(1, 2, 16))]);
    plain.extend(b"data\xff\xff\xff\xff");
    for (name, head) in
        large_heads(&format(1, 2, 16), frames, 4 * frames).into_iter().chain([("open", plain)])
    {
        let path = folder.path().join(name);
        let mut file = File::create(&path).unwrap();
        file.write_all(&head).unwrap();
        let place = frames - 4_800;
        if file.seek(SeekFrom::Start(head.len() as u64 + 4 * place)).is_err()
            || file.write_all(&bytes_of(&marks)).is_err()
        {
            eprintln!("skipped: no sparse files here");
            return;
        }
        drop(file);
        let opened = store.open_long(name, ChannelChoice::All).unwrap();
        assert_eq!(opened.frames(), Some(frames), "{name}");
        let mut stream = opened.stream();
        stream.start(place).expect("it waits");
        let mut left = Vec::new();
        while left.len() < 4_800 {
            left.extend_from_slice(stream.take().expect("it waits").samples[0]);
        }
        let expected = marks.iter().step_by(2).map(|sample| f32::from(*sample) / 32_768.0);
        assert!(expected.eq(left[..4_800].iter().copied()), "{name}");
        fs::remove_file(&path).unwrap();
    }
}

/// Every channel of a film, one at a time.
#[test]
fn no_channel_of_many_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let store = AssetStore::new(folder.path());
    store.wait_for_disk(true);
    for channel in 0..6 {
        let mut data = vec![0_i16; 6 * 100];
        data.iter_mut().skip(channel).step_by(6).for_each(|sample| *sample = 16_384);
        let name = format!("{channel}.wav");
        let fmt = extensible(1, 6, 16, 0x3f);
        fs::write(folder.path().join(&name), riff(&[chunk(b"fmt ", &fmt), chunk(b"data", &bytes_of(&data))]))
            .unwrap();
        let whole = store.load(&name, RATE as f32).unwrap();
        assert_eq!(whole.channels.len(), 6);
        assert_eq!(whole.metadata.speakers[2], Speaker::FrontCentre);
        let mixed = store.load_stereo(&name, RATE as f32, ChannelChoice::All).unwrap();
        let half = 0.5 * std::f32::consts::FRAC_1_SQRT_2;
        let expected = [[0.5, 0.0], [0.0, 0.5], [half, half], [0.0, 0.0], [half, 0.0], [0.0, half]][channel];
        assert_eq!([mixed.channels[0][50], mixed.channels[1][50]], expected, "channel {channel}");
        let told = store.file_troubles();
        assert!(
            told.iter().any(|trouble| trouble.to_string().contains("6 channels are mixed to two")),
            "{told:?}"
        );
        let alone = store.load_stereo(&name, RATE as f32, ChannelChoice::Single(channel as u16)).unwrap();
        assert_eq!((alone.channels.len(), alone.channels[0][50]), (1, 0.5));
        for (choice, expected) in
            [(ChannelChoice::All, expected), (ChannelChoice::Single(channel as u16), [0.5, 0.5])]
        {
            let opened = store.open_long(&name, choice).unwrap();
            let mut stream = opened.stream();
            stream.start(0).unwrap();
            let samples = stream.take().unwrap().samples;
            assert_eq!([samples[0][50], samples[1][50]], expected, "channel {channel} from the disk");
        }
    }
    assert!(store.load_stereo("0.wav", RATE as f32, ChannelChoice::Pair(6)).is_ok());
    let told = store.file_troubles();
    assert!(matches!(&told[..], [FileTrouble::Odd { oddity, .. }] if oddity.contains("silent")), "{told:?}");
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

#[test]
fn notes_to_players_are_read() {
    let smpl =
        words(&[0, 0, 20_833, 57, 0x4000_0000, 0, 0, 2, 0, 7, 0, 100, 199, 0, 0, 8, 1, 300, 399, 0, 5]);
    let cue = words(&[
        2,
        1,
        0,
        u32::from_le_bytes(*b"data"),
        0,
        0,
        240,
        2,
        0,
        u32::from_le_bytes(*b"data"),
        0,
        0,
        120,
    ]);
    let inst = [60, 0, 0xfd, 36, 72, 1, 100];
    let clm = b"<!>512 10000000 wavetable (a table)";
    let data = chunk(b"data", &bytes_of(&samples(480)));
    let file = riff(&[
        chunk(b"fmt ", &format(1, 1, 16)),
        chunk(b"clm ", clm),
        data.clone(),
        chunk(b"smpl", &smpl),
        chunk(b"cue ", &cue),
        chunk(b"inst", &inst),
    ]);
    let notes = decode(&file).unwrap().asset.metadata;
    let [first, second] = notes.loops[..] else { panic!("{notes:?}") };
    assert_eq!(
        (first.start, first.end, first.direction, first.passes),
        (100.0, 200.0, LoopDirection::Forward, None)
    );
    assert_eq!((second.start, second.end), (300.0, 400.0));
    assert_eq!((second.direction, second.passes), (LoopDirection::Alternating, Some(5)));
    assert_eq!(notes.cues, [120.0, 240.0]);
    assert_eq!((notes.unity_note, notes.gain_decibels), (Some(57.25), Some(-3.0)));
    assert_eq!((notes.keys, notes.velocities), (Some([36, 72]), Some([1, 100])));
    assert_eq!(notes.cycle_frames, Some(512));
    // Half the rate, half the place.
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.wav"), file).unwrap();
    let half = AssetStore::new(folder.path()).load("a.wav", 24_000.0).unwrap();
    assert_eq!((half.metadata.loops[0].start, half.metadata.loops[0].end), (50.0, 100.0));
    assert_eq!((half.metadata.cues[0], half.metadata.cycle_frames), (60.0, Some(512)));
    // Without them there is nothing.
    let bare = decode(&riff(&[chunk(b"fmt ", &format(1, 1, 16)), data])).unwrap();
    assert_eq!(bare.asset.metadata, Metadata::default());
}

#[test]
fn aiff_and_caf_say_it_their_way() {
    let marker = |number: u16, place: u32, name: &[u8]| {
        let mut bytes = [&number.to_be_bytes()[..], &place.to_be_bytes(), &[name.len() as u8], name].concat();
        bytes.resize(bytes.len().next_multiple_of(2), 0);
        bytes
    };
    let big = |name: &[u8; 4], content: &[u8]| {
        let mut bytes = [name, &(content.len() as u32).to_be_bytes()[..], content].concat();
        bytes.resize(bytes.len().next_multiple_of(2), 0);
        bytes
    };
    let data: Vec<u8> = samples(480).iter().flat_map(|sample| sample.to_be_bytes()).collect();
    let common = [&[0, 1, 0, 0, 0x01, 0xe0, 0, 16][..], &[0x40, 0x0e, 0xbb, 0x80, 0, 0, 0, 0, 0, 0]].concat();
    let marks = [&[0, 2][..], &marker(1, 100, b"in"), &marker(2, 200, b"end")].concat();
    let instrument = [&[57, 0, 0, 127, 1, 127, 0, 0, 0, 1, 0, 1, 0, 2][..], &[0; 6]].concat();
    for size in [0, 100, u32::MAX] {
        let file = [
            &b"FORM"[..],
            &size.to_be_bytes(),
            b"AIFF",
            &big(b"COMM", &common),
            &big(b"MARK", &marks),
            &big(b"INST", &instrument),
            &big(b"SSND", &[&[0; 8][..], &data].concat()),
        ];
        let decoded = decode(&file.concat()).unwrap();
        let expected: Vec<f32> = samples(480).iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
        assert_eq!(decoded.asset.channels, [expected.clone()], "FORM size {size}");
        let notes = decoded.asset.metadata;
        assert_eq!((notes.loops[0].start, notes.loops[0].end, notes.unity_note), (100.0, 200.0, Some(57.0)));
        assert_eq!(notes.cues, [100.0, 200.0]);
        for size in [-1_i64, 4 + 960, 1 << 40] {
            let description = [
                &f64::from(RATE).to_be_bytes()[..],
                b"lpcm",
                &[0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 16],
            ];
            let description = description.concat();
            let file = [
                &b"caff\0\x01\0\0desc\0\0\0\0\0\0\0\x20"[..],
                &description,
                b"data",
                &size.to_be_bytes(),
                &[0; 4],
                &data,
            ];
            assert_eq!(decode(&file.concat()).unwrap().asset.channels, [expected.clone()], "CAF size {size}");
        }
    }
}

#[test]
fn what_is_no_sound_is_refused() {
    let data = chunk(b"data", &bytes_of(&samples(480)));
    let refused = |chunks: &[Vec<u8>]| decode(&riff(chunks)).unwrap_err();
    assert!(matches!(refused(&[]), DecodeError::NoSound));
    assert!(matches!(refused(&[chunk(b"fmt ", &format(1, 1, 16))]), DecodeError::NoSound));
    assert!(matches!(refused(&[data.clone()]), DecodeError::Format(_)));
    assert!(matches!(refused(&[chunk(b"fmt ", &format(1, 0, 16)), data.clone()]), DecodeError::Format(_)));
    assert!(matches!(
        refused(&[chunk(b"fmt ", &format(0x161, 1, 16)), data.clone()]),
        DecodeError::Format(_)
    ));
    assert!(matches!(
        refused(&[chunk(b"fmt ", &format(1, 1, 16)), chunk(b"data", &[])]),
        DecodeError::NoSound
    ));
    let empty = [chunk(b"fmt ", &format(1, 1, 16)), chunk(b"data", &[]), chunk(b"LIST", b"INFO")];
    assert!(matches!(refused(&empty), DecodeError::NoSound), "what follows empty data is no sound");
    let mut no_rate = format(1, 1, 16);
    no_rate[4..8].fill(0);
    assert!(matches!(refused(&[chunk(b"fmt ", &no_rate), data]), DecodeError::Layout));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any change of some bytes, in any of these files, gives sound or an error, and no more than the file
    /// holds.
    #[test]
    fn any_change_does_no_harm(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
        is_cut: bool,
    ) {
        let files = plain_files();
        let mut file = which.get(&files).1.clone();
        for (at, value) in changes {
            // Mostly in the first bytes, where the sizes are.
            let at = at.index(file.len().min(if value % 4 == 0 { file.len() } else { 80 }));
            file[at] = value;
        }
        if is_cut {
            file.truncate(cut.index(file.len()));
        }
        let bytes = file.len();
        if let Ok(decoded) = decode_bytes(file, "wav", Limits::default()) {
            let samples: usize = decoded.asset.channels.iter().map(Vec::len).sum();
            prop_assert!(samples <= 2 * bytes, "{samples} samples of {bytes} bytes");
            prop_assert!(decoded.asset.channels.iter().flatten().all(|sample| sample.is_finite()));
        }
    }
}
