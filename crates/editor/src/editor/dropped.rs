//! Nodes for files that come from outside: dropped on the window, or chosen there.

use super::Editor;
use crate::gesture::snap;
use crate::scene::card_layout;
use crate::transaction::Transaction;
use egui::{Pos2, Rect};
use jackfield_node::{NodeSpec, SettingValue};
use jackfield_patch::{Edit, EditError, Node};
use std::sync::Arc;

impl Editor {
    /// Adds a node of this type whose file setting names `file`, and selects it. `at` is a place on the
    /// screen; without one it stands in the middle of the view.
    pub fn add_file_node(&mut self, spec: &'static NodeSpec, setting: &str, file: String, at: Option<Pos2>) {
        let transform = self.state.view.transform;
        let at = at.filter(|at| transform.view.contains(*at)).unwrap_or(transform.view.center());
        let transaction = || -> Result<(Transaction, Arc<str>), EditError> {
            let mut transaction = Transaction::new(self.state.document.patch());
            let mut node = Node::new(spec.id.rsplit('.').next().unwrap_or(spec.id), spec);
            let wanted = Rect::from_min_size(snap(transform.to_canvas(at)).into(), card_layout(spec).size);
            node.at = self.state.scene.free_place(wanted, |_| true).into();
            let id = transaction.add(node)?;
            let value = SettingValue::File(file);
            transaction.edit(Edit::SetSetting { id: id.clone(), setting: setting.into(), value })?;
            Ok((transaction, id))
        };
        match transaction() {
            Ok((transaction, id)) => {
                if let Some(edit) = transaction.finish()
                    && self.state.gesture_context().edit(edit)
                {
                    self.state.view.selection.set_node(id);
                }
            }
            Err(error) => self.refuse(&error),
        }
    }
}
