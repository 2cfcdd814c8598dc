//! Delay of a whole number of samples: what went in comes out again so many frames later, bit for bit.

use crate::parts::delay::line::DelayLine;
use jackfield_node::prelude::*;

/// The longest delay in frames.
const LONGEST: u32 = 4096;

const IN: Input = Input::audio(0, "in", "Signal to delay.");

const SAMPLES: Setting = Setting::count(0, "samples", 0, LONGEST, 1, "How many frames later it comes out.");

const OUT: Output = Output::audio(0, "out", "The same signal, later.");

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::block::<SampleDelay>("maths.sample_delay", "Sample delay", Category::Maths)
        .summary("Delays by a whole number of samples.")
        .help(
            "The building block of every digital filter: the signal as it was so many samples ago, exactly. \
             Add a signal to itself one sample late and treble disappears; take it away instead and bass \
             does. A delay in a feedback loop of its own rings at the sample rate divided by its length, \
             plus the one sample of the loop. Use it, too, to line up two paths by hand. Try: noise, a delay \
             of 100 samples, and its output back into its input with depth 0.98.",
        )
        .tags(&["z-1", "unit delay", "single sample", "latency", "align", "comb", "fir", "history"])
        .inputs(&[IN])
        .outputs(&[OUT])
        .settings(&[SAMPLES])
        .that_delays()
        .checked();

/// The delay in frames.
struct Frames(usize);

impl Configure for Frames {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        Ok(Self(settings.count(SAMPLES)? as usize))
    }
}

struct SampleDelay {
    line: DelayLine,
}

impl BlockNode for SampleDelay {
    type Config = Frames;

    /// Always as long as can be, so that another setting finds the past it needs.
    fn new(_: &Frames, _: &Setup, _: u32) -> Self {
        Self { line: DelayLine::new(LONGEST as usize + 1) }
    }

    fn process(&mut self, Frames(frames): &Frames, io: &mut BlockIo<'_>) {
        let input = io.input(IN);
        for (sample, out) in input.iter().zip(io.output(OUT)) {
            self.line.push(*sample);
            *out = self.line.at(frames + 1);
        }
    }

    fn reset(&mut self) {
        self.line.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::SettingValue;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::signal::noise;

    #[test]
    fn what_comes_out_is_what_went_in_so_many_frames_ago() {
        let input = noise(10_000, 1);
        for frames in [0, 1, 2, 63, 64, 65, 1_000, 4_096] {
            let samples = SettingValue::Count(frames as u32);
            let mut harness = BlockHarness::of(&SPEC).setting(SAMPLES, samples).start().unwrap();
            let run = harness.plug(IN, input.clone()).run(10_000);
            let out = run.voice(OUT, 0);
            assert!(out[..frames].iter().all(|sample| *sample == 0.0));
            assert_eq!(out[frames..], input[..10_000 - frames], "{frames}");
        }
    }
}
