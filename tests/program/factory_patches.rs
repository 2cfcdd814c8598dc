//! The patches that come with the program: each is written canonically, sounds, stays healthy and below
//! the limiter, and sounds, bit for bit, as it was recorded.
//!
//! The recorded hashes stand in `tests/factory_patches.txt`. When a change of sound is meant, run
//! `cargo xtask record` and say why in the commit.

use crate::support::patch_files::{PatchFile, check_sounds, patches};

#[test]
fn they_are_written_canonically_and_say_what_they_are() {
    patches("patches").iter().for_each(PatchFile::check_text);
}

#[test]
fn they_sound_as_recorded_whatever_computes_them() {
    check_sounds("patches", "tests/factory_patches");
}
