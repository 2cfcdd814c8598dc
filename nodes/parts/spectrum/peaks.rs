//! The peaks of a spectrum: each belongs to a partial, and so do the bins around it.

use std::ops::Range;

/// What is below this, re the loudest bin, is no peak of its own.
const FLOOR: f32 = 1e-7;

/// Calls `visit` with each peak and the bins that belong to it: all bins up to the softest one between it and
/// the next. In order, without gaps; silence has no peaks.
pub(crate) fn for_each(magnitudes: &[f32], mut visit: impl FnMut(usize, Range<usize>)) {
    let floor = magnitudes.iter().fold(0.0_f32, |most, x| most.max(*x)) * FLOOR;
    let mut peak = next(magnitudes, 0, floor);
    let mut start = 0;
    while let Some(here) = peak {
        let after = next(magnitudes, here + 1, floor);
        let end = after.map_or(magnitudes.len(), |after| valley(magnitudes, here, after));
        visit(here, start..end);
        (start, peak) = (end, after);
    }
}

/// The first bin from `from` on that is louder than the two on either side of it.
fn next(m: &[f32], from: usize, floor: f32) -> Option<usize> {
    let is_peak = |k: &usize| {
        let k = *k;
        m[k] > floor && m[k] > m[k - 1] && m[k] >= m[k + 1] && m[k] > m[k - 2] && m[k] >= m[k + 2]
    };
    (from.max(2)..m.len().saturating_sub(2)).find(is_peak)
}

/// The softest bin between two peaks.
fn valley(magnitudes: &[f32], peak: usize, next: usize) -> usize {
    let between = peak + 1..next;
    between.min_by(|a, b| magnitudes[*a].total_cmp(&magnitudes[*b])).unwrap_or(next)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_bin_belongs_to_one_peak() {
        let magnitudes = [0.0, 1.0, 5.0, 2.0, 1.0, 0.5, 3.0, 7.0, 4.0, 1.0, 0.0];
        let mut found = Vec::new();
        super::for_each(&magnitudes, |peak, bins| found.push((peak, bins)));
        assert_eq!(found, [(2, 0..5), (7, 5..11)]);
        super::for_each(&[0.0; 20], |peak, _| panic!("a peak in silence at {peak}"));
    }
}
