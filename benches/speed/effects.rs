//! P2, effects: noise through three filters, chorus, stereo delay with feedback, reverb and compressor: one
//! voice, so nothing to pack, and long memories instead of short ones.
//!
//! fundsp has no compressor; its limiter stands in for it. The reverbs are feedback delay networks with 32
//! (fundsp) and 16 lines (ours, whose lines are modulated).

use crate::contender::{Contender, Player};
use crate::contest::{Contest, OURS};
use crate::fundsp::Unit;
use crate::ours::Engine;
use crate::patch_text::PatchText;
use crate::sanity;
use fundsp::prelude::*;
use jackfield_patch::Patch;

/// The corner of each filter.
const CORNERS: [f32; 3] = [4_000.0, 3_000.0, 2_000.0];
const DELAY_SECONDS: f32 = 0.3;
const FEEDBACK: f32 = 0.4;
const DECAY_SECONDS: f32 = 2.0;

/// The contest. It has no bar: it is here to be seen.
pub(crate) fn contest() -> Contest {
    let contenders = vec![
        Contender::new(OURS, || Engine::player(&patch(), 16)),
        Contender::new("fundsp, Net", in_fundsp_net),
        Contender::new("fundsp, static graph", in_fundsp),
    ];
    Contest { name: "P2 effects", contenders, seconds: 1.0, nodes: None, bars: vec![], check: sanity::sounds }
}

fn patch() -> Patch {
    let mut text = PatchText::default();
    text.node("noise", "source.noise", &[("level", -12.0)], &[]);
    let mut last = "noise.out".to_owned();
    for (number, corner) in CORNERS.into_iter().enumerate() {
        let id = format!("filter{number}");
        text.node(&id, "filter.svf", &[("cutoff", corner)], &[]);
        text.cable(&last, &format!("{id}.in"), 1.0);
        last = format!("{id}.low");
    }
    text.node("chorus", "effect.chorus", &[], &[]);
    text.cable(&last, "chorus.in", 1.0);
    text.node("reverb", "effect.reverb", &[("decay", DECAY_SECONDS)], &[]);
    for side in ["left", "right"] {
        let (delay, compressor) = (format!("delay_{side}"), format!("compressor_{side}"));
        let repeats = [("time", DELAY_SECONDS), ("feedback", FEEDBACK)];
        text.node(&delay, "effect.delay", &repeats, &[]);
        text.node(&compressor, "dynamics.compressor", &[], &[]);
        text.cable(&format!("chorus.{side}"), &format!("{delay}.in"), 1.0);
        text.cable(&format!("{delay}.out"), &format!("reverb.{side}"), 1.0);
        text.cable(&format!("reverb.{side}"), &format!("{compressor}.in"), 1.0);
        text.cable(&format!("{compressor}.out"), &format!("out.{side}"), 1.0);
    }
    text.plain_output();
    text.patch()
}

fn filters() -> An<impl AudioNode<Inputs = U0, Outputs = U1>> {
    let [first, second, third] = CORNERS.map(|corner| lowpass_hz::<f32>(corner, 0.7));
    (noise() * 0.25) >> first >> second >> third
}

fn both_choruses() -> An<impl AudioNode<Inputs = U1, Outputs = U2>> {
    chorus(0, 0.015, 0.005, 0.7) ^ chorus(1, 0.015, 0.005, 0.7)
}

fn echo() -> An<impl AudioNode<Inputs = U1, Outputs = U1>> {
    pass() & feedback(delay(f64::from(DELAY_SECONDS)) * FEEDBACK)
}

fn room() -> An<impl AudioNode<Inputs = U2, Outputs = U2>> {
    multipass::<U2>() & (reverb_stereo(10.0, f64::from(DECAY_SECONDS), 0.5) * 0.3)
}

/// Every part a node of its own.
fn in_fundsp_net() -> Box<dyn Player> {
    let mut net = Net::new(0, 2);
    let parts: [Box<dyn AudioUnit>; 5] = [
        Box::new(filters()),
        Box::new(both_choruses()),
        Box::new(echo() | echo()),
        Box::new(room()),
        Box::new(limiter_stereo(0.01, 0.15)),
    ];
    let parts = parts.map(|part| net.push(part));
    net.pipe_all(parts[0], parts[1]);
    net.pipe_all(parts[1], parts[2]);
    net.pipe_all(parts[2], parts[3]);
    net.pipe_all(parts[3], parts[4]);
    net.pipe_output(parts[4]);
    Unit::player(Box::new(net))
}

/// One type for all of it.
fn in_fundsp() -> Box<dyn Player> {
    let chain = filters() >> both_choruses() >> (echo() | echo()) >> room() >> limiter_stereo(0.01, 0.15);
    Unit::player(Box::new(chain))
}
