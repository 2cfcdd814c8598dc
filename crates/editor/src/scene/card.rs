//! The layout of a card: where header, ports, face, settings and knobs of a node stand. It follows from
//! the spec alone, on the 8-point grid, relative to the card's left top.
//!
//! ```text
//! +------------------------------+
//! | ~ LFO                        |  header
//! o in    +----------------+  out o  first ports 44 below the top on every card
//! o sync  |      face      |       |
//! |       +----------------+       |
//! | shape                    sine  |  settings
//! |   (k)       (k)       (k)      |  knobs, each with its name and value below
//! |   rate     phase      width    |
//! |  1.0 Hz     0 %       50 %     |
//! +---^---------^---------^--------+  docks: sound runs left to right, modulation rises from below
//! ```

use crate::theme::GRID;
use egui::{Pos2, Rect, Vec2, pos2, vec2};
use jackfield_node::{Face, NodeSpec, PortKind, SettingKind};
use jackfield_patch::{Node, NodeBody};
use std::sync::Arc;

/// Height of the header.
pub(crate) const HEADER: f32 = 32.0;
/// Height of a row of ports.
pub(crate) const ROW: f32 = 24.0;
/// Height of a setting, and from one to the next.
const SETTING: f32 = 20.0;
const SETTING_PITCH: f32 = 24.0;
/// Radius of a port at the sides.
pub(crate) const PORT: f32 = 5.0;
/// Radius of a knob's value arc.
pub(crate) const KNOB: f32 = 14.0;
/// Width of a knob's cell, and height of a row of them.
const CELL: f32 = 56.0;
const KNOBS: f32 = 88.0;
/// How far below the top of its row the middle of a dial is, and those of its name and its value.
const DIAL: f32 = 24.0;
pub(crate) const KNOB_NAME: f32 = 29.0;
const KNOB_VALUE: f32 = 43.5;
/// Most knobs in a row, and on cards that have more than eight.
const PER_ROW: usize = 4;
const PER_WIDE_ROW: usize = 6;
/// The narrowest card.
const NARROWEST: f32 = 120.0;
/// The narrowest with settings, whose names and values share a line.
const WITH_SETTINGS: f32 = 168.0;
/// Width of a letter of small text, about; a label that is wider is cut off.
const LETTER: f32 = 5.6;
/// How far from the edge a port's label begins.
pub(crate) const LABEL: f32 = 14.0;

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
    /// The port's middle: on an edge at the side, that of a knob on the lower edge.
    pub(crate) at: Pos2,
    /// The middle of its knob, if it has one.
    pub(crate) dial: Option<Pos2>,
    /// Where the knob's value is written.
    pub(crate) value: Rect,
    /// Whether its name stands beside it: where it is the only one on its side, the card says enough.
    pub(crate) is_labelled: bool,
}

/// A port as the layout takes it: name, kind, and whether it has a knob.
type Port = (Arc<str>, PortKind, bool);

impl CardLayout {
    /// The layout of a node.
    pub(crate) fn of(node: &Node) -> Self {
        match &node.body {
            NodeBody::Known { spec, .. } => Self::of_spec(spec),
            NodeBody::Unknown(unknown) => {
                let plain = |name: &String| (Arc::from(name.as_str()), PortKind::Control, false);
                let inputs: Vec<Port> = unknown.inputs.iter().map(plain).collect();
                let outputs: Vec<Port> = unknown.outputs.iter().map(plain).collect();
                Self::new(&inputs, &outputs, 0, None, WITH_SETTINGS)
            }
        }
    }

    /// The layout of a node type.
    pub(crate) fn of_spec(spec: &NodeSpec) -> Self {
        let inputs: Vec<Port> =
            spec.inputs.iter().map(|input| (input.name.into(), input.kind, input.knob.is_some())).collect();
        let outputs: Vec<Port> =
            spec.outputs.iter().map(|output| (output.name.into(), output.kind, false)).collect();
        let rows = spec.settings.iter().filter(|setting| !is_in_face(spec, &setting.kind)).count();
        let narrowest = if rows > 0 { WITH_SETTINGS } else { NARROWEST };
        let mut layout =
            Self::new(&inputs, &outputs, rows, face_size(spec), narrowest.max(title_width(spec.name)));
        if rows < spec.settings.len() {
            let mut rects = layout.settings.clone().into_iter();
            let face = layout.face.unwrap_or(Rect::NOTHING);
            let place =
                |kind| if is_in_face(spec, kind) { face } else { rects.next().unwrap_or(Rect::NOTHING) };
            layout.settings = spec.settings.iter().map(|setting| &setting.kind).map(place).collect();
        }
        layout
    }

