//! Flanger: two tapes of one sound that run past each other.
//!
//! With `through_zero` the sound itself is delayed by as much as the copy is in the middle of its swing, so
//! the copy runs ahead of it and falls behind. That delay is reported as latency, and paths beside this node
//! wait for it.

use crate::parts::compute::memo::Memo;
use crate::parts::delay::line::DelayLine;
use crate::parts::delay::read_head::ReadHead;
use crate::parts::mixing::stereo_ports::{IN, LEFT, RIGHT, heard};
use crate::parts::modulation::lfo_phase::LfoPhase;
use jackfield_node::dsp::Lanes;
use jackfield_node::dsp::three_pole::{ThreePole, fade_share};
use jackfield_node::prelude::*;

choices! {
    /// The sign of the copy.
    enum Polarity {
        Normal = "normal",
        Inverted = "inverted",
    }
}

const RATE: Input = Input::knob(
    3,
    "rate",
    Knob::hertz(0.01, 10.0, 0.15),
    "How often the tapes pass each other and come back.",
)
.sum();
const TIME: Input = Input::knob(
    4,
    "time",
    Knob::seconds(0.000_1, LONGEST_SECONDS, 0.002),
    "How far apart they get. Longer is deeper and more metallic.",
)
.sum();
const DEPTH: Input =
    Input::knob(5, "depth", Knob::unit(0.9), "How much of that they swing. 0: they stay apart.").sum();
const FEEDBACK: Input = Input::knob(
    6,
    "feedback",
    Knob::bipolar(0.3),
    "How much of the copy goes in again: it whistles. Below 0 it sounds hollow.",
)
.sum();
const SPREAD: Input =
    Input::knob(7, "spread", Knob::unit(0.15), "How far the right side is ahead, in parts of a swing.").sum();
const MIX: Input = Input::knob(
    8,
    "mix",
    Knob::unit(0.5),
    "0: the sound alone. 50 %: deepest notches. 100 %: the copy alone.",
)
.sum();

const THROUGH_ZERO: Setting = Setting::toggle(
    0,
    "through_zero",
    true,
    "The copy also runs ahead of the sound, which costs 5 ms of latency. Switching it starts the copy anew, \
     which is heard for a moment.",
)
.that_restarts();
const POLARITY: Setting = Polarity::setting(
    1,
    "polarity",
    Polarity::Normal,
    "Inverted, sound and copy cancel altogether when they meet.",
);

