//! What every node of the library must do, one test for each, and what voices made of several must do.

pub(crate) mod clicks;
mod echoes;
mod file_loops;
pub(crate) mod full_level;
mod help_numbers;
pub(crate) mod loudness;
pub(crate) mod offset;
mod stereo;
mod streaming;
mod strikes;
pub(crate) mod sync;
mod voices;

use jackfield_node::NodeSpec;
use jackfield_testkit::allocation::{self, CountingAllocator};
use jackfield_testkit::conformance::check;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// Panics when a node does not do what every node must.
pub(crate) fn conforms(spec: &'static NodeSpec) {
    let faults = check(spec);
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    // Without it nothing would count allocations. Asked last, for to ask prints a line.
    assert!(allocation::is_installed());
}
