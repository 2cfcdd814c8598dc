//! `jackfield edit`: the patch editor in a window, with sound.

mod app;
mod dialogs;
mod files;
mod icon;
pub(crate) mod settings;
mod sound;
mod window;

use crate::exit::Failure;
use crate::play;
use std::env;
use std::path::PathBuf;

/// Open the patch editor. Without a patch, on a demo that sounds at once.
#[derive(clap::Args, Default)]
pub(crate) struct Arguments {
    /// The patch to open.
    patch: Option<PathBuf>,
    /// Open it without sound; the sound starts at a click.
    #[arg(long)]
    silent: bool,
    /// Draw 60 frames a second whether anything moves or not: what the test of the idle window must notice.
    #[arg(long, hide = true)]
    redraw: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    if !has_display() {
        return Err(Failure::device(
            "there is no display to open a window on; 'jackfield play' makes sound without one",
        ));
    }
    let app = app::App::open(arguments.patch.as_deref(), !arguments.silent)?;
    window::open(app, arguments.redraw)
}

/// What the program does without a command: edit a patch or the demo, or at least play it.
pub(crate) fn run_anywhere(patch: Option<PathBuf>) -> Result<(), Failure> {
    if has_display() {
        return run(&Arguments { patch, ..Arguments::default() });
    }
    let what = patch.as_ref().map_or_else(|| "the demo".to_owned(), |path| path.display().to_string());
    eprintln!("there is no display to open the editor on; playing {what} instead");
    play::run(&play::Arguments::of(patch))
}

/// Whether a window can be opened.
fn has_display() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(not(target_os = "linux"))
        || is_set("WAYLAND_DISPLAY")
        || is_set("WAYLAND_SOCKET")
        || is_set("DISPLAY")
}
