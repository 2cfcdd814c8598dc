//! The window around the app.

use super::app::{App, FrameOutcome};
use super::icon::icon;
use super::settings::WindowPlace;
use crate::exit::Failure;
use eframe::{Frame, NativeOptions};
use egui::{Ui, ViewportBuilder, ViewportCommand};
use std::time::Duration;

/// Size of the window the first time.
const SIZE: [f32; 2] = [1280.0, 800.0];
/// The time between frames where a window is drawn all the time.
const FRAME: Duration = Duration::from_millis(16);

/// Opens the window and stays until it is closed. `redraws`: draw all the time.
pub(crate) fn open(mut app: App, redraws: bool) -> Result<(), Failure> {
    let place = app.window_place().unwrap_or(WindowPlace { size: SIZE, ..WindowPlace::default() });
    let mut viewport = ViewportBuilder::default()
        .with_app_id("jackfield")
        .with_icon(icon())
        .with_title(app.title())
        .with_inner_size(place.size)
        // However large it was: this screen may be a smaller one.
        .with_clamp_size_to_monitor_size(true)
        .with_maximized(place.is_maximized)
        .with_min_inner_size([640.0, 400.0])
        .with_drag_and_drop(true);
    if let Some(at) = place.at {
        viewport = viewport.with_position(at);
    }
    let options = NativeOptions { viewport, ..NativeOptions::default() };
    let create = move |creation: &eframe::CreationContext<'_>| {
        app.set_context(&creation.egui_ctx);
        Ok(Box::new(Window { title: app.title(), app, redraws, place }) as Box<dyn eframe::App>)
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
    /// Where it is, and was before it was maximized.
    place: WindowPlace,
}

impl Window {
    /// Notes where the window is.
    fn follow_place(&mut self, ui: &Ui) {
        let (inner, outer, is_maximized, is_minimized) = ui.input(|input| {
            let viewport = input.viewport();
            (viewport.inner_rect, viewport.outer_rect, viewport.maximized, viewport.minimized)
        });
        // Sizes are in points of the screen, whatever scale the editor is drawn at.
        let scale = ui.ctx().zoom_factor();
        let is_maximized =
            is_maximized.unwrap_or_default() || ui.input(|input| input.viewport().fullscreen == Some(true));
        if is_minimized != Some(true) && !is_maximized {
            if let Some(inner) = inner {
                self.place.size = (inner.size() * scale).into();
            }
            self.place.at = outer.map(|outer| (outer.min.to_vec2() * scale).into()).or(self.place.at);
        }
        self.place.is_maximized = is_maximized;
        self.app.note_window(self.place);
    }
}

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut Ui, _: &mut Frame) {
        if ui.input(|input| input.viewport().close_requested()) && !self.app.may_close() {
            ui.ctx().send_viewport_cmd(ViewportCommand::CancelClose);
        }
        self.follow_place(ui);
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
