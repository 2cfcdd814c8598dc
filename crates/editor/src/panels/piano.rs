//! The piano below the canvas: struck harder the farther down, slid over, and played by the computer
//! keyboard as well.

use crate::canvas::{PianoKeys, paint_keys};
use crate::piano::{Finger, Piano};
use crate::state::EditorState;
use crate::theme::SMALL;
use crate::value_text::note_name;
use egui::accesskit::Action;
use egui::{Align2, FontId, Frame, Id, Panel, Rect, Response, Role, Sense, Ui, WidgetInfo, vec2};

/// Height of the panel.
const HEIGHT: f32 = 120.0;
/// Width of what stands left of the keys.
const CONTROLS: f32 = 128.0;
/// The narrowest a white key gets.
const NARROWEST: f32 = 18.0;

/// What the panel remembers.
#[derive(Debug, Default)]
pub(crate) struct PianoState {
    /// Whether it is shown.
    pub(crate) is_open: bool,
}

/// Shows the panel if it is open.
pub(super) fn show(panel: &PianoState, editor: &mut EditorState, ui: &mut Ui) {
    if !panel.is_open {
        return;
    }
    let frame = Frame::side_top_panel(ui.style()).inner_margin(8.0);
    Panel::bottom("piano").exact_size(HEIGHT).frame(frame).show(ui, |ui| {
        ui.horizontal_top(|ui| {
            ui.allocate_ui(vec2(CONTROLS, ui.available_height()), |ui| {
                ui.set_min_width(CONTROLS);
                controls(ui, &mut editor.input.piano);
            });
            keys(ui, editor);
        });
    });
}

/// Octave and velocity.
fn controls(ui: &mut Ui, piano: &mut Piano) {
    ui.vertical(|ui| {
        ui.horizontal(|ui| {
            ui.label("Octave");
            if ui.button("−").accessible_name("Octave down").on_hover_text("[").clicked() {
                piano.shift(-1);
            }
            ui.label(if piano.octave == 0 { "0".to_owned() } else { format!("{:+}", piano.octave) });
            if ui.button("+").accessible_name("Octave up").on_hover_text("]").clicked() {
                piano.shift(1);
            }
        });
        ui.horizontal(|ui| {
            let label = ui.label("Velocity");
            ui.add(egui::DragValue::new(&mut piano.velocity).range(1..=127)).labelled_by(label.id);
        });
        ui.weak("Rows Z and Q play.");
    });
}

/// As many octaves as fit, with those of the computer keyboard among them.
fn keys(ui: &mut Ui, editor: &mut EditorState) {
    let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::click_and_drag());
    let octaves = ((rect.width() / (7.0 * NARROWEST)) as u8).clamp(1, 7);
    let middle = 4 + i16::from(editor.input.piano.octave) - i16::from(octaves) / 2;
    let lowest = (12 * (middle + 1).clamp(0, 10 - i16::from(octaves))) as u8;
    let keys = PianoKeys { rect, lowest, octaves };
    let palette = editor.view.theme.palette();
    follow_mouse(ui, &response, &mut editor.input.piano, keys);
    paint_keys(ui.painter(), keys, &editor.input.piano, &palette);
    for (note, place) in keys.keys() {
        let name = name(note);
        if note % 12 == 0 {
            let at = place.center_bottom() - vec2(0.0, 4.0);
            let font = FontId::proportional(SMALL);
            let colour = if palette.is_dark { palette.sunken } else { palette.weak };
            ui.painter().text(at, Align2::CENTER_BOTTOM, &name, font, colour);
        }
        describe(ui, &mut editor.input.piano, note, place, &name);
    }
}

fn name(note: u8) -> String {
    note_name((f32::from(note) - 60.0) / 12.0).0
}

/// The mouse strikes as soon as it is pressed, and slides from key to key.
pub(crate) fn follow_mouse(ui: &Ui, response: &Response, piano: &mut Piano, keys: PianoKeys) {
    let under = response.is_pointer_button_down_on().then(|| response.interact_pointer_pos()).flatten();
    match under.and_then(|at| keys.at(at)) {
        Some((note, velocity)) => piano.press(Finger::Mouse, note, velocity),
        None if under.is_some() || !ui.input(|input| input.pointer.any_down()) => {
            piano.release(Finger::Mouse);
        }
        None => {}
    }
}

/// A key for assistive devices, which hold it with one click and let go with the next.
fn describe(ui: &Ui, piano: &mut Piano, note: u8, place: Rect, name: &str) {
    let id = Id::unique(("piano key", note));
    let is_down = piano.sounds(note);
    ui.interact(place, id, Sense::hover())
        .widget_info(|| WidgetInfo::selected(Role::Button, true, is_down, format!("{name} key")));
    ui.ctx().accesskit_node_builder(id, |node| node.add_action(Action::Click));
    if ui.input(|input| input.num_accesskit_action_requests(id, Action::Click)) > 0 {
        if is_down {
            piano.release(Finger::Assistant(note));
        } else {
            piano.press(Finger::Assistant(note), note, piano.velocity);
        }
    }
}
