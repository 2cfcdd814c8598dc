//! DSF square: a hollow tone whose brightness is one knob, by discrete summation. A unit of `fundsp`.

use crate::parts::fundsp::declare;
use crate::parts::fundsp::tone::{FREQUENCY, OUT, ROUGHNESS};
use fundsp::prelude32 as fd;
use jackfield_node::prelude::*;

/// The spec of this node type.
pub static SPEC: NodeSpec = declare::spec::<DsfSquare>("fundsp.dsf_square", "DSF square")
    .summary("A hollow tone whose brightness is one knob, by discrete summation.")
    .help(
        "As the DSF saw, with odd overtones only: hollow as a clarinet, from a sine to a square and beyond, \
         by one knob. Try: a slow LFO into roughness with depth 0.3, and a second one an octave below.",
    )
    .tags(&["moorer", "discrete summation", "oscillator", "square", "clarinet"])
    .inputs(&[FREQUENCY, ROUGHNESS])
    .outputs(&[OUT])
    .random()
    .checked();

declare::unit!(DsfSquare, &[FREQUENCY, ROUGHNESS], &[OUT], fd::dsf_square());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_the_pitch_that_the_knob_says() {
        crate::parts::fundsp::tone::keeps_its_pitch(&SPEC);
    }
}
