//! Input: turns presses, drags, wheels and keys on the canvas into gestures.

use super::face::PianoKeys;
use super::minimap;
use crate::gesture::{
    Direction, Gesture, GestureContext, Pointer, next_value, paste, press_enter, reset, scroll, step_knob,
    walk, walk_ports,
};
use crate::host::Command;
use crate::node_request::NodeRequest;
use crate::piano::{Finger, Piano};
use crate::scene::Target;
use crate::value_entry::ValueEntry;
use crate::view::Focus;
use egui::{
    Event, EventFilter, Id, Key, Modifiers, MouseWheelUnit, PointerButton, Response, Sense, Ui, Vec2,
};
use jackfield_node::{Face, SettingKind};
use jackfield_patch::{Edit, NodeBody, NodeIndex};

/// How much a line of the wheel zooms.
const ZOOM_STEP: f32 = 1.15;

/// The keys that mean something on the canvas besides those of actions.
const KEYS: [Key; 7] =
    [Key::ArrowLeft, Key::ArrowRight, Key::ArrowUp, Key::ArrowDown, Key::Escape, Key::Enter, Key::Tab];

/// What mouse and keyboard are in the middle of.
#[derive(Debug, Default)]
pub(crate) struct InputState {
    /// What the mouse is in the middle of.
    pub(crate) gesture: Gesture,
    /// The notes that are held.
    pub(crate) piano: Piano,
    /// What the open context menu is about.
    pub(crate) menu: Target,
    /// Where the last click was, on the screen.
    last_click: egui::Pos2,
    /// Whether keys mean something on the canvas: no field has the keyboard.
    pub(crate) has_keyboard: bool,
    /// Counts the context menus, so that each is another one.
    pub(crate) menu_number: u64,
    /// Whether a panel, menu or dialog has the keyboard to itself.
    pub(crate) is_modal: bool,
    /// Whether a menu or dialog lies over the canvas.
    pub(crate) is_covered: bool,
    /// Whether a window that Escape closes stands over the canvas.
    pub(crate) leaves_escape: bool,
    /// Whether the browser is open.
    pub(crate) is_browsing: bool,
}

/// The id under which the canvas has the keyboard.
pub(crate) fn canvas_id() -> Id {
    Id::unique("patch canvas")
}

/// Takes in what was done on the canvas since the last frame.
pub(crate) fn take_input(
    ui: &mut Ui,
    state: &mut InputState,
    context: &mut GestureContext<'_>,
    commands: &mut Vec<Command>,
) -> Response {
    let rect = context.view.transform.view;
    let response = ui.interact(rect, canvas_id(), Sense::click_and_drag());
    context.pointer = pointer(ui, &response);
    context.view.cursor = response.contains_pointer().then_some(context.pointer.at);
    take_keyboard(ui, state, context, &response);
    if response.contains_pointer() && !state.gesture.is_active() {
        context.view.hover = hit(context, context.pointer.at);
        wheel(ui, context);
    } else if !state.gesture.is_active() {
        context.view.hover = Target::Empty;
    }
    let escaped = !state.is_covered && ui.input(|input| input.key_pressed(Key::Escape));
    presses(state, context, &response, escaped, commands);
    play_face(ui, &mut state.piano, context, &response);
    if response.has_focus() && state.is_on_canvas(context) {
        keys(ui, state, context);
    }
    response
}

impl InputState {
    /// Whether keys go to the canvas, once it has the keyboard.
    pub(crate) fn is_on_canvas(&self, context: &GestureContext<'_>) -> bool {
        let is_browsing = self.is_browsing || context.view.node_request.is_some();
        context.view.entry.is_none() && !is_browsing && !self.is_modal
    }
}

/// The keyboard on a node's face plays as soon as it is pressed.
fn play_face(ui: &Ui, piano: &mut Piano, context: &GestureContext<'_>, response: &Response) {
    let is_down = response.is_pointer_button_down_on() && ui.input(|input| input.pointer.primary_down());
    let keys = match hit(context, context.pointer.origin) {
        Target::Face(node) if is_down => face_keys(context, node),
        _ => None,
    };
    match keys.map(|keys| keys.at(context.pointer.at)) {
        Some(Some((note, velocity))) => piano.press(Finger::Mouse, note, velocity),
        Some(None) => piano.release(Finger::Mouse),
        None if !ui.input(|input| input.pointer.any_down()) => piano.release(Finger::Mouse),
        None => {}
    }
}

