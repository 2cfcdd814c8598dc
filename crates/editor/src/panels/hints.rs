//! Hints for the first minutes: three sentences, one after another, gone for ever once they were read.

use crate::action::Action;
use crate::state::EditorState;
use egui::{Align2, Area, Frame, Id, Margin, Order, RichText, Ui, vec2};

/// What one has to know to begin; `{commands}` is the key of the commands.
const HINTS: [&str; 3] = [
    "Press Q, W or E to play. Turn knobs by dragging them while it sounds.",
    "Drag from one port to another to connect them. Point at a cable to see its signal, hold L to hear it.",
    "Press Space to add a node, {commands} to find any command, and F1 to see every gesture and key.",
];

/// How many hints were read.
#[derive(Debug)]
pub(crate) struct HintState {
    pub(crate) read: usize,
}

impl Default for HintState {
    /// An editor shows hints only when the program says that the person is new.
    fn default() -> Self {
        Self { read: HINTS.len() }
    }
}

/// Shows the first one that was not read.
pub(super) fn show(panel: &mut HintState, editor: &EditorState, ui: &mut Ui) {
    let read = panel.read;
    let Some(hint) = HINTS.get(read) else { return };
    let palette = editor.view.theme.palette();
    let at = editor.view.transform.view.center_bottom() - vec2(0.0, 56.0);
    let area = Area::new(Id::unique("hint")).order(Order::Middle).fixed_pos(at).pivot(Align2::CENTER_BOTTOM);
    area.show(ui.ctx(), |ui| {
        Frame::popup(ui.style()).inner_margin(Margin::same(12)).show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.label(
                    RichText::new(format!("{} of {}", read + 1, HINTS.len())).small().color(palette.weak),
                );
                ui.label(hint.replace("{commands}", &Action::Commands.key()));
                let is_last = read + 1 == HINTS.len();
                if ui.button(if is_last { "Done" } else { "Next" }).clicked() {
                    panel.read += 1;
                }
                if !is_last && ui.button("Skip").clicked() {
                    panel.read = HINTS.len();
                }
            });
        });
    });
}
