//! Driven resonator: a resonance that is bent inside its own loop. A unit of `fundsp`.

use crate::parts::fundsp::declare;
use fundsp::prelude32 as fd;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Sound to filter.");
const CENTER: Input =
    Input::knob(1, "center", Knob::hertz(20.0, 18_000.0, 500.0), "Where it rings; turned fast it whistles.")
        .that_sweeps();
const RESONANCE: Input =
    Input::knob(2, "q", Knob::ratio(0.5, 50.0, 5.0), "How narrow it is, and how long it rings.");
const OUT: Output = Output::audio(0, "out", "The ringing.");

/// The spec of this node type.
pub static SPEC: NodeSpec = declare::spec::<DrivenResonator>("fundsp.driven_resonator", "Driven resonator")
    .summary("A resonance that is bent inside its own loop.")
    .help(
        "A resonant filter whose memory saturates (J. Chowdhury's nonlinear biquad): soft sounds ring on \
         one pitch, loud ones push the resonance aside and growl, and it comes back as they fade. It can't \
         run away, however loud the sound is. Try: a drum loop at 300 Hz with a Q of 20, and a level that \
         an envelope turns up and down before it.",
    )
    .tags(&["resonator", "saturation", "nonlinear", "band-pass", "chowdhury"])
    .inputs(&[IN, CENTER, RESONANCE])
    .outputs(&[OUT])
    .that_changes_loudness("It leaves a band and takes away the rest.")
    .checked();

declare::unit!(DrivenResonator, &[IN, CENTER, RESONANCE], &[OUT], fd::fresonator(fd::Softsign(1.0)));

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::rms_db;
    use jackfield_testkit::signal::sine;

    fn gain(hertz: f64, level: f32) -> f64 {
        let sound: Vec<f32> = sine(48_000, hertz, 48_000.0).iter().map(|x| x * level).collect();
        let dry = rms_db(&sound[24_000..]);
        let run = BlockHarness::new(&SPEC).turn(RESONANCE, 20.0).plug(IN, sound).run(48_000);
        rms_db(&run.output(OUT)[24_000..]) - dry
    }

    #[test]
    fn soft_sounds_ring_and_loud_ones_push_the_resonance_aside() {
        let (soft, far, loud) = (gain(500.0, 0.001), gain(50.0, 0.001), gain(500.0, 1.0));
        assert!(soft - far > 20.0, "{soft} dB at the centre, {far} dB below it");
        assert!(soft - loud > 3.0, "{soft} dB soft, {loud} dB loud");
    }

    #[test]
    fn it_does_not_run_away() {
        let mut harness = BlockHarness::new(&SPEC);
        harness
            .turn(RESONANCE, 50.0)
            .plug(IN, sine(96_000, 500.0, 48_000.0).iter().map(|x| 100.0 * x).collect());
        let run = harness.run(96_000);
        assert!(run.output(OUT).iter().all(|x| x.abs() < 1_000.0));
    }
}
