//! Keyboard maps: which key plays which degree of a scale, as Scala's `.kbm` files say it.
//!
//! Lines that begin with `!` are comments. The others are, one number each: how many keys a pattern has, the
//! first and the last key to retune, the key that the pattern begins with, the key whose frequency is given,
//! that frequency, the degree that the next pattern begins with, and then a degree for each key of the
//! pattern, or `x` for a key that plays nothing. Keys missing at the end are `x`. A pattern of no keys plays
//! the degrees in a row.

use super::scala::{Scala, ScalaError, lines, whole_number};
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::Lanes;

/// Keys of MIDI.
pub(crate) const KEYS: usize = 128;
/// The key of C4, which is 0 octaves.
const C4_KEY: usize = 60;
/// Longest pattern.
const MOST_KEYS: usize = 1 << 12;
/// Highest degree, up and down.
const MOST_DEGREE: i32 = 1 << 16;

/// Where each key sounds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tuning {
    /// In octaves above C4; nothing for a key that is silent.
    keys: [Option<f32>; KEYS],
}

/// A keyboard map.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KeyboardMap {
    /// Degrees from the middle key on; none at all for degrees in a row.
    pattern: Vec<Option<i32>>,
    /// The first and the last key to retune.
    range: [i32; 2],
    middle: i32,
    reference: i32,
    /// Of the reference, in hertz.
    frequency: f32,
    /// The degree that the next pattern begins with.
    octave: i32,
}

impl Default for Tuning {
    /// As ever: twelve equal tones.
    fn default() -> Self {
        Self { keys: std::array::from_fn(|key| Some((key as f32 - C4_KEY as f32) / 12.0)) }
    }
}

impl Tuning {
    /// The pitch of a key in octaves above C4; nothing if it is silent. Keys beyond MIDI's are silent too.
    pub(crate) fn pitch(&self, key: usize) -> Option<f32> {
        self.keys.get(key).copied().flatten()
    }
}

impl KeyboardMap {
    /// What a scale without a map has: C4 is the root, and each key plays the next note.
    pub(crate) const IN_A_ROW: Self = Self {
        pattern: Vec::new(),
        range: [0, KEYS as i32 - 1],
        middle: C4_KEY as i32,
        reference: C4_KEY as i32,
        frequency: C4_HERTZ,
        octave: 0,
    };

    /// Where the keys of a scale sound. Keys outside of the range to retune sound as ever. An error says why
    /// there is no such tuning.
    pub(crate) fn tune(&self, scale: &Scala) -> Result<Tuning, &'static str> {
        let above_middle = |key: i32| self.place(key, scale);
        let reference = above_middle(self.reference)
            .ok_or("its reference key is one that it leaves out; give the frequency of another key")?;
        let offset = Lanes(self.frequency / C4_HERTZ).log2().0 - reference;
        let keys = std::array::from_fn(|key| {
            let number = key as i32;
            if (self.range[0]..=self.range[1]).contains(&number) {
                above_middle(number).map(|pitch| pitch + offset)
            } else {
                Some((key as f32 - C4_KEY as f32) / 12.0)
            }
        });
        Ok(Tuning { keys })
    }

    /// The octaves from the scale's root at the middle key to a key.
    fn place(&self, key: i32, scale: &Scala) -> Option<f32> {
        let steps = key - self.middle;
        if self.pattern.is_empty() {
            return Some(scale.degree(steps));
        }
        let size = self.pattern.len() as i32;
        let degree = self.pattern[steps.rem_euclid(size) as usize]?;
        Some(scale.degree(degree) + steps.div_euclid(size) as f32 * scale.degree(self.octave))
    }

    /// Reads the text of a `.kbm` file.
    pub(crate) fn read(text: &str) -> Result<Self, ScalaError> {
        let end = text.chars().count() + 1;
        let mut lines = lines(text).filter(|(_, line)| !line.is_empty() && !line.starts_with('!'));
        let mut next = |what: &str| {
            lines.next().ok_or_else(|| ScalaError::new(end, &format!("a line is missing: {what}")))
        };
        let (at, size) = next("how many keys the pattern has")?;
        let size = whole_number(size).and_then(|size| usize::try_from(size).ok());
        let size = size.filter(|size| *size <= MOST_KEYS).ok_or_else(|| {
            ScalaError::new(at, &format!("this line says how many keys the pattern has: 0 to {MOST_KEYS}"))
        })?;
        let mut key = |what: &str| {
            let (at, line) = next(what)?;
            let key = whole_number(line).and_then(|key| i32::try_from(key).ok());
            key.filter(|key| (0..KEYS as i32).contains(key)).ok_or_else(|| {
                ScalaError::new(at, &format!("this line says {what}: a MIDI key from 0 to 127"))
            })
        };
        let first = key("the first key to retune")?;
        let last = key("the last key to retune")?;
        let middle = key("the key that the pattern begins with")?;
        let reference = key("the key whose frequency is given")?;
        let (at, line) = next("the frequency of that key")?;
        let frequency = line.split_whitespace().next().and_then(|word| word.parse::<f32>().ok());
        let frequency = frequency.filter(|hertz| (0.01..=100_000.0).contains(hertz)).ok_or_else(|| {
            ScalaError::new(at, "this line says the frequency of the reference key in hertz, such as 440.0")
        })?;
        // Without a pattern nothing repeats, so the line may be missing.
        let octave = match next("the degree that the next pattern begins with") {
            Ok((at, line)) => degree(line).ok_or_else(|| {
                ScalaError::new(at, "this line says the degree that the next pattern begins with, such as 12")
            })?,
            Err(_) if size == 0 => 0,
            Err(fault) => return Err(fault),
        };
        let mut pattern = vec![None; size];
        for (place, (at, line)) in pattern.iter_mut().zip(lines) {
            if line.starts_with(['x', 'X']) {
                continue;
            }
            let degree = degree(line)
                .ok_or_else(|| ScalaError::new(at, "write the degree that this key plays, or x for none"))?;
            *place = Some(degree);
        }
        Ok(Self { pattern, range: [first, last], middle, reference, frequency, octave })
    }
}

