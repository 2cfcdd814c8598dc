//! `cargo xtask test --sanitize`: what the compiler can't prove about `unsafe` code and atomics, looked for
//! by tools that watch it run.
//!
//! * **loom** tries every order in which two threads may meet at the atomics that hand over plans and
//!   targets.
//! * **Miri** interprets the unit tests of `node` and `engine` that touch memory by hand, and two threads
//!   that play and edit, each time in another order, on a machine whose stores may be seen late.
//! * **ThreadSanitizer** watches the same two threads at full speed, the standard library included.
//! * **memcheck** watches the audio thread's side of the heap in an ordinary build.
//!
//! Miri and ThreadSanitizer are parts of the nightly toolchain. Where a tool is missing, a line says so;
//! continuous integration fails then.

use crate::Stop;
use crate::step::{Steps, cargo, succeeds};
use std::env;
use std::process::Command;

/// The tests that Miri runs, by package: what `cargo test` is told.
const INTERPRETED: &[(&str, &[&str])] = &[
    ("jackfield-node", &["--lib", "stream::"]),
    ("jackfield-engine", &["--lib", "mailbox::"]),
    ("jackfield-engine", &["--test", "threads"]),
];
/// In how many orders Miri runs the threads.
const ORDERS: &str = "0..4";

/// Runs every tool that is there.
pub(crate) fn test() -> Result<(), Stop> {
    let mut steps = Steps::default();
    let mut missing = Vec::new();
    let mut loom = cargo(&["test", "--package", "jackfield-engine", "--lib", "loom_"]);
    steps.run("loom", loom.env("RUSTFLAGS", "--cfg loom").env("CARGO_TARGET_DIR", "target/sanitize"))?;
    if succeeds(Command::new("cargo").args(["+nightly", "miri", "--version"])) {
        for (package, tests) in INTERPRETED {
            let mut command = nightly(&["miri", "test", "--package", package]);
            command
                .args(*tests)
                .env("MIRIFLAGS", format!("-Zmiri-disable-isolation -Zmiri-many-seeds={ORDERS}"));
            steps.run("Miri", &mut command)?;
        }
    } else {
        missing.push("Miri (rustup +nightly component add miri rust-src)");
    }
    if succeeds(Command::new("cargo").args(["+nightly", "--version"])) && has_source() {
        let host = host();
        let mut command = nightly(&["test", "-Zbuild-std", "--target", &host]);
        command.args(["--package", "jackfield-engine", "--test", "threads"]);
        command.env("RUSTFLAGS", "-Zsanitizer=thread").env("CARGO_TARGET_DIR", "target/sanitize");
        steps.run("ThreadSanitizer", &mut command)?;
    } else {
        missing.push("ThreadSanitizer (rustup +nightly component add rust-src)");
    }
    if succeeds(Command::new("valgrind").arg("--version")) {
        let mut command = cargo(&["test", "--package", "jackfield-engine", "--test", "threads"]);
        let variable = format!("CARGO_TARGET_{}_RUNNER", host().to_uppercase().replace('-', "_"));
        steps
            .run("memcheck", command.env(variable, "valgrind --quiet --error-exitcode=1 --leak-check=no"))?;
    } else {
        missing.push("memcheck (package valgrind)");
    }
    for tool in &missing {
        println!("xtask: not run, because it is not installed: {tool}");
    }
    if env::var_os("CI").is_some() && !missing.is_empty() {
        return Err(Stop::Failed);
    }
    steps.close(&format!(", {} tools missing", missing.len()));
    Ok(())
}

/// Cargo of the nightly toolchain.
fn nightly(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.arg("+nightly").args(arguments).current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    // The cargo that runs this task tells its own toolchain.
    for variable in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(variable);
    }
    command
}

fn has_source() -> bool {
    let mut command = Command::new("rustc");
    let root = command.args(["+nightly", "--print", "sysroot"]).env_remove("RUSTUP_TOOLCHAIN").output();
    root.is_ok_and(|output| {
        let root = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        std::path::Path::new(&root).join("lib/rustlib/src/rust/library/Cargo.lock").exists()
    })
}

/// The name of this machine's target.
fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().map(|output| output.stdout).unwrap_or_default();
    let text = String::from_utf8_lossy(&output).into_owned();
    text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default().to_owned()
}
