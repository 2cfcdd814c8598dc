//! Random movement: a new number now and then, in steps and as a smooth way between them.

use crate::parts::modulation::range::ModulationRange;
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::gate::Gate;
use jackfield_node::dsp::smooth::ease;
use jackfield_node::dsp::{chance, noise, segment};
use jackfield_node::prelude::*;

choices! {
    /// What asks for a new number.
    enum RandomClock {
        Rate = "rate",
        Trigger = "trigger",
    }
}

const RATE: Input = Input::knob(0, "rate", Knob::hertz(0.01, 1_000.0, 2.0), "New numbers per second.");
const TRIGGER: Input = Input::gate(1, "trigger", "A new number at once, when the trigger is the clock.");

const CLOCK: Setting =
    RandomClock::setting(0, "clock", RandomClock::Rate, "What asks for a new number: the rate or triggers.");
const RANGE: Setting =
    ModulationRange::setting(1, "range", ModulationRange::Bipolar, "Whether it spans -1 to 1 or 0 to 1.");

const STEPPED: Output = Output::control(0, "stepped", "The last number, until the next one.").that_jumps();
const SMOOTH: Output =
    Output::control(1, "smooth", "On its way to that number, which it reaches as the next one comes.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Random>("modulator.random", "Random", Category::Modulator)
    .summary("Random numbers, in steps or flowing into each other.")
    .help(
        "Draws a number at a steady rate or at each trigger. Stepped jumps to it and stays: blips, random \
         notes through a quantiser. Smooth flows from one to the next without a corner: drift of an old \
         oscillator, wind, a hand that is never quite still. After triggers it takes as long as the last two \
         lay apart. Every voice draws its own, and the same ones in each run. Try: smooth at 0.3 Hz into the \
         fine tuning of every oscillator, depth 5.",
    )
    .tags(&["noise", "sample and hold", "s&h", "drift", "wander", "brownian", "smooth", "stepped", "chance"])
    .inputs(&[RATE, TRIGGER])
    .outputs(&[STEPPED, SMOOTH])
    .settings(&[CLOCK, RANGE])
    .face(Face::Waveform)
    .random()
    .checked();

struct RandomConfig {
    clock: RandomClock,
    /// What brings -1..1 to the range.
    scale: f32,
    offset: f32,
}

impl Configure for RandomConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        let (scale, offset) = settings.chosen::<ModulationRange>(RANGE)?.scale_and_offset();
        Ok(Self { clock: settings.chosen(CLOCK)?, scale, offset })
    }
}

lane_state! {
    struct State<V> {
        stream: Bits<V>,
        from: Lanes<V>,
        to: Lanes<V>,
        /// Where on the way it is.
        position: Bits<V>,
        smooth: Lanes<V>,
        trigger: Lanes<V>,
        /// Frames since the last trigger, and how far a frame leads after it.
        since: Lanes<V>,
        step: Bits<V>,
    }
}

struct Random;

impl LaneNode for Random {
    type State<V: Vector> = State<V>;
    type Config = RandomConfig;

    fn start(seed: u32) -> State<f32> {
        let mut stream = noise::hash(Bits(seed));
        let first = noise::white(&mut stream);
        let none = Lanes(0.0);
        State {
            stream,
            from: first,
            to: first,
            position: Bits(0),
            smooth: first,
            trigger: none,
            since: none,
            step: Bits(0),
        }
    }

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, config: &RandomConfig, io: &mut Io<'_, V>) {
        let sample_rate = io.sample_rate();
        let mut step = io.derive([RATE], |[octaves]| segment::step_of(-octaves, sample_rate / C4_HERTZ));
        let trigger = io.input(TRIGGER);
        let (mut stepped, mut smooth) = (io.output(STEPPED), io.output(SMOOTH));
        for frame in io.frames() {
            let triggered = Gate::read(&mut state.trigger, trigger.at(frame)).opens;
            match config.clock {
                RandomClock::Trigger => state.follow_triggers(triggered),
                RandomClock::Rate => state.follow_rate(step.at(frame)),
            }
            state.smooth = state.from + (state.to - state.from) * ease(segment::progress(state.position));
            stepped.set(frame, state.to * config.scale + config.offset);
            smooth.set(frame, state.smooth * config.scale + config.offset);
        }
    }
}

impl<V: Vector> State<V> {
    /// A new number wherever the way is done; the next way begins as far into it as the last one went
    /// beyond its end.
    #[inline(always)]
    fn follow_rate(&mut self, step: Bits<V>) {
        let arrives;
        (self.position, arrives) = segment::advance_round(self.position, step);
        let number = chance::draw(&mut self.stream, arrives).to_bipolar();
        self.from = arrives.select(self.to, self.from);
        self.to = arrives.select(number, self.to);
    }

