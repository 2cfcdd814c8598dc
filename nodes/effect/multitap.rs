//! Multitap delay: a rhythm of echoes, drawn as steps.
//!
//! One line, and a tap for each step that is not silent. The whole pattern repeats through the feedback
//! after its last step.

use crate::parts::compute::memo::Memo;
use crate::parts::delay::echo::DampingFilter;
use crate::parts::delay::line::DelayLine;
use crate::parts::delay::moving_tap::{DelayChange, MovingTap};
use crate::parts::mixing::stereo_ports::{IN, LEFT, RIGHT, heard};
use crate::parts::timing::note_length::{self, NoteLength};
use jackfield_node::dsp::Lanes;
use jackfield_node::dsp::pan::equal_power;
use jackfield_node::prelude::*;
use jackfield_node::{Change, Migration};

const STEP: Input = Input::knob(
    3,
    "step",
    Knob::seconds(0.005, LONGEST_STEP, 0.125),
    "From one step of the pattern to the next.",
)
.sum();
const FEEDBACK: Input =
    Input::knob(4, "feedback", Knob::unit(0.3), "How loud the whole pattern is when it comes again.").sum();
const DAMPING: Input =
    Input::knob(5, "damping", Knob::unit(0.15), "How much treble each repetition loses. 0: none.").sum();
const WIDTH: Input =
    Input::knob(6, "width", Knob::unit(1.0), "How far apart the places are. 0: all echoes in the middle.")
        .sum();
const MIX: Input =
    Input::knob(7, "mix", Knob::unit(0.33), "0: the sound alone. 100 %: its echoes alone.").sum();

const LEVELS: Setting = Setting::steps(
    0,
    "levels",
    0.0,
    1.0,
    &[0.0, 0.0, 0.9, 0.0, 0.0, 0.7, 0.0, 0.6],
    "How loud the echo at each step is, up to 16 steps. 0: none.",
);
const PLACES: Setting = Setting::steps(
    1,
    "places",
    -1.0,
    1.0,
    &[-0.8, 0.8],
    "Where the echoes stand, from left to right, in turn for those that sound.",
);
const SYNC: Setting = note_length::setting(2);

const LEFT_OUT: Output = Output::audio(0, "left", "Sound and echoes, left.");
const RIGHT_OUT: Output = Output::audio(1, "right", "Sound and echoes, right.");

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::block::<Multitap>("effect.multitap", "Multitap delay", Category::Effect)
        .summary("A rhythm of echoes, drawn step by step.")
        .help(
            "Instead of one echo again and again you draw a bar of them: how loud each step is and where it \
         stands. A single hit becomes a phrase. Three against four makes dotted rhythms; many short steps \
         make a room of early reflections. Set sync to a sixteenth and the pattern keeps time with the \
         patch. Try: one short pluck a bar, then a step of 12 ms with all levels up.",
        )
        .tags(&["echo", "pattern", "rhythm", "steps", "stereo", "reflections", "tempo"])
        .inputs(&[IN, LEFT, RIGHT, STEP, FEEDBACK, DAMPING, WIDTH, MIX])
        .outputs(&[LEFT_OUT, RIGHT_OUT])
        .settings(&[LEVELS, PLACES, SYNC])
        .face(Face::Steps)
        .version(2)
        .migrations(&[Migration { from: 1, changes: &[Change::KnobDefault { knob: "mix", was: 0.4 }] }])
        .checked();

/// Most steps that are used.
const MOST_STEPS: usize = 16;

/// Longest step in seconds.
const LONGEST_STEP: f32 = 0.5;

/// An echo of the pattern.
#[derive(Clone, Copy, Debug)]
struct Tap {
    /// Which step it stands at, from 1.
    step: usize,
    level: f32,
    /// From left to right, -1 to 1.
    place: f32,
}

struct TapPattern {
    taps: Vec<Tap>,
    /// Steps from a sound to its repetition.
    length: usize,
    note: NoteLength,
}

impl Configure for TapPattern {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        let (levels, places) = (settings.steps(LEVELS)?, settings.steps(PLACES)?);
        let levels = &levels[..levels.len().min(MOST_STEPS)];
        let sounding = levels.iter().enumerate().filter(|(_, level)| **level > 0.0);
        let taps = sounding.zip(places.iter().cycle());
        let taps = taps.map(|((step, level), place)| Tap { step: step + 1, level: *level, place: *place });
        Ok(Self { taps: taps.collect(), length: levels.len().max(1), note: settings.chosen(SYNC)? })
    }
}

struct Multitap {
    line: DelayLine,
    taps: [MovingTap; MOST_STEPS],
    again: MovingTap,
    damping: DampingFilter,
    step: Memo<f64>,
    /// Gains of the taps for left and right.
    gains: Memo<[[f32; 2]; MOST_STEPS]>,
}

impl BlockNode for Multitap {
    type Config = TapPattern;

    fn new(pattern: &TapPattern, setup: &Setup, _: u32) -> Self {
        // Longer than the knob's are a few of the note lengths; the memory is there for the pattern that is
        // set.
        let step = pattern.note.longest_seconds().max(f64::from(LONGEST_STEP));
        let longest = pattern.length as f64 * step * f64::from(setup.sample_rate);
        Self {
            line: DelayLine::new(longest.ceil() as usize),
            taps: [MovingTap::new(setup.sample_rate); MOST_STEPS],
            again: MovingTap::new(setup.sample_rate),
            damping: DampingFilter::default(),
            step: Memo::default(),
            gains: Memo::default(),
        }
    }

