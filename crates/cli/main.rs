//! Jackfield on the command line.
#![forbid(unsafe_code)]

use clap::Parser;

/// A modular patching environment: patch files become sound.
#[derive(Parser)]
#[command(version)]
struct Arguments {}

fn main() {
    Arguments::parse();
}