    fn new(inputs: &[Port], outputs: &[Port], settings: usize, face: Option<Vec2>, narrowest: f32) -> Self {
        let plain = inputs.iter().filter(|input| !input.2).count();
        let knobs = inputs.len() - plain;
        let (left, right) = (side_width(inputs.iter().filter(|input| !input.2)), side_width(outputs.iter()));
        let rows = rows_of_knobs(knobs);
        let per_row = knobs.checked_div(rows).map_or(0, |_| knobs.div_ceil(rows));
        let between = face.map_or(GRID, |face| face.x);
        let width = (per_row as f32 * CELL + 2.0 * GRID).max(narrowest).max(left + right + between);
        let width = grid_up(width);
        let band = (plain.max(outputs.len()) as f32 * ROW).max(face.map_or(0.0, |face| face.y + GRID));
        let face = face.map(|_| {
            let top = HEADER + GRID / 2.0;
            Rect::from_min_max(pos2(left, top), pos2(width - right, HEADER + band - GRID / 2.0))
        });
        let mut y = HEADER + band + GRID;
        let row = |top: f32| Rect::from_min_size(pos2(GRID, top), vec2(width - 2.0 * GRID, SETTING));
        let settings: Vec<Rect> = (0..settings).map(|index| row(y + index as f32 * SETTING_PITCH)).collect();
        if !settings.is_empty() {
            y += settings.len() as f32 * SETTING_PITCH + GRID / 2.0;
        }
        let bottom = grid_up(y + rows as f32 * KNOBS);
        let grid = KnobGrid { count: knobs, rows, per_row, top: y, bottom, width };
        let side = |place: usize| HEADER + (place as f32 + 0.5) * ROW;
        let outputs = outputs.iter().enumerate().map(|(place, (name, kind, _))| PortPlace {
            name: name.clone(),
            kind: *kind,
            at: pos2(width, side(place)),
            dial: None,
            value: Rect::NOTHING,
            is_labelled: outputs.len() > 1,
        });
        let (mut places, mut dials) = (0.., 0..);
        let inputs = inputs.iter().map(|(name, kind, is_knob)| {
            let place = if *is_knob { dials.next() } else { places.next() }.unwrap_or_default();
            let (at, dial, value) =
                if *is_knob { grid.place(place) } else { (pos2(0.0, side(place)), None, Rect::NOTHING) };
            let is_labelled = !is_knob && plain > 1;
            PortPlace { name: name.clone(), kind: *kind, at, dial, value, is_labelled }
        });
        Self {
            size: vec2(width, bottom),
            inputs: inputs.collect(),
            outputs: outputs.collect(),
            settings,
            face,
        }
    }
}

/// Where the knobs of a card stand.
struct KnobGrid {
    count: usize,
    rows: usize,
    per_row: usize,
    /// Top of the first row.
    top: f32,
    /// The card's lower edge.
    bottom: f32,
    width: f32,
}

impl KnobGrid {
    /// The dock, the dial and the value of a knob.
    fn place(&self, knob: usize) -> (Pos2, Option<Pos2>, Rect) {
        let (row, column) = (knob / self.per_row, knob % self.per_row);
        let in_row = self.per_row.min(self.count - row * self.per_row);
        let pitch = ((self.width - 2.0 * GRID) / self.per_row as f32).min(72.0);
        let x = self.width / 2.0 + (column as f32 - (in_row as f32 - 1.0) / 2.0) * pitch;
        let dial = pos2(x, self.top + row as f32 * KNOBS + DIAL);
        // The last row has its docks right under it; those of the rows above stand between its columns.
        let above = self.rows - 1 - row;
        let in_last = self.count - (self.rows - 1) * self.per_row;
        // An odd number fewer stand between the columns already.
        let is_between = above > 0 && (self.per_row - in_last) % 2 == 1;
        let aside = above as f32 * pitch / self.rows as f32 - if is_between { pitch / 2.0 } else { 0.0 };
        // The nearer side, so that none is pushed over the edge.
        let aside = if aside > pitch / 2.0 { aside - pitch } else { aside };
        let dock = pos2((x - aside).max(GRID), self.bottom);
        let value = Rect::from_center_size(dial + vec2(0.0, KNOB_VALUE), vec2(pitch.min(CELL), 15.0));
        (dock, Some(dial), value)
    }
}

