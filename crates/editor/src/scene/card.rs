//! The layout of a card: where header, ports, knobs, settings and face of a node stand. It follows from
//! the spec alone, on the 8-point grid, relative to the card's left top.
//!
//! ```text
//! +------------------------+
//! | lfo                    |  header
//! o in                out o|  plain inputs and outputs share rows
//! o (k) rate       1.0 Hz  |  a knob has a row with its port, dial, name and value
//! | shape           sine   |  a setting has a row without a port
//! | ~~~~~~~~~~~~~~~~~~~~~~ |  face
//! +------------------------+
//! ```

use crate::theme::GRID;
use egui::{Pos2, Rect, Vec2, pos2, vec2};
use jackfield_node::{Face, NodeSpec, PortKind, SettingKind};
use jackfield_patch::{Node, NodeBody};
use std::sync::Arc;

/// Height of the header.
pub(crate) const HEADER: f32 = 24.0;
/// Height of a row.
pub(crate) const ROW: f32 = 24.0;
/// Radius of a port.
pub(crate) const PORT: f32 = 5.0;
/// Radius of a knob's value arc.
pub(crate) const KNOB: f32 = 8.0;
/// Width of a card with knobs or settings.
const WIDE: f32 = 168.0;
/// Width of a card with ports only.
const NARROW: f32 = 112.0;
/// Where a knob's dial stands from the left.
const DIAL: f32 = 20.0;

/// The layout of a card; all places relative to its left top.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CardLayout {
    pub(crate) size: Vec2,
    pub(crate) inputs: Vec<PortPlace>,
    pub(crate) outputs: Vec<PortPlace>,
    /// The row of each setting; a row of steps has its place in the face.
    pub(crate) settings: Vec<Rect>,
    pub(crate) face: Option<Rect>,
}

/// Where a port stands and what it is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PortPlace {
    pub(crate) name: Arc<str>,
    pub(crate) kind: PortKind,
    /// The port's middle.
    pub(crate) at: Pos2,
    /// The middle of its knob, if it has one.
    pub(crate) dial: Option<Pos2>,
    /// Where the knob's value is written.
    pub(crate) value: Rect,
}

impl CardLayout {
    /// The layout of a node.
    pub(crate) fn of(node: &Node) -> Self {
        match &node.body {
            NodeBody::Known { spec, .. } => Self::of_spec(spec),
            NodeBody::Unknown(unknown) => {
                let plain = |name: &String| (Arc::from(name.as_str()), PortKind::Control, false);
                let inputs = unknown.inputs.iter().map(plain);
                let outputs =
                    unknown.outputs.iter().map(|name| (Arc::from(name.as_str()), PortKind::Control));
                Self::new(inputs, outputs, 0, None, WIDE)
            }
        }
    }

    /// The layout of a node type.
    pub(crate) fn of_spec(spec: &NodeSpec) -> Self {
        let inputs = spec.inputs.iter().map(|input| (input.name.into(), input.kind, input.knob.is_some()));
        let outputs = spec.outputs.iter().map(|output| (output.name.into(), output.kind));
        let has_knob = spec.inputs.iter().any(|input| input.knob.is_some());
        let rows = spec.settings.iter().filter(|setting| !is_in_face(spec, &setting.kind)).count();
        let face = face_size(spec);
        let narrowest = if has_knob || rows > 0 { WIDE } else { NARROW };
        let width = face.map_or(narrowest, |face| narrowest.max(face.x + 2.0 * GRID));
        let mut layout = Self::new(inputs, outputs, rows, face.map(|face| face.y), width);
        if rows < spec.settings.len() {
            let mut rects = layout.settings.clone().into_iter();
            let face = layout.face.unwrap_or(Rect::NOTHING);
            let place =
                |kind| if is_in_face(spec, kind) { face } else { rects.next().unwrap_or(Rect::NOTHING) };
            layout.settings = spec.settings.iter().map(|setting| &setting.kind).map(place).collect();
        }
        layout
    }

    fn new(
        inputs: impl Iterator<Item = (Arc<str>, PortKind, bool)>,
        outputs: impl Iterator<Item = (Arc<str>, PortKind)>,
        settings: usize,
        face: Option<f32>,
        width: f32,
    ) -> Self {
        let (mut plain, mut knobs) = (0, 0);
        let middle = |row: usize| HEADER + (row as f32 + 0.5) * ROW;
        let outputs: Vec<_> = outputs
            .enumerate()
            .map(|(row, (name, kind))| {
                let at = pos2(width, middle(row));
                PortPlace { name, kind, at, dial: None, value: Rect::NOTHING }
            })
            .collect();
        let inputs: Vec<_> = inputs.collect();
        let shared = outputs.len().max(inputs.iter().filter(|input| !input.2).count());
        let inputs: Vec<_> = inputs
            .into_iter()
            .map(|(name, kind, is_knob)| {
                let place = if is_knob { &mut knobs } else { &mut plain };
                let row = *place + if is_knob { shared } else { 0 };
                *place += 1;
                let y = middle(row);
                let value = Rect::from_min_max(
                    pos2(width - 8.0 * GRID, y - ROW / 2.0),
                    pos2(width - GRID, y + ROW / 2.0),
                );
                PortPlace {
                    name,
                    kind,
                    at: pos2(0.0, y),
                    dial: is_knob.then_some(pos2(DIAL, y)),
                    value: if is_knob { value } else { Rect::NOTHING },
                }
            })
            .collect();
        let mut bottom = HEADER + (shared + knobs) as f32 * ROW;
        let row =
            |top: f32, height: f32| Rect::from_min_size(pos2(GRID, top), vec2(width - 2.0 * GRID, height));
        let settings_top = bottom;
        let settings =
            (0..settings).map(|index| row(settings_top + index as f32 * ROW, ROW)).collect::<Vec<_>>();
        bottom += settings.len() as f32 * ROW;
        let place = face.map(|height| row(bottom + GRID / 2.0, height));
        bottom += face.map_or(0.0, |height| height + GRID);
        Self { size: vec2(width, bottom + GRID), inputs, outputs, settings, face: place }
    }
}

/// Whether a setting is drawn in the face instead of a row.
fn is_in_face(spec: &NodeSpec, setting: &SettingKind) -> bool {
    spec.face == Face::Steps && matches!(setting, SettingKind::Steps(..))
}
/// Size of a face on the canvas; nothing for a node without one.
fn face_size(spec: &NodeSpec) -> Option<Vec2> {
    // With the margins at its sides, each is a whole number of grid steps.
    match spec.face {
        Face::Plain => None,
        // Where there are lamps, they have a row of their own.
        Face::Meter if spec.outputs.iter().any(|output| output.kind == PortKind::Gate) => {
            Some(vec2(152.0, 48.0))
        }
        Face::Meter | Face::Value => Some(vec2(152.0, 32.0)),
        Face::Waveform | Face::Keyboard | Face::Steps | Face::File => Some(vec2(152.0, 64.0)),
        Face::Tuner | Face::Loudness => Some(vec2(152.0, 72.0)),
        Face::Scope | Face::Spectrum | Face::Spectrogram => Some(vec2(248.0, 120.0)),
        Face::Xy => Some(vec2(152.0, 152.0)),
    }
}
