//! Context menus: what can be done with what was clicked.

use crate::action::Action;
use crate::gesture::{GestureContext, HUES, choices, colour, reset, seed_menu, setting_text};
use crate::host::Command;
use crate::node_request::NodeRequest;
use crate::scene::{PortId, Side, Target};
use crate::value_entry::ValueEntry;
use egui::Ui;
use jackfield_node::{SettingKind, SettingValue};
use jackfield_patch::{CableIndex, Edit, NodeBody, NodeIndex, PortRef};

/// Shows the menu of what was clicked, `target`. Gives an action that was chosen.
pub(crate) fn show(
    ui: &mut Ui,
    target: Target,
    context: &mut GestureContext<'_>,
    commands: &mut Vec<Command>,
) -> Option<Action> {
    ui.set_min_width(176.0);
    match target {
        Target::Empty => {
            let all = [
                Action::AddNode,
                Action::Comment,
                Action::Frame,
                Action::SelectAll,
                Action::Tidy,
                Action::Fit,
            ];
            return actions(ui, &all);
        }
        Target::Cable(cable, _) => {
            cable_menu(ui, context, cable);
            return actions(ui, &[Action::PinProbe]);
        }
        Target::Knob(knob) | Target::Ring(knob) | Target::Value(knob) => {
            knob_menu(ui, context, knob, commands);
        }
        Target::Setting(node, setting) => setting_menu(ui, context, node, setting, commands),
        Target::Port(port) => port_menu(ui, context, port),
        Target::Annotation(_) | Target::Corner(_) => {
            colours(ui, context);
            return actions(ui, &[Action::Delete]);
        }
        Target::Card(node) | Target::Header(node) | Target::Face(node) => {
            colours(ui, context);
            seed_menu(ui, context, node);
            return actions(
                ui,
                &[
                    Action::Mute,
                    Action::Duplicate,
                    Action::Copy,
                    Action::Swap,
                    Action::Frame,
                    Action::AlignLeft,
                    Action::AlignTop,
                    Action::DeleteAndHeal,
                    Action::Delete,
                ],
            );
        }
    }
    None
}

/// A row of colours for what is selected.
fn colours(ui: &mut Ui, context: &mut GestureContext<'_>) {
    let palette = context.view.theme.palette();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let own = std::iter::once((None, "Own colour"));
        let chosen = HUES.iter().map(|(hue, name)| (Some(*hue), *name));
        for (hue, name) in own.chain(chosen) {
            let (rect, response) = ui.allocate_exact_size(egui::Vec2::splat(18.0), egui::Sense::click());
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
            let ring = if response.hovered() || response.has_focus() { palette.text } else { palette.line };
            let fill = hue.map_or(palette.sunken, |hue| palette.hue(hue));
            ui.painter().circle(rect.center(), 7.0, fill, egui::Stroke::new(1.0, ring));
            if response.on_hover_text(name).clicked() {
                colour(context, hue);
                ui.close();
            }
        }
    });
    ui.separator();
}

/// Lines for these actions, with their keys.
fn actions(ui: &mut Ui, actions: &[Action]) -> Option<Action> {
    let mut chosen = None;
    for &action in actions {
        let info = action.info();
        let mut button = egui::Button::new(info.name);
        if let Some(shortcut) = &info.shortcut {
            button = button.shortcut_text(ui.ctx().format_shortcut(shortcut));
        }
        if ui.add(button).on_hover_text(info.help).clicked() {
            chosen = Some(action);
            ui.close();
        }
    }
    chosen
}

fn knob_menu(ui: &mut Ui, context: &mut GestureContext<'_>, knob: PortRef, commands: &mut Vec<Command>) {
    if ui.button("Type a value…").clicked() {
        context.view.entry = ValueEntry::begin(context, knob);
        ui.close();
    }
    if ui.button("Reset").clicked() {
        reset(context, knob);
        ui.close();
    }
    if ui.button("Learn MIDI").on_hover_text("The next controller that moves will turn this knob.").clicked()
    {
        if let Some((node, input)) = context.knob_names(knob) {
            commands.push(Command::LearnMidi { node, input });
        }
        ui.close();
    }
    if ui.button("Forget MIDI").on_hover_text("No controller will turn this knob.").clicked() {
        if let Some((node, input)) = context.knob_names(knob) {
            commands.push(Command::ForgetMidi { node, input });
        }
        ui.close();
    }
    ui.separator();
    port_menu(ui, context, PortId::input(knob));
}

