//! Palettes: a field and a list of what fits. One finds actions by name, one the port to connect another
//! port to, one the values of a node's settings: so nothing of it needs a mouse.

use crate::action::{ACTIONS, Action};
use crate::fuzzy::score;
use crate::gesture::{choices, setting_text};
use crate::host::Command;
use crate::scene::{PortId, Scene, Side, Target, kind_name};
use crate::state::EditorState;
use crate::theme::Palette as Colours;
use crate::value_entry::ValueEntry;
use crate::view::{Focus, View};
use egui::{
    Align2, Area, Frame, Id, Key, Modifiers, Order, RichText, ScrollArea, Sense, TextEdit, Ui, WidgetInfo,
    vec2,
};
use jackfield_node::SettingKind;
use jackfield_patch::{Edit, Node, NodeBody, NodeIndex};
use std::cmp::Reverse;

/// Width of the list.
const WIDTH: f32 = 400.0;
/// Height of the list.
const HEIGHT: f32 = 320.0;

/// The palette on the screen, if one is.
#[derive(Debug, Default)]
pub(crate) struct PaletteState {
    open: Option<OpenPalette>,
}

#[derive(Debug)]
struct OpenPalette {
    finds: Finds,
    query: String,
    chosen: usize,
    is_new: bool,
}

/// What a palette finds.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Finds {
    Actions,
    /// Ports to connect this one to.
    Ports(PortId),
    /// Values for the settings of this node.
    Settings(NodeIndex),
}

/// A line of the list.
struct Entry {
    name: String,
    /// What stands at its right: a key, a kind.
    aside: String,
    help: &'static str,
    choice: Choice,
}

#[derive(Clone)]
enum Choice {
    Action(Action),
    Port(PortId),
    Value(Edit),
    /// A text to be typed: the setting's position.
    Text(usize),
    /// A file to be chosen.
    File(Command),
}

impl PaletteState {
    /// Opens the one that finds actions.
    pub(crate) fn open_actions(&mut self) {
        self.open(Finds::Actions);
    }

    fn open(&mut self, finds: Finds) {
        self.open = Some(OpenPalette { finds, query: String::new(), chosen: 0, is_new: true });
    }

    /// Opens the one that connects the port that is meant; tells when none is.
    pub(crate) fn open_ports(&mut self, view: &mut View) {
        let hovered = match view.hover {
            Target::Port(port) => Some(port),
            Target::Knob(knob) | Target::Ring(knob) | Target::Value(knob) => Some(PortId::input(knob)),
            _ => None,
        };
        let focused = match view.focus {
            Some(Focus::Port(port)) => Some(port),
            _ => None,
        };
        match focused.or(hovered) {
            Some(port) => self.open(Finds::Ports(port)),
            None => view.tell("Go to a port first: Ctrl with the arrows up and down walks over them."),
        }
    }

    /// Opens the one for the settings of a node.
    pub(crate) fn open_settings(&mut self, node: Option<NodeIndex>, view: &mut View) {
        match node {
            Some(node) => self.open(Finds::Settings(node)),
            None => view.tell("Go to a node first: the arrows walk from one to the next."),
        }
    }

    /// Whether one is open.
    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }
}

/// Shows the palette that is open, and does what was chosen.
pub(super) fn show(panel: &mut PaletteState, editor: &mut EditorState, ui: &mut Ui) {
    let Some(mut open) = panel.open.take() else { return };
    let entries = entries(editor, &open);
    open.chosen = open.chosen.min(entries.len().saturating_sub(1));
    let palette = editor.view.theme.palette();
    let top = editor.view.transform.view.center_top() + vec2(0.0, 48.0);
    let area =
        Area::new(Id::unique("palette")).order(Order::Foreground).fixed_pos(top).pivot(Align2::CENTER_TOP);
    let shown = area.show(ui.ctx(), |ui| {
        Frame::popup(ui.style()).show(ui, |ui| window(ui, &mut open, &entries, &palette)).inner
    });
    let outside = ui.input(|input| {
        let at = input.pointer.interact_pos();
        input.pointer.any_pressed() && at.is_some_and(|at| !shown.response.rect.contains(at))
    });
    match shown.inner {
        Some(Some(choice)) => {
            editor.view.take_keyboard = true;
            choose(editor, open.finds, choice);
        }
        None if !outside || open.is_new => {
            open.is_new = false;
            panel.open = Some(open);
        }
        _ => editor.view.take_keyboard = true,
    }
}

