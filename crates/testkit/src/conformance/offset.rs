//! A source, or what shapes a sound, swings around zero: an offset wastes headroom, makes a click of every
//! switch, and bends what comes next to one side. Heard at the ends of every knob and with every choice, at
//! full level, with gates that open four times a second.

use crate::harness::HarnessConfig;
use crate::signal::sine;
use jackfield_node::dsp::Lanes;
use jackfield_node::dsp::smooth::ease;
use jackfield_node::{Category, NodeSpec, PortKind, SettingKind, SettingValue, Settings};
use std::f64::consts::TAU;
use std::fmt;

const SAMPLE_RATE: f32 = 48_000.0;
/// Frames from a gate to the next, and for which it is open.
const STROKE: usize = 12_000;
const OPEN: usize = 3_000;
/// Frames in which a sine at an input comes.
const COMES: usize = 3 * STROKE;
/// Frames that settle.
const SETTLES: usize = 4 * STROKE;
/// Windows that are measured, each of two strokes, one stroke after another: the weight of all is even.
const WINDOWS: usize = 11;
const WINDOW: usize = 2 * STROKE;
/// The mean has to exceed this many standard errors to be told from the chance of a noise.
const SURE: f64 = 4.0;

/// Where a node's sound stands in the mean.
#[derive(Clone, Debug)]
pub struct Offset {
    /// The node type.
    pub node: &'static str,
    /// The output that was heard.
    pub output: &'static str,
    /// What was set.
    pub setup: String,
    /// The part of the mean that is no chance.
    pub mean: f64,
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:+.4}  {}.{}  {}", self.mean, self.node, self.output, self.setup)
    }
}

/// The offset of every output for sound of a source, a filter, an effect or a dynamics node, in every setup.
pub fn offsets(spec: &'static NodeSpec) -> Vec<Offset> {
    let shapes = [Category::Source, Category::Filter, Category::Effect, Category::Dynamics];
    if !shapes.contains(&spec.category) || !spec.outputs.iter().any(|out| out.kind == PortKind::Audio) {
        return Vec::new();
    }
    let mut all = Vec::new();
    for (choice, settings) in choices(spec) {
        let ends = spec.inputs.iter().filter_map(|input| Some((input, input.knob?)));
        let ends = ends.flat_map(|(input, knob)| [(input, knob.min), (input, knob.max)]);
        for turned in [None].into_iter().chain(ends.map(Some)) {
            let knob = turned.map_or(String::new(), |(input, value)| format!(" {} {value}", input.name));
            let setup = format!("{choice}{knob}");
            let mut harness =
                HarnessConfig { settings: settings.clone(), ..HarnessConfig::of(spec) }.start(spec);
            let frames = SETTLES + (WINDOWS + 1) * STROKE;
            let mut sounds = [220.3, 331.7].into_iter();
            for input in spec.inputs {
                match (input.knob, input.kind) {
                    (Some(knob), _) => harness.hold(*input, knob.to_signal(knob.default)),
                    // A stereo pair beside a mono input stays empty.
                    (None, PortKind::Audio) => match sounds.next() {
                        Some(hertz) if !matches!(input.name, "left" | "right") || input.index == 0 => {
                            harness.plug(*input, soft_sine(frames, hertz));
                        }
                        _ => harness.hold(*input, 0.0),
                    },
                    // A cycle that is cut short has a mean.
                    (None, PortKind::Gate) if input.is_sync => harness.hold(*input, 0.0),
                    (None, PortKind::Gate) => {
                        let gate = (0..frames).map(|frame| f32::from(frame % STROKE < OPEN));
                        harness.plug(*input, gate.collect());
                    }
                    (None, PortKind::Control | PortKind::Pitch) => harness.hold(*input, 0.0),
                }
            }
            if let Some((input, value)) = turned {
                harness.hold(*input, input.knob.map_or(value, |knob| knob.to_signal(value)));
            }
            let run = harness.run(frames);
            let heard = spec.outputs.iter().filter(|output| output.kind == PortKind::Audio);
            all.extend(heard.map(|output| Offset {
                node: spec.id,
                output: output.name,
                setup: setup.clone(),
                mean: sure_mean(&run[output.index][SETTLES..]),
            }));
        }
    }
    all
}

/// A sine that comes slowly: its beginning is an offset of its own, which an echo without end keeps.
fn soft_sine(frames: usize, hertz: f64) -> Vec<f32> {
    let comes = |i: usize| ease(Lanes((i as f32 / COMES as f32).min(1.0))).0;
    sine(frames, hertz, SAMPLE_RATE).iter().enumerate().map(|(i, x)| x * comes(i)).collect()
}

/// The default settings, and those with another choice.
fn choices(spec: &NodeSpec) -> Vec<(String, Settings)> {
    let defaults = Settings::defaults(spec.settings);
    let mut all = vec![("at its defaults".to_owned(), defaults.clone())];
    for setting in spec.settings {
        let SettingKind::Choice(names, default) = setting.kind else { continue };
        for (choice, name) in names.iter().enumerate().filter(|(choice, _)| *choice != default) {
            let mut settings = defaults.clone();
            settings.set(setting, SettingValue::Choice(choice)).expect("a choice of this setting");
            all.push((format!("{} {name}", setting.name), settings));
        }
    }
    all
}

/// The mean of a sound, less what may be chance.
fn sure_mean(sound: &[f32]) -> f64 {
    let weight = |i: usize| 1.0 - (TAU * i as f64 / WINDOW as f64).cos();
    let mean_of = |start: usize| {
        let window = sound[start..start + WINDOW].iter().enumerate();
        window.map(|(i, sample)| weight(i) * f64::from(*sample)).sum::<f64>() / WINDOW as f64
    };
    let means: Vec<f64> = (0..WINDOWS).map(|window| mean_of(window * STROKE)).collect();
    let mean = means.iter().sum::<f64>() / WINDOWS as f64;
    let variance = means.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (WINDOWS - 1) as f64;
    // Neighbours overlap by half, so there are half as many that know nothing of each other.
    let error = (variance / (WINDOWS as f64 / 2.0)).sqrt();
    mean.signum() * (mean.abs() - SURE * error).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::noise;

    #[test]
    fn an_offset_is_told_from_chance() {
        let frames = (WINDOWS + 1) * STROKE;
        let tone = sine(frames, 55.0, SAMPLE_RATE);
        let off: Vec<f32> = tone.iter().map(|x| x + 0.01).collect();
        assert!(sure_mean(&tone).abs() < 1e-5 && (sure_mean(&off) - 0.01).abs() < 1e-4);
        let hiss = noise(frames, 3);
        let off: Vec<f32> = hiss.iter().map(|x| x + 0.05).collect();
        assert!(sure_mean(&hiss).abs() < 1e-3 && sure_mean(&off) > 0.03);
    }
}
