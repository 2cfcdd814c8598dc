//! What the tests of the engine share: small nodes, patches made of them, a plain interpreter to compare
//! with, and sessions to play.

#![allow(unreachable_pub, missing_docs, reason = "nobody else reads this")]

pub mod beat;
pub mod blocks;
pub mod edits;
pub mod nodes;
pub mod play;
pub mod random;
pub mod reference;
pub mod sketch;
