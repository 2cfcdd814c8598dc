//! Adapters: units of other libraries as block nodes. Each behind a feature of its own.

#[cfg(feature = "dasp_graph")]
pub mod dasp;
#[cfg(feature = "fundsp")]
pub mod fundsp;
