//! Cable: pull a cable from a port, or take one by its end and put that elsewhere.
//!
//! From an output or a bare input a new cable starts; from an input with cables the last one comes along
//! (Ctrl: a new one starts, to stack cables). A new cable dropped on bare canvas opens the browser with
//! what fits; an end pulled off is gone.

use super::{GestureContext, splice};
use crate::node_request::{Anchor, NodeRequest};
use crate::scene::{Curve, PortId, Scene, Side, Transform, curve_shape};
use crate::theme::Palette;
use egui::{Painter, Pos2, Stroke};
use jackfield_patch::{CableEnds, CableIndex, CableOptions, Edit, PortRef};

/// A cable with one end in the hand.
#[derive(Debug)]
pub(crate) struct CableDrag {
    /// The end that stays.
    fixed: PortId,
    /// The cable that was taken up, if it is no new one.
    lifted: Option<CableEnds>,
    options: CableOptions,
    /// Where the hand is on the canvas.
    to: Pos2,
    /// The port where the hand's end would go.
    onto: Option<PortId>,
}

impl CableDrag {
    /// From a port.
    pub(crate) fn from_port(context: &mut GestureContext<'_>, port: PortId) -> Self {
        let taken = match port.side {
            Side::Input if !context.pointer.modifiers.command => {
                context.document.cables_at_input(port.at).pop()
            }
            _ => None,
        };
        let lifted = taken.and_then(|cable| Self::lift(context, cable, Side::Input));
        lifted.unwrap_or_else(|| Self {
            fixed: port,
            lifted: None,
            options: CableOptions::default(),
            to: context.here(),
            onto: None,
        })
    }

    /// By the nearer end of a cable.
    pub(crate) fn from_cable(context: &mut GestureContext<'_>, cable: CableIndex, t: f32) -> Option<Self> {
        Self::lift(context, cable, if t < 0.5 { Side::Output } else { Side::Input })
    }

    /// Takes up a cable by its end on this side.
    fn lift(context: &GestureContext<'_>, cable: CableIndex, side: Side) -> Option<Self> {
        let patch = context.document.patch();
        let (from, to, content) = patch.cable(cable)?;
        let fixed = match side {
            Side::Input => PortId::output(from),
            Side::Output => PortId::input(to),
        };
        let options = CableOptions::of(content);
        Some(Self { fixed, lifted: patch.ends(cable), options, to: context.here(), onto: None })
    }

    /// The side of the ports it can end at.
    pub(crate) fn seeks(&self) -> Side {
        self.fixed.side.other()
    }

    /// The cable that was taken up.
    pub(crate) fn lifted(&self) -> Option<&CableEnds> {
        self.lifted.as_ref()
    }

    pub(crate) fn update(&mut self, context: &mut GestureContext<'_>) {
        self.to = context.here();
        let side = self.fixed.side.other();
        let near = context.scene.port_near(context.transform(), context.pointer.at, |port| port.side == side);
        self.onto = near.or_else(|| self.best_port_under(context));
    }

    /// On a card, but near no port of it: the port that suits best.
    fn best_port_under(&self, context: &GestureContext<'_>) -> Option<PortId> {
        let card = context.scene.card_at(&context.view.selection, self.to)?;
        if card.node == self.fixed.at.node {
            return None;
        }
        let spec = context.document.patch().node(card.node)?.spec()?;
        let kind = context.scene.kind(self.fixed)?;
        let node = card.node;
        match self.fixed.side {
            Side::Output => splice::best_input(spec, kind).map(|port| PortId::input(PortRef { node, port })),
            Side::Input => splice::best_output(spec, kind).map(|port| PortId::output(PortRef { node, port })),
        }
    }

    pub(crate) fn finish(mut self, context: &mut GestureContext<'_>) {
        self.update(context);
        if let Some(onto) = self.onto {
            self.connect(context, onto);
        } else if context.scene.card_at(&context.view.selection, self.to).is_none() {
            match self.lifted {
                Some(ends) => {
                    context.edit(Edit::Disconnect { ends });
                }
                None => self.ask(context),
            }
        }
    }

    fn connect(self, context: &mut GestureContext<'_>, onto: PortId) {
        let Some(ends) = context.ends(self.fixed, onto) else { return };
        if self.lifted.as_ref() == Some(&ends) {
            return;
        }
        let connect = Edit::Connect { ends: ends.clone(), options: self.options };
        let edit = match self.lifted {
            Some(ends) => Edit::Batch(vec![Edit::Disconnect { ends }, connect]),
            None => connect,
        };
        if context.edit(edit) {
            context.selection().set_cable(ends);
        }
    }

    /// Opens the browser for a node to connect to.
    fn ask(&self, context: &mut GestureContext<'_>) {
        let Some(node) = context.document.patch().node(self.fixed.at.node) else { return };
        let anchor = Anchor::Port(node.id.clone(), self.fixed);
        let kind = context.scene.kind(self.fixed);
        let wanted = kind.map(|kind| (self.fixed.side.other(), kind));
        let (at, screen) = (self.to, context.pointer.at);
        context.view.node_request = Some(NodeRequest { at, screen, anchor: Some(anchor), wanted });
    }

    pub(crate) fn paint(&self, painter: &Painter, scene: &Scene, transform: &Transform, palette: &Palette) {
        let Some(fixed) = scene.port(self.fixed) else { return };
        let end = self.onto.and_then(|port| scene.port(port));
        let free = end.unwrap_or(self.to);
        let input = if self.fixed.side == Side::Input { Some(self.fixed) } else { self.onto };
        let is_dock = input.and_then(|input| scene.dial(input.at)).is_some();
        let curve = match (self.fixed.side, is_dock) {
            (Side::Output, false) => Curve::between(fixed, free),
            (Side::Output, true) => Curve::to_dock(fixed, free),
            (Side::Input, false) => Curve::between(free, fixed),
            (Side::Input, true) => Curve::to_dock(free, fixed),
        };
        let colour = scene.kind(self.fixed).map_or(palette.text, |kind| palette.port(kind));
        painter.add(curve_shape(transform, &curve, Stroke::new(2.5, colour)));
        if let Some(end) = end {
            painter.circle_stroke(transform.to_screen(end), 9.0, Stroke::new(2.0, palette.accent));
        }
    }
}
