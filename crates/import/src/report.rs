//! The report: what became of each module.

use serde_json::{Value, json};

/// How well a module's stand-in fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// The same function, with the knobs' values converted.
    Exact,
    /// Something of its kind, with ports matched by role.
    Near,
    /// A placeholder with all its data, ports and cables.
    Kept,
}

impl Grade {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Near => "near",
            Self::Kept => "kept",
        }
    }
}

/// What became of one module.
#[derive(Clone, Debug)]
pub struct ModuleReport {
    /// The plugin that it comes from.
    pub plugin: String,
    /// Its name in the plugin.
    pub model: String,
    /// How well its stand-in fits.
    pub grade: Grade,
    /// Why it is no better; empty if it is exact.
    pub reason: String,
    /// Ids of the nodes that stand for it; none for a module that became a comment.
    pub nodes: Vec<String>,
}

/// What became of a file.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Each module, in the order of the file.
    pub modules: Vec<ModuleReport>,
    /// Cables that the file lists.
    pub cables: usize,
    /// Cables of it that the patch has.
    pub carried_cables: usize,
    /// What could not be carried over, a line each.
    pub problems: Vec<String>,
}

impl Report {
    /// How many modules have this grade.
    pub fn count(&self, grade: Grade) -> usize {
        self.modules.iter().filter(|module| module.grade == grade).count()
    }

    /// The report as JSON: counts, and the modules one by one.
    pub fn to_json(&self) -> Value {
        let module = |module: &ModuleReport| {
            json!({
                "plugin": module.plugin,
                "model": module.model,
                "grade": module.grade.name(),
                "reason": module.reason,
                "nodes": module.nodes,
            })
        };
        json!({
            "modules": self.modules.len(),
            "cables": self.cables,
            "exact": self.count(Grade::Exact),
            "near": self.count(Grade::Near),
            "kept": self.count(Grade::Kept),
            "carried_cables": self.carried_cables,
            "problems": self.problems,
            "list": self.modules.iter().map(module).collect::<Vec<_>>(),
        })
    }
}
