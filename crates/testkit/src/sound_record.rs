//! The record of a sound that a test compares with: its hash, and beside it as much about its course as it
//! takes to say where and how another sound differs.

use crate::measure::{rms_db, treble};
use jackfield_engine::SoundHash;
use std::fmt::Write;

/// Frames that one check stands for.
const CHECKED: usize = 1_000;
/// Frames whose level is recorded: half a second.
const MEASURED: usize = 24_000;
/// Channels of all recorded sounds, interleaved.
const CHANNELS: usize = 2;
const RATE: f32 = crate::performance::RATE;

/// What is recorded of a sound.
#[derive(Clone, Debug, PartialEq)]
pub struct SoundRecord {
    /// The hash of all its bits.
    pub hash: String,
    /// The level of each half second in dB, both channels together, and the level of what lies above 6 kHz.
    levels: Vec<[f64; 2]>,
    /// Eight bits of the hash of each thousand frames: the first that differs tells where.
    checks: Vec<u8>,
}

impl SoundRecord {
    /// The record of a sound of two channels, interleaved, at 48 kHz.
    pub fn new(sound: &[f32]) -> Self {
        let hash = |samples: &[f32]| {
            let mut hash = SoundHash::new();
            hash.add(samples);
            hash.hex()
        };
        let mono: Vec<f32> =
            sound.chunks_exact(CHANNELS).map(|frame| f32::midpoint(frame[0], frame[1])).collect();
        let high = treble(&mono, RATE);
        let level = |(piece, high): (&[f32], &[f64])| {
            let high: Vec<f32> = high.iter().map(|level| *level as f32).collect();
            // As it is written down, so that a record equals itself once it was read again.
            [rms_db(piece), rms_db(&high)].map(|level| (level.max(-160.0) * 10.0).round() / 10.0)
        };
        let pieces = sound.chunks(MEASURED * CHANNELS).zip(high.chunks(MEASURED));
        let check = |piece: &[f32]| {
            let hex = hash(piece);
            u8::from_str_radix(&hex[hex.len() - 2..], 16).expect("hexadecimal digits")
        };
        Self {
            hash: hash(sound),
            levels: pieces.map(level).collect(),
            checks: sound.chunks(CHECKED * CHANNELS).map(check).collect(),
        }
    }

    /// The course of the sound as a line of a file, without its hash.
    pub fn course(&self) -> String {
        let numbers = |which: usize| {
            let numbers: Vec<String> =
                self.levels.iter().map(|level| format!("{:.1}", level[which])).collect();
            numbers.join(",")
        };
        let mut line = format!("level={} treble={} checks=", numbers(0), numbers(1));
        for check in &self.checks {
            let _ = write!(line, "{check:02x}");
        }
        line
    }

    /// A record as it was written down. `None` if the line is none.
    pub fn parse(hash: &str, course: &str) -> Option<Self> {
        let mut words = course.split(' ');
        let mut value = |name: &str| words.next()?.strip_prefix(name)?.strip_prefix('=');
        let numbers =
            |text: &str| text.split(',').map(|number| number.parse().ok()).collect::<Option<Vec<f64>>>();
        let (level, treble) = (numbers(value("level")?)?, numbers(value("treble")?)?);
        let digits = value("checks").filter(|digits| digits.len().is_multiple_of(2))?;
        let checks =
            (0..digits.len() / 2).map(|i| u8::from_str_radix(digits.get(2 * i..2 * i + 2)?, 16).ok());
        let levels = level.into_iter().zip(treble).map(|(level, treble)| [level, treble]).collect();
        Some(Self { hash: hash.to_owned(), levels, checks: checks.collect::<Option<_>>()? })
    }

    /// How another sound differs from this one, in a few lines; `None` if it is the same.
    pub fn difference(&self, now: &Self) -> Option<String> {
        if self.hash == now.hash {
            return None;
        }
        let mut text = format!("hash {}, was {}\n", now.hash, self.hash);
        let differs = |(a, b): &(&u8, &u8)| a != b;
        let pairs = || self.checks.iter().zip(&now.checks);
        let count = pairs().filter(differs).count();
        match pairs().position(|pair| differs(&pair)) {
            Some(first) => {
                let (from, to) = (first * CHECKED, (first + 1) * CHECKED - 1);
                let seconds = from as f32 / RATE;
                let _ = writeln!(
                    text,
                    "  first difference in frames {from} to {to} ({seconds:.2} s); \
                     {count} of {} thousands differ",
                    self.checks.len()
                );
            }
            None => text += "  where it differs, the record does not tell\n",
        }
        for (which, name) in ["level", "above 6 kHz"].into_iter().enumerate() {
            let list = |record: &Self| {
                let levels: Vec<String> =
                    record.levels.iter().map(|level| format!("{:6.1}", level[which])).collect();
                levels.join(" ")
            };
            let _ = writeln!(text, "  {name:>11}, dB, each half second: was {}", list(self));
            let _ = writeln!(text, "  {:>11}                         now {}", "", list(now));
        }
        Some(text)
    }
}

/// How a sound differs from the expected one where both are at hand: the first frame that does, what is
/// there, and the level of the difference; `None` if all bits are the same. Both have two channels,
/// interleaved.
///
/// # Panics
/// If one is longer than the other.
pub fn difference(expected: &[f32], now: &[f32]) -> Option<String> {
    let first = crate::measure::first_difference(expected, now)?;
    let difference: Vec<f32> = expected.iter().zip(now).map(|(a, b)| a - b).collect();
    let peak = difference.iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
    Some(format!(
        "first difference at frame {}, channel {}: {:e}, not {:e}; the difference has {:.1} dB in the mean \
         (the sound {:.1} dB) and {:.1} dB at most",
        first / CHANNELS,
        first % CHANNELS,
        now[first],
        expected[first],
        rms_db(&difference),
        rms_db(expected),
        crate::measure::decibels(f64::from(peak)),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::noise;

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let record = SoundRecord::new(&noise(2 * 192_000, 1));
        assert_eq!(record.checks.len(), 192);
        assert_eq!(SoundRecord::parse(&record.hash, &record.course()), Some(record.clone()));
        assert_eq!(record.difference(&record), None);
        assert_eq!(SoundRecord::parse("", "level=1 treble=2 checks=0"), None);
        assert_eq!(SoundRecord::parse("", "loud"), None);
    }

    #[test]
    fn the_difference_tells_where_and_how_much() {
        let before = noise(2 * 192_000, 1);
        let mut now = before.clone();
        // Half as loud from frame 48,500 on.
        now[97_000..].iter_mut().for_each(|sample| *sample *= 0.5);
        let (was, is) = (SoundRecord::new(&before), SoundRecord::new(&now));
        let told = was.difference(&is).expect("it differs");
        assert!(told.contains("first difference in frames 48000 to 48999 (1.00 s); 14"), "{told}");
        let drop = |half: usize, which: usize| was.levels[half][which] - is.levels[half][which];
        for which in 0..2 {
            assert!(drop(1, which).abs() < 0.11 && (drop(3, which) - 6.0).abs() < 0.11, "{told}");
        }
        assert!(told.contains(&format!("{:6.1} {:6.1}", is.levels[0][0], is.levels[1][0])), "{told}");

        let told = difference(&before, &now).expect("it differs");
        assert!(told.starts_with("first difference at frame 48500, channel 0"), "{told}");
        assert_eq!(difference(&now, &now), None);
    }
}
