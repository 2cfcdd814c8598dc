//! Panels: everything around the canvas. Each is a file with its state in a struct of its own; [`Panels`]
//! holds them all, and the two functions below say where they stand.
//!
//! A panel reads the editor and the host, changes the patch through [`Document`](crate::Document) alone,
//! and asks the program for what it can't do by pushing a [`Command`](crate::Command).

pub(crate) mod files;
mod help;
mod hints;
pub(crate) mod icon;
mod notice;
mod outline;
mod palette;
mod piano;
mod probe;
pub(crate) mod settings;
mod status;
pub(crate) mod transport;

use crate::editor::Editor;
use crate::host::Host;
use egui::{Key, Modifiers, Ui};

/// The state of all panels.
#[derive(Debug, Default)]
pub(crate) struct Panels {
    pub(crate) files: files::FilesState,
    notice: notice::NoticeState,
    pub(crate) settings: settings::SettingsState,
    pub(crate) transport: transport::TransportState,
    pub(crate) hints: hints::HintState,
    pub(crate) outline: outline::OutlineState,
    pub(crate) palette: palette::PaletteState,
}

/// Bars that take room from the canvas. Drawn before it.
pub(crate) fn docked(editor: &mut Editor, ui: &mut Ui, host: &mut dyn Host) {
    close_on_escape(editor, ui);
    transport::show(editor, ui, host);
    status::show(editor, ui, host);
    piano::show(editor, ui);
    outline::show(editor, ui);
}

/// What floats above the canvas. Drawn after it.
pub(crate) fn floating(editor: &mut Editor, ui: &mut Ui, host: &mut dyn Host) {
    settings::show(editor, ui, host);
    files::show(editor, ui, host);
    probe::show(editor, ui, host);
    palette::show(editor, ui);
    hints::show(editor, ui);
    help::show(editor, ui);
    notice::show(editor, ui);
}

/// Escape closes the window that was opened last, before it means anything to the canvas.
fn close_on_escape(editor: &mut Editor, ui: &mut Ui) {
    let Panels { files, settings, .. } = &mut editor.panels;
    let is_open = files.is_open || settings.is_open;
    let is_free = !egui::Popup::is_any_open(ui.ctx());
    if is_open && is_free && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        if settings.is_open {
            settings.is_open = false;
        } else {
            files.is_closing = true;
        }
        editor.view.take_keyboard = true;
    }
}
