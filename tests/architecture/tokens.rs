//! A lexer for Rust that knows as much as the checks need: it tells names and signs from comments and
//! literals.

/// A part of a source text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'t> {
    /// A name or keyword, without `r#`.
    Word(&'t str),
    /// A string literal as it is written, with its quotes.
    String(&'t str),
    /// Any other character that is no white space.
    Sign(char),
}

/// The tokens of a text, each with its line, counted from 1. Comments, lifetimes, characters and numbers are
/// left out.
pub(crate) fn tokens(text: &str) -> Vec<(usize, Token<'_>)> {
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let (length, token) = next(rest, first);
        if let Some(token) = token {
            tokens.push((line, token));
        }
        line += rest[..length].matches('\n').count();
        at += length;
    }
    tokens
}

/// How long the next token is, and what it is, unless it is none that counts.
fn next(rest: &str, first: char) -> (usize, Option<Token<'_>>) {
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), None);
    }
    if rest.starts_with("/*") {
        return (rest.find("*/").map_or(rest.len(), |end| end + 2), None);
    }
    if let Some(length) = raw_string(rest).or_else(|| plain_string(rest)) {
        return (length, Some(Token::String(&rest[..length])));
    }
    if first == '\'' {
        return (character(rest), None);
    }
    if first.is_ascii_digit() {
        let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
        return (end.unwrap_or(rest.len()), None);
    }
    if first.is_alphabetic() || first == '_' {
        let prefix = if rest.starts_with("r#") { 2 } else { 0 };
        let end = rest[prefix..].find(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let length = end.map_or(rest.len(), |end| end + prefix);
        return (length, Some(Token::Word(&rest[prefix..length])));
    }
    (first.len_utf8(), (!first.is_whitespace()).then_some(Token::Sign(first)))
}

/// The length of a raw string at the beginning of a text.
fn raw_string(rest: &str) -> Option<usize> {
    let hashes = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let content = hashes.trim_start_matches('#');
    let end = format!("\"{}", "#".repeat(hashes.len() - content.len()));
    let content = content.strip_prefix('"')?;
    let start = rest.len() - content.len();
    Some(content.find(&end).map_or(rest.len(), |place| start + place + end.len()))
}

/// The length of a string with escapes at the beginning of a text.
fn plain_string(rest: &str) -> Option<usize> {
    let content = ["b\"", "c\"", "\""].into_iter().find_map(|quote| rest.strip_prefix(quote))?;
    let start = rest.len() - content.len();
    let mut escaped = false;
    for (place, letter) in content.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(start + place + 1),
            _ => {}
        }
    }
    Some(rest.len())
}

/// The length of a character literal or lifetime at the beginning of a text.
fn character(rest: &str) -> usize {
    let mut letters = rest.char_indices().skip(1);
    match (letters.next(), letters.next()) {
        (Some((_, '\\')), Some((after, _))) => {
            rest[after + 1..].find('\'').map_or(rest.len(), |end| after + end + 2)
        }
        (Some(_), Some((place, '\''))) => place + 1,
        // A lifetime: its name is no name of anything else.
        _ => rest[1..]
            .find(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .map_or(rest.len(), |end| end + 1),
    }
}

#[test]
fn names_are_told_from_what_is_quoted() {
    let text = "let r#type: &'a str = \"not this\"; // nor this\n/* nor that */ f('x', '\\'', r#\"or \
        \"this\"\"#, 0x1f_u8)";
    let words: Vec<_> = tokens(text)
        .into_iter()
        .filter_map(|(line, token)| match token {
            Token::Word(word) => Some((line, word)),
            _ => None,
        })
        .collect();
    assert_eq!(words, [(1, "let"), (1, "type"), (1, "str"), (2, "f")]);
    let strings = tokens(text).into_iter().filter(|(_, token)| matches!(token, Token::String(_))).count();
    assert_eq!(strings, 2);
}
