//! The transform between the canvas, where nodes stand, and the screen.
//!
//! It is applied by hand: text is laid out at its final size, so it stays crisp, and rectangles given to
//! screen readers are right.

use crate::theme::SMALL;
use egui::{Pos2, Rect, Vec2, pos2};

/// Where on the canvas one looks, and how near.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Transform {
    /// Where the canvas is on the screen.
    pub(crate) view: Rect,
    /// The point of the canvas in the middle of the view.
    pub(crate) centre: Pos2,
    /// Points on the screen for each point of the canvas.
    pub(crate) zoom: f32,
    /// Pixels of the screen for each point of it.
    pub(crate) density: f32,
}

/// How much of a card is shown, by the size that its small text has on the screen. In points, not pixels:
/// twice as many pixels make letters sharp, and no larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Detail {
    /// A filled card with its title.
    Farthest,
    /// A filled card with its title, its picture and its cables' ends.
    Far,
    /// All but values; names keep a size that can be read.
    Names,
    /// Everything.
    Full,
}

impl Detail {
    /// Whether a card shows its parts.
    pub(crate) fn has_parts(self) -> bool {
        self >= Self::Names
    }
}

/// From these zooms on there is everything, names, and pictures.
const FULL: f32 = 0.82;
const NAMES: f32 = 0.6;
const FAR: f32 = 0.32;
/// Names don't get smaller than this, in points on the screen, and below this zoom they go.
const LEAST_NAME: f32 = 9.0;

/// As far away as one can go, unless the patch is larger than what is seen from there.
pub(crate) const FARTHEST: f32 = 0.1;
/// As far away as it takes to see all that a canvas can hold.
const FARTHEST_OF_ALL: f32 = 1e-4;
/// As near as one can go.
pub(crate) const NEAREST: f32 = 4.0;

impl Default for Transform {
    fn default() -> Self {
        Self {
            view: Rect::from_min_size(Pos2::ZERO, Vec2::new(1280.0, 800.0)),
            centre: Pos2::ZERO,
            zoom: 1.0,
            density: 1.0,
        }
    }
}

impl Transform {
    /// Where a point of the canvas is on the screen.
    pub(crate) fn to_screen(self, point: Pos2) -> Pos2 {
        self.view.center() + (point - self.centre) * self.zoom
    }

    /// Which point of the canvas is here on the screen.
    pub(crate) fn to_canvas(self, point: Pos2) -> Pos2 {
        self.centre + (point - self.view.center()) / self.zoom
    }

    /// Where a part of the canvas is on the screen.
    pub(crate) fn rect_to_screen(self, rect: Rect) -> Rect {
        Rect::from_min_max(self.to_screen(rect.min), self.to_screen(rect.max))
    }

    /// The part of the canvas that one sees.
    pub(crate) fn visible(&self) -> Rect {
        Rect::from_min_max(self.to_canvas(self.view.min), self.to_canvas(self.view.max))
    }

    /// Moves what one sees by this much on the screen.
    pub(crate) fn pan(&mut self, by: Vec2) {
        self.centre -= by / self.zoom;
        self.keep_in_bounds();
    }

    /// Comes nearer by a factor; the point at `anchor` on the screen stays where it is.
    pub(crate) fn zoom_at(&mut self, anchor: Pos2, factor: f32) {
        let fixed = self.to_canvas(anchor);
        // Whoever has come from farther away is not pulled near by the first step.
        self.zoom = (self.zoom * factor).clamp(FARTHEST.min(self.zoom), NEAREST);
        self.centre = fixed - (anchor - self.view.center()) / self.zoom;
        self.keep_in_bounds();
    }

    /// Shows all of `bounds`, no nearer than life size.
    pub(crate) fn fit(&mut self, bounds: Rect) {
        if !bounds.is_finite() || bounds.is_negative() {
            (self.centre, self.zoom) = (Pos2::ZERO, 1.0);
            return;
        }
        let room = (self.view.size() - Vec2::splat(64.0)).max(Vec2::splat(64.0));
        let zoom = (room / bounds.size().max(Vec2::splat(1.0))).min_elem();
        self.zoom = zoom.clamp(FARTHEST_OF_ALL, 1.0);
        self.centre = bounds.center();
        self.keep_in_bounds();
    }

    /// Moves the view as little as possible so that `rect` of the canvas is seen.
    pub(crate) fn reveal(&mut self, rect: Rect) {
        let visible = self.visible().shrink(16.0 / self.zoom);
        let along = |low: f32, high: f32, from: f32, to: f32| {
            if low < from {
                low - from
            } else if high > to {
                high - to
            } else {
                0.0
            }
        };
        self.centre.x += along(rect.min.x, rect.max.x, visible.min.x, visible.max.x);
        self.centre.y += along(rect.min.y, rect.max.y, visible.min.y, visible.max.y);
        self.keep_in_bounds();
    }

