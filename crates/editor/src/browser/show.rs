//! The browser's window: a field, the list of what fits, and what the chosen type is.

use super::{Browser, OpenBrowser, search::search};
use crate::gesture::GestureContext;
use crate::glyph::star;
use crate::theme::Palette;
use egui::scroll_area::ScrollArea;
use egui::{Align, Area, Frame, Id, Key, Layout, Modifiers, Order, RichText, Sense, TextEdit, Ui, vec2};
use jackfield_node::{NodeSpec, PortKind};

/// Size of the list.
const LIST: egui::Vec2 = vec2(232.0, 312.0);
/// Width of the text beside it.
const TEXT: f32 = 248.0;

/// What a frame of the browser leads to.
enum Outcome {
    Stays,
    Closes,
    Adds(&'static NodeSpec),
}

/// Shows the browser if it is open.
pub(crate) fn show(browser: &mut Browser, ui: &mut Ui, context: &mut GestureContext<'_>) {
    let Some(mut open) = browser.open.take() else { return };
    let found = search(context.document.registry(), browser, &open.request, &open.query);
    open.chosen = open.chosen.min(found.len().saturating_sub(1));
    let palette = context.view.theme.palette();
    let area = Area::new(Id::unique("node browser"))
        .order(Order::Foreground)
        .fixed_pos(open.request.screen)
        .constrain_to(context.view.transform.view.shrink(8.0));
    let shown = area.show(ui.ctx(), |ui| {
        Frame::popup(ui.style()).show(ui, |ui| window(ui, &mut open, &found, browser, &palette)).inner
    });
    let outside = ui.input(|input| {
        input.pointer.any_pressed()
            && input.pointer.interact_pos().is_some_and(|at| !shown.response.rect.contains(at))
    });
    if let Some(spec) = open.dragged
        && ui.input(|input| input.pointer.any_released())
    {
        let at = ui.input(|input| input.pointer.latest_pos());
        match at.filter(|at| !shown.response.rect.contains(*at)) {
            Some(at) => {
                open.request.at = context.view.transform.to_canvas(at);
                browser.add(context, spec, &open.request);
                return;
            }
            None => open.dragged = None,
        }
    }
    match shown.inner {
        Outcome::Adds(spec) => browser.add(context, spec, &open.request),
        Outcome::Closes => context.view.take_keyboard = true,
        Outcome::Stays if outside && !open.is_new => context.view.take_keyboard = true,
        Outcome::Stays => {
            open.is_new = false;
            browser.open = Some(open);
        }
    }
}

fn window(
    ui: &mut Ui,
    open: &mut OpenBrowser,
    found: &[&'static NodeSpec],
    browser: &mut Browser,
    palette: &Palette,
) -> Outcome {
    let keys = ui.input_mut(|input| {
        let mut pressed = |key| input.consume_key(Modifiers::NONE, key);
        [pressed(Key::ArrowUp), pressed(Key::ArrowDown), pressed(Key::Enter), pressed(Key::Escape)]
    });
    let [up, down_key, enter, escape] = keys;
    if escape {
        return Outcome::Closes;
    }
    if up {
        open.chosen = open.chosen.saturating_sub(1);
    }
    if down_key {
        open.chosen = (open.chosen + 1).min(found.len().saturating_sub(1));
    }
    let field = TextEdit::singleline(&mut open.query).hint_text("Search nodes").desired_width(LIST.x + TEXT);
    let response = ui.add(field).accessible_name("Search nodes");
    if open.is_new {
        response.request_focus();
    }
    if response.changed() {
        open.chosen = 0;
    }
    if enter && let Some(&spec) = found.get(open.chosen) {
        return Outcome::Adds(spec);
    }
    let mut outcome = Outcome::Stays;
    ui.horizontal_top(|ui| {
        let down = Layout::top_down(Align::Min);
        ui.allocate_ui_with_layout(LIST, down, |ui| {
            ui.set_min_size(LIST);
            ScrollArea::vertical().max_height(LIST.y).auto_shrink(false).show(ui, |ui| {
                for (place, &spec) in found.iter().enumerate() {
                    if row(ui, open, place, spec, up || down_key, browser, palette) {
                        outcome = Outcome::Adds(spec);
                    }
                }
                if found.is_empty() {
                    ui.weak("Nothing fits. Try fewer letters.");
                }
            });
        });
        let text = vec2(TEXT, LIST.y);
        ui.allocate_ui_with_layout(text, down, |ui| {
            ui.set_min_size(text);
            if let Some(spec) = found.get(open.chosen) {
                ScrollArea::vertical().id_salt("help").show(ui, |ui| describe(ui, spec, palette));
            }
        });
    });
    outcome
}

/// A line of the list; true when it was clicked.
fn row(
    ui: &mut Ui,
    open: &mut OpenBrowser,
    place: usize,
    spec: &'static NodeSpec,
    follows_keys: bool,
    browser: &mut Browser,
    palette: &Palette,
) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::click_and_drag());
    let is_chosen = place == open.chosen;
    if is_chosen && follows_keys {
        response.scroll_to_me(None);
    }
    // Only a moving mouse chooses, or the list would jump under a resting one while one types.
    if response.hovered() && ui.input(|input| input.pointer.delta() != egui::Vec2::ZERO) {
        open.chosen = place;
    }
    if response.drag_started() {
        open.dragged = Some(spec);
    }
    let is_favourite = browser.favourites.contains(spec.id);
    if response.secondary_clicked() && !browser.favourites.remove(spec.id) {
        browser.favourites.insert(spec.id.to_owned());
    }
    response.widget_info(|| {
        let favourite = if is_favourite { ", favourite" } else { "" };
        let name = format!("{} node{favourite}", spec.name);
        egui::WidgetInfo::selected(egui::Role::ListItem, true, is_chosen, name)
    });
    if ui.is_rect_visible(rect) {
        let painter = ui.painter();
        if is_chosen {
            painter.rect_filled(rect, 2.0, palette.sunken);
        }
        let hue = egui::Rect::from_min_size(rect.min, vec2(3.0, rect.height())).shrink2(vec2(0.0, 4.0));
        painter.rect_filled(hue, 1.0, palette.category(spec.category));
        let middle = |x: f32| egui::pos2(x, rect.center().y);
        let font = egui::TextStyle::Body.resolve(ui.style());
        let small = egui::TextStyle::Small.resolve(ui.style());
        painter.text(middle(rect.left() + 12.0), egui::Align2::LEFT_CENTER, spec.name, font, palette.text);
        if is_favourite {
            star(painter, middle(rect.right() - 14.0), 6.0, palette.accent);
        } else {
            let name = spec.category.name();
            painter.text(middle(rect.right() - 8.0), egui::Align2::RIGHT_CENTER, name, small, palette.weak);
        }
    }
    response.clicked()
}

/// What a type is: summary, help and ports.
fn describe(ui: &mut Ui, spec: &NodeSpec, palette: &Palette) {
    ui.set_max_width(TEXT - 12.0);
    ui.label(RichText::new(spec.name).strong());
    ui.label(spec.summary);
    if !spec.help.is_empty() {
        ui.label(RichText::new(spec.help).color(palette.weak));
    }
    let mut ports = |title: &str, list: &mut dyn Iterator<Item = (&'static str, PortKind, &'static str)>| {
        let mut list = list.peekable();
        if list.peek().is_none() {
            return;
        }
        ui.add_space(8.0);
        ui.label(RichText::new(title).small().color(palette.weak));
        for (name, kind, help) in list {
            ui.horizontal_wrapped(|ui| {
                ui.label(RichText::new(name).color(palette.port(kind)));
                ui.label(RichText::new(help).small().color(palette.weak));
            });
        }
    };
    ports("Inputs", &mut spec.inputs.iter().map(|input| (input.name, input.kind, input.help)));
    ports("Outputs", &mut spec.outputs.iter().map(|output| (output.name, output.kind, output.help)));
}
