//! Organ tone: a steady tone of octaves, as of a pipe organ with many stops. A unit of `fundsp`.

use fundsp::prelude32::{self as fd, AudioUnit};
use jackfield_node::C4_HERTZ;
use jackfield_node::adapt::fundsp::{FundspBlock, FundspNode};
use jackfield_node::prelude::*;

const FREQUENCY: Input =
    Input::knob(0, "frequency", Knob::hertz(20.0, 10_000.0, C4_HERTZ), "Pitch: a cable of 1 is an octave.");
const OUT: Output = Output::audio(0, "out", "The tone.");

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::block::<FundspBlock<Organ>>("fundsp.organ", "Organ tone", Category::Fundsp)
        .summary("A steady tone of octaves, as of a pipe organ with many stops.")
        .help(
            "Its partials are the octaves of the fundamental, so it is full and never harsh: flue pipes of \
         several lengths on one key. Try: slow chords, and a long reverb behind it.",
        )
        .tags(&["pipe", "octaves", "oscillator", "church"])
        .inputs(&[FREQUENCY])
        .outputs(&[OUT])
        .random()
        .without_equal_bits()
        .checked();

struct Organ;

impl FundspNode for Organ {
    type Config = NoConfig;
    const INPUTS: &'static [Input] = &[FREQUENCY];
    const OUTPUTS: &'static [Output] = &[OUT];

    fn unit(_: &NoConfig, _: &Setup, _: u32) -> Box<dyn AudioUnit> {
        Box::new(fd::organ())
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
