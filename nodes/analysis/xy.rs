//! XY: one signal drawn over another. The editor draws it from probes; the node passes both on.

use crate::parts::mixing::passthrough::Passthrough;
use jackfield_node::prelude::*;

const X: Input = Input::audio(0, "x", "Signal that goes to the right.");
const Y: Input = Input::audio(1, "y", "Signal that goes up.");
const OUT_X: Output = Output::audio(0, "x", "The first signal.");
const OUT_Y: Output = Output::audio(1, "y", "The second signal.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Passthrough<2>>("analysis.xy", "XY", Category::Analysis)
    .formerly(&["looking.xy"])
    .summary("Draws one signal over another.")
    .help(
        "Moves a point to the right with the first signal and up with the second, and passes both on \
         unchanged. Two sines in simple ratios draw Lissajous figures: 1:1 a circle or a line, 2:3 a knot. \
         With left and right of a stereo sound it shows its width: a mono sound is a slanted line. Try: two \
         sines an octave apart, one a little out of tune.",
    )
    .tags(&["lissajous", "vectorscope", "goniometer", "stereo", "phase", "display", "see"])
    .inputs(&[X, Y])
    .outputs(&[OUT_X, OUT_Y])
    .face(Face::Xy)
    .checked();
