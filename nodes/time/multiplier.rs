//! Clock multiplier and divider: so many pulses in the time of so many others.
//!
//! Where a pulse of the input begins one of the output, that is exact, and so are those between that follow
//! the clock's phase. Without a phase they are predicted from the speed of the clock so far, so they begin
//! with the third pulse of a new tempo at the latest, up to about a frame beside their moment, later within
//! three quarters of one.

use crate::parts::timing::clock_estimator::phase_input;
use crate::parts::timing::step_clock::StepClock;
use jackfield_node::prelude::*;

const CLOCK: Input = Input::gate(0, "clock", "The pulses to multiply and divide.");
const RESET: Input = Input::gate(1, "reset", "The next clock is a first one.");
const MULTIPLY: Input =
    Input::knob(2, "multiply", Knob::number(1.0, 16.0, 3.0), "How many pulses to make, a whole number.");
const DIVIDE: Input =
    Input::knob(3, "divide", Knob::number(1.0, 64.0, 2.0), "In the time of how many clocks, a whole number.");
const CLOCK_PHASE: Input = phase_input(4);

const GATE: Output = Output::gate(0, "gate", "Open during the first half of each step.");
const TRIGGER: Output = Output::gate(1, "trigger", "A trigger of 1 ms at the start of each step.");
const PHASE: Output = Output::control(2, "phase", "How much of the step has passed, 0 to 1.").that_jumps();

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::block::<Multiplier>("time.multiplier", "Clock multiplier", Category::Time)
        .summary("Makes a clock faster, slower, or crosswise: 3 pulses in the time of 2.")
        .help(
            "Makes 'multiply' pulses in the time of 'divide' clocks. 1 in 4 is a plain divider, which turns \
             sixteenths into beats; 4 in 1 is a multiplier; 3 in 2 runs across the beat and meets it again \
             every second clock: a polyrhythm. Pulses between two clocks follow the phase of the clock, \
             where that is plugged in too, else the tempo of the clocks before. Try: one clock into two \
             drums, one of them through 3 in 4, and move multiply while it plays.",
        )
        .tags(&["divider", "multiply", "polyrhythm", "ratio", "triplet", "slower", "faster", "pulse"])
        .inputs(&[CLOCK, RESET, MULTIPLY, DIVIDE, CLOCK_PHASE])
        .outputs(&[GATE, TRIGGER, PHASE])
        .checked();

struct Multiplier {
    clock: StepClock,
    /// Which clock of the `divide` this is; none before the first.
    place: Option<u32>,
    /// Which pulse of the `multiply` has begun last.
    step: u32,
    /// Frames until the gate closes.
    gate_left: f64,
}

/// A count from a knob's signal.
fn whole(signal: f32, most: f32) -> u32 {
    // NaN is 0.
    (signal.round_ties_even().clamp(1.0, most) as u32).max(1)
}

impl BlockNode for Multiplier {
    type Config = NoConfig;

    fn new(_: &NoConfig, setup: &Setup, _: u32) -> Self {
        Self::at_rest(StepClock::new(setup.sample_rate))
    }

    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        let [clock, reset, multiply, divide, clock_phase] =
            [CLOCK, RESET, MULTIPLY, DIVIDE, CLOCK_PHASE].map(|input| io.input(input));
        for frame in 0..io.frames() {
            let events = self.clock.next(clock[frame], reset[frame], clock_phase[frame]);
            if events.resets {
                self.place = None;
            }
            let phase = self.next(events.steps, whole(multiply[frame], 16.0), whole(divide[frame], 64.0));
            io.output(PHASE)[frame] = phase;
            io.output(TRIGGER)[frame] = self.clock.next_trigger();
            io.output(GATE)[frame] = f32::from(self.gate_left > 0.0);
            self.gate_left -= 1.0;
        }
    }

    fn reset(&mut self) {
        *self = Self::at_rest(self.clock.at_rest());
    }
}

impl Multiplier {
    fn at_rest(clock: StepClock) -> Self {
        Self { clock, place: None, step: 0, gate_left: 0.0 }
    }

