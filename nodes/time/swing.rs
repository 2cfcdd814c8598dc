//! Swing: makes every second clock late, by a share of the clock's phase or else of its speed.

use crate::parts::timing::clock_estimator::phase_input;
use crate::parts::timing::step_clock::StepClock;
use jackfield_node::prelude::*;

const CLOCK: Input = Input::gate(0, "clock", "An even clock.");
const RESET: Input = Input::gate(1, "reset", "The next clock is the first of a pair, which is on time.");
const SWING: Input = Input::knob(
    2,
    "swing",
    Knob::unit(0.33),
    "How late every second clock comes: 0 evenly, 67 % triplets, 100 % after three quarters of the pair.",
);
const PHASE: Input = phase_input(3);

const GATE: Output = Output::gate(0, "gate", "Open for a third of an even step.");
const TRIGGER: Output = Output::gate(1, "trigger", "A trigger of 1 ms at each step.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Swing>("time.swing", "Swing", Category::Time)
    .summary("Makes every second clock late, for a rhythm that lilts.")
    .help(
        "The first clock of each pair passes on time, the second comes late: 67 % turns sixteenths into \
         triplets, a little of it is the groove of old drum machines. Put it between a clock and one \
         instrument only, and that instrument swings against the others. Try: hi-hats through swing and the \
         kick straight, then a slow LFO into swing.",
    )
    .tags(&["shuffle", "groove", "late", "feel", "triplet", "humanize", "rhythm"])
    .inputs(&[CLOCK, RESET, SWING, PHASE])
    .outputs(&[GATE, TRIGGER])
    .checked();

struct Swing {
    clock: StepClock,
    /// The next clock is the second of a pair.
    is_second_next: bool,
    /// The second clock has come and its step has not begun.
    is_waiting: bool,
    /// Frames until the gate closes.
    gate_left: f64,
}

impl BlockNode for Swing {
    type Config = NoConfig;

    fn new(_: &NoConfig, setup: &Setup, _: u32) -> Self {
        Self::at_rest(StepClock::new(setup.sample_rate))
    }

    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        let [clock, reset, swing, phase] = [CLOCK, RESET, SWING, PHASE].map(|input| io.input(input));
        for frame in 0..io.frames() {
            let events = self.clock.next(clock[frame], reset[frame], phase[frame]);
            if events.resets {
                self.is_second_next = false;
            }
            if events.steps {
                self.is_waiting = self.is_second_next;
                self.is_second_next = !self.is_second_next;
                if !self.is_waiting {
                    self.begin_step();
                }
            }
            if self.is_waiting
                && self.clock.passed().unwrap_or(1.0) >= f64::from(swing[frame].clamp(0.0, 1.0)) / 2.0
            {
                self.is_waiting = false;
                self.begin_step();
            }
            io.output(GATE)[frame] = f32::from(self.gate_left > 0.0);
            io.output(TRIGGER)[frame] = self.clock.next_trigger();
            self.gate_left -= 1.0;
        }
    }

    fn reset(&mut self) {
        *self = Self::at_rest(self.clock.at_rest());
    }
}

impl Swing {
    fn at_rest(clock: StepClock) -> Self {
        Self { clock, is_second_next: false, is_waiting: false, gate_left: 0.0 }
    }

    fn begin_step(&mut self) {
        self.clock.fire();
        // As long as the trigger while the tempo is not known. At most swing the next step begins half a
        // period later, so a gate must be shorter than that.
        let third = self.clock.period().map(|period| (period / 3.0).round());
        self.gate_left = third.unwrap_or(0.0).max(f64::from(self.clock.trigger_length()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::timing::clock_grid::{HALF_A_FRAME, RATE, clock_at, phase_at};
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::rises;

    #[test]
    fn every_second_step_is_late_by_its_share() {
        let period = 60.0 * RATE / 137.0 / 4.0;
        for swing in [0.0, 0.33, 1.0] {
            for block in [1, 17, 64] {
                let mut harness = BlockHarness::new(&SPEC);
                harness.block_size(block).turn(SWING, swing).plug(CLOCK, clock_at(137.0, 4.0, 480_000));
                let run = harness.run(480_000);
                let steps = rises(run.output(TRIGGER));
                assert_eq!(steps, rises(run.output(GATE)));
                for (step, frame) in steps.into_iter().enumerate() {
                    let late = if step % 2 == 1 { f64::from(swing) / 2.0 } else { 0.0 };
                    let error = frame as f64 - (step as f64 + late) * period;
                    // Rounded as a clock, and again as a late one once the pace is known.
                    let most = if step % 2 == 0 {
                        0.5
                    } else if step > 16 {
                        0.75
                    } else {
                        1.5
                    };
                    assert!(error.abs() <= most, "swing {swing}, step {step}: {error}");
                }
                assert_eq!(harness.violations(), 0);
            }
        }
    }

    #[test]
    fn with_the_phase_every_step_is_within_half_a_frame() {
        for (tempo, swing, block) in [(137.0, 0.33, 1), (137.0, 1.0, 17), (61.3, 0.57, 64), (299.0, 0.1, 64)]
        {
            let period = 60.0 * RATE / tempo / 4.0;
            let mut harness = BlockHarness::new(&SPEC);
            harness.block_size(block).turn(SWING, swing).plug(CLOCK, clock_at(tempo, 4.0, 480_000));
            let run = harness.plug(PHASE, phase_at(tempo, 4.0, 480_000)).run(480_000);
            for (step, frame) in rises(run.output(TRIGGER)).into_iter().enumerate() {
                let late = if step % 2 == 1 { f64::from(swing) / 2.0 } else { 0.0 };
                let error = frame as f64 - (step as f64 + late) * period;
                assert!(error.abs() <= HALF_A_FRAME, "{tempo}, swing {swing}, step {step}: {error}");
            }
        }
    }

    #[test]
    fn reset_makes_the_next_clock_punctual() {
        let reset = [vec![0.0; 7_000], vec![1.0; 10], vec![0.0]].concat();
        let mut harness = BlockHarness::new(&SPEC);
        harness.turn(SWING, 1.0).plug(CLOCK, clock_at(120.0, 4.0, 24_000)).plug(RESET, reset);
        assert_eq!(rises(harness.run(24_000).output(TRIGGER)), [0, 9_000, 12_000, 21_000]);
        let reset = [vec![0.0; 4_000], vec![1.0; 10], vec![0.0]].concat();
        harness.reset().plug(CLOCK, clock_at(120.0, 4.0, 24_000)).plug(RESET, reset);
        assert_eq!(rises(harness.run(24_000).output(TRIGGER)), [0, 6_000, 15_000, 18_000]);
    }
}
