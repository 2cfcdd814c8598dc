//! What an oscillator's phases do in one frame, and the corrections that follow from it: for corners
//! they pass, and for jumps when they are made to start again (hard sync).

use crate::blep::{Corner, Pending, PendingLane, Residuals};
use crate::gate::rise_since;
use crate::wave::{Path, Wave};
use crate::{Bits, Lanes, Mask, Vector};

/// A turn in fixed-point phases: 2^32.
const TURN: f32 = 4_294_967_296.0;

/// One frame of the phases of all lanes.
#[derive(Clone, Copy)]
pub struct Motion<V: Vector> {
    /// Phases at the last frame.
    pub before: Bits<V>,
    /// Phases at this frame.
    pub now: Bits<V>,
    /// By how much their speeds grew on the way, in turns per frame.
    pub growth: Lanes<V>,
    /// Pulse widths at the last frame.
    pub width_before: Bits<V>,
    /// Pulse widths at this frame.
    pub width: Bits<V>,
    /// The part of the phase that starting again leaves alone: phase modulation.
    pub offset: Bits<V>,
    /// By how much the rest of the phase advanced.
    pub step: Bits<V>,
}

/// The sync input at the last frame and at this one, and the lanes in which it has just risen.
#[derive(Clone, Copy)]
pub struct Sync<V: Vector> {
    /// At the last frame.
    pub before: Lanes<V>,
    /// At this frame.
    pub now: Lanes<V>,
    /// Where it rises.
    pub rises: Mask<V>,
}

impl<V: Vector> Motion<V> {
    /// Phases that stay where they are.
    #[inline(always)]
    pub fn at_rest(phase: Bits<V>) -> Self {
        let none = phase.same(0);
        let growth = Lanes::splat(phase.token(), 0.0);
        Self { before: phase, now: phase, growth, width_before: none, width: none, offset: none, step: none }
    }

    /// How far the phases went, starting again aside.
    #[inline(always)]
    pub fn advance(&self) -> Bits<V> {
        self.now - self.before
    }

    /// The lanes that passed a corner of the waveform.
    #[inline(always)]
    pub fn passes_corner(&self, wave: Wave) -> Mask<V> {
        wave.passes_corner(self.before, self.now, self.width_before, self.width)
    }

    /// The waveform at this frame, before corrections. `advance` is what [`advance`](Self::advance)
    /// was before any phase started again.
    #[inline(always)]
    pub fn value(&self, wave: Wave, residuals: &Residuals, advance: Bits<V>) -> Lanes<V> {
        self.value_behind(wave, self.lag(residuals, advance))
    }

    /// By how much a line of slope 1 per turn lags behind, as the corrections do. It stays the same
    /// as long as the phases advance evenly.
    #[inline(always)]
    pub fn lag(&self, residuals: &Residuals, advance: Bits<V>) -> Lanes<V> {
        let speed = advance.to_signed() * (1.0 / TURN) + self.growth * 0.5;
        residuals.lag(speed, self.growth)
    }

    /// [`value`](Self::value) for a [`lag`](Self::lag) that is known.
    #[inline(always)]
    pub fn value_behind(&self, wave: Wave, lag: Lanes<V>) -> Lanes<V> {
        let value = wave.value(self.now, self.width);
        match wave {
            Wave::Saw | Wave::Triangle => value + wave.slope(self.now) * lag,
            Wave::Square | Wave::Sine => value,
        }
    }

