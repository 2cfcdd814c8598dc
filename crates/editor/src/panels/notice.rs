//! The notice: one line above the canvas that says why something was refused, and goes by itself.

use crate::state::EditorState;
use crate::view::Notice;
use egui::{Align2, Area, Frame, Id, Order, RichText, Ui, vec2};
use std::time::Duration;

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
    let area = Area::new(Id::unique("notice"))
        .order(Order::Foreground)
        .fixed_pos(bottom)
        .pivot(Align2::CENTER_BOTTOM);
    area.interactable(false).show(ui.ctx(), |ui| {
        Frame::popup(ui.style()).show(ui, |ui| {
            ui.label(RichText::new(&*notice.text).color(colour));
        });
    });
}
