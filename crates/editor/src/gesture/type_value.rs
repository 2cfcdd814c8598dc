//! Type: click a value and type another one with its unit; a text, or by a double-click the name of a
//! node, is typed in the same field.

use super::GestureContext;
use super::knob_turn::knob_value;
use super::walk::current;
use crate::scene::AnnotationPlace;
use crate::theme::{BODY, SMALL};
use crate::value_entry::{EntryField, ValueEntry};
use crate::value_text;
use egui::{Align2, Event, FontId, Id, Key, Margin, Rect, TextEdit, Ui, vec2};
use jackfield_node::SettingValue;
use jackfield_patch::{Annotation, AnnotationKind, Edit, NodeBody, NodeIndex, PortRef, limits};
use std::sync::Arc;

impl ValueEntry {
    /// Begins with a knob's value as it is.
    pub(crate) fn begin(context: &GestureContext<'_>, at: PortRef) -> Option<Self> {
        let (knob, value) = knob_value(context.document.patch(), at)?;
        let (id, input) = context.knob_names(at)?;
        let text = value_text::format(&knob, value);
        Some(Self { id, field: EntryField::Knob { at, input, knob }, text, is_new: true })
    }

    /// Begins with the text of a setting, or with its steps as numbers; nothing for other settings.
    pub(crate) fn begin_text(context: &GestureContext<'_>, node: NodeIndex, place: usize) -> Option<Self> {
        let content = context.document.patch().node(node)?;
        let NodeBody::Known { spec, settings, .. } = &content.body else { return None };
        let setting = spec.settings.get(place)?;
        let (text, are_steps) = match settings.values().get(place)? {
            SettingValue::Text(text) => (text.clone(), false),
            SettingValue::Steps(steps) => (steps_text(steps), true),
            _ => return None,
        };
        let field = EntryField::Text { node, place, setting: setting.name, are_steps };
        Some(Self { id: content.id.clone(), field, text, is_new: true })
    }

    /// Begins with the depth of the selected cable; nothing when not just one is selected.
    pub(crate) fn begin_depth(context: &GestureContext<'_>) -> Option<Self> {
        let mut selected = context.view.selection.cables.iter();
        let (Some(ends), None) = (selected.next(), selected.next()) else { return None };
        let cable = context.document.patch().find_cable(ends)?;
        let text = context.document.patch().cable(cable)?.2.depth.to_string();
        let field = EntryField::Depth { ends: ends.clone(), cable };
        Some(Self { id: ends.from.clone(), field, text, is_new: true })
    }

    /// Begins with a node's name.
    pub(crate) fn begin_name(context: &GestureContext<'_>, node: NodeIndex) -> Option<Self> {
        let id = context.document.patch().node(node)?.id.clone();
        Some(Self { text: id.to_string(), id, field: EntryField::Name { node }, is_new: true })
    }

    /// Begins with the text of a comment or frame.
    pub(crate) fn begin_annotation(kind: AnnotationKind, id: Arc<str>, rect: Rect, text: String) -> Self {
        Self { id, field: EntryField::Annotation { kind, rect }, text, is_new: true }
    }

    /// Begins with the text of the annotation at this position in the scene.
    pub(crate) fn begin_annotation_at(context: &GestureContext<'_>, number: usize) -> Option<Self> {
        let place = context.scene.annotations.get(number)?;
        let text = context.document.patch().annotation(place.kind, &place.id)?.text.clone();
        Some(Self::begin_annotation(place.kind, place.id.clone(), place.rect, text))
    }

    /// Begins with what was typed already.
    pub(crate) fn with_text(mut self, text: String) -> Self {
        self.text = text;
        self
    }

    /// Where the field is on the canvas, its size of text and its name.
    fn place(&self, context: &GestureContext<'_>) -> Option<(Rect, f32, String)> {
        match &self.field {
            EntryField::Knob { at, input, .. } => {
                Some((context.scene.value_rect(*at)?, SMALL, format!("{} {input}", self.id)))
            }
            EntryField::Text { node, place, setting, .. } => {
                let rect = context.scene.setting_rect(*node, *place)?;
                Some((rect, SMALL, format!("{} {setting} text", self.id)))
            }
            EntryField::Depth { cable, .. } => {
                let middle = context.scene.wire_of(*cable)?.curve.at(0.5);
                Some((
                    Rect::from_center_size(middle, vec2(64.0, 24.0)),
                    SMALL,
                    "Depth of the cable".to_owned(),
                ))
            }
            EntryField::Name { node } => {
                let card = context.scene.card(*node)?.rect;
                let rect = Rect::from_min_size(card.min, vec2(card.width(), crate::scene::HEADER));
                Some((rect, BODY, format!("Name of {}", self.id)))
            }
            EntryField::Annotation { kind: AnnotationKind::Comment, rect } => {
                Some((*rect, BODY, "Comment".to_owned()))
            }
            EntryField::Annotation { kind: AnnotationKind::Frame, rect } => {
                let title = Rect::from_min_size(rect.min, vec2(rect.width(), crate::scene::TITLE));
                Some((title, BODY, "Title of the frame".to_owned()))
            }
        }
    }

