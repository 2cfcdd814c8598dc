//! Note pattern: a melody written as text, one step a clock.
//!
//! What lies within a step comes by the clock's phase, or without one by the speed of the clock so far.

mod notation;

use crate::parts::timing::clock_estimator::phase_input;
use crate::parts::timing::step_clock::StepClock;
use jackfield_node::dsp::noise;
use jackfield_node::prelude::*;
use notation::{Slot, StepSound, Steps};

const CLOCK: Input = Input::gate(0, "clock", "Goes on to the next step.");
const RESET: Input = Input::gate(1, "reset", "The next clock plays the first step.");
const TRANSPOSE: Input =
    Input::knob(2, "transpose", Knob::octaves(-3.0, 3.0, 0.0), "Octaves added to every pitch.");
const LENGTH: Input = Input::knob(
    3,
    "length",
    Knob::unit(0.5),
    "How much of its time a note sounds; 100 %: up to the next one.",
);
const PHASE: Input = phase_input(4);

const PATTERN: Setting = Setting::text(
    0,
    "pattern",
    "c3 [. c3] <eb3 g3> c4? [bb2 c3]! . g2*2 _",
    "Steps: notes c4 eb3 -5, rest '.', tie '_', several [c4 e4], in turn <c4 e4>, repeats *3, chance ?20, \
     accent !.",
);

const PITCH: Output = Output::pitch(0, "pitch", "Pitch of the last note.");
const GATE: Output = Output::gate(1, "gate", "Open while a note sounds.");
const TRIGGER: Output = Output::gate(2, "trigger", "A trigger of 1 ms at each note.");
const VELOCITY: Output =
    Output::control(3, "velocity", "0.7 for a plain note, 1 for one with an accent.").that_jumps();

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Pattern>("time.pattern", "Note pattern", Category::Time)
    .summary("Plays a melody that is written as text.")
    .help(
        "Each clock plays the next step of the text. A step is a note by name (c4, f#3, bb2) or in semitones \
         from C4 (7, -5), a rest '.', or '_', which lets the note before go on. [c4 e4 g4] fits several into \
         one step, <c4 e4> plays another one each time round. Behind a step, *3 repeats it within its time, \
         ? plays it half of the times, ?20 in 20 %, and ! accents it. Try: c3 <g3 bb3>? [c4 eb4]! . on a \
         clock of 1/8, pitch and gate into a voice.",
    )
    .tags(&["sequence", "melody", "text", "notation", "tidal", "mini notation", "live coding", "generative"])
    .inputs(&[CLOCK, RESET, TRANSPOSE, LENGTH, PHASE])
    .outputs(&[PITCH, GATE, TRIGGER, VELOCITY])
    .settings(&[PATTERN])
    .random()
    .checked();

impl Configure for Steps {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.text(PATTERN)?.parse().map_err(|error: notation::NotationError| ConfigError::Text {
            setting: PATTERN.name,
            at: error.at,
            problem: error.to_string(),
        })
    }
}

struct Pattern {
    seed: u32,
    /// Of the random numbers.
    counter: Bits<f32>,
    clock: StepClock,
    /// The step that plays; none before the first clock.
    step: Option<usize>,
    /// The slot of the step that plays.
    slot: usize,
    pitch: f32,
    velocity: f32,
    sounds: bool,
}

impl BlockNode for Pattern {
    type Config = Steps;

    fn new(_: &Steps, setup: &Setup, seed: u32) -> Self {
        Self::at_rest(seed, StepClock::new(setup.sample_rate))
    }

    fn process(&mut self, steps: &Steps, io: &mut BlockIo<'_>) {
        let [clock, reset, transpose, length, phase] =
            [CLOCK, RESET, TRANSPOSE, LENGTH, PHASE].map(|input| io.input(input));
        for frame in 0..io.frames() {
            let events = self.clock.next(clock[frame], reset[frame], phase[frame]);
            if events.resets {
                self.step = None;
            }
            if events.steps {
                self.begin_step(steps);
            }
            io.output(GATE)[frame] = f32::from(self.next_gate(steps, length[frame].clamp(0.0, 1.0)));
            io.output(TRIGGER)[frame] = self.clock.next_trigger();
            io.output(PITCH)[frame] = self.pitch + transpose[frame];
            io.output(VELOCITY)[frame] = self.velocity;
        }
    }

    fn reset(&mut self) {
        *self = Self::at_rest(self.seed, self.clock.at_rest());
    }
}

impl Pattern {
    fn at_rest(seed: u32, clock: StepClock) -> Self {
        Self {
            seed,
            counter: noise::hash(Bits(seed)),
            clock,
            step: None,
            slot: 0,
            pitch: 0.0,
            velocity: 0.0,
            sounds: false,
        }
    }

