//! Spectrogram: frequencies over time. The editor draws it from a probe; the node passes the signal on.

use crate::parts::mixing::passthrough::Passthrough;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Signal to look at.");
const OUT: Output = Output::audio(0, "out", "The same signal.");

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<Passthrough>("analysis.spectrogram", "Spectrogram", Category::Analysis)
        .formerly(&["looking.spectrogram"])
        .summary("Draws how the frequencies of a signal change over time.")
        .help(
            "A spectrum that scrolls: time runs to the side, frequency upwards, brightness is loudness; the \
         signal passes unchanged. Vibrato is a wave, a filter sweep a slope, a drum a vertical line. Try: \
         noise through a resonant filter that an LFO sweeps, or a voice from audio in.",
        )
        .tags(&["sonogram", "waterfall", "fft", "frequency", "time", "display", "see"])
        .inputs(&[IN])
        .outputs(&[OUT])
        .face(Face::Spectrogram)
        .checked();
