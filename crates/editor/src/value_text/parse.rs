//! Reading a value: a number, sum or note, and a unit.

use super::arithmetic::{self, Computed};
use super::length::note_beats;
use super::note::note_octaves;
use jackfield_node::{C4_HERTZ, Knob, Unit};
use thiserror::Error;

/// Why a text is no value of a knob.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueError {
    /// There is no number in it.
    #[error("'{0}' is no number; type for example {1}")]
    NoNumber(String, &'static str),
    /// The unit does not fit the knob.
    #[error("'{0}' is no unit of this knob; type for example {1}")]
    Unit(String, &'static str),
}

/// The shown value that a text means for this knob, moved into the knob's range.
///
/// # Errors
///
/// When there is no number in it, or its unit is none of this knob's.
pub fn parse(knob: &Knob, text: &str) -> Result<f32, ValueError> {
    let text = text.trim();
    if let Some(octaves) = note_octaves(text) {
        let value = note(knob.unit, octaves);
        return value.map(|value| knob.clamp(value)).ok_or_else(|| wrong_unit(knob, text));
    }
    let cleaned = text.replace('−', "-").replace(',', ".").to_lowercase();
    let cleaned = cleaned.trim_start_matches(['×', 'x', '*']).trim();
    if knob.unit == Unit::Decibels && matches!(cleaned.trim_end_matches("db").trim(), "-inf" | "-∞") {
        return Ok(knob.min);
    }
    let Some(Computed { value: number, rest, is_fraction }) = arithmetic::compute(cleaned) else {
        return Err(ValueError::NoNumber(text.to_owned(), example(knob.unit)));
    };
    let unit = rest.trim();
    let value = if unit.is_empty() && !is_fraction {
        Some(bare(knob.unit, number))
    } else {
        with_unit(knob.unit, number, unit)
    };
    match value {
        Some(value) if value.is_finite() => Ok(knob.clamp(value)),
        Some(_) => Err(ValueError::NoNumber(text.to_owned(), example(knob.unit))),
        None => Err(wrong_unit(knob, unit)),
    }
}

/// Like [`parse`], at a tempo in beats per minute: for a duration, `1/8` is the length of an eighth note, and
/// `1/8t` and `1/8d` that of a triplet's and a dotted one; for a rate, it is one cycle in that time.
///
/// # Errors
///
/// Those of [`parse`].
pub fn parse_in_time(knob: &Knob, text: &str, tempo: Option<f32>) -> Result<f32, ValueError> {
    match (note_beats(text), tempo.filter(|tempo| *tempo > 0.0), knob.unit) {
        (Some(beats), Some(tempo), Unit::Seconds) => Ok(knob.clamp(beats * 60.0 / tempo)),
        (Some(beats), Some(tempo), Unit::Hertz) => Ok(knob.clamp(tempo / (beats * 60.0))),
        _ => parse(knob, text),
    }
}

fn wrong_unit(knob: &Knob, unit: &str) -> ValueError {
    ValueError::Unit(unit.to_owned(), example(knob.unit))
}

/// What to type for a unit.
fn example(unit: Unit) -> &'static str {
    match unit {
        Unit::Hertz => "440 Hz, C#4 or 1/8",
        Unit::Seconds => "250 ms, 1.5 s or 1/8",
        Unit::LinearSeconds => "90 s",
        Unit::Ratio => "1/8 or 1.5",
        Unit::Decibels => "-6 dB",
        Unit::BeatsPerMinute => "120 bpm",
        Unit::Octaves => "7 st or 1 oct",
        Unit::Cents => "50 ct",
        Unit::Percent => "20 %",
        Unit::Number => "0.5",
    }
}

/// A note's value.
fn note(unit: Unit, octaves: f32) -> Option<f32> {
    let hertz = octaves.exp2() * C4_HERTZ;
    match unit {
        Unit::Hertz => Some(hertz),
        Unit::Seconds => Some(hertz.recip()),
        Unit::Octaves => Some(octaves),
        Unit::Cents => Some(octaves * 1200.0),
        _ => None,
    }
}

