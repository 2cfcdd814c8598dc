//! P1, voices: 64 times a band-limited saw through a resonant low-pass, whose cutoff its own LFO moves at
//! every sample, under an envelope that is opened twice a second; all added up.
//!
//! Everybody plays the same pitches, rates, times and resonance. Where a system has no such part, it
//! gets what comes nearest, in its favour:
//!
//! * fundsp's `saw` reads wavetables, and its envelopes are computed at 500 Hz and interpolated; the LFO
//!   here is its sine oscillator.
//! * web-audio-api: the saw is smoothed by a polynomial (polyBLEP), the filter is a biquad whose cutoff is
//!   modulated by `detune`, and the envelopes are written into the gains before the play.
//! * dasp_graph brings no such nodes. It runs our kernels, one lane wide.

mod by_hand;
mod dasp_graph;
mod fundsp;
mod kernels;
mod ours;
mod web_audio;

pub(crate) use ours::voices_patch;

use crate::contender::{Contender, RATE};
use crate::contest::{Bar, Contest, OURS};
use crate::sanity::{self, Insane};

/// How many voices.
pub(crate) const VOICES: usize = 64;
/// The lowest voice's frequency, and how many octaves the highest is above it.
pub(crate) const LOWEST: f32 = 110.0;
pub(crate) const OCTAVES: f32 = 4.0;
/// The lowest voice's LFO rate, and how many octaves the highest voice's is above it.
pub(crate) const SLOWEST: f32 = 0.5;
pub(crate) const RATE_OCTAVES: f32 = 2.0;
/// The cutoff, and by how many octaves the LFO moves it either way.
pub(crate) const CUTOFF: f32 = 1_000.0;
pub(crate) const SWEEP: f32 = 2.0;
/// The knob of our filter, and the quality it stands for: damping is 2 to 0.025, quality is 1 / damping.
pub(crate) const RESONANCE: f32 = 0.8;
pub(crate) const QUALITY: f32 = 1.0 / (2.0 + RESONANCE * (0.025 - 2.0));
/// The envelope: seconds and a level.
pub(crate) const ATTACK: f32 = 0.01;
pub(crate) const DECAY: f32 = 0.1;
/// The highest voice's decay is so many octaves shorter, which makes every voice's envelope its own.
pub(crate) const DECAY_OCTAVES: f32 = -1.0;
pub(crate) const SUSTAIN: f32 = 0.5;
pub(crate) const RELEASE: f32 = 0.1;
/// How often the gate opens; it stays open for half of the time.
pub(crate) const GATES: f32 = 2.0;
/// The level of each voice, and the same in decibels.
pub(crate) const LEVEL: f32 = 0.031_622_78;
pub(crate) const LEVEL_DECIBELS: f32 = -30.0;

/// A voice's place between the first (0) and the last (1).
pub(crate) fn place(voice: usize) -> f32 {
    voice as f32 / (VOICES - 1) as f32
}

/// A voice's frequency in hertz.
pub(crate) fn frequency(voice: usize) -> f32 {
    LOWEST * (OCTAVES * place(voice)).exp2()
}

/// The rate of a voice's LFO in hertz.
pub(crate) fn lfo_rate(voice: usize) -> f32 {
    SLOWEST * (RATE_OCTAVES * place(voice)).exp2()
}

/// A voice's decay in seconds.
pub(crate) fn decay(voice: usize) -> f32 {
    DECAY * (DECAY_OCTAVES * place(voice)).exp2()
}

/// The contest.
pub(crate) fn contest() -> Contest {
    let contenders = vec![
        Contender::new(OURS, || ours::start_voices(16)),
        Contender::new("jackfield, 64 sibling chains", || ours::start_siblings(16)),
        Contender::new(UNPACKED, || ours::start_voices(1)),
        Contender::new(BY_HAND, by_hand::start_lanes),
        Contender::new("by hand, one lane", by_hand::start_scalar),
        Contender::new(FUNDSP_NET, fundsp::start_net),
        Contender::new("fundsp, static graph", fundsp::start_static),
        Contender::new(DASP_GRAPH, dasp_graph::start),
        Contender::new(WEB_AUDIO, web_audio::start),
    ];
    Contest {
        name: "P1 voices",
        contenders,
        seconds: 1.0,
        nodes: None,
        bars: vec![
            Bar::FasterThan(&[UNPACKED], 6.0),
            Bar::FasterThan(&[FUNDSP_NET, DASP_GRAPH, WEB_AUDIO], 8.0),
            Bar::AtMostTimes(BY_HAND, 1.5),
        ],
        check,
    }
}

const UNPACKED: &str = "jackfield, not packed";
const BY_HAND: &str = "by hand, sixteen lanes";
const FUNDSP_NET: &str = "fundsp, Net";
const DASP_GRAPH: &str = "dasp_graph, our kernels";
const WEB_AUDIO: &str = "web-audio-api";

/// The lowest voice can be heard at its pitch.
fn check(sound: &[f32]) -> Result<(), Insane> {
    sanity::sounds(sound)?;
    sanity::has_tone(sound, f64::from(LOWEST), f64::from(RATE))
}
