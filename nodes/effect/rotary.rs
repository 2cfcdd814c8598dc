//! Rotary speaker: a horn for treble and a drum for bass that turn in front of two microphones.
//!
//! Each rotor bends the pitch (its mouth comes nearer and goes away), swings in loudness (it points at a
//! microphone or away from it), and the horn loses treble when it points away. The rotors have inertia: the
//! light horn gets from slow to fast in about a second, the heavy drum takes four. For how the
//! cabinet works see C. A. Henricksen, "Unearthing the Mysteries of the Leslie Cabinet", 1981.

use crate::parts::delay::line::DelayLine;
use crate::parts::mixing::stereo_ports::{IN, LEFT, RIGHT, heard};
use jackfield_node::dsp::Lanes;
use jackfield_node::dsp::smooth::approach;
use jackfield_node::prelude::*;
use std::f32::consts::TAU;

const SPEED: Input = Input::knob(
    3,
    "speed",
    Knob::unit(0.0),
    "0: slow, chorale. 100 %: fast, tremolo. The rotors take their time to follow.",
)
.sum();
const BRAKE: Input = Input::knob(4, "brake", Knob::unit(0.0), "Above 50 % the rotors come to a stop.").sum();
const BALANCE: Input =
    Input::knob(5, "balance", Knob::bipolar(0.0), "-100 %: the drum alone. 100 %: the horn alone.").sum();
const DISTANCE: Input = Input::knob(
    6,
    "distance",
    Knob::unit(0.3),
    "How far the microphones are away. Near ones hear more of the turning and less of both sides.",
)
.sum();
const MIX: Input =
    Input::knob(7, "mix", Knob::unit(1.0), "0: the sound alone. 100 %: the speaker alone.").sum();

