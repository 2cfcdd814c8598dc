//! The transport bar: the menu, what plays and at which tempo, recording, and the way to other patches.

use super::files;
use super::icon::{self, Icon};
use crate::action::Action;
use crate::host::{Command, Host, Offers, Status, Transport};
use crate::settings::Preferences;
use crate::state::EditorState;
use crate::theme::Palette;
use egui::{Align, Button, DragValue, Frame, Layout, Margin, Panel, RichText, Slider, Ui};
use jackfield_patch::Edit;
use std::ops::RangeInclusive;

/// What the tempo can be set to here, in beats per minute.
const TEMPO: RangeInclusive<f32> = 20.0..=400.0;
/// The volume at which nothing is heard, in decibels.
const SILENT: f32 = -60.0;
/// Taps further apart than this begin a new tempo, in seconds.
const PAUSE: f64 = 2.0;
/// How many taps count.
const TAPS: usize = 5;

/// What the bar remembers.
#[derive(Debug, Default)]
pub(crate) struct TransportState {
    /// When the tempo was tapped last, in seconds.
    taps: Vec<f64>,
    /// Undoes a drag or a row of taps as one.
    gesture: u64,
}

impl TransportState {
    /// Takes a tap in; gives the tempo once there are two.
    fn tap(&mut self, now: f64) -> Option<f32> {
        if self.taps.last().is_some_and(|last| now - last > PAUSE) {
            self.taps.clear();
        }
        self.taps.push(now);
        if self.taps.len() > TAPS {
            self.taps.remove(0);
        }
        let beats = self.taps.len() - 1;
        let seconds = now - self.taps[0];
        (beats > 0 && seconds > 0.0).then(|| (beats as f64 * 60.0 / seconds) as f32)
    }
}

/// Which windows are open, for the buttons that open and close them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OpenWindows {
    pub(crate) settings: bool,
    pub(crate) patches: bool,
}

/// Shows the bar at the top.
pub(crate) fn show(
    panel: &mut TransportState,
    open: OpenWindows,
    editor: &mut EditorState,
    ui: &mut Ui,
    host: &mut dyn Host,
) {
    let palette = editor.view.theme.palette();
    let frame = Frame::NONE.fill(palette.bar).inner_margin(Margin::symmetric(8, 4));
    Panel::top("transport").exact_size(36.0).frame(frame).show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            menu(editor, ui, &host.offers(), &palette);
            ui.separator();
            if let Some(transport) = host.transport() {
                steer(panel, editor, ui, transport, &palette);
                ui.separator();
            }
            record(editor, ui, &host.status(), &palette);
            loudness(editor, ui, host, &palette);
            if ui.button("Panic").on_hover_text(Action::Panic.info().help).clicked() {
                editor.actions.push(Action::Panic);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| right(editor, ui, open, &palette));
        });
    });
}

/// Everything that is done now and then.
fn menu(editor: &mut EditorState, ui: &mut Ui, offers: &Offers, palette: &Palette) {
    let button = icon::button(ui, Icon::Menu, "Menu", false, palette);
    egui::Popup::menu(&button).show(|ui| {
        ui.set_min_width(208.0);
        for actions in [
            &[Action::New, Action::Open][..],
            &[Action::ShowPatches, Action::Save, Action::SaveAs],
            &[Action::Undo, Action::Redo],
            &[Action::ShowPiano, Action::ShowOutline, Action::ShowOrder, Action::ShowLoad],
            &[Action::ShowSettings, Action::Commands, Action::ShowHelp],
        ] {
            for &action in actions {
                action_line(editor, ui, action);
            }
            if actions[0] == Action::New {
                ui.menu_button("Open recent", |ui| recent(editor, ui, offers));
            }
            ui.separator();
        }
        action_line(editor, ui, Action::Quit);
    });
}

fn action_line(editor: &mut EditorState, ui: &mut Ui, action: Action) {
    let info = action.info();
    let mut button = Button::new(info.name);
    if let Some(shortcut) = &info.shortcut {
        button = button.shortcut_text(ui.ctx().format_shortcut(shortcut));
    }
    let can = match action {
        Action::Undo => editor.document.can_undo(),
        Action::Redo => editor.document.can_redo(),
        _ => true,
    };
    if ui.add_enabled(can, button).on_hover_text(info.help).clicked() {
        editor.actions.push(action);
        ui.close();
    }
}

fn recent(editor: &mut EditorState, ui: &mut Ui, offers: &Offers) {
    if offers.recent.is_empty() {
        ui.weak("None yet");
    }
    for path in &offers.recent {
        let button = Button::new(files::recent_name(path, &offers.recent));
        if ui.add(button).on_hover_text(path.display().to_string()).clicked() {
            editor.commands.push(Command::OpenPath(path.clone()));
            ui.close();
        }
    }
}

