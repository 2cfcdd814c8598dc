//! Parts that several node types are made of.

#[cfg(test)]
pub(crate) mod beat;
pub(crate) mod best_instructions;
pub(crate) mod contour;
pub(crate) mod delay_line;
pub(crate) mod fading_tap;
pub(crate) mod gate;
pub(crate) mod limiter;
pub(crate) mod moving_tap;
pub(crate) mod offset_filter;
pub(crate) mod pace;
pub(crate) mod remembered;
pub(crate) mod trigger;
