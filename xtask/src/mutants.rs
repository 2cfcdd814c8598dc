//! `cargo xtask mutants`: the mistakes of `tests/mutants.md`, each put into a copy of the source by itself,
//! and the test that must notice.
//!
//! A section of that file is one mutant: a heading with its name, what is broken, the file, a `diff` block
//! whose lines with `-` give way to those with `+`, and the command that must fail, which begins with `cargo
//! test`.

use crate::Stop;
use crate::step::{cargo, succeeds};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use std::{env, fs};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A mistake and who finds it.
#[derive(Debug, PartialEq)]
struct Mutant {
    name: String,
    file: String,
    before: String,
    after: String,
    /// The arguments of cargo.
    test: Vec<String>,
}

/// Checks that each mutant, or each of these names, is killed.
pub(crate) fn check(names: &[&str]) -> Result<(), Stop> {
    let root = Path::new(ROOT).canonicalize().expect("the workspace is there");
    let text = fs::read_to_string(root.join("tests/mutants.md")).expect("the list is there");
    let all = parse(&text).map_err(|error| {
        eprintln!("xtask: tests/mutants.md: {error}");
        Stop::Failed
    })?;
    if let Some(name) = names.iter().find(|name| all.iter().all(|mutant| mutant.name != **name)) {
        eprintln!("xtask: tests/mutants.md has no mutant '{name}'");
        return Err(Stop::Failed);
    }
    let copy = Copy::make(&root)?;
    let chosen: Vec<&Mutant> =
        all.iter().filter(|mutant| names.is_empty() || names.contains(&&*mutant.name)).collect();
    // First all tests without a mistake, from one build; each mutant then costs one more.
    let sound: Vec<bool> = chosen.iter().map(|mutant| copy.passes(mutant)).collect();
    let mut survivors = Vec::new();
    for (mutant, is_sound) in chosen.iter().zip(sound) {
        let begin = Instant::now();
        let verdict = if is_sound { copy.judge(mutant) } else { Verdict::TestUseless };
        println!("{:<28} {verdict:?} after {:.0} s", mutant.name, begin.elapsed().as_secs_f64());
        if verdict != Verdict::Killed {
            survivors.push(&*mutant.name);
        }
    }
    if survivors.is_empty() {
        println!("xtask: {} mutants, all killed by the tests that are named", chosen.len());
        return Ok(());
    }
    println!("xtask: of {} mutants not killed: {}", chosen.len(), survivors.join(", "));
    Err(Stop::Failed)
}

/// How a mutant fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// The test passes without it and fails with it.
    Killed,
    /// The test passes with it.
    Survived,
    /// The test fails without it, or there is no such test.
    TestUseless,
    /// The lines that it changes are not there, or there more than once.
    Outdated,
    /// It does not build.
    NotBuilt,
}

/// A copy of what git knows of, as it is in the work tree.
struct Copy {
    root: PathBuf,
}

impl Copy {
    fn make(from: &Path) -> Result<Self, Stop> {
        let root = from.join("target/mutants/source");
        let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(from).output();
        let listed = listed.map_err(|_| Stop::Failed)?.stdout;
        for file in String::from_utf8_lossy(&listed).split_terminator('\0') {
            let (source, target) = (from.join(file), root.join(file));
            let Ok(bytes) = fs::read(&source) else { continue };
            // What is as it was keeps its time, so that cargo builds as little as possible.
            if fs::read(&target).is_ok_and(|there| there == bytes) {
                continue;
            }
            fs::create_dir_all(target.parent().expect("a file lies in a folder"))
                .expect("folders can be made");
            fs::write(target, bytes).expect("the copy can be written");
        }
        Ok(Self { root })
    }

    /// Cargo in the copy, with a folder of its own to build in, or the one that JACKFIELD_MUTANTS_TARGET
    /// names.
    fn cargo(&self, arguments: &[String]) -> Command {
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut command = cargo(&words);
        let target = env::var_os("JACKFIELD_MUTANTS_TARGET").map(PathBuf::from);
        command
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", target.unwrap_or(self.root.join("../target")));
        command
    }

