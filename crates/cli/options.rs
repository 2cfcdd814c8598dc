//! Options that several commands share, with hints for what people write instead.

use crate::exit::Failure;
use std::ops::RangeInclusive;
use std::path::Path;

/// Rates that the engine computes at, in hertz.
const RATES: RangeInclusive<u32> = 8_000..=384_000;
/// Seconds in a day, the longest anything takes.
const DAY: f64 = 86_400.0;

/// Reads a sample rate.
pub(crate) fn rate(text: &str) -> Result<u32, String> {
    let rule = format!("give a whole number of hertz from {} to {}", RATES.start(), RATES.end());
    if let Some(rate) = text.parse().ok().filter(|rate| RATES.contains(rate)) {
        return Ok(rate);
    }
    match meant_rate(text) {
        Some(rate) => Err(format!("{rule}; did you mean {rate}?")),
        None => Err(format!("{rule}, like 48000")),
    }
}

/// The rate that `44.1k`, `44.1 kHz`, `48`, `48_000` or `48000 Hz` stands for.
fn meant_rate(text: &str) -> Option<u32> {
    let text = text.trim().to_lowercase().replace(['_', ' ', '\''], "");
    let text = text.strip_suffix("hz").unwrap_or(&text);
    let number: f64 = text.strip_suffix('k').unwrap_or(text).replace(',', ".").parse().ok()?;
    let is_in_thousands = text.ends_with('k') || number < 1_000.0;
    let hertz = if is_in_thousands { number * 1_000.0 } else { number }.round();
    let hertz = if hertz >= 0.0 && hertz <= f64::from(u32::MAX) { hertz as u32 } else { 0 };
    RATES.contains(&hertz).then_some(hertz)
}

/// Reads a length in seconds.
pub(crate) fn seconds(text: &str) -> Result<f64, String> {
    let rule = "give a number of seconds above 0 and up to a day, 86400";
    match text.parse() {
        Ok(seconds) if seconds > 0.0 && seconds <= DAY => return Ok(seconds),
        _ => {}
    }
    match meant_seconds(text) {
        Some(seconds) => Err(format!("{rule}; did you mean {seconds}?")),
        None => Err(rule.to_owned()),
    }
}

/// The seconds that `1:30`, `90s`, `2min` or `2,5` stand for.
fn meant_seconds(text: &str) -> Option<f64> {
    let text = text.trim().to_lowercase().replace(',', ".");
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let seconds = if let Some((minutes, seconds)) = text.split_once(':') {
        number(minutes)? * 60.0 + number(seconds)?
    } else if let Some(minutes) = text.strip_suffix("min").or_else(|| text.strip_suffix('m')) {
        number(minutes)? * 60.0
    } else {
        number(text.strip_suffix("sec").or_else(|| text.strip_suffix('s')).unwrap_or(&text))?
    };
    (seconds > 0.0 && seconds <= DAY).then_some(seconds)
}

/// Says where the name of the output goes when it stands behind that of the patch.
pub(crate) fn refuse_misplaced(output: Option<&Path>) -> Result<(), Failure> {
    match output {
        Some(output) => {
            let output = output.display();
            Err(Failure::usage(format!(
                "what to do with '{output}'? To write it, give it behind -o: -o {output}"
            )))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_numbers_and_near_misses_get_a_hint() {
        assert_eq!(rate("44100"), Ok(44_100));
        for (text, meant) in
            [("44.1k", 44_100), ("44,1 kHz", 44_100), ("48", 48_000), ("96 kHz", 96_000), ("48000Hz", 48_000)]
        {
            assert!(rate(text).unwrap_err().ends_with(&format!("did you mean {meant}?")), "{text}");
        }
        for text in ["", "fast", "-1", "1", "1e99", "NaN", "999999999k"] {
            assert!(rate(text).unwrap_err().ends_with("like 48000"), "{text}");
        }
    }

    #[test]
    fn lengths_are_numbers_and_near_misses_get_a_hint() {
        assert_eq!(seconds("2.5"), Ok(2.5));
        for (text, meant) in [("1:30", "90"), ("90s", "90"), ("2min", "120"), ("2,5", "2.5")] {
            assert!(seconds(text).unwrap_err().ends_with(&format!("did you mean {meant}?")), "{text}");
        }
        for text in ["", "-1", "0", "long", "inf", "NaN", "86401"] {
            assert!(seconds(text).unwrap_err().ends_with("86400"), "{text}");
        }
    }
}
