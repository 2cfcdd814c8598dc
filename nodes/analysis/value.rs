//! Value: a signal as a number. The editor shows it from a probe; the node passes the signal on.

use crate::parts::mixing::passthrough::Passthrough;
use jackfield_node::prelude::*;

const IN: Input = Input::control(0, "in", "Signal to look at.");
const OUT: Output = Output::control(0, "out", "The same signal.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Passthrough>("analysis.value", "Value", Category::Analysis)
    .formerly(&["looking.value"])
    .summary("Shows what a signal is, as a number.")
    .help(
        "Shows the signal as a number and passes it on unchanged. Pitch is in octaves from C4, a gate is 0 \
         or 1, sound is mostly between -1 and 1: with this you see what a cable really carries. Try: it \
         behind the pitch of a MIDI in and play an octave, then behind an envelope.",
    )
    .tags(&["number", "display", "debug", "meter", "read", "see"])
    .inputs(&[IN])
    .outputs(&[OUT])
    .face(Face::Value)
    .checked();
