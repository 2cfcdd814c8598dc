//! The help overlay: every gesture and every key, from the lists that the editor itself works by.

use crate::action::{ACTIONS, Action, ActionInfo, Section, key_text};
use crate::gesture::GESTURES;
use crate::state::EditorState;
use crate::theme::Palette;
use egui::{Align, Frame, Grid, Id, Key, Layout, Margin, Modal, RichText, ScrollArea, Ui, Vec2, vec2};

/// Most room it takes.
const SIZE: Vec2 = vec2(960.0, 640.0);

/// What the overlay remembers.
#[derive(Debug, Default)]
pub(crate) struct HelpState {
    /// Whether it is shown.
    pub(crate) is_open: bool,
}

/// Shows it while it is open.
pub(super) fn show(panel: &mut HelpState, editor: &mut EditorState, ui: &mut Ui) {
    if !panel.is_open {
        return;
    }
    let palette = editor.view.theme.palette();
    let room = ui.ctx().content_rect().size() - vec2(96.0, 96.0);
    let frame = Frame::popup(ui.style()).inner_margin(Margin::same(24));
    let shown =
        Modal::new(Id::unique("help")).frame(frame).show(ui.ctx(), |ui| window(ui, SIZE.min(room), &palette));
    // F1 closes it as it opens it, though the canvas has no keyboard meanwhile.
    let is_done = shown.inner || shown.should_close() || ui.input(|input| input.key_pressed(Key::F1));
    if is_done {
        panel.is_open = false;
        editor.view.take_keyboard = true;
    }
}

/// Both tables below a heading; true when it is to be closed.
fn window(ui: &mut Ui, size: Vec2, palette: &Palette) -> bool {
    ui.set_width(size.x);
    let heading = ui.horizontal(|ui| {
        ui.heading("Gestures and keys");
        let right = Layout::right_to_left(Align::Center);
        ui.with_layout(right, |ui| ui.button("Close").clicked()).inner
    });
    ui.add_space(8.0);
    let height = size.y - 64.0;
    let scroll = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
    scroll.auto_shrink(false).show(ui, |ui| {
        ui.columns(2, |columns| {
            gestures(&mut columns[0], palette);
            keys(&mut columns[1], palette);
        });
    });
    heading.inner
}

fn gestures(ui: &mut Ui, palette: &Palette) {
    table(ui, "gestures", GESTURES.iter().map(|(how, what)| ((*how).to_owned(), *what)), palette);
}

fn keys(ui: &mut Ui, palette: &Palette) {
    for section in Section::ALL {
        ui.label(RichText::new(section.name()).strong());
        let mut all: Vec<&ActionInfo> =
            ACTIONS.iter().filter(|info| info.action.section() == section).collect();
        all.sort_by_key(|info| info.name);
        table(ui, section.name(), all.into_iter().map(|info| (key(info), info.help)), palette);
        ui.add_space(12.0);
    }
}

/// The key of an action as the table has it.
fn key(info: &ActionInfo) -> String {
    match (info.shortcut, info.action) {
        (Some(shortcut), _) => key_text(shortcut),
        (None, Action::SelectNothing) => "Escape".to_owned(),
        (None, _) => info.name.to_owned(),
    }
}

fn table(ui: &mut Ui, name: &str, rows: impl Iterator<Item = (String, &'static str)>, palette: &Palette) {
    Grid::new(name).num_columns(2).spacing(vec2(16.0, 6.0)).show(ui, |ui| {
        for (how, what) in rows {
            ui.label(RichText::new(how).color(palette.accent));
            ui.add(egui::Label::new(what).wrap());
            ui.end_row();
        }
    });
}
