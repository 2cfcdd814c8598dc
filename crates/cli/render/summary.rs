//! What came of a rendering.

use jackfield_engine::Fault;
use jackfield_io::WavFormat;
use jackfield_node::FileTrouble;
use jackfield_patch::Silence;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Facts about a rendered sound.
pub(crate) struct Summary {
    pub(super) frames: u64,
    pub(super) hash: Option<String>,
    pub(super) took: Duration,
    /// What went wrong with files, or is odd about them.
    pub(super) troubles: Vec<FileTrouble>,
    /// Files with what single outputs carried.
    pub(super) taps: Vec<PathBuf>,
    rate: u32,
    channels: u16,
    format: WavFormat,
    file: Option<PathBuf>,
    /// Largest magnitude.
    peak: f32,
    /// The first fault of each node.
    faults: Vec<Fault>,
    /// Why there is no sound.
    pub(super) silence: Option<Silence>,
}

/// What is softer than this, -100 dBFS, nobody hears.
pub(crate) const SILENCE: f32 = 1e-5;

/// What to do about it when a file is rendered.
pub(crate) fn advice(silence: &Silence) -> &'static str {
    match silence {
        Silence::NoMidi { .. } => "; give it a file with --midi",
        Silence::NoInput { .. } => "; give it a file with --input",
        _ => "",
    }
}

impl Summary {
    pub(super) fn new(rate: u32, channels: u16, format: WavFormat, file: Option<&Path>) -> Self {
        Self {
            frames: 0,
            hash: None,
            took: Duration::ZERO,
            troubles: Vec::new(),
            taps: Vec::new(),
            rate,
            channels,
            format,
            file: file.map(Path::to_owned),
            peak: 0.0,
            faults: Vec::new(),
            silence: None,
        }
    }

    /// Takes in a block.
    pub(super) fn add(&mut self, samples: &[f32], faults: Vec<Fault>) {
        self.frames += (samples.len() / usize::from(self.channels)) as u64;
        self.peak = samples.iter().fold(self.peak, |peak, sample| peak.max(sample.abs()));
        for fault in faults {
            if !self.faults.iter().any(|known| known.node == fault.node) {
                self.faults.push(fault);
            }
        }
    }

    /// Whether there was no sound that anybody could hear.
    pub(super) fn is_silent(&self) -> bool {
        self.peak < SILENCE
    }

    fn seconds(&self) -> f64 {
        self.frames as f64 / f64::from(self.rate)
    }

    /// Times as fast as it would play.
    fn speed(&self) -> f64 {
        self.seconds() / self.took.as_secs_f64().max(1e-9)
    }

    /// Full scale is 0; minus infinity for silence.
    fn peak_decibels(&self) -> f64 {
        20.0 * f64::from(self.peak).log10()
    }

    /// For people: one line for the sound, and one for everything odd about it.
    pub(crate) fn text(&self) -> String {
        let peak = if self.peak > 0.0 {
            format!("peak {:.1} dB", self.peak_decibels())
        } else {
            "silent".to_owned()
        };
        let (seconds, speed) = (self.seconds(), self.speed());
        let mut text = String::new();
        if let Some(file) = &self.file {
            let (channels, rate, bits) = (self.channels, self.rate, self.format.bits());
            let layout = format!("{channels} x {rate} Hz, {bits} bits");
            text.push_str(&format!(
                "{}: {seconds:.2} s, {layout}, {peak}, {speed:.0} times real time\n",
                file.display()
            ));
        }
        for tap in &self.taps {
            text.push_str(&format!("{}: {seconds:.2} s\n", tap.display()));
        }
        if let Some(silence) = &self.silence {
            text.push_str(&format!("it is silent: {silence}{}\n", advice(silence)));
        }
        for fault in &self.faults {
            let at = fault.frame as f64 / f64::from(self.rate);
            text.push_str(&format!(
                "node '{}' made infinite or NaN samples from {at:.3} s on; silenced\n",
                fault.node
            ));
        }
        for trouble in &self.troubles {
            text.push_str(&format!("{trouble}\n"));
        }
        if let Some(hash) = &self.hash {
            text.push_str(&format!("{hash}\n"));
        }
        text
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        let faults: Vec<Value> = self
            .faults
            .iter()
            .map(|fault| json!({"node": &*fault.node, "voice": fault.voice, "frame": fault.frame}))
            .collect();
        json!({
            "file": self.file,
            "frames": self.frames,
            "seconds": self.seconds(),
            "rate": self.rate,
            "channels": self.channels,
            "bits": self.format.bits(),
            "peak_decibels": (self.peak > 0.0).then(|| self.peak_decibels()),
            "silence": self.silence.as_ref().map(ToString::to_string),
            "hash": self.hash,
            "wav_of": self.taps,
            "faults": faults,
            "file_troubles": self.troubles.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "times_real_time": self.speed(),
        })
    }
}