    /// A new number at each trigger. The way to it takes as long as the last two triggers lay apart.
    #[inline(always)]
    fn follow_triggers(&mut self, triggered: Mask<V>) {
        let number = chance::draw(&mut self.stream, triggered).to_bipolar();
        self.from = triggered.select(self.smooth, self.from);
        self.to = triggered.select(number, self.to);
        let measured = (segment::END / self.since.max(1.0)).to_integer_in_range();
        self.step = triggered.select_bits(measured, self.step);
        self.since = triggered.select(self.since.same(1.0), (self.since + 1.0).min(LONGEST));
        let position = triggered.select_bits(self.position.same(0), self.position);
        (self.position, _) = segment::advance(position, self.step);
    }
}

/// Beyond this many frames f32 can't count on. Four minutes at 48 kHz.
const LONGEST: f32 = 12_000_000.0;

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;

    fn harness(clock: RandomClock, range: ModulationRange) -> LaneHarness {
        (LaneHarness::of(&SPEC).setting(CLOCK, clock)).setting(RANGE, range).width(4).start().unwrap()
    }

    fn changes(samples: &[f32]) -> Vec<usize> {
        (1..samples.len()).filter(|i| samples[*i] != samples[i - 1]).collect()
    }

    #[test]
    fn a_new_number_comes_at_the_rate() {
        let run = harness(RandomClock::Rate, ModulationRange::Bipolar).turn(RATE, 100.0).run(48_000);
        let changes = changes(run.output(STEPPED));
        assert!(changes.len().abs_diff(100) <= 1);
        assert!(changes.iter().zip(1..).all(|(frame, i)| frame.abs_diff(i * 480) <= 1), "{changes:?}");
    }

    #[test]
    fn numbers_fill_their_range_evenly() {
        for (range, low, mean) in
            [(ModulationRange::Bipolar, -1.0, 0.0), (ModulationRange::Unipolar, 0.0, 0.5)]
        {
            let run = harness(RandomClock::Rate, range).turn(RATE, 1_000.0).run(480_000);
            let numbers: Vec<f32> = run.output(STEPPED).iter().copied().step_by(48).collect();
            let average = numbers.iter().sum::<f32>() / numbers.len() as f32;
            assert!((average - mean).abs() < 0.02, "{average}");
            assert!(numbers.iter().all(|x| (low..=1.0).contains(x)));
            assert!(numbers.iter().any(|x| *x < low + 0.01) && numbers.iter().any(|x| *x > 0.99));
        }
    }

    #[test]
    fn smooth_meets_the_numbers_without_a_corner() {
        let run = harness(RandomClock::Rate, ModulationRange::Bipolar).turn(RATE, 100.0).run(48_000);
        let (stepped, smooth) = (run.output(STEPPED), run.output(SMOOTH));
        for frame in changes(stepped) {
            assert!((smooth[frame - 1] - stepped[frame - 1]).abs() < 1e-3);
        }
        let bend = |x: &[f32]| (x[2] - 2.0 * x[1] + x[0]).abs();
        let sharpest = smooth.windows(3).map(bend).fold(0.0, f32::max);
        // A way of 2 in 480 frames bends by at most 5.8 * 2 / 480^2 a frame.
        assert!(sharpest < 6e-5, "{sharpest}");
    }

    #[test]
    fn triggers_ask_for_numbers_and_smooth_takes_the_time_between_them() {
        let gate: Vec<f32> = (0..24_000).map(|i| f32::from(i % 1_000 < 48)).collect();
        let run = harness(RandomClock::Trigger, ModulationRange::Bipolar).plug(TRIGGER, gate).run(24_000);
        let (stepped, smooth) = (run.output(STEPPED), run.output(SMOOTH));
        let expected: Vec<usize> = (0..24).map(|i| i * 1_000).filter(|i| *i > 0).collect();
        assert_eq!(changes(stepped), expected);
        for frame in expected.into_iter().skip(2) {
            assert!((smooth[frame - 1] - stepped[frame - 1]).abs() < 1e-3, "{frame}");
        }
    }

    #[test]
    fn voices_draw_their_own_and_seeds_repeat() {
        let run = harness(RandomClock::Rate, ModulationRange::Bipolar).turn(RATE, 100.0).run(4_800);
        assert_ne!(run.lane(STEPPED, 0), run.lane(STEPPED, 1));
        assert_eq!(run, harness(RandomClock::Rate, ModulationRange::Bipolar).turn(RATE, 100.0).run(4_800));
    }
}
