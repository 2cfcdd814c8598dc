//! `jackfield git-setup`: lets git compare and merge patches as patches.

use crate::exit::Failure;
use crate::output::print;
use jackfield_io::atomic_write;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The line of .gitattributes.
const ATTRIBUTES: &str = "*.jack diff=jackfield merge=jackfield";

/// Let git compare and merge the patches of a repository with this program.
///
/// Adds a line to .gitattributes, which goes along with the repository, and three settings to .git/config,
/// which each person's copy needs.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A folder in the repository, in place of this one.
    #[arg(default_value = ".")]
    folder: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let top = git(&arguments.folder, &["rev-parse", "--show-toplevel"])?;
    let top = Path::new(top.trim_end());
    let program = program()?;
    let settings = [
        ("merge.jackfield.name", "patches of Jackfield".to_owned()),
        ("merge.jackfield.driver", format!("{program} merge %O %A %B --output %A")),
        ("diff.jackfield.command", format!("{program} diff --git")),
    ];
    for (name, value) in &settings {
        git(top, &["config", name, value])?;
    }
    let path = top.join(".gitattributes");
    let mut text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        // What can't be read must not be written over.
        Err(error) => {
            let path = path.display();
            return Err(Failure::input(format!("can't read '{path}': {error}; add '{ATTRIBUTES}' to it")));
        }
    };
    if !text.lines().any(|line| line.trim() == ATTRIBUTES) {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(ATTRIBUTES);
        text.push('\n');
        atomic_write(&path, text.as_bytes()).map_err(Failure::output)?;
    }
    print(&format!("{}: 'git diff' and 'git merge' now understand patches (*.jack)\n", top.display()))
}

/// Runs git and gives back what it printed.
fn git(folder: &Path, arguments: &[&str]) -> Result<String, Failure> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output();
    let output = output.map_err(|error| Failure::input(format!("can't run git: {error}; install it")))?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::input(format!("git, in '{}': {}", folder.display(), why.trim())));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// How git's shell can start this program.
fn program() -> Result<String, Failure> {
    let path = std::env::current_exe().map_err(|error| {
        Failure::input(format!("can't tell where this program lies: {error}; run it by its whole path"))
    })?;
    let path = path.to_string_lossy().replace('\\', "/");
    Ok(format!("'{}'", path.replace('\'', r"'\''")))
}
