//! How the program ends: exit codes, and errors that name one.

use std::fmt::Display;
use std::process::ExitCode;

/// The exit codes, as `--help` shows them.
pub(crate) const HELP: &str = "\
Exit codes:
  0  done
  1  the patch or another input file is bad, or a check found something
  2  wrong usage
  3  the output can't be written
  4  the sound or MIDI device can't be used

Errors are one line on standard error: what, where, what to try.";

/// Why the program ends early, by exit code. Wrong usage, 2, is clap's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    Input = 1,
    Usage = 2,
    Output = 3,
    Device = 4,
}

/// What ends the program: an exit code and why, in one line for each thing that is wrong.
#[derive(Debug)]
pub(crate) struct Failure {
    reason: Reason,
    lines: Vec<String>,
}

impl Failure {
    /// The patch or another input is bad.
    pub(crate) fn input(message: impl Display) -> Self {
        Self::new(Reason::Input, message)
    }

    /// Several inputs are bad.
    pub(crate) fn inputs(messages: &[String]) -> Self {
        Self { reason: Reason::Input, lines: messages.iter().map(|message| one_line(message)).collect() }
    }

    /// Arguments that don't fit together, which clap can't see.
    pub(crate) fn usage(message: impl Display) -> Self {
        Self::new(Reason::Usage, message)
    }

    /// Something can't be written.
    pub(crate) fn output(message: impl Display) -> Self {
        Self::new(Reason::Output, message)
    }

    /// A sound or MIDI device can't be used.
    pub(crate) fn device(message: impl Display) -> Self {
        Self::new(Reason::Device, message)
    }

    fn new(reason: Reason, message: impl Display) -> Self {
        Self { reason, lines: vec![one_line(&message.to_string())] }
    }

    /// Says why and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        for line in &self.lines {
            eprintln!("error: {line}");
        }
        ExitCode::from(self.reason as u8)
    }
}

/// Messages quote input; whatever that holds, an error is one line.
fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_line() {
        assert_eq!(Failure::input("a\nb\r\n\tc").lines, ["a b c"]);
    }

    #[test]
    fn help_lists_every_code() {
        for reason in [Reason::Input, Reason::Usage, Reason::Output, Reason::Device] {
            assert!(HELP.contains(&format!("\n  {}  ", reason as u8)), "{reason:?}");
        }
    }
}
