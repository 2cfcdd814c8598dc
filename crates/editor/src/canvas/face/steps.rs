//! Steps: a row of numbers as bars.

use super::super::paint_context::PaintContext;
use egui::{Painter, Rect, pos2};
use jackfield_node::{SettingKind, SettingValue};
use jackfield_patch::{Node, NodeBody};

/// Draws the first row of numbers.
pub(super) fn paint(context: &PaintContext<'_>, painter: &Painter, node: &Node, rect: Rect) {
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
        painter.rect_filled(bar, 0.0, context.palette.accent);
    }
}
