//! Arrange: places blocks joined by cables from left to right, none on another, in about the shape of the
//! window.
//!
//! Blocks that hang together are layered ([`layers`]); a layer that is higher than the shape allows becomes
//! several columns, a row of columns that is too long goes on below; then each block is moved to where its
//! cables are level ([`heights`]). Groups that have no cable between them are packed beside and below one
//! another. Equal patches give equal arrangements.

mod heights;
mod layers;
mod patch;

pub use patch::tidied;
pub(crate) use patch::{Tidying, tidy_edits};

use crate::theme::GRID;
use egui::{Pos2, Rect, Vec2, pos2, vec2};

/// Space between columns, where the cables run.
const COLUMN_GAP: f32 = 7.0 * GRID;
/// Space between blocks of a column.
const BLOCK_GAP: f32 = 5.0 * GRID;
/// Space between groups, and between rows of columns.
const GROUP_GAP: f32 = 8.0 * GRID;
/// A row of columns goes on below when it would be this much longer than the shape asks for, and wider
/// than this.
const TOO_LONG: f32 = 1.6;
const TOO_WIDE: f32 = 1600.0;

/// A cable between blocks: where it leaves the one and reaches the other, from their left tops.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) out: Vec2,
    pub(crate) into: Vec2,
}

/// The left top of each block, the arrangement's own at the origin; `aspect` is the width wanted for a
/// height of 1.
pub(crate) fn arrange(sizes: &[Vec2], links: &[Link], aspect: f32) -> Vec<Pos2> {
    let mut places = vec![Pos2::ZERO; sizes.len()];
    let mut groups: Vec<(Vec<usize>, Vec2)> = Vec::new();
    for members in groups_of(sizes.len(), links) {
        let size = arrange_group(&members, sizes, links, aspect, &mut places);
        groups.push((members, size));
    }
    let corners = pack(&groups.iter().map(|(_, size)| *size).collect::<Vec<_>>(), aspect);
    for ((members, _), corner) in groups.iter().zip(corners) {
        for &block in members {
            let at = places[block] + corner.to_vec2();
            places[block] = pos2((at.x / GRID).round() * GRID, (at.y / GRID).round() * GRID);
        }
    }
    places
}

