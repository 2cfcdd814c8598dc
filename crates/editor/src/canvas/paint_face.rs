//! Painting a face: what a node shows besides ports and knobs. The spec only says which; the samples come
//! from the host.

use super::paint::Picture;
use super::scene::Card;
use crate::host::Host;
use egui::{CornerRadius, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};
use jackfield_node::{Face, SettingKind, SettingValue};
use jackfield_patch::{Node, NodeBody, PortRef};

/// Draws a node's face.
pub(super) fn paint_face(
    picture: &Picture<'_>,
    painter: &Painter,
    card: &Card,
    node: &Node,
    rect: Rect,
    host: &mut dyn Host,
) {
    let Some(spec) = node.spec() else { return };
    painter.rect_filled(rect, CornerRadius::same(2), picture.palette.sunken);
    let own = PortRef { node: card.node, port: 0 };
    match spec.face {
        Face::Waveform => waveform(picture, painter, own, rect, host),
        Face::Scope => {
            if let Some(source) = source(picture, own) {
                waveform(picture, painter, source, rect, host);
            }
        }
        Face::Meter => {
            if let Some(source) = source(picture, own) {
                meter(picture, painter, source, rect);
            }
        }
        Face::Keyboard => keyboard(picture, painter, rect),
        Face::Steps => steps(picture, painter, node, rect),
        Face::Plain
        | Face::File
        | Face::Spectrum
        | Face::Spectrogram
        | Face::Xy
        | Face::Tuner
        | Face::Loudness
        | Face::Value => {}
    }
}

/// The output that feeds an input; of several, the first.
fn source(picture: &Picture<'_>, input: PortRef) -> Option<PortRef> {
    picture.scene.wires.iter().find(|wire| wire.to == input).map(|wire| wire.from)
}

/// The latest samples, from a rising zero on, so that the picture stands still.
fn waveform(picture: &Picture<'_>, painter: &Painter, output: PortRef, rect: Rect, host: &mut dyn Host) {
    let Some(tap) = picture.signals.tap(output) else { return };
    let samples = host.waveform(tap);
    let colour = picture.palette.text;
    if samples.len() < 2 {
        painter.hline(rect.x_range(), rect.center().y, Stroke::new(1.0, picture.palette.line));
        return;
    }
    let half = samples.len() / 2;
    let start = (0..half).find(|&at| samples[at] <= 0.0 && samples[at + 1] > 0.0).unwrap_or(0);
    let shown = &samples[start..start + half];
    let points = (rect.width() as usize).clamp(2, 256);
    let largest = samples.iter().fold(1.0_f32, |largest, sample| largest.max(sample.abs()));
    let line: Vec<Pos2> = (0..points)
        .map(|point| {
            let part = point as f32 / (points - 1) as f32;
            let sample = shown[(part * (half - 1) as f32) as usize];
            let height = if sample.is_finite() { sample / largest } else { 0.0 };
            pos2(rect.left() + part * rect.width(), rect.center().y - height * rect.height() * 0.45)
        })
        .collect();
    painter.add(Shape::line(line, Stroke::new(1.5, colour)));
}

/// Loudness as a bar, the peak as a line.
fn meter(picture: &Picture<'_>, painter: &Painter, output: PortRef, rect: Rect) {
    let part = picture.signals.brightness(output);
    let bar = Rect::from_min_size(rect.min, vec2(rect.width() * part, rect.height()));
    let peak = picture.signals.level(output).map_or(0.0, |level| level.peak);
    let colour = if peak > 1.0 { picture.palette.warning } else { picture.palette.accent };
    painter.rect_filled(bar, CornerRadius::same(2), colour);
}

/// Two octaves of keys.
fn keyboard(picture: &Picture<'_>, painter: &Painter, rect: Rect) {
    let width = rect.width() / 14.0;
    for key in 0..14_u8 {
        let left = rect.left() + f32::from(key) * width;
        let white = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height())).shrink(0.5);
        painter.rect_filled(white, 1.0, picture.palette.weak);
    }
    for key in (0..14_u8).filter(|key| !matches!(key % 7, 2 | 6)) {
        let left = rect.left() + (f32::from(key) + 0.7) * width;
        let black = Rect::from_min_size(pos2(left, rect.top()), vec2(width * 0.6, rect.height() * 0.6));
        painter.rect_filled(black, 1.0, picture.palette.canvas);
    }
}

/// The first row of numbers as bars.
fn steps(picture: &Picture<'_>, painter: &Painter, node: &Node, rect: Rect) {
    let NodeBody::Known { spec, settings, .. } = &node.body else { return };
    let mut rows = spec.settings.iter().zip(settings.values()).filter_map(|(setting, value)| {
        match (&setting.kind, value) {
            (SettingKind::Steps(low, high, _), SettingValue::Steps(steps)) => Some((*low, *high, steps)),
            _ => None,
        }
    });
    let Some((low, high, steps)) = rows.next() else { return };
    let width = rect.width() / steps.len() as f32;
    let height = |value: f32| (value - low) / (high - low).max(f32::MIN_POSITIVE) * rect.height();
    let zero = rect.bottom() - height(0.0_f32.clamp(low, high));
    for (place, &step) in steps.iter().enumerate() {
        let left = rect.left() + place as f32 * width;
        let top = rect.bottom() - height(step);
        let bar = Rect::from_two_pos(pos2(left + 1.0, top), pos2(left + width - 1.0, zero));
        painter.rect_filled(bar, 0.0, picture.palette.accent);
    }
}
