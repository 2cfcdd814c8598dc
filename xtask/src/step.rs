//! Steps: commands that announce themselves, are timed, and end the task when they fail.

use crate::Stop;
use std::env;
use std::process::Command;
use std::time::{Duration, Instant};

/// Cargo, the one that runs this task.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Every path in a task is relative to the workspace.
    command.args(arguments).current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    command
}

/// Whether the command can be run and succeeds. Prints nothing.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// The steps of a task and how long each took.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<(&'static str, Duration)>,
}

impl Steps {
    /// Runs a command as the next step.
    pub(crate) fn run(&mut self, name: &'static str, command: &mut Command) -> Result<(), Stop> {
        println!("\n==> {name}: {}", spelled(command));
        let start = Instant::now();
        let status = command.status();
        let time = start.elapsed();
        match status {
            Ok(status) if status.success() => {
                self.done.push((name, time));
                Ok(())
            }
            Ok(status) => {
                println!("\nxtask: step '{name}' failed after {} ({status})", seconds(time));
                Err(Stop::Failed)
            }
            Err(error) => {
                println!("\nxtask: step '{name}' could not start: {error}");
                Err(Stop::Failed)
            }
        }
    }

    /// Prints each step's time and, last, one line that says that all is well, and this behind it.
    pub(crate) fn close(&self, note: &str) {
        println!();
        for (name, time) in &self.done {
            println!("{:>9}  {name}", seconds(*time));
        }
        let total = self.done.iter().map(|(_, time)| *time).sum();
        println!("xtask: all {} steps passed in {}{note}", self.done.len(), seconds(total));
    }
}

/// The command as one would type it; of a long list of files only the beginning.
fn spelled(command: &Command) -> String {
    const MOST: usize = 16;
    let program = command.get_program();
    let name = std::path::Path::new(program).file_name().unwrap_or(program);
    let mut words = vec![name.to_string_lossy()];
    words.extend(command.get_args().map(|argument| argument.to_string_lossy()).take(MOST));
    let left = command.get_args().count().saturating_sub(MOST);
    if left > 0 {
        words.push(format!("... and {left} more").into());
    }
    words.join(" ")
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
