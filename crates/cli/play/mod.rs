//! `jackfield play`: a patch on the sound device, or as a sound file where there is none.

mod fallback;
pub(crate) mod keyboard;
mod live;
mod recording;

use crate::exit::Failure;
use crate::interrupt::Interrupt;
use crate::options;
use crate::outputs::OutputKind;
use crate::patch_file::Home;
use crate::source::Source;
use jackfield_io::device::{Device, DeviceError, DeviceRequest, InputRequest};
use jackfield_patch::{Given, Silence, Waiting};
use std::path::{Path, PathBuf};

/// What plays when no patch is named.
pub(crate) const DEMO: &str = include_str!("../../../patches/demo.jack");

/// Play a patch on the sound device; without one, render it to a WAV file and say so.
#[derive(clap::Args, Default)]
pub(crate) struct Arguments {
    /// The patch; - is standard input. Without one the built-in demo plays.
    patch: Option<PathBuf>,
    /// The sound system, like alsa, jack or pulseaudio.
    #[arg(long)]
    host: Option<String>,
    /// The device: its id, its name, or a part of it. 'jackfield devices' lists them.
    #[arg(long)]
    device: Option<String>,
    /// Record from the default input, or from this one, for patches that listen.
    #[arg(long, value_name = "DEVICE", num_args = 0..=1, default_missing_value = "default")]
    input: Option<String>,
    /// Frames per second; the device's own without it.
    #[arg(long, value_parser = options::rate, allow_negative_numbers = true)]
    rate: Option<u32>,
    /// Frames to compute at a time: fewer for less delay, more against gaps.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    buffer: Option<u32>,
    /// A MIDI file to play the patch with, or a MIDI input: its name or a part of it.
    #[arg(long, value_name = "FILE|PORT")]
    midi: Option<PathBuf>,
    /// Send what the patch plays (node 'device.midi_out') to this MIDI output: its name or a part of it.
    #[arg(long, value_name = "PORT")]
    midi_out: Option<String>,
    /// Record what is heard to this WAV file.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Stop after this time; without it at the end of the MIDI file, or with Ctrl-C.
    #[arg(long, value_parser = options::seconds, allow_negative_numbers = true)]
    seconds: Option<f64>,
    /// At the end, print a report as JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let source = open(arguments.patch.as_deref())?;
    if let Some(record) = &arguments.record {
        arguments.check_output(&source, record)?;
    }
    recording::tell_of_cut_off();
    let interrupt = Interrupt::catch();
    match Device::open(&arguments.request()) {
        Ok(device) => live::play(arguments, &source, device, &interrupt),
        Err(error) if arguments.may_fall_back(&error) => {
            fallback::render(arguments, &source, &error, &interrupt)
        }
        Err(error) => Err(arguments.refuse(&error)),
    }
}

fn open(patch: Option<&Path>) -> Result<Source, Failure> {
    let registry = jackfield_nodes::registry();
    if let Some(path) = patch {
        return Source::open(path, &registry);
    }
    let (patch, _) = jackfield_patch::read(DEMO, &registry)
        .map_err(|error| Failure::input(format!("the built-in demo: {error}")))?;
    let path = PathBuf::from("demo.jack");
    Ok(Source { home: Home::Beside(path.clone()), path, patch })
}

impl Arguments {
    /// Playing a patch with nothing else said.
    pub(crate) fn of(patch: Option<PathBuf>) -> Self {
        Self { patch, ..Self::default() }
    }

    /// Sees to it that a recording takes the place of nothing that is read.
    fn check_output(&self, source: &Source, path: &Path) -> Result<(), Failure> {
        let mut outputs = source.outputs();
        if let Some(midi) = self.midi_file() {
            outputs.read(midi, "the MIDI file");
        }
        outputs.write(path, OutputKind::Sound)
    }

    /// Says what is given in vain, and what the patch waits for.
    fn explain(&self, source: &Source) {
        let (midi, input) = (self.midi.is_some(), self.input.is_some());
        source.warn_of_unused(midi.then_some("--midi"), input.then_some("--input"));
        let path = source.path.display();
        match source.patch.waiting(Given { midi, input }) {
            Some(Waiting { node, for_midi: true }) => {
                eprintln!("{path}: node '{node}' plays from MIDI; give a file or a port with --midi");
            }
            Some(Waiting { node, for_midi: false }) => {
                eprintln!("{path}: node '{node}' listens to the sound device's input; give --input");
            }
            None => {}
        }
        if let silence @ (Silence::NoOutput | Silence::MutedOutput { .. } | Silence::NothingReaches { .. }) =
            source.patch.explain_silence(Given { midi, input })
        {
            eprintln!("{path}: it is silent: {silence}");
        }
    }

    /// Why it does not play.
    fn refuse(&self, error: &DeviceError) -> Failure {
        match (self.midi_port(), &self.midi_out) {
            (Some(name), _) => {
                let midi =
                    format!("--midi '{name}' is no file, and a MIDI input plays on a sound device only");
                Failure::device(format!("{error}; {midi}"))
            }
            (None, Some(name)) => Failure::device(format!(
                "{error}; --midi-out '{name}' needs a sound device that sets the time"
            )),
            (None, None) => Failure::device(error),
        }
    }

    /// The MIDI file to play with, if it is a file.
    fn midi_file(&self) -> Option<&Path> {
        let looks_like_one =
            |path: &&Path| path.exists() || path.extension().is_some_and(|end| end == "mid" || end == "midi");
        self.midi.as_deref().filter(looks_like_one)
    }

    /// The MIDI input to play with, if it is no file.
    fn midi_port(&self) -> Option<&str> {
        if self.midi_file().is_some() { None } else { self.midi.as_deref()?.to_str() }
    }

    fn request(&self) -> DeviceRequest {
        let mut request = DeviceRequest::default();
        request.host.clone_from(&self.host);
        request.output.clone_from(&self.device);
        request.input = match self.input.as_deref() {
            None => InputRequest::Off,
            Some("default") => InputRequest::Default,
            Some(name) => InputRequest::Named(name.to_owned()),
        };
        (request.sample_rate, request.block) = (self.rate, self.buffer);
        request
    }

    /// Whether a sound file will do: no device is there, and the person has named none, for sound or MIDI.
    fn may_fall_back(&self, error: &DeviceError) -> bool {
        let has_midi = self.midi_port().is_some() || self.midi_out.is_some();
        let named = self.host.is_some() || self.device.is_some() || self.input.is_some() || has_midi;
        let absent = matches!(
            error,
            DeviceError::NoDevice { .. } | DeviceError::HostDown { .. } | DeviceError::Failed { .. }
        );
        absent && !named
    }
}
