//! The canvas: the patch as cards and cables, drawn in screen space.
//!
//! Each frame: follow the patch ([`scene`]), take in what the person does ([`input`]), draw what is
//! visible, in the same order every time ([`paint`]), and tell screen readers of it ([`access`]).

mod access;
mod card;
mod curve;
mod face;
mod hit;
mod input;
mod minimap;
mod paint;
mod paint_annotation;
mod paint_cable;
mod paint_card;
mod paint_knob;
mod paint_port;
mod scene;
mod transform;

pub(crate) use card::HEADER;
pub(crate) use curve::Curve;
pub(crate) use face::{PianoKeys, SignalAnalysis, paint_keys, paint_scope, paint_spectrum};
pub(crate) use hit::Target;
pub(crate) use input::take_input;
pub(crate) use paint::{PaintContext, paint};
pub(crate) use paint_annotation::TITLE;
pub(crate) use paint_cable::curve_shape;
pub(crate) use scene::{AnnotationPlace, Card, PortId, Scene, Side, Wire, kind_name};
pub(crate) use transform::Transform;

pub(crate) use access::describe;
