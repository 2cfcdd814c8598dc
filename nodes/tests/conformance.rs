//! Every node of the library does what every node must do. No line here knows a node.

use jackfield_testkit::allocation::{self, CountingAllocator};
use jackfield_testkit::conformance;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

#[test]
fn every_node_conforms() {
    assert!(allocation::is_installed());
    let registry = jackfield_nodes::registry();
    assert!(registry.iter().count() > 0);
    let faults: Vec<String> = registry.iter().flat_map(conformance::check).collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
