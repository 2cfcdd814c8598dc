//! Gauges: a level, a value, a pitch, a loudness.

use super::super::paint_context::PaintContext;
use crate::analysis::{HeldLevel, decibels, nearest_note};
use crate::theme::{BODY, LARGE, Palette, SMALL};
use egui::{Align2, Painter, Pos2, Rect, Stroke, pos2, vec2};
use jackfield_node::dsp::loudness::Readings;

/// The level at the left end of a meter, in decibels.
const LOWEST: f32 = -60.0;
/// The level at its right end.
const HIGHEST: f32 = 6.0;
/// Height of the row of lamps, on the canvas, and size of their names.
const LAMPS: f32 = 16.0;
const LAMP_TEXT: f32 = 10.0;
/// The loudness at the left end of the loudness meter.
const QUIETEST: f32 = -50.0;
/// How far off a tone may be to count as in tune, in cents.
const IN_TUNE: f32 = 3.0;

/// Where a level stands along a meter, 0 to 1.
pub(super) fn part(amplitude: f32) -> f32 {
    ((decibels(amplitude, LOWEST) - LOWEST) / (HIGHEST - LOWEST)).clamp(0.0, 1.0)
}

/// A meter for each of these levels, one below the other, and a row of lamps, each with its name.
pub(super) fn meters(
    context: &PaintContext<'_>,
    painter: &Painter,
    rect: Rect,
    levels: &[HeldLevel],
    lamps: &[(&str, bool)],
) {
    let zoom = context.view.transform.zoom;
    let mut bars = rect;
    if !lamps.is_empty() {
        bars.max.y -= LAMPS * zoom;
        let width = rect.width() / lamps.len() as f32;
        for (place, (name, is_on)) in lamps.iter().enumerate() {
            let left = pos2(rect.left() + place as f32 * width, bars.bottom() + LAMPS * zoom / 2.0);
            lamp(context, painter, left, name, *is_on);
        }
    }
    let height = bars.height() / levels.len().max(1) as f32;
    for (place, level) in levels.iter().enumerate() {
        let top = bars.top() + place as f32 * height;
        let gap = if place > 0 { 2.0 } else { 0.0 };
        let row = Rect::from_min_max(pos2(bars.left(), top + gap), pos2(bars.right(), top + height));
        meter(painter, row, *level, context.palette);
    }
}

/// A disc that is full and red while something happens, and its name.
fn lamp(context: &PaintContext<'_>, painter: &Painter, left: Pos2, name: &str, is_on: bool) {
    let zoom = context.view.transform.zoom;
    let palette = context.palette;
    let at = left + vec2(8.0, 0.0) * zoom;
    let colour = if is_on { palette.warning } else { palette.weak };
    if is_on {
        painter.circle_filled(at, 3.5 * zoom, colour);
    } else {
        painter.circle_stroke(at, 3.0 * zoom, Stroke::new(1.0, colour));
    }
    context.text(painter, at + vec2(7.0, 0.0) * zoom, Align2::LEFT_CENTER, name, LAMP_TEXT, colour);
}

/// Loudness as a bar, the peak as a line, the highest peak of late as another one, full scale as a mark.
fn meter(painter: &Painter, rect: Rect, HeldLevel { level, held }: HeldLevel, palette: &Palette) {
    let bar = |amplitude: f32| {
        let right = rect.left() + rect.width() * part(amplitude);
        Rect::from_min_max(rect.min, pos2(right, rect.bottom()))
    };
    let clips = level.peak > 1.0;
    painter.rect_filled(bar(level.rms), 2.0, if clips { palette.warning } else { palette.accent });
    for mark in [-48.0, -36.0, -24.0, -12.0, 0.0_f32] {
        let x = rect.left() + rect.width() * part(10.0_f32.powf(mark / 20.0));
        let length = if mark == 0.0 { rect.height() } else { rect.height() * 0.25 };
        painter.vline(x, rect.bottom() - length..=rect.bottom(), Stroke::new(1.0, palette.line));
    }
    if level.peak > 0.0 {
        let colour = if clips { palette.warning } else { palette.text };
        painter.vline(bar(level.peak).right(), rect.y_range(), Stroke::new(1.5, colour));
    }
    if held > level.peak {
        let colour = if held > 1.0 { palette.warning } else { palette.weak };
        painter.vline(bar(held).right(), rect.y_range(), Stroke::new(1.5, colour));
    }
}

