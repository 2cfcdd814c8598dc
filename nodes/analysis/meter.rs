//! Level meter: the peak and the mean level of a signal.

use crate::parts::mixing::passthrough::finite;
use jackfield_node::dsp::smooth::approach;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Signal to measure.");

const OUT: Output = Output::audio(0, "out", "The same signal.");
const PEAK: Output = Output::control(
    1,
    "peak",
    "The largest sample; it falls back by 20 dB in 1.5 s. 1 is full level, 0 dBFS.",
);
const RMS: Output = Output::control(2, "rms", "The root of the mean square over 300 ms. 1 is full level.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Meter>("analysis.meter", "Level meter", Category::Analysis)
    .formerly(&["looking.meter"])
    .summary("Shows how loud a signal is, peak and mean.")
    .help(
        "Shows the level of a signal and passes it on unchanged. The peak says whether something clips; the \
         mean is nearer to how loud it sounds. Both also come out as signals. For loudness as broadcasters \
         measure it, use the loudness meter. Try: drums and a pad at equal peaks, and compare their means; \
         then rms through a scale & offset into a filter's cutoff.",
    )
    .tags(&["vu", "ppm", "peak", "rms", "volume", "decibel", "display", "see"])
    .inputs(&[IN])
    .outputs(&[OUT, PEAK, RMS])
    .face(Face::Meter)
    .checked();

/// 20 dB in 1.5 s, in octaves a second.
const FALL: f32 = 20.0 / 6.020_6 / 1.5;
/// Time constant of the mean, in seconds.
const MEAN_SECONDS: f32 = 0.3;
/// The largest sample that counts; its square is finite.
const MOST: f32 = 1e6;

lane_state! { struct State<V> { peak: Lanes<V>, mean: Lanes<V> } }

struct Meter;

impl LaneNode for Meter {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let fall = io.splat(-FALL / io.sample_rate()).exp2();
        let share = approach(io.splat(1.0 / (MEAN_SECONDS * io.sample_rate())));
        let input = io.input(IN);
        let (mut out, mut peak, mut rms) = (io.output(OUT), io.output(PEAK), io.output(RMS));
        for frame in io.frames() {
            let sample = finite(input, frame);
            let level = sample.abs().min(MOST);
            // Below -300 dB there is nothing, and falling further would make subnormal numbers.
            let fallen = (state.peak * fall - 1e-15).max(0.0);
            state.peak = fallen.max(level);
            state.mean = (state.mean + (level * level - state.mean) * share - 1e-30).max(0.0);
            out.set(frame, sample);
            peak.set(frame, state.peak);
            rms.set(frame, state.mean.sqrt());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::decibels;
    use jackfield_testkit::signal::sine;

    #[test]
    fn a_sine_has_its_levels() {
        let tone: Vec<f32> = sine(96_000, 1000.0, 48_000.0).iter().map(|x| 0.5 * x).collect();
        let run = LaneHarness::new(&SPEC).plug(IN, tone.clone()).run(96_000);
        assert_eq!(run.output(OUT), tone);
        let level = |output| decibels(run.output(output)[95_999].into());
        assert!((level(PEAK) + 6.02).abs() < 0.05, "{}", level(PEAK));
        assert!((level(RMS) + 9.03).abs() < 0.05, "{}", level(RMS));
    }

    #[test]
    fn the_peak_falls_as_told_and_silence_is_zero() {
        let mut signal = vec![0.0; 480_000];
        signal[0] = 1.0;
        let run = LaneHarness::new(&SPEC).plug(IN, signal).run(480_000);
        let after = decibels(run.output(PEAK)[72_000].into());
        assert!((after + 20.0).abs() < 0.1, "{after} dB after 1.5 s");
        let long = LaneHarness::new(&SPEC).plug(IN, [1.0, 0.0]).run(2_000_000);
        assert_eq!((long.output(PEAK)[1_999_999], long.output(RMS)[1_999_999]), (0.0, 0.0));
    }
}
