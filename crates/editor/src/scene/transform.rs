//! The transform between the canvas, where nodes stand, and the screen.
//!
//! It is applied by hand: text is laid out at its final size, so it stays crisp, and rectangles given to
//! screen readers are right.

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

    /// The size at which text of `size` points on the canvas is laid out: half pixels, so that the glyph
    /// atlas stays small while zooming. Nothing where it would be too small to read.
    pub(crate) fn font_size(&self, size: f32) -> Option<f32> {
        let scaled = size * self.zoom;
        let steps = 2.0 * self.density;
        (scaled * self.density >= 6.0).then(|| (scaled * steps).round() / steps)
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
        let transform = Transform { zoom: 0.777, ..Transform::default() };
        assert_eq!(transform.font_size(11.0), Some(8.5));
        assert_eq!(Transform { zoom: 0.2, ..transform }.font_size(11.0), None);
        // Twice as many pixels serve half as large letters.
        assert_eq!(Transform { zoom: 0.3, density: 2.0, ..transform }.font_size(11.0), Some(3.25));
    }
}
