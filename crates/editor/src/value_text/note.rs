//! Notes: names like `C#4`, in octaves re C4.

const NAMES: [&str; 12] = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];

/// The octaves re C4 of a note's name: `C4` is 0, `A4` 0.75, `Bb3` -1/6. Flats are `b`, sharps `#`.
pub fn note_octaves(name: &str) -> Option<f32> {
    let mut rest = name.trim().chars();
    let letter = rest.next()?.to_ascii_lowercase();
    let natural = match letter {
        'c' => 0,
        'd' => 2,
        'e' => 4,
        'f' => 5,
        'g' => 7,
        'a' => 9,
        'b' => 11,
        _ => return None,
    };
    let mut rest = rest.as_str();
    let mut semitone = natural;
    while let Some(sign) = rest.chars().next().filter(|sign| matches!(sign, '#' | '♯' | 'b' | '♭')) {
        semitone += if matches!(sign, '#' | '♯') { 1 } else { -1 };
        rest = &rest[sign.len_utf8()..];
    }
    let octave: i32 = rest.replace('−', "-").parse().ok()?;
    (-9..=20).contains(&octave).then(|| ((octave - 4) * 12 + semitone) as f32 / 12.0)
}

/// The nearest note and how many cents the pitch lies above it: 0.75 gives `("A4", 0)`.
pub fn note_name(octaves: f32) -> (String, i32) {
    let semitones = if octaves.is_finite() { octaves.clamp(-100.0, 100.0) * 12.0 } else { 0.0 };
    let nearest = semitones.round();
    let number = nearest as i32;
    let name = NAMES[number.rem_euclid(12) as usize];
    (format!("{name}{}", 4 + number.div_euclid(12)), ((semitones - nearest) * 100.0).round() as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_there_and_back() {
        for semitone in -48..=72 {
            let octaves = semitone as f32 / 12.0;
            let (name, cents) = note_name(octaves);
            assert_eq!(cents, 0);
            assert!((note_octaves(&name).unwrap() - octaves).abs() < 1e-5, "{name}");
        }
    }

    #[test]
    fn known_notes() {
        assert_eq!(note_octaves("C4"), Some(0.0));
        assert_eq!(note_octaves("a4"), Some(0.75));
        assert_eq!(note_octaves("Bb3"), note_octaves("A#3"));
        assert_eq!(note_octaves("Cb4"), note_octaves("B3"));
        for bad in ["", "H4", "C", "C99", "440", "C4x"] {
            assert_eq!(note_octaves(bad), None, "{bad}");
        }
    }
}