    /// Whether the test passes. At least one test has to run.
    fn passes(&self, mutant: &Mutant) -> bool {
        let output = self.cargo(&mutant.test).output().expect("cargo runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        output.status.success()
            && text.lines().any(|line| line.starts_with("running ") && line != "running 0 tests")
    }

    fn builds(&self, mutant: &Mutant) -> bool {
        let mut arguments = mutant.test.clone();
        arguments.insert(1, "--no-run".to_owned());
        succeeds(&mut self.cargo(&arguments))
    }

    fn judge(&self, mutant: &Mutant) -> Verdict {
        let file = self.root.join(&mutant.file);
        let Ok(text) = fs::read_to_string(&file) else { return Verdict::Outdated };
        if text.matches(&mutant.before).count() != 1 {
            return Verdict::Outdated;
        }
        fs::write(&file, text.replacen(&mutant.before, &mutant.after, 1)).expect("the copy can be written");
        let verdict = if !self.builds(mutant) {
            Verdict::NotBuilt
        } else if self.passes(mutant) {
            Verdict::Survived
        } else {
            Verdict::Killed
        };
        fs::write(&file, text).expect("the copy can be written");
        verdict
    }
}

/// The mutants of the list.
fn parse(text: &str) -> Result<Vec<Mutant>, String> {
    text.split("\n## ").skip(1).map(section).collect()
}

fn section(text: &str) -> Result<Mutant, String> {
    let name = text.lines().next().unwrap_or_default().trim().to_owned();
    let fault = |what: &str| format!("{name}: {what}");
    let quoted = |mark: &str| {
        let line = text.lines().find(|line| line.starts_with(mark))?;
        line.split('`').nth(1).map(str::to_owned)
    };
    let file = quoted("File:").ok_or_else(|| fault("no line 'File: `path`'"))?;
    let test = quoted("Killed by:").ok_or_else(|| fault("no line 'Killed by: `cargo test ...`'"))?;
    let test = test.strip_prefix("cargo ").ok_or_else(|| fault("the command is none of cargo"))?;
    let diff = text.split("```diff\n").nth(1).and_then(|rest| rest.split("```").next());
    let diff = diff.ok_or_else(|| fault("no block 'diff'"))?;
    let side = |sign: char| {
        let lines = diff.lines().filter(|line| line.starts_with([sign, ' ']));
        lines.map(|line| [&line[1..], "\n"].concat()).collect::<String>()
    };
    let (before, after) = (side('-'), side('+'));
    if before == after || before.is_empty() {
        return Err(fault("the block changes nothing"));
    }
    Ok(Mutant { file, before, after, test: test.split(' ').map(str::to_owned).collect(), name: name.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_a_mutant() {
        let text = "\
# Mutants

Text.

## a-click

A fade is cut.

File: `a/b.rs`

```diff
     let a = 1;
-    a + 1
+    a
```

Killed by: `cargo test -p x --lib one`
";
        let expected = Mutant {
            name: "a-click".to_owned(),
            file: "a/b.rs".to_owned(),
            before: "    let a = 1;\n    a + 1\n".to_owned(),
            after: "    let a = 1;\n    a\n".to_owned(),
            test: ["test", "-p", "x", "--lib", "one"].map(str::to_owned).to_vec(),
        };
        assert_eq!(parse(text), Ok(vec![expected]));
        assert!(parse("\n## a\n\nFile: `a`\n").is_err());
    }

    #[test]
    fn every_mutant_of_the_list_is_a_change_of_one_place() {
        let root = Path::new(ROOT);
        let text = fs::read_to_string(root.join("tests/mutants.md")).expect("the list is there");
        let mutants = parse(&text).expect("a good list");
        assert!(mutants.len() >= 20, "{} mutants", mutants.len());
        for mutant in mutants {
            let text = fs::read_to_string(root.join(&mutant.file)).unwrap_or_default();
            assert_eq!(
                text.matches(&mutant.before).count(),
                1,
                "{} is outdated: {}",
                mutant.name,
                mutant.file
            );
        }
    }
}
