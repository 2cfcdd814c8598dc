//! The document: nodes, cables and notes. Pure data; it makes no sound and reads no files.

mod document;

pub use document::{Cable, CableIndex, Meta, Node, NodeBody, NodeIndex, Patch, PortRef, UnknownNode};
