//! The window around the studio.

use super::icon::icon;
use super::studio::{After, Studio};
use crate::exit::Failure;
use eframe::{App, Frame, NativeOptions};
use egui::{Ui, ViewportBuilder, ViewportCommand};

/// Opens the window and stays until it is closed.
pub(crate) fn open(mut studio: Studio) -> Result<(), Failure> {
    let viewport = ViewportBuilder::default()
        .with_app_id("jackfield")
        .with_icon(icon())
        .with_title(studio.title())
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size([640.0, 400.0])
        .with_drag_and_drop(true);
    let options = NativeOptions { viewport, ..NativeOptions::default() };
    let create = move |creation: &eframe::CreationContext<'_>| {
        studio.set_context(&creation.egui_ctx);
        Ok(Box::new(Window { title: studio.title(), studio }) as Box<dyn App>)
    };
    eframe::run_native("jackfield", options, Box::new(create)).map_err(|error| {
        Failure::device(format!("can't open a window: {error}; 'jackfield play' makes sound without one"))
    })
}

struct Window {
    studio: Studio,
    /// What the window is called now.
    title: String,
}

impl App for Window {
    fn ui(&mut self, ui: &mut Ui, _: &mut Frame) {
        if ui.input(|input| input.viewport().close_requested()) && !self.studio.may_close() {
            ui.ctx().send_viewport_cmd(ViewportCommand::CancelClose);
        }
        if self.studio.frame(ui) == After::Quit {
            ui.ctx().send_viewport_cmd(ViewportCommand::Close);
        }
        let title = self.studio.title();
        if title != self.title {
            ui.ctx().send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    fn on_exit(&mut self, _: Option<&eframe::glow::Context>) {
        self.studio.close();
    }
}