/// A number in the unit that is shown.
fn bare(unit: Unit, number: f32) -> f32 {
    if unit == Unit::Percent { number / 100.0 } else { number }
}

/// A number with a unit, lower case; no unit means the base unit.
fn with_unit(knob: Unit, number: f32, unit: &str) -> Option<f32> {
    let hertz = match unit {
        "hz" => Some(number),
        "khz" | "k" => Some(number * 1000.0),
        "bpm" => Some(number / 60.0),
        _ => None,
    };
    let seconds = match unit {
        "s" | "sec" => Some(number),
        "ms" => Some(number / 1000.0),
        "us" | "µs" | "μs" => Some(number / 1e6),
        _ => None,
    };
    let octaves = match unit {
        "oct" | "octave" | "octaves" => Some(number),
        "st" | "semi" | "semitones" => Some(number / 12.0),
        "ct" | "cent" | "cents" => Some(number / 1200.0),
        _ => None,
    };
    let factor = match unit {
        "" | "x" | "×" => Some(number),
        "%" => Some(number / 100.0),
        "db" => Some(10.0_f32.powf(number / 20.0)),
        _ => None,
    };
    match knob {
        Unit::Hertz => hertz.or(seconds.map(f32::recip)).or(plain(number, unit)),
        Unit::Seconds => seconds.or(hertz.map(f32::recip)).or(plain(number, unit)),
        Unit::LinearSeconds => seconds.or(plain(number, unit)),
        Unit::BeatsPerMinute if unit == "bpm" => Some(number),
        Unit::BeatsPerMinute => {
            hertz.or(seconds.map(f32::recip)).map(|hertz| hertz * 60.0).or(plain(number, unit))
        }
        Unit::Octaves => octaves.or(plain(number, unit)),
        Unit::Cents => octaves.map(|octaves| octaves * 1200.0).or(plain(number, unit)),
        Unit::Decibels if unit == "db" => Some(number),
        Unit::Decibels => factor.map(|factor| 20.0 * factor.log10()),
        Unit::Ratio | Unit::Percent => factor,
        Unit::Number => plain(number, unit),
    }
}