const LEFT_OUT: Output = Output::audio(0, "left", "Sound and copy, left.");
const RIGHT_OUT: Output = Output::audio(1, "right", "Sound and copy, right.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Flanger>("effect.flanger", "Flanger", Category::Effect)
    .summary("The jet plane: a copy of the sound that runs past it.")
    .help(
        "Two tape machines play the same, and somebody puts a thumb on the flange of one reel, then of the \
         other. The sound and its copy cancel at evenly spaced frequencies, and as one runs past the other \
         these notches sweep all the way up and back. At the moment they meet a true tape flanger goes \
         through zero; pedals only come near, as with through zero off. Try: drums or a distorted guitar, \
         polarity inverted, feedback 0, and listen for the gap.",
    )
    .tags(&["jet", "tape", "comb", "through zero", "modulation", "sweep", "stereo", "whoosh"])
    .inputs(&[IN, LEFT, RIGHT, RATE, TIME, DEPTH, FEEDBACK, SPREAD, MIX])
    .outputs(&[LEFT_OUT, RIGHT_OUT])
    .settings(&[THROUGH_ZERO, POLARITY])
    .checked();

/// Furthest the tapes get apart, in seconds.
const LONGEST_SECONDS: f32 = 0.005;

/// Most feedback either way.
const MOST_FEEDBACK: f32 = 0.95;

/// Shortest delay of the copy in frames: below, the interpolation lacks a point.
const SHORTEST: f32 = 2.0;

struct Machines {
    /// Delay of the sound itself in frames.
    lead: usize,
    /// 1, or -1 when the copy is inverted.
    sign: f32,
}

impl Configure for Machines {
    fn configure(settings: &Settings, setup: &Setup) -> Result<Self, ConfigError> {
        let lead = (LONGEST_SECONDS * setup.sample_rate).ceil() as usize + SHORTEST as usize;
        Ok(Self {
            lead: if settings.toggle(THROUGH_ZERO)? { lead } else { 0 },
            sign: match settings.chosen(POLARITY)? {
                Polarity::Normal => 1.0,
                Polarity::Inverted => -1.0,
            },
        })
    }
}

struct Flanger {
    /// What the copies are read from, with feedback.
    copies: [DelayLine; 2],
    heads: [ReadHead; 2],
    /// The sounds themselves.
    sounds: [DelayLine; 2],
    cycle: LfoPhase,
    time: Memo<f32>,
    /// The sign of the copy, on its way when the polarity has changed.
    sign: ThreePole<f32>,
    is_old: Lanes<f32>,
}

impl BlockNode for Flanger {
    type Config = Machines;

    fn new(machines: &Machines, setup: &Setup, _: u32) -> Self {
        let longest = machines.lead + 2 * (LONGEST_SECONDS * setup.sample_rate).ceil() as usize + 4;
        let line = || DelayLine::new(longest);
        Self {
            copies: [line(), line()],
            heads: [ReadHead::NEW; 2],
            sounds: [line(), line()],
            cycle: LfoPhase::default(),
            time: Memo::default(),
            sign: ThreePole::default(),
            is_old: Lanes(0.0),
        }
    }

    fn latency(machines: &Machines) -> usize {
        machines.lead
    }

    fn follows(before: &Machines, after: &Machines) -> bool {
        before.lead == after.lead
    }

    fn process(&mut self, machines: &Machines, io: &mut BlockIo<'_>) {
        let sample_rate = io.sample_rate();
        let (both, left, right) = (io.input(IN), io.input(LEFT), io.input(RIGHT));
        let (rate, time, depth) = (io.input(RATE), io.input(TIME), io.input(DEPTH));
        let (feedback, spread, mix) = (io.input(FEEDBACK), io.input(SPREAD), io.input(MIX));
        let (left_out, right_out) = io.output_pair(LEFT_OUT, RIGHT_OUT);
        let (sign, share) = (Lanes(machines.sign), fade_share(sample_rate));
        self.sign.begin(sign, &mut self.is_old);
        for (i, (left_out, right_out)) in left_out.iter_mut().zip(right_out).enumerate() {
            let phase = self.cycle.next(rate[i], sample_rate);
            let time = self.time.of(time[i], |time| Lanes(time).exp2().0.min(LONGEST_SECONDS) * sample_rate);
            let (depth, mix) = (depth[i].clamp(0.0, 1.0), mix[i].clamp(0.0, 1.0));
            let feedback = feedback[i].clamp(-1.0, 1.0) * MOST_FEEDBACK;
            let sounds = heard(both, left, right, i);
            let sign = self.sign.follow(sign, share).0;
            for (side, out) in [left_out, right_out].into_iter().enumerate() {
                let swing = Lanes(phase + if side == 0 { 0.0 } else { spread[i] }).sin_turns().0;
                let delay = machines.delay(time, depth, swing);
                let copy = self.heads[side].read(&self.copies[side], f64::from(delay));
                self.copies[side].push(sounds[side] + copy * feedback);
                let sound =
                    if machines.lead == 0 { sounds[side] } else { self.sounds[side].at(machines.lead) };
                self.sounds[side].push(sounds[side]);
                *out = sound * (1.0 - mix) + copy * (mix * sign);
            }
        }
    }

    fn reset(&mut self) {
        self.copies.iter_mut().chain(&mut self.sounds).for_each(DelayLine::clear);
        self.heads = [ReadHead::NEW; 2];
        self.cycle.reset();
        self.is_old = Lanes(0.0);
    }
}

impl Machines {
    /// The copy's delay in frames where the swing is -1 to 1.
    #[inline]
    fn delay(&self, time: f32, depth: f32, swing: f32) -> f32 {
        if self.lead > 0 {
            // Around the sound's own delay: without depth the copy stays behind it.
            self.lead as f32 + time * (1.0 - depth + depth * swing)
        } else {
            SHORTEST + time * (1.0 + depth * swing)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::SettingValue;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::{click_burst_db, rms_db};
    use jackfield_testkit::signal::{noise, sine};

    const RATE_HERTZ: f32 = 48_000.0;

    fn flanger(through_zero: bool, polarity: Polarity) -> BlockHarness {
        let bench = BlockHarness::of(&SPEC).setting(THROUGH_ZERO, SettingValue::Toggle(through_zero));
        let mut flanger = bench.setting(POLARITY, polarity).start().unwrap();
        flanger.turn(FEEDBACK, 0.0).turn(SPREAD, 0.0);
        flanger
    }

    #[test]
    fn inverted_tapes_cancel_when_they_meet() {
        let mut flanger = flanger(true, Polarity::Inverted);
        let run =
            flanger.turn(RATE, 1.0).turn(DEPTH, 1.0).turn(TIME, 0.001).plug(IN, noise(48_000, 1)).run(48_000);
        // The swing is at zero at the half second; an eighth later the tapes are apart.
        let meeting = rms_db(&run.output(LEFT_OUT)[23_990..24_010]);
        let apart = rms_db(&run.output(LEFT_OUT)[30_000..30_400]);
        assert!(meeting < apart - 20.0, "{meeting} dB when they meet, {apart} dB apart");
    }

    #[test]
    fn a_notch_lies_where_the_delay_is_half_a_period() {
        // 2 ms apart: notches at 250 Hz and its odd multiples, peaks at the even ones.
        let level = |hertz: f64| {
            let mut flanger = flanger(true, Polarity::Normal);
            flanger.turn(DEPTH, 0.0).turn(TIME, 0.002).plug(IN, sine(24_000, hertz, RATE_HERTZ));
            rms_db(&flanger.run(24_000).output(LEFT_OUT)[12_000..])
        };
        assert!(level(250.0) < -60.0 && level(750.0) < -60.0);
        assert!((level(500.0) + 3.01).abs() < 0.05);
    }

    #[test]
    fn both_sides_of_zero_are_reached_and_the_latency_is_that_of_the_sound() {
        let mut flanger = flanger(true, Polarity::Normal);
        let latency = flanger.latency();
        assert_eq!(latency, 242);
        let sound = noise(4800, 1);
        let run = flanger.turn(MIX, 0.0).plug(IN, sound.clone()).run(4800);
        assert_eq!(run.output(LEFT_OUT)[latency..], sound[..4800 - latency]);
        assert_eq!(self::flanger(false, Polarity::Normal).latency(), 0);
    }

    #[test]
    fn turned_knobs_make_no_click() {
        let turned = |from: f32, to: f32| {
            let ramp = (0..48_000).map(|i| ((i as f32 - 24_000.0) / 480.0).clamp(0.0, 1.0));
            ramp.map(move |x| from + (to - from) * x * x * x * (10.0 - x * (15.0 - 6.0 * x)))
        };
        for (input, from, to) in
            [(DEPTH, 0.2, 1.0), (FEEDBACK, 0.0, 0.9), (MIX, 0.0, 0.5), (TIME, 0.001, 0.005)]
        {
            let mut flanger = flanger(true, Polarity::Normal);
            let run =
                flanger.plug(IN, sine(48_000, 100.0, RATE_HERTZ)).sweep(input, turned(from, to)).run(48_000);
            let click = click_burst_db(&run.output(LEFT_OUT)[4800..], RATE_HERTZ);
            assert!(click < -80.0, "{click} dB by {}", input.name);
        }
    }
}
