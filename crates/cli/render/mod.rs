//! `jackfield render`: a patch as a sound file, faster than it plays.

mod summary;
mod tap;

use crate::exit::Failure;
use crate::feed::{InputSound, Notes};
use crate::interrupt::Interrupt;
use crate::options;
use crate::output::{print, print_json};
use crate::outputs::OutputKind;
use crate::source::Source;
use indicatif::{ProgressBar, ProgressStyle};
use jackfield_engine::{Session, SoundHash, offline};
use jackfield_io::{WavFormat, WavSpec, WavWriter};
use jackfield_patch::Given;
use std::path::{Path, PathBuf};
use std::time::Instant;
pub(crate) use summary::{SILENCE, Summary, advice};
use tap::{Tap, TapRequest};

/// Seconds that are rendered when nothing says how many.
const SECONDS: f64 = 10.0;
/// Seconds that a sound may ring on after the last note of a file.
const TAIL_SECONDS: f64 = 2.0;

/// Render a patch to a sound file.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The patch; - is standard input.
    patch: PathBuf,
    /// The WAV file to write. It appears when it is complete.
    #[arg(short, long, value_name = "FILE", required_unless_present_any = ["hash", "wav_of", "misplaced"])]
    output: Option<PathBuf>,
    /// What was meant for --output.
    #[arg(hide = true)]
    misplaced: Option<PathBuf>,
    /// How long; without it as long as the MIDI and input files and 2 seconds, or else 10 seconds.
    #[arg(long, value_parser = options::seconds, allow_negative_numbers = true)]
    seconds: Option<f64>,
    /// A MIDI file to play the patch with.
    #[arg(long, value_name = "FILE")]
    midi: Option<PathBuf>,
    /// An audio file in place of the sound device's input.
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Frames per second.
    #[arg(long, default_value_t = 48_000, value_parser = options::rate, allow_negative_numbers = true)]
    rate: u32,
    /// Frames computed at a time, like a sound device's buffer. Changes no bit of the sound.
    #[arg(long, default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    block: u32,
    /// Bits per sample: 16 or 24 with dither, or 32 for floats.
    #[arg(long, default_value = "24", value_parser = ["16", "24", "32"])]
    bits: String,
    /// Channels of the output.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    channels: u16,
    /// Write what an output carries to a file of its own. May be given several times.
    #[arg(long, value_name = "NODE.PORT=FILE")]
    wav_of: Vec<TapRequest>,
    /// Print the hash of the sound: equal on every machine, unless the patch plays AAC, MP3 or Ogg files.
    #[arg(long)]
    hash: bool,
    /// Print a report as JSON.
    #[arg(long)]
    json: bool,
}

impl Arguments {
    /// Sees to it that no output takes the place of an input or of another output.
    fn check_outputs(&self, source: &Source) -> Result<(), Failure> {
        let mut outputs = source.outputs();
        if let Some(midi) = &self.midi {
            outputs.read(midi, "the MIDI file");
        }
        if let Some(input) = &self.input {
            outputs.read(input, "the input");
        }
        let sounds = self.output.as_deref().into_iter().chain(self.wav_of.iter().map(TapRequest::file));
        for path in sounds {
            outputs.write(path, OutputKind::Sound)?;
        }
        Ok(())
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    options::refuse_misplaced(arguments.misplaced.as_deref())?;
    let source = Source::open(&arguments.patch, &jackfield_nodes::registry())?;
    arguments.check_outputs(&source)?;
    let midi = arguments.midi.as_deref().map(|path| Notes::open(path, arguments.rate)).transpose()?;
    let input = arguments.input.as_deref().map(|path| InputSound::open(path, arguments.rate)).transpose()?;
    source.warn_of_unused(midi.as_ref().map(|_| "--midi"), input.as_ref().map(|_| "--input"));
    let job = Job {
        source: &source,
        output: arguments.output.as_deref(),
        frames: length(arguments.seconds, SECONDS, arguments.rate, midi.as_ref(), input.as_ref()),
        midi: midi.unwrap_or_default(),
        input: input.unwrap_or_default(),
        rate: arguments.rate,
        block: arguments.block as usize,
        format: arguments.bits.parse().ok().and_then(WavFormat::from_bits).unwrap_or_default(),
        channels: arguments.channels,
        taps: &arguments.wav_of,
        hash: arguments.hash,
    };
    let summary = job.run(&Interrupt::catch())?;
    if arguments.json { print_json(&summary.json()) } else { print(&summary.text()) }
}

/// How many frames to render: as asked for, or as long as the files and a tail, or `otherwise` seconds.
pub(crate) fn length(
    seconds: Option<f64>,
    otherwise: f64,
    rate: u32,
    notes: Option<&Notes>,
    input: Option<&InputSound>,
) -> u64 {
    let in_frames = |seconds: f64| (seconds * f64::from(rate)).round() as u64;
    let files = notes.map(|notes| notes.frames).into_iter().chain(input.map(InputSound::frames)).max();
    match (seconds, files) {
        (Some(seconds), _) => in_frames(seconds).max(1),
        (None, Some(frames)) => frames + in_frames(TAIL_SECONDS),
        (None, None) => in_frames(otherwise),
    }
}

/// One rendering.
pub(crate) struct Job<'a> {
    pub(crate) source: &'a Source,
    pub(crate) output: Option<&'a Path>,
    pub(crate) frames: u64,
    pub(crate) midi: Notes,
    pub(crate) input: InputSound,
    pub(crate) rate: u32,
    pub(crate) block: usize,
    pub(crate) format: WavFormat,
    pub(crate) channels: u16,
    pub(crate) taps: &'a [TapRequest],
    pub(crate) hash: bool,
}

