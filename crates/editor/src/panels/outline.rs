//! The outline: the patch as text, node by node, for reading, for screen readers and for finding one's
//! way. Each line leads to what it tells of.

use crate::document::Document;
use crate::gesture::{go_to, knob_value, setting_text};
use crate::scene::{PortId, Side};
use crate::state::EditorState;
use crate::value_text;
use crate::view::Focus;
use egui::{Frame, Panel, RichText, ScrollArea, Ui};
use jackfield_patch::{AnnotationKind, Node, NodeBody, NodeIndex, PortRef};
use std::sync::Arc;

/// Width of the panel.
const WIDTH: f32 = 296.0;
/// Lines up to which all are there for a screen reader; of more only those in sight.
const ALL: usize = 600;
/// Height of a line.
const LINE: f32 = 20.0;

/// The outline and the revision of the patch it was made of.
#[derive(Debug, Default)]
pub(crate) struct OutlineState {
    /// Whether it is shown.
    pub(crate) is_open: bool,
    /// The revision of the patch that the lines tell of.
    made_of: Option<u64>,
    lines: Vec<Line>,
}

/// A line, and what it tells of.
#[derive(Debug)]
struct Line {
    text: String,
    is_part: bool,
    leads_to: Option<Lead>,
}

/// Where a line leads.
#[derive(Clone, Debug, PartialEq)]
enum Lead {
    Focus(Focus),
    Annotation(AnnotationKind, Arc<str>),
}

/// Shows the panel if it is wanted.
pub(super) fn show(panel: &mut OutlineState, editor: &mut EditorState, ui: &mut Ui) {
    if !panel.is_open {
        return;
    }
    let revision = editor.document.revision();
    if panel.made_of != Some(revision) {
        panel.lines = lines(&editor.document, &editor.plan.order);
        panel.made_of = Some(revision);
    }
    let frame = Frame::side_top_panel(ui.style()).inner_margin(8.0);
    let mut chosen = None;
    Panel::right("outline").exact_size(WIDTH).resizable(false).frame(frame).show(ui, |ui| {
        ui.heading("Outline");
        let lines = &panel.lines;
        let scroll = ScrollArea::vertical().auto_shrink(false);
        let now = editor.view.focus;
        if lines.len() <= ALL {
            scroll.show(ui, |ui| lines.iter().for_each(|line| show_line(ui, line, now, &mut chosen)));
        } else {
            scroll.show_rows(ui, LINE, lines.len(), |ui, range| {
                lines[range].iter().for_each(|line| show_line(ui, line, now, &mut chosen));
            });
        }
    });
    if let Some(lead) = chosen {
        follow(editor, lead);
        editor.view.take_keyboard = true;
    }
}

fn follow(editor: &mut EditorState, lead: Lead) {
    match lead {
        Lead::Focus(focus) => go_to(&mut editor.gesture_context(), focus),
        Lead::Annotation(kind, id) => {
            if let Some(place) =
                editor.scene.annotations.iter().find(|place| place.kind == kind && place.id == id)
            {
                editor.view.transform.reveal(place.rect);
            }
            editor.view.selection.set_annotation((kind, id));
        }
    }
}

fn show_line(ui: &mut Ui, line: &Line, now: Option<Focus>, chosen: &mut Option<Lead>) {
    ui.horizontal(|ui| {
        ui.set_height(LINE);
        ui.add_space(if line.is_part { 16.0 } else { 0.0 });
        let text =
            if line.is_part { RichText::new(&line.text).small() } else { RichText::new(&line.text).strong() };
        let Some(lead) = &line.leads_to else {
            ui.add_space(8.0);
            ui.label(text);
            return;
        };
        let is_here = matches!(lead, Lead::Focus(focus) if now == Some(*focus));
        if ui.selectable_label(is_here, text).clicked() {
            *chosen = Some(lead.clone());
        }
    });
}

