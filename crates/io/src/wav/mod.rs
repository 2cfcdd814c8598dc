//! WAV files out: 16 and 24 bits with dither, or 32-bit floats as they are, of any length.
//!
//! What is rendered appears under its name when it is finished, never before. What is recorded
//! (`crate::record`) stands there from the beginning.

mod encode;
mod growing;
mod header;

pub(crate) use growing::GrowingWav;
pub(crate) use header::repair;

use crate::atomic_file::{AtomicFile, WriteError};
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

    fn is_possible(&self) -> bool {
        (1..=1024).contains(&self.channels) && (1..=1_000_000).contains(&self.sample_rate)
    }

    /// Refuses what no WAV file can be.
    pub(crate) fn check(&self, path: &Path) -> Result<(), WavError> {
        let Self { channels, sample_rate, .. } = *self;
        let refusal = || WavError::Spec { path: path.to_owned(), channels, sample_rate };
        if self.is_possible() { Ok(()) } else { Err(refusal()) }
    }
}

/// Why a WAV file could not be written. Nothing is left behind.
#[derive(Debug, Error)]
#[non_exhaustive]
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
    wav: GrowingWav,
    file: AtomicFile,
}

impl WavWriter {
    /// Starts a file that will appear at `path`.
    ///
    /// # Errors
    /// If there is no such WAV file, or it can't be created.
    pub fn create(path: &Path, spec: WavSpec) -> Result<Self, WavError> {
        spec.check(path)?;
        let file = AtomicFile::create(path)?;
        let wav =
            GrowingWav::begin(file.handle()?, spec).map_err(|error| WriteError::from_io(path, error))?;
        Ok(Self { wav, file })
    }

    /// What is being written.
    pub fn spec(&self) -> WavSpec {
        self.wav.spec()
    }

    /// Frames written so far.
    pub fn frames(&self) -> u64 {
        self.wav.frames()
    }

    /// Appends whole frames, channels interleaved, full scale +-1.0. Integers clip at full scale and
    /// take a NaN for 0.
    ///
    /// # Errors
    /// If the samples are no whole frames, or can't be written.
    pub fn write_interleaved(&mut self, samples: &[f32]) -> Result<(), WavError> {
        let channels = self.spec().channels;
        if !samples.len().is_multiple_of(usize::from(channels)) {
            return Err(WavError::PartialFrame { samples: samples.len(), channels });
        }
        let result = self.wav.write(samples);
        result.map_err(|error| WriteError::from_io(self.file.destination(), error).into())
    }

    /// Completes the file and moves it into place.
    ///
    /// # Errors
    /// If the disk does not take it.
    pub fn finish(self) -> Result<(), WavError> {
        let Self { wav, file } = self;
        wav.finish(&[]).map_err(|error| WriteError::from_io(file.destination(), error))?;
        file.commit()?;
        Ok(())
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
        let mut dither = encode::Dither(5);
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
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error() {
        // Writing to /dev/full fails like a full disk.
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let error = GrowingWav::begin(full, WavSpec::new(1, 48_000, WavFormat::Int16)).err().unwrap();
        let message = WavError::from(WriteError::from_io(Path::new("a.wav"), error)).to_string();
        assert_eq!(message, "can't write 'a.wav': the disk is full; free some space or choose another disk");
    }
}
