//! Scala files: tunings as text, as M. Op de Coul's program of that name writes them.
//!
//! Lines that begin with `!` are remarks. The first other line describes the scale, the second says how many
//! notes follow, then each line has a note: in cents when there is a point in it, else as a ratio such as
//! `3/2` or `2`. What stands behind a note is a remark. The last note is the period, mostly the octave.

use jackfield_node::dsp::Lanes;

/// Most notes a scale may have.
pub(super) const MOST_NOTES: usize = 256;
/// The farthest a note may lie from the root, in octaves.
const FARTHEST: f32 = 20.0;

/// A scale: notes in octaves above the root, and where it repeats.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scala {
    /// Without the root and the period; in any order.
    pub(super) notes: Vec<f32>,
    /// Above 0.
    pub(super) period: f32,
}

/// Where a text is no Scala file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ScalaError {
    /// The character, counted from 1.
    pub(super) at: usize,
    /// What is wrong there and what would be right.
    pub(super) problem: String,
}

impl ScalaError {
    /// The line of the text it lies in, counted from 1.
    pub(super) fn line(&self, text: &str) -> usize {
        1 + text.chars().take(self.at - 1).filter(|letter| *letter == '\n').count()
    }
}

impl Scala {
    /// A scale of the twelve tones.
    pub(super) fn of_semitones(semitones: &[u8]) -> Self {
        Self { notes: semitones.iter().map(|note| f32::from(*note) / 12.0).collect(), period: 1.0 }
    }

    /// Reads the text of a Scala file.
    pub(super) fn read(text: &str) -> Result<Self, ScalaError> {
        let end = text.chars().count() + 1;
        let fault = |at: usize, problem: &str| ScalaError { at, problem: problem.to_owned() };
        let mut lines = lines(text).filter(|(_, line)| !line.starts_with('!'));
        lines.next().ok_or_else(|| fault(end, "a Scala file begins with a line that describes it"))?;
        let (at, count) =
            lines.next().ok_or_else(|| fault(end, "the second line says how many notes there are"))?;
        let count: usize = word(count)
            .parse()
            .map_err(|_| fault(at, "this line says how many notes follow, as a whole number"))?;
        if !(1..=MOST_NOTES).contains(&count) {
            return Err(fault(at, &format!("a scale has 1 to {MOST_NOTES} notes")));
        }
        let mut notes = Vec::with_capacity(count);
        for number in 1..=count {
            let (at, line) = lines.find(|(_, line)| !line.is_empty()).ok_or_else(|| {
                fault(end, &format!("note {number} of {count} is missing; count the lines again"))
            })?;
            let octaves = octaves(word(line)).ok_or_else(|| {
                // A file may be anything: its beginning is enough.
                let word: String = word(line).chars().take(24).collect();
                let hint = "write cents such as 701.955 or a ratio such as 3/2";
                fault(at, &format!("'{word}' is no note; {hint}"))
            })?;
            if octaves.abs() > FARTHEST {
                return Err(fault(at, &format!("a note lies within {FARTHEST} octaves of the root")));
            }
            notes.push((at, octaves));
        }
        let (at, period) = notes.pop().expect("there is at least one note");
        if period < 1.0 / 1200.0 {
            return Err(fault(at, "the last note is where the scale repeats, so it lies above the root"));
        }
        let within = |octaves: f32| octaves - (octaves / period).floor() * period;
        Ok(Self { notes: notes.into_iter().map(|(_, note)| within(note)).collect(), period })
    }
}

/// The lines and the character each starts at, counted from 1; blank ones too.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 1;
    text.split('\n').map(move |line| {
        let start = at;
        at += line.chars().count() + 1;
        (start, line.trim())
    })
}

/// What stands before the first space.
fn word(line: &str) -> &str {
    line.split_whitespace().next().unwrap_or("")
}

/// A note in octaves: cents have a point, ratios have none.
fn octaves(note: &str) -> Option<f32> {
    if note.contains('.') {
        let cents: f64 = note.parse().ok()?;
        return cents.is_finite().then_some((cents / 1200.0) as f32);
    }
    let whole = |digits: &str| digits.parse::<u32>().ok().filter(|number| *number > 0).map(f64::from);
    let (above, below) = note.split_once('/').unwrap_or((note, "1"));
    let ratio = whole(above)? / whole(below)?;
    Some(Lanes(ratio as f32).log2().0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const JUST: &str =
        "! just.scl\n!\nJust major\n 7\n!\n 9/8\n 5/4 the third\n 4/3\n 701.955\n 5/3\n 15/8\n 2/1\n";

    #[test]
    fn reads_ratios_and_cents() {
        let scale = Scala::read(JUST).unwrap();
        assert_eq!((scale.notes.len(), scale.period), (6, 1.0));
        for (note, ratio) in scale.notes.iter().zip([1.125_f64, 1.25, 4.0 / 3.0, 1.5, 5.0 / 3.0, 1.875]) {
            let cents = (f64::from(*note) - ratio.log2()) * 1200.0;
            assert!(cents.abs() < 0.001, "{ratio}: {cents} cents off");
        }
    }

    #[test]
    fn the_period_need_not_be_an_octave_nor_the_notes_in_order() {
        let scale = Scala::read("Bohlen-Pierce, some of it\n3\n5/3\n-1.5\n3/1\n").unwrap();
        assert!((f64::from(scale.period) - 3.0_f64.log2()).abs() < 1e-6);
        assert!(scale.notes.iter().all(|note| (0.0..scale.period).contains(note)), "{scale:?}");
    }

    #[test]
    fn says_where_a_text_is_wrong() {
        let at = |text: &str| Scala::read(text).unwrap_err().at;
        assert_eq!(at("! only a remark"), 16);
        assert_eq!(at("name\nmany\n"), 6);
        assert_eq!(at("name\n0\n"), 6);
        assert_eq!(at("name\n99999999999999999999\n"), 6);
        assert_eq!(at("name\n2\n3/2\n"), 12, "a blank line is no note");
        assert_eq!(at("name\n2\n3/2"), 11);
        assert_eq!(at("name\n2\n3/2\n2/0"), 12);
        assert_eq!(at("name\n2\nx/2\n2"), 8);
        assert_eq!(at("name\n1\n1/1"), 8);
        assert_eq!(at("name\n1\n1e30.0"), 8);
        assert_eq!(at("name\n1\ninf.\n"), 8);
    }
}
