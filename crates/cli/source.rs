//! What to make sound of: a patch, and where its files are.

use crate::exit::Failure;
use crate::patch_file::{self, Home};
use jackfield_engine::{Executor, Options, Problem, Session};
use jackfield_node::Registry;
use jackfield_patch::Patch;
use std::path::{Path, PathBuf};

/// A patch and the path it came from.
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) patch: Patch,
    pub(crate) home: Home,
}

impl Source {
    /// Reads the patch at `path`.
    pub(crate) fn open(path: &Path, registry: &Registry) -> Result<Self, Failure> {
        let file = patch_file::open(path, registry)?;
        Ok(Self { path: path.to_owned(), patch: file.patch, home: file.home })
    }

    /// Compiles the patch. The problems are nodes that can't play; the others do.
    pub(crate) fn compile(&self, sample_rate: u32) -> Result<(Session, Executor, Vec<Problem>), Failure> {
        let options = Options { sample_rate: sample_rate as f32, ..Options::default() };
        let assets = Box::new(self.home.assets());
        let (mut session, executor) = Session::new(options, assets).map_err(Failure::usage)?;
        let report = session.update(&self.patch);
        Ok((session, executor, report.problems))
    }

    /// A problem as one line.
    pub(crate) fn describe(&self, problem: &Problem) -> String {
        format!("{}: node '{}': {}", self.path.display(), problem.node, problem.error)
    }
}
