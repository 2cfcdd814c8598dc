//! Every format decodes to the sound that was encoded, in its place and in full.
//!
//! WAV and FLAC are encoded by libraries; the others by ffmpeg, where it is installed.

#[path = "support/damage.rs"]
mod damage;
mod support;

use damage::{Damaged, ENCODED, Random, WAV};
use jackfield_io::{DecodeError, Decoded, Limits, WavFormat, WavSpec, WavWriter, decode_bytes, decode_file};
use jackfield_testkit::measure::first_difference;
use std::f64::consts::TAU;
use std::path::Path;

const RATE: u32 = 44_100;
/// A whole number of FLAC blocks: flacenc misstates a shorter last block.
const FRAMES: usize = 4_096 * 10;

/// Two channels that no mistake maps onto each other: a rising tone and a falling one.
fn sound() -> Vec<Vec<f32>> {
    let sweep = |from: f64, to: f64| {
        let seconds = FRAMES as f64 / f64::from(RATE);
        let sample = |frame: usize| {
            let time = frame as f64 / f64::from(RATE);
            let cycles = from * time + (to - from) * time * time / (2.0 * seconds);
            // To 16 bits, so that lossless formats are lossless.
            ((0.5 * (TAU * cycles).sin() * 32_768.0).round() / 32_768.0) as f32
        };
        (0..FRAMES).map(sample).collect()
    };
    vec![sweep(200.0, 4_000.0), sweep(3_000.0, 100.0)]
}

fn write_wav(path: &Path, format: WavFormat) {
    let sound = sound();
    let mut writer = WavWriter::create(path, WavSpec::new(2, RATE, format).without_dither()).unwrap();
    let interleaved: Vec<f32> = (0..FRAMES).flat_map(|frame| [sound[0][frame], sound[1][frame]]).collect();
    writer.write_interleaved(&interleaved).unwrap();
    writer.finish().unwrap();
}

fn decode(path: &Path) -> Decoded {
    let decoded = decode_file(path, Limits::default()).unwrap();
    assert_eq!(decoded.damaged_packets, 0);
    assert_eq!(decoded.asset.sample_rate, RATE as f32);
    decoded
}

/// Level of the difference to the sound that was encoded, in dB re the sound, `delay` frames late.
fn difference(channels: &[Vec<f32>], delay: usize) -> f64 {
    let mut wrong = 0.0;
    let mut right = 0.0;
    for (decoded, original) in channels.iter().zip(sound()) {
        for (&original, &decoded) in original.iter().zip(&decoded[delay..]) {
            wrong += (f64::from(decoded) - f64::from(original)).powi(2);
            right += f64::from(original).powi(2);
        }
    }
    10.0 * (wrong / right).log10()
}

#[test]
fn wav_decodes_exactly() {
    let folder = tempfile::tempdir().unwrap();
    for format in [WavFormat::Int16, WavFormat::Int24, WavFormat::Float32] {
        let path = folder.path().join("sound.wav");
        write_wav(&path, format);
        assert_eq!(decode(&path).asset.channels, sound());
    }
}

#[test]
fn flac_decodes_exactly() {
    use flacenc::component::BitRepr;
    use flacenc::error::Verify;
    let sound = sound();
    let integers: Vec<i32> =
        (0..FRAMES).flat_map(|n| [sound[0][n], sound[1][n]]).map(|s| (s * 32_768.0) as i32).collect();
    let config = flacenc::config::Encoder::default().into_verified().unwrap();
    let source = flacenc::source::MemSource::from_samples(&integers, 2, 16, RATE as usize);
    let stream = flacenc::encode_with_fixed_block_size(&config, source, 4_096).unwrap();
    let mut sink = flacenc::bitsink::ByteSink::new();
    stream.write(&mut sink).unwrap();
    let decoded = decode_bytes(sink.as_slice().to_vec(), "flac", Limits::default()).unwrap();
    assert_eq!(decoded.asset.channels, sound);
}

/// Encodes the sound with ffmpeg. `None` where ffmpeg is not there or can't.
fn encode(folder: &Path, name: &str, options: &[&str]) -> Option<std::path::PathBuf> {
    let (from, to) = (folder.join("sound.wav"), folder.join(name));
    write_wav(&from, WavFormat::Int16);
    support::encode(&from, &to, options).then_some(to)
}

