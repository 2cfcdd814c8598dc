//! Lorenz tone: a chaotic tone between a drone and a noise. A unit of `fundsp`.

use fundsp::prelude32::{self as fd, AudioUnit};
use jackfield_node::C4_HERTZ;
use jackfield_node::adapt::fundsp::{FundspBlock, FundspNode};
use jackfield_node::prelude::*;

const FREQUENCY: Input =
    Input::knob(0, "frequency", Knob::hertz(20.0, 10_000.0, C4_HERTZ), "Pitch: a cable of 1 is an octave.");
const OUT: Output = Output::audio(0, "out", "The tone.");

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::block::<FundspBlock<Lorenz>>("fundsp.lorenz", "Lorenz tone", Category::Fundsp)
        .summary("A chaotic tone between a drone and a noise.")
        .help(
            "The weather of E. Lorenz (1963) as sound: it turns around one of two centres and changes sides \
         when nobody expects it. Low, it rumbles; high, it is a noise with a colour of its own. Try: \
         frequency at 110 Hz into a resonant filter.",
        )
        .tags(&["chaos", "attractor", "butterfly", "noise", "oscillator"])
        .inputs(&[FREQUENCY])
        .outputs(&[OUT])
        .without_equal_bits()
        .checked();

struct Lorenz;

impl FundspNode for Lorenz {
    type Config = NoConfig;
    const INPUTS: &'static [Input] = &[FREQUENCY];
    const OUTPUTS: &'static [Output] = &[OUT];

    fn unit(_: &NoConfig, _: &Setup, _: u32) -> Box<dyn AudioUnit> {
        Box::new(fd::lorenz())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::peak_db;

    #[test]
    fn it_sounds_and_stays_within_bounds() {
        let run = BlockHarness::new(&SPEC).run(48_000);
        let peak = peak_db(run.output(OUT));
        assert!((-30.0..6.0).contains(&peak), "{peak} dB");
    }
}
