//! Type: click a value and type another one with its unit.

use super::Stage;
use super::knob_turn::knob_value;
use crate::value_text;
use egui::{Align2, FontId, Id, Key, Margin, Rect, TextEdit, Ui};
use jackfield_node::Knob;
use jackfield_patch::{Edit, PortRef};
use std::sync::Arc;

/// A value being typed.
#[derive(Debug)]
pub(crate) struct ValueEntry {
    pub(crate) at: PortRef,
    node: Arc<str>,
    input: Arc<str>,
    knob: Knob,
    text: String,
    is_new: bool,
}

impl ValueEntry {
    /// Begins with the value as it is.
    pub(crate) fn begin(stage: &Stage<'_>, at: PortRef) -> Option<Self> {
        let (knob, value) = knob_value(stage.document.patch(), at)?;
        let (node, input) = stage.knob_names(at)?;
        Some(Self { at, node, input, knob, text: value_text::format(&knob, value), is_new: true })
    }

    /// Begins with what was typed already.
    pub(crate) fn with_text(mut self, text: String) -> Self {
        self.text = text;
        self
    }

    /// Shows the field; false when it is done with.
    pub(crate) fn show(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> bool {
        let Some(rect) = stage.scene.value_rect(self.at) else { return false };
        let rect = stage.view.transform.rect_to_screen(rect);
        let size = stage.view.transform.font_size(crate::theme::SMALL).unwrap_or(crate::theme::SMALL);
        let rect = Rect::from_center_size(rect.center(), rect.size().max(egui::vec2(64.0, 20.0)));
        let id = Id::unique("value entry");
        let field = TextEdit::singleline(&mut self.text)
            .id(id)
            .font(FontId::proportional(size))
            .margin(Margin::symmetric(4, 2))
            .align(Align2::RIGHT_CENTER)
            .char_limit(32);
        let response = ui.put(rect, field).accessible_name(format!("{} {}", self.node, self.input));
        if std::mem::take(&mut self.is_new) {
            response.request_focus();
            select_all(ui, id, self.text.chars().count());
            return true;
        }
        if !response.lost_focus() && response.has_focus() {
            return true;
        }
        if !ui.input(|input| input.key_pressed(Key::Escape)) {
            self.commit(stage);
        }
        stage.view.take_keyboard = true;
        false
    }

    fn commit(&self, stage: &mut Stage<'_>) {
        match value_text::parse(&self.knob, &self.text) {
            Ok(value) => {
                let (id, input) = (self.node.clone(), self.input.clone());
                stage.edit(Edit::SetKnob { id, input, value });
            }
            Err(error) => stage.view.refuse(&error),
        }
    }
}

/// Selects the whole text, so that typing replaces it.
fn select_all(ui: &Ui, id: Id, length: usize) {
    use egui::text::{CCursor, CCursorRange};
    let mut state = egui::text_edit::TextEditState::load(ui.ctx(), id).unwrap_or_default();
    state.cursor.set_char_range(Some(CCursorRange::two(CCursor::new(0), CCursor::new(length))));
    state.store(ui.ctx(), id);
}
