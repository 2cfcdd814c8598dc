//! Hints ("did you mean ...?") and excerpts: the parts of messages that quote what a person wrote.

use crate::limits;
use std::fmt;

/// The likely meaning of a word that means nothing where it stands, as the tail of a sentence; nothing when
/// there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hint(Option<Meant>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Meant {
    /// Another word.
    Word(Box<str>),
    /// What this sentence says.
    Sentence(Box<str>),
}

impl Hint {
    /// The candidate most like `word`, if one is near enough.
    pub(crate) fn among<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Self {
        // Likeness takes time in proportion to both lengths, and nothing that long has a name.
        if word.len() > limits::NAME_BYTES {
            return Self(None);
        }
        Self::word_or_none(jackfield_node::suggest(word, candidates))
    }

    /// This word, if there is one.
    pub(crate) fn word_or_none(word: Option<&str>) -> Self {
        Self(word.map(|word| Meant::Word(word.into())))
    }

    /// What to do instead.
    pub(crate) fn sentence(sentence: impl Into<Box<str>>) -> Self {
        Self(Some(Meant::Sentence(sentence.into())))
    }

    /// This hint, or else another one.
    pub(crate) fn or_else(self, other: impl FnOnce() -> Self) -> Self {
        if self.0.is_some() { self } else { other() }
    }

    /// The suggested word.
    pub fn word(&self) -> Option<&str> {
        match &self.0 {
            Some(Meant::Word(word)) => Some(word),
            _ => None,
        }
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(Meant::Word(word)) => write!(f, "; did you mean '{word}'?"),
            Some(Meant::Sentence(sentence)) => write!(f, "; {sentence}"),
            None => Ok(()),
        }
    }
}

/// A text as a message may show it: shortened, and without control characters, so that a file can't
/// write to the terminal what it likes.
pub(crate) fn excerpt(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut shown: String =
        text.chars().take(SHOWN).map(|c| if is_plain(c) { c } else { '\u{fffd}' }).collect();
    if text.len() > shown.len() && text.chars().nth(SHOWN).is_some() {
        shown.push_str("...");
    }
    shown
}

/// Whether a character shows itself and leaves its neighbours alone.
fn is_plain(character: char) -> bool {
    // Zero-width characters hide, direction marks reorder what stands beside them.
    let is_invisible = matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{feff}')
        || matches!(character, '\u{2066}'..='\u{2069}');
    !character.is_control() && !is_invisible
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_end_a_sentence() {
        assert_eq!(Hint::among("cutof", ["resonance", "cutoff"]).to_string(), "; did you mean 'cutoff'?");
        assert_eq!(Hint::among("zzz", ["resonance", "cutoff"]).to_string(), "");
        assert_eq!(Hint::among(&"cutoff".repeat(1000), ["cutoff"]).word(), None);
    }

    #[test]
    fn excerpts_are_short_and_plain() {
        assert_eq!(excerpt("größe"), "größe");
        assert_eq!(excerpt("a\u{1b}[31mb\u{202e}"), "a\u{fffd}[31mb\u{fffd}");
        assert_eq!(excerpt(&"x".repeat(1000)), "x".repeat(60) + "...");
        assert_eq!(excerpt(&"ü".repeat(60)), "ü".repeat(60));
    }
}
