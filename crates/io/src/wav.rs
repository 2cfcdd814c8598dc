//! WAV files out: 16 and 24 bits with dither, or 32-bit floats as they are.
//!
//! Dither is triangular, 2 LSB wide (Lipshitz, Wannamaker, Vanderkooy 1992: the rounding error becomes
//! noise of constant power, independent of the signal). Its generator is seeded, so one render always
//! gives the same file. A file appears under its name when it is finished, never before.

use crate::atomic_file::{AtomicFile, WriteError};
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// How samples are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum WavFormat {
    /// 16-bit integers.
    Int16,
    /// 24-bit integers.
    #[default]
    Int24,
    /// 32-bit floats, unclipped.
    Float32,
}

impl WavFormat {
    /// The format with this many bits: 16, 24 or 32.
    pub const fn from_bits(bits: u16) -> Option<Self> {
        match bits {
            16 => Some(Self::Int16),
            24 => Some(Self::Int24),
            32 => Some(Self::Float32),
            _ => None,
        }
    }

    /// Bits per sample.
    pub const fn bits(self) -> u16 {
        match self {
            Self::Int16 => 16,
            Self::Int24 => 24,
            Self::Float32 => 32,
        }
    }
}

/// What kind of WAV file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WavSpec {
    /// Channels, 1 to 1024.
    pub channels: u16,
    /// Frames per second, 1 to 1,000,000.
    pub sample_rate: u32,
    /// How samples are stored.
    pub format: WavFormat,
    /// Seed of the dither; without one samples are only rounded. Floats are never dithered.
    pub dither: Option<u64>,
}

impl WavSpec {
    /// A file with dither where it helps.
    pub const fn new(channels: u16, sample_rate: u32, format: WavFormat) -> Self {
        Self { channels, sample_rate, format, dither: Some(0) }
    }

    /// The same file with samples rounded only, so that integers come back as they were.
    pub const fn without_dither(mut self) -> Self {
        self.dither = None;
        self
    }

    /// Bytes of one frame.
    const fn frame_bytes(&self) -> u64 {
        self.channels as u64 * self.format.bits() as u64 / 8
    }

    /// Frames that fit into a WAV file, whose sizes are 32-bit numbers.
    pub const fn max_frames(&self) -> u64 {
        const HEADER: u64 = 128;
        (u32::MAX as u64 - HEADER) / self.frame_bytes()
    }

    fn is_possible(&self) -> bool {
        (1..=1024).contains(&self.channels) && (1..=1_000_000).contains(&self.sample_rate)
    }
}

/// Why a WAV file could not be written. Nothing is left behind.
#[derive(Debug, Error)]
pub enum WavError {
    /// The file can't be created, filled or moved into place.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A WAV file of this kind does not exist.
    #[error(
        "can't write '{}' with {channels} channels at {sample_rate} Hz; use 1 to 1024 channels and at most \
         1,000,000 Hz",
        path.display()
    )]
    Spec {
        /// The destination.
        path: PathBuf,
        /// Channels asked for.
        channels: u16,
        /// Rate asked for.
        sample_rate: u32,
    },
    /// A WAV file holds at most 4 GiB.
    #[error("'{}' would exceed the 4 GiB of a WAV file; write a shorter one or fewer bits", path.display())]
    TooLong {
        /// The destination.
        path: PathBuf,
    },
    /// The samples do not make whole frames.
    #[error("{samples} samples are no whole frames of {channels} channels; write all channels of a frame")]
    PartialFrame {
        /// Samples given.
        samples: usize,
        /// Channels of the file.
        channels: u16,
    },
}

/// Writes one WAV file. Dropped before [`finish`](Self::finish) it leaves nothing behind.
pub struct WavWriter {
    // Dropped in this order: the writer still touches the file.
    writer: hound::WavWriter<BufWriter<File>>,
    file: AtomicFile,
    spec: WavSpec,
    frames: u64,
    dither: Dither,
}

