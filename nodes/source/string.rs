//! A plucked or driven string: a delay line as long as a period, closed to a loop.
//!
//! After K. Karplus and A. Strong, "Digital Synthesis of Plucked-String and Drum Timbres", Computer Music
//! Journal 1983, and D. Jaffe and J. Smith, "Extensions of the Karplus-Strong Plucked-String Algorithm",
//! 1983. The filter in the loop delays all frequencies by exactly one frame, so damping does not put the
//! string out of tune.

use crate::parts::compute::memo::Memo;
use crate::parts::delay::line::DelayLine;
use crate::parts::delay::moving_tap::{DelayChange, MovingTap};
use crate::parts::timing::gate::{Edge, Gate};
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::strike::decay_octaves;
use jackfield_node::dsp::{Bits, Lanes, noise};
use jackfield_node::prelude::*;

const PLUCK: Input = Input::gate(0, "pluck", "Plucks the string when it rises.");
const VELOCITY: Input =
    Input::knob(1, "velocity", Knob::unit(1.0), "How hard the next pluck is: louder and brighter.");
const FREQUENCY: Input = Input::knob(
    2,
    "frequency",
    Knob::hertz(20.0, 4_000.0, C4_HERTZ),
    "Pitch of the string when nothing is patched into pitch.",
);
const PITCH: Input =
    Input::pitch(3, "pitch", "Octaves added to the frequency; the pitch of a note goes here.");
const DECAY: Input = Input::knob(
    4,
    "decay",
    Knob::seconds(0.05, 60.0, 4.0),
    "Time until the string is silent (-60 dB). Damped overtones die sooner.",
);
const DAMPING: Input =
    Input::knob(5, "damping", Knob::unit(0.3), "How soon the overtones die: 0 is steel, 100 % gut.");
const PLACE: Input = Input::knob(
    6,
    "place",
    Knob::unit(0.18),
    "Where it is plucked: 0 at the bridge, thin and nasal; 50 % in the middle, hollow.",
);
const HARDNESS: Input =
    Input::knob(7, "hardness", Knob::unit(0.6), "What it is plucked with: 0 a thumb, 100 % a pick of steel.");
const NOISE: Input =
    Input::knob(8, "noise", Knob::unit(0.25), "How rough the pluck is. With noise no two plucks are equal.");
const IN: Input = Input::audio(9, "in", "A sound that drives the string: a bow, a breath, another string.");

const OUT: Output = Output::audio(0, "out", "The string.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<PluckedString>("source.string", "String", Category::Source)
    .summary("A string to pluck, or to drive with another sound.")
    .help(
        "A pluck runs along the string, comes back, and loses a little each time: that is all there is to a \
         guitar, and here it is a loop of one period. Decay and damping are the string, place and hardness \
         the hand. Near the bridge it sounds like a harpsichord, in the middle like a harp; damping at 80 % \
         and a decay of 0.3 seconds is a muted bass. Whatever comes into 'in' makes the string ring in tune: \
         noise bows it, drums make it answer. A string swings farthest at first, so that many plucks have a \
         small offset. Try: a sequencer's pitch and gate, and a slow LFO into place.",
    )
    .tags(&["pluck", "guitar", "harp", "karplus", "strong", "physical model", "bass", "koto", "waveguide"])
    .inputs(&[PLUCK, VELOCITY, FREQUENCY, PITCH, DECAY, DAMPING, PLACE, HARDNESS, NOISE, IN])
    .outputs(&[OUT])
    .face(Face::Waveform)
    .random()
    .that_changes_loudness(
        "It is a source: the sound at its input makes it ring, as long and as loud as its knobs say.",
    )
    .with_offset("A string that is plucked swings to one side first and farthest, and dies away.")
    .checked();

/// The lowest pitch, in hertz.
const LOWEST: f32 = 12.0;
/// The shortest loop, in frames.
const SHORTEST: f64 = 4.0;
/// Loudness of the noise of a pluck.
const NOISE_LEVEL: f32 = 0.6;
/// Below this the string is at rest: -120 dB.
const SILENT: f32 = 1e-6;

/// What a pitch becomes.
#[derive(Clone, Copy, Debug, Default)]
struct StringTuning {
    /// Length of the loop in frames.
    period: f64,
    /// 1 - cos of a period's share of a turn: what the damping takes from the fundamental.
    bend: f32,
}

/// A pluck under way.
#[derive(Clone, Copy, Debug, Default)]
struct Pluck {
    /// Frames since it began, up to a period.
    age: f32,
    period: f32,
    /// Heights of the pulse and of the noise.
    pulse: f32,
    noise: f32,
    /// Pulse and noise, each softened twice, and the share of the way they go in a frame.
    soft: [[f32; 2]; 2],
    share: f32,
}

struct PluckedString {
    sample_rate: f32,
    line: DelayLine,
    tap: MovingTap,
    /// What the hand did, for its echo from the bridge.
    hand: DelayLine,
    gate: Gate,
    pluck: Pluck,
    /// The last two samples that left the loop, for its filter.
    past: [f32; 2],
    counter: Bits<f32>,
    seed: u32,
    tuning: Memo<StringTuning>,
    /// By how much the loudness falls in a frame, in octaves.
    fall: Memo<f32>,
}

impl BlockNode for PluckedString {
    type Config = NoConfig;

    fn new(_: &NoConfig, setup: &Setup, seed: u32) -> Self {
        let longest = (setup.sample_rate / LOWEST) as usize + 2;
        Self {
            sample_rate: setup.sample_rate,
            line: DelayLine::new(longest),
            tap: MovingTap::new(setup.sample_rate),
            hand: DelayLine::new(longest),
            gate: Gate::default(),
            pluck: Pluck::default(),
            past: [0.0; 2],
            counter: noise::hash(Bits(seed)),
            seed,
            tuning: Memo::default(),
            fall: Memo::default(),
        }
    }

    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        let inputs = [PLUCK, VELOCITY, FREQUENCY, PITCH, DECAY, DAMPING, PLACE, HARDNESS, NOISE, IN];
        let [gate, velocity, frequency, pitch, decay, damping, place, hardness, noise, input] =
            inputs.map(|input| io.input(input));
        let out = io.output(OUT);
        for (i, out) in out.iter_mut().enumerate() {
            let rate = self.sample_rate;
            let tuning = self.tuning.of(frequency[i] + pitch[i], |octaves| StringTuning::new(octaves, rate));
            let fall = self.fall.of(decay[i], |octaves| decay_octaves(Lanes(octaves), rate).0);
            if self.gate.next(gate[i]) == Some(Edge::Rise) {
                self.strike(velocity[i], hardness[i], noise[i], tuning.period);
            }
            let hand = self.next_of_the_hand(place[i], tuning.period, input[i]);
            *out = self.turn(hand, damping[i], fall, tuning);
        }
    }

    fn reset(&mut self) {
        self.line.clear();
        self.hand.clear();
        self.tap.reset();
        self.gate = Gate::default();
        self.pluck = Pluck::default();
        self.past = [0.0; 2];
        self.counter = noise::hash(Bits(self.seed));
    }
}

