//! The four-stage envelope: attack, decay, sustain, release, in exponential curves with round corners.

use crate::gate::Gate;
use crate::rounding::Rounding;
use crate::smooth::{approach, approach_in};
use crate::three_pole::ThreePole;
use crate::{Lanes, Mask, Vector};

/// The attack aims above 1, so that it gets there in finite time and with an analogue curve: at e / (e
/// - 1) its time constant is its duration.
const ATTACK_TARGET: f32 = 1.581_976_7;

/// How many time constants a decay or release takes: the distance then is down by 60 dB.
const DECAY_DEPTH: f32 = 6.907_755;

/// What the signal leaves behind.
#[derive(Clone, Copy)]
pub struct Envelope<V: Vector> {
    /// Where its course stands, which has corners.
    level: Lanes<V>,
    /// What rounds them; the last is the level that is heard.
    corners: ThreePole<V>,
    /// Whether the attack is under way.
    attacking: Mask<V>,
    /// Whether the gate is open.
    open: Mask<V>,
}

/// How fast each stage approaches its target; see [`smooth`](crate::smooth).
#[derive(Clone, Copy)]
pub struct Shares<V: Vector> {
    /// Towards the top. 1 time constant long.
    pub attack: Lanes<V>,
    /// Towards the sustain level: 60 dB nearer to it after the time of the decay.
    pub decay: Lanes<V>,
    /// Towards 0: 60 dB down after the time of the release.
    pub release: Lanes<V>,
    /// How round the corners are.
    pub rounding: Rounding<V>,
}

impl<V: Vector> Shares<V> {
    /// For the signals of duration knobs: octaves re 1 s.
    #[inline(always)]
    pub fn of([attack, decay, release]: [Lanes<V>; 3], sample_rate: f32) -> Self {
        let seconds = attack.exp2();
        let rounding = Rounding::of(seconds, sample_rate);
        Self {
            attack: approach(1.0 / ((seconds - rounding.lead) * sample_rate)),
            decay: approach_in(decay, DECAY_DEPTH, sample_rate),
            release: approach_in(release, DECAY_DEPTH, sample_rate),
            rounding,
        }
    }
}

impl<V: Vector> Envelope<V> {
    /// Takes up what [`save`](Self::save) left; zeros are an envelope at rest.
    #[inline(always)]
    pub fn load([level, attacking, open, corners @ ..]: [Lanes<V>; 6]) -> Self {
        Self {
            level,
            corners: ThreePole::from_poles(corners),
            attacking: attacking.gt(0.5),
            open: open.gt(0.5),
        }
    }

    /// Level, attack under way, gate open, corners: as numbers, to keep.
    #[inline(always)]
    pub fn save(&self) -> [Lanes<V>; 6] {
        let [attacking, open] = [self.attacking.to_gate(self.level), self.open.to_gate(self.level)];
        let [first, second, third] = self.corners.poles();
        [self.level, attacking, open, first, second, third]
    }

    /// The next level. A gate that opens starts an attack from wherever the level is; `retrigger` does the
    /// same while the gate is open. Neither clicks, for the corners are round.
    #[inline(always)]
    pub fn step(
        &mut self,
        gate_signal: Lanes<V>,
        retrigger: Mask<V>,
        sustain: Lanes<V>,
        shares: &Shares<V>,
    ) -> Lanes<V> {
        let gate = Gate::after(self.open, gate_signal);
        let attacking = gate.open & (gate.opens | retrigger | self.attacking);
        // Both ways on from here are computed side by side, so that the next level never waits for
        // the comparison that ends the attack.
        let rising = self.level + (ATTACK_TARGET - self.level) * shares.attack;
        let arrived = attacking & rising.ge(1.0);
        let held = gate.open.keep(sustain);
        let share = gate.open.select(shares.decay, shares.release);
        let falling = self.level + (held - self.level) * share;
        self.level = attacking.select(rising.min(1.0), falling);
        self.attacking = attacking & !arrived;
        self.open = gate.open;
        shares.rounding.follow(&mut self.corners, self.level)
    }
}