fn choose(editor: &mut EditorState, finds: Finds, choice: Choice) {
    match (choice, finds) {
        (Choice::Action(action), _) => editor.actions.push(action),
        (Choice::Port(port), Finds::Ports(from)) => {
            let mut context = editor.gesture_context();
            if let Some(ends) = context.ends(from, port)
                && context.edit(Edit::connect(ends.clone()))
            {
                context.selection().set_cable(ends);
            }
        }
        (Choice::Value(edit), _) => {
            editor.gesture_context().edit(edit);
        }
        (Choice::Text(place), Finds::Settings(node)) => {
            editor.view.entry = ValueEntry::begin_text(&editor.gesture_context(), node, place);
        }
        (Choice::File(command), _) => editor.commands.push(command),
        (Choice::Port(_) | Choice::Text(_), _) => {}
    }
}

/// What fits, best first.
fn entries(editor: &EditorState, open: &OpenPalette) -> Vec<Entry> {
    match open.finds {
        Finds::Actions => actions(&open.query),
        Finds::Ports(port) => ports(&editor.scene, port, &open.query),
        Finds::Settings(node) => settings(editor.document.patch().node(node), &open.query),
    }
}

fn actions(query: &str) -> Vec<Entry> {
    let fit = |info: &&crate::action::ActionInfo| {
        let by_name = score(info.name, query).map(|score| score * 2);
        by_name.or_else(|| score(info.help, query))
    };
    let mut found: Vec<_> = ACTIONS.iter().filter_map(|info| Some((Reverse(fit(&info)?), info))).collect();
    found.sort_by_key(|(score, _)| *score);
    let entry = |(_, info): (_, &'static crate::action::ActionInfo)| Entry {
        name: info.name.to_owned(),
        aside: info.shortcut.map(crate::action::key_text).unwrap_or_default(),
        help: info.help,
        choice: Choice::Action(info.action),
    };
    found.into_iter().map(entry).collect()
}

/// All values of all settings of a node.
fn settings(node: Option<&Node>, query: &str) -> Vec<Entry> {
    let Some(Node { id, body: NodeBody::Known { spec, settings, .. }, .. }) = node else { return Vec::new() };
    let mut found = Vec::new();
    for (setting, now) in spec.settings.iter().zip(settings.values()) {
        let mut add = |text: &str, is_now: bool, choice: Choice| {
            let name = format!("{}: {text}", setting.name);
            if let Some(score) = score(&name, query) {
                let aside = if is_now { "now" } else { "" }.to_owned();
                found.push((Reverse(score), Entry { name, aside, help: setting.help, choice }));
            }
        };
        for value in choices(&setting.kind) {
            let edit =
                Edit::SetSetting { id: id.clone(), setting: setting.name.into(), value: value.clone() };
            add(&setting_text(&setting.kind, &value), value == *now, Choice::Value(edit));
        }
        match setting.kind {
            SettingKind::File(kind) => {
                let choose = Command::ChooseFile { node: id.clone(), setting: setting.name.into() };
                add(&format!("choose a {}…", kind.name()), false, Choice::File(choose));
            }
            SettingKind::Text(_) | SettingKind::Steps(..) => add("type…", false, Choice::Text(setting.index)),
            _ => {}
        }
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, entry)| entry).collect()
}

