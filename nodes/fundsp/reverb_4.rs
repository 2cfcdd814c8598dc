//! Bloom by fundsp: a reverb that fades in after the sound, and then out. A unit of `fundsp`.

use crate::parts::fundsp::declare;
use crate::parts::fundsp::reverb_ports::{
    IN, LEFT, LEFT_OUT, MIX, RIGHT, RIGHT_OUT, ReverbConfig, SIZE, TIME,
};
use fundsp::prelude32 as fd;
use jackfield_node::prelude::*;

/// The spec of this node type.
pub static SPEC: NodeSpec = declare::spec::<Reverb4>("fundsp.reverb_4", "Bloom by fundsp")
    .summary("A reverb that fades in after the sound, and then out.")
    .help(
        "The tail swells before it dies, as in a vast space far behind the sound: it stands apart from what \
         made it. Settings make another space, so changing one restarts it. Try: a short chord, mix 60 %, \
         and let it bloom.",
    )
    .tags(&["reverb", "swell", "fade-in", "space", "ambient"])
    .inputs(&[IN, LEFT, RIGHT, MIX])
    .outputs(&[LEFT_OUT, RIGHT_OUT])
    .settings(&[SIZE, TIME])
    .checked();

declare::unit!(
    Reverb4: ReverbConfig,
    &[LEFT, RIGHT],
    &[LEFT_OUT, RIGHT_OUT],
    |room| fd::reverb4_stereo(room.size.max(15.0), room.time),
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
