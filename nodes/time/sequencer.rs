//! Step sequencer: rows of numbers played by a clock.
//!
//! A step with a ratchet sounds several times. The repeats divide the clock's phase, or without one the time
//! that a step takes by the speed of the clock so far.

use crate::parts::timing::clock_estimator::phase_input;
use crate::parts::timing::step_clock::StepClock;
use jackfield_node::dsp::noise;
use jackfield_node::prelude::*;

choices! {
    /// In which order the steps come.
    enum Direction {
        Forward = "forward",
        Backward = "backward",
        Pendulum = "pendulum",
        Random = "random",
    }
}

const CLOCK: Input = Input::gate(0, "clock", "Goes on to the next step.");
const RESET: Input = Input::gate(1, "reset", "The next clock plays the first step.");
const TRANSPOSE: Input =
    Input::knob(2, "transpose", Knob::octaves(-3.0, 3.0, 0.0), "Octaves added to every pitch.");
const PHASE: Input = phase_input(3);

const PITCHES: Setting = Setting::steps(
    0,
    "pitches",
    -36.0,
    36.0,
    &[0.0, 0.0, 12.0, 0.0, 3.0, 0.0, 7.0, 10.0],
    "Semitones re C4, step by step. Its length is the length of the sequence.",
);
const GATES: Setting =
    Setting::steps(1, "gates", 0.0, 1.0, &[1.0], "Whether a step sounds (above 0.5). Repeats if shorter.");
const ACCENTS: Setting = Setting::steps(
    2,
    "accents",
    0.0,
    1.0,
    &[1.0, 0.5, 0.5, 0.5],
    "A velocity for each step. Repeats if shorter.",
);
const CHANCES: Setting = Setting::steps(
    3,
    "chances",
    0.0,
    1.0,
    &[1.0],
    "How likely a step that would sound does so. Repeats if shorter.",
);
const RATCHETS: Setting = Setting::steps(
    4,
    "ratchets",
    1.0,
    8.0,
    &[1.0],
    "How often a step sounds within its time, a whole number. Repeats if shorter.",
);
const DIRECTION: Setting = Direction::setting(
    5,
    "direction",
    Direction::Forward,
    "In which order the steps come. A pendulum plays both ends once.",
);

const PITCH: Output = Output::pitch(0, "pitch", "Pitch of the last step that sounded.");
const GATE: Output = Output::gate(
    1,
    "gate",
    "In steps that sound open as long as the clock's gate, or for half of each repeat of a ratchet.",
);
const ACCENT: Output = Output::control(2, "accent", "Velocity of the last step that sounded.").that_jumps();
const STEP: Output =
    Output::control(3, "step", "Where in the sequence it is: 0 at the first step, below 1.").that_jumps();
const TRIGGER: Output = Output::gate(4, "trigger", "A trigger of 1 ms whenever a step sounds.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Sequencer>("time.sequencer", "Step sequencer", Category::Time)
    .summary("Plays rows of pitches, gates, velocities, chances and ratchets.")
    .help(
        "Each clock plays the next step. Pitch goes to an oscillator, gate to an envelope, accent to \
         whatever should be stronger on some steps: loudness, cutoff. A row that is shorter than the pitches \
         starts again by itself, so 8 pitches over 3 accents make a pattern of 24 steps. Chances below 1 \
         leave steps out now and then, ratchets roll them, in time to the sample if the clock's phase is \
         plugged in. For a drum, ignore the pitch. Try: a 1/16 clock, gates 1 1 0 1 0, a short filter \
         envelope, and a ratchet of 3 on the last step.",
    )
    .tags(&[
        "sequence",
        "pattern",
        "steps",
        "velocity",
        "chance",
        "probability",
        "ratchet",
        "roll",
        "melody",
        "drum",
        "303",
    ])
    .inputs(&[CLOCK, RESET, TRANSPOSE, PHASE])
    .outputs(&[PITCH, GATE, ACCENT, STEP, TRIGGER])
    .settings(&[PITCHES, GATES, ACCENTS, CHANCES, RATCHETS, DIRECTION])
    .face(Face::Steps)
    .random()
    .checked();

/// The rows; none is empty.
struct SequencerConfig {
    /// In octaves.
    pitches: Vec<f32>,
    gates: Vec<f32>,
    accents: Vec<f32>,
    chances: Vec<f32>,
    ratchets: Vec<f32>,
    direction: Direction,
}

impl Configure for SequencerConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        let row = |setting: Setting| match settings.steps(setting)? {
            [] => Err(ConfigError::Setting { setting: setting.name }),
            steps => Ok(steps.to_vec()),
        };
        Ok(Self {
            pitches: row(PITCHES)?.into_iter().map(|semitones| semitones / 12.0).collect(),
            gates: row(GATES)?,
            accents: row(ACCENTS)?,
            chances: row(CHANCES)?,
            ratchets: row(RATCHETS)?.into_iter().map(f32::round_ties_even).collect(),
            direction: settings.chosen(DIRECTION)?,
        })
    }
}

