//! Additive oscillator: up to 64 sines, each with a level drawn by hand.

use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::gate;
use jackfield_node::prelude::*;

const FREQUENCY: Input = Input::knob(
    0,
    "frequency",
    Knob::hertz(8.0, 12_000.0, C4_HERTZ),
    "Pitch of the first partial when nothing is patched into pitch.",
);
const PITCH: Input =
    Input::pitch(1, "pitch", "Octaves added to the frequency; the pitch of a note goes here.");
const FINE: Input = Input::knob(2, "fine", Knob::cents(-100.0, 100.0, 0.0), "Fine tuning.");
const BRIGHTNESS: Input = Input::knob(
    3,
    "brightness",
    Knob::unit(1.0),
    "Each partial is this much of what it would be to the one before; 0 leaves the first alone.",
);
const EVEN: Input = Input::knob(
    4,
    "even",
    Knob::unit(1.0),
    "Level of every second partial. Without them it sounds hollow, like a clarinet.",
);
const STRETCH: Input = Input::knob(
    5,
    "stretch",
    Knob::bipolar(0.0),
    "Moves the partials apart (a bell) or together (a cluster). 0: whole multiples, one tone.",
);

const LEVELS: Setting = Setting::steps(
    0,
    "levels",
    0.0,
    1.0,
    &[1.0, 0.5, 0.333, 0.25, 0.2, 0.167, 0.143, 0.125, 0.111, 0.1, 0.091, 0.083, 0.077, 0.071, 0.067, 0.063],
    "Level of each partial from the first; up to 64.",
);

const OUT: Output = Output::audio(0, "out", "The tone.").with_sync(BEGINNING);
const BEGINNING: Output = Output::gate(
    1,
    "sync",
    "A gate, up during the first half of each cycle, that tells exactly when it begins: for sync inputs.",
);

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Additive>("source.additive", "Additive", Category::Source)
    .summary("A tone put together from single sines.")
    .help(
        "Every lasting tone is a sum of sines; here you draw it. The row of levels is its spectrum: only the \
         first is a sine, 1 and 3 and 9 an organ, a falling row a saw. Brightness turns the higher partials \
         down as a soft string does, and unlike a filter it moves with the pitch; an envelope into it \
         plucks. Stretch pulls the partials off their whole multiples, until they are no tone any more but a \
         bell or a gong. Try: an LFO into even, then a short envelope into brightness with stretch at 5 %.",
    )
    .tags(&[
        "additive",
        "harmonics",
        "partials",
        "organ",
        "drawbar",
        "sines",
        "spectrum",
        "inharmonic",
        "bell",
    ])
    .inputs(&[FREQUENCY, PITCH, FINE, BRIGHTNESS, EVEN, STRETCH])
    .outputs(&[OUT, BEGINNING])
    .settings(&[LEVELS])
    .face(Face::Waveform)
    .checked();

/// A turn in fixed-point phases: 2^32.
const TURN: f32 = 4_294_967_296.0;

/// Most partials.
const MOST: usize = 64;

/// Between these speeds, in turns per frame, a partial fades out: 21 kHz to 24 kHz at 48 kHz.
const FADES_FROM: f32 = 0.437_5;
const GONE_AT: f32 = 0.5;

/// RMS of the tone at full brightness.
const RMS: f32 = 0.4;

/// The partials that sound.
struct AdditiveConfig {
    /// By number from the first, as loud together as [`RMS`] says.
    levels: Vec<f32>,
    /// The octaves of each above the first.
    octaves: Vec<f32>,
}

impl Configure for AdditiveConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        let drawn = settings.steps(LEVELS)?;
        let drawn = &drawn[..drawn.len().min(MOST)];
        let power: f32 = drawn.iter().map(|level| level * level * 0.5).sum();
        let gain = if power > 0.0 { RMS / power.sqrt() } else { 0.0 };
        Ok(Self {
            levels: drawn.iter().map(|level| level * gain).collect(),
            octaves: (1..=drawn.len()).map(|number| Lanes(number as f32).log2().0).collect(),
        })
    }
}

lane_state! {
    struct State<V> {
        /// Of the first partial. While they are whole multiples, the others follow it without drifting apart.
        phase: Bits<V>,
    }
}

/// How fast the partials go in a frame.
#[derive(Clone, Copy)]
struct Speeds<V: Vector> {
    /// By how much each advances beyond its whole multiple of the first, in fixed point.
    extra: [Bits<V>; MOST],
    /// How much of each is left at its speed.
    left: [Lanes<V>; MOST],
    /// By how much the first advances.
    first: Bits<V>,
}

struct Additive;

impl LaneNode for Additive {
    type State<V: Vector> = State<V>;
    type Config = AdditiveConfig;

