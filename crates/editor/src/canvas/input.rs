//! Input: turns presses, drags, wheels and keys on the canvas into gestures.

use super::face::PianoKeys;
use super::hit::Target;
use super::minimap;
use crate::gesture::{
    Direction, Gesture, Pointer, Stage, ValueEntry, next_value, paste, press_enter, reset, scroll, step_knob,
    walk, walk_ports,
};
use crate::host::Command;
use crate::piano::Finger;
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

/// The id under which the canvas has the keyboard.
pub(crate) fn canvas_id() -> Id {
    Id::unique("patch canvas")
}

/// Takes in what was done on the canvas since the last frame.
pub(crate) fn take_input(ui: &mut Ui, stage: &mut Stage<'_>, commands: &mut Vec<Command>) -> Response {
    let rect = stage.view.transform.view;
    let response = ui.interact(rect, canvas_id(), Sense::click_and_drag());
    stage.pointer = pointer(ui, &response);
    stage.view.cursor = response.contains_pointer().then_some(stage.pointer.at);
    take_keyboard(ui, stage, &response);
    if response.contains_pointer() && !stage.view.gesture.is_active() {
        stage.view.hover = hit(stage, stage.pointer.at);
        wheel(ui, stage);
    } else if !stage.view.gesture.is_active() {
        stage.view.hover = Target::Empty;
    }
    let escaped = ui.input(|input| input.key_pressed(Key::Escape));
    presses(stage, &response, escaped, commands);
    play_face(ui, stage, &response);
    if response.has_focus() && stage.view.entry.is_none() && !stage.browser.is_open() && !stage.view.is_modal
    {
        keys(ui, stage);
    }
    response
}

/// The keyboard on a node's face plays as soon as it is pressed.
fn play_face(ui: &Ui, stage: &mut Stage<'_>, response: &Response) {
    let is_down = response.is_pointer_button_down_on() && ui.input(|input| input.pointer.primary_down());
    let keys = match hit(stage, stage.pointer.origin) {
        Target::Face(node) if is_down => face_keys(stage, node),
        _ => None,
    };
    match keys.map(|keys| keys.at(stage.pointer.at)) {
        Some(Some((note, velocity))) => stage.view.piano.press(Finger::Mouse, note, velocity),
        Some(None) => stage.view.piano.release(Finger::Mouse),
        None if !ui.input(|input| input.pointer.any_down()) => stage.view.piano.release(Finger::Mouse),
        None => {}
    }
}

