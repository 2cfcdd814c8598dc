//! Tape delay: echoes from a worn machine, each a little duller, dirtier and less steady than the one before.
//!
//! The tape's speed wanders slowly (wow: the capstan, about once a second) and trembles quickly (flutter: the
//! rollers, about nine times a second). Each swing is written as the speed deviation it makes, so that the
//! knobs read as a service manual does. The loop saturates and loses the deepest bass, so it can be driven
//! beyond full feedback without growing.

use crate::parts::compute::memo::Memo;
use crate::parts::delay::echo::{Echo, EchoTime, LONGEST_SECONDS};
use crate::parts::delay::moving_tap::DelayChange;
use crate::parts::modulation::lfo_phase::LfoPhase;
use crate::parts::timing::note_length::{self, NoteLength};
use jackfield_node::C4_HERTZ;
use jackfield_node::Unit;
use jackfield_node::dsp::Lanes;
use jackfield_node::dsp::smooth::approach;
use jackfield_node::prelude::*;
use jackfield_node::{Change, Migration};
use std::f32::consts::TAU;

const IN: Input = Input::audio(0, "in", "Sound to repeat.");
const TIME: Input = Input::knob(
    1,
    "time",
    Knob::seconds(0.02, LONGEST_SECONDS, 0.35),
    "From sound to echo. Turning it winds the tape, which bends the pitch.",
);
const FEEDBACK: Input = Input::knob(
    2,
    "feedback",
    Knob { unit: Unit::Percent, min: 0.0, max: 1.2, default: 0.5 },
    "How much of each echo is repeated. Above 100 % the machine plays by itself.",
);
const WOW: Input =
    Input::knob(3, "wow", Knob::unit(0.3), "Slow wandering of the speed. 100 %: by 1 % either way.");
const FLUTTER: Input =
    Input::knob(4, "flutter", Knob::unit(0.25), "Quick trembling of the speed. 100 %: by 0.5 % either way.");
const DRIVE: Input = Input::knob(
    5,
    "drive",
    Knob::decibels(-12.0, 24.0, 0.0),
    "How hard the tape is driven. It saturates; echoes of music stay about as loud as they are.",
);
const DAMPING: Input =
    Input::knob(6, "damping", Knob::unit(0.2), "How much treble each echo loses. 0: none.");
const MIX: Input = Input::knob(7, "mix", Knob::unit(0.28), "0: the sound alone. 100 %: its echoes alone.");

const OUT: Output = Output::audio(0, "out", "Sound and echoes.");

const SYNC: Setting = note_length::setting(0);

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<TapeDelay>("effect.tape_delay", "Tape delay", Category::Effect)
    .summary("Echoes of a tape machine: warm, unsteady, endless.")
    .help(
        "A loop of tape with a head that records and one that plays. Each round trip takes some treble and \
         some bass, saturates the peaks, and adds the machine's own wow and flutter, so the echoes drift \
         away from the sound instead of repeating it. Above 100 % feedback it feeds on itself and hums \
         along. Turn the time while it plays. Try: a single chord, feedback 105 %, drive 6 dB, and then ride \
         the time knob.",
    )
    .tags(&["echo", "space echo", "dub", "wow", "flutter", "saturation", "analogue", "lo-fi", "vintage"])
    .inputs(&[IN, TIME, FEEDBACK, WOW, FLUTTER, DRIVE, DAMPING, MIX])
    .outputs(&[OUT])
    .settings(&[SYNC])
    .version(2)
    .migrations(&[Migration { from: 1, changes: &[Change::KnobDefault { knob: "mix", was: 0.35 }] }])
    .checked();

/// Rates of the swings in hertz: two for wow, which thus does not repeat soon, and one for flutter.
const RATES: [f32; 3] = [0.61, 1.07, 9.1];

/// Largest speed deviation of each swing.
const DEVIATIONS: [f32; 3] = [0.006, 0.004, 0.005];

/// Bass below this is lost at each round trip, in hertz.
const LOWEST: f32 = 45.0;

/// The level that sounds as loud behind the tape however hard it is driven: that of music.
const STEADY_LEVEL: f32 = 0.25;

/// The gain before the tape's saturation, and the one that makes up for it behind the machine: within the
/// loop it would take the saturation its hold on the feedback.
fn gains(drive: f32) -> [f32; 2] {
    let gain = Lanes(drive).exp2().clamp(0.01, 100.0);
    let steady = Lanes(STEADY_LEVEL);
    [gain.0, (gain * steady.tanh() / (gain * steady).tanh()).0]
}

struct TapeDelayConfig(NoteLength);

impl Configure for TapeDelayConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.chosen(SYNC).map(Self)
    }
}

struct TapeDelay {
    echo: Echo,
    time: EchoTime,
    swings: [LfoPhase; 3],
    bass: f32,
    gains: Memo<[f32; 2]>,
}

impl BlockNode for TapeDelay {
    type Config = TapeDelayConfig;

    fn new(TapeDelayConfig(note): &TapeDelayConfig, setup: &Setup, _: u32) -> Self {
        Self {
            echo: Echo::new(setup.sample_rate, DelayChange::Tape, *note),
            time: EchoTime::default(),
            swings: [LfoPhase::default(); 3],
            bass: 0.0,
            gains: Memo::default(),
        }
    }

