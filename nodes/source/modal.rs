//! Modal resonator: twelve modes that ring when struck, as those of a bar, a skin, a bell or a bowl do.
//!
//! Each mode is a number in the complex plane that turns and shrinks. Its pitch and its decay are exact, and
//! it stays stable however they move.

mod materials;

use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::strike::{Strike, decay_octaves};
use jackfield_node::prelude::*;
use materials::{MODES, Material, MaterialKind};

const STRIKE: Input = Input::gate(0, "strike", "Strikes it when it rises.");
const VELOCITY: Input =
    Input::knob(1, "velocity", Knob::unit(1.0), "How hard the next strike is: louder and brighter.");
const FREQUENCY: Input = Input::knob(
    2,
    "frequency",
    Knob::hertz(20.0, 8_000.0, C4_HERTZ),
    "Pitch of the lowest mode when nothing is patched into pitch.",
);
const PITCH: Input =
    Input::pitch(3, "pitch", "Octaves added to the frequency; the pitch of a note goes here.");
const DECAY: Input =
    Input::knob(4, "decay", Knob::seconds(0.02, 60.0, 2.5), "Time until the lowest mode is silent (-60 dB).");
const DAMPING: Input = Input::knob(
    5,
    "damping",
    Knob::unit(0.4),
    "How much sooner the higher modes die: 0 glass, 100 % wood or skin.",
);
const HARDNESS: Input = Input::knob(
    6,
    "hardness",
    Knob::unit(0.5),
    "What it is struck with: 0 felt, which wakes the low modes only, 100 % steel.",
);
const PLACE: Input =
    Input::knob(7, "place", Knob::unit(0.3), "Where it is struck: modes that stand still there stay silent.");
const IN: Input = Input::audio(8, "in", "A sound that makes it ring along.");
const INPUT: Input =
    Input::knob(9, "input", Knob::decibels(-60.0, 12.0, -24.0), "How much of that sound arrives.");

const MATERIAL: Setting = MaterialKind::setting(
    0,
    "material",
    MaterialKind::Marimba,
    "What is struck: how its modes lie. A change while it sounds wakes the new modes, which is heard.",
)
.that_restarts();

const OUT: Output = Output::audio(0, "out", "The sound of all modes.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Modal>("source.modal", "Modal resonator", Category::Source)
    .summary("Something to strike: a bar, a skin, a bell, a bowl.")
    .help(
        "Everything solid has modes, pitches it likes to ring at, and their pattern tells wood from glass \
         before we see it. Choose the material, then how long it rings and how much sooner its treble dies; \
         that is most of what makes wood, metal or glass. A hard mallet wakes the high modes, and the place \
         decides which. A sound into 'in' makes it ring along: dust becomes rain on bottles, a drum loop \
         plays a gong. A stroke swings farthest at first, so that many of them have a small offset. Try: \
         marimba with a decay of 0.8 seconds from a sequencer, then bowl with 12 seconds and felt.",
    )
    .tags(&[
        "marimba",
        "bell",
        "gong",
        "glass",
        "mallet",
        "physical model",
        "resonator",
        "percussion",
        "drum",
    ])
    .inputs(&[STRIKE, VELOCITY, FREQUENCY, PITCH, DECAY, DAMPING, HARDNESS, PLACE, IN, INPUT])
    .outputs(&[OUT])
    .settings(&[MATERIAL])
    .face(Face::Waveform)
    .that_changes_loudness(
        "It is a source: the sound at its input makes it ring, as long and as loud as its knobs say.",
    )
    .with_offset("A stroke swings to one side first and farthest, and dies away.")
    .checked();

/// Between these speeds, in turns per frame, a mode fades out.
const FADES_FROM: f32 = 0.42;
const GONE_AT: f32 = 0.49;

/// By how many octaves per octave of pitch the decay shortens at full damping.
const MOST_DAMPING: f32 = 2.0;

/// Below this a mode is at rest, so that none decays into subnormal numbers.
const SILENT: f32 = 1e-7;

/// Loudness of a strike: all modes together peak near 1.
const STRENGTH: f32 = 0.55;

impl Configure for Material {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.chosen(MATERIAL).map(Self::of)
    }
}

lane_state! {
    struct State<V> {
        strike: Strike<V>,
        /// Real and imaginary part of each mode.
        modes: [[Lanes<V>; 2]; MODES],
    }
}

/// What the knobs become: how each mode goes on in a frame, and how much of a strike it gets.
#[derive(Clone, Copy)]
struct Modes<V: Vector> {
    cosine: [Lanes<V>; MODES],
    sine: [Lanes<V>; MODES],
    gain: [Lanes<V>; MODES],
}

