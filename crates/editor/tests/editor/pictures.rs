//! Pictures of the main views, compared with those kept in `tests/snapshots`. `JACKFIELD_RECORD=1` records
//! them anew: look at them before you keep them.

use crate::analysis::FACES;
use crate::desk::{CHAIN, Desk};
use crate::raster::Image;
use egui::{Key, Modifiers, Vec2, pos2};
use jackfield_editor::Theme;
use std::path::PathBuf;

const COMMAND_SHIFT: Modifiers = Modifiers { shift: true, ..Modifiers::COMMAND };

/// Pixels that may differ: rounding differs between machines.
const DIFFERENCES: usize = 400;

/// Compares what is on the screen with the picture of this name.
fn check(desk: &Desk, name: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/snapshots/{name}.png"));
    let picture = desk.picture();
    if std::env::var_os("JACKFIELD_RECORD").is_some() {
        std::fs::write(&path, picture.to_png()).unwrap();
        return;
    }
    let kept = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let differences = picture.differences(&Image::from_png(&kept));
    if differences > DIFFERENCES {
        let seen = std::env::temp_dir().join(format!("jackfield-{name}.png"));
        std::fs::write(&seen, picture.to_png()).unwrap();
        panic!("{name}: {differences} pixels differ; see {}", seen.display());
    }
}

/// A small patch with everything that stands on a canvas: comments, frames, colours, a muted and a missing
/// node, modulated knobs.
const GARDEN: &str = r#"{
    "jackfield": 1,
    "nodes": {
        "tone": {"type": "source.tone", "at": [0, 0]},
        "detuned": {"type": "source.tone", "at": [0, 216], "hue": 320,
            "knobs": {"frequency": 660}, "settings": {"shape": "saw"}},
        "wave": {"type": "modulator.wave", "at": [0, 448], "knobs": {"rate": 0.3}},
        "shaper": {"type": "filter.shaper", "at": [256, 0]},
        "echo": {"type": "effect.echo", "at": [256, 216]},
        "silent": {"type": "filter.shaper", "at": [256, 408], "muted": true},
        "lost": {"type": "future.thing", "at": [512, 408]},
        "row": {"type": "time.row", "at": [512, 72], "settings": {"row": [0.1, 0.9, 0.4, 0.6, 0.2, 1, 0.3, 0.5]}},
        "speaker": {"type": "device.speaker", "at": [768, 0]},
        "scope": {"type": "analysis.scope", "at": [768, 168]}
    },
    "cables": [
        {"from": "tone.out", "to": "shaper.in"},
        {"from": "detuned.out", "to": "shaper.in", "hue": 320},
        {"from": "wave.out", "to": "shaper.cutoff", "depth": 0.4},
        {"from": "shaper.low", "to": "speaker.left"},
        {"from": "shaper.high", "to": "speaker.right", "depth": 0.5},
        {"from": "shaper.low", "to": "scope.in"},
        {"from": "row.out", "to": "echo.time", "depth": 0.2},
        {"from": "lost.out", "to": "silent.in"}
    ],
    "comments": {
        "1": {"at": [512, -40], "size": [216, 48], "text": "Turn the cutoff while it plays; the wave moves it too."}
    },
    "frames": {
        "1": {"at": [-24, -48], "size": [216, 472], "text": "Two voices", "hue": 210}
    }
}"#;

/// The garden in these colours, sounding.
fn garden(theme: Theme) -> Desk {
    let mut desk = Desk::new(GARDEN);
    desk.editor().set_theme(theme);
    desk.sound();
    desk.choose("shaper, Shaper");
    desk.point(pos2(20.0, 780.0));
    desk
}

#[test]
fn the_canvas_looks_as_it_should_in_every_theme() {
    check(&garden(Theme::Dark), "canvas-dark");
    check(&garden(Theme::Light), "canvas-light");
    check(&garden(Theme::HighContrast), "canvas-high-contrast");
}

#[test]
fn large_and_dense_screens_are_served() {
    let mut desk = Desk::of_size(GARDEN, Vec2::new(640.0, 400.0), 2.0);
    desk.sound();
    check(&desk, "canvas-scale-2");
    let mut desk = Desk::of_size(GARDEN, Vec2::new(2560.0, 1440.0), 1.0);
    desk.sound();
    check(&desk, "canvas-2560");
}

#[test]
fn faces_look_as_they_should() {
    let mut desk = Desk::new(FACES);
    desk.sound();
    check(&desk, "faces");
}

#[test]
fn a_probe_looks_as_it_should() {
    let mut desk = Desk::new(CHAIN);
    desk.sound();
    let (from, to) = (desk.place("tone.out output"), desk.place("shaper.in input"));
    desk.point(from + (to - from) * 0.5);
    desk.keys(Modifiers::COMMAND, Key::P);
    desk.rest(30);
    check(&desk, "probe");
}

#[test]
fn the_piano_and_the_outline_look_as_they_should() {
    let mut desk = Desk::new(CHAIN);
    desk.keys(COMMAND_SHIFT, Key::K);
    desk.keys(COMMAND_SHIFT, Key::E);
    desk.finger(Key::Q, true);
    desk.finger(Key::R, true);
    desk.editor().set_hints_read(0);
    desk.rest(2);
    check(&desk, "piano");
}

#[test]
fn what_opens_looks_as_it_should() {
    let mut desk = Desk::new(CHAIN);
    desk.key(Key::Space);
    desk.type_text("s");
    check(&desk, "browser");
    desk.key(Key::Escape);
    desk.keys(COMMAND_SHIFT, Key::P);
    check(&desk, "commands");
    desk.key(Key::Escape);
    desk.key(Key::F1);
    check(&desk, "help");
    desk.key(Key::Escape);
    desk.secondary_click(desk.place("shaper, Shaper"));
    check(&desk, "menu");
}
