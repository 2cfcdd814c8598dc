//! Loudness meter: ITU-R BS.1770-4 and EBU R 128, in LUFS.

use crate::parts::timing::gate::Gate;
use jackfield_node::dsp::loudness::{Meter, Readings};
use jackfield_node::prelude::*;

const LEFT: Input = Input::audio(0, "left", "Left side, or a mono sound.").sum();
const RIGHT: Input = Input::audio(1, "right", "Right side.").sum();
const RESTART: Input = Input::gate(2, "restart", "Begins integrated loudness and range anew.").sum();

const OUT_LEFT: Output = Output::audio(0, "left", "The left side as it came.");
const OUT_RIGHT: Output = Output::audio(1, "right", "The right side as it came.");
const MOMENTARY: Output =
    Output::control(2, "momentary", "Loudness of the last 400 ms in LUFS, -23 for example.");
const SHORT_TERM: Output = Output::control(3, "short_term", "Loudness of the last 3 s in LUFS.");
const INTEGRATED: Output =
    Output::control(4, "integrated", "Loudness of everything since the start in LUFS, without its pauses.");
const RANGE: Output = Output::control(5, "range", "How far quiet and loud passages are apart, in LU.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Loudness>(
    "analysis.loudness",
    "Loudness meter",
    Category::Analysis,
)
.formerly(&["looking.loudness"])
.summary("Shows how loud a mix sounds, as broadcasters and streaming services measure it.")
.help(
    "Measures loudness by EBU R 128: weighted as ears hear, with pauses left out. Broadcasters ask for \
         an integrated loudness of -23 LUFS, streaming services for about -14. Momentary and short-term \
         loudness guide while mixing; the range tells how far quiet and loud passages are apart. Sound \
         passes unchanged. Try: it between a mixer and the output, play the whole piece, then turn the mixer \
         by what is missing to -14.",
)
.tags(&["lufs", "lkfs", "r128", "bs1770", "ebu", "level", "mastering", "broadcast", "display"])
.inputs(&[LEFT, RIGHT, RESTART])
.outputs(&[OUT_LEFT, OUT_RIGHT, MOMENTARY, SHORT_TERM, INTEGRATED, RANGE])
.face(Face::Loudness)
.checked();

struct Loudness {
    meter: Meter,
    restart: Gate,
}

impl BlockNode for Loudness {
    type Config = NoConfig;

    fn new(_: &NoConfig, setup: &Setup, _: u32) -> Self {
        Self { meter: Meter::new(setup.sample_rate), restart: Gate::default() }
    }

    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        let [left, right, restart] = [LEFT, RIGHT, RESTART].map(|input| io.input(input));
        for frame in 0..io.frames() {
            if self.restart.rises(restart[frame]) {
                self.meter.restart();
            }
            self.meter.hear([left[frame], right[frame]]);
            let Readings { momentary, short_term, integrated, range } = self.meter.readings();
            let readings =
                [(MOMENTARY, momentary), (SHORT_TERM, short_term), (INTEGRATED, integrated), (RANGE, range)];
            for (output, reading) in readings {
                io.output(output)[frame] = reading;
            }
        }
        for (output, samples) in [(OUT_LEFT, left), (OUT_RIGHT, right)] {
            io.output(output).copy_from_slice(samples);
        }
    }

    fn reset(&mut self) {
        self.meter.reset();
        self.restart = Gate::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::integrated_lufs;
    use jackfield_testkit::signal::{noise, sine};

    #[test]
    fn it_agrees_with_the_measure_of_the_tests_and_passes_the_sound() {
        let envelope =
            |i: usize| if i / 48_000 % 3 == 2 { 0.001 } else { 0.1 + 0.05 * (i / 24_000 % 4) as f32 };
        let sides = [1, 2].map(|seed| {
            let (noise, tone) = (noise(480_000, seed), sine(480_000, 150.0, 48_000.0));
            (0..480_000).map(|i| (noise[i] + tone[i]) * envelope(i)).collect::<Vec<f32>>()
        });
        let mut harness = BlockHarness::new(&SPEC);
        let run = harness.plug(LEFT, sides[0].clone()).plug(RIGHT, sides[1].clone()).run(480_000);
        let expected = integrated_lufs(&[&sides[0], &sides[1]], 48_000.0);
        let found = f64::from(run.output(INTEGRATED)[479_999]);
        assert!((found - expected).abs() < 0.1, "{found} instead of {expected}");
        assert!(run.output(OUT_LEFT) == sides[0] && run.output(OUT_RIGHT) == sides[1]);
        assert_eq!(harness.violations(), 0);
    }

    #[test]
    fn restart_forgets_what_was_loud() {
        let tone = sine(240_000, 1000.0, 48_000.0);
        let quieter = |x: &f32| 0.1 * x;
        let signal: Vec<f32> = tone.iter().copied().chain(tone.iter().map(quieter)).collect();
        let restart = [vec![0.0; 260_000], vec![1.0; 10], vec![0.0]].concat();
        let run = BlockHarness::new(&SPEC).plug(LEFT, signal).plug(RESTART, restart).run(480_000);
        // A sine of full level on one channel has -3.01 LUFS at 1 kHz.
        assert!((run.output(INTEGRATED)[239_999] + 3.01).abs() < 0.1);
        assert!((run.output(INTEGRATED)[479_999] + 23.01).abs() < 0.1);
    }
}