/// The whole patch in lines, in the order in which the nodes compute; unreachable ones come last.
fn lines(document: &Document, order: &[Arc<str>]) -> Vec<Line> {
    let patch = document.patch();
    let mut nodes: Vec<(usize, NodeIndex, &Node)> = patch
        .nodes()
        .map(|(index, node)| (order.iter().position(|id| *id == node.id).unwrap_or(usize::MAX), index, node))
        .collect();
    nodes.sort_by_key(|(place, _, _)| *place);
    let mut lines = Vec::new();
    for (kind, id, annotation) in patch.annotations() {
        let what = if kind == AnnotationKind::Frame { "Frame" } else { "Comment" };
        lines.push(Line {
            text: format!("{what}: {}", annotation.text),
            is_part: false,
            leads_to: Some(Lead::Annotation(kind, id.clone())),
        });
    }
    for (_, index, node) in nodes {
        let kind =
            node.spec().map_or_else(|| format!("{} is missing", node.type_id()), |spec| spec.name.to_owned());
        let muted = if node.muted { ", muted" } else { "" };
        let text = format!("{}: {kind}{muted}", node.id);
        lines.push(Line { text, is_part: false, leads_to: Some(Lead::Focus(Focus::Node(index))) });
        if let Some(seed) = node.seed {
            lines.push(Line { text: format!("seed: {seed}"), is_part: true, leads_to: None });
        }
        lines.extend(settings(node).map(|text| Line { text, is_part: true, leads_to: None }));
        for (port, name) in node.input_names().enumerate() {
            let at = PortRef { node: index, port };
            let text = input_text(document, at, name);
            lines.push(Line {
                text,
                is_part: true,
                leads_to: Some(Lead::Focus(Focus::Port(PortId { side: Side::Input, at }))),
            });
        }
        for (port, name) in node.output_names().enumerate() {
            let at = PortRef { node: index, port };
            let text = output_text(document, at, name);
            lines.push(Line {
                text,
                is_part: true,
                leads_to: Some(Lead::Focus(Focus::Port(PortId { side: Side::Output, at }))),
            });
        }
    }
    lines
}

fn settings(node: &Node) -> impl Iterator<Item = String> {
    let known = match &node.body {
        NodeBody::Known { spec, settings, .. } => Some(spec.settings.iter().zip(settings.values())),
        NodeBody::Unknown(_) => None,
    };
    let text = |(setting, value): (&jackfield_node::Setting, &jackfield_node::SettingValue)| {
        format!("{}: {}", setting.name, setting_text(&setting.kind, value))
    };
    known.into_iter().flatten().map(text)
}

/// An input with its value and where its signals come from.
fn input_text(document: &Document, at: PortRef, name: &str) -> String {
    let patch = document.patch();
    let value = knob_value(patch, at).map(|(knob, value)| format!(" {}", value_text::format(&knob, value)));
    let mut text = format!("{name}{}", value.unwrap_or_default());
    for cable in document.cables_at_input(at) {
        if let (Some(ends), Some((_, _, content))) = (patch.ends(cable), patch.cable(cable)) {
            let depth =
                if content.depth == 1.0 { String::new() } else { format!(" times {}", content.depth) };
            text += &format!(", from {}.{}{depth}", ends.from, ends.output);
        }
    }
    text
}

/// An output and where its signal goes.
fn output_text(document: &Document, at: PortRef, name: &str) -> String {
    let patch = document.patch();
    let mut ends: Vec<_> = patch
        .cables_out_of(at.node)
        .filter(|cable| cable.1 == at)
        .filter_map(|cable| patch.ends(cable.0))
        .collect();
    ends.sort();
    let to: Vec<String> = ends.iter().map(|ends| format!("{}.{}", ends.to, ends.input)).collect();
    if to.is_empty() { format!("{name}, not connected") } else { format!("{name}, to {}", to.join(" and ")) }
}
