//! Comb filter: a short delay that feeds itself, so that a whole row of overtones rings.
//!
//! The delay is exact to a fraction of a frame, and the frames by which damping delays the loop are
//! taken off, so it stays in tune.

use crate::parts::compute::memo::Memo;
use crate::parts::delay::line::DelayLine;
use crate::parts::delay::moving_tap::{DelayChange, MovingTap};
use crate::parts::mixing::stereo_lanes;
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::{Lanes, one_pole};
use jackfield_node::prelude::*;
use jackfield_node::{Change, Migration};

const IN: Input = Input::audio(0, "in", "Sound to colour, or a click to make it ring.");
const LEFT: Input = stereo_lanes::left(1);
const RIGHT: Input = stereo_lanes::right(2);
const FREQUENCY: Input = Input::knob(
    3,
    "frequency",
    Knob::hertz(LOWEST, 10_000.0, 220.0),
    "The pitch at which it rings; the peaks are its multiples.",
);
const FEEDBACK: Input = Input::knob(
    4,
    "feedback",
    Knob::bipolar(0.7),
    "How long it rings. Below 0 only the odd overtones are left, an octave lower.",
);
const DAMPING: Input = Input::knob(
    5,
    "damping",
    Knob::hertz(200.0, 20_000.0, 20_000.0),
    "Overtones above this die sooner. At the top they don't.",
);
const MIX: Input = Input::knob(6, "mix", Knob::unit(0.5), "0: the input alone. 100 %: the comb alone.");

const OUT: Output = Output::audio(0, "out", "The ringing sound.");
const RIGHT_OUT: Output = stereo_lanes::right_out(1);

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Comb>("filter.comb", "Comb filter", Category::Filter)
    .summary("Rings at a pitch and all its overtones.")
    .help(
        "A delay as short as one period of a tone, fed back to itself: whatever goes in comes out with peaks \
         at the tone and at all its multiples, like the teeth of a comb, or like a string or a pipe that is \
         made to sound. The frequency takes notes, so it can be played. Try: short bursts of noise in, a \
         sequencer's pitch into frequency, feedback 99 % and damping 4 kHz: plucked strings; then feedback \
         -95 %: a clarinet of sorts; then a slow LFO into frequency with depth 0.1 on a drum loop.",
    )
    .tags(&["resonator", "string", "karplus-strong", "flanger", "metallic", "tuned delay"])
    .inputs(&[IN, LEFT, RIGHT, FREQUENCY, FEEDBACK, DAMPING, MIX])
    .outputs(&[OUT, RIGHT_OUT])
    .version(2)
    .migrations(&[Migration {
        from: 1,
        changes: &[
            Change::KnobDefault { knob: "feedback", was: 0.8 },
            Change::KnobDefault { knob: "mix", was: 1.0 },
        ],
    }])
    .checked();

/// The lowest pitch, in hertz.
const LOWEST: f32 = 20.0;

/// No feedback is stronger, so that all sound ends.
const MOST_FEEDBACK: f32 = 0.999;

/// From this knob position on nothing is damped: 19 kHz, in octaves re C4.
const UNDAMPED: f32 = 6.182;

/// What a damping knob's signal becomes.
#[derive(Clone, Copy, Debug)]
struct Damping {
    /// The instantaneous gain of the low-pass; 1 lets all through.
    gain: f32,
    /// By how many frames it delays what lies well below its corner.
    frames: f64,
}

impl Default for Damping {
    fn default() -> Self {
        Self { gain: 1.0, frames: 0.0 }
    }
}

impl Damping {
    fn new(octaves: f32, sample_rate: f32) -> Self {
        if octaves >= UNDAMPED {
            return Self::default();
        }
        let fraction = Lanes(octaves).exp2() * (C4_HERTZ / sample_rate);
        let gain = one_pole::opening_gain(fraction, Lanes(octaves), UNDAMPED).0;
        // The slope of the trapezoidal low-pass's phase at 0: half of 1 / tan, which is (1 - gain) / gain.
        let frames = 0.5 * (f64::from(1.0 - gain) / f64::from(gain));
        Self { gain, frames }
    }
}

/// One channel of it.
struct CombChannel {
    line: DelayLine,
    /// Follows the pitch, and fades over where it jumps.
    tap: MovingTap,
    /// What the damping holds.
    held: Lanes<f32>,
}

impl CombChannel {
    fn new(setup: &Setup) -> Self {
        Self {
            line: DelayLine::new((setup.sample_rate / LOWEST).ceil() as usize + 1),
            tap: MovingTap::new(setup.sample_rate),
            held: Lanes(0.0),
        }
    }

