//! Ids: the names a person gives to nodes.
//!
//! An id is 1 to [`ID_BYTES`](limits::ID_BYTES) bytes of letters and digits of any script, `_`, `-`, and
//! single spaces inside. There is no `.` in it, because a port is written `node.port`; and nothing
//! invisible, because an id has to be told from another by eye.

use crate::{Patch, limits};
use thiserror::Error;

/// What is wrong with an id.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdProblem {
    /// There is nothing in it.
    #[error("it is empty; give it at least one letter")]
    Empty,
    /// It is too long.
    #[error("it is longer than {} bytes; shorten it", limits::ID_BYTES)]
    Long,
    /// It holds a character that ids can't have.
    #[error("it contains {0:?}; use letters, digits, '_', '-' and single spaces inside")]
    Character(char),
}

/// Checks an id against the rule above.
///
/// # Errors
///
/// When it breaks the rule; the error says where.
pub fn check_id(id: &str) -> Result<(), IdProblem> {
    if id.is_empty() {
        return Err(IdProblem::Empty);
    }
    if id.len() > limits::ID_BYTES {
        return Err(IdProblem::Long);
    }
    // A space may not come first, last, or after another space.
    let mut after_space = true;
    for character in id.chars() {
        let is_space = character == ' ';
        let allowed = character.is_alphanumeric() || matches!(character, '_' | '-');
        if !(allowed || is_space && !after_space) {
            return Err(IdProblem::Character(character));
        }
        after_space = is_space;
    }
    if after_space { Err(IdProblem::Character(' ')) } else { Ok(()) }
}

/// Whether a node type may have a port, knob or setting of this name, as far as one can tell without
/// knowing the type.
pub(crate) fn is_name(name: &str) -> bool {
    let allowed = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-');
    (1..=limits::NAME_BYTES).contains(&name.len()) && name.chars().all(allowed)
}

/// Whether there may be a node type of this name: names joined by `.`.
pub(crate) fn is_type_id(id: &str) -> bool {
    id.len() <= limits::NAME_BYTES && id.split('.').all(is_name)
}

impl Patch {
    /// An id like `base` that no node has: `base` itself, or with a number behind it. Where it ends in a
    /// number already, that counts on: after `lfo` comes `lfo 2`, after `lfo 2` comes `lfo 3`. A `base` that
    /// breaks the rule for ids becomes `node`.
    ///
    /// Takes a number of look-ups that grows with the logarithm of the copies there are.
    pub fn free_id(&self, base: &str) -> String {
        self.free_id_counted_with(base, ' ')
    }

    /// As [`free_id`](Self::free_id), for a node whose id is the name of a port, in which there is no space:
    /// after `gain` comes `gain-2`.
    pub(crate) fn free_port_id(&self, base: &str) -> String {
        self.free_id_counted_with(base, '-')
    }

    fn free_id_counted_with(&self, base: &str, separator: char) -> String {
        // Room for '-' and any number.
        let base = if check_id(base).is_ok() && base.len() + 12 <= limits::ID_BYTES { base } else { "node" };
        if self.find(base).is_none() {
            return base.to_owned();
        }
        let (stem, separator, first) = counted(base).unwrap_or((base, separator, 1));
        let numbered = |number: u64| format!("{stem}{separator}{number}");
        let is_taken = |number: u64| self.find(&numbered(number)).is_some();
        let mut free = first + 1;
        while is_taken(free) {
            free *= 2;
        }
        // One taken number and one free number close in on each other.
        let mut taken = (free / 2).max(first);
        while free - taken > 1 {
            let middle = taken + (free - taken) / 2;
            if is_taken(middle) {
                taken = middle;
            } else {
                free = middle;
            }
        }
        numbered(free)
    }
}

/// An id in parts, if it is one that counts: its stem, what stands before the number, and that.
fn counted(id: &str) -> Option<(&str, char, u64)> {
    let stem = id.trim_end_matches(|character: char| character.is_ascii_digit());
    let number = &id[stem.len()..];
    let separator = stem.chars().next_back().filter(|last| matches!(last, ' ' | '-' | '_'))?;
    let stem = &stem[..stem.len() - 1];
    // Long numbers are dates and the like, and one with a zero in front would change its look.
    let is_count = (1..=6).contains(&number.len()) && !number.starts_with('0') && !stem.is_empty();
    is_count.then_some(())?;
    Some((stem, separator, number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::OSC;
    use crate::{Edit, Node};

    #[test]
    fn readable_names_are_ids() {
        for id in ["a", "lfo-2", "Bass drum", "größe", "低音", "_", "0"] {
            assert_eq!(check_id(id), Ok(()), "{id:?}");
        }
    }

    #[test]
    fn other_names_are_refused() {
        assert_eq!(check_id(""), Err(IdProblem::Empty));
        assert_eq!(check_id(&"x".repeat(65)), Err(IdProblem::Long));
        for (id, character) in
            [("a.b", '.'), (" a", ' '), ("a ", ' '), ("a  b", ' '), ("a\n", '\n'), ("a\u{202e}b", '\u{202e}')]
        {
            assert_eq!(check_id(id), Err(IdProblem::Character(character)), "{id:?}");
        }
    }

    #[test]
    fn free_ids_are_free_and_count_up() {
        let mut patch = Patch::new();
        for expected in ["osc", "osc 2", "osc 3", "osc 4", "osc 5", "osc 6"] {
            let id = patch.free_id("osc");
            assert_eq!(id, expected);
            patch.apply(Edit::AddNode(Box::new(Node::new(id, &OSC)))).unwrap();
        }
        assert_eq!(patch.free_id("no.good"), "node");
        assert_eq!(patch.free_id("osc 2"), "osc 7", "a copy of a copy counts on");
        for (base, next) in [("kick_1", "kick_2"), ("a-9", "a-10"), ("2024", "2024 2"), ("x 007", "x 007 2")]
        {
            patch.apply(Edit::AddNode(Box::new(Node::new(base, &OSC)))).unwrap();
            assert_eq!(patch.free_id(base), next);
        }
    }
}
