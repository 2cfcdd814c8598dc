//! The notation of note patterns: from text to notes at places in steps.
//!
//! ```text
//! c4 eb4 g#3 7 -5    notes by name, or semitones re C4; without a number the octave is 4
//! .                  a rest
//! _                  the note before goes on
//! [c4 e4 g4]         several in one step
//! <c4 e4>            one after the other, another each time round
//! c4*3               three times in its step
//! c4?                half of the times; c4?20 in 20 % of them
//! c4!                accented
//! ```

use std::str::FromStr;
use thiserror::Error;

/// Most notes and rests of a pattern, with everything that it plays until it comes round to the start.
const MOST_SLOTS: usize = 4096;
/// Most rounds until a pattern with `<` is back at its start.
const MOST_ROUNDS: usize = 64;
/// Most brackets within brackets.
const MOST_DEPTH: usize = 8;
/// Most repeats of a step.
const MOST_REPEATS: usize = 16;
/// The range of semitones re C4.
const SEMITONES: std::ops::RangeInclusive<i32> = -60..=67;

/// Velocities of plain and of accented notes.
const PLAIN: f32 = 0.7;
const ACCENTED: f32 = 1.0;

/// What is wrong with a pattern.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{fault}")]
pub(super) struct NotationError {
    /// In characters, counted from 1.
    pub(super) at: usize,
    /// What is wrong there.
    pub(super) fault: NotationFault,
}

/// See [`NotationError`].
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(super) enum NotationFault {
    #[error("a pattern needs at least one step, such as c4")]
    Empty,
    #[error("'{0}' begins no step; a step is a note (c4, eb3, -5), a rest '.', a tie '_', [..] or <..>")]
    Unknown(char),
    #[error("nothing stands between these brackets; put a note or a rest '.' there")]
    EmptyBrackets,
    #[error("this bracket is not closed; add '{0}'")]
    Open(char),
    #[error("more than 8 brackets within each other")]
    Deep,
    #[error("a note lies between -60 and 67 semitones re C4, C-1 to G9")]
    Range,
    #[error("'*' takes 1 to 16 repeats, c4*3 for example")]
    Repeats,
    #[error("'?' takes a chance of 0 to 100 per cent, c4?20 for example")]
    Chance,
    #[error("the choices in <..> come together only after more than 64 rounds; make their numbers alike")]
    Rounds,
    #[error("more than 4096 notes in all rounds")]
    Long,
}

/// What sounds in a slot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum StepSound {
    Rest,
    /// The note before goes on.
    Tie,
    Note {
        /// In octaves re C4.
        pitch: f32,
        /// 0 to 1.
        velocity: f32,
        /// 0 to 1.
        chance: f32,
    },
}

/// A note, a rest or a tie within a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Slot {
    /// Where it begins and how long it is, in steps.
    pub(super) start: f64,
    pub(super) length: f64,
    pub(super) sound: StepSound,
    /// A tie follows.
    pub(super) goes_on: bool,
}

/// All steps until the pattern is back at its start; at least one, each with at least one slot.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Steps(pub(super) Vec<Vec<Slot>>);

impl FromStr for Steps {
    type Err = NotationError;

    fn from_str(text: &str) -> Result<Self, NotationError> {
        let mut reader = NotationParser { letters: text.chars().collect(), next: 0, depth: 0 };
        let pattern = reader.sequence(None)?;
        if pattern.is_empty() {
            return Err(wrong(0, NotationFault::Empty));
        }
        let rounds = pattern.iter().try_fold(1, |rounds, step| common(rounds, step.rounds()?));
        let rounds = rounds.ok_or_else(|| wrong(0, NotationFault::Rounds))?;
        let mut steps = Vec::new();
        let mut room = MOST_SLOTS;
        for round in 0..rounds {
            for step in &pattern {
                let mut slots = Vec::new();
                let whole = Share { start: 0.0, length: 1.0, chance: 1.0, is_accented: false };
                step.unfold(round, whole, &mut slots, &mut room)
                    .ok_or_else(|| wrong(0, NotationFault::Long))?;
                steps.push(slots);
            }
        }
        Ok(Self(steps).with_ties())
    }
}

