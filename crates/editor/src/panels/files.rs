//! The patch browser: patches that come with the program, to be heard before they are opened, and those
//! opened last.

use crate::host::{Command, FactoryPatch, Host, Offers};
use crate::state::EditorState;
use crate::theme::Palette;
use egui::{Align2, Button, Id, RichText, ScrollArea, TextEdit, Ui, Window};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Most tags offered to narrow the list down.
const TAGS: usize = 16;

/// What the browser remembers.
#[derive(Debug, Default)]
pub(crate) struct FilesState {
    /// Whether it is shown.
    pub(crate) is_open: bool,
    is_new: bool,
    /// Close with the next frame.
    pub(crate) is_closing: bool,
    query: String,
    tag: Option<Arc<str>>,
}

impl FilesState {
    /// Shows or hides it.
    pub(crate) fn toggle(&mut self) {
        self.is_open = !self.is_open;
        self.is_new = self.is_open;
    }
}

/// Shows the browser if it is open.
pub(crate) fn show(panel: &mut FilesState, editor: &mut EditorState, ui: &mut Ui, host: &mut dyn Host) {
    if !panel.is_open {
        return;
    }
    let offers = host.offers();
    let palette = editor.view.theme.palette();
    let mut state = std::mem::take(panel);
    let mut is_open = true;
    let mut asked = Vec::new();
    Window::new("Patches")
        .id(Id::unique("patches"))
        .open(&mut is_open)
        .collapsible(false)
        .resizable(false)
        .pivot(Align2::CENTER_CENTER)
        .default_pos(editor.view.transform.view.center())
        .show(ui.ctx(), |ui| {
            ui.set_width(480.0);
            search(ui, &mut state, &offers);
            ui.separator();
            ScrollArea::vertical().max_height(400.0).auto_shrink([false, true]).show(ui, |ui| {
                for patch in offers.factory.iter().filter(|patch| state.finds(patch)) {
                    asked.extend(entry(ui, patch, offers.previewed.as_ref() == Some(&patch.name), &palette));
                }
                asked.extend(recent(ui, &state, &offers));
            });
        });
    is_open &= !std::mem::take(&mut state.is_closing);
    let opens = asked.iter().any(|command| !matches!(command, Command::Preview(_)));
    state.is_open = is_open && !opens;
    state.is_new = false;
    if !state.is_open {
        editor.view.take_keyboard = true;
        if offers.previewed.is_some() {
            editor.commands.push(Command::Preview(None));
        }
    }
    *panel = state;
    editor.commands.extend(asked);
}

impl FilesState {
    fn finds(&self, patch: &FactoryPatch) -> bool {
        let has_tag = self.tag.as_ref().is_none_or(|tag| patch.tags.contains(tag));
        let text = format!("{} {} {}", patch.title, patch.notes, patch.tags.join(" ")).to_lowercase();
        has_tag && self.query.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }
}

/// The field, and the tags there are.
fn search(ui: &mut Ui, state: &mut FilesState, offers: &Offers) {
    let field = TextEdit::singleline(&mut state.query).hint_text("Search").desired_width(f32::INFINITY);
    let response = ui.add(field);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Search patches"));
    if state.is_new {
        response.request_focus();
    }
    let tags: BTreeSet<&Arc<str>> = offers.factory.iter().flat_map(|patch| &patch.tags).collect();
    let count = |tag: &Arc<str>| offers.factory.iter().filter(|patch| patch.tags.contains(tag)).count();
    let mut tags: Vec<&Arc<str>> = tags.into_iter().collect();
    tags.sort_by_key(|tag| std::cmp::Reverse(count(tag)));
    ui.horizontal_wrapped(|ui| {
        for tag in tags.into_iter().take(TAGS) {
            let is_chosen = state.tag.as_ref() == Some(tag);
            if ui.selectable_label(is_chosen, RichText::new(&**tag).small()).clicked() {
                state.tag = (!is_chosen).then(|| tag.clone());
            }
        }
    });
}

fn entry(ui: &mut Ui, patch: &FactoryPatch, is_heard: bool, palette: &Palette) -> Option<Command> {
    let mut asked = None;
    ui.horizontal(|ui| {
        ui.label(RichText::new(&*patch.title).strong());
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let open = ui.button("Open");
            name(&open, "Open", patch);
            if open.clicked() {
                asked = Some(Command::OpenFactory(patch.name.clone()));
            }
            let text =
                if is_heard { RichText::new("Stop").color(palette.accent) } else { RichText::new("Listen") };
            let listen = ui.add(Button::new(text));
            name(&listen, if is_heard { "Stop" } else { "Listen to" }, patch);
            if listen.clicked() {
                asked = Some(Command::Preview((!is_heard).then(|| patch.name.clone())));
            }
        });
    });
    ui.label(RichText::new(&*patch.notes).small().color(palette.weak));
    ui.add_space(8.0);
    asked
}

/// What a screen reader says of a button that stands beside many like it.
fn name(button: &egui::Response, verb: &str, patch: &FactoryPatch) {
    let text = format!("{verb} {}", patch.title);
    button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, text.clone()));
}

/// What a patch that was opened is called in a list: its name, and where another one has the same, as much of
/// the folder as tells them apart.
pub(super) fn recent_name(path: &Path, all: &[PathBuf]) -> String {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let namesakes = || all.iter().filter(|other| *other != path && other.file_stem() == path.file_stem());
    if namesakes().next().is_none() {
        return name.into_owned();
    }
    let parents = |path: &Path| -> Vec<String> {
        let folders = path.parent().into_iter().flat_map(|folder| folder.iter().rev());
        folders.map(|folder| folder.to_string_lossy().into_owned()).collect()
    };
    let own = parents(path);
    let is_told =
        |depth: usize| namesakes().all(|other| own.iter().take(depth).ne(parents(other).iter().take(depth)));
    let depth = (1..=own.len()).find(|depth| is_told(*depth)).unwrap_or(own.len());
    let folder: Vec<&str> = own.iter().take(depth).rev().map(String::as_str).collect();
    format!("{name} ({})", folder.join("/"))
}

fn recent(ui: &mut Ui, state: &FilesState, offers: &Offers) -> Option<Command> {
    if offers.recent.is_empty() || state.tag.is_some() {
        return None;
    }
    ui.separator();
    ui.label(RichText::new("Opened last").strong());
    let mut asked = None;
    for path in &offers.recent {
        let button = Button::new(recent_name(path, &offers.recent)).frame(false);
        if ui.add(button).on_hover_text(path.display().to_string()).clicked() {
            asked = Some(Command::OpenPath(path.clone()));
        }
    }
    asked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_of_one_name_are_told_apart_by_their_folders() {
        let paths = ["/a/live/song.jack", "/b/live/song.jack", "/b/live/pad.jack", "/c/song.jackz"];
        let all: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        let names: Vec<String> = all.iter().map(|path| recent_name(path, &all)).collect();
        assert_eq!(names, ["song (a/live)", "song (b/live)", "pad", "song (c)"]);
    }
}
