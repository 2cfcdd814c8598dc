//! Boxes: parts of a patch that have a name, ports and knobs of their own.
//!
//! A patch holds [`Definition`]s. A *box* is a node of type `box.ID` and stands for what the definition `ID`
//! holds; a definition may be used by many boxes, and by boxes inside other definitions. What is inside is a
//! patch of its own. Three kinds of node in it are the ports: an input or output that cables outside end in,
//! and a *promoted knob*, whose cables say which knobs inside it turns. Their ids are the names that cables
//! and knobs outside go by, so nothing that is done inside drops a cable outside, but removing the port.
//!
//! To the engine there are no boxes: [`Patch::flatten`](crate::Patch::flatten) puts their contents in their
//! place. Nodes are then called by their *path*, like `voice/filter`.
//!
//! * [`port`]: the three kinds of port; [`interface`]: the spec of a box, made from the ports inside.
//! * [`change`]: edits of definitions, and how the boxes outside follow; [`nesting`]: how deep and how large.
//! * [`flatten`] and [`junction`]: a patch without boxes that sounds the same.
//! * [`group`], [`ungroup`], [`reuse`]: edits that make, undo, part and promote.

mod change;
mod definition;
mod flatten;
mod group;
mod interface;
mod junction;
mod nesting;
mod port;
mod reuse;
mod ungroup;

pub(crate) use definition::Definitions;
pub use definition::{Definition, definition_id};
pub use flatten::{Flat, FlatCable, FlatNode, FlatPort, PromotedKnob, VoiceLimit, order_key};
pub use group::{Grouping, Promotion};
pub(crate) use nesting::check_nesting;
pub(crate) use port::port_spec;
pub use port::{Port, PortRole};

#[cfg(test)]
mod tests;
