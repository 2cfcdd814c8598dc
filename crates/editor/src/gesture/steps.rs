//! Steps: draw over the bars of a row of numbers to set them.

use super::GestureContext;
use egui::Pos2;
use jackfield_node::{Face, SettingKind, SettingValue};
use jackfield_patch::{Edit, NodeBody, NodeIndex};
use std::sync::Arc;

/// Bars being drawn.
#[derive(Debug)]
pub(crate) struct StepsDrag {
    node: NodeIndex,
    id: Arc<str>,
    place: usize,
    gesture: u64,
    /// The step and the value where the hand was last.
    last: Option<(usize, f32)>,
    moved: bool,
}

impl StepsDrag {
    /// Begins on a card's face; nothing for a face without steps.
    pub(crate) fn begin(context: &mut GestureContext<'_>, node: NodeIndex) -> Option<Self> {
        let content = context.document.patch().node(node)?;
        let spec = content.spec().filter(|spec| spec.face == Face::Steps)?;
        let is_row = |setting: &&jackfield_node::Setting| matches!(setting.kind, SettingKind::Steps(..));
        let place = spec.settings.iter().find(is_row)?.index;
        let id = content.id.clone();
        let gesture = context.document.begin_gesture();
        Some(Self { node, id, place, gesture, last: None, moved: false })
    }

    pub(crate) fn update(&mut self, context: &mut GestureContext<'_>) {
        let Some((edit, now)) = self.drawn(context) else { return };
        self.last = Some(now);
        self.moved |= context.edit_in_gesture(edit, self.gesture);
    }

    /// The row with all steps between the hand's last place and this one set.
    fn drawn(&self, context: &GestureContext<'_>) -> Option<(Edit, (usize, f32))> {
        let content = context.document.patch().node(self.node)?;
        let NodeBody::Known { spec, settings, .. } = &content.body else { return None };
        let setting = spec.settings.get(self.place)?;
        let (SettingKind::Steps(low, high, _), SettingValue::Steps(steps)) =
            (&setting.kind, settings.values().get(self.place)?)
        else {
            return None;
        };
        let card = context.scene.card(self.node)?;
        let face = card.layout.face?.translate(card.rect.min.to_vec2());
        let under = |at: Pos2| {
            let part = (at - face.min) / face.size();
            let step = ((part.x * steps.len() as f32) as usize).min(steps.len() - 1);
            (step, (high + (low - high) * part.y).clamp(*low, *high))
        };
        let (step, value) = under(context.here());
        let origin = context.transform().to_canvas(context.pointer.origin);
        let (from, before) = self.last.unwrap_or_else(|| under(origin));
        let mut steps = steps.clone();
        let passed = steps.iter_mut().enumerate().skip(from.min(step)).take(from.abs_diff(step) + 1);
        for (place, bar) in passed {
            let part = place.abs_diff(from) as f32 / from.abs_diff(step).max(1) as f32;
            // A hand that stays on one step sets it to where it is.
            let part = if from == step { 1.0 } else { part };
            *bar = (before + (value - before) * part).clamp(*low, *high);
        }
        let value_of_row = SettingValue::Steps(steps);
        let edit =
            Edit::SetSetting { id: self.id.clone(), setting: setting.name.into(), value: value_of_row };
        Some((edit, (step, value)))
    }

    pub(crate) fn cancel(self, context: &mut GestureContext<'_>) {
        if self.moved {
            context.document.undo();
        }
    }
}
