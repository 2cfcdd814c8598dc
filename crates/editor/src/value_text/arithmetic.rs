//! Arithmetic: `440*2`, `(3 + 4) / 2`. A text begins with it; what stands behind is a unit.

/// What a text begins with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Computed<'a> {
    pub(super) value: f32,
    /// What stands behind.
    pub(super) rest: &'a str,
    /// Whether there is a division in it: then a number without a unit is one in the base unit.
    pub(super) is_fraction: bool,
}

/// How many brackets may stand in one another; far more than anybody types.
const DEEPEST: u8 = 16;

/// Computes what a text begins with; nothing when that is no number.
pub(super) fn compute(text: &str) -> Option<Computed<'_>> {
    let mut reader = Reader { rest: text, is_fraction: false };
    let value = reader.sum(0)?;
    Some(Computed { value, rest: reader.rest, is_fraction: reader.is_fraction })
}

struct Reader<'a> {
    rest: &'a str,
    is_fraction: bool,
}

impl Reader<'_> {
    /// Takes one of these characters off the front, if one stands there.
    fn take(&mut self, wanted: &[char]) -> Option<char> {
        let trimmed = self.rest.trim_start();
        let first = trimmed.chars().next().filter(|first| wanted.contains(first))?;
        self.rest = &trimmed[first.len_utf8()..];
        Some(first)
    }

    fn sum(&mut self, depth: u8) -> Option<f32> {
        let mut value = self.product(depth)?;
        while let Some(sign) = self.take(&['+', '-']) {
            let next = self.product(depth)?;
            value = if sign == '+' { value + next } else { value - next };
        }
        Some(value)
    }

    fn product(&mut self, depth: u8) -> Option<f32> {
        let mut value = self.factor(depth)?;
        while let Some(sign) = self.take(&['*', '/', ':']) {
            let next = self.factor(depth)?;
            self.is_fraction |= sign != '*';
            value = if sign == '*' { value * next } else { value / next };
        }
        Some(value)
    }

    fn factor(&mut self, depth: u8) -> Option<f32> {
        if self.take(&['(']).is_some() {
            let value = if depth < DEEPEST { self.sum(depth + 1)? } else { return None };
            return self.take(&[')']).map(|_| value);
        }
        let (value, rest) = leading_number(self.rest.trim_start())?;
        self.rest = rest;
        Some(value)
    }
}

/// The number a text begins with, and the rest.
fn leading_number(text: &str) -> Option<(f32, &str)> {
    let bytes = text.as_bytes();
    let digits = |mut from: usize| {
        while bytes.get(from).is_some_and(u8::is_ascii_digit) {
            from += 1;
        }
        from
    };
    let start = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let mut end = digits(start);
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1);
    }
    // An exponent needs digits; without them an 'e' belongs to the unit.
    if bytes.get(end) == Some(&b'e') {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        if exponent > end + 1 + sign {
            end = exponent;
        }
    }
    Some((text[..end].parse().ok()?, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_products_and_brackets() {
        for (text, value, rest) in [
            ("1", 1.0, ""),
            ("1+2*3", 7.0, ""),
            ("(1+2)*3 hz", 9.0, " hz"),
            ("-2 - -3", 1.0, ""),
            ("8/2/2", 2.0, ""),
            ("3:2", 1.5, ""),
            ("1e3*2", 2000.0, ""),
            ("1e", 1.0, "e"),
        ] {
            let computed = compute(text).unwrap();
            assert_eq!((computed.value, computed.rest), (value, rest), "{text}");
        }
        let deep = format!("{}1{}", "(".repeat(5000), ")".repeat(5000));
        for text in ["", "*", "(", "(1", "1+", "1**2", "x", &deep] {
            assert_eq!(compute(text), None, "{text:.20}");
        }
    }
}