/// A step of one row. `number` counts the steps played since the reset, `random` is any number.
fn step_of(row: &[f32], rows: &SequencerConfig, number: u64, random: u64) -> f32 {
    row[place(row.len(), rows, number, random)]
}

/// Which of `length` steps it is.
fn place(length: usize, rows: &SequencerConfig, number: u64, random: u64) -> usize {
    let count = length as u64;
    let place = match rows.direction {
        Direction::Forward => number % count,
        Direction::Backward => count - 1 - number % count,
        Direction::Pendulum => {
            let last = rows.pitches.len() as u64 - 1;
            let there_and_back = number % (2 * last).max(1);
            there_and_back.min(2 * last - there_and_back) % count
        }
        Direction::Random => random % rows.pitches.len() as u64 % count,
    };
    place as usize
}

struct Sequencer {
    seed: u32,
    /// Of the random numbers.
    counter: Bits<f32>,
    clock: StepClock,
    /// Steps played since the reset.
    played: u64,
    pitch: f32,
    accent: f32,
    step: f32,
    sounds: bool,
    /// How often this step sounds.
    ratchet: f64,
    /// Repeats of this step that have begun, besides the first.
    repeats: u32,
}

impl BlockNode for Sequencer {
    type Config = SequencerConfig;

    fn new(_: &SequencerConfig, setup: &Setup, seed: u32) -> Self {
        Self::at_rest(seed, StepClock::new(setup.sample_rate))
    }

    fn process(&mut self, rows: &SequencerConfig, io: &mut BlockIo<'_>) {
        let [clock, reset, transpose, phase] = [CLOCK, RESET, TRANSPOSE, PHASE].map(|input| io.input(input));
        for frame in 0..io.frames() {
            let events = self.clock.next(clock[frame], reset[frame], phase[frame]);
            if events.resets {
                self.played = 0;
            }
            if events.steps {
                self.play(rows);
            }
            io.output(GATE)[frame] = f32::from(self.next_gate());
            io.output(TRIGGER)[frame] = self.clock.next_trigger();
            io.output(PITCH)[frame] = self.pitch + transpose[frame];
            io.output(ACCENT)[frame] = self.accent;
            io.output(STEP)[frame] = self.step;
        }
    }

    fn reset(&mut self) {
        *self = Self::at_rest(self.seed, self.clock.at_rest());
    }
}

impl Sequencer {
    fn at_rest(seed: u32, clock: StepClock) -> Self {
        Self {
            seed,
            counter: noise::hash(Bits(seed)),
            clock,
            played: 0,
            pitch: 0.0,
            accent: 0.0,
            step: 0.0,
            sounds: false,
            ratchet: 1.0,
            repeats: 0,
        }
    }

    /// Plays the next step.
    fn play(&mut self, rows: &SequencerConfig) {
        let random = u64::from(noise::next(&mut self.counter).0);
        let luck = noise::next(&mut self.counter).to_unit().0;
        let step_of = |row: &[f32]| step_of(row, rows, self.played, random);
        self.step = place(rows.pitches.len(), rows, self.played, random) as f32 / rows.pitches.len() as f32;
        self.sounds = step_of(&rows.gates) > 0.5 && luck < step_of(&rows.chances);
        if self.sounds {
            self.pitch = step_of(&rows.pitches);
            self.accent = step_of(&rows.accents);
            self.ratchet = step_of(&rows.ratchets).into();
            self.repeats = 0;
            self.clock.fire();
        }
        self.played += 1;
    }

