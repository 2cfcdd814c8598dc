//! Rossler tone: a chaotic tone that circles around a pitch. A unit of `fundsp`.

use fundsp::prelude32::{self as fd, AudioUnit};
use jackfield_node::C4_HERTZ;
use jackfield_node::adapt::fundsp::{FundspBlock, FundspNode};
use jackfield_node::prelude::*;

const FREQUENCY: Input =
    Input::knob(0, "frequency", Knob::hertz(20.0, 10_000.0, C4_HERTZ), "Pitch: a cable of 1 is an octave.");
const OUT: Output = Output::audio(0, "out", "The tone.");

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::block::<FundspBlock<Rossler>>("fundsp.rossler", "Rossler tone", Category::Fundsp)
        .summary("A chaotic tone that circles around a pitch.")
        .help(
            "The state of a chaotic system (O. Rossler, 1976), heard as sound: it turns around a pitch, and \
         every few turns leaps out of it. No two turns are the same. Try: frequency at 60 Hz, and a \
         low-pass at 800 Hz behind it.",
        )
        .tags(&["chaos", "attractor", "drone", "noise", "oscillator"])
        .inputs(&[FREQUENCY])
        .outputs(&[OUT])
        .without_equal_bits()
        .checked();

struct Rossler;

impl FundspNode for Rossler {
    type Config = NoConfig;
    const INPUTS: &'static [Input] = &[FREQUENCY];
    const OUTPUTS: &'static [Output] = &[OUT];

    fn unit(_: &NoConfig, _: &Setup, _: u32) -> Box<dyn AudioUnit> {
        Box::new(fd::rossler())
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
