//! FM operator: a sine whose phase others move, and that moves its own by feedback.
//!
//! Several of them, patched into each other, are an FM synthesizer (J. Chowning, "The Synthesis of Complex
//! Audio Spectra by Means of Frequency Modulation", JAES 1973; what moves is the phase, as in every
//! instrument built since).

use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::declick::Declick;
use jackfield_node::dsp::gate::{self, Gate};
use jackfield_node::prelude::*;

const FREQUENCY: Input = Input::knob(
    0,
    "frequency",
    Knob::hertz(1.0, 12_000.0, C4_HERTZ),
    "Pitch at ratio 1 when nothing is patched into pitch.",
);
const PITCH: Input =
    Input::pitch(1, "pitch", "Octaves added to the frequency; the pitch of a note goes here.");
const RATIO: Input = Input::knob(
    2,
    "ratio",
    Knob::ratio(0.125, 32.0, 1.0),
    "Multiplies the frequency. Whole numbers keep a sound harmonic, others make bells.",
);
const FINE: Input = Input::knob(3, "fine", Knob::cents(-100.0, 100.0, 0.0), "Fine tuning.");
const PM: Input =
    Input::control(4, "pm", "Phase modulation in cycles: 1 from another operator is an index of 6.28.");
const FEEDBACK: Input = Input::knob(
    5,
    "feedback",
    Knob::unit(0.0),
    "How much it moves its own phase: towards a saw, then towards noise.",
);
const LEVEL: Input = Input::knob(
    6,
    "level",
    Knob::unit(1.0),
    "Loudness, or brightness where it moves another operator. Set it to 0 for an envelope to add to.",
);
const RESET: Input =
    Input::gate(7, "reset", "Starts the cycle again when it rises, so that notes begin alike.");

const OUT: Output = Output::audio(0, "out", "The tone.").with_sync(BEGINNING);
const BEGINNING: Output = Output::gate(
    1,
    "sync",
    "A gate, up during the first half of each cycle, that tells exactly when it begins: for sync inputs.",
);

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<Operator>("source.fm_operator", "FM operator", Category::Source)
        .summary("A sine to build FM sounds from: ratio, feedback, level.")
        .help(
            "Two sines make more than two tones: where one moves the phase of the other, overtones appear at \
         sums and differences of their frequencies, and the louder the one that moves, the more of them. \
         Patch the same pitch into both, choose their ratios, and give the moving one an envelope of its \
         own: its level is the brightness. 1:1 sounds like brass, 1:2 hollow, 1:3.5 like a bell, 1:14 like \
         an electric piano's tine. Feedback turns a single operator into a saw. Strong feedback bends the \
         wave to one side, which leaves an offset. Try: ratio 3.5 with a short envelope on its level, out \
         into pm of a second one at ratio 1.",
        )
        .tags(&[
            "fm",
            "pm",
            "phase modulation",
            "dx7",
            "bell",
            "electric piano",
            "sine",
            "feedback",
            "chowning",
        ])
        .inputs(&[FREQUENCY, PITCH, RATIO, FINE, PM, FEEDBACK, LEVEL, RESET])
        .outputs(&[OUT, BEGINNING])
        .face(Face::Waveform)
        .with_offset("Strong feedback bends its wave to one side.")
        .checked();

/// A turn in fixed-point phases: 2^32.
const TURN: f32 = 4_294_967_296.0;

/// The most turns a frame, forward.
const FASTEST: f32 = 0.49;

/// The swing of the phase at full feedback, in turns.
const MOST_FEEDBACK: f32 = 0.35;

/// How long the cycle that was fades into one that starts again, in seconds.
const FADE_SECONDS: f32 = 0.002;

lane_state! {
    struct State<V> {
        phase: Bits<V>,
        /// Turns per frame at the last frame.
        speed: Lanes<V>,
        /// The last two samples at full level.
        past: [Lanes<V>; 2],
        reset: Lanes<V>,
        declick: Declick<V>,
    }
}

struct Operator;

