//! Signals: the levels of all outputs that have cables, as of this frame, and whether anything moved.

use crate::host::{Host, Level, Tap};
use crate::scene::Scene;
use jackfield_node::{Face, NodeSpec, Output, PortKind};
use jackfield_patch::{Patch, PortRef};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Steps in which brightness is told apart: fewer steps, fewer frames.
const STEPS: f32 = 40.0;
/// The level that is shown as silence, in dB.
const FLOOR: f32 = -60.0;
/// How much of a shown level is left after a second of silence.
const FALL: f32 = 0.02;

/// The levels as of this frame. See the [module](self).
#[derive(Debug, Default)]
pub(crate) struct Signals {
    taps: Vec<Tap>,
    levels: Vec<Level>,
    /// What is shown: rises at once, falls slowly.
    shown: Vec<f32>,
    steps: Vec<u8>,
    places: BTreeMap<PortRef, usize>,
}

impl Signals {
    /// Watches the outputs of this scene, with samples where a face or one of `looked_at` shows them;
    /// called when either has changed.
    pub(crate) fn follow(
        &mut self,
        scene: &Scene,
        patch: &Patch,
        looked_at: &BTreeSet<PortRef>,
        host: &mut dyn Host,
    ) {
        let mut sources: BTreeMap<PortRef, bool> = BTreeMap::new();
        for wire in &scene.wires {
            let spec = patch.node(wire.to.node).and_then(jackfield_patch::Node::spec);
            let shown = spec.is_some_and(|spec| wire.to.port < inputs_shown(spec.face));
            *sources.entry(wire.from).or_default() |= shown || looked_at.contains(&wire.from);
        }
        for (node, content) in patch.nodes() {
            let Some(spec) = content.spec() else { continue };
            if spec.face == Face::Waveform && !spec.outputs.is_empty() {
                sources.insert(PortRef { node, port: 0 }, true);
            }
            if spec.face == Face::Tuner {
                for output in outputs_of_tuner(spec).into_iter().flatten() {
                    sources.entry(PortRef { node, port: output.index }).or_default();
                }
            }
            if spec.face == Face::Meter {
                for output in metered_outputs(spec) {
                    sources.entry(PortRef { node, port: output.index }).or_default();
                }
            }
        }
        let mut wanted: Vec<(Tap, PortRef)> = sources
            .into_iter()
            .filter_map(|(port, waveform)| {
                let node = patch.node(port.node)?;
                // The host can tap known nodes only.
                let output = node.spec()?.outputs.get(port.port)?;
                Some((Tap { node: node.id.clone(), output: Arc::from(output.name), waveform }, port))
            })
            .collect();
        wanted.sort_unstable();
        self.places = wanted.iter().enumerate().map(|(place, (_, port))| (*port, place)).collect();
        let taps: Vec<Tap> = wanted.into_iter().map(|(tap, _)| tap).collect();
        if taps != self.taps {
            host.watch(&taps);
            self.levels = vec![Level::default(); taps.len()];
            self.shown = vec![0.0; taps.len()];
            self.steps = vec![0; taps.len()];
            self.taps = taps;
        }
    }

    /// Reads the levels; true when what is shown has changed or is about to.
    pub(crate) fn read(&mut self, host: &mut dyn Host, seconds: f32) -> bool {
        host.levels(&mut self.levels);
        let fall = FALL.powf(seconds.clamp(0.0, 1.0));
        let mut moved = false;
        for ((level, shown), step) in self.levels.iter().zip(&mut self.shown).zip(&mut self.steps) {
            *shown = brightness(level.rms).max(*shown * fall);
            let now = (*shown * STEPS) as u8;
            let falls = now != shown_step(level.rms);
            moved |= falls || now != std::mem::replace(step, now);
        }
        moved
    }

    /// How bright an output's cables are, 0 to 1.
    pub(crate) fn brightness(&self, output: PortRef) -> f32 {
        self.places.get(&output).and_then(|&place| self.shown.get(place)).copied().unwrap_or(0.0)
    }

    /// An output's level.
    pub(crate) fn level(&self, output: PortRef) -> Option<Level> {
        self.levels.get(self.tap(output)?).copied()
    }

