//! Meters that remember: the spectrograms and loudness meters of the patch. They take in every sample
//! once, whatever the pace of the frames.

use super::{Spectrum, resampled};
use crate::host::{Host, Level};
use crate::scene::Scene;
use crate::signals::Signals;
use jackfield_node::Face;
use jackfield_node::dsp::loudness::{Meter, Readings};
use jackfield_patch::{NodeIndex, Patch, PortRef};
use std::collections::{BTreeMap, VecDeque};

/// Frequencies in a column of a spectrogram.
pub(crate) const ROWS: usize = 48;
/// Columns of a spectrogram: three seconds.
const COLUMNS: usize = 96;
/// Columns a second.
const PACE: f32 = 32.0;
/// Most columns made in one frame of the editor.
const MOST_NEW: usize = 4;

/// A column of a spectrogram: levels from low to high, in decibels.
pub(crate) type Column = [f32; ROWS];

/// The meters of the patch, by node. See the [module](self).
#[derive(Debug, Default)]
pub(crate) struct Meters {
    /// Computes spectra, for whoever draws one.
    pub(crate) spectrum: Spectrum,
    /// Frames per second of the signals.
    pub(crate) sample_rate: f32,
    spectrograms: BTreeMap<NodeIndex, (u64, VecDeque<Column>)>,
    loudness: BTreeMap<NodeIndex, (u64, Meter)>,
    /// The highest peaks of late, and how long each stays, in seconds.
    held: BTreeMap<PortRef, (f32, f32)>,
}

/// How long a peak is held, in seconds; so long a lamp stays on, too.
const HOLDS: f32 = 1.5;

/// A level, and the highest peak of the last second and a half.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct HeldLevel {
    pub(crate) level: Level,
    pub(crate) held: f32,
}

impl Meters {
    /// Lets held peaks grow older; true while there is one that will go.
    pub(crate) fn age(&mut self, seconds: f32) -> bool {
        self.held.retain(|_, (_, left)| {
            *left -= seconds;
            *left > 0.0
        });
        !self.held.is_empty()
    }

    /// The level of an output with the highest peak it had of late.
    pub(crate) fn held(&mut self, output: PortRef, level: Level) -> HeldLevel {
        let held = self.held.get(&output).map_or(0.0, |(peak, _)| *peak);
        if level.peak > 1e-4 && level.peak >= held {
            self.held.insert(output, (level.peak, HOLDS));
            return HeldLevel { level, held: level.peak };
        }
        HeldLevel { level, held }
    }

    /// Begins meters for the nodes that have one, and ends those of nodes that are gone.
    pub(crate) fn follow(&mut self, patch: &Patch) {
        let face = |node| patch.node(node)?.spec().map(|spec| spec.face);
        self.spectrograms.retain(|&node, _| face(node) == Some(Face::Spectrogram));
        self.loudness.retain(|&node, _| face(node) == Some(Face::Loudness));
        for (node, content) in patch.nodes() {
            match content.spec().map(|spec| spec.face) {
                Some(Face::Spectrogram) => drop(self.spectrograms.entry(node).or_default()),
                Some(Face::Loudness) => {
                    let rate = self.sample_rate;
                    self.loudness.entry(node).or_insert_with(|| (0, Meter::new(rate)));
                }
                _ => {}
            }
        }
    }

    /// Takes in what is new.
    pub(crate) fn read(&mut self, scene: &Scene, patch: &Patch, signals: &Signals, host: &mut dyn Host) {
        let Self { spectrum, sample_rate, spectrograms, loudness, .. } = self;
        for (&node, (seen, columns)) in spectrograms {
            let input = PortRef { node, port: 0 };
            let (samples, new) = latest(scene, patch, signals, host, input, seen);
            let hop = ((*sample_rate / PACE) as usize).max(1);
            let due = new / hop;
            // What is left over is looked at with the next frame.
            *seen -= (new - due * hop) as u64;
            for column in (0..due.min(MOST_NEW)).rev() {
                let end = samples.len().saturating_sub(column * hop);
                columns.push_back(column_of(spectrum.levels(&samples[..end]), *sample_rate));
            }
            let surplus = columns.len().saturating_sub(COLUMNS);
            columns.drain(..surplus);
        }
        for (&node, (seen, meter)) in loudness {
            if meter.sample_rate() != *sample_rate {
                *meter = Meter::new(*sample_rate);
            }
            let (left, new) = latest(scene, patch, signals, host, PortRef { node, port: 0 }, seen);
            let right = signals.input_samples(scene, patch, PortRef { node, port: 1 }, host);
            let behind = |samples: &[f32]| samples.len().saturating_sub(new);
            hear(meter, &left[behind(&left)..], &right[behind(&right)..]);
        }
    }

    /// The columns of a spectrogram, oldest first.
    pub(crate) fn columns(&self, node: NodeIndex) -> impl ExactSizeIterator<Item = &Column> {
        static NONE: VecDeque<Column> = VecDeque::new();
        self.spectrograms.get(&node).map_or(&NONE, |(_, columns)| columns).iter()
    }

    /// What a loudness meter says.
    pub(crate) fn loudness(&self, node: NodeIndex) -> Option<Readings> {
        self.loudness.get(&node).map(|(_, meter)| meter.readings())
    }
}

/// Takes in what came since the last call; without a right side, `right` is empty.
fn hear(meter: &mut Meter, left: &[f32], right: &[f32]) {
    for (frame, left) in left.iter().enumerate() {
        meter.hear([*left, right.get(frame).copied().unwrap_or(0.0)]);
    }
}

/// The samples of an input, and how many of them were not seen before.
fn latest(
    scene: &Scene,
    patch: &Patch,
    signals: &Signals,
    host: &mut dyn Host,
    input: PortRef,
    seen: &mut u64,
) -> (Vec<f32>, usize) {
    let samples = signals.input_samples(scene, patch, input, host);
    let received = signals.input_received(scene, input, host);
    // A count that went back is that of a new probe.
    let new = received.saturating_sub(if *seen > received { 0 } else { *seen });
    *seen = received;
    let new = usize::try_from(new).unwrap_or(usize::MAX).min(samples.len());
    (samples, new)
}

fn column_of(levels: &[f32], sample_rate: f32) -> Column {
    let mut column = [super::FLOOR; ROWS];
    for (place, level) in column.iter_mut().zip(resampled(levels, sample_rate, 30.0, 18_000.0, ROWS)) {
        *place = level;
    }
    column
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A left side alone is as loud as that side and silence; what is no number does not stay.
    #[test]
    fn a_missing_right_side_is_silent() {
        let left: Vec<f32> = (0..48_000).map(|at| (at as f32 * 0.13).sin() * 0.1).collect();
        let readings = |right: &[f32]| {
            let mut meter = Meter::new(48_000.0);
            hear(&mut meter, &left, right);
            hear(&mut meter, &[f32::NAN; 480], &[]);
            meter.readings()
        };
        assert!(readings(&[]).momentary.is_finite());
        assert_eq!(readings(&[]), readings(&vec![0.0; 48_000]));
        assert!(readings(&left).momentary > readings(&[]).momentary + 2.9);
    }
}
