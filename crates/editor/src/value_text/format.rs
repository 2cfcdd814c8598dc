//! Writing a value: three figures are enough to tell neighbours apart and short enough for a card.

use jackfield_node::{Knob, Unit};

/// A knob's shown value as text.
pub fn format(knob: &Knob, value: f32) -> String {
    match knob.unit {
        Unit::Hertz if value >= 999.5 => format!("{} kHz", figures(value / 1000.0)),
        Unit::Hertz => format!("{} Hz", figures(value)),
        Unit::Seconds if value >= 0.9995 => format!("{} s", figures(value)),
        Unit::Seconds => format!("{} ms", figures(value * 1000.0)),
        Unit::LinearSeconds => format!("{} s", figures(value)),
        Unit::Ratio => format!("×{}", figures(value)),
        Unit::Decibels => format!("{:.1} dB", nonzero(value, 1)),
        Unit::BeatsPerMinute => format!("{} bpm", figures(value)),
        Unit::Octaves => format!("{:+.2} oct", nonzero(value, 2)),
        Unit::Cents => format!("{:+.0} ct", nonzero(value, 0)),
        Unit::Percent => format!("{} %", figures(value * 100.0)),
        Unit::Number => figures(value),
    }
}

/// Three figures, or all those before the point.
fn figures(value: f32) -> String {
    let decimals = match value.abs() {
        ..0.9995 => 3,
        ..9.995 => 2,
        ..99.95 => 1,
        _ => 0,
    };
    let text = format!("{:.decimals$}", nonzero(value, decimals));
    match text.split_once('.') {
        Some((whole, "000" | "00" | "0")) => whole.to_owned(),
        _ => text,
    }
}

/// The value, without the sign of one that is written as zero.
fn nonzero(value: f32, decimals: usize) -> f32 {
    let half = 0.5 * 0.1_f32.powi(decimals as i32);
    if value.abs() < half { 0.0 } else { value }
}
