//! Standard output: text for people, JSON for programs.

use crate::exit::Failure;
use serde_json::Value;
use std::io::{self, ErrorKind, Write};

/// Prints text that ends in a newline of its own. A reader that has seen enough (`| head`) is no error.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::output(format!("can't write to standard output: {error}; send it elsewhere")))
        }
        _ => Ok(()),
    }
}

/// Prints a value as JSON that people can read too.
pub(crate) fn print_json(value: &Value) -> Result<(), Failure> {
    print(&format!("{value:#}\n"))
}

/// A number of things: `1 node`, `2 nodes`.
pub(crate) fn counted(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// Lines of cells, each column as wide as its widest cell. The last column may wrap as it likes.
pub(crate) fn columns<const N: usize>(rows: &[[String; N]], indent: &str) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    let mut text = String::new();
    for row in rows {
        let mut line = indent.to_owned();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(&format!("{cell:width$}  "));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The text in lines of at most 90 characters.
pub(crate) fn paragraph(text: &str) -> String {
    const WIDTH: usize = 90;
    let mut wrapped = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > WIDTH {
            wrapped.push('\n');
            column = 0;
        } else if column > 0 {
            wrapped.push(' ');
            column += 1;
        }
        wrapped.push_str(word);
        column += length;
    }
    wrapped.push('\n');
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_keep_every_word_in_short_lines() {
        let text = "some words of a long text ".repeat(20);
        let wrapped = paragraph(&text);
        assert!(wrapped.lines().count() > 1 && wrapped.lines().all(|line| line.len() <= 90));
        assert!(wrapped.split_whitespace().eq(text.split_whitespace()));
    }

    #[test]
    fn columns_line_up() {
        let rows = [["a", "b", "c"], ["long", "", "d"]].map(|row| row.map(str::to_owned));
        assert_eq!(columns(&rows, "  "), "  a     b  c\n  long     d\n");
    }
}
