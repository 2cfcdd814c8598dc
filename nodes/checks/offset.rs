//! No source and nothing that shapes a sound has an offset.

use jackfield_node::NodeSpec;
use jackfield_testkit::conformance::{Offset, offsets};

/// What is no offset: -60 dB.
const MOST: f64 = 0.001;

/// Panics when a node has an offset and does not say why, or says why and has none.
pub(crate) fn swings_around_zero(spec: &'static NodeSpec) {
    let mut off: Vec<Offset> = offsets(spec);
    off.retain(|offset| offset.mean.abs() > MOST);
    off.sort_by(|a, b| b.mean.abs().total_cmp(&a.mean.abs()));
    let lines: Vec<String> = off.iter().map(Offset::to_string).collect();
    match spec.has_offset {
        None => assert!(off.is_empty(), "{} offsets:\n{}", off.len(), lines.join("\n")),
        Some(reason) => {
            assert!(reason.len() > 20 && reason.ends_with('.'), "'{reason}' is no sentence");
            assert!(!off.is_empty(), "it has no offset, though it says why");
            assert!(spec.help.contains("offset"), "its help says nothing of the offset");
        }
    }
}
