//! Parts that several node types are made of.

pub(crate) mod delay_line;
pub(crate) mod limiter;