    /// What rings with a sound in it, and is to be pushed into the line.
    #[inline]
    fn ring(&mut self, sound: f32, period: f64, damping: Damping, feedback: f32) -> f32 {
        let echo = (period - damping.frames).max(DelayLine::SHORTEST);
        let echo = self.tap.read(&self.line, echo, DelayChange::Fade);
        let echo = one_pole::low_or_all(&mut self.held, Lanes(echo), Lanes(damping.gain)).0;
        sound + echo * feedback.clamp(-MOST_FEEDBACK, MOST_FEEDBACK)
    }

    fn reset(&mut self) {
        self.line.clear();
        self.tap.reset();
        self.held = Lanes(0.0);
    }
}

struct Comb {
    sides: [CombChannel; 2],
    period: Memo<f64>,
    damping: Memo<Damping>,
}

impl BlockNode for Comb {
    type Config = NoConfig;

    fn new(_: &NoConfig, setup: &Setup, _: u32) -> Self {
        Self {
            sides: [CombChannel::new(setup), CombChannel::new(setup)],
            period: Memo::default(),
            damping: Memo::default(),
        }
    }

    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        let sample_rate = io.sample_rate();
        let (input, frequency, feedback) = (io.input(IN), io.input(FREQUENCY), io.input(FEEDBACK));
        let (left, right) = (io.input(LEFT), io.input(RIGHT));
        let (damping, mix) = (io.input(DAMPING), io.input(MIX));
        // While both sides are the same, one is computed; the line of the other one is kept up for when it
        // changes.
        let is_mono = stereo_lanes::is_mono(io, LEFT, RIGHT);
        let [first, second] = &mut self.sides;
        let (out, right_out) = io.output_pair(OUT, RIGHT_OUT);
        for (i, (out, right_out)) in out.iter_mut().zip(right_out).enumerate() {
            let period = self.period.of(frequency[i], |octaves| period(octaves, sample_rate));
            let damping = self.damping.of(damping[i], |octaves| Damping::new(octaves, sample_rate));
            let mix = mix[i].clamp(0.0, 1.0);
            let turn = |side: &mut CombChannel, sound: f32| {
                let ringing = side.ring(sound, period, damping, feedback[i]);
                side.line.push(ringing);
                (ringing, sound + (ringing - sound) * mix)
            };
            if is_mono {
                let (ringing, heard) = turn(first, input[i]);
                second.line.push(ringing);
                (*out, *right_out) = (heard, heard);
            } else {
                *out = turn(first, input[i] + left[i]).1;
                *right_out = turn(second, input[i] + right[i]).1;
            }
        }
        if is_mono {
            (second.tap, second.held) = (first.tap, first.held);
        }
    }

    fn reset(&mut self) {
        self.sides.iter_mut().for_each(CombChannel::reset);
    }
}

/// The period of a pitch signal, in frames.
fn period(octaves: f32, sample_rate: f32) -> f64 {
    let frames = f64::from(sample_rate / C4_HERTZ) * f64::from(Lanes(-octaves).exp2().0);
    frames.clamp(DelayLine::SHORTEST, f64::from(sample_rate / LOWEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::filter::checks::gain_db_at;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::{cents, frequency};
    use jackfield_testkit::signal::impulse;

    fn ring(hertz: f32, feedback: f32, damping: f32) -> Vec<f32> {
        let mut harness = BlockHarness::new(&SPEC);
        harness.turn(FREQUENCY, hertz).turn(FEEDBACK, feedback).turn(DAMPING, damping).turn(MIX, 1.0);
        harness.plug(IN, impulse(96_000, 0)).run(96_000).output(OUT).to_vec()
    }

    #[test]
    fn it_rings_in_tune_damped_or_not() {
        for hertz in [55.0, 261.63, 1_000.0, 2_000.0] {
            for damping in [20_000.0, 8.0 * hertz] {
                let found = frequency(&ring(hertz, 0.999, damping)[..24_000], 48_000.0, f64::from(hertz));
                let off = cents(found, f64::from(hertz));
                assert!(off.abs() < 5.0, "{hertz} Hz damped at {damping}: {off} cents off");
            }
        }
    }

    #[test]
    fn teeth_stand_at_the_multiples() {
        let response = ring(480.0, 0.9, 20_000.0);
        for multiple in 1..10 {
            let tooth = gain_db_at(&response, 480.0 * f64::from(multiple));
            let gap = gain_db_at(&response, 480.0 * (f64::from(multiple) + 0.5));
            assert!((tooth - 20.0).abs() < 0.1, "tooth {multiple}: {tooth} dB");
            assert!((gap + 5.58).abs() < 0.1, "gap {multiple}: {gap} dB");
        }
    }

    #[test]
    fn upside_down_only_odd_overtones_are_left() {
        let response = ring(480.0, -0.9, 20_000.0);
        assert!((gain_db_at(&response, 240.0) - 20.0).abs() < 0.1);
        assert!((gain_db_at(&response, 480.0) + 5.58).abs() < 0.1);
        assert!((gain_db_at(&response, 720.0) - 20.0).abs() < 0.1);
    }
}
