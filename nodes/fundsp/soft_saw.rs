//! Soft saw: all the overtones of a saw, as soft as those of a triangle. A unit of `fundsp`.

use fundsp::prelude32::{self as fd, AudioUnit};
use jackfield_node::C4_HERTZ;
use jackfield_node::adapt::fundsp::{FundspBlock, FundspNode};
use jackfield_node::prelude::*;

const FREQUENCY: Input =
    Input::knob(0, "frequency", Knob::hertz(20.0, 10_000.0, C4_HERTZ), "Pitch: a cable of 1 is an octave.");
const OUT: Output = Output::audio(0, "out", "The tone.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<FundspBlock<SoftSaw>>(
    "fundsp.soft_saw",
    "Soft saw",
    Category::Fundsp,
)
.summary("All the overtones of a saw, as soft as those of a triangle.")
.help(
    "A saw has all overtones and is bright, a triangle is soft and has only the odd ones. This has all \
         of them and is soft: strings and pads that need no filter. Try: three of them, a few cents apart.",
)
.tags(&["oscillator", "saw", "mellow", "strings"])
.inputs(&[FREQUENCY])
.outputs(&[OUT])
.random()
.without_equal_bits()
.checked();

struct SoftSaw;

impl FundspNode for SoftSaw {
    type Config = NoConfig;
    const INPUTS: &'static [Input] = &[FREQUENCY];
    const OUTPUTS: &'static [Output] = &[OUT];

    fn unit(_: &NoConfig, _: &Setup, _: u32) -> Box<dyn AudioUnit> {
        Box::new(fd::soft_saw())
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
