//! Themes: flat and quiet, so that the signal is the brightest thing on the screen.
//!
//! Neutral surfaces, one accent colour, one hue for each category that shows in a thin header only, an
//! 8-point grid, one typeface in three sizes. The colours of port kinds are those of Okabe and Ito's
//! palette for colour-blind people, and each kind has its own shape besides.

use egui::ecolor::HsvaGamma;
use egui::{Color32, CornerRadius, FontFamily, FontId, Shadow, Stroke, TextStyle, Visuals};
use jackfield_node::{Category, PortKind};

/// The grid everything stands on, in points.
pub(crate) const GRID: f32 = 8.0;
/// Small text: port names and values.
pub(crate) const SMALL: f32 = 11.0;
/// Body text: titles, menus, panels.
pub(crate) const BODY: f32 = 13.0;
/// Large text: headings.
pub(crate) const LARGE: f32 = 18.0;

/// Which colours the editor has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// For dark rooms.
    #[default]
    Dark,
    /// For bright rooms.
    Light,
    /// Black and white with strong outlines.
    HighContrast,
}

/// The colours of a theme.
#[derive(Clone, Debug)]
pub struct Palette {
    /// Whether surfaces are dark.
    pub is_dark: bool,
    /// Behind everything.
    pub canvas: Color32,
    /// Points of the grid.
    pub grid: Color32,
    /// Cards and panels.
    pub surface: Color32,
    /// Fields and tracks on a surface.
    pub sunken: Color32,
    /// What is raised above a surface: menus, tool tips.
    pub raised: Color32,
    /// Outlines and separators.
    pub line: Color32,
    /// Text.
    pub text: Color32,
    /// Text that steps back.
    pub weak: Color32,
    /// Selection, values, focus: the one accent.
    pub accent: Color32,
    /// Warnings.
    pub warning: Color32,
    /// Saturation and value of category hues, 0 to 1 each.
    category: (f32, f32),
    /// The same of the colours that a person gives.
    chosen: (f32, f32),
    ports: [Color32; 4],
    /// Width of outlines.
    pub outline: f32,
}

impl Theme {
    /// All themes.
    pub const ALL: [Self; 3] = [Self::Dark, Self::Light, Self::HighContrast];

    /// The name on screen and in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::HighContrast => "high contrast",
        }
    }

    /// Its colours.
    pub fn palette(self) -> Palette {
        match self {
            Self::Dark => Palette {
                is_dark: true,
                canvas: Color32::from_gray(24),
                grid: Color32::from_gray(38),
                surface: Color32::from_gray(44),
                sunken: Color32::from_gray(32),
                raised: Color32::from_gray(52),
                line: Color32::from_gray(66),
                text: Color32::from_gray(222),
                weak: Color32::from_gray(150),
                accent: Color32::from_rgb(255, 138, 61),
                warning: Color32::from_rgb(255, 99, 88),
                category: (0.45, 0.66),
                chosen: (0.5, 0.82),
                ports: [
                    Color32::from_rgb(240, 228, 120),
                    Color32::from_rgb(86, 180, 233),
                    Color32::from_rgb(60, 190, 140),
                    Color32::from_rgb(214, 140, 190),
                ],
                outline: 1.0,
            },
            Self::Light => Palette {
                is_dark: false,
                canvas: Color32::from_gray(228),
                grid: Color32::from_gray(208),
                surface: Color32::from_gray(250),
                sunken: Color32::from_gray(236),
                raised: Color32::from_gray(255),
                line: Color32::from_gray(196),
                text: Color32::from_gray(34),
                weak: Color32::from_gray(104),
                accent: Color32::from_rgb(204, 84, 0),
                warning: Color32::from_rgb(190, 30, 30),
                category: (0.5, 0.74),
                chosen: (0.75, 0.62),
                ports: [
                    Color32::from_rgb(146, 124, 0),
                    Color32::from_rgb(0, 114, 178),
                    Color32::from_rgb(0, 130, 90),
                    Color32::from_rgb(164, 72, 132),
                ],
                outline: 1.0,
            },
            Self::HighContrast => Palette {
                is_dark: true,
                canvas: Color32::BLACK,
                grid: Color32::from_gray(30),
                surface: Color32::BLACK,
                sunken: Color32::from_gray(20),
                raised: Color32::BLACK,
                line: Color32::WHITE,
                text: Color32::WHITE,
                weak: Color32::from_gray(205),
                accent: Color32::from_rgb(255, 176, 0),
                warning: Color32::from_rgb(255, 128, 128),
                category: (0.7, 1.0),
                chosen: (0.6, 1.0),
                ports: [
                    Color32::from_rgb(255, 240, 80),
                    Color32::from_rgb(110, 205, 255),
                    Color32::from_rgb(70, 240, 170),
                    Color32::from_rgb(255, 160, 225),
                ],
                outline: 2.0,
            },
        }
    }

    /// Gives all of egui's own widgets the same look.
    pub fn apply(self, context: &egui::Context) {
        let palette = self.palette();
        context.set_theme(if palette.is_dark { egui::Theme::Dark } else { egui::Theme::Light });
        context.all_styles_mut(|style| {
            let family = FontFamily::Proportional;
            style.text_styles = [
                (TextStyle::Small, FontId::new(SMALL, family.clone())),
                (TextStyle::Body, FontId::new(BODY, family.clone())),
                (TextStyle::Button, FontId::new(BODY, family.clone())),
                (TextStyle::Heading, FontId::new(LARGE, family)),
                (TextStyle::Monospace, FontId::new(BODY, FontFamily::Monospace)),
            ]
            .into();
            style.visuals = palette.visuals();
            style.spacing.item_spacing = egui::vec2(GRID, GRID / 2.0);
            style.spacing.button_padding = egui::vec2(GRID, GRID / 2.0);
            style.interaction.selectable_labels = false;
            // The editor holds still while nothing moves, so nothing fades in either.
            style.animation_time = 0.0;
        });
    }
}

