//! The tasks of a developer, one word each: `cargo xtask run`, `test`, `record`, `mutants`, `bench`.
//!
//! Each is complete: it installs the system libraries it needs first, where it may.
//!
//! Exit codes: 0, done; 1, a step failed; 2, wrong usage; 3, system packages are missing and could not
//! be installed (the line to run has been printed).

#![forbid(unsafe_code)]

mod bench;
mod mutants;
mod packages;
mod portable;
mod record;
mod run;
mod sanitize;
mod step;
mod test;

use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask <task>

  run [-- ARGUMENTS]   Install what is missing, build in release, and run jackfield:
                       with these arguments, or else open the editor.
  test [--long]        Install what is missing and run every check: format, lints, tests, documentation.
                       --long gives the randomised tests more cases.
  test --sanitize      Watch unsafe code and threads with Miri, ThreadSanitizer and memcheck, where installed.
  test --portable      Play the factory patches on aarch64 and wasm32 too, and compare every bit.
  record               Record anew how the patches sound and what the node reference says, for when
                       such a change is meant.
  mutants [NAME...]    Put the mistakes of tests/mutants.md, all or these, into a copy of the source, one
                       at a time, and check that the test named there fails.
  bench [-- FILTER]    Run the benchmarks, which print how the times compare.

Exit codes: 0 done, 1 a step failed, 2 wrong usage, 3 system packages are missing.";

/// Why a task ended early. What to say about it has been said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// A step failed.
    Failed,
    /// System packages are missing and could not be installed.
    PackagesMissing,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ended = match words.as_slice() {
        ["run"] => run::run(&[]),
        ["run", "--", program_arguments @ ..] => run::run(program_arguments),
        ["test"] => test::test(test::Effort::Normal),
        ["test", "--long"] => test::test(test::Effort::Long),
        ["test", "--sanitize"] => sanitize::test(),
        ["test", "--portable"] => portable::test(),
        ["record"] => record::record(),
        ["mutants", names @ ..] => mutants::check(names),
        ["bench"] => bench::bench(&[]),
        ["bench", "--", filter @ ..] => bench::bench(filter),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Failed) => ExitCode::from(1),
        Err(Stop::PackagesMissing) => ExitCode::from(3),
    }
}
