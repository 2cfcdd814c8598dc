//! The scene: where every card and cable stands on the canvas. It follows from the patch and is made anew
//! when the patch has changed; what is drawn and what is hit both come from it.

mod card;
mod curve;
mod free_place;
mod hit;
mod transform;

pub(crate) use card::{HEADER, KNOB, KNOB_NAME, LABEL, PORT, PortPlace};
pub(crate) use curve::{Curve, curve_points, curve_shape};
pub(crate) use hit::{CORNER, DETAIL, TITLE, Target};
pub(crate) use transform::{Detail, Transform};

use card::CardLayout;
use egui::{Pos2, Rect, pos2};
use jackfield_node::{NodeSpec, PortKind};
use jackfield_patch::{AnnotationKind, CableIndex, Node, NodeIndex, Patch, PortRef};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Which side of a card a port is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Side {
    Input,
    Output,
}

impl Side {
    /// The side a cable's other end is on.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Input => Self::Output,
            Self::Output => Self::Input,
        }
    }
}

/// The word for what a port's signal means.
pub(crate) fn kind_name(kind: PortKind) -> &'static str {
    match kind {
        PortKind::Audio => "audio",
        PortKind::Pitch => "pitch",
        PortKind::Gate => "gate",
        PortKind::Control => "control",
    }
}

/// A port of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PortId {
    pub(crate) side: Side,
    pub(crate) at: PortRef,
}

impl PortId {
    pub(crate) fn input(at: PortRef) -> Self {
        Self { side: Side::Input, at }
    }

    pub(crate) fn output(at: PortRef) -> Self {
        Self { side: Side::Output, at }
    }
}

/// Width and height of a node's card on the canvas, in points.
pub fn card_size(node: &Node) -> [f32; 2] {
    CardLayout::of(node).size.into()
}

/// The layout of a new node of a type.
pub(crate) fn card_layout(spec: &NodeSpec) -> CardLayout {
    CardLayout::of_spec(spec)
}

/// A node on the canvas.
#[derive(Clone, Debug)]
pub(crate) struct Card {
    pub(crate) node: NodeIndex,
    pub(crate) id: Arc<str>,
    pub(crate) rect: Rect,
    pub(crate) layout: Arc<CardLayout>,
}

/// A cable on the canvas.
#[derive(Clone, Debug)]
pub(crate) struct Wire {
    pub(crate) cable: CableIndex,
    pub(crate) from: PortRef,
    pub(crate) to: PortRef,
    pub(crate) kind: PortKind,
    pub(crate) curve: Curve,
}

/// A comment or frame on the canvas.
#[derive(Clone, Debug)]
pub(crate) struct AnnotationPlace {
    pub(crate) kind: AnnotationKind,
    pub(crate) id: Arc<str>,
    pub(crate) rect: Rect,
}

/// Where everything stands. See the [module](self).
#[derive(Debug, Default)]
pub(crate) struct Scene {
    revision: Option<u64>,
    /// In drawing order: by id, the same for equal patches.
    pub(crate) cards: Vec<Card>,
    /// In drawing order: by the places of what they join.
    pub(crate) wires: Vec<Wire>,
    /// In drawing order: larger frames first, then comments.
    pub(crate) annotations: Vec<AnnotationPlace>,
    /// Position of each node's card, by graph index.
    places: Vec<Option<u32>>,
    /// Positions of the wires that end in each input.
    into: HashMap<PortRef, Vec<u32>>,
    /// The outputs that have cables.
    sources: HashSet<PortRef>,
    layouts: HashMap<&'static str, Arc<CardLayout>>,
}

impl Scene {
    /// Makes the scene anew if the patch has changed.
    pub(crate) fn follow(&mut self, patch: &Patch, revision: u64) -> bool {
        if self.revision == Some(revision) {
            return false;
        }
        self.revision = Some(revision);
        self.cards.clear();
        self.places.clear();
        for (node, content) in patch.nodes() {
            let layout = self.layout(content);
            let rect = Rect::from_min_size(pos2(content.at[0], content.at[1]), layout.size);
            let place = node.index();
            if self.places.len() <= place {
                self.places.resize(place + 1, None);
            }
            self.places[place] = Some(self.cards.len() as u32);
            self.cards.push(Card { node, id: content.id.clone(), rect, layout });
        }
        self.annotations = patch
            .annotations()
            .map(|(kind, id, annotation)| {
                let rect = Rect::from_min_size(annotation.at.into(), annotation.size.into());
                AnnotationPlace { kind, id: id.clone(), rect }
            })
            .collect();
        self.annotations.sort_by(|a, b| {
            let order = |place: &AnnotationPlace| (place.kind == AnnotationKind::Comment, -place.rect.area());
            order(a).0.cmp(&order(b).0).then(order(a).1.total_cmp(&order(b).1)).then(a.id.cmp(&b.id))
        });
        let mut wires = std::mem::take(&mut self.wires);
        wires.clear();
        wires.extend(patch.cables().filter_map(|(cable, from, to, _)| self.wire(cable, from, to)));
        wires.sort_unstable_by_key(|wire| {
            let place = |port: PortRef| (self.place(port.node), port.port);
            (place(wire.from), place(wire.to))
        });
        self.into.clear();
        self.sources = wires.iter().map(|wire| wire.from).collect();
        for (place, wire) in wires.iter().enumerate() {
            self.into.entry(wire.to).or_default().push(place as u32);
        }
        self.wires = wires;
        true
    }