impl Palette {
    /// The colour of a kind of port.
    pub fn port(&self, kind: PortKind) -> Color32 {
        let [audio, pitch, gate, control] = self.ports;
        match kind {
            PortKind::Audio => audio,
            PortKind::Pitch => pitch,
            PortKind::Gate => gate,
            PortKind::Control => control,
        }
    }

    /// The colour of a category's thin header.
    pub fn category(&self, category: Category) -> Color32 {
        let position = Category::ALL.iter().position(|one| *one == category).unwrap_or(0);
        // Steps of the golden angle: neighbours in the list are far apart in hue.
        let hue = (position as f32 * 0.381_966 + 0.58).fract();
        let (saturation, value) = self.category;
        HsvaGamma { h: hue, s: saturation, v: value, a: 1.0 }.into()
    }

    /// The colour of a hue that a person chose, in degrees.
    pub fn hue(&self, hue: u16) -> Color32 {
        let (saturation, value) = self.chosen;
        HsvaGamma { h: f32::from(hue) / 360.0, s: saturation, v: value, a: 1.0 }.into()
    }

    /// The outline of cards.
    pub fn outline(&self) -> Stroke {
        Stroke::new(self.outline, self.line)
    }

    fn visuals(&self) -> Visuals {
        let mut visuals = if self.is_dark { Visuals::dark() } else { Visuals::light() };
        let radius = CornerRadius::same(4);
        visuals.panel_fill = self.surface;
        visuals.window_fill = self.raised;
        visuals.window_stroke = self.outline();
        visuals.window_corner_radius = radius;
        visuals.menu_corner_radius = radius;
        visuals.extreme_bg_color = self.sunken;
        visuals.faint_bg_color = self.sunken;
        visuals.weak_text_color = Some(self.weak);
        visuals.warn_fg_color = self.warning;
        visuals.error_fg_color = self.warning;
        visuals.hyperlink_color = self.accent;
        visuals.selection.bg_fill = self.accent.gamma_multiply(if self.is_dark { 0.45 } else { 0.35 });
        visuals.selection.stroke = Stroke::new(1.0, self.text);
        let shadow = Shadow { offset: [0, 4], blur: 12, spread: 0, color: Color32::from_black_alpha(70) };
        visuals.window_shadow = shadow;
        visuals.popup_shadow = shadow;
        let widgets = &mut visuals.widgets;
        for (widget, fill, text) in [
            (&mut widgets.noninteractive, self.surface, self.text),
            (&mut widgets.inactive, self.sunken, self.text),
            (&mut widgets.hovered, self.line.gamma_multiply(0.7), self.text),
            (&mut widgets.active, self.line, self.text),
            (&mut widgets.open, self.sunken, self.text),
        ] {
            widget.bg_fill = fill;
            widget.weak_bg_fill = fill;
            widget.bg_stroke = Stroke::NONE;
            widget.fg_stroke = Stroke::new(1.0, text);
            widget.corner_radius = radius;
            widget.expansion = 0.0;
        }
        visuals.widgets.noninteractive.bg_stroke = self.outline();
        if self.outline > 1.0 {
            visuals.widgets.hovered.bg_stroke = Stroke::new(1.0, self.text);
            visuals.widgets.active.bg_stroke = Stroke::new(2.0, self.accent);
        }
        visuals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance by WCAG 2.2.
    fn luminance(colour: Color32) -> f32 {
        let linear = |byte: u8| {
            let value = f32::from(byte) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
    }

    fn contrast(a: Color32, b: Color32) -> f32 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_and_ports_can_be_read_on_every_surface() {
        for theme in Theme::ALL {
            let palette = theme.palette();
            for surface in [palette.surface, palette.sunken, palette.raised] {
                let name = theme.name();
                assert!(contrast(palette.text, surface) >= 7.0, "{name}: text");
                assert!(contrast(palette.weak, surface) >= 4.0, "{name}: weak text");
                for kind in [PortKind::Audio, PortKind::Pitch, PortKind::Gate, PortKind::Control] {
                    assert!(contrast(palette.port(kind), surface) >= 3.0, "{name}: {kind:?}");
                }
            }
        }
    }

    #[test]
    fn figures_are_tabular() {
        let context = egui::Context::default();
        let output = context.run_ui(egui::RawInput::default(), |ui| {
            for size in [SMALL, BODY, LARGE] {
                let font = FontId::proportional(size);
                let width = |digit| ui.fonts_mut(|fonts| fonts.glyph_width(&font, digit));
                for digit in '1'..='9' {
                    assert_eq!(width(digit), width('0'), "{digit} at {size}");
                }
            }
        });
        output.drop_without_applying_deltas();
    }
}
