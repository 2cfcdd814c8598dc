//! Scope: the shape of a signal. The editor draws it from a probe; the node passes the signal on.

use crate::parts::mixing::passthrough::Passthrough;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Signal to look at.");
const OUT: Output = Output::audio(0, "out", "The same signal.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Passthrough>("analysis.scope", "Scope", Category::Analysis)
    .formerly(&["looking.scope"])
    .summary("Draws a signal over time.")
    .help(
        "Shows the shape of a signal as it passes, and passes it on unchanged: put it into any cable. A saw \
         has teeth, a sine is smooth, an envelope is slow: what you hear has a shape. Try: an oscillator \
         into it, turn through the waveforms, then put a filter in front and watch the corners go.",
    )
    .tags(&["oscilloscope", "waveform", "display", "see", "analyse", "debug"])
    .inputs(&[IN])
    .outputs(&[OUT])
    .face(Face::Scope)
    .checked();