    fn process(&mut self, pattern: &TapPattern, io: &mut BlockIo<'_>) {
        let (sample_rate, note) = (io.sample_rate(), pattern.note.seconds(io.transport()));
        let (both, left, right) = (io.input(IN), io.input(LEFT), io.input(RIGHT));
        let (step, feedback, damping) = (io.input(STEP), io.input(FEEDBACK), io.input(DAMPING));
        let (width, mix) = (io.input(WIDTH), io.input(MIX));
        let (left_out, right_out) = io.output_pair(LEFT_OUT, RIGHT_OUT);
        for (i, (left_out, right_out)) in left_out.iter_mut().zip(right_out).enumerate() {
            let [left, right] = heard(both, left, right, i);
            let knob = |octaves| f64::from(Lanes(octaves).exp2().0).min(f64::from(LONGEST_STEP));
            let seconds = note.unwrap_or_else(|| self.step.of(step[i], knob));
            let frames = seconds * f64::from(sample_rate);
            let [wet_left, wet_right] = self.echoes(pattern, frames, width[i].clamp(0.0, 1.0));
            let again =
                self.again.read(&self.line, at_least_one(pattern.length as f64 * frames), DelayChange::Fade);
            let again = self.damping.next(again, damping[i], sample_rate) * feedback[i].clamp(0.0, 1.0);
            self.line.push((left + right) * 0.5 + again);
            let mix = mix[i].clamp(0.0, 1.0);
            *left_out = left * (1.0 - mix) + wet_left * mix;
            *right_out = right * (1.0 - mix) + wet_right * mix;
        }
    }

    fn reset(&mut self) {
        self.line.clear();
        self.taps.iter_mut().for_each(MovingTap::reset);
        self.again.reset();
        self.damping.reset();
    }
}

impl Multitap {
    /// The next frame of all echoes, left and right, with `frames` to a step.
    fn echoes(&mut self, pattern: &TapPattern, frames: f64, width: f32) -> [f32; 2] {
        let gains = self.gains.of(width, |width| pattern.gains(width));
        let mut sum = [0.0; 2];
        for ((tap, moving), gains) in pattern.taps.iter().zip(&mut self.taps).zip(gains) {
            let sound = moving.read(&self.line, at_least_one(tap.step as f64 * frames), DelayChange::Fade);
            sum = [sum[0] + sound * gains[0], sum[1] + sound * gains[1]];
        }
        sum
    }
}

impl TapPattern {
    /// The gains of the taps, left and right, with their places drawn together to a width.
    fn gains(&self, width: f32) -> [[f32; 2]; MOST_STEPS] {
        let mut gains = [[0.0; 2]; MOST_STEPS];
        for (gains, tap) in gains.iter_mut().zip(&self.taps) {
            *gains = equal_power(Lanes(tap.place * width * 0.5 + 0.5)).map(|gain| gain.0 * tap.level);
        }
        gains
    }
}

fn at_least_one(frames: f64) -> f64 {
    frames.max(DelayLine::SHORTEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::SettingValue;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::click_burst_db;
    use jackfield_testkit::signal::{impulse, sine};

    fn multitap(levels: &[f32], places: &[f32]) -> BlockHarness {
        let bench = BlockHarness::of(&SPEC).setting(LEVELS, SettingValue::Steps(levels.to_vec()));
        let mut multitap = bench.setting(PLACES, SettingValue::Steps(places.to_vec())).start().unwrap();
        multitap.turn(STEP, 0.01).turn(FEEDBACK, 0.5).turn(DAMPING, 0.0).turn(MIX, 1.0);
        multitap
    }

    #[test]
    fn echoes_stand_at_their_steps_and_places_and_the_pattern_repeats() {
        let run = multitap(&[0.5, 0.0, 1.0], &[-1.0, 1.0]).plug(IN, impulse(10, 0)).run(3000);
        let expected =
            [(480, 0.5, 0.0), (960, 0.0, 0.0), (1440, 0.0, 1.0), (1920, 0.25, 0.0), (2880, 0.0, 0.5)];
        for (frame, left, right) in expected {
            let found = [LEFT_OUT, RIGHT_OUT].map(|output| run.output(output)[frame]);
            assert!(
                (found[0] - left).abs() < 1e-3 && (found[1] - right).abs() < 1e-3,
                "{found:?} at {frame}"
            );
        }
    }

    #[test]
    fn a_new_step_makes_no_click() {
        let turned = (0..48_000).map(|i| 0.02 + 0.03 * ((i as f32 - 24_000.0) / 240.0).clamp(0.0, 1.0));
        let mut multitap = multitap(&[0.5, 0.3, 0.7], &[0.0]);
        let run = multitap
            .turn(FEEDBACK, 0.0)
            .plug(IN, sine(48_000, 100.0, 48_000.0))
            .sweep(STEP, turned)
            .run(48_000);
        let click = click_burst_db(&run.output(LEFT_OUT)[12_000..], 48_000.0);
        assert!(click < -80.0, "{click} dB");
    }
}
