//! What the tests of filters have in common.

use jackfield_node::harness::LaneHarness;
use jackfield_node::{Input, Output};
use jackfield_testkit::measure::{cents, decibels, frequency, gain_db, resonance};
use jackfield_testkit::signal::{impulse, noise, violent_cutoffs};

const RATE: f32 = 48_000.0;

/// Cutoffs over the whole range in which a filter is in tune, in hertz.
const CUTOFFS: [f32; 8] = [20.0, 50.0, 200.0, 1_000.0, 4_000.0, 8_000.0, 12_000.0, 16_000.0];

/// The height of an impulse that makes a filter ring with about -40 dB at a cutoff, so that nothing
/// saturates, and what a circuit's noise adds is far below.
fn quiet_click(cutoff: f32) -> f32 {
    (0.01 * RATE / (std::f32::consts::TAU * cutoff)).min(0.5)
}

/// The largest magnitude; infinite if any sample is no number.
pub(crate) fn peak(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0, |peak: f32, x| if x.is_finite() { peak.max(x.abs()) } else { f32::INFINITY })
}

/// The gain of an impulse response at a frequency, in dB.
pub(crate) fn gain_db_at(response: &[f32], hertz: f64) -> f64 {
    gain_db(response, RATE, hertz)
}

/// The resonance has a peak of `height` dB or more within `most` cents of the cutoff, 20 Hz to 16 kHz.
pub(crate) fn resonance_stands_at(
    input: Input,
    cutoff: Input,
    output: Output,
    most: f64,
    height: f64,
    filter: impl Fn() -> LaneHarness,
) {
    for hertz in CUTOFFS {
        let click = quiet_click(hertz);
        let frames = ((4_800_000.0 / hertz) as usize).max(12_000);
        let input_signal: Vec<f32> = impulse(frames, 0).iter().map(|x| x * click).collect();
        let run = filter().turn(cutoff, hertz).plug(input, input_signal).run(frames);
        let (found, gain) = resonance(run.output(output), RATE);
        let off = cents(found, f64::from(hertz));
        assert!(off.abs() < most, "{hertz} Hz: the peak is {off} cents off");
        let gain = gain - decibels(f64::from(click));
        assert!(gain > height, "{hertz} Hz: a peak of {gain} dB");
    }
}

/// The filter by itself makes a tone at the cutoff, 20 Hz to 16 kHz.
pub(crate) fn sings_at(cutoff: Input, output: Output, most: f64, filter: impl Fn() -> LaneHarness) {
    for hertz in CUTOFFS {
        let mut filter = filter();
        filter.turn(cutoff, hertz).run(144_000);
        let run = filter.run(96_000);
        let off = cents(frequency(run.output(output), RATE, f64::from(hertz)), f64::from(hertz));
        assert!(off.abs() < most, "{hertz} Hz: the tone is {off} cents off");
        let peak = peak(run.output(output));
        assert!((0.1..2.0).contains(&peak), "{hertz} Hz: a tone of {peak}");
    }
}

/// Whatever tears at the cutoff, the output stays below `most`.
pub(crate) fn bounded_under_modulation(
    input: Input,
    cutoff: Input,
    output: Output,
    most: f32,
    filter: &mut LaneHarness,
) {
    for (name, octaves) in violent_cutoffs(96_000, RATE) {
        let run = filter.reset().plug(cutoff, octaves).plug(input, noise(96_000, 2)).run(96_000);
        let peak = peak(run.output(output));
        assert!(peak < most, "a cutoff of {name}: {peak}");
    }
}