/// The keys on a node's face, on the screen; nothing for other faces.
fn face_keys(stage: &Stage<'_>, node: NodeIndex) -> Option<PianoKeys> {
    let spec = stage.document.patch().node(node)?.spec()?;
    let card = stage.scene.card(node)?;
    let face = card.layout.face.filter(|_| spec.face == Face::Keyboard)?;
    let rect = stage.view.transform.rect_to_screen(face.translate(card.rect.min.to_vec2()));
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

fn hit(stage: &Stage<'_>, at: egui::Pos2) -> Target {
    stage.scene.hit(&stage.view.transform, &stage.view.selection, at)
}

/// The canvas has the keyboard unless a field wants it.
fn take_keyboard(ui: &Ui, stage: &mut Stage<'_>, response: &Response) {
    let nobody = !stage.view.is_modal && ui.memory(|memory| memory.focused().is_none());
    if std::mem::take(&mut stage.view.take_keyboard)
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
fn presses(stage: &mut Stage<'_>, response: &Response, escaped: bool, commands: &mut Vec<Command>) {
    if response.drag_started_by(PointerButton::Primary) {
        let origin = stage.pointer.origin;
        if minimap_point(stage, origin).is_none() {
            let target = hit(stage, origin);
            stage.view.gesture = Gesture::begin(stage, target);
        }
    } else if response.drag_started_by(PointerButton::Middle) {
        stage.view.gesture = Gesture::begin_pan();
    }
    if response.dragged() {
        if let Some(point) =
            minimap_point(stage, stage.pointer.origin).and(minimap_point(stage, stage.pointer.at))
        {
            stage.view.transform.centre = point;
        }
        let mut gesture = std::mem::take(&mut stage.view.gesture);
        gesture.update(stage);
        stage.view.gesture = gesture;
    }
    if response.drag_stopped() {
        let gesture = std::mem::take(&mut stage.view.gesture);
        // egui ends a drag with Escape.
        if escaped {
            gesture.cancel(stage);
        } else {
            gesture.finish(stage);
        }
    }
    // Not `clicked`, which is true for Enter and Space as well.
    if response.clicked_by(PointerButton::Primary) {
        let at = stage.pointer.at;
        let is_same_place = std::mem::replace(&mut stage.view.last_click, at).distance(at) < 6.0;
        if response.double_clicked() && is_same_place {
            double_click(stage, commands);
        } else {
            click(stage);
        }
    }
    if response.secondary_clicked() {
        let target = hit(stage, stage.pointer.at);
        stage.view.menu = target;
        if let Some(id) = target.node().and_then(|node| node_id(stage, node))
            && !stage.view.selection.nodes.contains(&id)
        {
            stage.selection().set_node(id);
        }
        if let Target::Annotation(number) | Target::Corner(number) = target {
            select_annotation(stage, number, false);
        }
        if let Target::Cable(cable, _) = target
            && let Some(ends) = stage.document.patch().ends(cable)
            && !stage.view.selection.cables.contains(&ends)
        {
            stage.selection().set_cable(ends);
        }
    }
}

fn minimap_point(stage: &Stage<'_>, at: egui::Pos2) -> Option<egui::Pos2> {
    if stage.view.overlays.no_map {
        return None;
    }
    minimap::point_at(stage.scene, &stage.view.transform, at)
}

fn node_id(stage: &Stage<'_>, node: NodeIndex) -> Option<std::sync::Arc<str>> {
    stage.document.patch().node(node).map(|node| node.id.clone())
}

fn click(stage: &mut Stage<'_>) {
    if let Some(point) = minimap_point(stage, stage.pointer.at) {
        stage.view.transform.centre = point;
        return;
    }
    let target = hit(stage, stage.pointer.at);
    let adds = stage.pointer.modifiers.shift || stage.pointer.modifiers.command;
    stage.view.connecting = None;
    stage.view.focus = None;
    match target {
        Target::Empty => stage.selection().clear(),
        Target::Cable(cable, _) => {
            if let Some(ends) = stage.document.patch().ends(cable) {
                if adds {
                    stage.selection().toggle_cable(ends);
                } else {
                    stage.selection().set_cable(ends);
                }
            }
        }
        Target::Annotation(number) | Target::Corner(number) => select_annotation(stage, number, adds),
        Target::Value(knob) => stage.view.entry = ValueEntry::begin(stage, knob),
        Target::Setting(node, setting) => match ValueEntry::begin_text(stage, node, setting) {
            Some(entry) => stage.view.entry = Some(entry),
            None => next_setting(stage, node, setting),
        },
        Target::Port(port) => stage.view.focus = Some(Focus::Port(port)),
        Target::Knob(knob) | Target::Ring(knob) => {
            stage.view.focus = Some(Focus::Port(super::scene::PortId::input(knob)));
        }
        Target::Card(node) | Target::Header(node) | Target::Face(node) => {
            if let Some(id) = node_id(stage, node) {
                if adds {
                    stage.selection().toggle_node(id);
                } else {
                    stage.selection().set_node(id);
                }
                stage.view.focus = Some(Focus::Node(node));
            }
            if let (Target::Face(_), mut gesture @ Gesture::Steps(_)) =
                (target, Gesture::begin(stage, target))
            {
                gesture.update(stage);
                gesture.finish(stage);
            }
        }
    }
}

fn select_annotation(stage: &mut Stage<'_>, number: usize, adds: bool) {
    let Some(place) = stage.scene.annotations.get(number) else { return };
    let annotation = (place.kind, place.id.clone());
    if !adds {
        stage.selection().set_annotation(annotation);
    } else if !stage.selection().annotations.remove(&annotation) {
        stage.selection().annotations.insert(annotation);
    }
}

/// Goes on to the next value of a setting; with Shift to the one before.
fn next_setting(stage: &mut Stage<'_>, node: NodeIndex, setting: usize) {
    let Some(content) = stage.document.patch().node(node) else { return };
    let NodeBody::Known { spec, settings, .. } = &content.body else { return };
    let (Some(setting), Some(value)) = (spec.settings.get(setting), settings.values().get(setting)) else {
        return;
    };
    let backwards = stage.pointer.modifiers.shift;
    if let Some(value) = next_value(&setting.kind, value, backwards) {
        let (id, setting) = (content.id.clone(), setting.name.into());
        stage.edit(Edit::SetSetting { id, setting, value });
    }
}

fn double_click(stage: &mut Stage<'_>, commands: &mut Vec<Command>) {
    let at = stage.pointer.at;
    match hit(stage, at) {
        Target::Empty => stage.browser.open_at(stage.here(), at),
        Target::Knob(knob) => reset(stage, knob),
        Target::Ring(knob) => {
            let cable = crate::gesture::cable_of_knob(stage.document, &stage.view.selection, knob);
            if let Some(ends) = cable.and_then(|cable| stage.document.patch().ends(cable)) {
                stage.edit(Edit::SetDepth { ends, depth: 1.0 });
            }
        }
        Target::Cable(cable, _) => {
            let kind = stage.scene.wire_of(cable).map(|wire| wire.kind);
            if let (Some(ends), Some(kind)) = (stage.document.patch().ends(cable), kind) {
                stage.browser.open_for_cable(ends, kind, stage.here(), at);
            }
        }
        Target::Setting(node, setting) => choose_file(stage, node, setting, commands),
        Target::Header(node) => stage.view.entry = ValueEntry::begin_name(stage, node),
        Target::Annotation(number) => stage.view.entry = ValueEntry::begin_annotation_at(stage, number),
        _ => click(stage),
    }
}

/// A setting that is a file: asks the program for one. Others go on by another step.
fn choose_file(stage: &mut Stage<'_>, node: NodeIndex, setting: usize, commands: &mut Vec<Command>) {
    let Some(content) = stage.document.patch().node(node) else { return };
    let found = content.spec().and_then(|spec| spec.settings.get(setting));
    match found.map(|setting| (setting.name, &setting.kind)) {
        Some((name, SettingKind::File(_))) => {
            commands.push(Command::ChooseFile { node: content.id.clone(), setting: name.into() });
        }
        _ => next_setting(stage, node, setting),
    }
}

/// The wheel: turns the knob under the cursor, else zooms; on a touchpad, pans.
fn wheel(ui: &Ui, stage: &mut Stage<'_>) {
    let (turns, pans) = ui.input(|input| {
        let (mut turns, mut pans) = (0.0, Vec2::ZERO);
        for event in &input.events {
            if let Event::MouseWheel { unit, delta, modifiers, .. } = event {
                if *unit == MouseWheelUnit::Point && !modifiers.command {
                    pans += *delta;
                } else {
                    let lines = if *unit == MouseWheelUnit::Point { 1.0 / 40.0 } else { 1.0 };
                    // Shift turns a vertical wheel into a horizontal one.
                    turns += (delta.x + delta.y) * lines;
                }
            }
        }
        (turns, pans)
    });
    if let Target::Knob(knob) | Target::Ring(knob) = stage.view.hover {
        let notches = turns + (pans.x + pans.y) / 40.0;
        if notches != 0.0 {
            scroll(stage, knob, notches);
        }
        return;
    }
    stage.view.scrolling = None;
    if turns != 0.0 {
        let at = stage.pointer.at;
        stage.view.transform.zoom_at(at, ZOOM_STEP.powf(turns.clamp(-20.0, 20.0)));
    }
    let pinch = ui.input(|input| input.multi_touch().map_or(1.0, |touch| touch.zoom_delta));
    if pinch != 1.0 {
        let at = stage.pointer.at;
        stage.view.transform.zoom_at(at, pinch);
    }
    stage.view.transform.pan(pans);
}

/// Keys that mean something on the canvas alone; those of actions are in `action.rs`.
fn keys(ui: &mut Ui, stage: &mut Stage<'_>) {
    for (key, modifiers) in pressed(ui, stage.view.leaves_escape) {
        stage.pointer.modifiers = modifiers;
        press(stage, key);
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
        let at = if matches!(stage.view.hover, Target::Empty)
            && stage.view.transform.view.contains(stage.pointer.at)
        {
            stage.here()
        } else {
            stage.view.transform.centre
        };
        paste(stage, &pasted, at);
    }
    type_into_knob(stage, text);
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
fn press(stage: &mut Stage<'_>, key: Key) {
    let direction = match key {
        Key::ArrowLeft => Direction::Left,
        Key::ArrowRight => Direction::Right,
        Key::ArrowUp => Direction::Up,
        Key::ArrowDown => Direction::Down,
        Key::Escape => return escape(stage),
        Key::Enter => return press_enter(stage),
        Key::Tab => {
            let at = stage.view.transform.view.center();
            let place = stage.view.transform.to_canvas(at);
            return stage.browser.open_at(place, at - egui::vec2(240.0, 160.0));
        }
        _ => return,
    };
    match direction {
        Direction::Up | Direction::Down if stage.pointer.modifiers.command => {
            walk_ports(stage, direction == Direction::Down);
        }
        Direction::Left | Direction::Right if stage.pointer.modifiers.command => {
            step_knob(stage, direction == Direction::Right);
        }
        _ => walk(stage, direction),
    }
}

/// A figure typed on a focused knob begins a value, with a cable selected its depth.
fn type_into_knob(stage: &mut Stage<'_>, text: String) {
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '.' | '−')) {
        return;
    }
    if let Some(Focus::Port(port)) = stage.view.focus
        && port.side == super::scene::Side::Input
    {
        stage.view.entry = ValueEntry::begin(stage, port.at).map(|entry| entry.with_text(text));
    } else {
        stage.view.entry = ValueEntry::begin_depth(stage).map(|entry| entry.with_text(text));
    }
}

/// Takes back what is going on: the gesture, the cable of the keyboard, the selection.
fn escape(stage: &mut Stage<'_>) {
    if stage.view.gesture.is_active() {
        std::mem::take(&mut stage.view.gesture).cancel(stage);
    } else if stage.view.connecting.take().is_none() {
        stage.selection().clear();
        stage.view.focus = None;
    }
}
