//! Seed: what a node's random choices start from, shown in its menu, typed there, or rolled again.

use super::GestureContext;
use crate::transaction::Transaction;
use jackfield_patch::{Edit, EditError, NodeIndex, Patch};
use std::sync::Arc;

/// The seed of a node in a field where another one can be typed, and a button that rolls the dice of all that
/// are selected. Nothing for a node without chance.
pub(crate) fn seed_menu(ui: &mut egui::Ui, context: &mut GestureContext<'_>, node: NodeIndex) {
    let patch = context.document.patch();
    let Some(node) = patch.node(node).filter(|node| node.spec().is_some_and(|spec| spec.is_random)) else {
        return;
    };
    let (id, now) = (node.id.clone(), patch.own_seed(node).unwrap_or_default());
    let mut seed = now;
    ui.horizontal(|ui| {
        let label = ui.label("Seed");
        let field = ui.add(egui::DragValue::new(&mut seed)).labelled_by(label.id);
        field.on_hover_text(
            "What its random choices start from. A copy has the same and makes the same ones.",
        );
    });
    if seed != now {
        context.edit_in_gesture(Edit::SetNodeSeed { id: id.clone(), seed: Some(seed) }, u64::MAX);
    }
    if ui
        .button("Roll again")
        .on_hover_text("Make other random choices: another noise, another tune.")
        .clicked()
    {
        roll_again(context, id);
        ui.close();
    }
    ui.separator();
}

/// Gives this node another seed, and with it the selected ones if it is among them.
fn roll_again(context: &mut GestureContext<'_>, id: Arc<str>) {
    let selected = &context.view.selection.nodes;
    let nodes = if selected.contains(&id) { selected.iter().cloned().collect() } else { vec![id] };
    match rolled(context.document.patch(), nodes) {
        Ok(Some(edit)) => drop(context.edit(edit)),
        Ok(None) => {}
        Err(error) => context.view.refuse(&error),
    }
}

fn rolled(patch: &Patch, nodes: Vec<Arc<str>>) -> Result<Option<Edit>, EditError> {
    let mut transaction = Transaction::new(patch);
    for id in nodes {
        let node = patch.find(&id).and_then(|index| patch.node(index));
        if node.and_then(|node| node.spec()).is_some_and(|spec| spec.is_random) {
            let seed = Some(transaction.patch().fresh_seed(&id));
            transaction.edit(Edit::SetNodeSeed { id, seed })?;
        }
    }
    Ok(transaction.finish())
}
