//! When gates and triggers open.

/// The frames at which a gate signal opens, with the hysteresis that all gates have.
pub fn rises(samples: &[f32]) -> Vec<usize> {
    let mut is_open = false;
    let rise = |(frame, sample): (usize, &f32)| {
        let was_open = is_open;
        is_open = if was_open { *sample >= 0.4 } else { *sample > 0.5 };
        (is_open && !was_open).then_some(frame)
    };
    samples.iter().enumerate().filter_map(rise).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn small_changes_are_no_rises() {
        assert_eq!(super::rises(&[0.6, 0.45, 0.51, 0.39, 0.45, 0.51, 0.0]), [0, 5]);
    }
}
