//! The settings window: sound, MIDI, and how everything looks. What is chosen takes effect at once.

use crate::host::{Command, DeviceOffer, Host, Offers};
use crate::settings::{Preferences, SoundPreferences};
use crate::state::EditorState;
use crate::theme::Theme;
use egui::{Align2, ComboBox, Grid, Id, Slider, Ui, Window, vec2};

/// Rates one can ask for, in hertz.
const RATES: [u32; 6] = [44_100, 48_000, 88_200, 96_000, 176_400, 192_000];
/// Block sizes one can ask for, in frames.
const BLOCKS: [u32; 8] = [32, 64, 128, 256, 512, 1024, 2048, 4096];

/// What the window remembers.
#[derive(Debug, Default)]
pub(crate) struct SettingsState {
    /// Whether it is shown.
    pub(crate) is_open: bool,
    /// The scale while its slider is being dragged; it takes effect in the end, or the slider would move
    /// away under the hand.
    scale: Option<f32>,
}

/// Shows the window if it is open.
pub(crate) fn show(panel: &mut SettingsState, editor: &mut EditorState, ui: &mut Ui, host: &mut dyn Host) {
    if !panel.is_open {
        return;
    }
    let offers = host.offers();
    let mut wanted = offers.preferences.clone();
    wanted.theme = editor.view.theme;
    let mut is_open = true;
    let scale = &mut panel.scale;
    let mut refresh = false;
    Window::new("Settings")
        .id(Id::unique("settings"))
        .open(&mut is_open)
        .collapsible(false)
        .resizable(false)
        .pivot(Align2::CENTER_CENTER)
        .default_pos(editor.view.transform.view.center())
        .show(ui.ctx(), |ui| {
            ui.set_width(440.0);
            sound(ui, &mut wanted.sound, &offers);
            ui.add_space(8.0);
            midi(ui, &mut wanted, &offers);
            ui.add_space(8.0);
            look(ui, &mut wanted, scale);
            ui.add_space(8.0);
            ui.separator();
            refresh = ui.button("Look for devices again").clicked();
        });
    panel.is_open = is_open;
    if !is_open {
        editor.view.take_keyboard = true;
    }
    if refresh {
        editor.commands.push(Command::FindDevices);
    }
    if wanted != offers.preferences {
        editor.view.theme = wanted.theme;
        editor.commands.push(Command::Prefer(Box::new(wanted)));
    }
}

fn table(ui: &mut Ui, name: &str, rows: impl FnOnce(&mut Ui)) {
    ui.heading(name);
    Grid::new(name).num_columns(2).spacing(vec2(16.0, 8.0)).min_col_width(120.0).show(ui, rows);
}

/// A row with a list to choose from. True when something was chosen.
fn row<T: PartialEq + Clone>(ui: &mut Ui, name: &str, now: &mut T, all: &[(String, T)]) -> bool {
    let before = now.clone();
    let label = ui.label(name);
    let text = all.iter().find(|(_, value)| value == now).map_or("Not connected", |(text, _)| text);
    let shown = ComboBox::from_id_salt(name).width(272.0).selected_text(text).show_ui(ui, |ui| {
        for (text, value) in all {
            ui.selectable_value(now, value.clone(), text);
        }
    });
    shown.response.labelled_by(label.id);
    ui.end_row();
    *now != before
}

fn sound(ui: &mut Ui, sound: &mut SoundPreferences, offers: &Offers) {
    table(ui, "Sound", |ui| {
        let mut hosts: Vec<&String> = offers.devices.iter().map(|device| &device.host).collect();
        hosts.dedup();
        let hosts = hosts.into_iter().map(|host| (host.clone(), Some(host.clone())));
        if row(ui, "System", &mut sound.host, &with_first("The first that answers", None, hosts)) {
            // The devices of another system have other names.
            sound.output = None;
            sound.input = sound.input.take().map(|_| String::new());
        }
        let fits = |device: &&DeviceOffer| sound.host.as_ref().is_none_or(|host| *host == device.host);
        let named = |device: &DeviceOffer| (device.name.clone(), Some(device.id.clone()));
        let there = offers.devices.iter().filter(fits);
        let outputs = there.clone().filter(|device| device.plays).map(named);
        row(ui, "Output", &mut sound.output, &with_first("The default one", None, outputs));
        let inputs = there.filter(|device| device.records).map(named);
        let default = std::iter::once(("The default one".to_owned(), Some(String::new())));
        row(ui, "Input", &mut sound.input, &with_first("None", None, default.chain(inputs)));
        let rates = RATES.into_iter().map(|rate| (format!("{rate} Hz"), Some(rate)));
        row(ui, "Sample rate", &mut sound.sample_rate, &with_first("The device's own", None, rates));
        let blocks = BLOCKS.into_iter().map(|block| (format!("{block} frames"), Some(block)));
        row(ui, "Block", &mut sound.block, &with_first("512 frames, as usual", None, blocks));
    });
}

fn with_first<T>(text: &str, value: T, rest: impl Iterator<Item = (String, T)>) -> Vec<(String, T)> {
    std::iter::once((text.to_owned(), value)).chain(rest).collect()
}

fn midi(ui: &mut Ui, wanted: &mut Preferences, offers: &Offers) {
    table(ui, "MIDI", |ui| {
        let outputs = offers.midi_outputs.iter().map(|name| (name.clone(), Some(name.clone())));
        row(ui, "Patches play", &mut wanted.midi_output, &with_first("No MIDI output", None, outputs));
    });
    let mut all = wanted.midi_inputs.is_none();
    if ui.checkbox(&mut all, "Every input plays").changed() {
        wanted.midi_inputs = if all { None } else { Some(Vec::new()) };
    }
    if offers.midi_inputs.is_empty() {
        ui.weak("No MIDI input is connected.");
    }
    for name in &offers.midi_inputs {
        let mut plays = wanted.midi_inputs.as_ref().is_none_or(|names| names.contains(name));
        if ui.add_enabled(!all, egui::Checkbox::new(&mut plays, name)).changed()
            && let Some(names) = &mut wanted.midi_inputs
        {
            names.retain(|other| other != name);
            if plays {
                names.push(name.clone());
            }
        }
    }
}

fn look(ui: &mut Ui, wanted: &mut Preferences, dragged: &mut Option<f32>) {
    table(ui, "Look", |ui| {
        let themes = Theme::ALL.map(|theme| (theme.name().to_owned(), theme));
        row(ui, "Colours", &mut wanted.theme, &themes);
        let label = ui.label("Scale");
        let mut scale = dragged.unwrap_or(wanted.scale);
        let slider = Slider::new(&mut scale, 0.5..=3.0).step_by(0.05).fixed_decimals(2);
        let response = ui.add(slider).labelled_by(label.id);
        if response.dragged() {
            *dragged = Some(scale);
        } else {
            *dragged = None;
            wanted.scale = scale;
        }
        ui.end_row();
    });
}