#[test]
fn lossless_formats_decode_exactly() {
    let folder = tempfile::tempdir().unwrap();
    let formats: [(&str, &[&str]); 5] = [
        ("sound.aiff", &[]),
        ("sound.caf", &["-c:a", "pcm_s16le"]),
        ("sound.flac", &[]),
        ("alac.m4a", &["-c:a", "alac"]),
        ("big.wav", &["-c:a", "pcm_f64le"]),
    ];
    for (name, options) in formats {
        let Some(path) = encode(folder.path(), name, options) else { continue };
        assert_eq!(decode(&path).asset.channels, sound(), "{name}");
    }
}

#[test]
fn lossy_formats_without_delay_stay_in_place() {
    let folder = tempfile::tempdir().unwrap();
    let formats: [(&str, &[&str]); 2] = [
        ("sound.mp3", &["-c:a", "libmp3lame", "-b:a", "320k"]),
        ("sound.ogg", &["-c:a", "libvorbis", "-q:a", "9"]),
    ];
    for (name, options) in formats {
        let Some(path) = encode(folder.path(), name, options) else { continue };
        let channels = decode(&path).asset.channels;
        let error = difference(&channels, 0);
        println!("{name}: {} frames, differs by {error:.1} dB", channels[0].len());
        assert_eq!(channels[0].len(), FRAMES, "{name}: delay and padding are trimmed");
        assert!(error < -30.0, "{name}: {error} dB");
    }
}

#[test]
fn aac_keeps_its_priming_frames() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["sound.m4a", "sound.aac"] {
        let Some(path) = encode(folder.path(), name, &["-c:a", "aac", "-b:a", "256k"]) else { continue };
        let channels = decode(&path).asset.channels;
        let error = difference(&channels, 1_024);
        println!("{name}: {} frames, differs by {error:.1} dB", channels[0].len());
        assert!(channels[0].len() >= FRAMES + 1_024, "{name}");
        // One frame beside the right place it would be -10 dB.
        assert!(error < -20.0, "{name}: {error} dB");
    }
}

#[test]
fn a_wrong_extension_does_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sound.mp3");
    write_wav(&path, WavFormat::Int16);
    assert_eq!(decode(&path).asset.channels, sound());
}

#[test]
fn damaged_files_give_what_they_have_or_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("sound.wav");
    write_wav(&wav, WavFormat::Int16);
    let mut files = vec![(wav, WAV)];
    for format in ENCODED {
        files.extend(encode(folder.path(), format.name, format.options).map(|path| (path, format)));
    }
    let mut random = Random(1);
    let limits = Limits { frames: FRAMES as u64 * 4, ..Limits::default() };
    for (path, format) in files {
        let bytes = std::fs::read(&path).unwrap();
        let whole = decode_bytes(bytes.clone(), "", limits).unwrap().asset;
        for round in 0..60 {
            let bad = Damaged::new(&bytes, round, &mut random);
            let least = bad.frames(whole.frames(), format);
            let what = format!("{}, round {round}, {:.3} of it is intact", path.display(), bad.part());
            match decode_bytes(bad.bytes, "", limits) {
                Ok(decoded) => {
                    let sound = decoded.asset;
                    assert!(
                        (least..=FRAMES * 4).contains(&sound.frames()),
                        "{what}: {} frames",
                        sound.frames()
                    );
                    assert!(sound.channels.iter().flatten().all(|sample| sample.is_finite()), "{what}");
                    for (now, before) in sound.channels.iter().zip(&whole.channels) {
                        assert_eq!(first_difference(&now[..least], &before[..least]), None, "{what}");
                    }
                }
                Err(error) => assert!(least == 0 || format.may_be_refused, "{what}: {error}"),
            }
        }
    }
}

#[test]
fn what_is_no_sound_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |bytes: &[u8]| decode_bytes(bytes.to_vec(), "wav", Limits::default()).unwrap_err();
    assert!(matches!(refused(b""), DecodeError::Format(_)));
    assert!(matches!(refused(b"To whom it may concern"), DecodeError::Format(_)));
    assert!(matches!(decode_file(folder.path(), Limits::default()), Err(DecodeError::NoFile)));
    let empty = folder.path().join("empty.wav");
    WavWriter::create(&empty, WavSpec::new(1, RATE, WavFormat::Int16)).unwrap().finish().unwrap();
    assert!(matches!(decode_file(&empty, Limits::default()), Err(DecodeError::NoSound)));
    let missing = decode_file(&folder.path().join("none.wav"), Limits::default());
    assert!(matches!(missing, Err(DecodeError::Unreadable(_))));
}