const LEFT_OUT: Output = Output::audio(0, "left", "What the left microphone hears.");
const RIGHT_OUT: Output = Output::audio(1, "right", "What the right microphone hears.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Rotary>("effect.rotary", "Rotary speaker", Category::Effect)
    .summary("A spinning speaker: the sound of organs.")
    .help(
        "In an organ's cabinet the treble comes out of a horn that spins and the bass out of a drum that \
         spins the other way. At each turn the pitch bends, the loudness swells and the brightness changes, \
         for treble and bass at different speeds. The best part is the change: give speed a slow or a fast, \
         and the horn runs away while the drum still gathers way. Try: an organ of three sines, a gate of \
         your own into speed; then brake for an instant.",
    )
    .tags(&["leslie", "organ", "horn", "drum", "doppler", "tremolo", "chorale", "spin", "cabinet"])
    .inputs(&[IN, LEFT, RIGHT, SPEED, BRAKE, BALANCE, DISTANCE, MIX])
    .outputs(&[LEFT_OUT, RIGHT_OUT])
    .that_delays()
    .checked();

/// Where treble and bass part, in hertz.
const CROSSOVER: f32 = 800.0;

/// How a rotor turns and what that does.
#[derive(Clone, Copy, Debug)]
struct RotorDesign {
    /// Turns per second, slow and fast.
    slow: f32,
    fast: f32,
    /// Time constant of its inertia in seconds.
    inertia: f32,
    /// Length of its arm as the time sound takes for it, in seconds.
    arm: f32,
    /// How much softer it is when it points away, 0 to 1.
    swell: f32,
    /// How much of its treble is lost when it points away, 0 to 1.
    shadow: f32,
    /// 1, or -1 if it turns the other way.
    direction: f32,
}

const HORN: RotorDesign = RotorDesign {
    slow: 0.83,
    fast: 6.7,
    inertia: 0.35,
    arm: 0.000_55,
    swell: 0.65,
    shadow: 0.7,
    direction: 1.0,
};
const DRUM: RotorDesign = RotorDesign {
    slow: 0.67,
    fast: 5.8,
    inertia: 1.4,
    arm: 0.000_2,
    swell: 0.5,
    shadow: 0.0,
    direction: -1.0,
};

/// Shortest delay in seconds, so that no arm reaches into the future.
const NEAREST: f32 = 0.001;

/// Corner of the shadow's low-pass in hertz.
const SHADOW_HERTZ: f32 = 2500.0;

/// A rotor and what its two microphones hear.
/// Makes up for the turns away from the microphones.
const CABINET_GAIN: f32 = 1.25;

struct Rotor {
    design: RotorDesign,
    line: DelayLine,
    /// Turns per second.
    speed: f32,
    /// In turns.
    phase: f64,
    shadows: [f32; 2],
}

impl Rotor {
    fn new(design: RotorDesign, sample_rate: f32) -> Self {
        let longest = ((NEAREST + design.arm) * sample_rate).ceil() as usize + 1;
        Self { design, line: DelayLine::new(longest), speed: design.slow, phase: 0.0, shadows: [0.0; 2] }
    }

    fn reset(&mut self) {
        self.line.clear();
        (self.speed, self.phase, self.shadows) = (self.design.slow, 0.0, [0.0; 2]);
    }

    /// The next frame as two microphones to the left and to the right hear it. `closeness` of 1 gives the
    /// whole swell.
    #[inline]
    fn next(&mut self, sound: f32, aim: f32, closeness: f32, rates: &Rates) -> [f32; 2] {
        let RotorDesign { arm, swell, shadow, direction, .. } = self.design;
        self.speed += (aim - self.speed) * rates.inertia(self.design.inertia);
        self.phase += f64::from(self.speed * direction / rates.sample_rate);
        self.phase -= self.phase.floor();
        let mut heard = [0.0; 2];
        for (side, (out, held)) in heard.iter_mut().zip(&mut self.shadows).enumerate() {
            // 1 where the rotor points at this microphone, -1 where it points away.
            let toward = Lanes(self.phase as f32 + if side == 0 { 0.0 } else { 0.5 }).cos_turns().0;
            let frames = (NEAREST - arm * toward) * rates.sample_rate;
            let near = self.line.tap(f64::from(frames.max(2.0)));
            *held += (near - *held) * rates.shadow;
            let away = (0.5 - 0.5 * toward) * closeness;
            *out = (near + (*held - near) * (shadow * away)) * (1.0 - swell * away);
        }
        self.line.push(sound);
        heard
    }
}

/// What depends on the sample rate alone.
#[derive(Clone, Copy, Debug)]
struct Rates {
    sample_rate: f32,
    crossover: f32,
    shadow: f32,
}

impl Rates {
    fn new(sample_rate: f32) -> Self {
        let share = |hertz: f32| approach(Lanes(TAU * hertz / sample_rate)).0;
        Self { sample_rate, crossover: share(CROSSOVER), shadow: share(SHADOW_HERTZ) }
    }

    #[inline]
    fn inertia(&self, seconds: f32) -> f32 {
        1.0 / (seconds * self.sample_rate)
    }
}

struct Rotary {
    rates: Rates,
    horn: Rotor,
    drum: Rotor,
    /// Two low-passes in a row; what they leave is treble.
    bass: [f32; 2],
}

impl BlockNode for Rotary {
    type Config = NoConfig;

    fn new(_: &NoConfig, setup: &Setup, _: u32) -> Self {
        Self {
            rates: Rates::new(setup.sample_rate),
            horn: Rotor::new(HORN, setup.sample_rate),
            drum: Rotor::new(DRUM, setup.sample_rate),
            bass: [0.0; 2],
        }
    }

    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        let (both, left, right) = (io.input(IN), io.input(LEFT), io.input(RIGHT));
        let (speed, brake, balance) = (io.input(SPEED), io.input(BRAKE), io.input(BALANCE));
        let (distance, mix) = (io.input(DISTANCE), io.input(MIX));
        let (left_out, right_out) = io.output_pair(LEFT_OUT, RIGHT_OUT);
        for (i, (left_out, right_out)) in left_out.iter_mut().zip(right_out).enumerate() {
            let [left, right] = heard(both, left, right, i);
            let sound = (left + right) * 0.5;
            let mut low = sound;
            for pole in &mut self.bass {
                *pole += (low - *pole) * self.rates.crossover;
                low = *pole;
            }
            let turning = if brake[i] > 0.5 { 0.0 } else { 1.0 };
            let aim = |design: &RotorDesign| {
                (design.slow + (design.fast - design.slow) * speed[i].clamp(0.0, 1.0)) * turning
            };
            let distance = distance[i].clamp(0.0, 1.0);
            let closeness = 1.0 - 0.6 * distance;
            let horn = self.horn.next(sound - low, aim(&HORN), closeness, &self.rates);
            let drum = self.drum.next(low, aim(&DRUM), closeness, &self.rates);
            let balance = balance[i].clamp(-1.0, 1.0);
            let (horn_gain, drum_gain) = ((1.0 + balance).min(1.0), (1.0 - balance).min(1.0));
            let [near, far] =
                [0, 1].map(|side| (horn[side] * horn_gain + drum[side] * drum_gain) * CABINET_GAIN);
            // Far microphones hear each other's side as well.
            let across = 0.35 * distance;
            let mix = mix[i].clamp(0.0, 1.0);
            *left_out = left * (1.0 - mix) + (near * (1.0 - across) + far * across) * mix;
            *right_out = right * (1.0 - mix) + (far * (1.0 - across) + near * across) * mix;
        }
    }

    fn reset(&mut self) {
        self.horn.reset();
        self.drum.reset();
        self.bass = [0.0; 2];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_testkit::block::{BlockHarness, BlockRun};
    use jackfield_testkit::measure::{cents, click_burst_db, frequency, rms_db};
    use jackfield_testkit::signal::sine;

    const RATE: f32 = 48_000.0;

    fn play(rotary: &mut BlockHarness, hertz: f64, seconds: usize) -> BlockRun {
        rotary.turn(DISTANCE, 0.0).plug(IN, sine(seconds * 48_000, hertz, RATE)).run(seconds * 48_000)
    }

    /// Level in pieces of 10 ms, in dB.
    fn levels(signal: &[f32]) -> Vec<f64> {
        signal.chunks_exact(480).map(rms_db).collect()
    }

    /// How often the loudness swings in a second.
    fn swings(signal: &[f32]) -> f64 {
        let levels = levels(signal);
        let middle = levels.iter().sum::<f64>() / levels.len() as f64;
        let (mut is_high, mut rises) = (false, 0);
        for level in &levels {
            // The other rotor, which hears a little of the tone, must not count.
            let now_high = if is_high { *level > middle - 1.0 } else { *level > middle + 1.0 };
            rises += usize::from(now_high && !is_high);
            is_high = now_high;
        }
        rises as f64 * 100.0 / levels.len() as f64
    }

    #[test]
    fn horn_and_drum_turn_at_their_speeds() {
        for (hertz, speed, expected) in
            [(3000.0, 0.0, 0.83), (3000.0, 1.0, 6.7), (100.0, 0.0, 0.67), (100.0, 1.0, 5.8)]
        {
            let mut rotary = BlockHarness::new(&SPEC);
            rotary.turn(SPEED, speed);
            let run = play(&mut rotary, hertz, 20);
            let found = swings(&run.output(LEFT_OUT)[480_000..]);
            assert!((found - expected).abs() < 0.11, "{found} Hz at {hertz} Hz");
        }
    }

    #[test]
    fn the_pitch_bends_as_the_arm_is_long() {
        let mut rotary = BlockHarness::new(&SPEC);
        rotary.turn(SPEED, 1.0);
        let run = play(&mut rotary, 3000.0, 6);
        let pieces = run.output(LEFT_OUT)[240_000..].chunks_exact(480);
        let most = pieces.map(|piece| cents(frequency(piece, RATE, 3000.0), 3000.0)).fold(0.0, f64::max);
        let expected = cents(1.0 + std::f64::consts::TAU * 6.7 * 0.000_55, 1.0);
        assert!((most / expected - 1.0).abs() < 0.15, "{most} of {expected} cents");
    }

    #[test]
    fn the_horn_runs_away_and_the_drum_gathers_way() {
        let rise = |hertz: f64| {
            let mut rotary = BlockHarness::new(&SPEC);
            play(&mut rotary, hertz, 2);
            rotary.turn(SPEED, 1.0);
            swings(&play(&mut rotary, hertz, 2).output(LEFT_OUT)[24_000..72_000])
        };
        let (horn, drum) = (rise(3000.0), rise(100.0));
        assert!(horn > 5.0 && drum < 4.1, "{horn} and {drum} Hz half a second later");
    }

    #[test]
    fn the_brake_stops_it_without_a_click() {
        let mut rotary = BlockHarness::new(&SPEC);
        rotary.turn(SPEED, 1.0).turn(DISTANCE, 0.0).plug(IN, sine(960_000, 100.0, RATE));
        rotary.run(96_000);
        let braking = rotary.turn(BRAKE, 1.0).run(768_000);
        let click = click_burst_db(&braking.output(LEFT_OUT)[..96_000], RATE);
        assert!(click < -80.0, "{click} dB");
        let rest = levels(&rotary.run(48_000).output(LEFT_OUT)[..24_000]);
        assert!((rest[0] - rest[49]).abs() < 0.1, "it stands still");
    }
}
