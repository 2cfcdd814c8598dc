//! Spectrum: which frequencies a signal has. The editor draws it from a probe; the node passes the signal on.

use crate::parts::mixing::passthrough::Passthrough;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Signal to look at.");
const OUT: Output = Output::audio(0, "out", "The same signal.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Passthrough>(
    "analysis.spectrum",
    "Spectrum",
    Category::Analysis,
)
.formerly(&["looking.spectrum"])
.summary("Draws which frequencies a signal has.")
.help(
    "Shows how loud each frequency is, low to the left and high to the right, and passes the signal on \
         unchanged. A note is a row of peaks at equal distances in hertz: its harmonics. Noise is a plain. \
         Try: a saw through a ladder filter, and watch the cutoff cut the row of peaks and the resonance \
         lift one of them.",
)
.tags(&["analyser", "fft", "frequency", "harmonics", "display", "see"])
.inputs(&[IN])
.outputs(&[OUT])
.face(Face::Spectrum)
.checked();
