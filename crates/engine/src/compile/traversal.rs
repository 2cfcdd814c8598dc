//! Walks over graphs of any kind: what can be reached, and in what order everything comes behind what it
//! reads.
//!
//! Neighbours are visited in the order in which they are given, since the order of steps follows from it.

use crate::index::{IndexVec, Ix};

/// Which of so many vertices a path leads to from the roots, these included.
pub(crate) fn reachable<I: Ix, N: IntoIterator<Item = I>>(
    count: usize,
    roots: impl IntoIterator<Item = I>,
    neighbours: impl Fn(I) -> N,
) -> IndexVec<I, bool> {
    let mut reachable = IndexVec::filled(count, false);
    let mut next: Vec<I> = roots.into_iter().collect();
    while let Some(at) = next.pop() {
        if !std::mem::replace(&mut reachable[at], true) {
            next.extend(neighbours(at));
        }
    }
    reachable
}

/// The vertices that the roots reach, depth first, each behind all its neighbours. There must be no cycle.
pub(crate) fn post_order<I: Ix, N: IntoIterator<Item = I>>(
    count: usize,
    roots: impl IntoIterator<Item = I>,
    neighbours: impl Fn(I) -> N,
) -> Vec<I> {
    let mut order = Vec::with_capacity(count);
    let mut is_seen = IndexVec::<I, bool>::filled(count, false);
    let mut path: Vec<(I, N::IntoIter)> = Vec::new();
    for root in roots {
        if std::mem::replace(&mut is_seen[root], true) {
            continue;
        }
        path.push((root, neighbours(root).into_iter()));
        while let Some((at, rest)) = path.last_mut() {
            match rest.next() {
                Some(next) if std::mem::replace(&mut is_seen[next], true) => {}
                Some(next) => path.push((next, neighbours(next).into_iter())),
                None => {
                    order.push(*at);
                    path.pop();
                }
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::NodeIx;

    const SOURCES: [&[usize]; 6] = [&[], &[0], &[1, 0], &[1], &[2, 3], &[5]];

    fn sources(at: NodeIx) -> Vec<NodeIx> {
        SOURCES[at.number()].iter().map(|&number| NodeIx::new(number)).collect()
    }

    #[test]
    fn a_cycle_that_nothing_leads_to_is_not_reached() {
        let found = reachable(6, [NodeIx::new(4)], sources);
        assert_eq!(found.as_slice(), [true, true, true, true, true, false]);
        assert!(reachable(6, [NodeIx::new(5)], sources)[NodeIx::new(5)]);
    }

    #[test]
    fn everything_comes_behind_its_sources_and_the_first_source_first() {
        let order = post_order(6, [NodeIx::new(4), NodeIx::new(1)], sources);
        let numbers: Vec<usize> = order.into_iter().map(Ix::number).collect();
        assert_eq!(numbers, [0, 1, 2, 3, 4]);
    }
}
