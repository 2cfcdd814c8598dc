//! Faces: what nodes show besides ports and knobs. The spec only says which; samples, levels and files
//! come from the host.

mod gauges;
mod keys;
mod spectral;
mod steps;
mod trace;

pub(crate) use keys::{PianoKeys, paint_keys};
pub(crate) use spectral::paint_spectrum;
pub(crate) use trace::paint_scope;

use super::paint_context::PaintContext;
use crate::analysis::{HeldLevel, Meters};
use crate::host::Host;
use crate::scene::{Card, DETAIL};
use crate::signals::{self, metered_outputs};
use crate::theme::Palette;
use egui::{Color32, CornerRadius, Painter, Rect, Stroke, StrokeKind, vec2};
use jackfield_node::{Face, Input, Output, PortKind};
use jackfield_patch::{Node, NodeIndex, PortRef};

/// What faces see through: the host's samples, and the meters made of them.
pub(crate) struct SignalAnalysis<'a> {
    pub(crate) host: &'a mut dyn Host,
    pub(crate) meters: &'a mut Meters,
}

/// The level below which samples are a flat line.
const VISIBLE: f32 = 1e-3;
/// The level above which a gate is open.
const OPEN: f32 = 0.5;

/// Whether a card's face shows samples that run.
pub(super) fn lives(context: &PaintContext<'_>, card: &Card) -> bool {
    let node = context.document.patch().node(card.node);
    let Some(face) = node.and_then(Node::spec).map(|spec| spec.face) else { return false };
    if context.view.transform.zoom < DETAIL {
        return false;
    }
    let first = PortRef { node: card.node, port: 0 };
    match face {
        Face::Waveform => context.signals.level(first).is_some_and(|level| level.peak > VISIBLE),
        Face::Scope | Face::Spectrum | Face::Spectrogram | Face::Xy | Face::Loudness => {
            context.arriving_level(first).peak > VISIBLE
        }
        Face::Tuner => found_pitch(context, card.node).is_some(),
        Face::Plain | Face::Meter | Face::Value | Face::Keyboard | Face::Steps | Face::File => false,
    }
}

/// The pitch that a tuner has found, in octaves re C4: its pitch output, while its gate output is open.
fn found_pitch(context: &PaintContext<'_>, node: NodeIndex) -> Option<f32> {
    let spec = context.document.patch().node(node)?.spec()?;
    let [pitch, found] = signals::outputs_of_tuner(spec)
        .map(|output| context.signals.level(PortRef { node, port: output?.index }).map(|level| level.now));
    pitch.filter(|_| found.is_some_and(|found| found > OPEN))
}

/// A well: sunken, with a dark line inside its edge and a light one below.
fn paint_well(painter: &Painter, rect: Rect, palette: &Palette, zoom: f32) {
    let radius = CornerRadius::same((4.0 * zoom).clamp(1.0, 6.0) as u8);
    painter.rect_filled(rect, radius, palette.sunken);
    let edge = if palette.is_dark { Color32::from_black_alpha(128) } else { palette.line };
    painter.rect_stroke(rect, radius, Stroke::new(1.0, edge), StrokeKind::Inside);
    if palette.is_dark {
        let lip = [rect.left_bottom() + vec2(3.0, 0.5), rect.right_bottom() + vec2(-3.0, 0.5)];
        painter.line_segment(lip, Stroke::new(1.0, Color32::from_white_alpha(13)));
    }
}

/// Draws a node's face.
pub(super) fn paint_face(
    context: &PaintContext<'_>,
    painter: &Painter,
    card: &Card,
    node: &Node,
    rect: Rect,
    analysis: &mut SignalAnalysis<'_>,
) {
    let Some(spec) = node.spec() else { return };
    let palette = context.palette;
    paint_well(painter, rect, palette, context.view.transform.zoom);
    let painter = &painter.with_clip_rect(rect.shrink(1.0).intersect(painter.clip_rect()));
    let first = PortRef { node: card.node, port: 0 };
    match spec.face {
        Face::Plain => {}
        Face::Waveform => {
            let samples = context.signals.tap(first).map_or(&[][..], |tap| analysis.host.waveform(tap));
            paint_scope(painter, rect, samples, palette);
        }
        Face::Scope => paint_scope(painter, rect, &context.arriving(first, analysis.host), palette),
        Face::Xy => {
            let second = PortRef { port: 1, ..first };
            let (x, y) = (context.arriving(first, analysis.host), context.arriving(second, analysis.host));
            trace::paint_xy(painter, rect, &x, &y, palette);
        }
        Face::Spectrum => {
            let samples = context.arriving(first, analysis.host);
            let Meters { spectrum, sample_rate, .. } = &mut *analysis.meters;
            paint_spectrum(painter, rect, spectrum.levels(&samples), *sample_rate, palette);
        }
        Face::Spectrogram => {
            spectral::paint_spectrogram(painter, rect, analysis.meters.columns(card.node), palette);
        }
        Face::Meter => {
            let mut level = |output: &Output| {
                let port = PortRef { port: output.index, ..first };
                analysis.meters.held(port, context.signals.level(port).unwrap_or_default())
            };
            let is_lamp = |output: &&Output| output.kind == PortKind::Gate;
            let (lamps, sides): (Vec<&Output>, Vec<&Output>) = metered_outputs(spec).partition(is_lamp);
            let lamps: Vec<(&str, bool)> =
                lamps.into_iter().map(|lamp| (lamp.name, level(lamp).held >= 0.5)).collect();
            let mut sides: Vec<HeldLevel> = sides.into_iter().map(level).collect();
            if sides.is_empty() {
                // A node that passes nothing on shows what arrives; both sides of a stereo signal, where
                // there are two.
                let is_sound = |input: &&Input| input.kind == PortKind::Audio && input.knob.is_none();
                let inputs = spec.inputs.iter().filter(is_sound).take(2);
                sides.extend(inputs.map(|input| {
                    let arriving = context.arriving_level(PortRef { port: input.index, ..first });
                    HeldLevel { level: arriving, held: arriving.peak }
                }));
            }
            gauges::meters(context, painter, rect, &sides, &lamps);
        }
        Face::Value => gauges::value(context, painter, rect, context.arriving_level(first).now),
        Face::Tuner => {
            gauges::tuner(context, painter, rect, found_pitch(context, card.node));
        }
        Face::Loudness => gauges::loudness(context, painter, rect, analysis.meters.loudness(card.node)),
        Face::Keyboard => paint_keys(painter, PianoKeys::of_face(rect), context.piano, palette),
        Face::Steps => steps::paint(context, painter, node, rect),
        Face::File => trace::paint_file(painter, rect, node, analysis.host, palette),
    }
}