struct Modal;

impl LaneNode for Modal {
    type State<V: Vector> = State<V>;
    type Config = Material;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, material: &Material, io: &mut Io<'_, V>) {
        const SHAPES: [Input; 6] = [FREQUENCY, PITCH, DECAY, DAMPING, HARDNESS, PLACE];
        let rate = io.sample_rate();
        let (frequency, pitch) = (io.input(FREQUENCY), io.input(PITCH));
        let (decay, damping) = (io.input(DECAY), io.input(DAMPING));
        let (hardness, place) = (io.input(HARDNESS), io.input(PLACE));
        let moves = SHAPES.iter().any(|input| !io.input(*input).is_constant());
        let (strike, velocity, input) = (io.input(STRIKE), io.input(VELOCITY), io.input(IN));
        let mut level = io.derive([INPUT], |[octaves]| octaves.exp2());
        let none = [io.splat(0.0); MODES];
        let mut modes = Modes { cosine: none, sine: none, gain: none };
        let mut out = io.output(OUT);
        for (index, frame) in io.frames().enumerate() {
            let starts = state.strike.trigger(strike.at(frame), velocity.at(frame));
            if moves || index == 0 || starts.any() {
                let speed = (frequency.at(frame) + pitch.at(frame)).exp2() * (C4_HERTZ / rate);
                modes.tune(material, speed, decay_octaves(decay.at(frame), rate), damping.at(frame));
                // A hard strike is a hard mallet.
                let hardness = hardness.at(frame) + (state.strike.strength() - 1.0) * 0.35;
                modes.weigh(material, speed, hardness, place.at(frame));
            }
            let blow = starts.keep(state.strike.strength() * STRENGTH);
            let driven = input.at(frame) * level.at(frame);
            out.set(frame, modes.turn(state, blow + driven));
        }
    }
}

impl<V: Vector> Modes<V> {
    /// Pitch and decay of each mode, from those of the lowest: turns per frame, octaves of loudness per
    /// frame.
    #[inline(always)]
    fn tune(&mut self, material: &Material, speed: Lanes<V>, fall: Lanes<V>, damping: Lanes<V>) {
        let damping = damping.clamp(0.0, 1.0) * MOST_DAMPING;
        for i in 0..MODES {
            let own = (speed * material.ratios[i]).min(GONE_AT);
            let keep = (fall * (damping * material.octaves[i]).exp2()).exp2();
            self.cosine[i] = own.cos_turns() * keep;
            self.sine[i] = own.sin_turns() * keep;
        }
    }

    /// How much of a strike each mode gets.
    #[inline(always)]
    fn weigh(&mut self, material: &Material, speed: Lanes<V>, hardness: Lanes<V>, place: Lanes<V>) {
        // The corner of a mallet lies between the lowest mode and six octaves above it.
        let softness = (hardness.clamp(0.0, 1.0) * -12.0).exp2();
        let place = place.clamp(0.0, 1.0) * 0.5;
        let mut power = speed.same(1e-6);
        for i in 0..MODES {
            let ratio = material.ratios[i];
            let mallet = 1.0 / (softness * (ratio * ratio) + 1.0);
            // A mode of number n swings like the sine of n half turns along the body.
            let swing = (place * (i + 1) as f32 * 0.5).sin_turns() * 0.9 + 0.1;
            let left = ((GONE_AT - speed * ratio) * (1.0 / (GONE_AT - FADES_FROM))).clamp(0.0, 1.0);
            self.gain[i] = mallet * swing * material.levels[i] * left;
            power += self.gain[i] * self.gain[i];
        }
        let scale = 1.0 / power.sqrt();
        for gain in &mut self.gain {
            *gain *= scale;
        }
    }

    /// One frame of all modes.
    #[inline(always)]
    fn turn(&self, state: &mut State<V>, force: Lanes<V>) -> Lanes<V> {
        let mut sum = force.same(0.0);
        for (i, [real, imaginary]) in state.modes.iter_mut().enumerate() {
            let (x, y) = (*real + force * self.gain[i], *imaginary);
            let next = [x * self.cosine[i] - y * self.sine[i], x * self.sine[i] + y * self.cosine[i]];
            let sounds = next[0].abs().max(next[1].abs()).ge(SILENT);
            *real = sounds.keep(next[0]);
            *imaginary = sounds.keep(next[1]);
            // What is heard begins at zero, as the sine it is.
            sum += *imaginary;
        }
        sum
    }
}

#[cfg(test)]
mod tests;
