//! The layout: the rack's rows stay rows, its columns stay in order and about where they were, and no
//! card lies on another.

/// What stands together for one module: a column of cards.
pub(crate) struct Block {
    /// Column and row in the rack.
    pub(crate) at: [f64; 2],
    /// Width and height of each card.
    pub(crate) cards: Vec<[f32; 2]>,
}

/// Between two columns, so that cables can be seen.
const COLUMN_GAP: f32 = 48.0;
/// Between two cards of one column.
const CARD_GAP: f32 = 24.0;
/// Between two rows.
const ROW_GAP: f32 = 72.0;
/// Points for one unit of the rack's width: cards are about as much wider than modules.
const SCALE: f64 = 18.0;
/// The widest hole left in a row: one may lie anywhere in a rack.
const WIDEST_HOLE: f64 = 480.0;
/// Steps of the canvas's grid.
const GRID: f32 = 8.0;

/// The left top of each card of each block.
pub(crate) fn place(blocks: &[Block]) -> Vec<Vec<[f32; 2]>> {
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    order.sort_by(|&a, &b| {
        let (a, b) = (blocks[a].at, blocks[b].at);
        a[1].total_cmp(&b[1]).then(a[0].total_cmp(&b[0]))
    });
    let leftmost = blocks.iter().map(|block| block.at[0]).fold(f64::INFINITY, f64::min);
    let mut places = vec![Vec::new(); blocks.len()];
    let mut top = 0.0;
    for row in order.chunk_by(|&a, &b| blocks[a].at[1] == blocks[b].at[1]) {
        let (mut left, mut height) = (0.0_f32, 0.0_f32);
        for &place in row {
            let block = &blocks[place];
            if block.cards.is_empty() {
                continue;
            }
            let wanted = ((block.at[0] - leftmost) * SCALE).min(f64::from(left) + WIDEST_HOLE) as f32;
            let x = (left.max(wanted) / GRID).ceil() * GRID;
            let mut y = top;
            for card in &block.cards {
                places[place].push([x, y]);
                y += ((card[1] + CARD_GAP) / GRID).ceil() * GRID;
            }
            let width = block.cards.iter().map(|card| card[0]).fold(0.0, f32::max);
            left = x + width + COLUMN_GAP;
            height = height.max(y - CARD_GAP - top);
        }
        top += ((height + ROW_GAP) / GRID).ceil() * GRID;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_card_lies_on_another_and_order_stays(
            modules in prop::collection::vec(
                (-2_000.0..2_000.0_f64, -3..4_i8, 1..4_usize, 60.0..400.0_f32),
                1..60,
            )
        ) {
            let blocks: Vec<Block> = modules
                .iter()
                .map(|&(x, y, cards, size)| Block {
                    at: [x, f64::from(y)],
                    cards: vec![[size, size / 2.0]; cards],
                })
                .collect();
            let places = place(&blocks);
            let cards: Vec<([f32; 2], [f32; 2])> = places
                .iter()
                .zip(&blocks)
                .flat_map(|(places, block)| places.iter().copied().zip(block.cards.iter().copied()))
                .collect();
            let apart = |a: &([f32; 2], [f32; 2]), b: &([f32; 2], [f32; 2])| {
                (0..2).any(|axis| {
                    a.0[axis] + a.1[axis] <= b.0[axis] || b.0[axis] + b.1[axis] <= a.0[axis]
                })
            };
            for (place, card) in cards.iter().enumerate() {
                for other in &cards[place + 1..] {
                    prop_assert!(apart(card, other), "{card:?} and {other:?}");
                }
            }
            for (a, place_a) in blocks.iter().zip(&places) {
                for (b, place_b) in blocks.iter().zip(&places) {
                    if a.at[1] == b.at[1] && a.at[0] < b.at[0] {
                        prop_assert!(place_a[0][0] < place_b[0][0]);
                    }
                    if a.at[1] < b.at[1] {
                        prop_assert!(place_a[0][1] < place_b[0][1]);
                    }
                }
            }
        }
    }
}