impl WavWriter {
    /// Starts a file that will appear at `path`.
    pub fn create(path: &Path, spec: WavSpec) -> Result<Self, WavError> {
        if !spec.is_possible() {
            let WavSpec { channels, sample_rate, .. } = spec;
            return Err(WavError::Spec { path: path.to_owned(), channels, sample_rate });
        }
        let file = AtomicFile::create(path)?;
        let hound_spec = hound::WavSpec {
            channels: spec.channels,
            sample_rate: spec.sample_rate,
            bits_per_sample: spec.format.bits(),
            sample_format: match spec.format {
                WavFormat::Float32 => hound::SampleFormat::Float,
                WavFormat::Int16 | WavFormat::Int24 => hound::SampleFormat::Int,
            },
        };
        let writer = hound::WavWriter::new(BufWriter::with_capacity(1 << 16, file.handle()?), hound_spec)
            .map_err(|error| write_error(path, error))?;
        let dither = Dither(spec.dither.unwrap_or_default());
        Ok(Self { writer, file, spec, frames: 0, dither })
    }

    /// What is being written.
    pub fn spec(&self) -> WavSpec {
        self.spec
    }

    /// Frames written so far.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Appends whole frames, channels interleaved, full scale +-1.0. Integers clip at full scale and
    /// take a NaN for 0.
    pub fn write_interleaved(&mut self, samples: &[f32]) -> Result<(), WavError> {
        let channels = self.spec.channels;
        if !samples.len().is_multiple_of(usize::from(channels)) {
            return Err(WavError::PartialFrame { samples: samples.len(), channels });
        }
        let frames = (samples.len() / usize::from(channels)) as u64;
        if self.frames + frames > self.spec.max_frames() {
            return Err(WavError::TooLong { path: self.file.destination().to_owned() });
        }
        let result = match self.spec.format {
            WavFormat::Float32 => samples.iter().try_for_each(|&sample| self.writer.write_sample(sample)),
            WavFormat::Int16 => self.write_integers(samples, 32_768.0),
            WavFormat::Int24 => self.write_integers(samples, 8_388_608.0),
        };
        self.frames += frames;
        result.map_err(|error| write_error(self.file.destination(), error))
    }

    /// `scale` is the integer that stands for 1.0, one above the largest that can be written.
    fn write_integers(&mut self, samples: &[f32], scale: f64) -> hound::Result<()> {
        let dithered = self.spec.dither.is_some();
        samples.iter().try_for_each(|&sample| {
            let noise = if dithered { self.dither.next() } else { 0.0 };
            let integer = (f64::from(sample) * scale + noise).round().clamp(-scale, scale - 1.0);
            self.writer.write_sample(integer as i32)
        })
    }

    /// Completes the file and moves it into place.
    pub fn finish(self) -> Result<(), WavError> {
        let Self { writer, file, .. } = self;
        writer.finalize().map_err(|error| write_error(file.destination(), error))?;
        file.commit()?;
        Ok(())
    }
}

fn write_error(path: &Path, error: hound::Error) -> WavError {
    let error = match error {
        hound::Error::IoError(error) => error,
        other => std::io::Error::other(other),
    };
    WriteError::from_io(path, error).into()
}

/// Triangular noise from -1 to 1, from a SplitMix64 generator (Steele, Lea, Flood 2014).
struct Dither(u64);

