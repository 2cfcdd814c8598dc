//! Hints about the parts of a node: a name that means something else there, or the names there are.

use crate::hint::Hint;
use crate::node::{Node, Side};
use jackfield_node::NodeSpec;

/// Names that a hint lists at most.
const LISTED: usize = 12;

/// What a name that is no knob of this type was meant to be.
pub(crate) fn for_knob(spec: &NodeSpec, name: &str) -> Hint {
    if spec.setting(name).is_some() {
        return Hint::sentence("it is a setting; write it into \"settings\"");
    }
    if spec.input(name).is_some() {
        return Hint::sentence("it is an input without a knob; let a cable go there");
    }
    if spec.output(name).is_some() {
        return Hint::sentence("it is an output, which has no value");
    }
    let knobs = || spec.inputs.iter().filter(|input| input.knob.is_some()).map(|input| input.name);
    Hint::among(name, knobs()).or_else(|| listed(knobs()))
}

/// What a name that is no setting of this type was meant to be.
pub(crate) fn for_setting(spec: &NodeSpec, name: &str) -> Hint {
    match spec.input(name) {
        Some(input) if input.knob.is_some() => {
            return Hint::sentence("it is a knob; write it into \"knobs\"");
        }
        Some(_) => return Hint::sentence("it is an input; let a cable go there"),
        None => {}
    }
    let settings = || spec.settings.iter().map(|setting| setting.name);
    Hint::among(name, settings()).or_else(|| listed(settings()))
}

/// What a name that is no port of this side of a node was meant to be.
pub(crate) fn for_port(node: &Node, side: Side, name: &str) -> Hint {
    let other = if side == Side::Output { Side::Input } else { Side::Output };
    if node.find_port(other, name).is_some() {
        let what = other.name();
        return Hint::sentence(format!(
            "it is an {what}, and a cable goes from an output to an input; are its ends swapped?"
        ));
    }
    if node.spec().and_then(|spec| spec.setting(name)).is_some() {
        return Hint::sentence("it is a setting, which no cable moves");
    }
    Hint::among(name, node.port_names(side)).or_else(|| listed(node.port_names(side)))
}

/// The names there are.
fn listed<'n>(names: impl Iterator<Item = &'n str>) -> Hint {
    let names: Vec<&str> = names.collect();
    let more = if names.len() > LISTED { " ..." } else { "" };
    match names.get(..LISTED).unwrap_or(&names) {
        [] => Hint::sentence("it has none"),
        [one] => Hint::sentence(format!("it has '{one}'")),
        several => Hint::sentence(format!("it has {}{more}", several.join(", "))),
    }
}
