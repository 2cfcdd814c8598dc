//! Panels: everything around the canvas. Each is a file with its state in a struct of its own; [`Panels`]
//! holds them all, and the two functions below say where they stand.
//!
//! A panel reads the editor's state and the host, changes the patch through [`Document`](crate::Document)
//! alone, and asks for what it can't do by pushing an [`Action`](crate::Action) or a
//! [`Command`](crate::Command).

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

use crate::host::Host;
use crate::state::EditorState;
use egui::{Key, Modifiers, Ui};

/// The state of all panels.
#[derive(Debug, Default)]
pub(crate) struct Panels {
    pub(crate) files: files::FilesState,
    notice: notice::NoticeState,
    pub(crate) help: help::HelpState,
    pub(crate) piano: piano::PianoState,
    pub(crate) settings: settings::SettingsState,
    pub(crate) transport: transport::TransportState,
    pub(crate) hints: hints::HintState,
    pub(crate) outline: outline::OutlineState,
    pub(crate) palette: palette::PaletteState,
}

impl Panels {
    /// Bars that take room from the canvas. Drawn before it.
    pub(crate) fn docked(&mut self, editor: &mut EditorState, ui: &mut Ui, host: &mut dyn Host) {
        self.close_on_escape(editor, ui);
        let open = transport::OpenWindows { settings: self.settings.is_open, patches: self.files.is_open };
        transport::show(&mut self.transport, open, editor, ui, host);
        status::show(editor, ui, host);
        piano::show(&self.piano, editor, ui);
        outline::show(&mut self.outline, editor, ui);
    }

    /// What floats above the canvas. Drawn after it.
    pub(crate) fn floating(&mut self, editor: &mut EditorState, ui: &mut Ui, host: &mut dyn Host) {
        settings::show(&mut self.settings, editor, ui, host);
        files::show(&mut self.files, editor, ui, host);
        probe::show(editor, ui, host);
        palette::show(&mut self.palette, editor, ui);
        hints::show(&mut self.hints, editor, ui);
        help::show(&mut self.help, editor, ui);
        notice::show(&mut self.notice, editor, ui);
    }

    /// Whether a window that Escape closes is open.
    pub(crate) fn has_window(&self) -> bool {
        self.settings.is_open || self.files.is_open
    }

    /// Whether a panel has the keyboard to itself.
    pub(crate) fn is_modal(&self) -> bool {
        self.palette.is_open() || self.help.is_open
    }

    /// Escape closes the window that was opened last, before it means anything to the canvas.
    fn close_on_escape(&mut self, editor: &mut EditorState, ui: &mut Ui) {
        // What lies above the windows is closed first: one level for each press.
        let is_free = !editor.input.is_modal && !editor.browser.is_open() && editor.view.entry.is_none();
        let is_open = self.has_window();
        if is_open && is_free && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            if self.settings.is_open {
                self.settings.is_open = false;
            } else {
                self.files.is_closing = true;
            }
            editor.view.take_keyboard = true;
        }
    }
}