    /// By how much each partial is ahead of its whole multiple of the first.
    const KEPT_WORDS: usize = MOST;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, spectrum: &AdditiveConfig, io: &mut Io<'_, V>) {
        let base = C4_HERTZ / io.sample_rate();
        let (frequency, pitch, fine) = (io.input(FREQUENCY), io.input(PITCH), io.input(FINE));
        let (brightness, even, stretch) = (io.input(BRIGHTNESS), io.input(EVEN), io.input(STRETCH));
        let moves = [FREQUENCY, PITCH, FINE, STRETCH].iter().any(|input| !io.input(*input).is_constant());
        let none = Bits::splat(io.token(), 0);
        let mut speeds = Speeds { extra: [none; MOST], left: [io.splat(0.0); MOST], first: none };
        let mut ahead = [none; MOST];
        for (i, ahead) in ahead.iter_mut().enumerate() {
            *ahead = io.kept(i).to_bits();
        }
        let (mut out, mut beginning) = (io.output(OUT), io.output(BEGINNING));
        for (index, frame) in io.frames().enumerate() {
            if moves || index == 0 {
                let octaves = frequency.at(frame) + pitch.at(frame) + fine.at(frame) * (1.0 / 1200.0);
                speeds.set(spectrum, octaves.exp2() * base, stretch.at(frame).clamp(-1.0, 1.0));
            }
            let brightness = brightness.at(frame).clamp(0.0, 1.0);
            let even = even.at(frame).clamp(0.0, 1.0);
            state.phase = state.phase + speeds.first;
            beginning.set(frame, gate::of_cycle(state.phase));
            let (mut multiple, mut share, mut sum) = (none, io.splat(1.0), io.splat(0.0));
            for (i, level) in spectrum.levels.iter().enumerate() {
                multiple = multiple + state.phase;
                ahead[i] = ahead[i] + speeds.extra[i];
                let level = speeds.left[i] * share * *level;
                let level = if i % 2 == 0 { level } else { level * even };
                sum += (multiple + ahead[i]).sin_turns() * level;
                share *= brightness;
            }
            out.set(frame, sum);
        }
        for (i, ahead) in ahead.iter().enumerate() {
            io.keep(i, Lanes::from_bits(*ahead));
        }
    }
}

impl<V: Vector> Speeds<V> {
    /// All speeds for a first partial at `speed`, in turns per frame.
    #[inline(always)]
    fn set(&mut self, spectrum: &AdditiveConfig, speed: Lanes<V>, stretch: Lanes<V>) {
        let speed = speed.min(GONE_AT);
        self.first = (speed * TURN * 0.5).to_integer_in_range() << 1;
        for (i, octaves) in spectrum.octaves.iter().enumerate() {
            let number = (i + 1) as f32;
            // The n-th partial at n^(1 + stretch).
            let factor = (stretch * *octaves).exp2();
            let own = speed * number * factor;
            let extra = speed * number * (factor - 1.0);
            self.extra[i] = extra.to_phase();
            self.left[i] = ((GONE_AT - own) * (1.0 / (GONE_AT - FADES_FROM))).clamp(0.0, 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::SettingValue;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::{self, cents, frequency, partials, rms_db};

    const RATE: f32 = 48_000.0;
    const FRAMES: usize = 1 << 17;

    fn harness(levels: &[f32]) -> LaneHarness {
        LaneHarness::of(&SPEC).setting(LEVELS, SettingValue::Steps(levels.to_vec())).start().unwrap()
    }

    fn tone(harness: &mut LaneHarness) -> Vec<f32> {
        harness.run(100);
        harness.run(FRAMES).output(OUT).to_vec()
    }

    #[test]
    fn partials_have_the_levels_drawn_and_nothing_else_sounds() {
        let levels: Vec<f32> = (1..=64).map(|k| if k % 3 == 0 { 0.0 } else { 1.0 / k as f32 }).collect();
        for hertz in [55.0, 220.0, 997.0, 4_186.0] {
            let out = tone(harness(&levels).turn(FREQUENCY, hertz));
            let found = frequency(&out, RATE, f64::from(hertz));
            assert!(cents(found, f64::from(hertz)).abs() < 0.01, "{found}");
            let partials = partials(&out, RATE, found);
            assert!(partials.worst_alias_db < -120.0, "{hertz} Hz: {} dB", partials.worst_alias_db);
            let heard = ((20_000.0 / hertz) as usize).min(64);
            for (level, found) in levels[..heard].iter().zip(&partials.levels_db) {
                let expected = 20.0 * f64::from(*level).log10();
                let good = if *level > 0.0 { (found - expected).abs() < 0.01 } else { *found < -120.0 };
                assert!(good, "{hertz} Hz: {found} dB, not {expected}");
            }
            let level = rms_db(&out);
            assert!(hertz > 500.0 || (level + 7.96).abs() < 0.1, "{level} dB");
        }
    }

    #[test]
    fn brightness_and_even_turn_partials_down() {
        let mut harness = harness(&[1.0; 8]);
        let out = tone(harness.turn(FREQUENCY, 500.0).turn(BRIGHTNESS, 0.5).turn(EVEN, 0.1));
        let partials = partials(&out, RATE, 500.0);
        for (i, found) in partials.levels_db[..8].iter().enumerate() {
            let expected = -6.0206 * i as f64 - if i % 2 == 1 { 20.0 } else { 0.0 };
            assert!((found - expected).abs() < 0.01, "partial {}: {found} dB, not {expected}", i + 1);
        }
    }

    #[test]
    fn stretch_moves_partials_by_a_power() {
        for stretch in [-0.5, 0.1] {
            let mut harness = harness(&[1.0; 6]);
            let out = tone(harness.turn(FREQUENCY, 500.0).turn(STRETCH, stretch));
            let spectrum = measure::Spectrum::of(&out, RATE);
            for number in 1..=6 {
                let hertz = 500.0 * f64::from(number).powf(1.0 + f64::from(stretch));
                let found = frequency(&out, RATE, hertz);
                assert!(cents(found, hertz).abs() < 0.01, "partial {number}: {found}, not {hertz}");
                assert!(spectrum.component(hertz) > 0.02);
            }
        }
    }

    #[test]
    fn partials_that_have_drifted_stay_where_they_are_when_the_stretch_ends() {
        let mut harness = harness(&[1.0; 4]);
        harness.turn(FREQUENCY, 300.0).turn(STRETCH, 0.3).run(10_000);
        let before = harness.run(480).output(OUT).to_vec();
        let after = harness.turn(STRETCH, 0.0).run(480).output(OUT).to_vec();
        let step = (after[0] - before[479]).abs();
        let most = before.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(step <= most * 1.1, "{step} {most}");
    }
}
