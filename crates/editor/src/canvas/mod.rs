//! The canvas: the patch as cards and cables, drawn in screen space.
//!
//! Each frame: take in what the person does ([`input`]), tell screen readers what is visible ([`access`]),
//! and draw it, in the same order every time ([`paint`]). Where everything stands is in the
//! [`scene`](crate::scene).

mod access;
mod card_parts;
mod face;
mod input;
mod minimap;
mod paint;
mod paint_annotation;
mod paint_cable;
mod paint_card;
mod paint_context;
mod paint_knob;
mod paint_port;

pub(crate) use access::describe;
pub(crate) use face::{PianoKeys, SignalAnalysis, paint_keys, paint_scope, paint_spectrum};
pub(crate) use input::{InputState, take_input};
pub(crate) use paint::paint;
pub(crate) use paint_context::PaintContext;
