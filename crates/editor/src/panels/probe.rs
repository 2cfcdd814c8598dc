//! Probes on the screen: the pop-up at a hovered cable, with its waveform, spectrum, level and voices; and
//! pinned probes, which stay.

use crate::action::Action;
use crate::analysis::{Meters, decibels};
use crate::canvas::{paint_scope, paint_spectrum};
use crate::host::Host;
use crate::probes::meant_output;
use crate::scene::{PortId, Target};
use crate::state::EditorState;
use crate::theme::Palette;
use egui::{Area, Frame, Id, Key, Margin, Order, Pos2, Rect, RichText, Sense, Ui, Vec2, WidgetInfo, vec2};
use jackfield_patch::PortRef;
use std::time::Duration;

/// Size of a picture in the pop-up.
const PICTURE: Vec2 = vec2(224.0, 72.0);
/// Size of a pinned picture.
const PINNED: Vec2 = vec2(152.0, 48.0);
/// Distance of the pop-up from the cursor.
const AWAY: Vec2 = vec2(24.0, 24.0);
/// How much of a held peak is left after a second.
const FALL: f32 = 0.3;
/// What is written as silence, in decibels.
const SILENCE: f32 = -99.0;

/// The level below which a waveform is a flat line.
const VISIBLE: f32 = 1e-3;

/// Shows the pop-up and the pins, and listens while the key is down.
pub(super) fn show(editor: &mut EditorState, ui: &mut Ui, host: &mut dyn Host) {
    let now = ui.input(|input| input.time);
    // Not over a menu or dialog, nor over a window that the cursor is on.
    let is_idle = !editor.input.gesture.is_active()
        && !editor.browser.is_open()
        && !editor.input.is_modal
        && editor.view.cursor.is_some();
    let hovered = match editor.view.hover {
        Target::Cable(cable, _) if is_idle => editor.scene.wire_of(cable).map(|wire| wire.from),
        _ => None,
    };
    let cursor = ui.input(|input| input.pointer.latest_pos());
    listen(editor, ui, host);
    match editor.probes.point(hovered, now) {
        Ok(Some(output)) => pop_up(editor, ui, host, output, cursor.unwrap_or_default()),
        Ok(None) => editor.probes.peak = None,
        Err(left) => ui.ctx().request_repaint_after(Duration::from_secs_f64(left)),
    }
    editor.probes.keep_existing(editor.document.patch());
    pins(editor, ui, host);
}

/// While L is down, the device plays the output that is meant.
fn listen(editor: &mut EditorState, ui: &Ui, host: &mut dyn Host) {
    let is_down =
        editor.input.has_keyboard && ui.input(|input| input.key_down(Key::L) && !input.modifiers.any());
    let output =
        is_down.then(|| meant_output(&editor.scene, &editor.view, editor.document.patch())).flatten();
    // What is listened to stays until the key goes up, wherever the cursor goes.
    let tap = match (is_down, editor.probes.listened()) {
        (true, Some(tap)) => Some(tap.clone()),
        (true, None) => output.and_then(|output| editor.signals.tap_of(output)).cloned(),
        (false, _) => None,
    };
    if let Some(tap) = &tap
        && editor.probes.listened().is_none()
    {
        editor.view.tell(format!("Listening to {}.{}.", tap.node, tap.output));
    }
    if editor.probes.listen(tap) {
        host.listen(editor.probes.listened());
    }
}

/// The probe at the cursor.
fn pop_up(editor: &mut EditorState, ui: &Ui, host: &mut dyn Host, output: PortRef, cursor: Pos2) {
    let palette = editor.view.theme.palette();
    let name = name(editor, output);
    let voices = voices(editor, output);
    let samples = editor.signals.tap(output).map_or(&[][..], |tap| host.waveform(tap)).to_vec();
    let level = editor.signals.level(output).unwrap_or_default();
    editor.is_live |= level.peak > VISIBLE;
    let seconds = ui.input(|input| input.stable_dt).clamp(0.0, 1.0);
    let held = editor.probes.peak.filter(|(of, _)| *of == output).map_or(0.0, |(_, peak)| peak);
    let peak = level.peak.max(held * FALL.powf(seconds));
    editor.probes.peak = Some((output, peak));
    let room = editor.view.transform.view.shrink(8.0);
    let area = Area::new(Id::unique("probe")).order(Order::Tooltip).interactable(false);
    // Beside the cursor, on the side where there is room, so that the cable stays in sight.
    let size = vec2(PICTURE.x + 24.0, 2.0 * PICTURE.y + 88.0);
    let left = if cursor.x + AWAY.x + size.x > room.right() {
        cursor.x - AWAY.x - size.x
    } else {
        cursor.x + AWAY.x
    };
    let top = (cursor.y + AWAY.y).min(room.bottom() - size.y);
    area.fixed_pos(Pos2::new(left, top)).constrain_to(room).show(ui.ctx(), |ui| {
        Frame::popup(ui.style()).inner_margin(Margin::same(12)).show(ui, |ui| {
            ui.set_width(PICTURE.x);
            ui.label(RichText::new(&name).strong());
            picture(ui, PICTURE, &palette, "Waveform", |ui, rect| {
                paint_scope(ui.painter(), rect, &samples, &palette);
            });
            picture(ui, PICTURE, &palette, "Spectrum", |ui, rect| {
                let Meters { spectrum, sample_rate, .. } = &mut editor.meters;
                paint_spectrum(ui.painter(), rect, spectrum.levels(&samples), *sample_rate, &palette);
            });
            ui.horizontal(|ui| {
                ui.label(level_text(level.rms));
                ui.label(RichText::new(format!("peak {}", level_text(peak))).color(palette.weak));
                ui.label(RichText::new(voices).color(palette.weak));
            });
            let help = format!("Hold L to listen. {} pins.", Action::PinProbe.key());
            ui.label(RichText::new(help).small().color(palette.weak));
        });
    });
}

