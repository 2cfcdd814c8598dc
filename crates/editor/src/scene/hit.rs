//! Hit testing: what is under the cursor. Small things have generous targets, and those that lie on top
//! come first.

use super::Transform;
use super::card::{HEADER, KNOB};
use super::{Card, PortId, Scene, Side};
use crate::selection::Selection;
use egui::{Pos2, Rect};
use jackfield_patch::{AnnotationKind, CableIndex, NodeIndex, PortRef};

/// Height of a frame's title, by which it is dragged.
pub(crate) const TITLE: f32 = 24.0;
/// Size of the corner by which an annotation is made larger.
pub(crate) const CORNER: f32 = 14.0;

/// Below this zoom the parts of a card are too small to be meant.
pub(crate) const DETAIL: f32 = 0.4;
/// How near to a port one has to be, on the screen.
const PORT_REACH: f32 = 11.0;
/// How near to a cable, on the screen.
const CABLE_REACH: f32 = 6.0;
/// The ring around a knob's dial in which its depth is dragged, on the canvas.
const RING: std::ops::Range<f32> = KNOB + 2.5..KNOB + 9.0;
/// The part of a knob's cell around its dial that turns it.
const TURNS: f32 = 26.0;

/// What is under the cursor.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Target {
    /// Bare canvas.
    #[default]
    Empty,
    /// A card, where nothing particular is.
    Card(NodeIndex),
    /// A card's header.
    Header(NodeIndex),
    /// A port.
    Port(PortId),
    /// A knob's dial.
    Knob(PortRef),
    /// The ring around a dial with cables: their depth.
    Ring(PortRef),
    /// A knob's value.
    Value(PortRef),
    /// The row of a setting.
    Setting(NodeIndex, usize),
    /// A card's face.
    Face(NodeIndex),
    /// A comment or a frame's title, by its position in the scene.
    Annotation(usize),
    /// The corner of one.
    Corner(usize),
    /// A cable, and how far along it.
    Cable(CableIndex, f32),
}

impl Target {
    /// The node it belongs to.
    pub(crate) fn node(self) -> Option<NodeIndex> {
        match self {
            Self::Card(node) | Self::Header(node) | Self::Setting(node, _) | Self::Face(node) => Some(node),
            Self::Port(port) => Some(port.at.node),
            Self::Knob(port) | Self::Ring(port) | Self::Value(port) => Some(port.node),
            Self::Empty | Self::Cable(..) | Self::Annotation(_) | Self::Corner(_) => None,
        }
    }

    /// The knob it belongs to.
    pub(crate) fn knob(self) -> Option<PortRef> {
        match self {
            Self::Knob(port) | Self::Ring(port) | Self::Value(port) => Some(port),
            _ => None,
        }
    }
}

impl Scene {
    /// What is at this point of the screen. Selected cards lie above the others.
    pub(crate) fn hit(&self, transform: &Transform, selection: &Selection, at: Pos2) -> Target {
        let point = transform.to_canvas(at);
        let fine = transform.zoom >= DETAIL;
        if fine && let Some(port) = self.port_near(transform, at, |_| true) {
            return Target::Port(port);
        }
        if let Some(card) = self.card_at(selection, point) {
            return if fine {
                self.part(card, point - card.rect.min.to_vec2())
            } else {
                Target::Card(card.node)
            };
        }
        match self.cable_near(point, CABLE_REACH / transform.zoom) {
            Some((cable, t)) => Target::Cable(cable, t),
            None => self.annotation_at(point, transform.zoom),
        }
    }

    /// The topmost comment, frame's title or corner at a point of the canvas.
    fn annotation_at(&self, point: Pos2, zoom: f32) -> Target {
        let corner = CORNER / zoom.min(1.0);
        let under = self.annotations.iter().enumerate().rev().filter(|(_, place)| place.rect.contains(point));
        for (number, place) in under {
            let from_corner = place.rect.max - point;
            if from_corner.x < corner && from_corner.y < corner {
                return Target::Corner(number);
            }
            let is_grip = place.kind == AnnotationKind::Comment || point.y < place.rect.top() + TITLE;
            if is_grip {
                return Target::Annotation(number);
            }
        }
        Target::Empty
    }