    /// Shows the field; false when it is done with.
    pub(crate) fn show(&mut self, ui: &mut Ui, context: &mut GestureContext<'_>) -> bool {
        let Some((rect, size, name)) = self.place(context) else { return false };
        let rect = context.view.transform.rect_to_screen(rect);
        let size = context.view.transform.font_size(size).unwrap_or(size);
        let rect = Rect::from_center_size(rect.center(), rect.size().max(vec2(64.0, 20.0)));
        let id = Id::unique("value entry");
        let is_value = matches!(self.field, EntryField::Knob { .. } | EntryField::Depth { .. });
        let most = if is_value { 32 } else { limits::ID_BYTES.max(SettingValue::MAX_TEXT / 4) };
        let is_comment = matches!(self.field, EntryField::Annotation { kind: AnnotationKind::Comment, .. });
        let most = if matches!(self.field, EntryField::Annotation { .. }) {
            limits::ANNOTATION_BYTES / 4
        } else {
            most
        };
        let field = if is_comment {
            // Enter ends it, as everywhere; with Shift it begins a line.
            let line = egui::KeyboardShortcut::new(egui::Modifiers::SHIFT, Key::Enter);
            TextEdit::multiline(&mut self.text).return_key(line)
        } else {
            TextEdit::singleline(&mut self.text)
        };
        let field = field
            .id(id)
            .font(FontId::proportional(size))
            .margin(Margin::symmetric(4, 2))
            .align(if is_value { Align2::RIGHT_CENTER } else { Align2::LEFT_CENTER })
            .char_limit(most);
        let response = ui.put(rect, field).accessible_name(name);
        if std::mem::take(&mut self.is_new) {
            response.request_focus();
            // What began with a typed figure goes on behind it.
            let is_typed = ui.input(|input| input.events.iter().any(|event| matches!(event, Event::Text(_))));
            let length = self.text.chars().count();
            select(ui, id, if is_typed { length } else { 0 }, length);
            return true;
        }
        let is_done = is_comment && ui.input(|input| input.key_pressed(Key::Enter) && !input.modifiers.shift);
        if !response.lost_focus() && response.has_focus() && !is_done {
            return true;
        }
        if !ui.input(|input| input.key_pressed(Key::Escape)) {
            self.commit(context);
        }
        context.view.take_keyboard = true;
        false
    }

    fn commit(&self, context: &mut GestureContext<'_>) {
        let id = self.id.clone();
        let edit = match &self.field {
            EntryField::Knob { input, knob, .. } => {
                match value_text::parse_in_time(knob, &self.text, context.tempo) {
                    Ok(value) => Edit::SetKnob { id, input: input.clone(), value },
                    Err(error) => return context.view.refuse(&error),
                }
            }
            EntryField::Depth { ends, .. } => match number(&self.text) {
                Some(depth) => Edit::SetDepth { ends: ends.clone(), depth },
                None => {
                    return context.view.tell(format!("'{}' is no depth; type for example 0.5", self.text));
                }
            },
            EntryField::Text { setting, are_steps, .. } => {
                let steps = || self.text.split_whitespace().filter_map(number).collect();
                let value = if *are_steps {
                    SettingValue::Steps(steps())
                } else {
                    SettingValue::Text(self.text.clone())
                };
                Edit::SetSetting { id, setting: (*setting).into(), value }
            }
            EntryField::Annotation { kind, .. } => match context.document.patch().annotation(*kind, &self.id)
            {
                Some(annotation) if annotation.text != self.text => {
                    let annotation = Annotation { text: self.text.clone(), ..annotation.clone() };
                    Edit::SetAnnotation { kind: *kind, id, annotation: Some(Box::new(annotation)) }
                }
                _ => return,
            },
            EntryField::Name { .. } if *self.text == *self.id => return,
            EntryField::Name { .. } => Edit::Rename { id, to: self.text.trim().into() },
        };
        if context.edit(edit) && matches!(self.field, EntryField::Name { .. }) {
            context.selection().set_node(self.text.trim().into());
        }
    }
}

/// A number as people type it.
fn number(text: &str) -> Option<f32> {
    text.trim().replace('−', "-").replace(',', ".").parse().ok()
}

/// Steps as numbers with spaces between.
fn steps_text(steps: &[f32]) -> String {
    steps.iter().map(f32::to_string).collect::<Vec<_>>().join(" ")
}

/// Begins with the name of the node the keyboard is at, or with the text of the selected annotation.
pub(crate) fn rename(context: &mut GestureContext<'_>) {
    let selected = &context.view.selection.annotations;
    let is_selected = |place: &AnnotationPlace| selected.contains(&(place.kind, place.id.clone()));
    context.view.entry = match context.scene.annotations.iter().position(is_selected) {
        Some(number) => ValueEntry::begin_annotation_at(context, number),
        None => current(context).and_then(|node| ValueEntry::begin_name(context, node)),
    };
}

/// Selects the whole text, so that typing replaces it.
fn select(ui: &Ui, id: Id, from: usize, to: usize) {
    use egui::text::{CCursor, CCursorRange};
    let mut state = egui::text_edit::TextEditState::load(ui.ctx(), id).unwrap_or_default();
    state.cursor.set_char_range(Some(CCursorRange::two(CCursor::new(from), CCursor::new(to))));
    state.store(ui.ctx(), id);
}
