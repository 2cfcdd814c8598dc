//! Soft saw: all the overtones of a saw, as soft as those of a triangle. A unit of `fundsp`.

use crate::parts::fundsp::declare;
use crate::parts::fundsp::tone::{FREQUENCY, OUT};
use fundsp::prelude32 as fd;
use jackfield_node::prelude::*;

/// The spec of this node type.
pub static SPEC: NodeSpec = declare::spec::<SoftSaw>("fundsp.soft_saw", "Soft saw")
    .summary("All the overtones of a saw, as soft as those of a triangle.")
    .help(
        "A saw has all overtones and is bright, a triangle is soft and has only the odd ones. This has all \
         of them and is soft: strings and pads that need no filter. Try: three of them, a few cents apart.",
    )
    .tags(&["oscillator", "saw", "mellow", "strings"])
    .inputs(&[FREQUENCY])
    .outputs(&[OUT])
    .random()
    .checked();

declare::unit!(SoftSaw, &[FREQUENCY], &[OUT], fd::soft_saw());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_the_pitch_that_the_knob_says() {
        crate::parts::fundsp::tone::keeps_its_pitch(&SPEC);
    }
}