/// The pinned probes.
fn pins(editor: &mut EditorState, ui: &Ui, host: &mut dyn Host) {
    let palette = editor.view.theme.palette();
    let mut taken = None;
    for place in 0..editor.probes.pins.len() {
        let pin = editor.probes.pins[place].clone();
        let Some(output) = editor.document.patch().find_output(&pin.node, &pin.output) else { continue };
        let samples = editor.signals.tap(output).map_or(&[][..], |tap| host.waveform(tap)).to_vec();
        let level = editor.signals.level(output).unwrap_or_default();
        editor.is_live |= level.peak > VISIBLE;
        let at = editor.view.transform.to_screen(pin.at);
        if !editor.view.transform.view.expand(160.0).contains(at) {
            continue;
        }
        let area =
            Area::new(Id::unique(("pin", &*pin.node, &*pin.output))).order(Order::Middle).fixed_pos(at);
        area.constrain(false).show(ui.ctx(), |ui| {
            ui.set_clip_rect(editor.view.transform.view);
            Frame::popup(ui.style()).inner_margin(Margin::same(8)).show(ui, |ui| {
                ui.set_width(PINNED.x);
                ui.horizontal(|ui| {
                    let name = format!("{}.{}", pin.node, pin.output);
                    let title =
                        egui::Label::new(RichText::new(&name).small()).truncate().sense(Sense::drag());
                    let title = ui.add_sized(vec2(PINNED.x - 32.0, 16.0), title);
                    if title.dragged() {
                        let by = title.drag_delta() / editor.view.transform.zoom;
                        editor.probes.pins[place].at += by;
                    }
                    let close = egui::Button::new(RichText::new("×").small()).frame(false);
                    if ui.add(close).accessible_name(format!("Unpin {name}")).clicked() {
                        taken = Some(place);
                    }
                });
                picture(ui, PINNED, &palette, "Waveform", |ui, rect| {
                    paint_scope(ui.painter(), rect, &samples, &palette);
                });
                ui.label(RichText::new(level_text(level.rms)).small().color(palette.weak));
            });
        });
    }
    if let Some(place) = taken {
        editor.probes.pins.remove(place);
    }
}

/// Room for a picture, with a name for who can't see it.
fn picture(ui: &mut Ui, size: Vec2, palette: &Palette, name: &str, paint: impl FnOnce(&Ui, Rect)) {
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    ui.painter().rect_filled(rect, 2.0, palette.sunken);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, name));
    paint(ui, rect);
}

fn name(editor: &EditorState, output: PortRef) -> String {
    let id = editor.document.patch().node(output.node).map(|node| node.id.clone()).unwrap_or_default();
    let port = editor.scene.port_name(PortId::output(output)).unwrap_or_default();
    format!("{id}.{port}")
}

fn voices(editor: &EditorState, output: PortRef) -> String {
    let id = editor.document.patch().node(output.node).map(|node| node.id.clone());
    let voices = editor.plan.voices.iter().find(|(node, _)| Some(node) == id.as_ref());
    match voices {
        Some((_, 1)) => "1 voice".to_owned(),
        Some((_, voices)) => format!("{voices} voices"),
        None => String::new(),
    }
}

/// An amplitude in decibels.
fn level_text(amplitude: f32) -> String {
    let level = decibels(amplitude, SILENCE);
    if level <= SILENCE { "silent".to_owned() } else { format!("{level:.1} dB") }
}
