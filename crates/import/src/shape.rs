//! The shape of a JSON text: how deep and how many values. Looked at before it is parsed, because a parsed
//! value takes many times the memory of its text.

use crate::error::ImportError;
use crate::limits;

/// Checks the shape against the limits, in one pass without memory. Whether it is JSON at all is left to
/// the parser.
///
/// # Errors
///
/// When it is nested too deeply or holds too many values.
pub(crate) fn check(text: &[u8]) -> Result<(), ImportError> {
    let (mut depth, mut values, mut in_string, mut escaped) = (0_usize, 1_usize, false, false);
    for &byte in text {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth += 1;
                values += 1;
                if depth > limits::NESTING {
                    return Err(ImportError::TooDeep);
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
    }
    if values > limits::VALUES {
        return Err(ImportError::TooMany { what: "values", most: limits::VALUES });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_texts_do_not_count() {
        let text = format!(r#"{{"a": "{}\"["}}"#, "[".repeat(1_000));
        assert!(check(text.as_bytes()).is_ok());
    }

    #[test]
    fn depth_and_number_are_limited() {
        let deep = "[".repeat(limits::NESTING + 1);
        assert!(matches!(check(deep.as_bytes()), Err(ImportError::TooDeep)));
        let fitting = format!("{}{}", "[".repeat(limits::NESTING), "]".repeat(limits::NESTING));
        assert!(check(fitting.as_bytes()).is_ok());
        let many = format!("[{}", ",".repeat(limits::VALUES));
        assert!(matches!(check(many.as_bytes()), Err(ImportError::TooMany { .. })));
    }
}