/// The keys on a node's face, on the screen; nothing for other faces.
fn face_keys(context: &GestureContext<'_>, node: NodeIndex) -> Option<PianoKeys> {
    let spec = context.document.patch().node(node)?.spec()?;
    let card = context.scene.card(node)?;
    let face = card.layout.face.filter(|_| spec.face == Face::Keyboard)?;
    let rect = context.view.transform.rect_to_screen(face.translate(card.rect.min.to_vec2()));
    Some(PianoKeys::of_face(rect))
}

fn pointer(ui: &Ui, response: &Response) -> Pointer {
    ui.input(|input| {
        let at = response.interact_pointer_pos().or(input.pointer.latest_pos()).unwrap_or_default();
        Pointer {
            at,
            origin: input.pointer.press_origin().unwrap_or(at),
            delta: input.pointer.delta(),
            modifiers: input.modifiers,
        }
    })
}

fn hit(context: &GestureContext<'_>, at: egui::Pos2) -> Target {
    context.scene.hit(&context.view.transform, &context.view.selection, at)
}

/// The canvas has the keyboard unless a field wants it.
fn take_keyboard(ui: &Ui, state: &InputState, context: &mut GestureContext<'_>, response: &Response) {
    let nobody = !state.is_modal && ui.memory(|memory| memory.focused().is_none());
    if std::mem::take(&mut context.view.take_keyboard)
        || nobody
        || response.clicked_by(PointerButton::Primary)
        || response.drag_started()
    {
        response.request_focus();
    }
    // Tab, arrows and Escape mean something here; others still get them when they have the keyboard.
    let filter = EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, escape: true };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
}

/// Presses, drags and releases.
fn presses(
    state: &mut InputState,
    context: &mut GestureContext<'_>,
    response: &Response,
    escaped: bool,
    commands: &mut Vec<Command>,
) {
    if response.drag_started_by(PointerButton::Primary) {
        let origin = context.pointer.origin;
        if minimap_point(context, origin).is_none() {
            let target = hit(context, origin);
            state.gesture = Gesture::begin(context, target);
        }
    } else if response.drag_started_by(PointerButton::Middle) {
        state.gesture = Gesture::begin_pan();
    }
    if response.dragged() {
        if let Some(point) =
            minimap_point(context, context.pointer.origin).and(minimap_point(context, context.pointer.at))
        {
            context.view.transform.centre = point;
        }
        state.gesture.update(context);
    }
    if response.drag_stopped() {
        let gesture = std::mem::take(&mut state.gesture);
        // egui ends a drag with Escape.
        if escaped {
            gesture.cancel(context);
        } else {
            gesture.finish(context);
        }
    }
    // Not `clicked`, which is true for Enter and Space as well.
    if response.clicked_by(PointerButton::Primary) {
        let at = context.pointer.at;
        let is_same_place = std::mem::replace(&mut state.last_click, at).distance(at) < 6.0;
        if response.double_clicked() && is_same_place {
            double_click(context, commands);
        } else {
            click(context, commands);
        }
    }
    if response.secondary_clicked() {
        let target = hit(context, context.pointer.at);
        state.menu = target;
        state.menu_number += 1;
        if let Some(id) = target.node().and_then(|node| node_id(context, node))
            && !context.view.selection.nodes.contains(&id)
        {
            context.selection().set_node(id);
        }
        if let Target::Annotation(number) | Target::Corner(number) = target {
            select_annotation(context, number, false);
        }
        if let Target::Cable(cable, _) = target
            && let Some(ends) = context.document.patch().ends(cable)
            && !context.view.selection.cables.contains(&ends)
        {
            context.selection().set_cable(ends);
        }
    }
}

fn minimap_point(context: &GestureContext<'_>, at: egui::Pos2) -> Option<egui::Pos2> {
    if context.view.overlays.no_map {
        return None;
    }
    minimap::point_at(context.scene, &context.view.transform, at)
}

fn node_id(context: &GestureContext<'_>, node: NodeIndex) -> Option<std::sync::Arc<str>> {
    context.document.patch().node(node).map(|node| node.id.clone())
}

