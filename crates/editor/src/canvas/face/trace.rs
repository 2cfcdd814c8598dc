//! Traces: samples as a line.

use crate::host::Host;
use crate::theme::Palette;
use egui::{Color32, Mesh, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};
use jackfield_node::SettingValue;
use jackfield_patch::{Node, NodeBody};

/// Samples on a scope: 21 ms at 48 kHz.
const SHOWN: usize = 1024;
/// Most stretches across a scope; of each the lowest and the highest sample are drawn.
const MOST_POINTS: usize = 256;
/// Samples of an XY trace.
const XY: usize = 1536;

/// The latest samples, from a rising zero on, so that the picture stands still.
pub(crate) fn paint_scope(painter: &Painter, rect: Rect, samples: &[f32], palette: &Palette) {
    painter.hline(rect.x_range(), rect.center().y, Stroke::new(1.0, palette.line));
    if samples.len() < 2 {
        return;
    }
    let shown = SHOWN.min(samples.len() / 2);
    let (last, first) = (samples.len() - shown, samples.len().saturating_sub(3 * shown));
    // The latest rising zero that leaves enough samples behind it.
    let rises = |&at: &usize| samples[at - 1] <= 0.0 && samples[at] > 0.0;
    let start = (first.max(1)..=last).rev().find(rises).unwrap_or(last);
    let shown = &samples[start..(start + shown).min(samples.len())];
    let largest = samples.iter().filter(|sample| sample.is_finite()).fold(1.0_f32, |a, b| a.max(b.abs()));
    let height = |sample: f32| {
        let part = if sample.is_finite() { sample / largest } else { 0.0 };
        rect.center().y - part * rect.height() * 0.45
    };
    let place = |at: usize| {
        pos2(rect.left() + at as f32 / (shown.len() - 1) as f32 * rect.width(), height(shown[at]))
    };
    let line =
        outlined(shown, (rect.width() as usize).clamp(2, MOST_POINTS)).into_iter().map(place).collect();
    painter.add(Shape::line(line, Stroke::new(1.5, palette.text)));
}

/// Positions of samples that draw like all of them: of each stretch the lowest and the highest.
fn outlined(samples: &[f32], stretches: usize) -> Vec<usize> {
    let stretches = stretches.min(samples.len());
    let mut positions = Vec::with_capacity(2 * stretches + 2);
    positions.push(0);
    for stretch in 0..stretches {
        let (from, to) = (stretch * samples.len() / stretches, (stretch + 1) * samples.len() / stretches);
        let ends = (from..to).fold((from, from), |(low, high), at| {
            (
                if samples[at] < samples[low] { at } else { low },
                if samples[at] > samples[high] { at } else { high },
            )
        });
        positions.extend([ends.0.min(ends.1), ends.0.max(ends.1)]);
    }
    positions.push(samples.len() - 1);
    positions.dedup();
    positions
}

/// One signal over another.
pub(super) fn paint_xy(painter: &Painter, rect: Rect, x: &[f32], y: &[f32], palette: &Palette) {
    let axis = Stroke::new(1.0, palette.line);
    painter.hline(rect.x_range(), rect.center().y, axis);
    painter.vline(rect.center().x, rect.y_range(), axis);
    let latest = |samples: &[f32]| samples[samples.len().saturating_sub(XY)..].to_vec();
    let (x, y) = (latest(x), latest(y));
    let both = x.len().min(y.len());
    let (x, y) = (&x[x.len() - both..], &y[y.len() - both..]);
    let largest = x.iter().chain(y).filter(|sample| sample.is_finite()).fold(1.0_f32, |a, b| a.max(b.abs()));
    let scale = rect.size() * 0.45 / largest;
    let place = |(x, y): (&f32, &f32)| rect.center() + vec2(x * scale.x, -y * scale.y);
    let line: Vec<Pos2> =
        x.iter().zip(y).filter(|(x, y)| x.is_finite() && y.is_finite()).map(place).collect();
    if line.len() > 1 {
        painter.add(Shape::line(line, Stroke::new(1.0, palette.text)));
    }
}

/// A file as the lowest and highest samples of each stretch.
pub(super) fn paint_file(painter: &Painter, rect: Rect, node: &Node, host: &mut dyn Host, palette: &Palette) {
    painter.hline(rect.x_range(), rect.center().y, Stroke::new(1.0, palette.line));
    let NodeBody::Known { settings, .. } = &node.body else { return };
    let file = settings.values().iter().find_map(|value| match value {
        SettingValue::File(path) if !path.is_empty() => Some(path),
        _ => None,
    });
    let Some(overview) = file.and_then(|path| host.overview(path)) else { return };
    let width = rect.width() / overview.len().max(1) as f32;
    let mut mesh = Mesh::default();
    for (place, [low, high]) in overview.iter().enumerate() {
        let left = rect.left() + place as f32 * width;
        let height = |sample: f32| rect.center().y - sample.clamp(-1.0, 1.0) * rect.height() * 0.45;
        let bar = Rect::from_min_max(pos2(left, height(*high) - 0.5), pos2(left + width, height(*low) + 0.5));
        mesh.add_colored_rect(bar, colour(palette));
    }
    painter.add(Shape::mesh(mesh));
}

fn colour(palette: &Palette) -> Color32 {
    palette.weak.lerp_to_gamma(palette.text, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peaks_are_drawn_however_narrow_they_are() {
        let mut samples = vec![0.0; 1000];
        samples[777] = 1.0;
        samples[778] = -1.0;
        let positions = outlined(&samples, 50);
        assert!(positions.contains(&777) && positions.contains(&778));
        assert!(positions.len() <= 102 && positions.is_sorted());
        assert_eq!(outlined(&[1.0, 2.0], 50), [0, 1]);
    }
}
