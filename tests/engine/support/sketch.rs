//! Patches in few words.

use jackfield_node::{NodeSpec, SettingValue};
use jackfield_patch::{CableEnds, CableOptions, Edit, Node, Patch};

/// A patch being put together. Panics when a word is wrong: the test is.
#[derive(Clone, Default)]
pub struct Sketch {
    pub patch: Patch,
}

/// The ends `"node.output"` and `"node.input"`.
pub fn ends(from: &str, to: &str) -> CableEnds {
    let (from, output) = from.split_once('.').expect("node.output");
    let (to, input) = to.split_once('.').expect("node.input");
    CableEnds::new(from, output, to, input)
}

impl Sketch {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn edit(mut self, edit: Edit) -> Self {
        self.patch.apply(edit).unwrap_or_else(|error| panic!("{error}"));
        self
    }

    pub fn node(self, id: &str, spec: &'static NodeSpec) -> Self {
        self.edit(Edit::AddNode(Box::new(Node::new(id, spec))))
    }

    pub fn knob(self, id: &str, input: &str, value: f32) -> Self {
        self.edit(Edit::SetKnob { id: id.into(), input: input.into(), value })
    }

    pub fn count(self, id: &str, setting: &str, count: u32) -> Self {
        let value = SettingValue::Count(count);
        self.edit(Edit::SetSetting { id: id.into(), setting: setting.into(), value })
    }

    pub fn toggle(self, id: &str, setting: &str, on: bool) -> Self {
        let value = SettingValue::Toggle(on);
        self.edit(Edit::SetSetting { id: id.into(), setting: setting.into(), value })
    }

    pub fn cable(self, from: &str, to: &str) -> Self {
        self.edit(Edit::connect(ends(from, to)))
    }

    pub fn depth(self, from: &str, to: &str, depth: f32) -> Self {
        let options = CableOptions { depth, ..Default::default() };
        self.edit(Edit::Connect { ends: ends(from, to), options })
    }

    pub fn without(self, from: &str, to: &str) -> Self {
        self.edit(Edit::Disconnect { ends: ends(from, to) })
    }

    pub fn remove(self, id: &str) -> Self {
        self.edit(Edit::RemoveNode { id: id.into() })
    }

    /// The patch as a file, for messages.
    pub fn text(&self) -> String {
        text(&self.patch)
    }
}

/// A patch as a file, for messages.
pub fn text(patch: &Patch) -> String {
    jackfield_patch::write(patch)
}