impl Steps {
    /// Tells each slot whether a tie follows, the first one following the last.
    fn with_ties(mut self) -> Self {
        let mut is_tie_next = matches!(self.0[0][0].sound, StepSound::Tie);
        for slot in self.0.iter_mut().rev().flat_map(|step| step.iter_mut().rev()) {
            slot.goes_on = is_tie_next;
            is_tie_next = matches!(slot.sound, StepSound::Tie);
        }
        self
    }
}

/// The least common multiple, if it is no more than [`MOST_ROUNDS`].
fn common(a: usize, b: usize) -> Option<usize> {
    (1..=MOST_ROUNDS).find(|rounds| rounds % a == 0 && rounds % b == 0)
}

/// A step as written.
#[derive(Debug)]
struct PatternStep {
    what: What,
    repeats: usize,
    chance: f32,
    is_accented: bool,
}

#[derive(Debug)]
enum What {
    Rest,
    Tie,
    /// Octaves re C4.
    Note(f32),
    /// All of them in one step.
    Together(Vec<PatternStep>),
    /// One a round.
    InTurn(Vec<PatternStep>),
}

/// A part of a step, and what the brackets around it say.
#[derive(Clone, Copy)]
struct Share {
    start: f64,
    length: f64,
    chance: f32,
    is_accented: bool,
}

impl PatternStep {
    /// After how many rounds it is back at its start; none if that is too many.
    fn rounds(&self) -> Option<usize> {
        let (steps, own) = match &self.what {
            What::Together(steps) => (steps, 1),
            What::InTurn(steps) => (steps, steps.len()),
            _ => return Some(1),
        };
        steps
            .iter()
            .try_fold(own, |rounds, step| common(rounds, step.rounds()?))
            .filter(|rounds| *rounds <= MOST_ROUNDS)
    }

    /// Adds the slots of a round; none when there is no room left.
    fn unfold(&self, round: usize, share: Share, slots: &mut Vec<Slot>, room: &mut usize) -> Option<()> {
        let length = share.length / self.repeats as f64;
        for repeat in 0..self.repeats {
            let own = Share {
                start: share.start + length * repeat as f64,
                length,
                chance: share.chance * self.chance,
                is_accented: share.is_accented || self.is_accented,
            };
            self.unfold_once(round, own, slots, room)?;
        }
        Some(())
    }

    fn unfold_once(&self, round: usize, share: Share, slots: &mut Vec<Slot>, room: &mut usize) -> Option<()> {
        let sound = match &self.what {
            What::Together(steps) => {
                let length = share.length / steps.len() as f64;
                return steps.iter().enumerate().try_for_each(|(place, step)| {
                    let part = Share { start: share.start + length * place as f64, length, ..share };
                    step.unfold(round, part, slots, room)
                });
            }
            What::InTurn(steps) => return steps[round % steps.len()].unfold(round, share, slots, room),
            What::Rest => StepSound::Rest,
            What::Tie => StepSound::Tie,
            What::Note(pitch) => {
                let velocity = if share.is_accented { ACCENTED } else { PLAIN };
                StepSound::Note { pitch: *pitch, velocity, chance: share.chance }
            }
        };
        *room = room.checked_sub(1)?;
        slots.push(Slot { start: share.start, length: share.length, sound, goes_on: false });
        Some(())
    }
}

/// A fault at a place, counted from 0.
fn wrong(place: usize, fault: NotationFault) -> NotationError {
    NotationError { at: place + 1, fault }
}

/// Reads a pattern letter by letter.
struct NotationParser {
    letters: Vec<char>,
    next: usize,
    depth: usize,
}

impl NotationParser {
    fn peek(&self) -> Option<char> {
        self.letters.get(self.next).copied()
    }

    /// Goes past the next letter if it is the one.
    fn takes(&mut self, letter: char) -> bool {
        let is_it = self.peek() == Some(letter);
        self.next += usize::from(is_it);
        is_it
    }