/// The degree that a line begins with, which may be negative.
fn degree(line: &str) -> Option<i32> {
    let (sign, digits) = line.strip_prefix('-').map_or((1, line), |rest| (-1, rest));
    let degree = i32::try_from(whole_number(digits)?).ok()?;
    (degree <= MOST_DEGREE).then_some(sign * degree)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seven white keys on a scale of seven notes.
    const WHITE: &str = "! white.kbm\n!\n! Size:\n12\n! First and last:\n0\n127\n! Middle:\n60\n! \
                         Reference:\n69\n440.0\n! Octave:\n7\n! \
                         Mapping:\n0\nx\n1\nx\n2\n3\nx\n4\nx\n5\nx\n6\n";

    const MAJOR: [u8; 7] = [0, 2, 4, 5, 7, 9, 11];

    fn tuned(map: &str, scale: &Scala) -> Tuning {
        KeyboardMap::read(map).unwrap().tune(scale).unwrap()
    }

    /// The pitch in cents above C4 to a thousandth.
    fn cents(tuning: &Tuning, key: usize) -> Option<f64> {
        tuning.pitch(key).map(|pitch| (f64::from(pitch) * 1_200_000.0).round() / 1000.0)
    }

    #[test]
    fn white_keys_play_the_scale_and_black_ones_nothing() {
        let tuning = tuned(WHITE, &Scala::of_semitones(&MAJOR));
        for key in 0..128 {
            let is_white = MAJOR.contains(&((key % 12) as u8));
            let expected = is_white.then_some((key as f64 - 60.0) * 100.0);
            assert_eq!(cents(&tuning, key), expected, "{key}");
        }
        assert_eq!(tuning.pitch(128), None);
    }

    #[test]
    fn a_pattern_of_no_keys_plays_degrees_in_a_row() {
        let fifths = Scala::read("fifths\n1\n3/2\n").unwrap();
        for map in ["0\n0\n127\n60\n60\n261.625565\n0\n", "0\n0\n127\n60\n60\n261.625565"] {
            let tuning = tuned(map, &fifths);
            assert_eq!([59, 60, 62].map(|key| cents(&tuning, key)), [-701.955, 0.0, 1403.91].map(Some));
        }
    }

    #[test]
    fn the_next_pattern_begins_with_the_formal_octave() {
        // Twelve keys, but the pattern is one octave and a fifth higher each time: degree 11 of seven notes.
        let map = WHITE.replace("\n7\n", "\n11\n").replace("\n69\n440.0\n", "\n60\n261.625565\n");
        let tuning = tuned(&map, &Scala::of_semitones(&MAJOR));
        assert_eq!([60, 72, 84, 48].map(|key| cents(&tuning, key)), [0.0, 1900.0, 3800.0, -1900.0].map(Some));
    }

    #[test]
    fn what_is_missing_at_the_end_is_silent_and_what_is_too_much_does_not_count() {
        let short = "4\n0\n127\n60\n60\n261.625565\n2\n0\n1\n";
        let scale = Scala::of_semitones(&[0, 6]);
        let tuning = tuned(short, &scale);
        let keys = [60, 61, 62, 63, 64].map(|key| cents(&tuning, key));
        assert_eq!(keys, [Some(0.0), Some(600.0), None, None, Some(1200.0)]);
        assert_eq!(tuned(&format!("{short}x\nx\n5\nrubbish\n"), &scale), tuning);
    }

    #[test]
    fn keys_out_of_the_range_sound_as_ever() {
        let tuning = tuned("0\n60\n61\n60\n60\n300.0\n0\n", &Scala::of_semitones(&[0]));
        assert_eq!(cents(&tuning, 59), Some(-100.0));
        assert_eq!(cents(&tuning, 62), Some(200.0));
        let ratio = 300.0_f64 / 261.625_565;
        assert!((cents(&tuning, 60).unwrap() - 1200.0 * ratio.log2()).abs() < 0.01);
    }

    #[test]
    fn says_where_a_map_is_wrong() {
        let fault = |text: &str| KeyboardMap::read(text).unwrap_err();
        assert_eq!(fault("").at, 1);
        assert_eq!(fault("many\n").at, 1);
        assert_eq!(fault("0\n0\n128\n60\n60\n440\n0\n").at, 5);
        assert_eq!(fault("0\n0\n127\n60\n60\nA\n0\n").at, 15);
        assert_eq!(
            fault("2\n0\n127\n60\n60\n440\n").problem,
            "a line is missing: the degree that the next pattern begins with"
        );
        assert_eq!(fault("2\n0\n127\n60\n60\n440\n2\n0\ny\n").at, 23);
        let unheard = KeyboardMap::read("2\n0\n127\n60\n61\n440\n2\n0\nx\n").unwrap();
        assert!(unheard.tune(&Scala::of_semitones(&[0])).unwrap_err().contains("reference key"));
    }
}
