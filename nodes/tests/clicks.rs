//! No node clicks when it is edited while it sounds. No line here knows a node.

use jackfield_testkit::conformance::{Click, clicks};

/// What nobody hears.
const MOST_DB: f64 = -80.0;

#[test]
fn no_node_clicks_when_it_is_edited() {
    let registry = jackfield_nodes::registry();
    let mut all: Vec<Click> = registry.iter().flat_map(clicks).collect();
    all.sort_by(|a, b| b.decibels.total_cmp(&a.decibels));
    let table: Vec<String> =
        all.iter().filter(|click| click.decibels > -110.0).map(Click::to_string).collect();
    println!("{}", table.join("\n"));
    let loud: Vec<String> =
        all.iter().filter(|click| click.decibels > MOST_DB).map(Click::to_string).collect();
    assert!(loud.is_empty(), "{} clicks:\n{}", loud.len(), loud.join("\n"));
}
