//! The window around the app.

use super::app::{App, FrameOutcome};
use super::icon::icon;
use crate::exit::Failure;
use eframe::{Frame, NativeOptions};
use egui::{Ui, ViewportBuilder, ViewportCommand};
use std::time::Duration;

/// The time between frames where a window is drawn all the time.
const FRAME: Duration = Duration::from_millis(16);

/// Opens the window and stays until it is closed. `redraws`: draw all the time.
pub(crate) fn open(mut app: App, redraws: bool) -> Result<(), Failure> {
    let viewport = ViewportBuilder::default()
        .with_app_id("jackfield")
        .with_icon(icon())
        .with_title(app.title())
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size([640.0, 400.0])
        .with_drag_and_drop(true);
    let options = NativeOptions { viewport, ..NativeOptions::default() };
    let create = move |creation: &eframe::CreationContext<'_>| {
        app.set_context(&creation.egui_ctx);
        Ok(Box::new(Window { title: app.title(), app, redraws }) as Box<dyn eframe::App>)
    };
    eframe::run_native("jackfield", options, Box::new(create)).map_err(|error| {
        Failure::device(format!("can't open a window: {error}; 'jackfield play' makes sound without one"))
    })
}

struct Window {
    app: App,
    /// What the window is called now.
    title: String,
    /// Whether to draw all the time.
    redraws: bool,
}

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut Ui, _: &mut Frame) {
        if ui.input(|input| input.viewport().close_requested()) && !self.app.may_close() {
            ui.ctx().send_viewport_cmd(ViewportCommand::CancelClose);
        }
        if self.app.frame(ui) == FrameOutcome::Quit {
            ui.ctx().send_viewport_cmd(ViewportCommand::Close);
        }
        if self.redraws {
            ui.ctx().request_repaint_after(FRAME);
        }
        let title = self.app.title();
        if title != self.title {
            ui.ctx().send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    fn on_exit(&mut self, _: Option<&eframe::glow::Context>) {
        self.app.close();
    }
}
