//! Patches of other modular environments become Jackfield patches.
//!
//! ```text
//! bytes --container--> JSON --rack--> Rack --plan, assemble--> Patch + Report
//!                                             ^
//!                               mapping files (Mappings), Registry
//! ```
//!
//! * `container` finds the JSON in a file: plain, or an entry of a zstd-compressed tar archive. It is
//!   told by its first bytes. Nothing is ever written to the disk, so no name in an archive can do harm.
//! * `rack` reads modules and cables of Rack 0.5 to 2.6 into one form.
//! * [`Mappings`] say which nodes stand for a module, where its knobs, ports and settings go, and how well
//!   that fits: its [`Grade`]. They are text, in the language of `mapping`; this crate names no node type.
//! * `plan` chooses a module's nodes, `assemble` makes the patch: nodes, placeholders for what has no
//!   equal, cables with the factor between volts and signals, and a layout that keeps the rack's shape.
//!
//! A file may come from anyone. Whatever its bytes, reading it does not panic; time and memory are
//! bounded by [`limits`].

#![forbid(unsafe_code)]

mod assemble;
mod cabling;
mod check;
mod container;
mod error;
mod expression;
mod layout;
pub mod limits;
mod mapping;
mod mapping_text;
mod plan;
mod rack;
mod report;
mod shape;
#[cfg(test)]
mod tests;

pub use assemble::{Imported, Options, import};
pub use container::looks_like_rack;
pub use error::ImportError;
pub use mapping::Mappings;
pub use mapping_text::MappingError;
pub use report::{Grade, ModuleReport, Report};
