//! What the canvas is drawn from, and what all its parts are drawn with.

use crate::document::Document;
use crate::gesture::Gesture;
use crate::host::{Host, Level, PlanFacts};
use crate::piano::Piano;
use crate::scene::Scene;
use crate::signals::Signals;
use crate::theme::{Palette, SMALL};
use crate::view::View;
use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, Color32, FontId, Galley, Painter, Pos2, Rect, Stroke, vec2};
use jackfield_patch::PortRef;
use std::sync::Arc;

/// How far a text is drawn a second time beside itself to be bold: the fonts at hand have one weight.
const BOLD: f32 = 0.4;

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

    /// A text cut off with an ellipsis where `width` on the screen ends; `size` is on the screen.
    fn cut(painter: &Painter, text: &str, size: f32, colour: Color32, width: f32) -> Arc<Galley> {
        let mut job = LayoutJob::simple_singleline(text.to_owned(), FontId::proportional(size), colour);
        job.wrap = TextWrapping::truncate_at_width(width.max(1.0));
        painter.layout_job(job)
    }

    /// The name of a port or setting; gives its width. From somewhat afar it does not shrink any further.
    pub(super) fn name(
        &self,
        painter: &Painter,
        at: Pos2,
        anchor: Align2,
        text: &str,
        colour: Color32,
    ) -> f32 {
        let Some(size) = self.view.transform.name_size() else { return 0.0 };
        painter.text(at, anchor, text, FontId::proportional(size), colour).width()
    }

    /// A name with its left middle here, cut off where `width` on the screen ends.
    pub(super) fn name_within(&self, painter: &Painter, at: Pos2, text: &str, colour: Color32, width: f32) {
        let Some(size) = self.view.transform.name_size() else { return };
        let galley = Self::cut(painter, text, size, colour, width);
        painter.galley(at - vec2(0.0, galley.size().y / 2.0), galley, colour);
    }

    /// A name in the middle of a rectangle on the screen, cut off at its width.
    pub(super) fn name_centred(&self, painter: &Painter, rect: Rect, text: &str, colour: Color32) {
        let Some(size) = self.view.transform.name_size() else { return };
        let galley = Self::cut(painter, text, size, colour, rect.width());
        painter.galley(rect.center() - galley.size() / 2.0, galley, colour);
    }

    /// A value at the right of a rectangle on the screen, cut off at its width; only where values are shown.
    pub(super) fn value_within(&self, painter: &Painter, rect: Rect, text: &str, colour: Color32) {
        let Some(size) = self.view.transform.name_size() else { return };
        let galley = Self::cut(painter, text, size, colour, rect.width());
        let at = Pos2::new(rect.right() - galley.size().x, rect.center().y - galley.size().y / 2.0);
        Self::doubled(painter, at, galley, colour);
    }

    /// A bold title with its left middle here, cut off where `width` on the screen ends; gives its width. It
    /// does not shrink below what can be read.
    pub(super) fn bold(
        &self,
        painter: &Painter,
        at: Pos2,
        text: &str,
        size: f32,
        colour: Color32,
        width: f32,
    ) -> f32 {
        let size = self.view.transform.font_size(size).unwrap_or(0.0).max(10.0);
        let galley = Self::cut(painter, text, size, colour, width);
        let taken = galley.size().x;
        Self::doubled(painter, at - vec2(0.0, galley.size().y / 2.0), galley, colour);
        taken
    }

    /// A bold value in the middle of a rectangle on the screen.
    pub(super) fn bold_centred(&self, painter: &Painter, rect: Rect, text: &str, colour: Color32) {
        let Some(size) = self.view.transform.font_size(SMALL) else { return };
        let galley = Self::cut(painter, text, size, colour, rect.width());
        Self::doubled(painter, rect.center() - galley.size() / 2.0, galley, colour);
    }

    fn doubled(painter: &Painter, at: Pos2, galley: Arc<Galley>, colour: Color32) {
        painter.galley(at + vec2(BOLD, 0.0), galley.clone(), colour);
        painter.galley(at, galley, colour);
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
    let font = FontId::proportional(SMALL * context.view.transform.zoom.clamp(0.82, 1.0));
    let galley = painter.layout_no_wrap(text.to_owned(), font, context.palette.canvas);
    let rect = Rect::from_center_size(at, galley.size() + vec2(8.0, 2.0));
    painter.rect(rect, 6.0, colour, Stroke::new(1.0, context.palette.canvas), egui::StrokeKind::Outside);
    painter.galley(rect.center() - galley.size() / 2.0, galley, context.palette.canvas);
}
