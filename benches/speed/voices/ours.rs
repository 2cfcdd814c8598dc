//! The patch in Jackfield: once with a node that makes 64 voices, once as 64 chains side by side.

use super::{
    ATTACK, CUTOFF, DECAY, DECAY_OCTAVES, GATES, LEVEL_DECIBELS, LOWEST, OCTAVES, RATE_OCTAVES, RELEASE,
    RESONANCE, SLOWEST, SUSTAIN, SWEEP, VOICES, decay, frequency, lfo_rate,
};
use crate::contender::Player;
use crate::ours::Engine;
use crate::patch_text::{PatchText, Value};
use jackfield_patch::Patch;

/// One chain with 64 voices.
pub(crate) fn voices_patch() -> Patch {
    let mut text = PatchText::default();
    text.node("voices", "modulator.voices", &[], &[("voices", Value::Count(VOICES as u32))]);
    chain(&mut text, "", LOWEST, SLOWEST, DECAY);
    text.cable("voices.index", "saw.pitch", OCTAVES);
    text.cable("voices.index", "lfo.rate", RATE_OCTAVES);
    text.cable("voices.index", "envelope.decay", DECAY_OCTAVES);
    ends(&mut text);
    text.patch()
}

/// 64 chains of one voice.
fn siblings_patch() -> Patch {
    let mut text = PatchText::default();
    for voice in 0..VOICES {
        chain(&mut text, &format!("{voice:02}"), frequency(voice), lfo_rate(voice), decay(voice));
    }
    ends(&mut text);
    text.patch()
}

/// Saw, LFO, filter, envelope and amplifier.
fn chain(text: &mut PatchText, name: &str, frequency: f32, rate: f32, decay: f32) {
    let id = |part: &str| format!("{part}{name}");
    text.node(&id("saw"), "source.oscillator", &[("frequency", frequency)], &[]);
    text.node(&id("lfo"), "modulator.lfo", &[("rate", rate)], &[]);
    text.node(&id("filter"), "filter.svf", &[("cutoff", CUTOFF), ("resonance", RESONANCE)], &[]);
    let envelope = [("attack", ATTACK), ("decay", decay), ("sustain", SUSTAIN), ("release", RELEASE)];
    text.node(&id("envelope"), "modulator.adsr", &envelope, &[]);
    text.node(&id("amplifier"), "dynamics.vca", &[("level", LEVEL_DECIBELS)], &[]);
    let mut cable = |from: (&str, &str), to: (&str, &str), depth: f32| {
        text.cable(&format!("{}.{}", id(from.0), from.1), &format!("{}.{}", id(to.0), to.1), depth);
    };
    cable(("saw", "out"), ("filter", "in"), 1.0);
    cable(("lfo", "out"), ("filter", "cutoff"), SWEEP);
    cable(("filter", "low"), ("amplifier", "in"), 1.0);
    cable(("envelope", "out"), ("amplifier", "gain"), 1.0);
    text.cable("gate.out", &format!("{}.gate", id("envelope")), 1.0);
    text.cable(&format!("{}.out", id("amplifier")), "out.in", 1.0);
}

/// The gate all voices share, and the output.
fn ends(text: &mut PatchText) {
    let square = [("shape", Value::Choice("square")), ("range", Value::Choice("unipolar"))];
    text.node("gate", "modulator.lfo", &[("rate", GATES)], &square);
    text.plain_output();
}

/// As a contender, with packs of at most this many lanes.
pub(crate) fn start_voices(width: usize) -> Box<dyn Player> {
    Engine::player(&voices_patch(), width)
}

/// As a contender, with packs of at most this many lanes.
pub(crate) fn start_siblings(width: usize) -> Box<dyn Player> {
    Engine::player(&siblings_patch(), width)
}
