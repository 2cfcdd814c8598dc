//! Type: click a value and type another one with its unit; a text, or by a double-click the name of a
//! node, is typed in the same field.

use super::Stage;
use super::knob_turn::knob_value;
use crate::theme::{BODY, SMALL};
use crate::value_text;
use egui::{Align2, Event, FontId, Id, Key, Margin, Rect, TextEdit, Ui, vec2};
use jackfield_node::{Knob, SettingValue};
use jackfield_patch::{Edit, NodeBody, NodeIndex, PortRef, limits};
use std::sync::Arc;

/// Something being typed on the canvas.
#[derive(Debug)]
pub(crate) struct ValueEntry {
    id: Arc<str>,
    field: Field,
    text: String,
    is_new: bool,
}

/// What is typed.
#[derive(Debug)]
enum Field {
    Knob { at: PortRef, input: Arc<str>, knob: Knob },
    Text { node: NodeIndex, place: usize, setting: &'static str },
    Name { node: NodeIndex },
}

impl ValueEntry {
    /// Begins with a knob's value as it is.
    pub(crate) fn begin(stage: &Stage<'_>, at: PortRef) -> Option<Self> {
        let (knob, value) = knob_value(stage.document.patch(), at)?;
        let (id, input) = stage.knob_names(at)?;
        let text = value_text::format(&knob, value);
        Some(Self { id, field: Field::Knob { at, input, knob }, text, is_new: true })
    }

    /// Begins with the text of a setting; nothing for other settings.
    pub(crate) fn begin_text(stage: &Stage<'_>, node: NodeIndex, place: usize) -> Option<Self> {
        let content = stage.document.patch().node(node)?;
        let NodeBody::Known { spec, settings, .. } = &content.body else { return None };
        let SettingValue::Text(text) = settings.values().get(place)? else { return None };
        let field = Field::Text { node, place, setting: spec.settings.get(place)?.name };
        Some(Self { id: content.id.clone(), field, text: text.clone(), is_new: true })
    }

    /// Begins with a node's name.
    pub(crate) fn begin_name(stage: &Stage<'_>, node: NodeIndex) -> Option<Self> {
        let id = stage.document.patch().node(node)?.id.clone();
        Some(Self { text: id.to_string(), id, field: Field::Name { node }, is_new: true })
    }

    /// Begins with what was typed already.
    pub(crate) fn with_text(mut self, text: String) -> Self {
        self.text = text;
        self
    }

    /// Where the field is on the canvas, its size of text and its name.
    fn place(&self, stage: &Stage<'_>) -> Option<(Rect, f32, String)> {
        match &self.field {
            Field::Knob { at, input, .. } => {
                Some((stage.scene.value_rect(*at)?, SMALL, format!("{} {input}", self.id)))
            }
            Field::Text { node, place, setting } => {
                let rect = stage.scene.setting_rect(*node, *place)?;
                Some((rect, SMALL, format!("{} {setting} text", self.id)))
            }
            Field::Name { node } => {
                let card = stage.scene.card(*node)?.rect;
                let rect = Rect::from_min_size(card.min, vec2(card.width(), crate::canvas::HEADER));
                Some((rect, BODY, format!("Name of {}", self.id)))
            }
        }
    }

    /// Shows the field; false when it is done with.
    pub(crate) fn show(&mut self, ui: &mut Ui, stage: &mut Stage<'_>) -> bool {
        let Some((rect, size, name)) = self.place(stage) else { return false };
        let rect = stage.view.transform.rect_to_screen(rect);
        let size = stage.view.transform.font_size(size).unwrap_or(size);
        let rect = Rect::from_center_size(rect.center(), rect.size().max(vec2(64.0, 20.0)));
        let id = Id::unique("value entry");
        let is_value = matches!(self.field, Field::Knob { .. });
        let field = TextEdit::singleline(&mut self.text)
            .id(id)
            .font(FontId::proportional(size))
            .margin(Margin::symmetric(4, 2))
            .align(if is_value { Align2::RIGHT_CENTER } else { Align2::LEFT_CENTER })
            .char_limit(if is_value { 32 } else { limits::ID_BYTES.max(SettingValue::MAX_TEXT / 4) });
        let response = ui.put(rect, field).accessible_name(name);
        if std::mem::take(&mut self.is_new) {
            response.request_focus();
            // What began with a typed figure goes on behind it.
            let is_typed = ui.input(|input| input.events.iter().any(|event| matches!(event, Event::Text(_))));
            let length = self.text.chars().count();
            select(ui, id, if is_typed { length } else { 0 }, length);
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
        let id = self.id.clone();
        let edit = match &self.field {
            Field::Knob { input, knob, .. } => match value_text::parse(knob, &self.text) {
                Ok(value) => Edit::SetKnob { id, input: input.clone(), value },
                Err(error) => return stage.view.refuse(&error),
            },
            Field::Text { setting, .. } => {
                let value = SettingValue::Text(self.text.clone());
                Edit::SetSetting { id, setting: (*setting).into(), value }
            }
            Field::Name { .. } if *self.text == *self.id => return,
            Field::Name { .. } => Edit::Rename { id, to: self.text.trim().into() },
        };
        if stage.edit(edit) && matches!(self.field, Field::Name { .. }) {
            stage.selection().set_node(self.text.trim().into());
        }
    }
}

/// Selects the whole text, so that typing replaces it.
fn select(ui: &Ui, id: Id, from: usize, to: usize) {
    use egui::text::{CCursor, CCursorRange};
    let mut state = egui::text_edit::TextEditState::load(ui.ctx(), id).unwrap_or_default();
    state.cursor.set_char_range(Some(CCursorRange::two(CCursor::new(from), CCursor::new(to))));
    state.store(ui.ctx(), id);
}
