//! Morphing filter: a filter that goes from low-pass over peak to high-pass. A unit of `fundsp`.

use crate::parts::fundsp::declare;
use fundsp::prelude32 as fd;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Sound to filter.");
const CUTOFF: Input = Input::knob(1, "cutoff", Knob::hertz(20.0, 18_000.0, 1_000.0), "Corner frequency.");
const RESONANCE: Input = Input::knob(2, "q", Knob::ratio(0.1, 10.0, 1.0), "How sharp it is at its corner.");
const MORPH: Input =
    Input::knob(3, "morph", Knob::bipolar(0.0), "-100 %: low-pass. 0: a peak. 100 %: high-pass.");
const OUT: Output = Output::audio(0, "out", "The filtered sound.");

/// The spec of this node type.
pub static SPEC: NodeSpec = declare::spec::<Morph>("fundsp.morph", "Morphing filter")
    .summary("A filter that goes from low-pass over peak to high-pass.")
    .help(
        "One knob leads from a low-pass over a peak that leaves all the rest to a high-pass, without a \
         step. With a slow hand it sweeps a sound from dark to thin; fast, it speaks. Try: noise, and an \
         LFO into morph with depth 1.",
    )
    .tags(&["low-pass", "high-pass", "peak", "sweep"])
    .inputs(&[IN, CUTOFF, RESONANCE, MORPH])
    .outputs(&[OUT])
    .that_changes_loudness("It takes away what lies above or below its corner.")
    .checked();

declare::unit!(Morph, &[IN, CUTOFF, RESONANCE, MORPH], &[OUT], fd::morph());

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
        let (corner, far) = (level(1_000.0), level(50.0));
        assert!(corner - far > -12.0, "{corner} dB, {far} dB");
    }
}
