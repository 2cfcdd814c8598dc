//! Curves: a cable is a cubic Bezier that leaves an output to the right and reaches an input from the left,
//! or the dock of a knob from below.

use super::Transform;
use egui::{Pos2, Rect, Shape, Stroke, pos2, vec2};

/// Shortest handle, so that a cable always leaves its port straight.
const SHORTEST_HANDLE: f32 = 28.0;
/// Longest handle of a cable that runs backwards.
const LONGEST_BACKWARDS: f32 = 160.0;
/// How far the handles of a cable that runs backwards at one height hang down.
const DEEPEST_SAG: f32 = 176.0;
/// Pieces in which a curve is looked at when something is near.
const PIECES: usize = 24;

/// A cable's curve, by its four control points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Curve(pub(crate) [Pos2; 4]);

impl Curve {
    /// The curve from an output to an input.
    pub(crate) fn between(from: Pos2, to: Pos2) -> Self {
        let gap = to - from;
        let (reach, sag) = if gap.x >= 0.0 {
            ((gap.x * 0.5).min(180.0), (gap.x * 0.05).min(14.0))
        } else {
            // A cable that runs backwards swings out, the farther the longer, but not for ever; and it
            // sags, or it would hide behind the cards between its ends.
            ((-gap.x * 0.5).min(LONGEST_BACKWARDS), (DEEPEST_SAG - gap.y.abs()).clamp(0.0, -gap.x))
        };
        let handle = vec2(reach.max(SHORTEST_HANDLE.min(gap.length())), 0.0);
        let sag = vec2(0.0, sag);
        Self([from, from + handle + sag, to - handle + sag, to])
    }

    /// The curve from an output to the dock of a knob, which it reaches from below.
    pub(crate) fn to_dock(from: Pos2, to: Pos2) -> Self {
        let gap = to - from;
        let away = gap.x.abs();
        let aside = (away * 0.55).clamp(SHORTEST_HANDLE, 140.0) * if gap.x < 0.0 { 0.35 } else { 1.0 };
        // A source above passes under the cards.
        let below = if gap.y > -70.0 {
            (90.0 + away * 0.26).min(260.0)
        } else {
            (-gap.y * 0.62 + away * 0.06).clamp(40.0, 190.0)
        };
        Self([from, from + vec2(aside, 0.0), to + vec2(0.0, below), to])
    }

    /// The curve with its control points somewhere else.
    pub(crate) fn map(self, place: impl Fn(Pos2) -> Pos2) -> Self {
        Self(self.0.map(place))
    }

    /// A rectangle that holds the whole curve.
    pub(crate) fn bounds(&self) -> Rect {
        Rect::from_points(&self.0)
    }

    /// The point at `t`, 0 to 1.
    pub(crate) fn at(&self, t: f32) -> Pos2 {
        let [a, b, c, d] = self.0;
        let s = 1.0 - t;
        let (wa, wb, wc, wd) = (s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t);
        pos2(wa * a.x + wb * b.x + wc * c.x + wd * d.x, wa * a.y + wb * b.y + wc * c.y + wd * d.y)
    }

    /// How far `point` is from the curve, and at which `t` the curve is nearest. Nothing beyond `reach`.
    pub(crate) fn near(&self, point: Pos2, reach: f32) -> Option<(f32, f32)> {
        if !self.bounds().expand(reach).contains(point) {
            return None;
        }
        let mut best: Option<(f32, f32)> = None;
        let mut start = self.at(0.0);
        for piece in 0..PIECES {
            let end = self.at((piece + 1) as f32 / PIECES as f32);
            let (distance, part) = to_segment(point, start, end);
            if distance <= reach && best.is_none_or(|best| distance < best.0) {
                best = Some((distance, (piece as f32 + part) / PIECES as f32));
            }
            start = end;
        }
        best
    }

    /// In how many straight pieces it looks smooth on a screen.
    pub(crate) fn pieces(&self) -> usize {
        let [a, b, c, d] = self.0;
        // How far the control points are from where a straight line would have them.
        let bend = (a - b * 2.0 + c.to_vec2()).length().max((b - c * 2.0 + d.to_vec2()).length());
        ((bend * 0.75).sqrt() * 1.6).ceil().clamp(1.0, 32.0) as usize
    }
}

/// How far `point` is from a straight piece, and which part of the piece is nearest.
fn to_segment(point: Pos2, start: Pos2, end: Pos2) -> (f32, f32) {
    let along = end - start;
    let part = ((point - start).dot(along) / along.length_sq().max(1e-6)).clamp(0.0, 1.0);
    ((start + along * part - point).length(), part)
}

/// A curve of the canvas as points on the screen.
pub(crate) fn curve_points(transform: &Transform, curve: &Curve) -> Vec<Pos2> {
    let curve = curve.map(|point| transform.to_screen(point));
    let pieces = curve.pieces();
    (0..=pieces).map(|piece| curve.at(piece as f32 / pieces as f32)).collect()
}

/// A curve of the canvas as a line on the screen.
pub(crate) fn curve_shape(transform: &Transform, curve: &Curve, stroke: Stroke) -> Shape {
    Shape::line(curve_points(transform, curve), stroke)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_the_ports_and_the_bounds_hold_the_curve() {
        for to in [pos2(300.0, 50.0), pos2(-200.0, 10.0), pos2(1.0, 0.0)] {
            let curve = Curve::between(Pos2::ZERO, to);
            assert_eq!((curve.at(0.0), curve.at(1.0)), (Pos2::ZERO, to));
            for step in 0..=100_u8 {
                assert!(curve.bounds().expand(0.01).contains(curve.at(f32::from(step) / 100.0)));
            }
        }
    }

    #[test]
    fn points_on_the_curve_are_near_and_others_are_not() {
        let curve = Curve::between(pos2(10.0, 10.0), pos2(400.0, 300.0));
        for step in 0..=20_u8 {
            let t = f32::from(step) / 20.0;
            let (distance, found) = curve.near(curve.at(t), 6.0).unwrap();
            assert!(distance < 1.0 && (found - t).abs() < 0.05, "{t}: {distance} {found}");
        }
        assert_eq!(curve.near(pos2(10.0, 300.0), 6.0), None);
        assert_eq!(curve.near(pos2(900.0, 900.0), 6.0), None);
    }
}
