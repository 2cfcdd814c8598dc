//! Panels: everything around the canvas. Each is a file with its state in a struct of its own; [`Panels`]
//! holds them all, and the two functions below say where they stand.
//!
//! A panel reads the editor and the host, changes the patch through [`Document`](crate::Document) alone,
//! and asks the program for what it can't do by pushing a [`Command`](crate::Command).

pub(crate) mod files;
pub(crate) mod icon;
mod notice;
pub(crate) mod settings;
mod status;
pub(crate) mod transport;

use crate::editor::Editor;
use crate::host::Host;
use egui::Ui;

/// The state of all panels.
#[derive(Debug, Default)]
pub(crate) struct Panels {
    pub(crate) files: files::FilesState,
    notice: notice::NoticeState,
    pub(crate) settings: settings::SettingsState,
    pub(crate) transport: transport::TransportState,
}

/// Bars that take room from the canvas. Drawn before it.
pub(crate) fn docked(editor: &mut Editor, ui: &mut Ui, host: &mut dyn Host) {
    transport::show(editor, ui, host);
    status::show(editor, ui, host);
}

/// What floats above the canvas. Drawn after it.
pub(crate) fn floating(editor: &mut Editor, ui: &mut Ui, host: &mut dyn Host) {
    settings::show(editor, ui, host);
    files::show(editor, ui, host);
    notice::show(editor, ui);
}
