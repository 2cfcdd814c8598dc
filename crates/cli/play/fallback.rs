//! Where there is no sound device, the sound goes to a file.

use super::Arguments;
use crate::exit::Failure;
use crate::feed::{InputSound, Notes};
use crate::interrupt::Interrupt;
use crate::output::{print, print_json};
use crate::render::{self, Job};
use crate::source::Source;
use jackfield_io::WavFormat;
use jackfield_io::device::DeviceError;
use std::path::{Path, PathBuf};

/// Seconds that are rendered when nothing says how many.
const SECONDS: f64 = 20.0;
/// Frames per second of files.
const RATE: u32 = 48_000;

pub(super) fn render(
    arguments: &Arguments,
    source: &Source,
    reason: &DeviceError,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let output = arguments.record.clone().unwrap_or_else(|| file_name(&source.path));
    arguments.check_output(source, &output)?;
    eprintln!("{reason}; rendering to {} instead", output.display());
    let rate = arguments.rate.unwrap_or(RATE);
    let notes = arguments.midi_file().map(|path| Notes::open(path, rate)).transpose()?;
    source.warn_of_unused(notes.as_ref().map(|_| "--midi"), None);
    let job = Job {
        source,
        output: Some(&output),
        frames: render::length(arguments.seconds, SECONDS, rate, notes.as_ref(), None),
        midi: notes.unwrap_or_default(),
        input: InputSound::default(),
        rate,
        block: arguments.buffer.unwrap_or(512) as usize,
        format: WavFormat::Int24,
        channels: 2,
        taps: &[],
        hash: false,
    };
    let summary = job.run(interrupt)?;
    if arguments.json { print_json(&summary.json()) } else { print(&summary.text()) }
}

/// A name that tells where the file came from, and that no file made by hand is likely to have.
fn file_name(patch: &Path) -> PathBuf {
    let stem = patch.file_stem().filter(|stem| *stem != "-").unwrap_or("patch".as_ref());
    PathBuf::from(format!("{}.rendered.wav", stem.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_named_after_the_patch_and_lies_here() {
        assert_eq!(file_name(Path::new("patches/demo.jack")), Path::new("demo.rendered.wav"));
        assert_eq!(file_name(Path::new("-")), Path::new("patch.rendered.wav"));
    }
}
