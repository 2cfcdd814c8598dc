//! What the canvas is drawn from, and what all its parts are drawn with.

use crate::document::Document;
use crate::gesture::Gesture;
use crate::host::{Host, Level, PlanFacts};
use crate::piano::Piano;
use crate::scene::Scene;
use crate::signals::Signals;
use crate::theme::Palette;
use crate::view::View;
use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Stroke, vec2};
use jackfield_patch::PortRef;

/// Everything a frame of the canvas is drawn from.
pub(crate) struct PaintContext<'a> {
    pub(crate) document: &'a Document,
    pub(crate) scene: &'a Scene,
    pub(crate) view: &'a View,
    /// What the mouse is in the middle of, drawn with it.
    pub(crate) gesture: &'a Gesture,
    /// The notes that are held.
    pub(crate) piano: &'a Piano,
    pub(crate) signals: &'a Signals,
    pub(crate) plan: &'a PlanFacts,
    pub(crate) palette: &'a Palette,
}

impl PaintContext<'_> {
    /// Text on the canvas, at its size on the screen; nothing where it would be too small.
    pub(super) fn text(
        &self,
        painter: &Painter,
        at: Pos2,
        anchor: Align2,
        text: &str,
        size: f32,
        colour: Color32,
    ) {
        if let Some(size) = self.view.transform.font_size(size) {
            painter.text(at, anchor, text, FontId::proportional(size), colour);
        }
    }

    /// Like [`text`](Self::text), cut off with an ellipsis where `width` on the screen ends.
    pub(super) fn text_within(
        &self,
        painter: &Painter,
        at: Pos2,
        text: &str,
        size: f32,
        colour: Color32,
        width: f32,
    ) {
        let Some(size) = self.view.transform.font_size(size) else { return };
        let mut job =
            egui::text::LayoutJob::simple_singleline(text.to_owned(), FontId::proportional(size), colour);
        job.wrap = egui::text::TextWrapping::truncate_at_width(width);
        let galley = painter.layout_job(job);
        painter.galley(at - vec2(0.0, galley.size().y / 2.0), galley, colour);
    }

    /// The latest samples of what arrives at an input.
    pub(super) fn arriving(&self, input: PortRef, host: &mut dyn Host) -> Vec<f32> {
        self.signals.input_samples(self.scene, self.document.patch(), input, host)
    }

    /// The level of what arrives at an input.
    pub(super) fn arriving_level(&self, input: PortRef) -> Level {
        self.signals.input_level(self.scene, self.document.patch(), input)
    }
}

/// A small round label, for numbers on cards and cables.
pub(super) fn badge(context: &PaintContext<'_>, painter: &Painter, at: Pos2, text: &str, colour: Color32) {
    let font = FontId::proportional(crate::theme::SMALL * context.view.transform.zoom.clamp(0.75, 1.0));
    let galley = painter.layout_no_wrap(text.to_owned(), font, context.palette.canvas);
    let rect = Rect::from_center_size(at, galley.size() + vec2(8.0, 2.0));
    painter.rect(rect, 6.0, colour, Stroke::new(1.0, context.palette.canvas), egui::StrokeKind::Outside);
    painter.galley(rect.center() - galley.size() / 2.0, galley, context.palette.canvas);
}