    /// Steps up to a closing bracket, or to the end.
    fn sequence(&mut self, closing: Option<char>) -> Result<Vec<PatternStep>, NotationError> {
        let start = self.next;
        let mut steps = Vec::new();
        loop {
            match self.peek() {
                Some(letter) if letter.is_whitespace() => self.next += 1,
                Some(letter) if Some(letter) == closing => {
                    self.next += 1;
                    break;
                }
                Some(_) => steps.push(self.step()?),
                None => match closing {
                    Some(closing) => return Err(wrong(start - 1, NotationFault::Open(closing))),
                    None => return Ok(steps),
                },
            }
        }
        if steps.is_empty() {
            return Err(wrong(start - 1, NotationFault::EmptyBrackets));
        }
        Ok(steps)
    }

    fn step(&mut self) -> Result<PatternStep, NotationError> {
        let mut step = PatternStep { what: self.what()?, repeats: 1, chance: 1.0, is_accented: false };
        loop {
            let place = self.next;
            if self.takes('*') {
                let repeats = self.number().filter(|repeats| (1..=MOST_REPEATS).contains(repeats));
                step.repeats = repeats.ok_or_else(|| wrong(place, NotationFault::Repeats))?;
            } else if self.takes('?') {
                let has_number = self.peek().is_some_and(|letter| letter.is_ascii_digit());
                let percent =
                    if has_number { self.number().filter(|percent| *percent <= 100) } else { Some(50) };
                step.chance = percent.ok_or_else(|| wrong(place, NotationFault::Chance))? as f32 / 100.0;
            } else if self.takes('!') {
                step.is_accented = true;
            } else {
                return Ok(step);
            }
        }
    }

    fn what(&mut self) -> Result<What, NotationError> {
        let place = self.next;
        let letter = self.peek().unwrap_or(' ');
        match letter {
            '.' | '_' => {
                self.next += 1;
                Ok(if letter == '.' { What::Rest } else { What::Tie })
            }
            '[' | '<' => {
                self.next += 1;
                self.depth += 1;
                if self.depth > MOST_DEPTH {
                    return Err(wrong(place, NotationFault::Deep));
                }
                let steps = self.sequence(Some(if letter == '[' { ']' } else { '>' }))?;
                self.depth -= 1;
                Ok(if letter == '[' { What::Together(steps) } else { What::InTurn(steps) })
            }
            _ => {
                let semitones = match letter {
                    'a'..='g' | 'A'..='G' => self.name(),
                    '-' | '0'..='9' => self.signed(),
                    _ => return Err(wrong(place, NotationFault::Unknown(letter))),
                };
                let semitones = semitones.filter(|semitones| SEMITONES.contains(semitones));
                let semitones = semitones.ok_or_else(|| wrong(place, NotationFault::Range))?;
                Ok(What::Note(semitones as f32 / 12.0))
            }
        }
    }

    /// A note's name, in semitones re C4.
    fn name(&mut self) -> Option<i32> {
        let letter = self.peek()?.to_ascii_lowercase();
        self.next += 1;
        let mut semitone = [9, 11, 0, 2, 4, 5, 7][usize::from(letter as u8 - b'a')];
        loop {
            match self.peek() {
                Some('#' | '♯') => semitone += 1,
                Some('b' | '♭') => semitone -= 1,
                _ => break,
            }
            self.next += 1;
        }
        let has_octave = self.peek().is_some_and(|letter| letter == '-' || letter.is_ascii_digit());
        let octave = if has_octave { self.signed()? } else { 4 };
        octave.checked_sub(4)?.checked_mul(12)?.checked_add(semitone)
    }

    fn signed(&mut self) -> Option<i32> {
        let is_negative = self.takes('-');
        let number = i32::try_from(self.number()?).ok()?;
        Some(if is_negative { -number } else { number })
    }

