//! Values as text: a knob's value with its unit, written for people and read from what they type.
//!
//! A number without a unit is in the unit shown, a fraction like `1/8` in the base unit (hertz, seconds,
//! factor). Units that mean the same thing are taken too: `C#4` or `120 bpm` for a frequency, `4 Hz` for a
//! duration, `50 %` for a level in decibels. Where there is a tempo, `1/8` for a duration is a note's length,
//! and for a rate one cycle in that time. Sums are computed: `440*2`.

mod arithmetic;
mod format;
mod length;
mod note;
mod parse;

pub use format::format;
pub use length::note_beats;
pub use note::{note_name, note_octaves};
pub use parse::{ValueError, parse, parse_in_time};
