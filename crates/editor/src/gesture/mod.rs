//! Gestures: what a hand does with the mouse, one file each.
//!
//! A gesture begins with a press on a [`Target`], follows the cursor, and ends with the release in an
//! [`Edit`]. Those that are seen while they last (moving, turning) edit all the time, as one step of undo.
//! Escape takes a gesture back. What needs no mouse (copy, tidy, walk) is here too: it ends in an edit as
//! well.

mod align;
mod annotation;
mod cable_drag;
mod catalogue;
mod clipboard;
mod colour;
mod delete;
mod depth;
mod duplicate;
mod insert;
mod knob_turn;
mod move_nodes;
mod pan;
mod rectangle;
mod ring;
mod seed;
mod setting;
mod splice;
mod steps;
mod swap;
mod tidy;
mod type_value;
mod walk;

pub(crate) use align::{Alignment, align};
pub(crate) use annotation::{comment, frame};
pub(crate) use catalogue::GESTURES;
pub(crate) use clipboard::{copy, paste};
pub(crate) use colour::{HUES, colour, next_colour};
pub(crate) use delete::{delete, heal};
pub(crate) use depth::{Modulation, cable_of_knob, modulation};
pub(crate) use duplicate::duplicate;
pub(crate) use insert::insert;
pub(crate) use knob_turn::{knob_value, reset, scroll};
pub use knob_turn::{part_of_range, value_at_part};
pub(crate) use seed::seed_menu;
pub(crate) use setting::{choices, next_value, text as setting_text};
pub(crate) use swap::swap;
pub(crate) use tidy::tidy;
pub(crate) use type_value::rename;
pub(crate) use walk::{Direction, current, go_to, press_enter, step_knob, walk, walk_ports};

use crate::document::Document;
use crate::scene::{PortId, Scene, Side, Target, Transform};
use crate::selection::Selection;
use crate::theme::Palette;
use crate::view::View;
use annotation::AnnotationDrag;
use cable_drag::CableDrag;
use egui::{Modifiers, Painter, Pos2, Vec2};
use jackfield_node::Face;
use jackfield_patch::{CableEnds, Edit, NodeIndex, PortRef};
use knob_turn::KnobTurn;
use move_nodes::MoveNodes;
use rectangle::Rectangle;
use ring::RingDrag;
use steps::StepsDrag;

/// What the mouse is in the middle of.
#[derive(Debug, Default)]
pub(crate) enum Gesture {
    /// Nothing.
    #[default]
    Idle,
    /// Pushing the canvas around.
    Pan,
    /// Selecting by a rectangle.
    Rectangle(Rectangle),
    /// Moving nodes.
    Move(MoveNodes),
    /// Pulling a cable.
    Cable(CableDrag),
    /// Turning a knob.
    Knob(KnobTurn),
    /// Setting the depth of a cable by its knob's ring.
    Ring(RingDrag),
    /// Drawing a row of steps.
    Steps(StepsDrag),
    /// Moving a comment or frame, or making it larger.
    Annotation(AnnotationDrag),
}

/// Where the cursor is and what is held with it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pointer {
    /// On the screen.
    pub(crate) at: Pos2,
    /// Where it was pressed, on the screen.
    pub(crate) origin: Pos2,
    /// By how much it has moved since the last frame, on the screen.
    pub(crate) delta: Vec2,
    pub(crate) modifiers: Modifiers,
}

/// What a gesture works with.
pub(crate) struct GestureContext<'a> {
    pub(crate) document: &'a mut Document,
    pub(crate) scene: &'a Scene,
    pub(crate) view: &'a mut View,
    pub(crate) pointer: Pointer,
    /// Beats per minute of the transport, if there is one; times can be typed in beats.
    pub(crate) tempo: Option<f32>,
}

impl GestureContext<'_> {
    /// Does an edit; when it is refused, tells why.
    pub(crate) fn edit(&mut self, edit: Edit) -> bool {
        let done = self.document.edit(edit);
        self.told(&done)
    }

    /// Does an edit as part of a gesture; when it is refused, tells why.
    pub(crate) fn edit_in_gesture(&mut self, edit: Edit, gesture: u64) -> bool {
        let done = self.document.edit_in_gesture(edit, gesture);
        self.told(&done)
    }

    fn told(&mut self, done: &Result<(), jackfield_patch::EditError>) -> bool {
        if let Err(error) = done {
            self.view.refuse(error);
        }
        done.is_ok()
    }

    /// Where the cursor is on the canvas.
    pub(crate) fn here(&self) -> Pos2 {
        self.transform().to_canvas(self.pointer.at)
    }

    /// How one looks at the canvas.
    pub(crate) fn transform(&self) -> &Transform {
        &self.view.transform
    }

    /// What is selected.
    pub(crate) fn selection(&mut self) -> &mut Selection {
        &mut self.view.selection
    }

    /// The ends of a cable between two ports, whichever is which.
    pub(crate) fn ends(&self, a: PortId, b: PortId) -> Option<CableEnds> {
        let (output, input) = match (a.side, b.side) {
            (Side::Output, Side::Input) => (a, b),
            (Side::Input, Side::Output) => (b, a),
            _ => return None,
        };
        let patch = self.document.patch();
        let (from, to) = (patch.node(output.at.node)?, patch.node(input.at.node)?);
        Some(CableEnds::new(
            from.id.clone(),
            self.scene.port_name(output)?,
            to.id.clone(),
            self.scene.port_name(input)?,
        ))
    }

    /// The names of a knob: its node's id and its input.
    pub(crate) fn knob_names(&self, knob: PortRef) -> Option<(std::sync::Arc<str>, std::sync::Arc<str>)> {
        let node = self.document.patch().node(knob.node)?;
        Some((node.id.clone(), self.scene.port_name(PortId::input(knob))?))
    }
}

