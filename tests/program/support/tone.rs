//! Listens to a recorded sine: is it the right one, and is it whole?

use jackfield_testkit::measure::{cents, frequency, rms_db};
use std::f64::consts::TAU;
use std::fmt;
use std::path::Path;

/// Frames per second of all recordings.
pub(crate) const SAMPLE_RATE: f32 = 48_000.0;
/// The tone of [`PATCH`], in hertz.
pub(crate) const TONE: f64 = 440.0;
/// The root of the mean square of [`PATCH`] in dB: a sine of -6 dBFS.
pub(crate) const LEVEL: f64 = -9.01;
/// A patch that plays that tone on both channels.
pub(crate) const PATCH: &str = r#"{"jackfield": 1,
    "nodes": {
        "out": {"type": "device.output", "knobs": {"level": -6}},
        "tone": {"type": "source.oscillator", "knobs": {"frequency": 440}, "settings": {"waveform": "sine"}}},
    "cables": [{"from": "tone.out", "to": "out.in"}]}"#;

/// What starts and ends the tone is no part of it: a tenth of a second.
const MARGIN: usize = 4_800;
/// Every sample of a sine follows from the two before it. One that is further off than this breaks it:
/// four times what 16 bits per sample cause, and less than a single lost or repeated sample does.
const MOST_SURPRISE: f64 = 5e-4;
/// Surprises that lie closer together than this many frames are one break.
const APART: usize = 48;

/// What was heard on one channel.
#[derive(Debug)]
pub(crate) struct Heard {
    /// From the first sound to the last.
    pub(crate) seconds: f64,
    /// The error of the pitch.
    pub(crate) cents: f64,
    /// The root of the mean square.
    pub(crate) level: f64,
    /// The seconds at which the sine breaks off, jumps or goes on after a gap.
    pub(crate) breaks: Vec<f64>,
}

impl Heard {
    /// Listens to a channel of interleaved stereo.
    pub(crate) fn channel(stereo: &[f32], channel: usize) -> Result<Self, String> {
        let samples: Vec<f32> = stereo.chunks_exact(2).map(|frame| frame[channel]).collect();
        let is_loud = |sample: &f32| sample.abs() > 0.01;
        let range = samples.iter().position(is_loud).zip(samples.iter().rposition(is_loud));
        let (first, last) = range.ok_or("nothing is heard")?;
        let seconds = (last - first) as f64 / f64::from(SAMPLE_RATE);
        if last - first < 4 * MARGIN {
            return Err(format!("the tone is over after {seconds:.2} s"));
        }
        let steady = &samples[first + MARGIN..last - MARGIN];
        let breaks = breaks(steady).iter().map(|frame| *frame as f64 / f64::from(SAMPLE_RATE)).collect();
        let cents = cents(frequency(steady, SAMPLE_RATE, TONE), TONE);
        Ok(Self { seconds, cents, level: rms_db(steady), breaks })
    }

    /// Says what is wrong with it, if anything is.
    pub(crate) fn verdict(&self) -> Result<(), String> {
        let right = self.cents.abs() < 0.1 && (self.level - LEVEL).abs() < 0.1 && self.breaks.is_empty();
        if right { Ok(()) } else { Err(self.to_string()) }
    }
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seconds, cents, level, breaks } = self;
        write!(f, "{seconds:.2} s, {cents:+.4} cents, {level:.2} dB RMS, {} breaks", breaks.len())?;
        if breaks.is_empty() { Ok(()) } else { write!(f, " at {:.3?} s", &breaks[..breaks.len().min(8)]) }
    }
}

/// The frames at which a sine is not what it promised to be.
fn breaks(samples: &[f32]) -> Vec<usize> {
    let turn = 2.0 * (TAU * TONE / f64::from(SAMPLE_RATE)).cos();
    let mut breaks = Vec::new();
    let mut latest = None;
    for (frame, three) in samples.windows(3).enumerate() {
        let [a, b, c] = [0, 1, 2].map(|index| f64::from(three[index]));
        let surprise = (c - turn * b + a).abs();
        if surprise.is_nan() || surprise > MOST_SURPRISE {
            if latest.is_none_or(|latest| frame - latest > APART) {
                breaks.push(frame);
            }
            latest = Some(frame);
        }
    }
    breaks
}

/// Samples from the bytes of a raw recording.
pub(crate) fn from_bytes(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect()
}

/// Samples from a WAV file of any depth.
pub(crate) fn from_wav(path: &Path) -> Vec<f32> {
    let reader = hound::WavReader::open(path).expect("a WAV file");
    let spec = reader.spec();
    let result: Result<_, _> = match spec.sample_format {
        hound::SampleFormat::Float => reader.into_samples().collect(),
        hound::SampleFormat::Int => {
            let scale = 1.0 / (1_u64 << (spec.bits_per_sample - 1)) as f32;
            reader.into_samples::<i32>().map(|sample| sample.map(|sample| sample as f32 * scale)).collect()
        }
    };
    result.expect("a whole WAV file")
}
