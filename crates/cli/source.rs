//! What to make sound of: a patch, and where its files are.

use crate::exit::Failure;
use crate::outputs::Outputs;
use crate::patch_file::{self, Home};
use jackfield_engine::{Executor, Options, Problem, Session};
use jackfield_node::Registry;
use jackfield_patch::{Given, Patch};
use std::path::{Path, PathBuf};

/// A patch and the path it came from, or what stands for that in messages.
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) patch: Patch,
    pub(crate) home: Home,
}

impl Source {
    /// Reads the patch at `path`.
    pub(crate) fn open(path: &Path, registry: &Registry) -> Result<Self, Failure> {
        let file = patch_file::open(path, registry)?;
        Ok(Self { path: patch_file::shown(path).to_owned(), patch: file.patch, home: file.home })
    }

    /// What it reads: the patch and its files.
    pub(crate) fn outputs(&self) -> Outputs {
        let mut outputs = Outputs::default();
        self.home.read_by(&mut outputs, &self.path, &self.patch);
        outputs
    }

    /// Compiles the patch. The problems are nodes that can't play; the others do.
    pub(crate) fn compile(&self, sample_rate: u32) -> Result<(Session, Executor, Vec<Problem>), Failure> {
        let options = Options::at(sample_rate as f32);
        let assets = Box::new(self.home.assets());
        let (mut session, executor) = Session::new(options, assets).map_err(Failure::usage)?;
        let report = session.update(&self.patch);
        Ok((session, executor, report.problems))
    }

    /// Tells of what is given, by these options, that the patch has no use for.
    pub(crate) fn warn_of_unused(&self, midi: Option<&str>, input: Option<&str>) {
        let uses = |midi, input| self.patch.uses(Given { midi, input });
        let kinds = [
            (midi, "plays from MIDI", uses(true, false)),
            (input, "listens to the sound device's input", uses(false, true)),
        ];
        for (option, does, is_used) in kinds {
            if let Some(option) = option.filter(|_| !is_used) {
                let path = self.path.display();
                eprintln!("warning: {path}: {option} is of no use: no node that is heard {does}");
            }
        }
    }

    /// A problem as one line.
    pub(crate) fn describe(&self, problem: &Problem) -> String {
        format!("{}: node '{}': {}", self.path.display(), problem.node, problem.error)
    }
}