/// Play, tempo and tap.
fn steer(
    panel: &mut TransportState,
    editor: &mut EditorState,
    ui: &mut Ui,
    transport: Transport,
    palette: &Palette,
) {
    if icon::button(ui, Icon::Rewind, "Back to the beginning", false, palette).clicked() {
        editor.commands.push(Command::Rewind);
    }
    let (shows, name) = if transport.playing {
        (Icon::Stop, "Stop the transport")
    } else {
        (Icon::Play, "Start the transport")
    };
    if icon::button(ui, shows, name, transport.playing, palette).clicked() {
        editor.commands.push(Command::SetPlaying(!transport.playing));
    }
    let mut tempo = editor.document.patch().tempo;
    let field = DragValue::new(&mut tempo).range(TEMPO).speed(0.2).max_decimals(1).suffix(" bpm");
    let response = ui.add(field).on_hover_text("Tempo: drag, or click and type");
    if response.drag_started() || response.gained_focus() {
        panel.gesture = editor.document.begin_gesture();
    }
    if response.changed() {
        set_tempo(panel, editor, tempo);
    }
    let now = ui.input(|input| input.time);
    if ui.button("Tap").on_hover_text("Tap the tempo").clicked()
        && let Some(tempo) = panel.tap(now)
    {
        if panel.taps.len() == 2 {
            panel.gesture = editor.document.begin_gesture();
        }
        set_tempo(panel, editor, (tempo * 10.0).round() / 10.0);
    }
}

fn set_tempo(panel: &TransportState, editor: &mut EditorState, tempo: f32) {
    let gesture = panel.gesture;
    let edit = Edit::SetTempo(tempo.clamp(*TEMPO.start(), *TEMPO.end()));
    if let Err(error) = editor.document.edit_in_gesture(edit, gesture) {
        editor.view.refuse(&error);
    }
}

fn record(editor: &mut EditorState, ui: &mut Ui, status: &Status, palette: &Palette) {
    let is_on = status.recorded.is_some();
    let name = if is_on { "End the recording" } else { "Record to a WAV file" };
    if icon::button(ui, Icon::Record, name, is_on, palette).clicked() {
        editor.commands.push(Command::SetRecording(!is_on));
    }
    if let Some(seconds) = status.recorded {
        let seconds = seconds as u32;
        ui.label(RichText::new(format!("{}:{:02}", seconds / 60, seconds % 60)).color(palette.warning));
    }
}

/// How loud everything is, and whether it sounds at all.
fn loudness(editor: &mut EditorState, ui: &mut Ui, host: &mut dyn Host, palette: &Palette) {
    let status = host.status();
    let name = if status.is_muted { "Sound again" } else { "Mute everything" };
    if icon::button(ui, Icon::Speaker { is_muted: status.is_muted }, name, status.is_muted, palette).clicked()
    {
        editor.commands.push(Command::SetMuted(!status.is_muted));
    }
    let offers = host.offers();
    let mut volume = offers.preferences.volume;
    ui.spacing_mut().slider_width = 72.0;
    let slider = ui.add(Slider::new(&mut volume, SILENT..=0.0).show_value(false)).accessible_name("Volume");
    let text = if volume <= SILENT { "silent".to_owned() } else { format!("{volume:.1} dB") };
    let slider = slider.on_hover_text(format!("Volume: {text}; recordings are made before it"));
    if slider.double_clicked() {
        volume = 0.0;
    }
    if volume != offers.preferences.volume {
        let wanted = Preferences { volume, ..offers.preferences.clone() };
        editor.commands.push(Command::Prefer(Box::new(wanted)));
    }
    icon::level_bars(ui, status.peaks, palette).on_hover_text("What leaves, left and right");
}

/// From the right edge: settings, patches, and what is open.
fn right(editor: &mut EditorState, ui: &mut Ui, open: OpenWindows, palette: &Palette) {
    if icon::button(ui, Icon::Settings, "Settings", open.settings, palette).clicked() {
        editor.actions.push(Action::ShowSettings);
    }
    if icon::button(ui, Icon::Patches, "Patches", open.patches, palette).clicked() {
        editor.actions.push(Action::ShowPatches);
    }
    let mark = if editor.document.is_dirty() { " •" } else { "" };
    let title = RichText::new(format!("{}{mark}", editor.document.title())).color(palette.weak);
    ui.add(egui::Label::new(title).truncate());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taps_give_the_tempo_of_their_beats() {
        let mut state = TransportState::default();
        assert_eq!(state.tap(10.0), None);
        assert_eq!(state.tap(10.5), Some(120.0));
        assert_eq!(state.tap(11.0), Some(120.0));
        assert_eq!(state.tap(20.0), None, "after a pause it begins anew");
        assert_eq!(state.tap(21.0), Some(60.0));
        assert_eq!(state.tap(21.0 - 1.0), None, "no time passes");
    }
}