    /// A whole number; none without a digit or when it is far too large.
    fn number(&mut self) -> Option<usize> {
        let start = self.next;
        while self.peek().is_some_and(|letter| letter.is_ascii_digit()) {
            self.next += 1;
        }
        self.letters[start..self.next].iter().collect::<String>().parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Semitones and starts of all notes, step by step.
    fn notes(text: &str) -> Vec<Vec<(f64, i32)>> {
        let steps: Steps = text.parse().unwrap();
        let note = |slot: &Slot| match slot.sound {
            StepSound::Note { pitch, .. } => Some((slot.start, (pitch * 12.0).round() as i32)),
            _ => None,
        };
        steps.0.iter().map(|step| step.iter().filter_map(note).collect()).collect()
    }

    fn fault(text: &str) -> (usize, NotationFault) {
        let error = text.parse::<Steps>().unwrap_err();
        (error.at, error.fault)
    }

    #[test]
    fn notes_have_their_names() {
        let alone = |text: &str| notes(text)[0][0].1;
        for (text, semitones) in [
            ("c4", 0),
            ("C", 0),
            ("a4", 9),
            ("bb3", -2),
            ("F#5", 18),
            ("cb4", -1),
            ("-5", -5),
            ("c-1", -60),
            ("g9", 67),
        ] {
            assert_eq!(alone(text), semitones, "{text}");
        }
    }

    #[test]
    fn brackets_divide_and_take_turns() {
        assert_eq!(notes("0 [1 [2 3]]"), [vec![(0.0, 0)], vec![(0.0, 1), (0.5, 2), (0.75, 3)]]);
        assert_eq!(notes("5*2"), [[(0.0, 5), (0.5, 5)]]);
        let turns = notes("<0 1> <2 3 4>");
        let flat: Vec<i32> = turns.iter().map(|step| step[0].1).collect();
        assert_eq!(flat, [0, 2, 1, 3, 0, 4, 1, 2, 0, 3, 1, 4]);
    }

    #[test]
    fn marks_carry_into_brackets() {
        let steps: Steps = "[c4? d4]!".parse().unwrap();
        let sounds: Vec<StepSound> = steps.0[0].iter().map(|slot| slot.sound).collect();
        let note =
            |semitones: f32, chance| StepSound::Note { pitch: semitones / 12.0, velocity: ACCENTED, chance };
        assert_eq!(sounds, [note(0.0, 0.5), note(2.0, 1.0)]);
        let goes_on: Vec<bool> =
            "c4 _ d4 .".parse::<Steps>().unwrap().0.iter().map(|step| step[0].goes_on).collect();
        assert_eq!(goes_on, [true, false, false, false]);
    }

    #[test]
    fn mistakes_are_named_where_they_are() {
        assert_eq!(fault("  "), (1, NotationFault::Empty));
        assert_eq!(fault("c4 x"), (4, NotationFault::Unknown('x')));
        assert_eq!(fault("c4 [d4 e4"), (4, NotationFault::Open(']')));
        assert_eq!(fault("c4 <>"), (4, NotationFault::EmptyBrackets));
        assert_eq!(fault("c4]"), (3, NotationFault::Unknown(']')));
        assert_eq!(fault("d11"), (1, NotationFault::Range));
        assert_eq!(fault("99999999999999999999"), (1, NotationFault::Range));
        assert_eq!(fault("c4*17"), (3, NotationFault::Repeats));
        assert_eq!(fault("c4?101"), (3, NotationFault::Chance));
        assert_eq!(fault(&"[".repeat(2000)), (9, NotationFault::Deep));
        assert_eq!(fault("<0 0 0 0 0 0 0> <0 0 0 0 0 0 0 0 0 0 0>"), (1, NotationFault::Rounds));
        assert_eq!(fault("[[[[0*16]*16]*16]*16]*16"), (1, NotationFault::Long));
    }

    proptest! {
        /// Any text is a pattern or an error, soon, and slots lie in order within their step.
        #[test]
        fn any_text_is_harmless(text in "[a-g0-9#b._\\[\\]<>*?! -]{0,200}") {
            if let Ok(steps) = text.parse::<Steps>() {
                prop_assert!(steps.0.iter().map(Vec::len).sum::<usize>() <= MOST_SLOTS);
                for step in &steps.0 {
                    prop_assert!(!step.is_empty() && step.is_sorted_by_key(|slot| slot.start));
                    let end = step.last().map_or(0.0, |slot| slot.start + slot.length);
                    prop_assert!((end - 1.0).abs() < 1e-9);
                }
            }
        }
    }
}
