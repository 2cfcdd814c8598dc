//! The four-stage envelope: attack, decay, sustain, release, in exponential curves.

use crate::gate::Gate;
use crate::{Lanes, Vector};

/// The attack aims above 1, so that it gets there in finite time and with an analogue curve: at e / (e
/// - 1) its time constant is its duration.
const ATTACK_TARGET: f32 = 1.581_976_7;

/// How many time constants a decay or release takes: the distance then is down by 60 dB.
pub const DECAY_DEPTH: f32 = 6.907_755;

/// What the signal leaves behind. The fields are the words of a node's state.
pub struct Envelope<'s, V: Vector> {
    /// Where the envelope stands.
    pub level: &'s mut Lanes<V>,
    /// 1 while the attack is under way.
    pub attacking: &'s mut Lanes<V>,
    /// 1 while the gate is open.
    pub gate: &'s mut Lanes<V>,
}

/// How fast each stage approaches its target; see [`smooth`](crate::smooth).
#[derive(Clone, Copy)]
pub struct Shares<V: Vector> {
    /// Towards the top. 1 time constant long.
    pub attack: Lanes<V>,
    /// Towards the sustain level, [`DECAY_DEPTH`] time constants long.
    pub decay: Lanes<V>,
    /// Towards 0, [`DECAY_DEPTH`] time constants long.
    pub release: Lanes<V>,
}

impl<V: Vector> Envelope<'_, V> {
    /// The next level. A gate that opens starts an attack from wherever the level is, so a retrigger
    /// doesn't click; `retrigger` does the same while the gate is open.
    #[inline(always)]
    pub fn step(
        &mut self,
        gate_signal: Lanes<V>,
        retrigger: crate::Mask<V>,
        sustain: Lanes<V>,
        shares: &Shares<V>,
    ) -> Lanes<V> {
        let gate = Gate::read(self.gate, gate_signal);
        let starts = gate.opens | (retrigger & gate.open);
        let attacking = gate.open & (starts | self.attacking.gt(0.5));
        let held = gate.open.select(sustain, sustain.same(0.0));
        let target = attacking.select(sustain.same(ATTACK_TARGET), held);
        let share = attacking.select(shares.attack, gate.open.select(shares.decay, shares.release));
        let level = *self.level + (target - *self.level) * share;
        let arrived = attacking & level.ge(1.0);
        *self.level = arrived.select(level.same(1.0), level);
        *self.attacking = (attacking & !arrived).to_gate(level);
        *self.level
    }
}
