//! The patch editor: a canvas of nodes, knobs and cables for egui. It knows neither windows nor sound
//! devices, so a program, a plug-in or a browser page can host it.
//!
//! ```text
//!            events                            Edit
//! egui ---------------> Editor (View, Scene) --------> Document --patch, knobs--> Host --> sound
//!      <--------------- shapes    ^                                                |
//!                                 '----------------- levels, plan -----------------'
//! ```
//!
//! * [`Editor`] draws one frame and turns what a person does into [`Edit`](jackfield_patch::Edit)s. It is a
//!   function of the [`Document`], of what the [`Host`] hears, and of its own view state; it asks for
//!   another frame only when something moves.
//! * [`Document`] is the patch with its history. Nothing else changes a patch.
//! * [`Host`] is the world: it plays the patch and tells levels. What the editor wants of the world
//!   besides (a file dialog, another device) comes back from [`Editor::ui`] as [`Command`]s.
//! * [`SessionHost`] is the host made of the engine's session.
//!
//! Everything here is called on the thread that owns the window, never on the audio thread.
//!
//! What is shown of sounds is computed in `analysis/`, what is watched and listened to besides the patch is
//! in `probes.rs`, and what keys and mouse play in `piano.rs`.
//!
//! Where everything stands on the canvas is the scene (`scene/`), which drawing, hit tests and gestures read
//! alike. Modules depend on one another in one direction: see `tests/architecture`.
//!
//! Where to add what: a thing to do with the mouse is a file in `gesture/`, an action with a key or a name
//! a line in `action.rs`, a bar or window a file in `panels/`, a way to draw a part of a node a file in
//! `canvas/`.

#![forbid(unsafe_code)]
#![warn(clippy::missing_errors_doc, clippy::missing_panics_doc)]
#![allow(
    clippy::disallowed_methods,
    reason = "the platform's functions may differ in the last bit: nothing here makes samples"
)]

mod action;
mod analysis;
mod arrange;
mod browser;
mod canvas;
mod document;
mod editor;
mod fuzzy;
mod gesture;
mod glyph;
mod host;
mod keys_page;
mod menu;
mod node_request;
mod panels;
mod piano;
mod probes;
mod scene;
mod selection;
mod session_host;
mod settings;
mod signals;
mod state;
mod theme;
mod title;
mod transaction;
mod value_entry;
pub mod value_text;
mod view;

pub use action::{ACTIONS, Action, ActionInfo};
pub use arrange::tidied;
pub use document::Document;
pub use editor::Editor;
pub use gesture::{part_of_range, value_at_part};
pub use host::{
    Command, DeviceOffer, FactoryPatch, Host, Level, NodeLoad, NullHost, Offers, Overview, PlanFacts, Status,
    Tap, Transport,
};
pub use keys_page::keys_page;
pub use scene::card_size;
pub use session_host::SessionHost;
pub use settings::{Preferences, SoundPreferences};
pub use signals::shown_step;
pub use theme::{Palette, Theme};
