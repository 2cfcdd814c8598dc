//! Ladder by fundsp: a resonant low-pass after the Moog ladder, another one than the own. A unit of `fundsp`.

use crate::parts::fundsp::declare;
use fundsp::prelude32 as fd;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Sound to filter.");
const CUTOFF: Input = Input::knob(1, "cutoff", Knob::hertz(20.0, 18_000.0, 1_000.0), "Corner frequency.");
const RESONANCE: Input = Input::knob(2, "resonance", Knob::unit(0.3), "0: none. Towards 100 % it whistles.");
const OUT: Output = Output::audio(0, "out", "The filtered sound.");

/// The spec of this node type.
pub static SPEC: NodeSpec = declare::spec::<Moog>("fundsp.moog", "Ladder by fundsp")
    .summary("A resonant low-pass after the Moog ladder, another one than the own.")
    .help(
        "A ladder of four poles with saturation inside, in the form that T. Stilson and J. Smith published \
         in 1996. Its pitch and its resonance are less exact than those of the ladder in the filters, and \
         that is what it is here for. Try: a saw through both, resonance at 70 %.",
    )
    .tags(&["ladder", "low-pass", "24 dB", "resonance"])
    .inputs(&[IN, CUTOFF, RESONANCE])
    .outputs(&[OUT])
    .that_changes_loudness("It takes away what lies above its corner.")
    .checked();

declare::unit!(Moog, &[IN, CUTOFF, RESONANCE], &[OUT], fd::moog());

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::rms_db;
    use jackfield_testkit::signal::sine;

    #[test]
    fn it_leaves_what_it_is_there_for() {
        let level = |hertz: f64| {
            let run = BlockHarness::new(&SPEC).plug(IN, sine(48_000, hertz, 48_000.0)).run(48_000);
            rms_db(&run.output(OUT)[24_000..])
        };
        let (corner, far) = (level(200.0), level(8_000.0));
        assert!(corner - far > 30.0, "{corner} dB, {far} dB");
    }
}