    fn keep_in_bounds(&mut self) {
        let most = jackfield_patch::limits::CANVAS;
        let keep = |value: f32| if value.is_finite() { value.clamp(-most, most) } else { 0.0 };
        self.centre = pos2(keep(self.centre.x), keep(self.centre.y));
    }

    /// How much of a card is shown.
    pub(crate) fn detail(&self) -> Detail {
        match self.zoom {
            FULL.. => Detail::Full,
            NAMES.. => Detail::Names,
            FAR.. => Detail::Far,
            _ => Detail::Farthest,
        }
    }

    /// The size at which text of `size` points on the canvas is laid out: half pixels, so that the glyph
    /// atlas stays small while zooming. Nothing where it would be too small to read.
    pub(crate) fn font_size(&self, size: f32) -> Option<f32> {
        let scaled = size * self.zoom;
        let steps = 2.0 * self.density;
        (scaled >= LEAST_NAME - 0.25).then(|| ((scaled * steps).round() / steps).max(LEAST_NAME))
    }

    /// The size of the names of ports and knobs: it stays where it would become too small, until the parts of
    /// a card are no longer shown.
    pub(crate) fn name_size(&self) -> Option<f32> {
        match self.detail() {
            Detail::Full => self.font_size(SMALL).or(Some(LEAST_NAME)),
            Detail::Names => Some(LEAST_NAME),
            Detail::Far | Detail::Farthest => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let transform = Transform { centre: pos2(120.0, -40.0), zoom: 0.7, ..Transform::default() };
        let point = pos2(33.0, 250.0);
        assert!((transform.to_canvas(transform.to_screen(point)) - point).length() < 1e-3);
    }

    #[test]
    fn the_point_under_the_cursor_stays() {
        let mut transform = Transform::default();
        let cursor = pos2(900.0, 100.0);
        let before = transform.to_canvas(cursor);
        transform.zoom_at(cursor, 1.7);
        assert!((transform.to_canvas(cursor) - before).length() < 1e-3);
        transform.zoom_at(cursor, 1e9);
        assert_eq!(transform.zoom, NEAREST);
    }

    #[test]
    fn fit_shows_everything_no_nearer_than_life_size() {
        let mut transform = Transform::default();
        let bounds = Rect::from_min_max(pos2(-3000.0, 10.0), pos2(2000.0, 900.0));
        transform.fit(bounds);
        assert!(transform.visible().contains_rect(bounds));
        let huge = Rect::from_min_max(pos2(-9e5, -10.0), pos2(9e5, 4e5));
        transform.fit(huge);
        assert!(transform.visible().contains_rect(huge));
        transform.zoom_at(pos2(10.0, 10.0), 1.1);
        assert!(transform.zoom < 0.01, "a step nearer is a step");
        transform.fit(Rect::from_min_size(pos2(5.0, 5.0), Vec2::splat(10.0)));
        assert_eq!(transform.zoom, 1.0);
        transform.fit(Rect::NOTHING);
        assert_eq!(transform.centre, Pos2::ZERO);
    }

    #[test]
    fn text_sizes_are_halves_and_vanish_when_tiny() {
        let transform = Transform { zoom: 0.877, ..Transform::default() };
        assert_eq!(transform.font_size(11.0), Some(9.5));
        assert_eq!(Transform { zoom: 0.7, ..transform }.font_size(11.0), None);
        // Twice as many pixels make finer steps, and no smaller letters.
        assert_eq!(Transform { zoom: 0.865, density: 2.0, ..transform }.font_size(11.0), Some(9.5));
        assert_eq!(Transform { zoom: 0.5, density: 2.0, ..transform }.font_size(11.0), None);
    }

    #[test]
    fn nothing_that_is_written_is_smaller_than_nine_points_at_any_zoom_and_density() {
        for density in [1.0, 1.5, 2.0, 3.0] {
            for zoom in (1..400).map(|zoom| zoom as f32 / 100.0) {
                let transform = Transform { zoom, density, ..Transform::default() };
                for size in [SMALL, 13.0, 18.0] {
                    assert!(transform.font_size(size).is_none_or(|size| size >= 8.7), "{zoom} {density}");
                }
                assert!(transform.name_size().is_none_or(|size| size >= 8.7), "{zoom} {density}");
                assert_eq!(transform.name_size().is_some(), transform.detail().has_parts());
            }
        }
    }
}
