//! What a frame of the editor costs: layout, painting and tessellation of large patches with all levels
//! moving, in CPU time of the thread, so that a busy machine does not count.

#![forbid(unsafe_code)]
#![allow(clippy::disallowed_methods, reason = "nothing here makes samples")]

#[path = "editor/specs.rs"]
mod specs;

use cpu_time::ThreadTime;
use egui::{Context, Pos2, RawInput, Rect, Vec2};
use jackfield_editor::{Action, Document, Editor, Host, Level, Status};
use jackfield_patch::{CableEnds, Edit, Node, Patch};
use std::io::Write;
use std::time::Duration;

/// A host on which every level moves in every frame.
#[derive(Default)]
struct Lively {
    frame: u32,
}

impl Host for Lively {
    fn levels(&mut self, levels: &mut [Level]) {
        self.frame += 1;
        for (place, level) in levels.iter_mut().enumerate() {
            let now = (self.frame as f32 * 0.1 + place as f32).sin();
            *level = Level { peak: now.abs(), rms: now.abs() * 0.7, now };
        }
    }

    fn status(&mut self) -> Status {
        Status { running: true, ..Status::default() }
    }
}

/// Nodes in a square, two cables into each, some of them to knobs and some backwards.
fn patch(nodes: usize) -> Patch {
    let registry = specs::registry();
    let types = ["source.tone", "filter.shaper", "modulator.wave", "filter.shaper"];
    let mut patch = Patch::new();
    let side = (nodes as f32).sqrt().ceil() as usize;
    for index in 0..nodes {
        let mut node = Node::new(format!("n{index}"), registry.get(types[index % types.len()]).unwrap());
        node.at = [(index % side) as f32 * 240.0, (index / side) as f32 * 216.0];
        patch.apply(Edit::AddNode(Box::new(node))).unwrap();
    }
    for index in 0..nodes {
        for step in [1, side + 1] {
            let from = (index + nodes - step) % nodes;
            let name = |index: usize, output: bool| {
                let spec = registry.get(types[index % types.len()]).unwrap();
                if output {
                    spec.outputs[0].name
                } else {
                    spec.inputs[(step > 1).into()..].last().map_or(spec.inputs[0].name, |input| input.name)
                }
            };
            let ends =
                CableEnds::new(format!("n{from}"), name(from, true), format!("n{index}"), name(index, false));
            // Of two equal cables the first is enough.
            let _ = patch.apply(Edit::connect(ends));
        }
    }
    patch
}

/// The median CPU time of a frame.
fn cost(nodes: usize, zoom_in: usize) -> Duration {
    let mut editor = Editor::with_document(Document::new(specs::registry(), patch(nodes), None));
    let mut host = Lively::default();
    let context = Context::default();
    let mut times = Vec::new();
    for frame in 0..90_u32 {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, Vec2::new(1280.0, 800.0))),
            time: Some(f64::from(frame) / 60.0),
            ..RawInput::default()
        };
        let begin = ThreadTime::now();
        let output = context.run_ui(input, |ui| {
            editor.ui(ui, &mut host);
        });
        let shapes = context.tessellate(output.shapes.clone(), output.pixels_per_point);
        let took = begin.elapsed();
        assert!(!shapes.is_empty());
        output.drop_without_applying_deltas();
        if frame < 30 {
            if frame as usize <= zoom_in {
                editor.dispatch(if frame == 0 { Action::Fit } else { Action::ZoomIn });
            }
        } else {
            times.push(took);
        }
    }
    times.sort_unstable();
    times[times.len() / 2]
}

#[test]
fn frames_are_cheap() {
    // Unoptimised code is slower; the bars are those of a release build.
    let slack = if cfg!(debug_assertions) { 8 } else { 1 };
    let mut report = String::new();
    let mut too_slow = false;
    for (nodes, zoom_in, bar) in
        [(200, 0, 2500), (200, 4, 2500), (1000, 0, 8000), (1000, 4, 8000), (1000, 8, 8000)]
    {
        let took = cost(nodes, zoom_in);
        too_slow |= took > Duration::from_micros(bar) * slack;
        report += &format!("{nodes} nodes, zoomed in {zoom_in} times: {took:?} a frame, at most {bar} us\n");
    }
    std::io::stderr().write_all(report.as_bytes()).unwrap();
    assert!(!too_slow, "{report}");
}

/// A host on which nothing moves, and which says so when that changes.
struct Resting;

impl Host for Resting {
    fn status(&mut self) -> Status {
        Status { running: true, ..Status::default() }
    }

    fn asks_for_frames(&self) -> bool {
        true
    }
}

#[test]
fn nothing_is_drawn_while_nothing_moves() {
    let mut editor = Editor::with_document(Document::new(specs::registry(), patch(50), None));
    let context = Context::default();
    let mut waits = Vec::new();
    // Three seconds, in which all that is told at the start goes and every animation ends.
    for frame in 0..180_u32 {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, Vec2::new(1280.0, 800.0))),
            time: Some(f64::from(frame) / 60.0),
            ..RawInput::default()
        };
        let output = context.run_ui(input, |ui| {
            editor.ui(ui, &mut Resting);
        });
        waits.push(output.viewport_output[&egui::ViewportId::ROOT].repaint_delay);
        output.drop_without_applying_deltas();
    }
    let last = waits.last().expect("there were frames");
    assert!(*last > Duration::from_hours(1), "the next frame is wanted after {last:?}");
}
