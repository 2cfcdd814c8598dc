//! The notice: one line above the canvas that says why something was refused, and goes by itself.

use crate::state::EditorState;
use crate::theme::BODY;
use crate::view::Notice;
use egui::text::LayoutJob;
use egui::{Area, FontId, Frame, Id, Label, Margin, Order, Ui, vec2};
use std::time::Duration;

/// The widest its text gets before it goes on in another line.
const WIDEST: f32 = 640.0;
/// How long it stays, in seconds.
const STAYS: f64 = 6.0;

/// The notice on the screen and since when.
#[derive(Debug, Default)]
pub(crate) struct NoticeState {
    shown: Option<(Notice, f64)>,
}

/// Shows the latest notice.
pub(crate) fn show(panel: &mut NoticeState, editor: &mut EditorState, ui: &mut Ui) {
    let now = ui.input(|input| input.time);
    if let Some(notice) = editor.view.notice.take() {
        panel.shown = Some((notice, now));
    }
    let Some((notice, since)) = &panel.shown else { return };
    let left = since + STAYS - now;
    if left <= 0.0 {
        panel.shown = None;
        return;
    }
    ui.ctx().request_repaint_after(Duration::from_secs_f64(left));
    let palette = editor.view.theme.palette();
    let colour = if notice.is_error { palette.warning } else { palette.text };
    let bottom = editor.view.transform.view.center_bottom() - vec2(0.0, 16.0);
    // Laid out before it is placed: an area knows no width until it has been shown, and would break the line
    // at what is left to the right of it.
    let widest = WIDEST.min(editor.view.transform.view.width() - 64.0).max(64.0);
    let text = notice.text.to_string();
    let job = LayoutJob::simple(text, FontId::proportional(BODY), colour, widest);
    let galley = ui.painter().layout_job(job);
    let room = galley.size() + vec2(24.0, 16.0);
    // Below menus and dialogs: what it says is never as urgent as what a person is about to choose.
    let area = Area::new(Id::unique("notice"))
        .order(Order::Middle)
        .fixed_pos(bottom - vec2(room.x / 2.0, room.y))
        .constrain(false);
    area.interactable(false).show(ui.ctx(), |ui| {
        ui.set_max_width(room.x);
        Frame::popup(ui.style()).inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
            ui.set_min_width(galley.size().x);
            ui.add(Label::new(galley).extend());
        });
    });
}
