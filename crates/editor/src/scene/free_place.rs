//! Free places: where something new can stand without lying on a card.

use super::{Card, Scene};
use crate::theme::GRID;
use egui::{Pos2, Rect, pos2};

/// Least space between a new card and those that are there.
const GAP: f32 = 3.0 * GRID;
/// How many of the nearest cards offer places beside them; few are enough.
const OFFERING: usize = 32;

impl Scene {
    /// The place nearest to `wanted` at which a rectangle of its size lies on no card that `counts` and on no
    /// comment. On the grid if `wanted` is.
    pub(crate) fn free_place(&self, wanted: Rect, counts: impl Fn(&Card) -> bool) -> Pos2 {
        let cards = self.cards.iter().filter(|card| counts(card)).map(|card| card.rect);
        let comments =
            self.annotations.iter().filter(|place| place.kind == jackfield_patch::AnnotationKind::Comment);
        free_place(wanted, cards.chain(comments.map(|place| place.rect)).collect())
    }
}

/// See [`Scene::free_place`].
fn free_place(wanted: Rect, mut taken: Vec<Rect>) -> Pos2 {
    let is_free = |at: Pos2, taken: &[Rect]| {
        let rect = Rect::from_min_size(at, wanted.size()).expand(GAP - 0.5);
        !taken.iter().any(|other| other.intersects(rect))
    };
    if is_free(wanted.min, &taken) {
        return wanted.min;
    }
    taken.sort_by(|a, b| {
        a.distance_sq_to_pos(wanted.center()).total_cmp(&b.distance_sq_to_pos(wanted.center()))
    });
    let near = &taken[..taken.len().min(OFFERING)];
    let low = |value: f32| (value / GRID).floor() * GRID;
    let high = |value: f32| (value / GRID).ceil() * GRID;
    let size = wanted.size();
    let columns = near.iter().flat_map(|rect| [low(rect.left() - GAP - size.x), high(rect.right() + GAP)]);
    let rows = near.iter().flat_map(|rect| [low(rect.top() - GAP - size.y), high(rect.bottom() + GAP)]);
    let columns: Vec<f32> = std::iter::once(wanted.left()).chain(columns).collect();
    let rows: Vec<f32> = std::iter::once(wanted.top()).chain(rows).collect();
    let places = columns.iter().flat_map(|&x| rows.iter().map(move |&y| pos2(x, y)));
    let mut places: Vec<Pos2> = places.collect();
    places.sort_by(|a, b| a.distance_sq(wanted.min).total_cmp(&b.distance_sq(wanted.min)));
    let free = places.into_iter().find(|at| is_free(*at, &taken));
    // Right of everything there is room.
    let beyond = || pos2(high(taken.iter().map(|rect| rect.right()).fold(0.0, f32::max) + GAP), wanted.top());
    free.unwrap_or_else(beyond)
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::vec2;

    #[test]
    fn the_nearest_free_place_is_taken() {
        let card = |x: f32, y: f32| Rect::from_min_size(pos2(x, y), vec2(160.0, 120.0));
        assert_eq!(free_place(card(0.0, 0.0), Vec::new()), pos2(0.0, 0.0));
        assert_eq!(free_place(card(0.0, 80.0), vec![card(0.0, 0.0)]), pos2(0.0, 144.0), "a little lower");
        assert_eq!(
            free_place(card(150.0, 0.0), vec![card(0.0, 0.0)]),
            pos2(184.0, 0.0),
            "a little to the right"
        );
    }

    #[test]
    fn among_many_cards_it_lies_on_none() {
        let card = |x: f32, y: f32| Rect::from_min_size(pos2(x, y), vec2(160.0, 120.0));
        let mut taken: Vec<Rect> = Vec::new();
        for number in 0..120_u8 {
            let wanted = card(f32::from(number % 7) * 40.0, f32::from(number % 5) * 24.0);
            let at = free_place(wanted, taken.clone());
            let rect = Rect::from_min_size(at, wanted.size());
            assert!(taken.iter().all(|other| !other.expand(GAP - 1.0).intersects(rect)), "{number}: {rect}");
            taken.push(rect);
        }
    }
}
