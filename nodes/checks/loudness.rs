//! No effect changes the loudness by itself.

use jackfield_node::NodeSpec;
use jackfield_testkit::conformance::{LoudnessChange, loudness_changes};

/// By how many decibels the loudness may change at a node's defaults.
const MOST: f64 = 3.0;

/// Panics when a node changes the loudness and does not say why, or says why and does not.
pub(crate) fn keeps_the_loudness(spec: &'static NodeSpec) {
    let all = loudness_changes(spec);
    let is_off = |change: &&LoudnessChange| change.decibels.is_nan() || change.decibels.abs() > MOST;
    let off: Vec<String> = all.iter().filter(is_off).map(LoudnessChange::to_string).collect();
    for change in &all {
        println!("{change}");
    }
    match spec.changes_loudness {
        None => assert!(off.is_empty(), "it changes the loudness:\n{}", off.join("\n")),
        Some(reason) => {
            assert!(reason.len() > 20 && reason.ends_with('.'), "'{reason}' is no sentence");
            assert!(!off.is_empty(), "it keeps the loudness without a reason");
        }
    }
}