/// The ports on the other side of all other nodes: those that fit by kind first, then the nearer ones.
fn ports(scene: &Scene, from: PortId, query: &str) -> Vec<Entry> {
    let (Some(kind), Some(at)) = (scene.kind(from), scene.port(from)) else { return Vec::new() };
    let mut found = Vec::new();
    for card in scene.cards.iter().filter(|card| card.node != from.at.node) {
        for (port, place) in card.ports().filter(|(port, _)| port.side != from.side) {
            let name = format!("{}.{}", card.id, place.name);
            let Some(score) = score(&name, query) else { continue };
            let fits = place.kind == kind && place.dial.is_none();
            let distance = (card.rect.min + place.at.to_vec2()).distance(at) as u32;
            let is_connected =
                scene.wires_into(if port.side == Side::Input { port.at } else { from.at }).any(|wire| {
                    let ends = if port.side == Side::Input { (from.at, port.at) } else { (port.at, from.at) };
                    (wire.from, wire.to) == ends
                });
            let aside = if is_connected { "connected".to_owned() } else { kind_name(place.kind).to_owned() };
            let entry = Entry { name, aside, help: "", choice: Choice::Port(port) };
            found.push(((is_connected, Reverse(score), place.kind != kind, !fits, distance), entry));
        }
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, entry)| entry).collect()
}

/// One frame of it: nothing while it goes on, else what was chosen, if anything.
#[expect(clippy::option_option, reason = "it stays open, or closes with or without a choice")]
fn window(
    ui: &mut Ui,
    open: &mut OpenPalette,
    entries: &[Entry],
    palette: &Colours,
) -> Option<Option<Choice>> {
    ui.set_width(WIDTH);
    let keys = ui.input_mut(|input| {
        let mut pressed = |key| input.consume_key(Modifiers::NONE, key);
        [pressed(Key::ArrowUp), pressed(Key::ArrowDown), pressed(Key::Enter), pressed(Key::Escape)]
    });
    let [up, down, enter, escape] = keys;
    if escape {
        return Some(None);
    }
    if up {
        open.chosen = open.chosen.saturating_sub(1);
    }
    if down {
        open.chosen = (open.chosen + 1).min(entries.len().saturating_sub(1));
    }
    let hint = match open.finds {
        Finds::Actions => "Do what?",
        Finds::Ports(_) => "Connect to…",
        Finds::Settings(_) => "Set what?",
    };
    let field = TextEdit::singleline(&mut open.query).hint_text(hint).desired_width(WIDTH);
    let response = ui.add(field).accessible_name(hint);
    if open.is_new {
        response.request_focus();
    }
    if response.changed() {
        open.chosen = 0;
    }
    if enter {
        return Some(entries.get(open.chosen).map(|entry| entry.choice.clone()));
    }
    let mut clicked = None;
    ScrollArea::vertical().max_height(HEIGHT).show(ui, |ui| {
        for (place, entry) in entries.iter().enumerate() {
            if row(ui, open, place, entry, up || down, palette) {
                clicked = Some(Some(entry.choice.clone()));
            }
        }
        if entries.is_empty() {
            ui.weak("Nothing fits. Try fewer letters.");
        }
    });
    clicked
}

/// A line of the list; true when it was clicked.
fn row(
    ui: &mut Ui,
    open: &mut OpenPalette,
    place: usize,
    entry: &Entry,
    follows_keys: bool,
    palette: &Colours,
) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::click());
    let is_chosen = place == open.chosen;
    if is_chosen && follows_keys {
        response.scroll_to_me(None);
    }
    if response.hovered() && ui.input(|input| input.pointer.delta() != egui::Vec2::ZERO) {
        open.chosen = place;
    }
    response.widget_info(|| {
        let name = [&*entry.name, &*entry.aside].join(", ");
        WidgetInfo::selected(egui::Role::ListItem, true, is_chosen, name.trim_end_matches(", "))
    });
    if ui.is_rect_visible(rect) {
        if is_chosen {
            ui.painter().rect_filled(rect, 2.0, palette.sunken);
        }
        let inner = rect.shrink2(vec2(8.0, 0.0));
        let painter = ui.painter();
        let (body, small) = (egui::TextStyle::Body, egui::TextStyle::Small);
        let font = |style: egui::TextStyle| style.resolve(ui.style());
        painter.text(inner.left_center(), Align2::LEFT_CENTER, &entry.name, font(body), palette.text);
        painter.text(inner.right_center(), Align2::RIGHT_CENTER, &entry.aside, font(small), palette.weak);
    }
    let clicked = response.clicked();
    if !entry.help.is_empty() {
        response.on_hover_text(RichText::new(entry.help));
    }
    clicked
}
