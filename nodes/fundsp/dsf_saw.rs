//! DSF saw: a saw whose brightness is one knob, by discrete summation. A unit of `fundsp`.

use crate::parts::fundsp::declare;
use crate::parts::fundsp::tone::{FREQUENCY, OUT, ROUGHNESS};
use fundsp::prelude32 as fd;
use jackfield_node::prelude::*;

/// The spec of this node type.
pub static SPEC: NodeSpec = declare::spec::<DsfSaw>("fundsp.dsf_saw", "DSF saw")
    .summary("A saw whose brightness is one knob, by discrete summation.")
    .help(
        "A closed formula (J. Moorer, 1976) adds up a whole row of overtones, each softer than the one \
         before by the same ratio: the roughness. At 0 it is a sine, towards 100 % a saw and beyond. No \
         filter opens so evenly. Try: an envelope into roughness with depth 0.6.",
    )
    .tags(&["moorer", "discrete summation", "oscillator", "saw", "brightness"])
    .inputs(&[FREQUENCY, ROUGHNESS])
    .outputs(&[OUT])
    .random()
    .checked();

declare::unit!(DsfSaw, &[FREQUENCY, ROUGHNESS], &[OUT], fd::dsf_saw());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_the_pitch_that_the_knob_says() {
        crate::parts::fundsp::tone::keeps_its_pitch(&SPEC);
    }
}