impl Dither {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        // The sum of two uniform numbers from -0.5 to 0.5.
        const UNIT: f64 = 1.0 / (1u64 << 32) as f64;
        (f64::from(bits as u32) + (bits >> 32) as f64) * UNIT - 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn round_trip(spec: WavSpec, samples: &[f32]) -> Vec<f64> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let mut writer = WavWriter::create(&path, spec).unwrap();
        for part in samples.chunks(usize::from(spec.channels) * 7) {
            writer.write_interleaved(part).unwrap();
        }
        writer.finish().unwrap();
        let reader = hound::WavReader::open(&path).unwrap();
        assert_eq!(reader.spec().channels, spec.channels);
        assert_eq!(reader.spec().sample_rate, spec.sample_rate);
        assert_eq!(reader.spec().bits_per_sample, spec.format.bits());
        let scale = f64::from(1u32 << (spec.format.bits() - 1));
        match spec.format {
            WavFormat::Float32 => reader.into_samples::<f32>().map(|s| f64::from(s.unwrap())).collect(),
            _ => reader.into_samples::<i32>().map(|s| f64::from(s.unwrap()) / scale).collect(),
        }
    }

    fn noise(count: usize) -> Vec<f32> {
        let mut dither = Dither(5);
        (0..count).map(|_| dither.next() as f32).collect()
    }

    proptest! {
        #[test]
        fn floats_come_back_unchanged(samples in prop::collection::vec(any::<f32>(), 0..200)) {
            let back = round_trip(WavSpec::new(1, 44_100, WavFormat::Float32), &samples);
            prop_assert_eq!(samples.len(), back.len());
            for (&written, &read) in samples.iter().zip(&back) {
                prop_assert!(f64::from(written) == read || written.is_nan() && read.is_nan());
            }
        }

        #[test]
        fn integers_come_back_unchanged_without_dither(
            values in prop::collection::vec(any::<i16>(), 0..200)
        ) {
            let samples: Vec<f32> = values.iter().map(|&v| f32::from(v) / 32_768.0).collect();
            for format in [WavFormat::Int16, WavFormat::Int24] {
                let back = round_trip(WavSpec::new(1, 48_000, format).without_dither(), &samples);
                prop_assert!(samples.iter().map(|&s| f64::from(s)).eq(back));
            }
        }
    }

    #[test]
    fn any_channel_count() {
        for channels in [1, 2, 3, 8, 24, 100] {
            let samples = noise(usize::from(channels) * 50);
            let back = round_trip(WavSpec::new(channels, 48_000, WavFormat::Float32), &samples);
            assert!(samples.iter().map(|&s| f64::from(s)).eq(back));
        }
    }

    #[test]
    fn integers_clip_at_full_scale() {
        let samples = [1.0, 1.5, f32::INFINITY, -1.0, -1.5, f32::NEG_INFINITY, f32::NAN];
        let back = round_trip(WavSpec::new(1, 48_000, WavFormat::Int16).without_dither(), &samples);
        let top = 32_767.0 / 32_768.0;
        assert_eq!(back, [top, top, top, -1.0, -1.0, -1.0, 0.0]);
    }

    /// The mean of many dithered samples tells a level far below one step, and the noise has the
    /// power of rounding plus triangular dither, 1/4 LSB^2, at every level.
    #[test]
    fn dither_keeps_what_lies_below_a_step() {
        const COUNT: usize = 100_000;
        for level in [0.0, 0.25, 0.5, 0.9] {
            let samples = vec![level / 32_768.0; COUNT];
            let steps: Vec<f64> = round_trip(WavSpec::new(1, 48_000, WavFormat::Int16), &samples)
                .into_iter()
                .map(|s| s * 32_768.0)
                .collect();
            let mean = steps.iter().sum::<f64>() / COUNT as f64;
            let power = steps.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / COUNT as f64;
            assert!((mean - f64::from(level)).abs() < 0.01, "level {level}, mean {mean}");
            assert!((power - 0.25).abs() < 0.01, "level {level}, power {power}");
        }
    }

    #[test]
    fn one_seed_gives_one_file() {
        let spec = WavSpec::new(2, 48_000, WavFormat::Int16);
        let samples = noise(1000);
        assert_eq!(round_trip(spec, &samples), round_trip(spec, &samples));
        assert_ne!(round_trip(spec, &samples), round_trip(WavSpec { dither: Some(1), ..spec }, &samples));
    }

    #[test]
    fn an_unfinished_file_vanishes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let mut writer = WavWriter::create(&path, WavSpec::new(1, 48_000, WavFormat::Int16)).unwrap();
        writer.write_interleaved(&noise(100_000)).unwrap();
        drop(writer);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn impossible_requests_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let spec = WavSpec::new(2, 48_000, WavFormat::Int16);
        for bad in [WavSpec { channels: 0, ..spec }, WavSpec { sample_rate: u32::MAX, ..spec }] {
            assert!(matches!(WavWriter::create(&path, bad), Err(WavError::Spec { .. })));
        }
        let mut writer = WavWriter::create(&path, spec).unwrap();
        assert!(matches!(writer.write_interleaved(&[0.0; 3]), Err(WavError::PartialFrame { .. })));
        writer.frames = spec.max_frames();
        assert!(matches!(writer.write_interleaved(&[0.0; 2]), Err(WavError::TooLong { .. })));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error() {
        // Writing to /dev/full fails like a full disk; hound writes its header at once.
        let full = File::options().write(true).open("/dev/full").unwrap();
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 1,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let error = hound::WavWriter::new(full, spec).err().unwrap();
        let message = write_error(Path::new("a.wav"), error).to_string();
        assert_eq!(message, "can't write 'a.wav': the disk is full; free some space or choose another disk");
    }
}
