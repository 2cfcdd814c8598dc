//! The patch in web-audio-api, offline.

use super::{
    ATTACK, CUTOFF, GATES, LEVEL, QUALITY, RELEASE, SUSTAIN, SWEEP, VOICES, decay, frequency, lfo_rate,
};
use crate::contender::{Player, RATE};
use crate::web_audio::Offline;
use web_audio_api::AudioParam;
use web_audio_api::context::{BaseAudioContext, OfflineAudioContext};
use web_audio_api::node::{
    AudioNode, AudioScheduledSourceNode, BiquadFilterType, GainNode, OscillatorNode, OscillatorType,
};

pub(crate) fn start() -> Box<dyn Player> {
    Offline::player(build)
}

fn build(context: &OfflineAudioContext, frames: usize) {
    for voice in 0..VOICES {
        let saw = oscillator(context, OscillatorType::Sawtooth, frequency(voice));
        let lfo = oscillator(context, OscillatorType::Sine, lfo_rate(voice));
        let sweep = gain(context, SWEEP * 1200.0);
        let mut filter = context.create_biquad_filter();
        filter.set_type(BiquadFilterType::Lowpass);
        filter.frequency().set_value(CUTOFF);
        // The standard has the quality of a low-pass in decibels.
        filter.q().set_value(20.0 * QUALITY.log10());
        let amplifier = gain(context, 0.0);
        schedule(amplifier.gain(), decay(voice), frames);
        let level = gain(context, LEVEL);
        lfo.connect(&sweep);
        sweep.connect(filter.detune());
        saw.connect(&filter);
        filter.connect(&amplifier);
        amplifier.connect(&level);
        level.connect(&context.destination());
    }
}

fn oscillator(context: &OfflineAudioContext, kind: OscillatorType, hertz: f32) -> OscillatorNode {
    let mut oscillator = context.create_oscillator();
    oscillator.set_type(kind);
    oscillator.frequency().set_value(hertz);
    oscillator.start();
    oscillator
}

fn gain(context: &OfflineAudioContext, value: f32) -> GainNode {
    let gain = context.create_gain();
    gain.gain().set_value(value);
    gain
}

/// Writes the envelopes of the whole play into a parameter, which is how this system does it.
fn schedule(level: &AudioParam, decay: f32, frames: usize) {
    let period = 1.0 / GATES;
    let mut opens = 0.0;
    while opens < frames as f32 / RATE {
        let at = |seconds: f32| f64::from(opens + seconds);
        level.set_value_at_time(0.0, at(0.0));
        level.linear_ramp_to_value_at_time(1.0, at(ATTACK));
        level.linear_ramp_to_value_at_time(SUSTAIN, at(ATTACK + decay));
        level.set_value_at_time(SUSTAIN, at(period / 2.0));
        level.linear_ramp_to_value_at_time(0.0, at(period / 2.0 + RELEASE));
        opens += period;
    }
}
