//! Jackfield on the command line: arguments in, exit code out. One file per subcommand.

#![forbid(unsafe_code)]

mod bundle;
mod check;
mod devices;
mod edit;
mod exit;
mod feed;
mod fmt;
mod interrupt;
mod nodes;
mod output;
mod patch_file;
mod plan;
mod play;
mod render;
mod source;

use clap::{Parser, Subcommand};
use exit::Failure;
use std::process::ExitCode;

/// A modular patching environment: patch files become sound.
///
/// Without a command it opens the editor.
#[derive(Parser)]
#[command(version, after_help = exit::HELP, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    Bundle(bundle::Arguments),
    Check(check::Arguments),
    Devices(devices::Arguments),
    Edit(edit::Arguments),
    Fmt(fmt::Arguments),
    Nodes(nodes::Arguments),
    Plan(plan::Arguments),
    Play(play::Arguments),
    Render(render::Arguments),
}

impl Command {
    fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Bundle(arguments) => bundle::run(arguments),
            Self::Check(arguments) => check::run(arguments),
            Self::Devices(arguments) => devices::run(arguments),
            Self::Edit(arguments) => edit::run(arguments),
            Self::Fmt(arguments) => fmt::run(arguments),
            Self::Nodes(arguments) => nodes::run(arguments),
            Self::Plan(arguments) => plan::run(arguments),
            Self::Play(arguments) => play::run(arguments),
            Self::Render(arguments) => render::run(arguments),
        }
    }
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Some(command) => command.run(),
        None => edit::run_anywhere(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