fn click(context: &mut GestureContext<'_>, commands: &mut Vec<Command>) {
    if let Some(point) = minimap_point(context, context.pointer.at) {
        context.view.transform.centre = point;
        return;
    }
    let target = hit(context, context.pointer.at);
    let adds = context.pointer.modifiers.shift || context.pointer.modifiers.command;
    context.view.connecting = None;
    context.view.focus = None;
    match target {
        Target::Empty => context.selection().clear(),
        Target::Cable(cable, _) => {
            if let Some(ends) = context.document.patch().ends(cable) {
                if adds {
                    context.selection().toggle_cable(ends);
                } else {
                    context.selection().set_cable(ends);
                }
            }
        }
        Target::Annotation(number) | Target::Corner(number) => select_annotation(context, number, adds),
        Target::Value(knob) => context.view.entry = ValueEntry::begin(context, knob),
        Target::Setting(node, setting) => match ValueEntry::begin_text(context, node, setting) {
            Some(entry) => context.view.entry = Some(entry),
            None => choose(context, node, setting, commands),
        },
        Target::Port(port) => context.view.focus = Some(Focus::Port(port)),
        Target::Knob(knob) | Target::Ring(knob) => {
            context.view.focus = Some(Focus::Port(crate::scene::PortId::input(knob)));
        }
        Target::Card(node) | Target::Header(node) | Target::Face(node) => {
            if let Some(id) = node_id(context, node) {
                if adds {
                    context.selection().toggle_node(id);
                } else {
                    context.selection().set_node(id);
                }
                context.view.focus = Some(Focus::Node(node));
            }
            if let (Target::Face(_), mut gesture @ Gesture::Steps(_)) =
                (target, Gesture::begin(context, target))
            {
                gesture.update(context);
                gesture.finish(context);
            }
        }
    }
}

fn select_annotation(context: &mut GestureContext<'_>, number: usize, adds: bool) {
    let Some(place) = context.scene.annotations.get(number) else { return };
    let annotation = (place.kind, place.id.clone());
    if !adds {
        context.selection().set_annotation(annotation);
    } else if !context.selection().annotations.remove(&annotation) {
        context.selection().annotations.insert(annotation);
    }
}

/// Goes on to the next value of a setting; with Shift to the one before.
fn next_setting(context: &mut GestureContext<'_>, node: NodeIndex, setting: usize) {
    let Some(content) = context.document.patch().node(node) else { return };
    let NodeBody::Known { spec, settings, .. } = &content.body else { return };
    let (Some(setting), Some(value)) = (spec.settings.get(setting), settings.values().get(setting)) else {
        return;
    };
    let backwards = context.pointer.modifiers.shift;
    if let Some(value) = next_value(&setting.kind, value, backwards) {
        let (id, setting) = (content.id.clone(), setting.name.into());
        context.edit(Edit::SetSetting { id, setting, value });
    }
}

fn double_click(context: &mut GestureContext<'_>, commands: &mut Vec<Command>) {
    let at = context.pointer.at;
    match hit(context, at) {
        Target::Empty => context.view.node_request = Some(NodeRequest::alone(context.here(), at)),
        Target::Knob(knob) => reset(context, knob),
        Target::Ring(knob) => {
            let cable = crate::gesture::cable_of_knob(context.document, &context.view.selection, knob);
            if let Some(ends) = cable.and_then(|cable| context.document.patch().ends(cable)) {
                context.edit(Edit::SetDepth { ends, depth: 1.0 });
            }
        }
        Target::Cable(cable, _) => {
            let kind = context.scene.wire_of(cable).map(|wire| wire.kind);
            if let (Some(ends), Some(kind)) = (context.document.patch().ends(cable), kind) {
                context.view.node_request = Some(NodeRequest::in_cable(ends, kind, context.here(), at));
            }
        }
        // The first click has asked for a file already.
        Target::Setting(node, setting) if is_file(context, node, setting) => {}
        Target::Header(node) => context.view.entry = ValueEntry::begin_name(context, node),
        Target::Annotation(number) => context.view.entry = ValueEntry::begin_annotation_at(context, number),
        _ => click(context, commands),
    }
}

/// Whether a setting names a file.
fn is_file(context: &GestureContext<'_>, node: NodeIndex, setting: usize) -> bool {
    let spec = context.document.patch().node(node).and_then(jackfield_patch::Node::spec);
    let setting = spec.and_then(|spec| spec.settings.get(setting));
    setting.is_some_and(|setting| matches!(setting.kind, SettingKind::File(_)))
}

/// A setting that is a file: asks the program for one. Others go on by a step.
fn choose(context: &mut GestureContext<'_>, node: NodeIndex, setting: usize, commands: &mut Vec<Command>) {
    let Some(content) = context.document.patch().node(node) else { return };
    let found = content.spec().and_then(|spec| spec.settings.get(setting));
    match found.map(|setting| (setting.name, &setting.kind)) {
        Some((name, SettingKind::File(_))) => {
            commands.push(Command::ChooseFile { node: content.id.clone(), setting: name.into() });
        }
        _ => next_setting(context, node, setting),
    }
}

