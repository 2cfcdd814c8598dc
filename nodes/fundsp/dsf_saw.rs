//! DSF saw: a saw whose brightness is one knob, by discrete summation. A unit of `fundsp`.

use fundsp::prelude32::{self as fd, AudioUnit};
use jackfield_node::C4_HERTZ;
use jackfield_node::adapt::fundsp::{FundspBlock, FundspNode};
use jackfield_node::prelude::*;

const FREQUENCY: Input =
    Input::knob(0, "frequency", Knob::hertz(20.0, 10_000.0, C4_HERTZ), "Pitch: a cable of 1 is an octave.");
const ROUGHNESS: Input =
    Input::knob(1, "roughness", Knob::unit(0.5), "How much of each overtone the next one has. 0: a sine.");
const OUT: Output = Output::audio(0, "out", "The tone.");

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::block::<FundspBlock<DsfSaw>>("fundsp.dsf_saw", "DSF saw", Category::Fundsp)
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
        .without_equal_bits()
        .checked();

struct DsfSaw;

impl FundspNode for DsfSaw {
    type Config = NoConfig;
    const INPUTS: &'static [Input] = &[FREQUENCY, ROUGHNESS];
    const OUTPUTS: &'static [Output] = &[OUT];

    fn unit(_: &NoConfig, _: &Setup, _: u32) -> Box<dyn AudioUnit> {
        Box::new(fd::dsf_saw())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::{cents, frequency};

    #[test]
    fn it_has_the_pitch_that_the_knob_says() {
        for hertz in [110.0, 880.0] {
            let run = BlockHarness::new(&SPEC).turn(FREQUENCY, hertz).run(48_000);
            let found = frequency(run.output(OUT), 48_000.0, f64::from(hertz));
            assert!(cents(found, f64::from(hertz)).abs() < 1.0, "{found} Hz");
        }
    }
}
