//! Plays a patch in a program of one's own: a session compiles, an executor computes, here into a buffer.
//!
//! In a program with a sound device the executor moves into the device's callback and the session stays
//! where the user is. Run with `cargo run -p jackfield-examples --example embed_the_engine`.

use jackfield_engine::{Options, Session};
use jackfield_node::NoAssets;
use std::error::Error;

const PATCH: &str = r#"{
  "jackfield": 1,
  "nodes": {
    "saw": {"type": "source.oscillator", "knobs": {"frequency": 110}},
    "filter": {"type": "filter.svf", "knobs": {"cutoff": 400, "resonance": 0.6}},
    "out": {"type": "device.output", "knobs": {"level": -12}}
  },
  "cables": [
    {"from": "saw.out", "to": "filter.in"},
    {"from": "filter.low", "to": "out.in"}
  ]
}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let (patch, _) = jackfield_patch::read(PATCH, &jackfield_nodes::registry())?;
    let (mut session, mut executor) = Session::new(Options::default(), Box::new(NoAssets))?;
    session.update(&patch);
    let probe = session.probe("filter", "low", 0)?;

    // What a device's callback does: interleaved samples, as many as it asks for.
    let mut output = vec![0.0; 2 * 480];
    for callback in 0..100 {
        executor.process(&[], 0, &mut output, 2);
        if callback == 50 {
            // A knob turns smoothly; nothing is compiled.
            session.set_knob("filter", "cutoff", 4_000.0)?;
        }
        // Now and then the session frees what the executor is done with.
        session.poll();
    }
    println!("{} frames played; the filter's level is {:?}", session.clock(), probe.levels());
    print!("{}", session.plan());
    Ok(())
}