    /// The topmost card at a point of the canvas.
    pub(crate) fn card_at(&self, selection: &Selection, point: Pos2) -> Option<&Card> {
        let under = || self.cards.iter().rev().filter(|card| card.rect.contains(point));
        under().find(|card| selection.nodes.contains(&card.id)).or_else(|| under().next())
    }

    /// The nearest port within reach that `wanted` accepts.
    pub(crate) fn port_near(
        &self,
        transform: &Transform,
        at: Pos2,
        wanted: impl Fn(PortId) -> bool,
    ) -> Option<PortId> {
        let point = transform.to_canvas(at);
        let reach = PORT_REACH / transform.zoom.min(1.0);
        let near = self.cards.iter().filter(|card| card.rect.expand(reach).contains(point));
        let ports = near.flat_map(|card| card.ports().map(move |(port, place)| (card, port, place)));
        ports
            .filter_map(|(card, port, place)| {
                let middle = card.rect.min + place.at.to_vec2();
                let distance = middle.distance(point);
                // Above a dock is the value of its knob.
                let within = if place.dial.is_some() { reach.min(12.0) } else { reach };
                (distance <= within && wanted(port)).then_some((distance, port))
            })
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, port)| port)
    }

    /// The nearest cable within `reach` on the canvas; of equally near ones the topmost.
    pub(crate) fn cable_near(&self, point: Pos2, reach: f32) -> Option<(CableIndex, f32)> {
        let near = self.wires.iter().filter_map(|wire| {
            let (distance, t) = wire.curve.near(point, reach)?;
            Some((distance, wire.cable, t))
        });
        near.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, cable, t)| (cable, t))
    }

    /// The cards that touch a rectangle of the canvas.
    pub(crate) fn cards_in(&self, area: Rect) -> impl Iterator<Item = &Card> {
        self.cards.iter().filter(move |card| card.rect.intersects(area))
    }

    /// What is at a point relative to a card.
    fn part(&self, card: &Card, point: Pos2) -> Target {
        let node = card.node;
        for (port, place) in card.layout.inputs.iter().enumerate() {
            let port = PortRef { node, port };
            if let Some(dial) = place.dial {
                let distance = dial.distance(point);
                if self.is_patched(port) && RING.contains(&distance) {
                    return Target::Ring(port);
                }
                if place.value.contains(point) {
                    return Target::Value(port);
                }
                // The name below turns it as well.
                let is_name = (point - dial).abs().x < TURNS && (0.0..36.0).contains(&(point.y - dial.y));
                if distance < TURNS || is_name {
                    return Target::Knob(port);
                }
            }
        }
        if card.layout.face.is_some_and(|face| face.contains(point)) {
            return Target::Face(node);
        }
        if let Some(setting) = card.layout.settings.iter().position(|row| row.contains(point)) {
            return Target::Setting(node, setting);
        }
        if point.y < HEADER { Target::Header(node) } else { Target::Card(node) }
    }

    /// Where a knob's dial stands on the canvas.
    pub(crate) fn dial(&self, knob: PortRef) -> Option<Pos2> {
        let card = self.card(knob.node)?;
        Some(card.rect.min + card.port(Side::Input, knob.port)?.dial?.to_vec2())
    }

    /// Where a knob's value stands on the canvas.
    pub(crate) fn value_rect(&self, knob: PortRef) -> Option<Rect> {
        let card = self.card(knob.node)?;
        let place = card.port(Side::Input, knob.port)?;
        place.dial?;
        Some(place.value.translate(card.rect.min.to_vec2()))
    }

    /// The row of a setting on the canvas.
    pub(crate) fn setting_rect(&self, node: NodeIndex, setting: usize) -> Option<Rect> {
        let card = self.card(node)?;
        Some(card.layout.settings.get(setting)?.translate(card.rect.min.to_vec2()))
    }
}
