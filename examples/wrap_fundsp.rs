//! Puts a `fundsp` unit into a patch as a node of one's own.
//!
//! Run with `cargo run -p jackfield-examples --example wrap_fundsp`.

use fundsp::prelude32::{AudioUnit, Tanh, pass, pinkpass, shape};
use jackfield_engine::{Options, Session};
use jackfield_node::NoAssets;
use jackfield_node::adapt::fundsp::{FundspBlock, FundspNode};
use jackfield_node::prelude::*;
use std::error::Error;

const IN: Input = Input::audio(0, "in", "Sound to colour.");
const OUT: Output = Output::audio(0, "out", "Warm and dark.");

/// A node whose sound is one line of fundsp.
struct Warmth;

impl FundspNode for Warmth {
    type Config = NoConfig;
    const INPUTS: &'static [Input] = &[IN];
    const OUTPUTS: &'static [Output] = &[OUT];

    fn unit(_: &NoConfig, _: &Setup, _: u32) -> Box<dyn AudioUnit> {
        Box::new(pass() >> shape(Tanh(2.0)) >> pinkpass())
    }
}

static WARMTH: NodeSpec = NodeSpec::block::<FundspBlock<Warmth>>("effect.warmth", "Warmth", Category::Effect)
    .summary("Saturation and a pink slope, by fundsp.")
    .inputs(&[IN])
    .outputs(&[OUT])
    .checked();

const PATCH: &str = r#"{"jackfield": 1,
  "nodes": {"saw": {"type": "source.oscillator"}, "warm": {"type": "effect.warmth"}, "out": {"type": "device.output"}},
  "cables": [{"from": "saw.out", "to": "warm.in"}, {"from": "warm.out", "to": "out.in"}]}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut registry = jackfield_nodes::registry();
    registry.add(&WARMTH)?;
    let (patch, _) = jackfield_patch::read(PATCH, &registry)?;
    let (mut session, mut executor) = Session::new(Options::default(), Box::new(NoAssets))?;
    session.update(&patch);
    let probe = session.probe("warm", "out", 0)?;
    let mut output = vec![0.0; 2 * 4_800];
    executor.process(&[], 0, &mut output, 2);
    println!("a saw through fundsp: {:?}", probe.levels());
    Ok(())
}
