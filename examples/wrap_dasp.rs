//! Puts a `dasp_graph` node into a patch as a node of one's own. It works 63 frames late, which the
//! compiler makes up for: the echo comes just as long after the sound as the delay says.
//!
//! Run with `cargo run -p jackfield-examples --example wrap_dasp`.

use dasp_graph::node::Delay;
use dasp_ring_buffer::Fixed;
use jackfield_engine::{Options, Session};
use jackfield_node::NoAssets;
use jackfield_node::adapt::dasp::{DaspBlock, DaspNode};
use jackfield_node::prelude::*;
use std::error::Error;

const IN: Input = Input::audio(0, "in", "Sound to repeat.");
const OUT: Output = Output::audio(0, "out", "The sound, later.");

/// How much later, in frames.
const TIME: usize = 14_400;

struct DaspEcho;

impl DaspNode for DaspEcho {
    type Config = NoConfig;
    type Node = Delay<Vec<f32>>;
    const INPUTS: &'static [&'static [Input]] = &[&[IN]];
    const OUTPUTS: &'static [Output] = &[OUT];

    fn node(_: &NoConfig, _: &Setup, _: u32) -> Delay<Vec<f32>> {
        Delay(vec![Fixed::from(vec![0.0; TIME])])
    }

    fn reset(delay: &mut Delay<Vec<f32>>) {
        delay.0.iter_mut().flat_map(Fixed::iter_mut).for_each(|sample| *sample = 0.0);
    }
}

static ECHO: NodeSpec = NodeSpec::block::<DaspBlock<DaspEcho>>("effect.echo", "Echo", Category::Effect)
    .summary("One echo, by dasp_graph.")
    .inputs(&[IN])
    .outputs(&[OUT])
    .checked();

const PATCH: &str = r#"{"jackfield": 1,
  "nodes": {"tick": {"type": "source.impulses", "knobs": {"rate": 1, "variation": 0}},
            "echo": {"type": "effect.echo"}, "out": {"type": "device.output"}},
  "cables": [{"from": "tick.out", "to": "echo.in"}, {"from": "tick.out", "to": "out.left"},
             {"from": "echo.out", "to": "out.right"}]}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut registry = jackfield_nodes::registry();
    registry.add(&ECHO)?;
    let (patch, _) = jackfield_patch::read(PATCH, &registry)?;
    let (mut session, mut executor) = Session::new(Options::default(), Box::new(NoAssets))?;
    session.update(&patch);
    let mut output = vec![0.0; 2 * 96_000];
    executor.process(&[], 0, &mut output, 2);
    let strike = |side: usize| output.iter().skip(side).step_by(2).rposition(|sample| sample.abs() > 0.1);
    println!("the last strike on the left: {:?}, and its echo on the right: {:?}", strike(0), strike(1));
    Ok(())
}