impl Gesture {
    /// The primary button went down on `target` and began to move.
    pub(crate) fn begin(context: &mut GestureContext<'_>, target: Target) -> Self {
        match target {
            Target::Empty => Self::Rectangle(Rectangle::begin(context)),
            Target::Port(port) => Self::Cable(CableDrag::from_port(context, port)),
            Target::Cable(cable, t) => {
                CableDrag::from_cable(context, cable, t).map_or(Self::Idle, Self::Cable)
            }
            Target::Knob(knob) => KnobTurn::begin(context, knob).map_or(Self::Idle, Self::Knob),
            Target::Ring(knob) => RingDrag::begin(context, knob).map_or(Self::Idle, Self::Ring),
            // It plays while it is held; see the canvas's input.
            Target::Face(node) if is_keyboard(context, node) => Self::Idle,
            Target::Face(node) => match StepsDrag::begin(context, node) {
                Some(drag) => Self::Steps(drag),
                None => MoveNodes::begin(context, node).map_or(Self::Idle, Self::Move),
            },
            Target::Card(node) | Target::Header(node) | Target::Setting(node, _) => {
                MoveNodes::begin(context, node).map_or(Self::Idle, Self::Move)
            }
            Target::Annotation(number) => {
                AnnotationDrag::begin(context, number, false).map_or(Self::Idle, Self::Annotation)
            }
            Target::Corner(number) => {
                AnnotationDrag::begin(context, number, true).map_or(Self::Idle, Self::Annotation)
            }
            Target::Value(knob) => MoveNodes::begin(context, knob.node).map_or(Self::Idle, Self::Move),
        }
    }

    /// The middle button went down: push the canvas, whatever is under the cursor.
    pub(crate) fn begin_pan() -> Self {
        Self::Pan
    }

    /// The cursor moved, or the canvas under it.
    pub(crate) fn update(&mut self, context: &mut GestureContext<'_>) {
        match self {
            Self::Idle => {}
            Self::Pan => pan::update(context),
            Self::Rectangle(rectangle) => rectangle.update(context),
            Self::Move(moving) => moving.update(context),
            Self::Cable(drag) => drag.update(context),
            Self::Knob(turn) => turn.update(context),
            Self::Ring(drag) => drag.update(context),
            Self::Steps(drag) => drag.update(context),
            Self::Annotation(drag) => drag.update(context),
        }
    }

    /// The button went up.
    pub(crate) fn finish(self, context: &mut GestureContext<'_>) {
        match self {
            Self::Idle | Self::Pan | Self::Rectangle(_) => {}
            Self::Move(moving) => moving.finish(context),
            Self::Cable(drag) => drag.finish(context),
            Self::Knob(_) | Self::Ring(_) | Self::Steps(_) | Self::Annotation(_) => {
                context.document.finish_gesture();
            }
        }
    }

    /// Escape: as if it had never begun.
    pub(crate) fn cancel(self, context: &mut GestureContext<'_>) {
        match self {
            Self::Idle | Self::Pan | Self::Cable(_) => {}
            Self::Rectangle(rectangle) => rectangle.cancel(context),
            Self::Move(moving) => moving.cancel(context),
            Self::Knob(turn) => turn.cancel(context),
            Self::Ring(drag) => drag.cancel(context),
            Self::Steps(drag) => drag.cancel(context),
            Self::Annotation(drag) => drag.cancel(context),
        }
    }

    /// Whether something is going on.
    pub(crate) fn is_active(&self) -> bool {
        !matches!(self, Self::Idle)
    }

    /// Whether a cable is in the hand that can end at a port on this side.
    pub(crate) fn seeks(&self, side: Side) -> bool {
        matches!(self, Self::Cable(drag) if drag.seeks() == side)
    }

    /// The cable that is not drawn because its end is in the hand.
    pub(crate) fn lifted(&self) -> Option<&CableEnds> {
        match self {
            Self::Cable(drag) => drag.lifted(),
            _ => None,
        }
    }

    /// Draws what belongs to the gesture alone.
    pub(crate) fn paint(&self, painter: &Painter, scene: &Scene, transform: &Transform, palette: &Palette) {
        match self {
            Self::Rectangle(rectangle) => rectangle.paint(painter, transform, palette),
            Self::Cable(drag) => drag.paint(painter, scene, transform, palette),
            Self::Move(moving) => moving.paint(painter, scene, transform, palette),
            _ => {}
        }
    }
}

fn is_keyboard(context: &GestureContext<'_>, node: NodeIndex) -> bool {
    let spec = context.document.patch().node(node).and_then(jackfield_patch::Node::spec);
    spec.is_some_and(|spec| spec.face == Face::Keyboard)
}

/// Snaps a place to the grid.
pub(crate) fn snap(at: Pos2) -> [f32; 2] {
    let snap = |value: f32| (value / crate::theme::GRID).round() * crate::theme::GRID + 0.0;
    [snap(at.x), snap(at.y)]
}
