//! Hall by fundsp: a large, slowly moving hall of 32 delay lines. A unit of `fundsp`.

use crate::parts::fundsp::declare;
use crate::parts::fundsp::reverb_ports::{
    IN, LEFT, LEFT_OUT, MIX, RIGHT, RIGHT_OUT, ReverbConfig, SIZE, TIME,
};
use fundsp::prelude32 as fd;
use jackfield_node::prelude::*;

/// The spec of this node type.
pub static SPEC: NodeSpec = declare::spec::<Reverb2>("fundsp.reverb_2", "Hall by fundsp")
    .summary("A large, slowly moving hall of 32 delay lines.")
    .help(
        "A feedback delay network with 32 lines whose lengths move a little, so that a long tail does not \
         ring. It is smoother and slower to begin than the reverb of the effects. Settings make another \
         hall, so changing one restarts it. Try: single plucks, mix 50 %, a size of 30.",
    )
    .tags(&["reverb", "hall", "fdn", "space", "ambient"])
    .inputs(&[IN, LEFT, RIGHT, MIX])
    .outputs(&[LEFT_OUT, RIGHT_OUT])
    .settings(&[SIZE, TIME])
    .random()
    .checked();

declare::unit!(
    Reverb2: ReverbConfig,
    &[LEFT, RIGHT],
    &[LEFT_OUT, RIGHT_OUT],
    |room| fd::reverb2_stereo(room.size, room.time, 1.0, 1.0, fd::lowpole_hz(8_000.0)),
    {
        const BOTH: Option<Input> = Some(IN);
        const MIX: Option<Input> = Some(MIX);
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_rings_on_and_dies_away() {
        crate::parts::fundsp::reverb_ports::rings_on_and_dies_away(&SPEC);
    }
}
