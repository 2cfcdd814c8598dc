//! Resonant band: a band-pass of two poles whose peak rings. A unit of `fundsp`.

use crate::parts::fundsp::declare;
use fundsp::prelude32 as fd;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Sound to filter.");
const CENTER: Input = Input::knob(
    1,
    "center",
    Knob::hertz(20.0, 18_000.0, 1_000.0),
    "The middle of the band; turned fast it whistles.",
)
.that_sweeps();
const RESONANCE: Input =
    Input::knob(2, "resonance", Knob::unit(0.5), "0: wide. Towards 100 % narrow, and it rings.");
const OUT: Output = Output::audio(0, "out", "The filtered sound.");

/// The spec of this node type.
pub static SPEC: NodeSpec = declare::spec::<Bandrez>("fundsp.bandrez", "Resonant band")
    .summary("A band-pass of two poles whose peak rings.")
    .help(
        "Two poles and no zeros: a resonance that lets a narrow band through and rings as long as it is \
         narrow. Several side by side make a body out of any knock. Try: short noises into three of them at \
         400, 1100 and 2300 Hz.",
    )
    .tags(&["band-pass", "resonator", "formant", "ping"])
    .inputs(&[IN, CENTER, RESONANCE])
    .outputs(&[OUT])
    .that_changes_loudness("It leaves a band and takes away the rest.")
    .checked();

declare::unit!(Bandrez, &[IN, CENTER, RESONANCE], &[OUT], fd::bandrez());

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
        let (corner, far) = (level(1_000.0), level(100.0));
        assert!(corner - far > 6.0, "{corner} dB, {far} dB");
    }
}
