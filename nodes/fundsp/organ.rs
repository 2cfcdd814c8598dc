//! Organ tone: a steady tone of octaves, as of a pipe organ with many stops. A unit of `fundsp`.

use crate::parts::fundsp::declare;
use crate::parts::fundsp::tone::{FREQUENCY, OUT};
use fundsp::prelude32 as fd;
use jackfield_node::prelude::*;

/// The spec of this node type.
pub static SPEC: NodeSpec = declare::spec::<Organ>("fundsp.organ", "Organ tone")
    .summary("A steady tone of octaves, as of a pipe organ with many stops.")
    .help(
        "Its partials are the octaves of the fundamental, so it is full and never harsh: flue pipes of \
         several lengths on one key. Try: slow chords, and a long reverb behind it.",
    )
    .tags(&["pipe", "octaves", "oscillator", "church"])
    .inputs(&[FREQUENCY])
    .outputs(&[OUT])
    .random()
    .checked();

declare::unit!(Organ, &[FREQUENCY], &[OUT], fd::organ());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_the_pitch_that_the_knob_says() {
        crate::parts::fundsp::tone::keeps_its_pitch(&SPEC);
    }
}
