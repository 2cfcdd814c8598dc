//! The format as people meet it: whole files in, messages and files out.

use super::*;
use crate::Patch;
use crate::testing::registry;
use jackfield_node::Registry;

/// A file that uses every key, written canonically.
const EVERYTHING: &str = r#"{
  "jackfield": 1,
  "title": "Acid \"bass\"",
  "author": "Ada",
  "license": "CC0-1.0",
  "notes": "Turn up\nthe resonance.",
  "seed": 7,
  "nodes": {
    "filter": {"type": "filter.svf", "version": 3, "at": [300, 80.5], "knobs": {"cutoff": 800, "resonance": 0.7}, "settings": {"slope": "24"}},
    "future": {"type": "effect.warp", "version": 12, "at": [-5, 0], "muted": true, "knobs": {"a": 0.1, "b": 1e-9}, "colour": "red", "deep": {"x": [1, null, {}], "y": []}},
    "osc": {"type": "source.osc", "version": 1, "muted": true, "settings": {"file": "kick.wav", "label": "", "pattern": [0, 7, 12], "sync": true, "voices": 8, "waveform": "saw"}},
    "osc-2": {"type": "source.osc", "version": 1, "colour": "blue"},
    "out": {"type": "device.output", "version": 1}
  },
  "cables": [
    {"from": "filter.low", "to": "future.in"},
    {"from": "future.left", "to": "out.left", "uncompensated": true},
    {"from": "future.right", "to": "out.right", "depth": -0.5},
    {"from": "osc.out", "to": "filter.cutoff", "depth": 2, "delayed": true, "label": "wobble"},
    {"from": "osc.out", "to": "filter.in"}
  ],
  "view": {"zoom": 1.5}
}
"#;

fn read_ok(file: &str) -> (Patch, Vec<Warning>) {
    read(file, &registry()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_file_with_everything_is_read_and_written_unchanged() {
    let (patch, _) = read_ok(EVERYTHING);
    assert_eq!(write(&patch), EVERYTHING);
}

#[test]
fn a_program_that_knows_no_type_writes_the_same_file() {
    let (patch, _) = read(EVERYTHING, &Registry::default()).unwrap();
    assert_eq!(write(&patch), EVERYTHING);
}
