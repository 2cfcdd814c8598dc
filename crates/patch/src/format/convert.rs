//! JSON values as what they should be, with an error at the right place where they are not.

use super::error::{Problem, ReadError};
use super::json::{Json, Member, Value};
use crate::hint::excerpt;

impl<'t> Json<'t> {
    /// An error about this value.
    pub(super) fn error(&self, problem: Problem) -> ReadError {
        ReadError::new(self.at, problem)
    }

    /// The error that `what` should be something else.
    pub(super) fn wrong_type(&self, what: &str, expected: impl Into<String>) -> ReadError {
        self.error(Problem::WrongType {
            what: what.to_owned(),
            expected: expected.into(),
            found: self.shown(),
        })
    }

    /// The value in a few words, for messages.
    pub(super) fn shown(&self) -> String {
        match &self.value {
            Value::Null => "null".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Number(text) => excerpt(text),
            Value::String(text) => format!("'{}'", excerpt(text)),
            Value::Array(items) => format!("an array of length {}", items.len()),
            Value::Object(_) => "an object".to_owned(),
        }
    }

    pub(super) fn as_str(&self, what: &str) -> Result<&str, ReadError> {
        match &self.value {
            Value::String(text) => Ok(text),
            _ => Err(self.wrong_type(what, "a text")),
        }
    }

    /// A text of at most so many bytes.
    pub(super) fn as_text(&self, what: &'static str, most: usize) -> Result<String, ReadError> {
        let text = self.as_str(what)?;
        if text.len() > most {
            return Err(self.error(Problem::TooLong { what, bytes: text.len(), most }));
        }
        Ok(text.to_owned())
    }

    pub(super) fn as_bool(&self, what: &str) -> Result<bool, ReadError> {
        match self.value {
            Value::Bool(value) => Ok(value),
            _ => Err(self.wrong_type(what, "true or false")),
        }
    }

    /// A finite number. Zero has no sign.
    pub(super) fn as_f32(&self, what: &str) -> Result<f32, ReadError> {
        let Value::Number(text) = &self.value else {
            return Err(self.wrong_type(what, "a number"));
        };
        match text.parse::<f32>() {
            Ok(value) if value.is_finite() => Ok(value + 0.0),
            _ => Err(self.error(Problem::Huge { written: excerpt(text) })),
        }
    }

    /// A whole number.
    pub(super) fn as_u32(&self, what: &str) -> Result<u32, ReadError> {
        match &self.value {
            Value::Number(text) => text.parse().ok(),
            _ => None,
        }
        .ok_or_else(|| self.wrong_type(what, format!("a whole number from 0 to {}", u32::MAX)))
    }

    pub(super) fn into_array(self, what: &str) -> Result<Vec<Json<'t>>, ReadError> {
        match self.value {
            Value::Array(items) => Ok(items),
            _ => Err(self.wrong_type(what, "an array")),
        }
    }

    pub(super) fn into_object(self, what: &str) -> Result<Vec<Member<'t>>, ReadError> {
        match self.value {
            Value::Object(members) => Ok(members),
            _ => Err(self.wrong_type(what, "an object")),
        }
    }

    /// The value without positions, to be kept. Numbers are kept as 64-bit integers where they are
    /// whole and fit, else as 64-bit floats.
    pub(super) fn into_kept(self) -> Result<serde_json::Value, ReadError> {
        Ok(match self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => value.into(),
            Value::Number(ref text) => match kept_number(text) {
                Some(number) => number.into(),
                None => return Err(self.error(Problem::Huge { written: excerpt(text) })),
            },
            Value::String(text) => text.into_owned().into(),
            Value::Array(items) => {
                items.into_iter().map(Json::into_kept).collect::<Result<Vec<_>, _>>()?.into()
            }
            Value::Object(members) => into_kept_members(members)?.into(),
        })
    }
}

/// The members without positions, to be kept.
pub(super) fn into_kept_members(
    members: Vec<Member<'_>>,
) -> Result<serde_json::Map<String, serde_json::Value>, ReadError> {
    members.into_iter().map(|member| Ok((member.key.into_owned(), member.value.into_kept()?))).collect()
}

/// The same number for every way to write it, so that writing and reading it changes nothing.
fn kept_number(text: &str) -> Option<serde_json::Number> {
    if let Ok(whole) = text.parse::<u64>() {
        return Some(whole.into());
    }
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    let value: f64 = text.parse().ok()?;
    // Both bounds are exact: the smallest i64, and one more than the largest u64.
    let is_whole =
        value.fract() == 0.0 && (-9_223_372_036_854_775_808.0..18_446_744_073_709_551_616.0).contains(&value);
    match is_whole {
        true if value < 0.0 => Some((value as i64).into()),
        true => Some((value as u64).into()),
        false => serde_json::Number::from_f64(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_numbers_are_whole_where_they_can_be() {
        for (written, kept) in [
            ("0", "0"),
            ("-0.0", "0"),
            ("1e3", "1000"),
            ("-5e9", "-5000000000"),
            ("18446744073709551615", "18446744073709551615"),
            ("-9223372036854775808.0", "-9223372036854775808"),
            ("18446744073709551616", "1.8446744073709552e+19"),
            ("0.1", "0.1"),
        ] {
            assert_eq!(kept_number(written).unwrap().to_string(), kept, "{written}");
        }
        assert_eq!(kept_number("1e309"), None);
    }
}