    fn begin_step(&mut self, steps: &Steps) {
        // The pattern may have become shorter.
        let step = self.step.map_or(0, |step| (step + 1) % steps.0.len());
        (self.step, self.slot) = (Some(step), 0);
        self.begin_slot(steps.0[step][0]);
    }

    fn begin_slot(&mut self, slot: Slot) {
        match slot.sound {
            StepSound::Tie => {}
            StepSound::Rest => self.sounds = false,
            StepSound::Note { pitch, velocity, chance } => {
                self.sounds = noise::next(&mut self.counter).to_unit().0 < chance;
                if self.sounds {
                    (self.pitch, self.velocity) = (pitch, velocity);
                    self.clock.fire();
                }
            }
        }
    }

    /// The gate of the next frame.
    fn next_gate(&mut self, steps: &Steps, length: f32) -> bool {
        let Some(step) = self.step.and_then(|step| steps.0.get(step)) else { return false };
        let Some(passed) = self.clock.passed() else { return self.sounds && self.clock.is_open() };
        if let Some(next) = step.get(self.slot + 1).filter(|next| passed >= next.start) {
            self.slot += 1;
            self.begin_slot(*next);
        }
        // The pattern may have changed under a slot.
        let Some(slot) = step.get(self.slot) else { return false };
        let is_over = passed >= slot.start + slot.length * f64::from(length);
        self.sounds && (slot.goes_on || length == 1.0 || !is_over)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::timing::clock_grid::{HALF_A_FRAME, RATE, clock_at, phase_at};
    use jackfield_node::SettingValue;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::rises;

    fn pattern(text: &str) -> BlockHarness {
        BlockHarness::of(&SPEC).setting(PATTERN, SettingValue::Text(text.to_owned())).start().unwrap()
    }

    /// How far off the notes of a pattern come at 137 beats per minute, in frames.
    fn errors(block: usize, knows_phase: bool) -> Vec<f64> {
        let mut harness = pattern("c4 [e4 g4 c5] . 5*2");
        harness.block_size(block).plug(CLOCK, clock_at(137.0, 4.0, 480_000));
        if knows_phase {
            harness.plug(PHASE, phase_at(137.0, 4.0, 480_000));
        }
        let run = harness.run(480_000);
        assert_eq!(harness.violations(), 0);
        let starts = [0.0, 1.0, 4.0 / 3.0, 5.0 / 3.0, 3.0, 3.5];
        let period = 60.0 * RATE / 137.0 / 4.0;
        let due = |number: usize| (starts[number % 6] + 4.0 * (number / 6) as f64) * period;
        let notes = rises(run.output(TRIGGER)).into_iter().enumerate();
        notes.map(|(number, frame)| frame as f64 - due(number)).collect()
    }

    #[test]
    fn steps_and_what_is_in_them_come_on_time() {
        for block in [1, 17, 64] {
            let exact = errors(block, true);
            assert!(exact.len() > 120);
            assert!(exact.iter().all(|error| error.abs() <= HALF_A_FRAME), "{exact:?}");
            // The first clocks tell the pace to a frame only.
            let predicted = errors(block, false);
            assert!(predicted[24..].iter().all(|error| error.abs() <= 0.75), "{predicted:?}");
        }
    }

    #[test]
    fn notes_sound_for_their_length_and_ties_prolong_them() {
        let mut harness = pattern("0 1 _ .");
        let run = harness.turn(LENGTH, 0.25).plug(CLOCK, clock_at(120.0, 4.0, 72_000)).run(72_000);
        let gate = &run.output(GATE)[24_000..48_000];
        let open = |from: usize, to: usize| gate[from..to].iter().all(|gate| *gate == 1.0);
        let closed = |from: usize, to: usize| gate[from..to].iter().all(|gate| *gate == 0.0);
        assert!(open(0, 1_499) && closed(1_501, 6_000));
        assert!(open(6_000, 13_499) && closed(13_501, 24_000), "through the tie");
        assert_eq!(run.output(PITCH)[24_000 + 12_000], 1.0 / 12.0);
    }

    #[test]
    fn chance_and_accents() {
        let run = pattern("c4?25 d4!").plug(CLOCK, [1.0, 1.0, 0.0, 0.0].repeat(4000)).run(16_000);
        let sounding =
            |offset: usize| run.output(GATE).iter().skip(offset).step_by(8).filter(|x| **x == 1.0).count();
        assert_eq!(sounding(4), 2000);
        assert!((430..570).contains(&sounding(0)), "{} of 2000", sounding(0));
        assert_eq!(run.output(VELOCITY)[15_999], 1.0);
    }

    #[test]
    fn mistakes_say_where_they_are() {
        let bench = BlockHarness::of(&SPEC).setting(PATTERN, SettingValue::Text("c4 h4".to_owned()));
        let message = bench.start().err().unwrap().to_string();
        assert!(message.starts_with("setting 'pattern', character 4: 'h' begins no step"), "{message}");
    }
}