    /// Whether it is that of the patch at this revision.
    pub(crate) fn is_of(&self, revision: u64) -> bool {
        self.revision == Some(revision)
    }

    fn layout(&mut self, node: &Node) -> Arc<CardLayout> {
        match node.spec() {
            Some(spec) => {
                let layout =
                    self.layouts.entry(spec.id).or_insert_with(|| Arc::new(CardLayout::of_spec(spec)));
                layout.clone()
            }
            None => Arc::new(CardLayout::of(node)),
        }
    }

    fn wire(&self, cable: CableIndex, from: PortRef, to: PortRef) -> Option<Wire> {
        let output = self.card(from.node)?.layout.outputs.get(from.port)?;
        let (start, end) = (self.port(PortId::output(from))?, self.port(PortId::input(to))?);
        let is_dock = self.card(to.node)?.layout.inputs.get(to.port)?.dial.is_some();
        let curve = if is_dock { Curve::to_dock(start, end) } else { Curve::between(start, end) };
        Some(Wire { cable, from, to, kind: output.kind, curve })
    }

    fn place(&self, node: NodeIndex) -> Option<u32> {
        self.places.get(node.index()).copied().flatten()
    }

    /// The card of a node.
    pub(crate) fn card(&self, node: NodeIndex) -> Option<&Card> {
        self.cards.get(self.place(node)? as usize)
    }

    /// Where a port stands on the canvas.
    pub(crate) fn port(&self, port: PortId) -> Option<Pos2> {
        let card = self.card(port.at.node)?;
        Some(card.rect.min + card.port(port.side, port.at.port)?.at.to_vec2())
    }

    /// What a port's signal means.
    pub(crate) fn kind(&self, port: PortId) -> Option<PortKind> {
        Some(self.card(port.at.node)?.port(port.side, port.at.port)?.kind)
    }

    /// A port's name.
    pub(crate) fn port_name(&self, port: PortId) -> Option<Arc<str>> {
        Some(self.card(port.at.node)?.port(port.side, port.at.port)?.name.clone())
    }

    /// The wires that end in an input, in drawing order.
    pub(crate) fn wires_into(&self, input: PortRef) -> impl Iterator<Item = &Wire> {
        self.into.get(&input).into_iter().flatten().filter_map(|&place| self.wires.get(place as usize))
    }

    /// Whether an output has cables.
    pub(crate) fn is_source(&self, output: PortRef) -> bool {
        self.sources.contains(&output)
    }

    /// Whether an input has cables.
    pub(crate) fn is_patched(&self, input: PortRef) -> bool {
        self.into.contains_key(&input)
    }

    /// The wire of a cable.
    pub(crate) fn wire_of(&self, cable: CableIndex) -> Option<&Wire> {
        self.wires.iter().find(|wire| wire.cable == cable)
    }

    /// A rectangle around all cards, comments and frames; nothing without any.
    pub(crate) fn bounds(&self) -> Rect {
        let cards = self.cards.iter().map(|card| card.rect);
        let annotations = self.annotations.iter().map(|annotation| annotation.rect);
        cards.chain(annotations).fold(Rect::NOTHING, Rect::union)
    }
}

impl Card {
    /// A port's place in the layout.
    pub(crate) fn port(&self, side: Side, port: usize) -> Option<&PortPlace> {
        match side {
            Side::Input => self.layout.inputs.get(port),
            Side::Output => self.layout.outputs.get(port),
        }
    }

    /// All ports with their places relative to the card.
    pub(crate) fn ports(&self) -> impl Iterator<Item = (PortId, &PortPlace)> {
        let node = self.node;
        let inputs = self.layout.inputs.iter().enumerate();
        let outputs = self.layout.outputs.iter().enumerate();
        inputs
            .map(move |(port, place)| (PortId::input(PortRef { node, port }), place))
            .chain(outputs.map(move |(port, place)| (PortId::output(PortRef { node, port }), place)))
    }
}