    /// Adds the corrections of this frame in `lanes`, and brings phases that start again to where
    /// they are since. Runs lane by lane: corners are rare beside frames.
    #[inline(always)]
    pub fn correct(
        &mut self,
        wave: Wave,
        residuals: &Residuals,
        pending: &mut Pending<V>,
        lanes: Mask<V>,
        sync: &Sync<V>,
    ) {
        let rises = sync.rises.to_bitmask();
        let extract = |bits: Bits<V>| -> [u32; 16] {
            let mut words = [0; 16];
            bits.store(&mut words[..V::WIDTH]);
            words
        };
        let (before, mut now) = (extract(self.before), extract(self.now));
        let growth = extract(self.growth.to_bits());
        // Only a square has a width, and only where a phase starts again does more matter.
        let [width_before, width] = if wave == Wave::Square {
            [extract(self.width_before), extract(self.width)]
        } else {
            [[0; 16]; 2]
        };
        let [offset, step, level_before, level] = if rises == 0 {
            [[0; 16]; 4]
        } else {
            [self.offset, self.step, sync.before.to_bits(), sync.now.to_bits()].map(extract)
        };
        let mut left = lanes.to_bitmask() | rises;
        while left != 0 {
            let lane = left.trailing_zeros() as usize;
            left &= left - 1;
            let path = Path {
                frames: 1.0,
                before: before[lane],
                now: now[lane],
                growth: f32::from_bits(growth[lane]),
                width_before: width_before[lane],
                width: width[lane],
            };
            let mut pending = pending.lane(lane);
            if rises >> lane & 1 == 0 {
                correct(wave, residuals, &mut pending, &path);
            } else {
                let restart = Restart {
                    since: rise_since(f32::from_bits(level_before[lane]), f32::from_bits(level[lane])),
                    offset: offset[lane],
                    step: step[lane].cast_signed(),
                };
                now[lane] = restart.correct(wave, residuals, &mut pending, &path);
            }
        }
        if rises != 0 {
            self.now = Bits::load(self.now.token(), &now[..V::WIDTH]);
        }
    }
}

/// Adds the corrections for the corners one lane passed.
#[inline(never)]
pub(crate) fn correct(wave: Wave, residuals: &Residuals, pending: &mut PendingLane<'_>, path: &Path) {
    wave.each_corner(path, |corner, ago, size| {
        if size != 0.0 {
            pending.add(residuals, corner, ago, size);
        }
    });
}

/// A phase that starts again within the frame.
struct Restart {
    /// How many frames ago it did.
    since: f32,
    /// Where it starts: phase modulation.
    offset: u32,
    /// By how much the rest of the phase would have advanced in the whole frame.
    step: i32,
}

impl Restart {
    /// Adds the corrections; answers with the phase at this frame.
    #[inline(never)]
    fn correct(&self, wave: Wave, residuals: &Residuals, pending: &mut PendingLane<'_>, path: &Path) -> u32 {
        let since = self.since;
        let (advance, growth) = (path.advance(), path.growth);
        // How far the phase came during the last `since` frames, less the mean speed.
        let extra = growth * 0.5 * (since - since * since);
        let reached = path.now.wrapping_sub(phase(advance * since + extra));
        let start = self.offset;
        let now = start.wrapping_add(phase(self.step as f32 / TURN * since + extra));
        let speed = advance - growth * (since - 0.5);
        if wave == Wave::Sine {
            pending.add_jump(residuals, since, speed, [reached, start]);
            return now;
        }
        let mut add = |corner: Corner, ago: f32, size: f32| {
            if size != 0.0 {
                pending.add(residuals, corner, ago, size);
            }
        };
        let still_came = |corner: Corner, ago: f32, size: f32| {
            if ago > since {
                add(corner, ago, size);
            }
        };
        wave.each_corner(path, still_came);
        let [jump, bend] = jumps(wave, reached, start, path.width);
        add(Corner::Step, since, jump);
        add(Corner::Bend, since, bend * speed);
        add(Corner::Curl, since, bend * growth);
        if since > 0.0 {
            let growth = growth * since * since;
            let rest = Path { frames: since, before: start, now, growth, width_before: path.width, ..*path };
            wave.each_corner(&rest, add);
        }
        now
    }
}

/// By how much value and slope change when the phase of a waveform made of lines jumps.
fn jumps(wave: Wave, from: u32, to: u32, width: u32) -> [f32; 2] {
    let at = |phase: u32| {
        let (phase, width) = (Bits::<f32>(phase), Bits(width));
        [wave.value(phase, width).0, wave.slope(phase).0]
    };
    let (before, after) = (at(from), at(to));
    std::array::from_fn(|i| after[i] - before[i])
}

/// Turns (less than a half either way) as a fixed-point phase.
fn phase(turns: f32) -> u32 {
    ((turns * TURN) as i32).cast_unsigned()
}
