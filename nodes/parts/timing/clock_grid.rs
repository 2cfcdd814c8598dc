//! For tests: clocks on an exact grid.

/// Frames per second.
pub(crate) const RATE: f64 = 48_000.0;

/// A clock whose pulses stand on the frames nearest to their moments, each open for 2 ms.
pub(crate) fn clock_at(tempo: f64, per_beat: f64, frames: usize) -> Vec<f32> {
    let period = 60.0 * RATE / tempo / per_beat;
    let mut clock = vec![0.0; frames];
    for pulse in 0.. {
        let start = (f64::from(pulse) * period).round() as usize;
        if start >= frames {
            return clock;
        }
        clock[start..frames.min(start + 96)].fill(1.0);
    }
    clock
}

/// The phase of that clock, half a frame ahead as a clock's own is: it begins again on the frame of the
/// pulse.
pub(crate) fn phase_at(tempo: f64, per_beat: f64, frames: usize) -> Vec<f32> {
    let period = 60.0 * RATE / tempo / per_beat;
    (0..frames)
        .map(|frame| (((frame as f64 + 0.5) / period).fract() as f32).min(1.0 - f32::EPSILON))
        .collect()
}

/// How far beside its moment an event comes that is rounded to the nearest frame, with what an `f32` phase
/// rounds.
pub(crate) const HALF_A_FRAME: f64 = 0.501;
