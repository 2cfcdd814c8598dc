//! `--wav-of node.port=FILE`: what one output carries, as a sound file of its own.

use crate::exit::Failure;
use jackfield_engine::{Probe, Session};
use jackfield_io::{WavFormat, WavSpec, WavWriter};
use jackfield_patch::Patch;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// An output and the file that shall hold its signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TapRequest {
    node: String,
    output: String,
    file: PathBuf,
}

impl TapRequest {
    /// The file that shall hold the signal.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }
}

impl FromStr for TapRequest {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('=').and_then(|(end, file)| Some((end.rsplit_once('.')?, file)));
        match parts {
            Some(((node, output), file)) if !node.is_empty() && !output.is_empty() && !file.is_empty() => {
                Ok(Self { node: node.to_owned(), output: output.to_owned(), file: file.into() })
            }
            _ => Err("write node.port=FILE, like filter.low=low.wav"),
        }
    }
}

/// An output that is being written to a file: one channel, 32-bit floats, all voices added.
pub(super) struct Tap {
    probe: Probe,
    writer: WavWriter,
    file: PathBuf,
    samples: Vec<f32>,
}

impl Tap {
    /// Starts a tap that is read at least every `frames` frames.
    pub(super) fn start(
        request: &TapRequest,
        session: &mut Session,
        patch: &Patch,
        sample_rate: u32,
        frames: usize,
    ) -> Result<Self, Failure> {
        let probe = session
            .probe(&request.node, &request.output, frames)
            .map_err(|error| Failure::input(format!("--wav-of: {error}{}", hint(request, patch))))?;
        let spec = WavSpec::new(1, sample_rate, WavFormat::Float32);
        let writer = WavWriter::create(&request.file, spec).map_err(Failure::output)?;
        Ok(Self { probe, writer, file: request.file.clone(), samples: Vec::with_capacity(frames) })
    }

    /// Writes what came since the last time.
    pub(super) fn write(&mut self) -> Result<(), Failure> {
        self.samples.clear();
        self.probe.read_waveform(&mut self.samples);
        self.writer.write_interleaved(&self.samples).map_err(Failure::output)
    }

    /// Completes the file; where it is.
    pub(super) fn finish(self) -> Result<PathBuf, Failure> {
        self.writer.finish().map_err(Failure::output)?;
        Ok(self.file)
    }
}

/// What was probably meant.
fn hint(request: &TapRequest, patch: &Patch) -> String {
    let patch = patch.without_boxes();
    let near = match patch.find(&request.node).and_then(|index| patch.node(index)) {
        None => {
            let ids: Vec<&str> = patch.nodes().map(|(_, node)| &*node.id).collect();
            jackfield_node::suggest(&request.node, ids.iter().copied()).map(str::to_owned)
        }
        Some(node) => jackfield_node::suggest(&request.output, node.output_names()).map(str::to_owned),
    };
    near.map_or_else(String::new, |near| format!("; did you mean '{near}'?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_names_node_port_and_file() {
        let request: TapRequest = "my.node.low=a=b.wav".parse().unwrap();
        assert_eq!((request.node.as_str(), request.output.as_str()), ("my.node", "low"));
        assert_eq!(request.file, PathBuf::from("a=b.wav"));
        for bad in ["", "a", "a.b", "a=b", "a.b=", ".b=c", "a.=c"] {
            assert!(bad.parse::<TapRequest>().is_err(), "{bad}");
        }
    }
}
