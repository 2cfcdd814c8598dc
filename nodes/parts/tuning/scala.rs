//! Scala files: tunings as text, as M. Op de Coul's program of that name writes them.
//!
//! Lines that begin with `!` are remarks. The first other line describes the scale, the second says how many
//! notes follow, then each line has a note: in cents when there is a point in it, else as a ratio such as
//! `3/2` or `2`. Spaces may stand within a note, and what stands behind it is a remark. The last note is the
//! period, mostly the octave; a scale without notes has its root alone.

use jackfield_node::dsp::Lanes;

/// Most notes a scale may have.
const MOST_NOTES: usize = 1 << 16;
/// The farthest a note may lie from the root, in octaves.
const FARTHEST: f32 = 20.0;
/// A period shorter than this, in octaves, is none: a cent.
const SHORTEST_PERIOD: f32 = 1.0 / 1200.0;

/// A scale: notes in octaves above the root, without the root, in the order of the file. The last one is the
/// period.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scala {
    degrees: Vec<f32>,
}

/// Where a text is no Scala file, or no keyboard map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScalaError {
    /// The character, counted from 1.
    pub(crate) at: usize,
    /// What is wrong there and what would be right.
    pub(crate) problem: String,
}

impl ScalaError {
    pub(super) fn new(at: usize, problem: &str) -> Self {
        Self { at, problem: problem.to_owned() }
    }

    /// The line of the text it lies in, counted from 1.
    pub(crate) fn line(&self, text: &str) -> usize {
        lines(text).take_while(|(start, _)| *start <= self.at).count().max(1)
    }
}

impl Scala {
    /// A scale of the twelve tones, which repeats each octave.
    pub(crate) fn of_semitones(semitones: &[u8]) -> Self {
        let above_root = semitones.iter().filter(|note| **note > 0);
        Self { degrees: above_root.map(|note| f32::from(*note) / 12.0).chain([1.0]).collect() }
    }

    /// How far up the scale repeats, in octaves; nothing if it does not.
    pub(crate) fn period(&self) -> Option<f32> {
        self.degrees.last().map(|period| period.abs()).filter(|period| *period >= SHORTEST_PERIOD)
    }

    /// The notes within a period, in octaves above the root, upwards from the root; all notes of a scale that
    /// does not repeat.
    pub(crate) fn notes(&self) -> Vec<f32> {
        let period = self.period();
        let within = |note: f32| match period {
            Some(period) => note - (note / period).floor() * period,
            None => note,
        };
        let count = self.degrees.len() - usize::from(period.is_some());
        let mut notes: Vec<f32> = self.degrees[..count].iter().map(|note| within(*note)).collect();
        notes.retain(|note| period.is_none_or(|period| *note < period));
        notes.push(0.0);
        notes.sort_by(f32::total_cmp);
        notes.dedup();
        notes
    }

    /// How many degrees a period has; 1 for a scale of its root alone.
    pub(super) fn size(&self) -> i32 {
        self.degrees.len().max(1) as i32
    }

    /// A degree in octaves above the root, which is degree 0, also above and below the scale's own.
    pub(super) fn degree(&self, degree: i32) -> f32 {
        let period = self.degrees.last().copied().unwrap_or(0.0);
        let within = match degree.rem_euclid(self.size()) {
            0 => 0.0,
            degree => self.degrees[degree as usize - 1],
        };
        within + degree.div_euclid(self.size()) as f32 * period
    }

    /// Reads the text of a Scala file.
    pub(crate) fn read(text: &str) -> Result<Self, ScalaError> {
        let end = text.chars().count() + 1;
        let mut lines = lines(text).filter(|(_, line)| !line.starts_with('!'));
        let (_, about) = lines
            .next()
            .ok_or_else(|| ScalaError::new(end, "a Scala file begins with a line that describes it"))?;
        let mut next = || {
            lines.next().ok_or_else(|| ScalaError::new(end, "the second line says how many notes there are"))
        };
        let mut second = next()?;
        // The name of the file, which mostly comes first as a remark, may stand there without its `!`.
        let is_name = about.rsplit('.').next().is_some_and(|ending| ending.eq_ignore_ascii_case("scl"));
        if is_name && whole_number(second.1).is_none() {
            second = next()?;
        }
        let (at, count) = second;
        let count = whole_number(count)
            .ok_or_else(|| ScalaError::new(at, "this line says how many notes follow, as a whole number"))?;
        let count = usize::try_from(count).ok().filter(|count| *count <= MOST_NOTES);
        let count =
            count.ok_or_else(|| ScalaError::new(at, &format!("a scale has at most {MOST_NOTES} notes")))?;
        let mut degrees = Vec::new();
        for number in 1..=count {
            let (at, line) = lines.find(|(_, line)| !line.is_empty()).ok_or_else(|| {
                ScalaError::new(end, &format!("note {number} of {count} is missing; count the lines again"))
            })?;
            let octaves = octaves(line).ok_or_else(|| {
                // A file may be anything: its beginning is enough.
                let word: String = line.split_whitespace().next().unwrap_or("").chars().take(24).collect();
                let hint = "write cents such as 701.955 or a ratio such as 3/2";
                ScalaError::new(at, &format!("'{word}' is no note; {hint}"))
            })?;
            if octaves.abs() > FARTHEST {
                return Err(ScalaError::new(
                    at,
                    &format!("a note lies within {FARTHEST} octaves of the root"),
                ));
            }
            degrees.push(octaves);
        }
        Ok(Self { degrees })
    }
}

