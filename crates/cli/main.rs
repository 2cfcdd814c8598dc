//! Jackfield on the command line: arguments in, exit code out. One file per subcommand.

#![forbid(unsafe_code)]

mod check;
mod exit;
mod fmt;
mod nodes;
mod output;
mod patch_file;

use clap::{Parser, Subcommand};
use exit::Failure;
use std::process::ExitCode;

/// A modular patching environment: patch files become sound.
#[derive(Parser)]
#[command(version, after_help = exit::HELP, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Check(check::Arguments),
    Fmt(fmt::Arguments),
    Nodes(nodes::Arguments),
}

impl Command {
    fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Check(arguments) => check::run(arguments),
            Self::Fmt(arguments) => fmt::run(arguments),
            Self::Nodes(arguments) => nodes::run(arguments),
        }
    }
}

fn main() -> ExitCode {
    match Arguments::parse().command.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