fn plain(number: f32, unit: &str) -> Option<f32> {
    unit.is_empty().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::super::format;
    use super::*;

    const HERTZ: Knob = Knob::hertz(0.01, 20_000.0, 440.0);
    const SECONDS: Knob = Knob::seconds(0.0001, 20.0, 0.1);
    const RATIO: Knob = Knob::ratio(0.01, 64.0, 1.0);
    const DECIBELS: Knob = Knob::decibels(-60.0, 12.0, 0.0);
    const TEMPO: Knob = Knob::beats_per_minute(20.0, 300.0, 120.0);
    const OCTAVES: Knob = Knob::octaves(-5.0, 5.0, 0.0);
    const CENTS: Knob = Knob::cents(-100.0, 100.0, 0.0);
    const PERCENT: Knob = Knob::unit(0.5);
    const NUMBER: Knob = Knob::number(-10.0, 10.0, 0.0);
    const MOMENT: Knob = Knob::linear_seconds(0.0, 100.0, 0.0);
    const ALL: [Knob; 10] = [HERTZ, SECONDS, MOMENT, RATIO, DECIBELS, TEMPO, OCTAVES, CENTS, PERCENT, NUMBER];

    #[test]
    fn what_people_type() {
        for (knob, text, value) in [
            (HERTZ, "440 Hz", 440.0),
            (HERTZ, "440", 440.0),
            (HERTZ, "1.2k", 1200.0),
            (HERTZ, "1,2 kHz", 1200.0),
            (HERTZ, "A4", 440.0),
            (HERTZ, "C#4", 277.182_62),
            (HERTZ, "250 ms", 4.0),
            (HERTZ, "120 bpm", 2.0),
            (HERTZ, "1e3", 1000.0),
            (HERTZ, "99999999", 20_000.0),
            (HERTZ, "440*2", 880.0),
            (HERTZ, "(400 + 40) * 2 - 80 Hz", 800.0),
            (HERTZ, "1.5*2k", 3000.0),
            (SECONDS, "60/120", 0.5),
            (DECIBELS, "-6-6", -12.0),
            (PERCENT, "20*2", 0.4),
            (SECONDS, "250ms", 0.25),
            (SECONDS, "1/8", 0.125),
            (SECONDS, "4 Hz", 0.25),
            (RATIO, "1/8", 0.125),
            (RATIO, "3:2", 1.5),
            (RATIO, "×1.5", 1.5),
            (RATIO, "2x", 2.0),
            (DECIBELS, "-6 dB", -6.0),
            (DECIBELS, "−6", -6.0),
            (DECIBELS, "50 %", -6.0206),
            (DECIBELS, "-inf", -60.0),
            (TEMPO, "2 Hz", 120.0),
            (TEMPO, "90", 90.0),
            (OCTAVES, "7 st", 7.0 / 12.0),
            (OCTAVES, "C5", 1.0),
            (CENTS, "0.5 st", 50.0),
            (PERCENT, "20 %", 0.2),
            (PERCENT, "20", 0.2),
            (PERCENT, "1/8", 0.125),
            (NUMBER, "-1.5", -1.5),
        ] {
            let read = parse(&knob, text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert!((read - value).abs() <= value.abs() * 1e-4, "{text}: {read}, not {value}");
        }
    }

    #[test]
    fn durations_are_typed_in_notes_where_there_is_a_tempo() {
        let at = |tempo| move |knob: &Knob, text| parse_in_time(knob, text, tempo).unwrap();
        assert_eq!(at(Some(120.0))(&SECONDS, "1/8"), 0.25);
        assert_eq!(at(Some(60.0))(&SECONDS, "1/4d"), 1.5);
        assert_eq!(at(Some(120.0))(&SECONDS, "80 ms"), 0.08);
        assert_eq!(at(None)(&SECONDS, "1/8"), 0.125, "seconds without one");
        assert_eq!(at(Some(0.0))(&SECONDS, "1/8"), 0.125);
        assert_eq!(at(Some(120.0))(&RATIO, "1/8"), 0.125, "other units keep their meaning");
        assert_eq!(at(Some(120.0))(&HERTZ, "1/8"), 4.0, "a rate of one cycle in an eighth note");
        assert_eq!(at(Some(60.0))(&HERTZ, "1/4t"), 1.5);
        assert_eq!(at(Some(120.0))(&HERTZ, "4 Hz"), 4.0);
        assert_eq!(at(Some(1e-9))(&SECONDS, "1/1"), 20.0, "within the range");
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_an_example() {
        for (knob, text) in [
            (HERTZ, ""),
            (HERTZ, "loud"),
            (HERTZ, "-6 dB"),
            (SECONDS, "20 %"),
            (DECIBELS, "C#4"),
            (NUMBER, "1 Hz"),
            (RATIO, "1/0"),
            (HERTZ, "2*"),
            (HERTZ, "(2"),
            (HERTZ, "2)"),
        ] {
            let error = parse(&knob, text).unwrap_err().to_string();
            assert!(error.contains("for example"), "{text}: {error}");
        }
    }

    #[test]
    fn what_is_written_can_be_read_and_means_the_same() {
        for knob in ALL {
            for step in 0..=1000_u16 {
                let part = f32::from(step) / 1000.0;
                let (low, high) = (knob.to_signal(knob.min), knob.to_signal(knob.max));
                let value = knob.clamp(knob.to_shown(low + (high - low) * part));
                let text = format(&knob, value);
                let read = parse(&knob, &text).unwrap_or_else(|error| panic!("{text}: {error}"));
                let range = knob.max - knob.min;
                assert!(
                    (read - value).abs() <= (value.abs() * 0.006).max(range * 0.006),
                    "{text}: {value}, {read}"
                );
                assert_eq!(format(&knob, read), text);
            }
        }
    }
}