/// The wheel: zooms; on a touchpad, pans. With Ctrl, or once the knob under the cursor was clicked, it
/// turns that.
fn wheel(ui: &Ui, context: &mut GestureContext<'_>) {
    let (turns, pans, with_command) = ui.input(|input| {
        let (mut turns, mut pans, mut with_command) = (0.0, Vec2::ZERO, false);
        for event in &input.events {
            if let Event::MouseWheel { unit, delta, modifiers, .. } = event {
                with_command |= modifiers.command;
                if *unit == MouseWheelUnit::Point && !modifiers.command {
                    pans += *delta;
                } else {
                    let lines = if *unit == MouseWheelUnit::Point { 1.0 / 40.0 } else { 1.0 };
                    // Shift turns a vertical wheel into a horizontal one.
                    turns += (delta.x + delta.y) * lines;
                }
            }
        }
        (turns, pans, with_command)
    });
    if let Some(knob) = context.view.hover.knob()
        && (with_command || context.view.focus == Some(Focus::Port(crate::scene::PortId::input(knob))))
    {
        let notches = turns + (pans.x + pans.y) / 40.0;
        if notches != 0.0 {
            scroll(context, knob, notches);
        }
        return;
    }
    context.view.scrolling = None;
    if turns != 0.0 {
        let at = context.pointer.at;
        context.view.transform.zoom_at(at, ZOOM_STEP.powf(turns.clamp(-20.0, 20.0)));
    }
    let pinch = ui.input(|input| input.multi_touch().map_or(1.0, |touch| touch.zoom_delta));
    if pinch != 1.0 {
        let at = context.pointer.at;
        context.view.transform.zoom_at(at, pinch);
    }
    context.view.transform.pan(pans);
}

/// Keys that mean something on the canvas alone; those of actions are in `action.rs`.
fn keys(ui: &mut Ui, state: &mut InputState, context: &mut GestureContext<'_>) {
    for (key, modifiers) in pressed(ui, state.leaves_escape) {
        context.pointer.modifiers = modifiers;
        press(state, context, key);
    }
    let (text, pasted) = ui.input(|input| {
        let (mut text, mut pasted) = (String::new(), None);
        for event in &input.events {
            match event {
                Event::Text(typed) => text.push_str(typed),
                Event::Paste(typed) => pasted = Some(typed.clone()),
                _ => {}
            }
        }
        (text, pasted)
    });
    if let Some(pasted) = pasted {
        let at = if matches!(context.view.hover, Target::Empty)
            && context.view.transform.view.contains(context.pointer.at)
        {
            context.here()
        } else {
            context.view.transform.centre
        };
        paste(context, &pasted, at);
    }
    type_into_knob(context, text);
}

/// The keys that mean something here, in order, each with what was held with it: by the end of a slow frame
/// that may have been let go.
fn pressed(ui: &mut Ui, leaves_escape: bool) -> Vec<(Key, Modifiers)> {
    let mut pressed = Vec::new();
    let is_meant = |key: &Key| KEYS.contains(key) && !(leaves_escape && *key == Key::Escape);
    ui.input_mut(|input| {
        input.events.retain(|event| match event {
            Event::Key { key, pressed: true, modifiers, .. } if is_meant(key) && !modifiers.alt => {
                pressed.push((*key, *modifiers));
                false
            }
            _ => true,
        });
    });
    pressed
}

/// Does what a key means.
fn press(state: &mut InputState, context: &mut GestureContext<'_>, key: Key) {
    let direction = match key {
        Key::ArrowLeft => Direction::Left,
        Key::ArrowRight => Direction::Right,
        Key::ArrowUp => Direction::Up,
        Key::ArrowDown => Direction::Down,
        Key::Escape => return escape(state, context),
        Key::Enter => return press_enter(context),
        Key::Tab => {
            context.view.node_request = Some(context.view.request_here());
            return;
        }
        _ => return,
    };
    match direction {
        Direction::Up | Direction::Down if context.pointer.modifiers.command => {
            walk_ports(context, direction == Direction::Down);
        }
        Direction::Left | Direction::Right if context.pointer.modifiers.command => {
            step_knob(context, direction == Direction::Right);
        }
        _ => walk(context, direction),
    }
}

/// A figure typed on a focused knob begins a value, with a cable selected its depth.
fn type_into_knob(context: &mut GestureContext<'_>, text: String) {
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '.' | '−')) {
        return;
    }
    if let Some(Focus::Port(port)) = context.view.focus
        && port.side == crate::scene::Side::Input
    {
        context.view.entry = ValueEntry::begin(context, port.at).map(|entry| entry.with_text(text));
    } else {
        context.view.entry = ValueEntry::begin_depth(context).map(|entry| entry.with_text(text));
    }
}

/// Takes back what is going on: the gesture, the cable of the keyboard, the selection.
fn escape(state: &mut InputState, context: &mut GestureContext<'_>) {
    if state.gesture.is_active() {
        std::mem::take(&mut state.gesture).cancel(context);
    } else if context.view.connecting.take().is_none() {
        context.selection().clear();
        context.view.focus = None;
    }
}