    /// An output as the host knows it.
    pub(crate) fn tap_of(&self, output: PortRef) -> Option<&Tap> {
        self.taps.get(self.tap(output)?)
    }

    /// The latest samples of what arrives at an input: all its cables, each by its depth.
    pub(crate) fn input_samples(
        &self,
        scene: &Scene,
        patch: &Patch,
        input: PortRef,
        host: &mut dyn Host,
    ) -> Vec<f32> {
        let mut mixed: Vec<f32> = Vec::new();
        for wire in scene.wires_into(input) {
            let (Some(tap), Some((_, _, cable))) = (self.tap(wire.from), patch.cable(wire.cable)) else {
                continue;
            };
            let samples = host.waveform(tap);
            // All end now, so the shorter ones lack their beginning.
            if samples.len() > mixed.len() {
                let missing = samples.len() - mixed.len();
                mixed.splice(0..0, std::iter::repeat_n(0.0, missing));
            }
            let start = mixed.len() - samples.len();
            for (sum, sample) in mixed[start..].iter_mut().zip(samples) {
                *sum += cable.depth * sample;
            }
        }
        mixed
    }

    /// How many samples have arrived at an input so far.
    pub(crate) fn input_received(&self, scene: &Scene, input: PortRef, host: &mut dyn Host) -> u64 {
        let tap = scene.wires_into(input).find_map(|wire| self.tap(wire.from));
        tap.map_or(0, |tap| host.received(tap))
    }

    /// The level of what arrives at an input. Levels of several cables add up as those of unlike sounds do.
    pub(crate) fn input_level(&self, scene: &Scene, patch: &Patch, input: PortRef) -> Level {
        let mut sum = Level::default();
        for wire in scene.wires_into(input) {
            if let (Some(level), Some((_, _, cable))) = (self.level(wire.from), patch.cable(wire.cable)) {
                sum.peak += level.peak * cable.depth.abs();
                sum.rms = sum.rms.hypot(level.rms * cable.depth);
                sum.now += level.now * cable.depth;
            }
        }
        sum
    }

    /// An output's place in the list of taps.
    pub(crate) fn tap(&self, output: PortRef) -> Option<usize> {
        self.places.get(&output).copied()
    }
}

/// The step of brightness at which a level (RMS) is shown. While it stays the same, nothing moves.
pub fn shown_step(rms: f32) -> u8 {
    (brightness(rms) * STEPS) as u8
}

/// The outputs whose level a meter shows: those of sound, at most two, and the gates, which are its lamps.
/// One without any shows what arrives.
pub(crate) fn metered_outputs(spec: &NodeSpec) -> impl Iterator<Item = &Output> {
    let sounds = spec.outputs.iter().filter(|output| output.kind == PortKind::Audio).take(2);
    sounds.chain(spec.outputs.iter().filter(|output| output.kind == PortKind::Gate))
}

/// How many of its first inputs a face shows by their samples.
fn inputs_shown(face: Face) -> usize {
    match face {
        Face::Scope | Face::Spectrum | Face::Spectrogram => 1,
        Face::Xy | Face::Loudness => 2,
        _ => 0,
    }
}

/// The outputs by which a tuner tells its face what it has found: the pitch, and whether there is one.
pub(crate) fn outputs_of_tuner(spec: &NodeSpec) -> [Option<&Output>; 2] {
    [PortKind::Pitch, PortKind::Gate].map(|kind| spec.outputs.iter().find(|output| output.kind == kind))
}

/// Loudness as part of the way from the floor to full scale.
fn brightness(rms: f32) -> f32 {
    if rms.is_nan() || rms <= 0.0 {
        return 0.0;
    }
    (1.0 - 20.0 * rms.log10() / FLOOR).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brightness_runs_from_silence_to_full_scale() {
        assert_eq!(brightness(0.0), 0.0);
        assert_eq!(brightness(f32::NAN), 0.0);
        assert_eq!(brightness(1.0), 1.0);
        assert!((brightness(0.0316) - 0.5).abs() < 0.01);
    }
}