    /// Goes on by a frame. Answers with the phase.
    fn next(&mut self, is_clock: bool, multiply: u32, divide: u32) -> f32 {
        if is_clock {
            self.place = Some(self.place.map_or(0, |place| (place + 1) % divide));
        }
        let Some(place) = self.place else { return 0.0 };
        let clocks = f64::from(place) + self.clock.passed().unwrap_or(0.0);
        let position = clocks * f64::from(multiply) / f64::from(divide);
        let step = position as u32;
        if step != self.step || (is_clock && place == 0) {
            self.step = step;
            self.clock.fire();
            let frames = self.clock.period().map(|period| period * f64::from(divide) / f64::from(multiply));
            // As long as the trigger while the tempo is not known.
            self.gate_left =
                frames.map_or(f64::from(self.clock.trigger_length()), |frames| (frames / 2.0).round());
        }
        position.fract() as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::timing::clock_grid::{HALF_A_FRAME, RATE, clock_at, phase_at};
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::rises;
    use proptest::prelude::*;
    use proptest::test_runner::TestCaseResult;

    fn harness(multiply: f32, divide: f32, block: usize) -> BlockHarness {
        let mut harness = BlockHarness::new(&SPEC);
        harness.block_size(block).turn(MULTIPLY, multiply).turn(DIVIDE, divide);
        harness
    }

    /// The triggers made of the pulses alone of a clock at 137 beats per minute, sixteenths.
    fn triggers(multiply: f32, divide: f32, block: usize) -> Vec<usize> {
        let mut harness = harness(multiply, divide, block);
        let run = harness.plug(CLOCK, clock_at(137.0, 4.0, 480_000)).run(480_000);
        assert_eq!(harness.violations(), 0);
        rises(run.output(TRIGGER))
    }

    /// The triggers made of the sixteenths of a clock and their phase.
    fn exact_triggers(tempo: f64, multiply: u32, divide: u32, block: usize, frames: usize) -> Vec<usize> {
        let mut harness = harness(multiply as f32, divide as f32, block);
        harness.plug(CLOCK, clock_at(tempo, 4.0, frames)).plug(CLOCK_PHASE, phase_at(tempo, 4.0, frames));
        rises(harness.run(frames).output(TRIGGER))
    }

    fn check_exact(tempo: f64, multiply: u32, divide: u32, block: usize) -> TestCaseResult {
        let period = 60.0 * RATE / tempo / 4.0 * f64::from(divide) / f64::from(multiply);
        let frames = exact_triggers(tempo, multiply, divide, block, 120_000);
        prop_assert_eq!(frames.len(), ((120_000.0 - 0.5) / period).floor() as usize + 1, "all of them");
        for (step, frame) in frames.into_iter().enumerate() {
            let error = frame as f64 - step as f64 * period;
            prop_assert!(error.abs() <= HALF_A_FRAME, "step {} is {} frames off", step, error);
        }
        Ok(())
    }

    #[test]
    fn with_the_phase_every_pulse_is_within_half_a_frame() {
        for (multiply, divide) in [(3, 2), (4, 1), (16, 7), (16, 1), (1, 64)] {
            for block in [1, 17, 64] {
                check_exact(137.0, multiply, divide, block).unwrap();
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 60,
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn with_the_phase_any_tempo_is_exact(
            tempo in 30.0..300.0,
            multiply in 1_u32..=16,
            divide in 1_u32..=64,
        ) {
            check_exact(tempo, multiply, divide, 64)?;
        }
    }

    /// While the tempo moves, too: the pulses lie where the clock's phase says.
    #[test]
    fn with_the_phase_a_moving_tempo_is_followed() {
        let clocks = |frame: usize| {
            let seconds = frame as f64 / RATE;
            4.0 * seconds + seconds * seconds
        };
        let phase: Vec<f32> = (0..RATE as usize * 4).map(|frame| clocks(frame).fract() as f32).collect();
        let clock = phase.iter().map(|phase| f32::from(*phase < 0.5)).collect();
        let mut harness = harness(3.0, 1.0, 64);
        let run = harness.plug(CLOCK, clock).plug(CLOCK_PHASE, phase).run(RATE as usize * 4);
        let steps = |frame: usize| (clocks(frame) * 3.0).floor();
        let moments = (1..RATE as usize * 4).filter(|frame| steps(*frame) > steps(frame - 1));
        let due: Vec<usize> = std::iter::once(0).chain(moments).collect();
        let made = rises(run.output(TRIGGER));
        assert_eq!(made.len(), due.len());
        assert!(made.iter().zip(due).all(|(made, due)| made.abs_diff(due) <= 1));
    }

    const PERIOD: f64 = 60.0 * RATE / 137.0 / 4.0;

    #[test]
    fn divided_clocks_are_the_clocks_own() {
        for (step, frame) in triggers(1.0, 5.0, 64).into_iter().enumerate() {
            assert_eq!(frame as f64, (step as f64 * 5.0 * PERIOD).round());
        }
    }

    /// Pulses of the input are rounded to frames, and so are those made of them alone: half a frame each.
    #[test]
    fn predicted_pulses_lie_near_their_grid() {
        for (multiply, divide) in [(3.0, 2.0), (4.0, 1.0), (16.0, 7.0)] {
            for block in [1, 17, 64] {
                let frames = triggers(multiply, divide, block);
                let period = PERIOD * f64::from(divide / multiply);
                // By then the pace is known well.
                let settled = frames.iter().filter(|frame| **frame as f64 > 16.0 * PERIOD);
                for frame in settled {
                    let steps = *frame as f64 / period;
                    let error = (steps - steps.round()) * period;
                    assert!(error.abs() <= 0.75, "{multiply} in {divide}: {frame} is {error} off");
                }
                let expected = 480_000.0 / period;
                assert!((frames.len() as f64 - expected).abs() <= 4.0, "{} of {expected}", frames.len());
            }
        }
    }

    #[test]
    fn nothing_is_made_up_once_the_clock_stops() {
        let mut clock = clock_at(120.0, 4.0, 24_000);
        clock.resize(96_000, 0.0);
        let mut harness = BlockHarness::new(&SPEC);
        let run = harness.turn(MULTIPLY, 4.0).turn(DIVIDE, 1.0).plug(CLOCK, clock).run(96_000);
        assert!(rises(run.output(TRIGGER)).iter().all(|frame| *frame < 24_000));
        assert_eq!(run.output(GATE)[95_999], 0.0, "the gate closes");
    }

    #[test]
    fn reset_begins_with_a_first_clock() {
        let mut harness = BlockHarness::new(&SPEC);
        harness.turn(MULTIPLY, 1.0).turn(DIVIDE, 4.0).plug(CLOCK, clock_at(120.0, 4.0, 48_000));
        let reset = [vec![0.0; 10_000], vec![1.0; 10], vec![0.0; 1]].concat();
        let run = harness.plug(RESET, reset).run(48_000);
        assert_eq!(rises(run.output(TRIGGER)), [0, 12_000, 36_000]);
    }
}