    fn process(&mut self, TapeDelayConfig(note): &TapeDelayConfig, io: &mut BlockIo<'_>) {
        let (sample_rate, note) = (io.sample_rate(), note.seconds(io.transport()));
        let (input, time, feedback) = (io.input(IN), io.input(TIME), io.input(FEEDBACK));
        let (wow, flutter, drive) = (io.input(WOW), io.input(FLUTTER), io.input(DRIVE));
        let (damping, mix) = (io.input(DAMPING), io.input(MIX));
        let bass_share = approach(Lanes(TAU * LOWEST / sample_rate)).0;
        let rates = RATES.map(|rate| Lanes(rate / C4_HERTZ).log2().0);
        for (i, out) in io.output(OUT).iter_mut().enumerate() {
            let amounts = [wow[i], wow[i], flutter[i]];
            let swing = self.swing(&rates, amounts, sample_rate);
            let frames = self.time.frames(note, time[i], sample_rate);
            let echo = self.echo.read_swinging(frames, f64::from(swing), damping[i], sample_rate);
            let [gain, make_up] = self.gains.of(drive[i], gains);
            let recorded = input[i] + echo * feedback[i].clamp(0.0, 1.2);
            let taped = Lanes(recorded * gain).tanh().0 / gain;
            self.bass += (taped - self.bass) * bass_share;
            self.echo.push(taped - self.bass);
            let mix = mix[i].clamp(0.0, 1.0);
            *out = input[i] * (1.0 - mix) + echo * (make_up * mix);
        }
    }

    fn reset(&mut self) {
        self.echo.reset();
        self.swings.iter_mut().for_each(LfoPhase::reset);
        self.bass = 0.0;
    }
}

impl TapeDelay {
    /// How far the tape is from where a steady one would be, in frames.
    fn swing(&mut self, rates: &[f32; 3], amounts: [f32; 3], sample_rate: f32) -> f32 {
        let mut sum = 0.0;
        for (k, cycle) in self.swings.iter_mut().enumerate() {
            // A delay of a sin(2 pi f t) moves the speed by 2 pi f a.
            let reach = DEVIATIONS[k] * sample_rate / (TAU * RATES[k]);
            let phase = cycle.next(rates[k], sample_rate);
            sum += Lanes(phase).sin_turns().0 * reach * amounts[k].clamp(0.0, 1.0);
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::{cents, click_burst_db, frequency, integrated_lufs, peak_db, rms_db};
    use jackfield_testkit::signal::{impulse, music, noise, sine};

    const RATE: f32 = 48_000.0;

    fn steady() -> BlockHarness {
        let mut tape = BlockHarness::new(&SPEC);
        tape.turn(TIME, 0.1).turn(WOW, 0.0).turn(FLUTTER, 0.0).turn(DAMPING, 0.0).turn(MIX, 1.0);
        tape
    }

    #[test]
    fn a_steady_tape_repeats_in_time() {
        let run = steady().plug(IN, impulse(10, 0)).run(10_000);
        let loudest = (0..7000).max_by(|a, b| run.output(OUT)[*a].total_cmp(&run.output(OUT)[*b]));
        assert_eq!(loudest, Some(4800));
    }

    #[test]
    fn wow_and_flutter_bend_the_pitch_as_far_as_they_say() {
        for (input, deviation, piece) in [(WOW, 0.01, 4800), (FLUTTER, 0.005, 480)] {
            let run = steady()
                .turn(FEEDBACK, 0.0)
                .turn(input, 1.0)
                .plug(IN, sine(480_000, 1000.0, RATE))
                .run(480_000);
            let pieces = run.output(OUT)[48_000..].chunks_exact(piece);
            let most =
                pieces.map(|piece| cents(frequency(piece, RATE, 1000.0), 1000.0).abs()).fold(0.0, f64::max);
            let expected = cents(1.0 + deviation, 1.0);
            assert!((most / expected - 1.0).abs() < 0.12, "{most} of {expected} cents by {}", input.name);
        }
    }

    #[test]
    fn beyond_full_feedback_it_holds_its_level() {
        let mut tape = steady();
        tape.turn(FEEDBACK, 1.2).plug(IN, [noise(4800, 1), vec![0.0]].concat()).run(480_000);
        let (early, late) = (tape.run(48_000), tape.run(48_000));
        assert!(peak_db(late.output(OUT)) < 3.0, "{} dB", peak_db(late.output(OUT)));
        assert!((rms_db(early.output(OUT)) - rms_db(late.output(OUT))).abs() < 1.0);
        assert!(rms_db(late.output(OUT)) > -20.0);
    }

    #[test]
    fn drive_keeps_the_loudness_of_music() {
        let sound = music(192_000, RATE);
        for drive in [-12.0, 6.0, 12.0, 18.0, 24.0] {
            let level = |drive: f32| {
                let mut tape = steady();
                tape.turn(FEEDBACK, 0.0).turn(DRIVE, drive).plug(IN, sound.clone());
                integrated_lufs(&[&tape.run(192_000).output(OUT)[9_600..]], RATE)
            };
            let change = level(drive) - level(0.0);
            println!("{drive} dB: {change}");
            assert!(change.abs() < 3.0, "{change} dB at a drive of {drive} dB");
        }
    }

    #[test]
    fn winding_the_tape_makes_no_click() {
        let turned = (0..96_000).map(|i| 0.3 + 0.4 * ((i as f32 - 48_000.0) / 240.0).clamp(0.0, 1.0));
        let mut tape = steady();
        let run =
            tape.turn(FEEDBACK, 0.0).plug(IN, sine(96_000, 100.0, RATE)).sweep(TIME, turned).run(96_000);
        let click = click_burst_db(&run.output(OUT)[40_000..], RATE);
        assert!(click < -80.0, "{click} dB");
    }
}
