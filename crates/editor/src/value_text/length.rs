//! Note lengths: `1/8`, `1/8t` for a triplet's, `1/8d` for a dotted one.

/// Beats (quarter notes) of a note's length; nothing for a text that is none.
pub fn note_beats(text: &str) -> Option<f32> {
    let text = text.trim().to_lowercase();
    let (length, factor) = match text.strip_suffix(['t', 'd', '.']) {
        Some(length) if text.ends_with('t') => (length, 2.0 / 3.0),
        Some(length) => (length, 1.5),
        None => (text.as_str(), 1.0),
    };
    let (count, divisor) = length.split_once('/')?;
    let (count, divisor): (u16, u16) = (count.trim().parse().ok()?, divisor.trim().parse().ok()?);
    let is_length = (1..=64).contains(&count) && divisor.is_power_of_two() && divisor <= 64;
    is_length.then(|| 4.0 * factor * f32::from(count) / f32::from(divisor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_notes() {
        for (text, beats) in [
            ("1/4", 1.0),
            ("1/8", 0.5),
            ("1/8t", 1.0 / 3.0),
            ("1/8d", 0.75),
            ("1/16.", 0.375),
            ("3/4", 3.0),
            ("1/1", 4.0),
        ] {
            let found = note_beats(text).unwrap();
            assert!((found - beats).abs() < 1e-6, "{text}: {found}");
        }
        for text in ["", "1", "1/3", "0/4", "1/0", "1/128", "-1/4", "1/4 s", "t", "/"] {
            assert_eq!(note_beats(text), None, "{text}");
        }
    }
}
