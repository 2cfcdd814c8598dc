//! Waveforms over a fixed-point phase, and where their corners are.

use crate::blep::Corner;
use crate::gate::highest_bit;
use crate::{Bits, Lanes, Mask, Vector};

/// A turn in fixed-point phases: 2^32.
const TURN: f32 = 4_294_967_296.0;
/// A quarter and three quarters of a turn: where a triangle bends.
const CREST: u32 = 0x4000_0000;
const TROUGH: u32 = 0xc000_0000;

/// A waveform with peaks at -1 and 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wave {
    /// Rises from -1 to 1 during each turn.
    Saw,
    /// 1 during the first part of each turn (its width), -1 during the rest.
    Square,
    /// Starts at 0, rising, like a sine.
    Triangle,
    /// Sine.
    Sine,
}

/// How one lane's phase went from some moment up to this frame, and the pulse width with it.
#[derive(Clone, Copy, Debug)]
pub struct Path {
    /// How many frames it took, up to 1.
    pub frames: f32,
    /// Phase at the start.
    pub before: u32,
    /// Phase at this frame: less than half a turn further, or back.
    pub now: u32,
    /// By how much the advance per frame grew on the way, in turns, times `frames`.
    pub growth: f32,
    /// Pulse width at the start.
    pub width_before: u32,
    /// Pulse width at this frame.
    pub width: u32,
}

impl Path {
    /// How far the phase went, in turns.
    #[inline]
    pub fn advance(&self) -> f32 {
        self.now.wrapping_sub(self.before).cast_signed() as f32 / TURN
    }
}

impl Wave {
    /// The naive waveform, with aliases.
    #[inline(always)]
    pub fn value<V: Vector>(self, phase: Bits<V>, width: Bits<V>) -> Lanes<V> {
        match self {
            Self::Saw => (phase ^ 0x8000_0000).to_signed() * (2.0 / TURN),
            Self::Square => {
                let one = Lanes::splat(phase.token(), 1.0);
                phase.lt(width).select(one, -one)
            }
            Self::Triangle => (phase - CREST).to_signed().abs() * (-4.0 / TURN) + 1.0,
            Self::Sine => phase.sin_turns(),
        }
    }

    /// By how much the value grows per turn, corners aside.
    #[inline(always)]
    pub fn slope<V: Vector>(self, phase: Bits<V>) -> Lanes<V> {
        let none = Lanes::splat(phase.token(), 0.0);
        match self {
            Self::Saw => none + 2.0,
            Self::Square => none,
            Self::Triangle => {
                let falls = (phase - CREST).lt(phase.same(0x8000_0000));
                falls.select(none - 4.0, none + 4.0)
            }
            Self::Sine => (phase + CREST).sin_turns() * std::f32::consts::TAU,
        }
    }

    /// The lanes that passed a corner on the way from `before` to `now`, which was less than half a
    /// turn long.
    #[inline(always)]
    pub fn passes_corner<V: Vector>(
        self,
        before: Bits<V>,
        now: Bits<V>,
        width_before: Bits<V>,
        width: Bits<V>,
    ) -> Mask<V> {
        match self {
            Self::Saw => highest_bit(passed_zero(before, now)),
            Self::Square => {
                let falls = passed_zero(before - width_before, now - width);
                highest_bit(passed_zero(before, now) | falls)
            }
            // Its corners are half a turn apart: whichever it was, the half has changed.
            Self::Triangle => highest_bit((before - CREST) ^ (now - CREST)),
            Self::Sine => highest_bit(now.same(0)),
        }
    }

    /// Tells each corner passed on a path: its kind, how many frames ago it was, and its size.
    #[inline]
    pub fn each_corner(self, path: &Path, mut tell: impl FnMut(Corner, f32, f32)) {
        let mut at = |edge_before: u32, edge: u32, corner: Corner, size: f32| {
            let before = path.before.wrapping_sub(edge_before);
            let now = path.now.wrapping_sub(edge);
            if passed_zero(Bits::<f32>(before), Bits(now)).0 >> 31 != 0 {
                let advance = now.wrapping_sub(before).cast_signed() as f32 / TURN;
                let since = since_zero(now.cast_signed() as f32 / TURN, advance, path.growth);
                // Passed the other way round, a corner is turned over.
                let size = if advance < 0.0 { -size } else { size };
                let ago = since * path.frames;
                if corner == Corner::Step {
                    tell(Corner::Step, ago, size);
                } else {
                    let speed = (advance - path.growth * (since - 0.5)) / path.frames;
                    tell(Corner::Bend, ago, size * speed);
                    tell(Corner::Curl, ago, size * path.growth / (path.frames * path.frames));
                }
            }
        };
        match self {
            Self::Saw => at(0, 0, Corner::Step, -2.0),
            Self::Square => {
                at(0, 0, Corner::Step, 2.0);
                at(path.width_before, path.width, Corner::Step, -2.0);
            }
            Self::Triangle => {
                at(CREST, CREST, Corner::Bend, -8.0);
                at(TROUGH, TROUGH, Corner::Bend, 8.0);
            }
            Self::Sine => {}
        }
    }
}

