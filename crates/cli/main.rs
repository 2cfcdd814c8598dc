//! Jackfield on the command line: arguments in, exit code out. One file per subcommand.

#![forbid(unsafe_code)]

mod bundle;
mod check;
mod definitions;
mod devices;
mod diff;
mod edit;
mod exit;
mod feed;
mod fmt;
mod git_setup;
mod group;
mod import;
mod interrupt;
mod library;
mod link;
mod merge;
mod nodes;
mod options;
mod output;
mod outputs;
mod patch_file;
mod plan;
mod play;
mod render;
mod source;
mod ungroup;

use clap::{CommandFactory, Parser, Subcommand};
use exit::Failure;
use jackfield_io::is_link;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A modular patching environment: patch files become sound.
///
/// Without a command it opens the editor, on this patch if one is named.
#[derive(Parser)]
#[command(version, after_help = exit::HELP, propagate_version = true, args_conflicts_with_subcommands = true)]
struct Arguments {
    /// The patch to open.
    #[arg(value_name = "PATCH", num_args = 0..)]
    patch: Vec<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    Bundle(bundle::Arguments),
    Check(check::Arguments),
    Definitions(definitions::Arguments),
    Devices(devices::Arguments),
    Diff(diff::Arguments),
    Edit(edit::Arguments),
    Fmt(fmt::Arguments),
    GitSetup(git_setup::Arguments),
    Group(group::Arguments),
    Import(import::Arguments),
    Link(link::Arguments),
    Merge(merge::Arguments),
    Nodes(nodes::Arguments),
    Plan(plan::Arguments),
    Play(play::Arguments),
    Render(render::Arguments),
    Ungroup(ungroup::Arguments),
}

impl Command {
    fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Bundle(arguments) => bundle::run(arguments),
            Self::Check(arguments) => check::run(arguments),
            Self::Definitions(arguments) => definitions::run(arguments),
            Self::Devices(arguments) => devices::run(arguments),
            Self::Diff(arguments) => diff::run(arguments),
            Self::Edit(arguments) => edit::run(arguments),
            Self::Fmt(arguments) => fmt::run(arguments),
            Self::GitSetup(arguments) => git_setup::run(arguments),
            Self::Group(arguments) => group::run(arguments),
            Self::Import(arguments) => import::run(arguments),
            Self::Link(arguments) => link::run(arguments),
            Self::Merge(arguments) => merge::run(arguments),
            Self::Nodes(arguments) => nodes::run(arguments),
            Self::Plan(arguments) => plan::run(arguments),
            Self::Play(arguments) => play::run(arguments),
            Self::Render(arguments) => render::run(arguments),
            Self::Ungroup(arguments) => ungroup::run(arguments),
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match (arguments.command, &arguments.patch[..]) {
        (Some(command), _) => command.run(),
        (None, [first, rest @ ..]) => open(first, rest),
        (None, []) => edit::run_anywhere(None),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// Opens a patch; a word that names none was meant to be a command.
fn open(patch: &Path, rest: &[PathBuf]) -> Result<(), Failure> {
    let is_patch = |ending: &OsStr| ["jack", "jackz", "vcv"].iter().any(|known| ending == *known);
    if is_link(&patch.to_string_lossy()) || patch.exists() || patch.extension().is_some_and(is_patch) {
        return match rest {
            [] => edit::run_anywhere(Some(patch.to_owned())),
            [another, ..] => Err(Failure::usage(format!(
                "the editor opens one patch; open '{}' by itself",
                another.display()
            ))),
        };
    }
    let word = patch.to_string_lossy();
    let commands = Arguments::command();
    let names: Vec<&str> = commands.get_subcommands().map(clap::Command::get_name).collect();
    let hint = jackfield_node::suggest(&word, names.iter().copied())
        .map_or_else(|| format!("there are {}", names.join(", ")), |near| format!("did you mean '{near}'?"));
    Err(Failure::usage(format!("there is no command and no patch '{word}'; {hint}")))
}
