//! The status bar: how the sound is doing.

use super::icon;
use crate::action::Action;
use crate::host::{Command, Host, Status};
use crate::state::EditorState;
use crate::theme::Palette;
use egui::{Align, Frame, Label, Layout, Margin, Panel, RichText, Sense, Ui};

/// Shows the bar at the bottom.
pub(crate) fn show(editor: &mut EditorState, ui: &mut Ui, host: &mut dyn Host) {
    let palette = editor.view.theme.palette();
    let status = host.status();
    let frame = Frame::NONE.fill(palette.bar).inner_margin(Margin::symmetric(8, 0));
    Panel::bottom("status").exact_size(24.0).frame(frame).show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            device(editor, ui, &status, &palette);
            problem(editor, ui, &palette);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| figures(ui, &status, &palette));
        });
    });
}

/// Whether sound runs, and on what. A click on the lamp starts or stops it, one on the name opens the
/// settings.
fn device(editor: &mut EditorState, ui: &mut Ui, status: &Status, palette: &Palette) {
    let colour = match status {
        Status { running: true, is_silent: false, .. } => palette.port(jackfield_node::PortKind::Gate),
        Status { running: true, is_silent: true, .. } => palette.warning,
        _ => palette.weak,
    };
    let name = if status.running { "Stop the sound" } else { "Start the sound" };
    let lamp = icon::lamp(ui, status.running, colour);
    lamp.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
    if lamp.on_hover_text(name).clicked() {
        editor.commands.push(Command::SetRunning(!status.running));
    }
    let text = match status {
        Status { running: true, is_silent: true, .. } => "no sound device: nobody hears this".to_owned(),
        Status { running: true, device, .. } => device.clone(),
        _ => "sound is off".to_owned(),
    };
    let label = Label::new(small(text, palette.weak)).sense(Sense::click()).truncate();
    if ui.add(label).on_hover_text("Choose the sound device").clicked() {
        editor.actions.push(Action::ShowSettings);
    }
}

/// What is wrong with a node, if anything is; how many others have something.
fn problem(editor: &EditorState, ui: &mut Ui, palette: &Palette) {
    let Some(((node, why), others)) = editor.plan.problems.split_first() else { return };
    let more = if others.is_empty() { String::new() } else { format!(" (and {} more)", others.len()) };
    let text = format!("node '{node}': {why}{more}");
    ui.add(Label::new(small(text.clone(), palette.warning)).truncate()).on_hover_text(text);
}

/// From the right edge: load, gaps, rate, latency, voices and nodes.
fn figures(ui: &mut Ui, status: &Status, palette: &Palette) {
    if status.running {
        // So wide that the figures beside it stand still.
        let percent = format!("{:>3.0} %", status.load * 100.0);
        ui.add_sized([36.0, 16.0], Label::new(small(percent, palette.weak)));
        icon::gauge(ui, status.load, palette)
            .on_hover_text("Time the sound takes of the time there is; 99 % of the blocks take less");
        let gaps =
            if status.overruns == 1 { "1 gap".to_owned() } else { format!("{} gaps", status.overruns) };
        let colour = if status.overruns > 0 { palette.warning } else { palette.weak };
        ui.label(small(gaps, colour)).on_hover_text("Blocks that came too late; a larger block helps");
    }
    if status.sample_rate > 0.0 {
        let mut text = format!("{} kHz", (status.sample_rate / 100.0).round() / 10.0);
        if status.latency > 0.0 {
            text.push_str(&format!(" · {:.1} ms", status.latency * 1000.0));
        }
        ui.label(small(text, palette.weak)).on_hover_text("Sample rate, and the time a block takes");
    }
    let plural =
        |number: usize, thing: &str| format!("{number} {thing}{}", if number == 1 { "" } else { "s" });
    let text = format!("{} · {}", plural(status.nodes, "node"), plural(status.voices, "voice"));
    ui.label(small(text, palette.weak)).on_hover_text("Nodes that are heard, and voices of all of them");
}

fn small(text: String, colour: egui::Color32) -> RichText {
    RichText::new(text).small().color(colour)
}
