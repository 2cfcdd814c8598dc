//! The contract every node is written against: what a node says of itself ([`NodeSpec`]) and the two
//! ways to compute ([`LaneNode`], [`BlockNode`]).
//!
//! The engine, the editor and the file format know nodes only through this crate. One node is one
//! file under `nodes/`; see CONTRIBUTING.md for a walk through one.
//!
//! What a function says of threads: the *control* thread may allocate, lock and wait; the *audio* thread does
//! none of these, and never panics. What says nothing of threads is plain data or arithmetic, for any of
//! them.

#![warn(clippy::missing_errors_doc, clippy::missing_panics_doc)]

pub mod adapt;
mod asset;
mod block;
mod choices;
mod config;
mod event;
#[cfg(feature = "harness")]
pub mod harness;
mod input;
mod instruction_set;
mod knob;
mod lane;
mod lane_io;
mod migration;
mod output;
mod outside;
mod registry;
mod setting;
mod slot;
mod spec;
pub mod stream;
mod transport;

pub use asset::{
    Asset, AssetError, AssetSource, ChannelChoice, ChannelMix, FileTrouble, LoopDirection, LoopPoints,
    LoopRegion, MOST_CROSSFADE, MOST_TEXT, Metadata, MidiAsset, NoAssets, Speaker, faded_over,
};
pub use block::{AnyBlock, BlockIo, BlockNode, BlockTable};
pub use choices::Choices;
pub use config::{AnyConfig, ConfigError, Configure, NoConfig, Setup};
pub use event::{Event, Midi, TimedMidi};
pub use input::{Gathering, Input, PortKind};
pub use instruction_set::InstructionSet;
pub use knob::{C4_HERTZ, Knob, KnobLaw, Unit};
pub use lane::{FrameRange, LaneCall, LaneContext, LaneKernel, LaneNode, LaneTable, MAX_STATE_WORDS};
pub use lane_io::{Derived, DerivedFromAll, Frame, Frames, Io, OutputLanes, Signal};
pub use migration::{Change, Migration};
pub use output::Output;
pub use outside::{DeviceIo, MidiOut, Outside};
pub use registry::{Registry, RegistryError, suggest};
pub use setting::{FileKind, Setting, SettingKind, SettingValue, Settings};
pub use slot::Slot;
pub use spec::{Category, Face, NodeKind, NodeSpec, VoiceSource};
pub use transport::{MAX_BEAT, TEMPO_RANGE, Transport, TransportChange};

/// Lanes, vectors and maths: what kernels are written with.
pub use jackfield_dsp as dsp;
pub use jackfield_dsp::{Field, LaneState, NoState, lane_state};

/// What nearly every lane node needs.
pub mod prelude {
    pub use crate::dsp::{Bits, Lanes, Mask, Vector};
    pub use crate::{
        BlockIo, BlockNode, Category, ConfigError, Configure, Face, FileKind, Input, Io, Knob, LaneNode,
        NoConfig, NoState, NodeSpec, Output, Setting, Settings, Setup, choices, lane_state,
    };
}
