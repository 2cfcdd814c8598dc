//! Piano keys: on the face of a node, and on the panel below the canvas.

use crate::piano::Piano;
use crate::theme::Palette;
use egui::{CornerRadius, Painter, Pos2, Rect, Stroke, StrokeKind, pos2, vec2};

/// How long a black key is, as a part of a white one.
const BLACK_LENGTH: f32 = 0.62;
/// How wide a black key is, as a part of a white one.
const BLACK_WIDTH: f32 = 0.6;

/// A keyboard on the screen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PianoKeys {
    pub(crate) rect: Rect,
    /// The lowest key, a C, as a MIDI note.
    pub(crate) lowest: u8,
    pub(crate) octaves: u8,
}

impl PianoKeys {
    /// Two octaves from C3 on a node's face.
    pub(crate) fn of_face(rect: Rect) -> Self {
        Self { rect, lowest: 48, octaves: 2 }
    }

    /// All keys with their places, the white ones first.
    pub(crate) fn keys(self) -> impl Iterator<Item = (u8, Rect)> {
        let notes = move |black: bool| {
            (self.lowest..=self.lowest.saturating_add(12 * self.octaves - 1).min(127))
                .filter(move |note| is_black(*note) == black)
        };
        notes(false).chain(notes(true)).map(move |note| (note, self.place(note)))
    }

    fn place(self, note: u8) -> Rect {
        let width = self.rect.width() / (7.0 * f32::from(self.octaves));
        let whites = |note: u8| f32::from(note / 12 * 7 + (note % 12 * 7 + 6) / 12);
        let left = self.rect.left() + (whites(note) - whites(self.lowest)) * width;
        if is_black(note) {
            let size = vec2(width * BLACK_WIDTH, self.rect.height() * BLACK_LENGTH);
            Rect::from_min_size(pos2(left - size.x / 2.0, self.rect.top()), size)
        } else {
            Rect::from_min_size(pos2(left, self.rect.top()), vec2(width, self.rect.height()))
        }
    }

    /// The key at a point and how hard it is struck there, 1 to 127: harder farther down.
    pub(crate) fn at(self, point: Pos2) -> Option<(u8, u8)> {
        let (note, rect) = self.keys().filter(|(_, rect)| rect.contains(point)).last()?;
        let part = ((point.y - rect.top()) / rect.height()).clamp(0.0, 1.0);
        Some((note, (16.0 + part * 111.0) as u8))
    }
}

/// Whether a note is a black key.
pub(crate) fn is_black(note: u8) -> bool {
    matches!(note % 12, 1 | 3 | 6 | 8 | 10)
}

/// Draws a keyboard; keys that are down have the accent.
pub(crate) fn paint_keys(painter: &Painter, keys: PianoKeys, piano: &Piano, palette: &Palette) {
    let (white, black) = if palette.is_dark {
        (palette.text.lerp_to_gamma(palette.surface, 0.16), palette.canvas)
    } else {
        (palette.raised, palette.text)
    };
    for (note, rect) in keys.keys() {
        let colour = match (piano.sounds(note), is_black(note)) {
            (true, _) => palette.accent,
            (false, true) => black,
            (false, false) => white,
        };
        let radius = CornerRadius { nw: 0, ne: 0, sw: 2, se: 2 };
        painter.rect(
            rect.shrink2(vec2(0.5, 0.0)),
            radius,
            colour,
            Stroke::new(1.0, palette.sunken),
            StrokeKind::Inside,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_under_its_own_place() {
        let keys = PianoKeys {
            rect: Rect::from_min_size(pos2(10.0, 5.0), vec2(700.0, 100.0)),
            lowest: 48,
            octaves: 2,
        };
        let all: Vec<_> = keys.keys().collect();
        assert_eq!(all.len(), 24);
        for (note, rect) in all {
            let (found, velocity) = keys.at(rect.center_bottom() - vec2(0.0, 2.0)).unwrap();
            assert_eq!(found, note);
            assert!(velocity > 110);
            assert!(keys.rect.expand(0.01).contains_rect(rect), "{note}");
            // Near the top a key is struck softly.
            let top = keys.at(pos2(rect.center().x, rect.top() + 1.0)).unwrap();
            assert!(top.1 < 24);
        }
        assert_eq!(keys.at(pos2(0.0, 0.0)), None);
    }

    #[test]
    fn white_keys_stand_side_by_side_and_black_ones_between() {
        let keys =
            PianoKeys { rect: Rect::from_min_size(Pos2::ZERO, vec2(70.0, 10.0)), lowest: 60, octaves: 1 };
        let middle = |note| keys.place(note).center().x;
        for (note, x) in [(60, 5.0), (62, 15.0), (64, 25.0), (65, 35.0), (71, 65.0), (61, 10.0), (66, 40.0)] {
            assert!((middle(note) - x).abs() < 0.01, "{note}: {}", middle(note));
        }
    }
}