/// The lines and the character each starts at, counted from 1; blank ones too. They end as on any system.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = Some(text);
    let mut at = 1;
    std::iter::from_fn(move || {
        let text = rest?;
        let start = at;
        let Some(end) = text.find(['\n', '\r']) else {
            rest = None;
            return Some((start, text.trim()));
        };
        let behind = &text[end..];
        let ending = if behind.starts_with("\r\n") { 2 } else { 1 };
        rest = Some(&behind[ending..]);
        at += text[..end].chars().count() + ending;
        Some((start, text[..end].trim()))
    })
}

/// The whole number that a line begins with.
pub(super) fn whole_number(line: &str) -> Option<u64> {
    let (digits, _) = digits(line);
    digits.parse().ok()
}

/// The digits that a text begins with, and what follows.
fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len()))
}

/// The note that a line begins with, in octaves: cents have a point, ratios have none.
fn octaves(line: &str) -> Option<f32> {
    let (sign, unsigned) = match line.strip_prefix('-') {
        Some(rest) => (-1.0, rest.trim_start()),
        None => (1.0, line.strip_prefix('+').unwrap_or(line).trim_start()),
    };
    let (whole, behind) = digits(unsigned);
    if let Some(behind) = behind.strip_prefix('.') {
        let (fraction, _) = digits(behind);
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let cents: f64 = format!("{whole}.{fraction}0").parse().ok()?;
        return (cents.is_finite()).then_some((sign * cents / 1200.0) as f32);
    }
    // A comma is what some countries write for the point: it would make a ratio of cents.
    if sign < 0.0 || whole.is_empty() || behind.starts_with(',') {
        return None;
    }
    let below = match behind.trim_start().strip_prefix('/') {
        Some(below) => digits(below.trim_start()).0,
        None => "1",
    };
    let [above, below] = [whole, below].map(|digits| digits.parse::<f64>().unwrap_or(0.0));
    let ratio = above / below;
    (above > 0.0 && below > 0.0 && ratio.is_normal()).then(|| Lanes(ratio as f32).log2().0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const JUST: &str =
        "! just.scl\n!\nJust major\n 7\n!\n 9/8\n 5/4 the third\n 4/3\n 701.955\n 5/3\n 15/8\n 2/1\n";

    /// The notes of a text in cents, to a thousandth.
    fn cents(text: &str) -> Vec<f64> {
        let notes = Scala::read(text).unwrap().notes();
        notes.iter().map(|note| (f64::from(*note) * 1_200_000.0).round() / 1000.0).collect()
    }

    /// One note in an octave, in cents.
    fn note(line: &str) -> f64 {
        cents(&format!("one\n2\n{line}\n2/1\n"))[1]
    }

    #[test]
    fn the_name_of_the_file_may_lack_its_mark() {
        assert_eq!(cents("spaces.scl\nA third and a fifth\n 2\n 5 / 3\n 2/1\n"), [0.0, 884.359]);
        assert_eq!(cents("remark.scl\nA remark\n 2\n 3/2!fifth\n 2/1\n"), [0.0, 701.955]);
        assert_eq!(cents("just.scl\n 2\n 3/2\n 2/1\n"), [0.0, 701.955]);
        assert_eq!(Scala::read("just.scl\nof two notes\n").unwrap_err().at, 23);
    }

    #[test]
    fn reads_ratios_and_cents() {
        let scale = Scala::read(JUST).unwrap();
        let notes = scale.notes();
        assert_eq!((notes.len(), scale.period()), (7, Some(1.0)));
        for (note, ratio) in notes.iter().zip([1.0_f64, 1.125, 1.25, 4.0 / 3.0, 1.5, 5.0 / 3.0, 1.875]) {
            let cents = (f64::from(*note) - ratio.log2()) * 1200.0;
            assert!(cents.abs() < 0.001, "{ratio}: {cents} cents off");
        }
    }

    #[test]
    fn spaces_within_a_note_and_remarks_behind_it_are_no_part_of_it() {
        for line in
            ["5/3", " 5/3 ", "5 / 3", "5\t/\t3", "5/ 3 sixth", "5 /3!", "5/3sixth", "+5/3", "10/6 / 7"]
        {
            assert_eq!(note(line), 884.359, "{line:?}");
        }
        for line in ["386.31", "386.31cents", "386.31 cents", "386.31!", "+386.31", "386.310000", "0386.31E"]
        {
            assert_eq!(note(line), 386.31, "{line:?}");
        }
        assert_eq!(note("2957/2048!remark"), 635.902);
        assert_eq!((note("408."), note(".5"), note("3!")), (408.0, 0.5, 701.955));
    }

    #[test]
    fn numbers_may_be_long() {
        // The Pythagorean comma, and a fifth of very large numbers.
        assert_eq!(note("531441/524288"), 23.46);
        assert_eq!(note("150094635296999121/144115188075855872"), 70.38);
        assert_eq!(note(&format!("3{0}/2{0}", "0".repeat(60))), 701.955);
        assert_eq!(note("701.95500086538741774000000000000000000000001"), 701.955);
    }

    #[test]
    fn lines_end_as_on_any_system() {
        for text in [JUST.replace('\n', "\r"), JUST.replace('\n', "\r\n"), JUST.trim_end().to_owned()] {
            assert_eq!(Scala::read(&text), Scala::read(JUST));
        }
        let fault = Scala::read("name\r2\r3/2\r2/0").unwrap_err();
        assert_eq!((fault.at, fault.line("name\r2\r3/2\r2/0")), (12, 4));
        let fault = Scala::read("name\r\n2\r\n3/2\r\nx").unwrap_err();
        assert_eq!(fault.line("name\r\n2\r\n3/2\r\nx"), 4);
    }

    #[test]
    fn the_period_need_not_be_an_octave_nor_the_notes_in_order() {
        let scale = Scala::read("Bohlen-Pierce, some of it\n3\n5/3\n-1.5\n3/1\n").unwrap();
        let period = scale.period().unwrap();
        assert!((f64::from(period) - 3.0_f64.log2()).abs() < 1e-6);
        assert!(scale.notes().iter().all(|note| (0.0..period).contains(note)), "{scale:?}");
    }

    #[test]
    fn a_scale_may_go_down_or_not_repeat_or_have_no_notes() {
        assert_eq!(cents("down\n3\n-200.\n-500.\n1/2\n"), [0.0, 700.0, 1000.0]);
        let down = Scala::read("down\n3\n-200.\n-500.\n1/2\n").unwrap();
        assert_eq!((down.period(), down.degree(3), down.degree(-3)), (Some(1.0), -1.0, 1.0));
        assert_eq!(cents("none\n0\n"), [0.0]);
        assert_eq!(Scala::read("none\n0\n").unwrap().period(), None);
        let once = Scala::read("once\n2\n300.\n1/1\n").unwrap();
        assert_eq!((once.period(), once.notes()), (None, vec![0.0, 0.25]));
    }

    #[test]
    fn a_scale_may_have_many_notes() {
        let text = (1..=2_000).fold("many\n2000\n".to_owned(), |text, note| format!("{text}{note}.0\n"));
        assert_eq!(Scala::read(&text).unwrap().notes().len(), 2_000);
    }

    #[test]
    fn degrees_go_on_above_and_below() {
        let scale = Scala::read(JUST).unwrap();
        assert_eq!((scale.degree(0), scale.degree(7), scale.degree(-7)), (0.0, 1.0, -1.0));
        assert_eq!(scale.degree(8), 1.0 + scale.degree(1));
        assert_eq!(Scala::of_semitones(&[0, 4, 7]).degree(2), 7.0 / 12.0);
    }

    #[test]
    fn says_where_a_text_is_wrong() {
        let at = |text: &str| Scala::read(text).unwrap_err().at;
        assert_eq!(at("! only a remark"), 16);
        assert_eq!(at("name\nmany\n"), 6);
        assert_eq!(at("name\n-1\n"), 6);
        assert_eq!(at("name\n99999999999999999999\n"), 6);
        assert_eq!(at("name\n2\n3/2\n"), 12, "a blank line is no note");
        assert_eq!(at("name\n2\n3/2"), 11);
        assert_eq!(at("name\n2\n3/2\n2/0"), 12);
        for line in
            ["x/2", "-5/4", "0", "0/3", "3/", "3/x", "701,955", ".", "-", "/2", "1e30.0x/", "inf.", "cents"]
        {
            // "1e30.0" is the ratio 1 with a remark, which can't be the only note of a scale that goes on.
            let wrong = Scala::read(&format!("name\n2\n{line}\n2")).map(|scale| scale.notes().len());
            assert!(wrong == Ok(1) || wrong.is_err_and(|fault| fault.at == 8), "{line}");
        }
        assert_eq!(at("name\n1\n99999.0"), 8);
    }
}