impl StringTuning {
    fn new(octaves: f32, sample_rate: f32) -> Self {
        let hertz = (Lanes(octaves).exp2() * C4_HERTZ).clamp(LOWEST, sample_rate / SHORTEST as f32).0;
        let period = f64::from(sample_rate) / f64::from(hertz);
        Self { period, bend: 1.0 - Lanes((1.0 / period) as f32).cos_turns().0 }
    }
}

impl PluckedString {
    /// Begins a pluck.
    fn strike(&mut self, velocity: f32, hardness: f32, noise: f32, period: f64) {
        let [velocity, hardness, noise] =
            [velocity, hardness, noise].map(|knob| Lanes(knob).clamp(0.0, 1.0).0);
        let period = period as f32;
        // The corner of the softening lies half an octave above the pitch, up to ten octaves.
        let corner = Lanes(0.5 + 6.5 * hardness + 3.0 * velocity).exp2().0 / period;
        let share = (corner * std::f32::consts::TAU).min(1.0);
        let soft = self.pluck.soft;
        let (pulse, noise) = (velocity * (1.0 - noise), velocity * noise * NOISE_LEVEL);
        self.pluck = Pluck { age: 0.0, period, pulse, noise, soft, share };
    }

    /// The next sample of what the hand does.
    ///
    /// The bridge feels a bent string that is let go as a pulse, as long as the way from the bridge to the
    /// hand is to the whole string. What rubs the string is felt once directly and once upside down, from the
    /// bridge.
    fn next_of_the_hand(&mut self, place: f32, period: f64, input: f32) -> f32 {
        let place = Lanes(place).clamp(0.02, 0.5).0;
        let pluck = &mut self.pluck;
        let mut forces = [0.0; 2];
        if pluck.age < pluck.period {
            // The frame in which the pulse ends counts in part. Its mean over the period is 0.
            let up = (place * pluck.period - pluck.age).clamp(0.0, 1.0);
            forces = [(up - place) * pluck.pulse, noise::white(&mut self.counter).0 * pluck.noise];
            pluck.age += 1.0;
        }
        for (soft, force) in pluck.soft.iter_mut().zip(forces) {
            soft[0] += (force - soft[0]) * pluck.share;
            soft[1] += (soft[0] - soft[1]) * pluck.share;
            if pluck.age >= pluck.period && soft[1].abs() < SILENT {
                *soft = [0.0; 2];
            }
        }
        let [[_, pulse], [_, noise]] = pluck.soft;
        let rubs = noise + input;
        let echo = self.hand.tap((f64::from(place) * period).max(DelayLine::SHORTEST));
        self.hand.push(rubs);
        pulse + rubs - echo
    }

    /// Once around the loop for one frame.
    fn turn(&mut self, force: f32, damping: f32, fall: f32, tuning: StringTuning) -> f32 {
        let damping = Lanes(damping).clamp(0.0, 1.0).0;
        // A symmetric filter of three points delays by one frame.
        let side = 0.25 * damping * damping;
        let fundamental = 1.0 - 2.0 * side * tuning.bend;
        let wanted = Lanes(fall * tuning.period as f32).exp2().0;
        // What the damping takes from the fundamental is given back as far as nothing grows for it.
        let gain = (wanted / fundamental.max(0.1)).min(1.0 - (1.0 - wanted) * 0.25);
        let newest = self.tap.read(&self.line, tuning.period - 1.0, DelayChange::Fade);
        let [middle, oldest] = self.past;
        let filtered = middle + (newest + oldest - middle - middle) * side;
        self.past = [newest, middle];
        let sample = filtered * gain + force;
        let sample = if sample.abs() < SILENT { 0.0 } else { sample };
        self.line.push(sample);
        sample
    }
}

#[cfg(test)]
mod tests;
