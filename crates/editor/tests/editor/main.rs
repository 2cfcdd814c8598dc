//! The real editor, driven without a window: each test makes a gesture and looks at the patch.

#![forbid(unsafe_code)]
#![allow(clippy::disallowed_methods, reason = "nothing here makes samples")]

mod analysis;
mod annotations;
mod bars;
mod browser;
mod cables;
mod desk;
mod escape;
mod keyboard;
mod knobs;
mod nodes;
mod panels;
mod piano;
mod pictures;
mod placing;
mod raster;
mod specs;
mod view;
