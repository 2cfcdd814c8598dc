//! Themes: white is set by hand, colour is signal, orange is the person.
//!
//! Neutral surfaces, one accent for what a person does, a muted tint for each category in headers only, and
//! the four colours of port kinds on signals alone; each kind has its own shape and line besides, since
//! colours alone do not carry for everybody. What can be read on what is computed by a test, in all three
//! themes.
//! `docs/design/look.md` says why.

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
    /// The bars at the top and the bottom, and panels.
    pub bar: Color32,
    /// Cards.
    pub surface: Color32,
    /// Wells, in which pictures are, and fields.
    pub sunken: Color32,
    /// What is raised above a surface: menus, tool tips, the bodies of knobs.
    pub raised: Color32,
    /// Outlines and separators.
    pub line: Color32,
    /// Outlines that have to be seen.
    pub strong: Color32,
    /// Text.
    pub text: Color32,
    /// Text that steps back.
    pub weak: Color32,
    /// Marks that are no text.
    pub faint: Color32,
    /// Figures in wells.
    pub axis: Color32,
    /// Selection, hover, focus, what is being edited: the one accent.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// Warnings.
    pub warning: Color32,
    /// Lightness and chroma of category hues, in OKLCH.
    category: (f32, f32),
    /// How much of the category's colour a header has.
    header: f32,
    /// The part of its colour that a silent cable has.
    pub(crate) silent: f32,
    /// Saturation and value of the colours that a person gives, 0 to 1 each.
    chosen: (f32, f32),
    ports: [Color32; 4],
    /// Width of outlines.
    pub outline: f32,
}