/// The highest bit tells whether the phase passed the end of a turn, either way.
#[inline(always)]
fn passed_zero<V: Vector>(before: Bits<V>, now: Bits<V>) -> Bits<V> {
    // The half of the turn has changed, and the new half is the one in which the advance points
    // away from zero: the first when going forward, the second when going back.
    let advance = now - before;
    (before ^ now) & ((now ^ advance) ^ 0xffff_ffff)
}

/// What share of a path ago (0..=1) a phase that is now `beyond` (turns) passed zero, when it advanced
/// by `advance` and its speed grew evenly by `growth`.
#[expect(clippy::manual_clamp, reason = "`clamp` would let NaN through")]
fn since_zero(beyond: f32, advance: f32, growth: f32) -> f32 {
    let mut since = beyond / advance;
    // An evenly growing speed makes a parabola, solved by Newton's method. A phase that jumped is none.
    if growth != 0.0 && growth.abs() <= 2.0 * advance.abs() {
        for _ in 0..3 {
            let error = advance * since - growth * 0.5 * (since * since - since) - beyond;
            since -= error / (advance - growth * (since - 0.5));
        }
    }
    since.max(0.0).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(before: f64, advance: f64, growth: f64) -> Path {
        let turns = |x: f64| (x.rem_euclid(1.0) * f64::from(TURN)) as u32;
        let (before, now) = (turns(before), turns(before + advance));
        Path { frames: 1.0, before, now, growth: growth as f32, width_before: 1 << 31, width: 1 << 31 }
    }

    fn corners(wave: Wave, path: &Path) -> Vec<(Corner, f32, f32)> {
        let mut all = Vec::new();
        wave.each_corner(path, |corner, since, size| all.push((corner, since, size)));
        all
    }

    #[test]
    fn waves_have_their_shapes() {
        let at = |wave: Wave, turns: f64| {
            wave.value(Bits::<f32>((turns * f64::from(TURN)) as u32), Bits(1 << 31)).0
        };
        for (wave, values) in [
            (Wave::Saw, [-1.0, -0.5, 0.0, 0.5]),
            (Wave::Square, [1.0, 1.0, -1.0, -1.0]),
            (Wave::Triangle, [0.0, 1.0, 0.0, -1.0]),
            (Wave::Sine, [0.0, 1.0, 0.0, -1.0]),
        ] {
            for (quarter, value) in values.into_iter().enumerate() {
                assert!((at(wave, quarter as f64 / 4.0) - value).abs() < 1e-6, "{wave:?} {quarter}");
            }
        }
    }

    #[test]
    fn corners_are_found_in_both_directions_with_their_time_and_size() {
        let forward = corners(Wave::Saw, &path(0.9, 0.4, 0.0));
        assert_eq!(forward.len(), 1);
        assert!((forward[0].1 - 0.75).abs() < 1e-6 && forward[0].2 == -2.0);
        let back = corners(Wave::Saw, &path(0.1, -0.4, 0.0));
        assert!((back[0].1 - 0.75).abs() < 1e-6 && back[0].2 == 2.0);
        assert!(corners(Wave::Saw, &path(0.4, 0.2, 0.0)).is_empty());
        assert!(corners(Wave::Saw, &path(0.6, -0.2, 0.0)).is_empty());
        let crest = corners(Wave::Triangle, &path(0.2, 0.1, 0.0));
        assert_eq!((crest[0].0, crest[1].0, crest[1].2), (Corner::Bend, Corner::Curl, 0.0));
        assert!((crest[0].1 - 0.5).abs() < 1e-6 && (crest[0].2 + 0.8).abs() < 1e-6);
        assert_eq!(corners(Wave::Square, &path(0.4, 0.2, 0.0))[0].2, -2.0);
    }

    #[test]
    fn every_corner_told_is_also_noticed_by_the_lanes() {
        for wave in [Wave::Saw, Wave::Square, Wave::Triangle, Wave::Sine] {
            for step in 0..500 {
                let path = path(f64::from(step) * 0.0137, f64::from(step - 250) / 520.0, 0.0);
                let noticed = wave
                    .passes_corner(
                        Bits::<f32>(path.before),
                        Bits(path.now),
                        Bits(path.width_before),
                        Bits(path.width),
                    )
                    .any();
                assert_eq!(noticed, !corners(wave, &path).is_empty(), "{wave:?} {path:?}");
            }
        }
    }

    #[test]
    fn a_bent_path_is_solved_as_a_parabola() {
        // From 0.10 to 0.24 at a growing speed: solve 0.24 - 0.14 v + 0.02 (v^2 - v) = 0.2.
        let since = f64::from(since_zero(0.04, 0.14, 0.04));
        let at = 0.24 - 0.14 * since + 0.02 * (since * since - since);
        assert!((at - 0.2).abs() < 1e-6, "{at}");
    }

    #[test]
    fn nonsense_gives_a_moment_within_the_frame() {
        for (beyond, advance, growth) in [(0.0, 0.0, 0.0), (f32::NAN, 0.1, 0.0), (0.4, 1e-9, 1e-9)] {
            assert!((0.0..=1.0).contains(&since_zero(beyond, advance, growth)));
        }
    }
}