/// A number.
pub(super) fn value(context: &PaintContext<'_>, painter: &Painter, rect: Rect, value: f32) {
    let text = if value.is_finite() { format!("{value:.3}") } else { "—".to_owned() };
    context.text(painter, rect.center(), Align2::CENTER_CENTER, &text, LARGE, context.palette.text);
}

/// The note nearest to a pitch in octaves re C4, and a hand that shows how far off the tone is.
pub(super) fn tuner(context: &PaintContext<'_>, painter: &Painter, rect: Rect, pitch: Option<f32>) {
    let palette = context.palette;
    let zoom = context.view.transform.zoom;
    let scale = rect.bottom() - 16.0 * zoom;
    let reach = rect.width() * 0.42;
    for mark in -4..=4_i8 {
        let x = rect.center().x + f32::from(mark) / 4.0 * reach;
        let length = if mark == 0 { 12.0 } else { 6.0 } * zoom;
        painter.vline(x, scale - length..=scale, Stroke::new(1.0, palette.line));
    }
    let middle = pos2(rect.center().x, rect.top() + 22.0 * zoom);
    let Some(pitch) = pitch else {
        context.text(painter, middle, Align2::CENTER_CENTER, "—", LARGE, palette.weak);
        return;
    };
    let tuning = nearest_note(pitch);
    let is_in_tune = tuning.cents.abs() <= IN_TUNE;
    let colour = if is_in_tune { palette.accent } else { palette.text };
    context.text(painter, middle, Align2::CENTER_CENTER, &tuning.note, LARGE, colour);
    let x = rect.center().x + tuning.cents / 50.0 * reach;
    painter.vline(x, scale - 16.0 * zoom..=scale, Stroke::new(2.5 * zoom, colour));
    let small = |at, anchor, text: String| context.text(painter, at, anchor, &text, SMALL, palette.weak);
    let inset = 6.0 * zoom;
    let (left, right) = (rect.left() + inset, rect.right() - inset);
    small(pos2(left, middle.y), Align2::LEFT_CENTER, format!("{:.1} Hz", tuning.hertz));
    small(pos2(right, middle.y), Align2::RIGHT_CENTER, format!("{:+.0} ct", tuning.cents.round() + 0.0));
}

/// Momentary loudness as a bar and a number, short-term and integrated below.
pub(super) fn loudness(context: &PaintContext<'_>, painter: &Painter, rect: Rect, lufs: Option<Readings>) {
    let palette = context.palette;
    let zoom = context.view.transform.zoom;
    let Some(lufs) = lufs else { return };
    let part = |value: f32| ((value - QUIETEST) / -QUIETEST).clamp(0.0, 1.0);
    let strip = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 8.0 * zoom), rect.max);
    let bar = Rect::from_min_max(
        strip.min,
        pos2(strip.left() + strip.width() * part(lufs.momentary), strip.bottom()),
    );
    painter.rect_filled(bar, 1.0, palette.accent);
    let x = strip.left() + strip.width() * part(lufs.integrated);
    painter.vline(x, strip.y_range(), Stroke::new(1.5, palette.text));
    let inset = 8.0 * zoom;
    let number = |value: f32| if value <= -70.0 { "—".to_owned() } else { format!("{value:.1}") };
    let row = |line: f32, name: &str, value: f32, size: f32| {
        let y = rect.top() + line * zoom;
        context.text(painter, pos2(rect.left() + inset, y), Align2::LEFT_CENTER, name, SMALL, palette.weak);
        let right = pos2(rect.right() - inset, y);
        context.text(painter, right, Align2::RIGHT_CENTER, &number(value), size, palette.text);
    };
    row(14.0, "LUFS", lufs.momentary, LARGE);
    row(34.0, "3 s", lufs.short_term, BODY);
    row(52.0, "all", lufs.integrated, BODY);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meter_runs_from_60_decibels_below_full_scale_to_6_above() {
        assert_eq!(part(0.0), 0.0);
        assert_eq!(part(f32::NAN), 0.0);
        assert!((part(1.0) - 60.0 / 66.0).abs() < 1e-4);
        assert_eq!(part(4.0), 1.0);
    }
}