impl Job<'_> {
    /// Renders to the end or until the person has had enough; what is rendered by then is kept.
    pub(crate) fn run(&self, interrupt: &Interrupt) -> Result<Summary, Failure> {
        let begin = Instant::now();
        let (mut session, mut executor, problems) = self.source.compile(self.rate)?;
        if !problems.is_empty() {
            let lines: Vec<String> = problems.iter().map(|problem| self.source.describe(problem)).collect();
            return Err(Failure::inputs(&lines));
        }
        let mut sinks = Sinks {
            writer: self.output.map(|path| self.create(path)).transpose()?,
            taps: self.start_taps(&mut session)?,
            hash: self.hash.then(SoundHash::new),
        };
        let mut summary = Summary::new(self.rate, self.channels, self.format, self.output);
        let bar = progress_bar(self.frames);
        let mut result = Ok(());
        let job = offline::Job::of(usize::try_from(self.frames).unwrap_or(usize::MAX))
            .in_blocks_of(self.block)
            .with_channels(usize::from(self.channels))
            .with_input(&self.input.samples, self.input.channels)
            .with_midi(&self.midi.messages);
        offline::render(&mut session, &mut executor, &job, |session, samples| {
            result = sinks.write(samples);
            summary.add(samples, session.faults());
            bar.set_position(summary.frames);
            result.is_ok() && !interrupt.is_wanted()
        });
        bar.finish_and_clear();
        result?;
        summary.troubles = session.file_troubles();
        sinks.finish(&mut summary)?;
        summary.silence = summary.is_silent().then(|| self.source.patch.explain_silence(self.given()));
        summary.took = begin.elapsed();
        Ok(summary)
    }

    /// What comes in from outside.
    fn given(&self) -> Given {
        Given { midi: !self.midi.messages.is_empty(), input: !self.input.samples.is_empty() }
    }

    /// Begins the sound file.
    fn create(&self, path: &Path) -> Result<WavWriter, Failure> {
        let spec = WavSpec::new(self.channels, self.rate, self.format);
        WavWriter::create(path, spec).map_err(Failure::output)
    }

    fn start_taps(&self, session: &mut Session) -> Result<Vec<Tap>, Failure> {
        let start = |request| Tap::start(request, session, &self.source.patch, self.rate, self.block);
        self.taps.iter().map(start).collect()
    }
}

/// Where the sound goes.
struct Sinks {
    writer: Option<WavWriter>,
    taps: Vec<Tap>,
    hash: Option<SoundHash>,
}

impl Sinks {
    fn write(&mut self, samples: &[f32]) -> Result<(), Failure> {
        if let Some(writer) = &mut self.writer {
            writer.write_interleaved(samples).map_err(Failure::output)?;
        }
        if let Some(hash) = &mut self.hash {
            hash.add(samples);
        }
        self.taps.iter_mut().try_for_each(Tap::write)
    }

    /// Completes the files.
    fn finish(self, summary: &mut Summary) -> Result<(), Failure> {
        if let Some(writer) = self.writer {
            writer.finish().map_err(Failure::output)?;
        }
        summary.taps = self.taps.into_iter().map(Tap::finish).collect::<Result<_, _>>()?;
        summary.hash = self.hash.map(SoundHash::hex);
        Ok(())
    }
}

/// On a terminal: how far it is and how long it will take.
fn progress_bar(frames: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{wide_bar} {percent}% {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(frames).with_style(style)
}
