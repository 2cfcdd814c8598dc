//! The patch in fundsp: as a `Net`, whose graph is made at run time like ours, and as a static graph, which
//! the Rust compiler sees as a whole.

use super::{
    ATTACK, CUTOFF, GATES, LEVEL, QUALITY, RELEASE, SUSTAIN, SWEEP, VOICES, decay, frequency, lfo_rate,
};
use crate::contender::Player;
use crate::fundsp::Unit;
use fundsp::prelude::*;

fn gate() -> An<impl AudioNode<Inputs = U0, Outputs = U1>> {
    lfo(|time: f32| if (time * GATES).fract() < 0.5 { 1.0 } else { 0.0 })
}

fn cutoff() -> An<impl AudioNode<Inputs = U1, Outputs = U1>> {
    map(|lfo: &Frame<f32, U1>| CUTOFF * (lfo[0] * SWEEP).exp2())
}

fn envelope(voice: usize) -> An<impl AudioNode<Inputs = U1, Outputs = U1>> {
    adsr_live(ATTACK, decay(voice), SUSTAIN, RELEASE)
}

/// Audio and cutoff in, audio out.
fn filter() -> An<impl AudioNode<Inputs = U2, Outputs = U1>> {
    (pass() | pass() | dc(QUALITY)) >> lowpass::<f32>()
}

fn amplifier() -> An<impl AudioNode<Inputs = U2, Outputs = U1>> {
    pass() * pass() * LEVEL
}

/// Every part a node of its own.
pub(crate) fn start_net() -> Box<dyn Player> {
    let mut net = Net::new(0, 1);
    let gate = net.push(Box::new(gate()));
    let sum = net.push(Box::new(sumi::<U64, _, _>(|_| pass())));
    for voice in 0..VOICES {
        let saw = net.push(Box::new(saw_hz(frequency(voice))));
        let lfo = net.push(Box::new(sine_hz::<f32>(lfo_rate(voice))));
        let cutoff = net.push(Box::new(cutoff()));
        let filter = net.push(Box::new(filter()));
        let envelope = net.push(Box::new(envelope(voice)));
        let amplifier = net.push(Box::new(amplifier()));
        net.connect(saw, 0, filter, 0);
        net.connect(lfo, 0, cutoff, 0);
        net.connect(cutoff, 0, filter, 1);
        net.connect(gate, 0, envelope, 0);
        net.connect(filter, 0, amplifier, 0);
        net.connect(envelope, 0, amplifier, 1);
        net.connect(amplifier, 0, sum, voice);
    }
    net.connect_output(sum, 0, 0);
    Unit::player(Box::new(net))
}

/// One type for all of it.
pub(crate) fn start_static() -> Box<dyn Player> {
    let voice = |voice: u64| {
        let voice = voice as usize;
        let cutoff = sine_hz::<f32>(lfo_rate(voice)) >> cutoff();
        ((saw_hz(frequency(voice)) | cutoff) >> filter() | envelope(voice)) >> amplifier()
    };
    let all = gate() >> busi::<U64, _, _>(voice);
    Unit::player(Box::new(all))
}
