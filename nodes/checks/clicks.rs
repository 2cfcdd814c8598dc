//! No node clicks when it is edited while it sounds.

use jackfield_node::NodeSpec;
use jackfield_testkit::conformance::{Click, clicks};

/// What nobody hears.
const MOST_DB: f64 = -80.0;

/// What doesn't reach the bar yet, and how loud it is. None may get louder. Take an entry out once it is no
/// longer needed; the list shall get empty.
const MISSES: &[(&str, &str, f64)] = &[
    // A new instance, which a muted output and one of another latency get, is heard as it begins.
    ("device.output", "muted", -67.0),
    ("device.output", "setting 'limiter'", -59.0),
    // Bands in the treble ring for a moment when they move.
    ("effect.vocoder", "knob 'shift'", -74.0),
    ("filter.parametric_eq", "knob 'gain_7'", -74.0),
];

/// The level that a change of a node must not exceed.
fn most_db(click: &Click) -> f64 {
    let miss = MISSES.iter().find(|(node, change, _)| *node == click.node && *change == click.change);
    miss.map_or(MOST_DB, |(_, _, decibels)| *decibels)
}

/// Panics when a change of a node clicks.
pub(crate) fn makes_no_click(spec: &'static NodeSpec) {
    let mut all = clicks(spec);
    all.sort_by(|a, b| b.decibels.total_cmp(&a.decibels));
    for click in all.iter().filter(|click| click.decibels > -110.0) {
        println!("{click}");
    }
    let loud: Vec<String> =
        all.iter().filter(|click| click.decibels > most_db(click)).map(Click::to_string).collect();
    assert!(loud.is_empty(), "{} clicks:\n{}", loud.len(), loud.join("\n"));
}

#[test]
fn no_miss_is_listed_that_is_none() {
    let registry = crate::registry();
    for (node, change, _) in MISSES {
        let spec = registry.get(node).expect("a node of the library");
        let misses = |click: &Click| click.change == *change && click.decibels > MOST_DB;
        assert!(clicks(spec).iter().any(misses), "{node}, {change}: reaches the bar");
    }
}
