//! Icons: a few shapes drawn by hand, so that they are there in every font and at every size.

use crate::theme::Palette;
use egui::{
    Color32, CornerRadius, Painter, Pos2, Rect, Response, Sense, Shape, Stroke, Ui, WidgetInfo, vec2,
};

/// The side of a button with an icon.
pub(crate) const SIDE: f32 = 28.0;

/// What an icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    /// Three lines: the menu.
    Menu,
    /// A triangle.
    Play,
    /// A square.
    Stop,
    /// A disc.
    Record,
    /// A triangle against a bar.
    Rewind,
    /// Three sliders.
    Settings,
    /// A stack of sheets.
    Patches,
    /// A loudspeaker, crossed out when it is muted.
    Speaker { is_muted: bool },
}

/// A button that shows an icon. `name` is what a screen reader says, and what hovering tells.
pub(crate) fn button(ui: &mut Ui, icon: Icon, name: &str, is_on: bool, palette: &Palette) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(SIDE, SIDE), Sense::click());
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, ui.is_enabled(), is_on, name));
    if ui.is_rect_visible(rect) {
        let visuals = ui.style().interact_selectable(&response, false);
        let painter = ui.painter();
        if response.hovered() || response.has_focus() {
            painter.rect(
                rect,
                CornerRadius::same(4),
                visuals.bg_fill,
                visuals.bg_stroke,
                egui::StrokeKind::Inside,
            );
        }
        let colour = match icon {
            Icon::Record | Icon::Speaker { .. } if is_on => palette.warning,
            _ if is_on => palette.accent,
            _ if response.hovered() => palette.text,
            _ => palette.weak,
        };
        paint(painter, icon, rect, colour);
    }
    response.on_hover_text(name)
}

fn paint(painter: &Painter, icon: Icon, rect: Rect, colour: Color32) {
    let centre = rect.center();
    let at = |x: f32, y: f32| centre + vec2(x, y);
    let line = |from: Pos2, to: Pos2| painter.line_segment([from, to], Stroke::new(1.5, colour));
    let fill = |points: Vec<Pos2>| painter.add(Shape::convex_polygon(points, colour, Stroke::NONE));
    match icon {
        Icon::Menu => {
            for y in [-4.5, 0.0, 4.5] {
                line(at(-6.0, y), at(6.0, y));
            }
        }
        Icon::Play => {
            fill(vec![at(-4.5, -6.0), at(6.0, 0.0), at(-4.5, 6.0)]);
        }
        Icon::Stop => {
            painter.rect_filled(Rect::from_center_size(centre, vec2(10.0, 10.0)), 1.0, colour);
        }
        Icon::Record => {
            painter.circle_filled(centre, 5.5, colour);
        }
        Icon::Rewind => {
            fill(vec![at(5.0, -5.0), at(-3.5, 0.0), at(5.0, 5.0)]);
            line(at(-5.0, -5.0), at(-5.0, 5.0));
        }
        Icon::Settings => {
            for (y, knob) in [(-4.5, 3.0), (0.0, -3.0), (4.5, 1.5)] {
                line(at(-6.0, y), at(6.0, y));
                painter.circle_filled(at(knob, y), 2.2, colour);
            }
        }
        Icon::Speaker { is_muted } => {
            fill(vec![
                at(-6.5, -2.5),
                at(-3.5, -2.5),
                at(0.5, -6.0),
                at(0.5, 6.0),
                at(-3.5, 2.5),
                at(-6.5, 2.5),
            ]);
            if is_muted {
                line(at(3.0, -3.0), at(8.0, 3.0));
                line(at(8.0, -3.0), at(3.0, 3.0));
            } else {
                line(at(3.5, -2.5), at(3.5, 2.5));
                line(at(6.5, -4.5), at(6.5, 4.5));
            }
        }
        Icon::Patches => {
            for (x, y) in [(-3.0, -3.0), (3.0, 3.0)] {
                let sheet = Rect::from_center_size(at(x, y), vec2(7.0, 6.0));
                painter.rect_stroke(sheet, 1.0, Stroke::new(1.5, colour), egui::StrokeKind::Middle);
            }
            line(at(-3.0, 0.0), at(-3.0, 3.0));
            line(at(-3.0, 3.0), at(-0.5, 3.0));
        }
    }
}

/// A disc that tells a state by its colour, and by its filling for those who don't see colours.
pub(crate) fn lamp(ui: &mut Ui, is_full: bool, colour: Color32) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(12.0, 12.0), Sense::click());
    if is_full {
        ui.painter().circle_filled(rect.center(), 4.0, colour);
    } else {
        ui.painter().circle_stroke(rect.center(), 3.5, Stroke::new(1.5, colour));
    }
    response
}

/// Two thin bars, one for each side, from -60 dB to full level.
pub(crate) fn level_bars(ui: &mut Ui, peaks: [f32; 2], palette: &Palette) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(56.0, 12.0), Sense::hover());
    for (side, peak) in peaks.into_iter().enumerate() {
        let top = rect.min + vec2(0.0, 7.0 * side as f32);
        let bar = Rect::from_min_size(top, vec2(rect.width(), 5.0));
        ui.painter().rect_filled(bar, 1.0, palette.line);
        let part = (1.0 + crate::analysis::decibels(peak, -60.0) / 60.0).clamp(0.0, 1.0);
        let full = Rect::from_min_size(top, vec2(rect.width() * part, 5.0));
        let colour = if peak > 0.99 { palette.warning } else { palette.weak };
        ui.painter().rect_filled(full, 1.0, colour);
    }
    response
}

/// A thin bar that is full at 1.
pub(crate) fn gauge(ui: &mut Ui, part: f32, palette: &Palette) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(48.0, 4.0), Sense::hover());
    ui.painter().rect_filled(rect, 2.0, palette.line);
    let mut full = rect;
    full.set_width(rect.width() * part.clamp(0.0, 1.0));
    let colour = if part > 0.8 { palette.warning } else { palette.weak };
    ui.painter().rect_filled(full, 2.0, colour);
    response
}