/// In how many rows so many knobs stand.
fn rows_of_knobs(count: usize) -> usize {
    if count <= 2 * PER_ROW { count.div_ceil(PER_ROW) } else { count.div_ceil(PER_WIDE_ROW) }
}

/// Width of the column of labels on a side.
fn side_width<'p>(ports: impl Iterator<Item = &'p Port>) -> f32 {
    let lengths: Vec<usize> = ports.map(|port| port.0.chars().count()).collect();
    match lengths[..] {
        [] => GRID,
        [_] => 2.0 * GRID,
        _ => {
            let longest = lengths.into_iter().max().unwrap_or(0) as f32;
            grid_up((LABEL + longest * LETTER + 6.0).min(112.0))
        }
    }
}

/// Width of a card on which the type's name can be read.
fn title_width(name: &str) -> f32 {
    grid_up((46.0 + name.chars().count() as f32 * 6.8).min(248.0))
}

fn grid_up(length: f32) -> f32 {
    (length / GRID).ceil() * GRID
}

/// Whether a setting is drawn in the face instead of a row.
fn is_in_face(spec: &NodeSpec, setting: &SettingKind) -> bool {
    spec.face == Face::Steps && matches!(setting, SettingKind::Steps(..))
}

/// Least size of a face on the canvas; nothing for a node without one.
fn face_size(spec: &NodeSpec) -> Option<Vec2> {
    match spec.face {
        Face::Plain => None,
        // Where there are lamps, they have a row of their own.
        Face::Meter if spec.outputs.iter().any(|output| output.kind == PortKind::Gate) => {
            Some(vec2(120.0, 72.0))
        }
        Face::Meter | Face::Value => Some(vec2(120.0, 48.0)),
        Face::Waveform | Face::File => Some(vec2(112.0, 72.0)),
        Face::Keyboard | Face::Steps => Some(vec2(152.0, 72.0)),
        Face::Tuner | Face::Loudness => Some(vec2(152.0, 80.0)),
        Face::Scope | Face::Spectrum | Face::Spectrogram => Some(vec2(248.0, 128.0)),
        Face::Xy => Some(vec2(152.0, 152.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(name: &str, is_knob: bool) -> Port {
        (name.into(), PortKind::Control, is_knob)
    }

    #[test]
    fn first_ports_stand_equally_high_and_all_on_the_grid() {
        for knobs in 0..14 {
            for plain in 0..4 {
                let mut inputs: Vec<Port> = (0..plain).map(|_| port("in", false)).collect();
                inputs.extend((0..knobs).map(|_| port("knob", true)));
                let layout = CardLayout::new(&inputs, &[port("out", false)], knobs % 3, None, NARROWEST);
                let first = layout.inputs.iter().find(|place| place.dial.is_none());
                for place in first.into_iter().chain(&layout.outputs) {
                    assert_eq!(place.at.y, 44.0, "{knobs} knobs, {plain} inputs");
                }
                assert_eq!((layout.size.x % GRID, layout.size.y % GRID), (0.0, 0.0));
            }
        }
    }

    #[test]
    fn docks_stand_under_their_knobs_and_apart() {
        for knobs in 1..=18 {
            let inputs: Vec<Port> = (0..knobs).map(|_| port("knob", true)).collect();
            let layout = CardLayout::new(&inputs, &[], 0, None, NARROWEST);
            let last_row = layout.inputs.iter().map(|place| place.dial.unwrap().y).fold(0.0, f32::max);
            for place in &layout.inputs {
                assert_eq!(place.at.y, layout.size.y);
                let dial = place.dial.unwrap();
                assert!(dial.y < last_row || dial.x == place.at.x, "{knobs} knobs: right under it");
                assert!(Rect::from_min_size(Pos2::ZERO, layout.size).contains_rect(place.value));
            }
            let mut docks: Vec<f32> = layout.inputs.iter().map(|place| place.at.x).collect();
            docks.sort_by(f32::total_cmp);
            assert!(docks.windows(2).all(|pair| pair[1] - pair[0] >= 12.0), "{knobs} knobs: {docks:?}");
        }
    }
}