impl LaneNode for Operator {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let base = C4_HERTZ / io.sample_rate();
        let mut speed = io.derive([FREQUENCY, PITCH, RATIO, FINE], |[frequency, pitch, ratio, fine]| {
            ((frequency + pitch + ratio + fine * (1.0 / 1200.0)).exp2() * base).min(FASTEST)
        });
        let (pm, feedback, level) = (io.input(PM), io.input(FEEDBACK), io.input(LEVEL));
        let reset = io.input(RESET);
        let fade_frames = FADE_SECONDS * io.sample_rate();
        let (mut out, mut beginning) = (io.output(OUT), io.output(BEGINNING));
        for frame in io.frames() {
            let speed = speed.at(frame);
            let starts = Gate::read(&mut state.reset, reset.at(frame)).opens;
            // The mean of both ends of the frame: what a speed that changes evenly covers.
            let step = ((state.speed + speed) * (0.5 * TURN)).to_integer_in_range();
            state.phase = starts.select_bits(state.phase.same(0), state.phase + step);
            state.speed = speed;
            beginning.set(frame, gate::of_cycle(state.phase));
            // The mean of two samples takes the whine away that one alone would bring.
            let swing = feedback.at(frame).clamp(0.0, 1.0) * (0.5 * MOST_FEEDBACK);
            let offset = pm.at(frame) + (state.past[0] + state.past[1]) * swing;
            let sine = (state.phase + offset.to_phase()).sin_turns();
            state.past = [sine, state.past[0]];
            out.set(frame, state.declick.next(sine * level.at(frame), starts, fade_frames));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::{cents, frequency, partials, worst_alias_db};
    use jackfield_testkit::signal;

    const RATE: f32 = 48_000.0;
    const FRAMES: usize = 1 << 17;

    #[test]
    fn a_lone_operator_is_a_pure_sine_in_tune() {
        for hertz in [55.0, 997.0, 4_186.0, 15_000.0] {
            let mut harness = LaneHarness::new(&SPEC);
            harness.turn(FREQUENCY, hertz / 2.0).turn(RATIO, 2.0).run(1_000);
            let out = harness.run(FRAMES).output(OUT).to_vec();
            let found = frequency(&out, RATE, f64::from(hertz));
            assert!(cents(found, f64::from(hertz)).abs() < 0.01, "{found}");
            let partials = partials(&out, RATE, found);
            assert!(partials.levels_db[1..].iter().all(|level| *level < -130.0), "{:?}", partials.levels_db);
            assert!(partials.worst_alias_db < -130.0, "{hertz} Hz: {} dB", partials.worst_alias_db);
        }
    }

    /// Bessel function of the first kind, by its series.
    fn bessel(order: i32, x: f64) -> f64 {
        let mut term = (1..=order).fold(1.0, |product, k| product * x / 2.0 / f64::from(k));
        let mut sum = 0.0;
        for k in 1..60 {
            sum += term;
            term *= -x * x / 4.0 / f64::from(k * (k + order));
        }
        sum
    }

    /// The spectrum of simple FM: sidebands of order n have the amplitude of the Bessel function J_n.
    #[test]
    fn sidebands_have_the_levels_of_theory() {
        let index = 2.0;
        let cycles = (index / std::f64::consts::TAU) as f32;
        let modulator: Vec<f32> = signal::sine(FRAMES, 600.0, RATE).iter().map(|x| x * cycles).collect();
        let mut harness = LaneHarness::new(&SPEC);
        let run = harness.turn(FREQUENCY, 6_000.0).plug(PM, modulator).run(FRAMES);
        let spectrum = jackfield_testkit::measure::Spectrum::of(run.output(OUT), RATE);
        for order in 0..7 {
            let expected = 20.0 * bessel(order, index).abs().log10();
            for side in [-1.0, 1.0] {
                let power = spectrum.component(6_000.0 + side * 600.0 * f64::from(order));
                let found = 10.0 * (2.0 * power).log10();
                assert!((found - expected).abs() < 0.01, "order {order}: {found} dB, not {expected}");
            }
        }
    }

    #[test]
    fn feedback_makes_a_saw_and_stays_in_tune() {
        let mut harness = LaneHarness::new(&SPEC);
        harness.turn(FREQUENCY, 220.0).turn(FEEDBACK, 0.6).run(4_800);
        let out = harness.run(FRAMES).output(OUT).to_vec();
        let found = frequency(&out, RATE, 220.0);
        assert!(cents(found, 220.0).abs() < 0.01, "{found}");
        let partials = partials(&out, RATE, found);
        for (k, level) in (2..=6).zip(&partials.levels_db[1..]) {
            let saw = -20.0 * f64::from(k).log10();
            assert!((level - saw).abs() < 6.0, "partial {k}: {level} dB, {saw} in a saw");
        }
        assert!(worst_alias_db(&out, RATE, found) < -100.0);
    }

    #[test]
    fn a_reset_starts_the_cycle_again() {
        let mut harness = LaneHarness::new(&SPEC);
        harness.turn(FREQUENCY, 100.0).run(111);
        let out = harness.plug(RESET, signal::gate(300, &[(50, 60)])).run(300).output(OUT).to_vec();
        assert!(
            (out[50] - out[49]).abs() < 0.014,
            "no faster than the sine itself: {} to {}",
            out[49],
            out[50]
        );
        assert!((out[50 + 120] - 1.0).abs() < 1e-4, "a quarter of a cycle later");
    }
}
