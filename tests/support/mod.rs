//! What the tests of the engine share: small nodes, patches made of them, a plain interpreter to compare
//! with, and sessions to play.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test uses its own part")]

pub mod beat;
pub mod blocks;
pub mod edits;
pub mod nodes;
pub mod patch_files;
pub mod play;
pub mod random;
pub mod reference;
pub mod sketch;