/// The blocks that hang together, in order of their first.
fn groups_of(count: usize, links: &[Link]) -> Vec<Vec<usize>> {
    let mut leader: Vec<usize> = (0..count).collect();
    fn find(leader: &mut [usize], mut block: usize) -> usize {
        while leader[block] != block {
            leader[block] = leader[leader[block]];
            block = leader[block];
        }
        block
    }
    for link in links {
        let (a, b) = (find(&mut leader, link.from), find(&mut leader, link.to));
        leader[a.max(b)] = a.min(b);
    }
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); count];
    for block in 0..count {
        groups[find(&mut leader, block)].push(block);
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// Places the blocks of a group from the origin; gives its size.
fn arrange_group(
    members: &[usize],
    sizes: &[Vec2],
    links: &[Link],
    aspect: f32,
    places: &mut [Pos2],
) -> Vec2 {
    let mut local = vec![usize::MAX; sizes.len()];
    members.iter().enumerate().for_each(|(number, &block)| local[block] = number);
    let inner: Vec<Link> = links
        .iter()
        .filter(|link| local[link.from] != usize::MAX && link.from != link.to)
        .map(|link| Link { from: local[link.from], to: local[link.to], ..*link })
        .collect();
    let sizes: Vec<Vec2> = members.iter().map(|&block| sizes[block]).collect();
    let mut targets = vec![Vec::new(); members.len()];
    for link in &inner {
        if !targets[link.from].contains(&link.to) {
            targets[link.from].push(link.to);
        }
    }
    layers::break_loops(&mut targets);
    let mut layers = layers::layers(&targets);
    layers::order(&mut layers, &targets);
    let mut best: Option<(f32, Vec<Pos2>, Vec2)> = None;
    for limit in limits(&layers, &sizes) {
        let columns = columns(&layers, &sizes, limit);
        for rows in 1..=columns.len().clamp(1, 6) {
            let (tops, size) = place(&columns, rows, &sizes, &inner);
            let shape = size.x / size.y.max(1.0) / aspect;
            // Rows break cables, so they are for what would be far too long.
            let cost = shape.ln().abs() + (rows - 1) as f32 * 0.2 + size.x * size.y * 1e-8;
            if best.as_ref().is_none_or(|(least, ..)| cost < *least) {
                best = Some((cost, tops, size));
            }
            if shape < TOO_LONG || size.x < TOO_WIDE {
                break;
            }
        }
    }
    let Some((_, tops, size)) = best else { return Vec2::ZERO };
    members.iter().zip(tops).for_each(|(&block, at)| places[block] = at);
    size
}

/// Heights of columns that are worth trying.
fn limits(layers: &[Vec<usize>], sizes: &[Vec2]) -> Vec<f32> {
    let tallest = layers.iter().map(|layer| height(layer, sizes)).fold(0.0, f32::max);
    let least = sizes.iter().map(|size| size.y).fold(0.0, f32::max);
    let steps = [1.0, 0.8, 0.65, 0.5, 0.4, 0.3, 0.2, 0.12, 0.06];
    let mut limits: Vec<f32> = steps.into_iter().map(|part| (tallest * part).max(least)).collect();
    limits.dedup();
    limits
}

fn height(layer: &[usize], sizes: &[Vec2]) -> f32 {
    layer.iter().map(|&block| sizes[block].y + BLOCK_GAP).sum::<f32>() - BLOCK_GAP
}

/// Layers as columns no higher than this; one that is higher is dealt out, so that all keep about their
/// height.
fn columns(layers: &[Vec<usize>], sizes: &[Vec2], limit: f32) -> Vec<Vec<usize>> {
    let mut columns = Vec::new();
    for layer in layers {
        let parts = ((height(layer, sizes) / limit.max(1.0)).ceil() as usize).clamp(1, layer.len().max(1));
        let mut dealt = vec![Vec::new(); parts];
        layer.iter().enumerate().for_each(|(number, &block)| dealt[number % parts].push(block));
        columns.extend(dealt);
    }
    columns
}

/// Places columns in so many rows; gives the blocks' left tops and the size of all.
fn place(columns: &[Vec<usize>], rows: usize, sizes: &[Vec2], links: &[Link]) -> (Vec<Pos2>, Vec2) {
    let mut places = vec![Pos2::ZERO; sizes.len()];
    let mut bottom = 0.0_f32;
    let mut right = 0.0_f32;
    for row in columns.chunks(columns.len().div_ceil(rows).max(1)) {
        let tops = heights::heights(row, sizes, links, BLOCK_GAP);
        let blocks = || row.iter().flatten().copied();
        let highest = blocks().map(|block| tops[block]).fold(f32::MAX, f32::min);
        let top = if bottom > 0.0 { bottom + GROUP_GAP } else { 0.0 };
        let mut x = 0.0;
        for column in row {
            let width = column.iter().map(|&block| sizes[block].x).fold(0.0, f32::max);
            for &block in column {
                places[block] = pos2(x, ((top + tops[block] - highest) / GRID).round() * GRID);
                bottom = bottom.max(places[block].y + sizes[block].y);
            }
            x += width + COLUMN_GAP;
        }
        right = right.max(x - COLUMN_GAP);
    }
    (places, vec2(right, bottom))
}

/// Packs rectangles into rows; gives the left top of each.
fn pack(sizes: &[Vec2], aspect: f32) -> Vec<Pos2> {
    let area: f32 = sizes.iter().map(|size| (size.x + GROUP_GAP) * (size.y + GROUP_GAP)).sum();
    let widest = sizes.iter().map(|size| size.x).fold(0.0, f32::max);
    let width = (area * aspect).sqrt().max(widest);
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by(|&a, &b| sizes[b].y.total_cmp(&sizes[a].y).then(a.cmp(&b)));
    let mut corners = vec![Pos2::ZERO; sizes.len()];
    // What is taken, and where the next one may stand: to the right of one, or below one at its left edge.
    let mut taken: Vec<Rect> = Vec::new();
    for block in order {
        let fits = |at: Pos2| {
            let rect = Rect::from_min_size(at, sizes[block]);
            rect.right() <= width + 1.0
                && taken.iter().all(|other| !other.expand(GROUP_GAP - 1.0).intersects(rect))
        };
        let lowest = taken.iter().map(|rect| rect.bottom() + GROUP_GAP).fold(0.0, f32::max);
        let corner = |rect: &Rect| {
            let below = rect.bottom() + GROUP_GAP;
            [pos2(rect.right() + GROUP_GAP, rect.top()), pos2(rect.left(), below), pos2(0.0, below)]
        };
        let free = taken.iter().flat_map(corner).filter(|at| fits(*at));
        let at =
            free.min_by(|a, b| a.y.total_cmp(&b.y).then(a.x.total_cmp(&b.x))).unwrap_or(pos2(0.0, lowest));
        corners[block] = if taken.is_empty() { Pos2::ZERO } else { at };
        taken.push(Rect::from_min_size(corners[block], sizes[block]));
    }
    corners
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number below `most`, another one each time.
    fn dice(seed: &mut u64, most: u64) -> u64 {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 33) % most
    }

    #[test]
    fn no_block_stands_on_another_whatever_is_joined() {
        for seed in 0..200 {
            let mut seed = seed;
            let count = 1 + dice(&mut seed, 40) as usize;
            let mut size =
                || vec2(64.0 + 8.0 * dice(&mut seed, 40) as f32, 64.0 + 8.0 * dice(&mut seed, 60) as f32);
            let sizes: Vec<Vec2> = (0..count).map(|_| size()).collect();
            let mut block = || dice(&mut seed, count as u64) as usize;
            let link = |from: usize, to: usize| Link {
                from,
                to,
                out: vec2(sizes[from].x, 44.0),
                into: vec2(0.0, 44.0),
            };
            let links: Vec<Link> = (0..count).map(|_| link(block(), block())).collect();
            let places = arrange(&sizes, &links, 1.6);
            let rects: Vec<Rect> =
                places.iter().zip(&sizes).map(|(at, size)| Rect::from_min_size(*at, *size)).collect();
            for (number, rect) in rects.iter().enumerate() {
                for other in &rects[..number] {
                    assert!(!rect.expand(16.0).intersects(*other), "{seed}: {rect} and {other}");
                }
            }
        }
    }

    #[test]
    fn a_comb_and_a_chain_get_the_windows_shape() {
        let sizes = vec![vec2(160.0, 160.0); 24];
        let link = |from, to| Link { from, to, out: vec2(160.0, 44.0), into: vec2(0.0, 44.0) };
        let comb: Vec<Link> = (0..23).map(|from| link(from, 23)).collect();
        let chain: Vec<Link> = (0..23).map(|from| link(from, from + 1)).collect();
        for links in [comb, chain] {
            let places = arrange(&sizes, &links, 1.6);
            let bounds =
                places.iter().fold(Rect::NOTHING, |all, at| all.union(Rect::from_min_size(*at, sizes[0])));
            let shape = bounds.width() / bounds.height();
            assert!((0.7..4.0).contains(&shape), "{shape}");
        }
    }
}