/// A colour from its six hexadecimal digits.
const fn hex(digits: u32) -> Color32 {
    Color32::from_rgb((digits >> 16) as u8, (digits >> 8) as u8, digits as u8)
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
                canvas: hex(0x121316),
                grid: hex(0x31353d),
                bar: hex(0x191b1f),
                surface: hex(0x1e2025),
                sunken: hex(0x0e0f12),
                raised: hex(0x2b2e35),
                line: hex(0x363a43),
                strong: hex(0x565b66),
                text: hex(0xecedef),
                weak: hex(0xabb0ba),
                faint: hex(0x6b707a),
                axis: hex(0x8d929c),
                accent: hex(0xff8a3d),
                on_accent: hex(0x1a0e05),
                warning: hex(0xff6f61),
                category: (0.80, 0.075),
                header: 0.20,
                silent: 0.62,
                chosen: (0.5, 0.82),
                ports: [hex(0xf6e07c), hex(0x4fa9f2), hex(0x52ddb0), hex(0xd968b4)],
                outline: 1.0,
            },
            Self::Light => Palette {
                is_dark: false,
                canvas: hex(0xe6e3dd),
                grid: hex(0xc3beb4),
                bar: hex(0xf6f4f0),
                surface: hex(0xfcfbf9),
                sunken: hex(0xf1efea),
                raised: hex(0xffffff),
                line: hex(0xd3cfc6),
                strong: hex(0x9a958a),
                text: hex(0x1d1f22),
                weak: hex(0x5c6066),
                faint: hex(0x8b8f94),
                axis: hex(0x666a70),
                accent: hex(0xad4400),
                on_accent: hex(0xffffff),
                warning: hex(0xb3261e),
                category: (0.52, 0.10),
                header: 0.17,
                silent: 0.80,
                chosen: (0.75, 0.62),
                ports: [hex(0x856400), hex(0x0a5fae), hex(0x007a5d), hex(0xa3226f)],
                outline: 1.0,
            },
            Self::HighContrast => Palette {
                is_dark: true,
                canvas: hex(0x000000),
                grid: hex(0x3a3a3a),
                bar: hex(0x000000),
                surface: hex(0x0b0b0c),
                sunken: hex(0x000000),
                raised: hex(0x1a1a1c),
                line: hex(0xffffff),
                strong: hex(0xffffff),
                text: hex(0xffffff),
                weak: hex(0xd6d6d6),
                faint: hex(0x9a9a9a),
                axis: hex(0xd6d6d6),
                accent: hex(0xffb000),
                on_accent: hex(0x000000),
                warning: hex(0xff8a80),
                category: (0.86, 0.10),
                header: 0.20,
                silent: 0.50,
                chosen: (0.6, 1.0),
                ports: [hex(0xfff06a), hex(0x7ccbff), hex(0x4ff0b8), hex(0xff9fe0)],
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

    /// The colour of a category's glyph.
    pub fn category(&self, category: Category) -> Color32 {
        let (hue, part) = category_hue(category);
        let (lightness, chroma) = self.category;
        oklch(lightness, chroma * part, hue)
    }

    /// A card's header in a colour: a tint of it.
    pub(crate) fn header(&self, colour: Color32) -> Color32 {
        self.surface.lerp_to_gamma(colour, self.header)
    }

    /// A card from afar, filled with a colour; farther away, more of it.
    pub(crate) fn far(&self, colour: Color32, is_farthest: bool) -> Color32 {
        let part = match (is_farthest, self.is_dark) {
            (false, true) => 0.24,
            (false, false) => 0.20,
            (true, true) => 0.42,
            (true, false) => 0.34,
        };
        self.surface.lerp_to_gamma(colour, part)
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

    /// The outline of a card at rest: hardly more than its edge.
    pub(crate) fn edge(&self) -> Stroke {
        let colour = match (self.outline > 1.0, self.is_dark) {
            (true, _) => self.line,
            (false, true) => self.surface.lerp_to_gamma(self.text, 0.10),
            (false, false) => self.line.lerp_to_gamma(Color32::BLACK, 0.06),
        };
        Stroke::new(self.outline, colour)
    }

    /// The track of a knob.
    pub(crate) fn track(&self) -> Color32 {
        self.surface.lerp_to_gamma(self.text, 0.17)
    }

    fn visuals(&self) -> Visuals {
        let mut visuals = if self.is_dark { Visuals::dark() } else { Visuals::light() };
        let radius = CornerRadius::same(4);
        visuals.panel_fill = self.bar;
        visuals.window_fill = self.surface;
        visuals.window_stroke = self.outline();
        visuals.window_corner_radius = CornerRadius::same(8);
        visuals.menu_corner_radius = CornerRadius::same(6);
        visuals.extreme_bg_color = self.sunken;
        visuals.faint_bg_color = self.sunken;
        visuals.weak_text_color = Some(self.weak);
        visuals.warn_fg_color = self.warning;
        visuals.error_fg_color = self.warning;
        visuals.hyperlink_color = self.accent;
        visuals.selection.bg_fill = self.accent.gamma_multiply(if self.is_dark { 0.45 } else { 0.35 });
        visuals.selection.stroke = Stroke::new(1.0, self.text);
        let alpha = if self.is_dark { 110 } else { 50 };
        let shadow = Shadow { offset: [0, 6], blur: 16, spread: 0, color: Color32::from_black_alpha(alpha) };
        visuals.window_shadow = shadow;
        visuals.popup_shadow = shadow;
        let widgets = &mut visuals.widgets;
        let lifted = |part: f32| self.surface.lerp_to_gamma(self.text, part);
        for (widget, fill, text) in [
            (&mut widgets.noninteractive, self.surface, self.text),
            (&mut widgets.inactive, lifted(0.07), self.text),
            (&mut widgets.hovered, lifted(0.14), self.text),
            (&mut widgets.active, lifted(0.20), self.text),
            (&mut widgets.open, lifted(0.10), self.text),
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

/// The hue of a category, in degrees, and which part of the theme's chroma it has.
fn category_hue(category: Category) -> (f32, f32) {
    match category {
        Category::Source => (62.0, 1.0),
        Category::Filter => (28.0, 1.0),
        Category::Modulator => (335.0, 1.0),
        Category::Dynamics => (295.0, 1.0),
        Category::Effect => (258.0, 1.0),
        Category::Mixing => (205.0, 0.9),
        Category::Maths => (260.0, 0.15),
        Category::Time => (155.0, 0.95),
        Category::Analysis => (235.0, 0.4),
        Category::Device => (100.0, 0.9),
        // Boxes of other makers.
        Category::Fundsp => (75.0, 0.2),
    }
}

/// A colour by lightness, chroma and hue in degrees (Ottosson 2020, "A perceptual color space for image
/// processing").
fn oklch(lightness: f32, chroma: f32, hue: f32) -> Color32 {
    let (sine, cosine) = hue.to_radians().sin_cos();
    let (a, b) = (chroma * cosine, chroma * sine);
    let cube = |value: f32| value * value * value;
    let l = cube(lightness + 0.396_337_78 * a + 0.215_803_76 * b);
    let m = cube(lightness - 0.105_561_346 * a - 0.063_854_17 * b);
    let s = cube(lightness - 0.089_484_18 * a - 1.291_485_5 * b);
    let linear = [
        4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
        -1.268_438 * l + 2.609_757_4 * m - 0.341_319_38 * s,
        -0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s,
    ];
    let [red, green, blue] = linear.map(|value| {
        let value = value.clamp(0.0, 1.0);
        let value = if value <= 0.003_130_8 { value * 12.92 } else { 1.055 * value.powf(1.0 / 2.4) - 0.055 };
        (value * 255.0).round() as u8
    });
    Color32::from_rgb(red, green, blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [PortKind; 4] = [PortKind::Audio, PortKind::Pitch, PortKind::Gate, PortKind::Control];

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

    /// The table of `docs/design/look.md`: what stands on what, and how much it differs at least.
    #[test]
    fn everything_can_be_read_where_it_stands_in_every_theme() {
        let mut short = Vec::new();
        for theme in Theme::ALL {
            let p = theme.palette();
            let mut check = |what: String, ink: Color32, on: Color32, least: f32| {
                let found = contrast(ink, on);
                if found < least {
                    short.push(format!("{}: {what} {found:.2}, not {least}", theme.name()));
                }
            };
            for (name, on) in [("card", p.surface), ("well", p.sunken), ("raised", p.raised), ("bar", p.bar)]
            {
                check(format!("text on {name}"), p.text, on, 7.0);
                check(format!("weak text on {name}"), p.weak, on, 4.5);
                check(format!("accent on {name}"), p.accent, on, 4.5);
                check(format!("warning on {name}"), p.warning, on, 4.5);
            }
            check("weak text on canvas".to_owned(), p.weak, p.canvas, 4.5);
            check("accent on canvas".to_owned(), p.accent, p.canvas, 4.5);
            check("text on accent".to_owned(), p.on_accent, p.accent, 4.5);
            check("figures in wells".to_owned(), p.axis, p.sunken, 4.5);
            for category in Category::ALL {
                let colour = p.category(category);
                let header = p.header(colour);
                check(format!("title on {category:?}"), p.text, header, 7.0);
                check(format!("weak title on {category:?}"), p.weak, header, 4.5);
                check(format!("glyph on {category:?}"), colour, header, 3.0);
                for is_farthest in [false, true] {
                    check(format!("{category:?} from afar"), p.text, p.far(colour, is_farthest), 4.5);
                }
            }
            for kind in KINDS {
                let colour = p.port(kind);
                check(format!("{kind:?} on card"), colour, p.surface, 4.5);
                check(format!("{kind:?} in a well"), colour, p.sunken, 4.5);
                check(format!("{kind:?} on canvas"), colour, p.canvas, 4.0);
                let silent = p.canvas.lerp_to_gamma(colour, p.silent);
                check(format!("a silent cable of {kind:?}"), silent, p.canvas, 2.8);
            }
        }
        assert!(short.is_empty(), "{short:#?}");
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
