//! How late a node answers, measured rather than believed.
//!
//! Two things are measured, for neither tells all. When two inputs begin to differ, the outputs differ no
//! later than the reported latency: that finds a node that lags without saying so, whatever it does to the
//! sound. And what comes out is the input that many frames ago, by an impulse or, for nodes that let none
//! through such as a median, by correlation with slow noise: that finds a node that says too much.

use super::first_difference;
use super::stimulus::{Stimulus, settings_variants};
use crate::harness::HarnessConfig;
use crate::signal::{impulse, noise};
use jackfield_node::{Input, NodeSpec, PortKind, Settings};

/// Frames before anything happens, so that what fades in has done so.
const BEFORE: usize = 2_400;
/// Moments at which two inputs begin to differ: a node that looks at its input now and then looks at one of
/// them.
const MOMENTS: [usize; 8] = [0, 1, 2, 3, 5, 8, 13, 21];
/// Frames by which an answer may be later than reported: what a steep filter lets through of one sample may
/// be less than the last bit of what it holds.
const HAIR: usize = 1;
/// Frames beyond the reported latency in which an answer is looked for.
const BEYOND: usize = 8_192;
/// So quiet that a limiter leaves it alone.
const LEVEL: f32 = 0.05;
/// Frames over which slow noise is smoothed, twice.
const SMOOTHING: usize = 12;

/// A node answers as late as it reports, at every choice of its settings.
pub(super) fn reports_its_latency(spec: &'static NodeSpec) -> Vec<String> {
    let is_audio = |kind: PortKind| kind == PortKind::Audio;
    let inputs: Vec<Input> = spec.inputs.iter().copied().filter(|input| is_audio(input.kind)).collect();
    if inputs.is_empty() || !spec.outputs.iter().any(|output| is_audio(output.kind)) {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for settings in settings_variants(spec) {
        let probe = LatencyProbe { spec, inputs: &inputs, settings: &settings };
        let latency = probe.latency();
        let late = (!spec.delays).then(|| probe.answers_after(latency)).flatten();
        if let Some(late) = late.filter(|late| *late > latency + HAIR) {
            faults.push(format!(
                "reports a latency of {latency} frames, but answers only after {late} with {settings:?}"
            ));
        }
        if latency > 0 && !probe.is_late_by(latency) {
            faults.push(format!(
                "reports a latency of {latency} frames, but is not late by that with {settings:?}"
            ));
        }
    }
    faults
}

/// A node with settings, and its inputs for sound.
struct LatencyProbe<'s> {
    spec: &'static NodeSpec,
    inputs: &'s [Input],
    settings: &'s Settings,
}

impl LatencyProbe<'_> {
    fn config(&self) -> HarnessConfig {
        HarnessConfig { settings: self.settings.clone(), ..HarnessConfig::of(self.spec) }
    }

    fn latency(&self) -> usize {
        self.config().start(self.spec).latency()
    }

    /// The outputs for sound, while all inputs for sound get these samples and the knobs rest.
    fn heard(&self, samples: &[f32]) -> Vec<Vec<f32>> {
        let mut node = self.config().start(self.spec);
        Stimulus::calm(self.spec, samples.len()).plug_into(&mut *node);
        for input in self.inputs {
            node.plug(*input, samples.to_vec());
        }
        let all = node.run(samples.len());
        // A node that makes voices has several rows to an output.
        let voices = all.len() / self.spec.outputs.len();
        let is_audio = |index: usize| self.spec.outputs[index / voices].kind == PortKind::Audio;
        all.into_iter().enumerate().filter(|(index, _)| is_audio(*index)).map(|(_, row)| row).collect()
    }

    /// How many frames after two inputs begin to differ the outputs do, at the best of some moments or the
    /// first that is soon enough; none if they never do.
    fn answers_after(&self, latency: usize) -> Option<usize> {
        let [one, another] = [1, 2].map(|seed| noise(BEFORE + latency + BEYOND, seed));
        let before = self.heard(&one);
        let mut soonest = None;
        for moment in MOMENTS.map(|moment| BEFORE + moment) {
            let other = [&one[..moment], &another[moment..]].concat();
            let late = first_difference(&before, &self.heard(&other))?.saturating_sub(moment);
            soonest = Some(soonest.map_or(late, |soonest: usize| soonest.min(late)));
            if late <= latency + HAIR {
                break;
            }
        }
        soonest
    }

    /// Whether the first output is the input that many frames ago, to a frame.
    fn is_late_by(&self, latency: usize) -> bool {
        let frames = BEFORE + 2 * latency + 1_024;
        let quiet = |samples: Vec<f32>| -> Vec<f32> { samples.iter().map(|x| x * LEVEL).collect() };
        let click = self.heard(&quiet(impulse(frames, BEFORE)));
        let loudest = (0..frames).max_by(|a, b| click[0][*a].abs().total_cmp(&click[0][*b].abs()));
        if loudest.is_some_and(|peak| peak.abs_diff(BEFORE + latency) <= 1) {
            return true;
        }
        let slow = quiet(smooth(&smooth(&noise(frames, 3))));
        let out = self.heard(&slow);
        let likeness = |lag: usize| -> f64 {
            let pairs = out[0][lag..].iter().zip(&slow);
            pairs.map(|(out, sound)| f64::from(*out) * f64::from(*sound)).sum::<f64>().abs()
        };
        let best = (0..=2 * latency + 64).max_by(|a, b| likeness(*a).total_cmp(&likeness(*b)));
        best.is_some_and(|best| best.abs_diff(latency) <= 1)
    }
}

/// The mean over the last frames.
fn smooth(samples: &[f32]) -> Vec<f32> {
    let mean = |end: usize| samples[(end + 1).saturating_sub(SMOOTHING)..=end].iter().sum::<f32>();
    (0..samples.len()).map(|end| mean(end) / SMOOTHING as f32).collect()
}