fn port_menu(ui: &mut Ui, context: &mut GestureContext<'_>, port: PortId) {
    let is_at = |wire: &&crate::scene::Wire| match port.side {
        Side::Input => wire.to == port.at,
        Side::Output => wire.from == port.at,
    };
    let patch = context.document.patch();
    let cables: Vec<_> =
        context.scene.wires.iter().filter(is_at).filter_map(|wire| patch.ends(wire.cable)).collect();
    if ui.add_enabled(!cables.is_empty(), egui::Button::new("Unplug")).clicked() {
        context.edit(Edit::Batch(cables.into_iter().map(|ends| Edit::Disconnect { ends }).collect()));
        ui.close();
    }
}

fn cable_menu(ui: &mut Ui, context: &mut GestureContext<'_>, cable: CableIndex) {
    let patch = context.document.patch();
    let (Some(ends), Some((_, _, content))) = (patch.ends(cable), patch.cable(cable)) else { return };
    let (mut depth, mut delayed, mut uncompensated) = (content.depth, content.delayed, content.uncompensated);
    ui.label(ends.to_string());
    ui.horizontal(|ui| {
        let label = ui.label("Depth");
        let drag = egui::DragValue::new(&mut depth).speed(0.01).max_decimals(3);
        if ui.add(drag).labelled_by(label.id).changed() {
            context.edit_in_gesture(Edit::SetDepth { ends: ends.clone(), depth }, u64::MAX);
        }
    });
    if ui.checkbox(&mut delayed, "Loop delay here").changed() {
        context.edit(Edit::SetDelayed { ends: ends.clone(), delayed });
    }
    if ui.checkbox(&mut uncompensated, "Don't compensate latency").changed() {
        context.edit(Edit::SetUncompensated { ends: ends.clone(), uncompensated });
    }
    ui.separator();
    colours(ui, context);
    if ui.button("Insert node…").clicked() {
        if let Some(wire) = context.scene.wire_of(cable) {
            let at = wire.curve.at(0.5);
            let screen = context.view.transform.to_screen(at);
            context.view.node_request = Some(NodeRequest::in_cable(ends.clone(), wire.kind, at, screen));
        }
        ui.close();
    }
    if ui.button("Delete").clicked() {
        context.edit(Edit::Disconnect { ends });
        ui.close();
    }
}

fn setting_menu(
    ui: &mut Ui,
    context: &mut GestureContext<'_>,
    node: NodeIndex,
    setting: usize,
    commands: &mut Vec<Command>,
) {
    let Some(content) = context.document.patch().node(node) else { return };
    let NodeBody::Known { spec, settings, .. } = &content.body else { return };
    let (Some(setting), Some(now)) = (spec.settings.get(setting), settings.values().get(setting)) else {
        return;
    };
    let id = content.id.clone();
    let mut values = choices(&setting.kind);
    if let SettingKind::File(kind) = setting.kind {
        if ui.button(format!("Choose a {}…", kind.name())).clicked() {
            commands.push(Command::ChooseFile { node: id.clone(), setting: setting.name.into() });
            ui.close();
        }
        values.push(SettingValue::File(String::new()));
    }
    let now = now.clone();
    ui.label(setting.help);
    egui::ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
        for value in values {
            let text = if value == SettingValue::File(String::new()) {
                "None".to_owned()
            } else {
                setting_text(&setting.kind, &value)
            };
            if ui.selectable_label(value == now, text).clicked() {
                context.edit(Edit::SetSetting { id: id.clone(), setting: setting.name.into(), value });
                ui.close();
            }
        }
    });
}
