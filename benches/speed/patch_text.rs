//! Writes patches in the words of the file format, node by node.

use crate::gain_node;
use jackfield_node::Registry;
use jackfield_patch::Patch;
use std::fmt::Write;

/// A patch being written.
#[derive(Default)]
pub(crate) struct PatchText {
    nodes: Vec<String>,
    cables: Vec<String>,
}

impl PatchText {
    /// Adds a node: id, type, knobs, settings (choices by name).
    pub(crate) fn node(&mut self, id: &str, kind: &str, knobs: &[(&str, f32)], settings: &[(&str, Value)]) {
        let mut text = format!(r#""{id}": {{"type": "{kind}""#);
        if !knobs.is_empty() {
            let knobs: Vec<String> =
                knobs.iter().map(|(name, value)| format!(r#""{name}": {value}"#)).collect();
            let _ = write!(text, r#", "knobs": {{{}}}"#, knobs.join(", "));
        }
        if !settings.is_empty() {
            let settings: Vec<String> =
                settings.iter().map(|(name, value)| format!(r#""{name}": {}"#, value.text())).collect();
            let _ = write!(text, r#", "settings": {{{}}}"#, settings.join(", "));
        }
        text.push('}');
        self.nodes.push(text);
    }

    /// Adds a cable between `node.output` and `node.input`.
    pub(crate) fn cable(&mut self, from: &str, to: &str, depth: f32) {
        self.cables.push(format!(r#"{{"from": "{from}", "to": "{to}", "depth": {depth}}}"#));
    }

    /// The output node without its limiter and filter, which no peer has.
    pub(crate) fn plain_output(&mut self) {
        let off = [("limiter", Value::Toggle(false)), ("offset_filter", Value::Toggle(false))];
        self.node("out", "device.output", &[], &off);
    }

    /// The patch.
    pub(crate) fn patch(&self) -> Patch {
        let text = format!(
            r#"{{"jackfield": 1, "nodes": {{{}}}, "cables": [{}]}}"#,
            self.nodes.join(", "),
            self.cables.join(", ")
        );
        let specs = [jackfield_nodes::SPECS, &[&gain_node::SPEC]].concat();
        let registry = Registry::new(&specs).expect("no two node types have one id");
        let read = jackfield_patch::read(text.as_bytes(), &registry);
        read.unwrap_or_else(|error| panic!("the patch of a benchmark is wrong: {error}")).0
    }
}

/// What a setting is set to.
#[derive(Clone, Copy)]
pub(crate) enum Value {
    Choice(&'static str),
    Count(u32),
    Toggle(bool),
}

impl Value {
    fn text(self) -> String {
        match self {
            Self::Choice(name) => format!("\"{name}\""),
            Self::Count(count) => count.to_string(),
            Self::Toggle(on) => on.to_string(),
        }
    }
}