    /// The gate of the next frame.
    fn next_gate(&mut self) -> bool {
        match self.clock.passed() {
            Some(passed) if self.sounds && self.ratchet > 1.0 => {
                let position = passed * self.ratchet;
                if position as u32 > self.repeats {
                    self.repeats = position as u32;
                    self.clock.fire();
                }
                position.fract() < 0.5
            }
            _ => self.sounds && self.clock.is_open(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::timing::clock_grid::{HALF_A_FRAME, RATE, clock_at, phase_at};
    use jackfield_node::SettingValue;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::rises;

    fn harness(pitches: &[f32], gates: &[f32], accents: &[f32]) -> BlockHarness {
        (BlockHarness::of(&SPEC).setting(PITCHES, SettingValue::Steps(pitches.to_vec())))
            .setting(GATES, SettingValue::Steps(gates.to_vec()))
            .setting(ACCENTS, SettingValue::Steps(accents.to_vec()))
            .start()
            .unwrap()
    }

    /// A clock of two frames up, two frames down.
    fn clock(steps: usize) -> Vec<f32> {
        [1.0, 1.0, 0.0, 0.0].repeat(steps)
    }

    /// Every fourth frame: the values at the start of each step.
    fn at_steps(samples: &[f32]) -> Vec<f32> {
        samples.iter().step_by(4).copied().collect()
    }

    #[test]
    fn plays_its_rows_in_turn_each_with_its_own_length() {
        let mut harness = harness(&[0.0, 12.0, -12.0], &[1.0, 0.0], &[1.0, 0.25, 0.5, 0.75]);
        let run = harness.plug(CLOCK, clock(6)).run(24);
        assert_eq!(at_steps(run.output(GATE)), [1.0, 0.0, 1.0, 0.0, 1.0, 0.0]);
        assert_eq!(at_steps(run.output(PITCH)), [0.0, 0.0, -1.0, -1.0, 1.0, 1.0], "rests keep the pitch");
        assert_eq!(at_steps(run.output(ACCENT)), [1.0, 1.0, 0.5, 0.5, 1.0, 1.0]);
        let thirds = [0.0, 1.0 / 3.0, 2.0 / 3.0];
        assert_eq!(at_steps(run.output(STEP)), [thirds, thirds].concat());
        assert_eq!(run.output(GATE)[..4], [1.0, 1.0, 0.0, 0.0], "as long as the clock");
    }

    #[test]
    fn reset_makes_the_next_clock_play_the_first_step() {
        let mut harness = harness(&[0.0, 12.0, 24.0], &[1.0], &[1.0]);
        let reset = [vec![0.0; 8], vec![1.0; 4], vec![0.0; 12]].concat();
        let run = harness.plug(CLOCK, clock(6)).plug(RESET, reset).run(24);
        assert_eq!(at_steps(run.output(PITCH)), [0.0, 1.0, 0.0, 1.0, 2.0, 0.0]);
    }

    #[test]
    fn transposes() {
        let run = harness(&[12.0], &[1.0], &[1.0]).hold(TRANSPOSE, -2.0).plug(CLOCK, clock(1)).run(4);
        assert_eq!(run.output(PITCH)[0], -1.0);
    }

    #[test]
    fn directions_order_the_steps() {
        let play = |direction| {
            let bench = BlockHarness::of(&SPEC).setting(DIRECTION, direction);
            let bench = bench.setting(PITCHES, SettingValue::Steps(vec![0.0, 12.0, 24.0]));
            at_steps(bench.start().unwrap().plug(CLOCK, clock(300)).run(1200).output(PITCH))
        };
        assert_eq!(play(Direction::Backward)[..4], [2.0, 1.0, 0.0, 2.0]);
        assert_eq!(play(Direction::Pendulum)[..6], [0.0, 1.0, 2.0, 1.0, 0.0, 1.0]);
        let random = play(Direction::Random);
        for pitch in [0.0, 1.0, 2.0] {
            let share = random.iter().filter(|step| **step == pitch).count();
            assert!((70..130).contains(&share), "{pitch}: {share} of 300");
        }
    }

    #[test]
    fn chance_leaves_steps_out() {
        let bench = BlockHarness::of(&SPEC).setting(CHANCES, SettingValue::Steps(vec![0.25, 1.0, 0.0]));
        let run = bench.start().unwrap().plug(CLOCK, clock(3000)).run(12_000);
        let gates = at_steps(run.output(GATE));
        let count = |row: usize| gates.iter().skip(row).step_by(3).filter(|gate| **gate == 1.0).count();
        assert_eq!((count(1), count(2)), (1000, 0));
        assert!((200..300).contains(&count(0)), "{} of 1000", count(0));
    }

    #[test]
    fn ratchets_divide_the_step() {
        for block in [1, 17, 64] {
            let bench = BlockHarness::of(&SPEC).setting(RATCHETS, SettingValue::Steps(vec![3.0]));
            let mut harness = bench.start().unwrap();
            let run = harness.block_size(block).plug(CLOCK, clock_at(137.0, 4.0, 480_000)).run(480_000);
            let third = 60.0 * RATE / 137.0 / 12.0;
            for frame in rises(run.output(TRIGGER)).into_iter().filter(|frame| *frame > 80_000) {
                let error = frame as f64 - (frame as f64 / third).round() * third;
                assert!(error.abs() <= 0.75, "{frame} is {error} frames off");
            }
            let open = run.output(GATE)[96_000..].iter().sum::<f32>() / 384_000.0;
            assert!((open - 0.5).abs() < 0.01, "half of the time");
            assert_eq!(harness.violations(), 0);
        }
    }

    #[test]
    fn with_the_phase_every_repeat_is_within_half_a_frame() {
        for (tempo, ratchet, block) in [(137.0, 3.0, 1), (137.0, 8.0, 17), (137.0, 7.0, 64), (47.1, 5.0, 64)]
        {
            let bench = BlockHarness::of(&SPEC).setting(RATCHETS, SettingValue::Steps(vec![ratchet]));
            let mut harness = bench.start().unwrap();
            harness.block_size(block).plug(CLOCK, clock_at(tempo, 4.0, 480_000));
            let run = harness.plug(PHASE, phase_at(tempo, 4.0, 480_000)).run(480_000);
            let period = 60.0 * RATE / tempo / 4.0 / f64::from(ratchet);
            for (repeat, frame) in rises(run.output(TRIGGER)).into_iter().enumerate() {
                let error = frame as f64 - repeat as f64 * period;
                assert!(error.abs() <= HALF_A_FRAME, "{tempo}, repeat {repeat}: {error} frames off");
            }
        }
    }
}
