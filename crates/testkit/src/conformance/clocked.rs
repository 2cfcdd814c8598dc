//! Values that a node takes as a gate opens: what it takes is what was there before.
//!
//! Where a value changes on the very frame of the gate, as that of a node on the same clock does, the node
//! must see none of it, or a chain of such nodes would pass a value through at once.

use super::stimulus::settings_variants;
use super::{FRAMES, first_difference};
use crate::harness::HarnessConfig;
use jackfield_node::{Gathering, Input, NodeSpec, PortKind, Settings};

/// When the gate opens.
const EDGE: usize = 200;
/// How long the value is another.
const LENGTH: usize = 40;

/// Every input that is taken as a gate opens says so, and is taken from before.
pub(super) fn takes_values_from_before_the_edge(spec: &'static NodeSpec) -> Vec<String> {
    let is_gate = |input: &&Input| input.kind == PortKind::Gate;
    let mut faults = Vec::new();
    for value in
        spec.inputs.iter().filter(|input| input.knob.is_none() && input.gathering != Gathering::SideBySide)
    {
        for clock in spec.inputs.iter().filter(is_gate).filter(|clock| clock.index != value.index) {
            let is_declared = value.taken_at == Some(clock.index);
            for settings in settings_variants(spec) {
                let run =
                    |change: usize, opens: bool| outputs(spec, &settings, *clock, *value, change, opens);
                let differ = |a: &[Vec<f32>], b: &[Vec<f32>]| first_difference(a, b).is_some();
                // Whether it matters outside the edge.
                let never = FRAMES;
                let is_heard_always = differ(&run(EDGE + 1, false), &run(never, false))
                    || differ(&run(EDGE + 1, true), &run(never, true));
                let is_heard_at_edge = differ(&run(EDGE - 1, true), &run(never, true));
                if is_heard_always || !is_heard_at_edge {
                    continue;
                }
                if !is_declared {
                    let (value, clock) = (value.name, clock.name);
                    faults
                        .push(format!("'{value}' is taken as '{clock}' opens, but does not say .taken_at()"));
                    break;
                }
                if differ(&run(EDGE, true), &run(never, true)) {
                    let (value, clock) = (value.name, clock.name);
                    faults.push(format!(
                        "'{value}' is not taken from before '{clock}' opens with {settings:?}"
                    ));
                }
            }
        }
        if let Some(clock) = value.taken_at
            && spec.inputs.get(clock).is_none_or(|clock| clock.kind != PortKind::Gate)
        {
            faults.push(format!("'{}' is taken at an input that is no gate", value.name));
        }
    }
    faults
}

/// What comes out when the value goes up on frame `change` for a while, and the gate opens on [`EDGE`], or
/// never.
fn outputs(
    spec: &'static NodeSpec,
    settings: &Settings,
    clock: Input,
    value: Input,
    change: usize,
    opens: bool,
) -> Vec<Vec<f32>> {
    let mut node = HarnessConfig { settings: settings.clone(), ..HarnessConfig::of(spec) }.start(spec);
    let high =
        |from: usize, to: usize| (0..FRAMES).map(|i| f32::from((from..to).contains(&i))).collect::<Vec<_>>();
    node.plug(value, high(change, change + LENGTH));
    if opens {
        node.plug(clock, high(EDGE, EDGE + LENGTH / 2));
    }
    node.run(FRAMES)
}
