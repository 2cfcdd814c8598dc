//! JSON with positions: a small reader that remembers where every value stood, so that an error about
//! a knob can point at the knob.
//!
//! Strict RFC 8259, and stricter: a key may stand only once in an object, and depth, numbers' lengths
//! and the count of values are limited. It takes time in proportion to the text.

use super::error::{Position, Problem, ReadError};
use crate::hint::excerpt;
use crate::limits;
use std::borrow::Cow;
use std::collections::HashMap;

/// A value and where it starts.
#[derive(Clone, Debug)]
pub(super) struct Json<'t> {
    pub at: Position,
    pub value: Value<'t>,
}

/// A JSON value. Numbers stay text, so that they are rounded once, to the type they are for.
#[derive(Clone, Debug)]
pub(super) enum Value<'t> {
    Null,
    Bool(bool),
    Number(Cow<'t, str>),
    String(Cow<'t, str>),
    Array(Vec<Json<'t>>),
    Object(Vec<Member<'t>>),
}

/// A key, where it starts, and its value.
#[derive(Clone, Debug)]
pub(super) struct Member<'t> {
    pub key: Cow<'t, str>,
    pub at: Position,
    pub value: Json<'t>,
}

/// Reads a whole text.
pub(super) fn parse(text: &str) -> Result<Json<'_>, ReadError> {
    let mut parser = Parser { text, offset: 0, marked: 0, mark: Position::START, depth: 0, values: 0 };
    parser.skip_space();
    if parser.peek().is_none() {
        return Err(parser.error(Problem::Empty));
    }
    let root = parser.value()?;
    parser.skip_space();
    match parser.peek() {
        None => Ok(root),
        Some(_) => Err(parser.expected("the end of the file")),
    }
}

struct Parser<'t> {
    text: &'t str,
    /// The next byte to read; always between characters.
    offset: usize,
    /// `mark` is the position of this byte. Positions are asked for in rising order, so all of them
    /// together cost one pass over the text.
    marked: usize,
    mark: Position,
    depth: usize,
    values: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    /// The position of the next character.
    fn position(&mut self) -> Position {
        let passed = self.text.as_bytes().get(self.marked..self.offset).unwrap_or_default();
        self.mark = self.mark.after(passed);
        self.marked = self.offset;
        self.mark
    }

    fn error(&mut self, problem: Problem) -> ReadError {
        ReadError::new(self.position(), problem)
    }

    /// The error that something else stands here.
    fn expected(&mut self, expected: &'static str) -> ReadError {
        let problem = match self.rest().chars().next() {
            None => Problem::Cut { expected },
            Some(found) => Problem::Syntax { expected, found: excerpt(found.encode_utf8(&mut [0; 4])) },
        };
        self.error(problem)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.offset += 1;
        }
    }

    /// Reads `byte` if it comes next.
    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.offset += usize::from(is_next);
        is_next
    }

    fn value(&mut self) -> Result<Json<'t>, ReadError> {
        let at = self.position();
        self.values += 1;
        if self.values > limits::VALUES {
            return Err(self.error(Problem::TooMany { what: "values", most: limits::VALUES }));
        }
        let value = match self.peek() {
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::array)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(Cow::Borrowed(self.number(at)?)),
            Some(b'a'..=b'z' | b'A'..=b'Z') => self.word(at)?,
            _ => return Err(self.expected("a value")),
        };
        Ok(Json { at, value })
    }

    /// Reads a value that may contain others.
    fn nested(
        &mut self,
        read: fn(&mut Self) -> Result<Value<'t>, ReadError>,
    ) -> Result<Value<'t>, ReadError> {
        if self.depth == limits::NESTING {
            return Err(self.error(Problem::TooDeep));
        }
        self.depth += 1;
        self.offset += 1;
        self.skip_space();
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn array(&mut self) -> Result<Value<'t>, ReadError> {
        let mut items = Vec::new();
        if self.take(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            items.push(self.value()?);
            if !self.goes_on(b']', "',' or ']'")? {
                return Ok(Value::Array(items));
            }
        }
    }

    fn object(&mut self) -> Result<Value<'t>, ReadError> {
        let mut members: Vec<Member<'t>> = Vec::new();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            let at = self.position();
            if self.peek() != Some(b'"') {
                return Err(self.expected("a key in double quotes"));
            }
            let key = self.string()?;
            self.skip_space();
            if !self.take(b':') {
                return Err(self.expected("':'"));
            }
            self.skip_space();
            let value = self.value()?;
            members.push(Member { key, at, value });
            if !self.goes_on(b'}', "',' or '}'")? {
                check_unique(&members)?;
                return Ok(Value::Object(members));
            }
        }
    }

    /// Reads what follows an entry: true for a comma, false for the end.
    fn goes_on(&mut self, end: u8, expected: &'static str) -> Result<bool, ReadError> {
        self.skip_space();
        if self.take(end) {
            return Ok(false);
        }
        if !self.take(b',') {
            return Err(self.expected(expected));
        }
        self.skip_space();
        if self.peek() == Some(end) {
            return Err(self.expected("another entry after the comma"));
        }
        Ok(true)
    }

    fn word(&mut self, at: Position) -> Result<Value<'t>, ReadError> {
        let rest = self.rest();
        let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let word = rest.get(..length).unwrap_or_default();
        self.offset += length;
        match word {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            "null" => Ok(Value::Null),
            "NaN" | "nan" | "Infinity" | "infinity" | "inf" => {
                Err(ReadError::new(at, Problem::NotFinite { written: word.to_owned() }))
            }
            _ => Err(ReadError::new(at, Problem::Syntax { expected: "a value", found: excerpt(word) })),
        }
    }

    /// Reads `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`.
    fn number(&mut self, at: Position) -> Result<&'t str, ReadError> {
        let text = self.rest();
        let start = self.offset;
        self.take(b'-');
        if self.rest().starts_with(['I', 'i', 'N', 'n']) {
            return Err(ReadError::new(at, Problem::NotFinite { written: "-Infinity".to_owned() }));
        }
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _sign = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        let length = self.offset - start;
        if length > limits::NUMBER_BYTES {
            let problem = Problem::TooLong { what: "a number", bytes: length, most: limits::NUMBER_BYTES };
            return Err(ReadError::new(at, problem));
        }
        Ok(text.get(..length).unwrap_or_default())
    }

    fn digits(&mut self) -> Result<(), ReadError> {
        let count = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        self.offset += count;
        if count == 0 { Err(self.expected("a digit")) } else { Ok(()) }
    }

    fn string(&mut self) -> Result<Cow<'t, str>, ReadError> {
        let at = self.position();
        self.offset += 1;
        let mut text = Cow::Borrowed("");
        loop {
            let rest = self.rest();
            let length =
                rest.bytes().take_while(|&byte| byte != b'"' && byte != b'\\' && byte >= 0x20).count();
            let plain = rest.get(..length).unwrap_or_default();
            if text.is_empty() {
                text = Cow::Borrowed(plain);
            } else {
                text.to_mut().push_str(plain);
            }
            self.offset += length;
            match self.peek() {
                Some(b'"') => {
                    self.offset += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.to_mut().push(self.escape()?),
                Some(b'\n' | b'\r') | None => return Err(ReadError::new(at, Problem::OpenText)),
                Some(_) => return Err(self.error(Problem::ControlCharacter)),
            }
        }
    }

    fn escape(&mut self) -> Result<char, ReadError> {
        let at = self.position();
        self.offset += 1;
        let Some(kind) = self.peek() else {
            return Err(self.expected("the rest of a text"));
        };
        let character = match kind {
            b'"' | b'\\' | b'/' => char::from(kind),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.offset += 1;
                let character = self.unicode_escape();
                return character.ok_or_else(|| ReadError::new(at, Problem::BadEscape));
            }
            _ => return Err(ReadError::new(at, Problem::BadEscape)),
        };
        self.offset += 1;
        Ok(character)
    }

    /// Reads the digits of `\uXXXX`, and a second escape if the first is half of a surrogate pair.
    fn unicode_escape(&mut self) -> Option<char> {
        let first = self.four_digits()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        if !(self.take(b'\\') && self.take(b'u')) {
            return None;
        }
        let second = self.four_digits()?;
        if !(0xdc00..0xe000).contains(&second) {
            return None;
        }
        char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))
    }

    fn four_digits(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.offset += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}

/// Refuses a key that stands twice: other readers would silently take one of the two.
fn check_unique(members: &[Member<'_>]) -> Result<(), ReadError> {
    // Most objects have a handful of keys, for which comparing each with each is fastest.
    const FEW: usize = 16;
    let twice = if members.len() <= FEW {
        members.iter().enumerate().find_map(|(count, member)| {
            let first = members.iter().take(count).find(|earlier| earlier.key == member.key)?;
            Some((first.at, member))
        })
    } else {
        let mut seen = HashMap::with_capacity(members.len());
        members.iter().find_map(|member| Some((seen.insert(member.key.as_ref(), member.at)?, member)))
    };
    match twice {
        None => Ok(()),
        Some((first, member)) => {
            Err(ReadError::new(member.at, Problem::DuplicateKey { key: excerpt(&member.key), first }))
        }
    }
}
