//! What one sees: zoom, pan, map, culling, and rest.

use crate::desk::{CHAIN, Desk};
use egui::{Key, PointerButton, Vec2, pos2};
use jackfield_editor::{Action, NodeLoad, PlanFacts, Theme};
use jackfield_patch::Edit;
use std::sync::Arc;

#[test]
fn the_wheel_zooms_to_the_cursor() {
    let mut desk = Desk::new(CHAIN);
    let port = desk.place("tone.out output");
    desk.scroll(port + Vec2::new(20.0, 60.0), 0.0);
    let cursor = port + Vec2::new(40.0, 100.0);
    let before = desk.place("speaker.left input") - cursor;
    desk.scroll(cursor, 2.0);
    let after = desk.place("speaker.left input") - cursor;
    assert!((after.x / before.x - 1.15_f32.powi(2)).abs() < 0.01, "{before} {after}");
    assert!((after.y / before.y - 1.15_f32.powi(2)).abs() < 0.01, "{before} {after}");
}

#[test]
fn the_middle_button_pushes_the_canvas() {
    let mut desk = Desk::new(CHAIN);
    let before = desk.place("tone.out output");
    desk.drag_with(PointerButton::Middle, pos2(600.0, 700.0), pos2(650.0, 680.0));
    assert_eq!(desk.place("tone.out output"), before + Vec2::new(50.0, -20.0));
    assert!(!desk.world().editor.document().is_dirty(), "looking is no edit");
}

#[test]
fn what_is_off_the_screen_is_not_there() {
    let mut desk = Desk::new(CHAIN);
    desk.edit(Edit::Move { id: "wave".into(), at: [9000.0, 0.0] });
    assert!(!desk.sees("wave.out output"));
    desk.key(Key::Home);
    assert!(!desk.sees("wave.out output"), "too small to be read");
    assert!(desk.sees("wave, Wave"));
}

#[test]
fn an_idle_editor_asks_for_no_frames() {
    let mut desk = Desk::new(CHAIN);
    let plays = desk.world().heard.plays;
    desk.settle();
    desk.settle();
    assert_eq!(desk.world().heard.plays, plays);
}

#[test]
fn every_theme_and_overlay_shows_and_goes_again() {
    let mut desk = Desk::of_size(CHAIN, Vec2::new(640.0, 400.0), 1.0);
    let order = ["tone", "shaper", "speaker"].map(Arc::from).to_vec();
    let loads = vec![NodeLoad { node: "tone".into(), part: 0.9 }];
    desk.set_plan(PlanFacts { order, loads, ..PlanFacts::default() });
    for theme in Theme::ALL {
        desk.editor().set_theme(theme);
        // The map shows where not everything is in view.
        for (action, zoom) in [(Action::ShowOrder, 0), (Action::ShowLoad, 0), (Action::ShowMap, 5)] {
            (0..zoom).for_each(|_| desk.editor().dispatch(Action::ZoomIn));
            desk.settle();
            let plain = desk.picture();
            let canvas = plain.pixels.iter().filter(|pixel| **pixel == theme.palette().canvas).count();
            assert!(canvas > plain.pixels.len() / 10, "{theme:?}: {canvas} pixels of canvas");
            desk.editor().dispatch(action);
            desk.settle();
            let changed = desk.picture().differences(&plain);
            assert!(changed > 100, "{theme:?}, {action:?}: {changed} pixels");
            desk.editor().dispatch(action);
            desk.settle();
            assert_eq!(desk.picture().differences(&plain), 0, "{theme:?}, {action:?}: it is gone again");
            (0..zoom).for_each(|_| desk.editor().dispatch(Action::ZoomOut));
        }
    }
}

#[test]
fn the_document_knows_whether_it_is_saved() {
    let mut desk = Desk::new(CHAIN);
    assert!(!desk.world().editor.document().is_dirty());
    desk.choose("wave, Wave");
    desk.key(Key::Delete);
    assert!(desk.world().editor.document().is_dirty());
    desk.editor().document_mut().mark_saved("patch.jack".into());
    assert!(!desk.world().editor.document().is_dirty());
    desk.undo();
    assert!(desk.world().editor.document().is_dirty());
    assert_eq!(desk.world().editor.document().title(), "patch");
}
