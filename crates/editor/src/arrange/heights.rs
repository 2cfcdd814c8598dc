//! Heights: how high each block of a column stands, so that the cables between columns run as straight as
//! they can.
//!
//! To and fro over the columns: each block wants to be where its cables would be level, and gets as near to
//! that as the order of its column and the room between blocks allow. What is nearest in the mean square is
//! the isotonic regression of the wishes, found by pooling neighbours that would pass one another (Barlow et
//! al. 1972).

use super::Link;
use egui::Vec2;

/// How often the columns are gone over.
const SWEEPS: usize = 6;
/// How much a block without cables on the side that is looked at wants to stay, beside one cable.
const STAYS: f32 = 0.05;

/// The top of each block; of those in other columns than these it stays 0.
pub(super) fn heights(columns: &[Vec<usize>], sizes: &[Vec2], links: &[Link], gap: f32) -> Vec<f32> {
    let mut tops = vec![0.0_f32; sizes.len()];
    let mut column_of = vec![usize::MAX; sizes.len()];
    for (number, column) in columns.iter().enumerate() {
        let mut y = -column.iter().map(|&block| sizes[block].y + gap).sum::<f32>() / 2.0;
        for &block in column {
            column_of[block] = number;
            tops[block] = y;
            y += sizes[block].y + gap;
        }
    }
    // The other end of each cable, and by how much it stands lower on its block than this end on this one.
    let mut neighbours = vec![Vec::new(); sizes.len()];
    for link in links.iter().filter(|link| column_of[link.from] != column_of[link.to]) {
        let lower = link.out.y - link.into.y;
        neighbours[link.to].push((link.from, lower));
        neighbours[link.from].push((link.to, -lower));
    }
    for sweep in 0..SWEEPS {
        for step in 0..columns.len() {
            let number = if sweep % 2 == 0 { step } else { columns.len() - 1 - step };
            let is_meant = |other: usize| match sweep % 2 {
                _ if column_of[other] == usize::MAX => false,
                _ if sweep + 2 >= SWEEPS => true,
                0 => column_of[other] < number,
                _ => column_of[other] > number,
            };
            level(&columns[number], sizes, &neighbours, gap, &mut tops, is_meant);
        }
    }
    tops
}

/// Moves the blocks of a column as near to where they want to be as it goes.
fn level(
    column: &[usize],
    sizes: &[Vec2],
    neighbours: &[Vec<(usize, f32)>],
    gap: f32,
    tops: &mut [f32],
    is_meant: impl Fn(usize) -> bool,
) {
    // Each pool: the mean of the wishes, less the room above; their weight; and how many blocks it holds.
    let mut pools: Vec<(f32, f32, usize)> = Vec::with_capacity(column.len());
    let mut above = 0.0;
    for &block in column {
        let (mut sum, mut weight) = (tops[block] * STAYS, STAYS);
        for &(other, lower) in neighbours[block].iter().filter(|(other, _)| is_meant(*other)) {
            sum += tops[other] + lower;
            weight += 1.0;
        }
        let mut pool = (sum / weight - above, weight, 1);
        while let Some(&(mean, before, count)) = pools.last()
            && mean > pool.0
        {
            let total = before + pool.1;
            pool = ((mean * before + pool.0 * pool.1) / total, total, count + pool.2);
            pools.pop();
        }
        pools.push(pool);
        above += sizes[block].y + gap;
    }
    let mut above = 0.0;
    let mut blocks = column.iter();
    for (mean, _, count) in pools {
        for &block in blocks.by_ref().take(count) {
            tops[block] = mean + above;
            above += sizes[block].y + gap;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::vec2;

    #[test]
    fn a_cable_is_level_where_there_is_room() {
        let sizes = [vec2(100.0, 80.0), vec2(100.0, 200.0)];
        let links = [Link { from: 0, to: 1, out: vec2(100.0, 44.0), into: vec2(0.0, 68.0) }];
        let tops = heights(&[vec![0], vec![1]], &sizes, &links, 32.0);
        assert!((tops[0] + 44.0 - tops[1] - 68.0).abs() < 1.0, "{tops:?}");
    }

    #[test]
    fn blocks_of_a_column_keep_their_distance() {
        let sizes = [vec2(100.0, 80.0); 6];
        let link = |from, to| Link { from, to, out: vec2(100.0, 44.0), into: vec2(0.0, 44.0) };
        // All of one column want to be where the single one is.
        let links: Vec<Link> = (0..5).map(|from| link(from, 5)).collect();
        let tops = heights(&[vec![0, 1, 2, 3, 4], vec![5]], &sizes, &links, 32.0);
        assert!(tops[..5].windows(2).all(|pair| pair[1] - pair[0] >= 111.9), "{tops:?}");
        assert!((tops[5] - tops[2]).abs() < 2.0, "in the middle: {tops:?}");
    }
}
