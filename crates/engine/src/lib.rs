//! The engine: a patch becomes a plan, and an executor plays it.
//!
//! ```text
//! Patch --Session--> Plan --handover--> Executor --> samples
//! knobs, MIDI -----------------------------^   |
//! probes, load, faults <-----------------------'
//! ```
//!
//! The [`Session`] belongs to the control thread: it compiles, allocates and frees. The [`Executor`]
//! belongs to the audio thread: it only computes. They share atomics, queues without locks and the
//! current plan. Who embeds the engine finds what its functions speak of here as well: the document in
//! [`patch`], the contract of nodes in [`node`].

#![warn(clippy::missing_errors_doc, clippy::missing_panics_doc)]

mod clock;
mod compile;
mod delay_line;
mod event;
mod executor;
mod fault;
mod graph;
mod handover;
mod index;
mod load;
mod mailbox;
mod mix;
pub mod offline;
mod plan;
mod probe;
mod session;
mod smoothed_param;
mod sound_hash;
mod state;
mod sync;
mod transport;

pub use event::ScheduledMidi;
pub use executor::{Executor, flush_denormals};
pub use fault::Fault;
pub use load::{Load, LoadMeter};
pub use plan::{DelayedCable, Plan, PlanSize, StepInfo};
pub use probe::{Probe, ProbeLevels};
pub use session::{EngineError, NodeTime, Options, Problem, Report, Session};
pub use sound_hash::SoundHash;
pub use transport::TransportPlace;

/// The contract of nodes: the registry of types, sound and MIDI files, instruction sets.
pub use jackfield_node as node;
pub use jackfield_node::{
    Asset, AssetError, AssetSource, ConfigError, InstructionSet, Midi, NoAssets, Registry, TransportChange,
};
/// The document: patches, edits, the file format.
pub use jackfield_patch as patch;
pub use jackfield_patch::Patch;

/// Most frames computed at once; every signal buffer holds as many.
pub const BLOCK: usize = jackfield_node::dsp::BLOCK;

/// Most channels a sound device may have on either side.
pub const MAX_CHANNELS: usize = 64;
