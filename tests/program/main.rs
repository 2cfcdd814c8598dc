//! Tests of the whole program: from the command line, in a window, on sound servers, with the patches, files
//! and pages that come with it.
//!
//! Those that need the machine for themselves are named in `.config/nextest.toml` by their modules.

mod support;

mod annotations;
mod bad_input;
mod boxes;
mod bundle;
mod command_line;
mod compare;
#[cfg(target_os = "linux")]
mod devices;
mod factory_patches;
#[cfg(target_os = "linux")]
mod flood;
mod help_patches;
mod import;
mod listening;
mod manual;
mod node_pictures;
mod outputs;
#[cfg(target_os = "linux")]
mod play;
mod real_files;
#[cfg(target_os = "linux")]
mod recording;
mod renaming;
mod render;
mod silence;
mod streaming;
mod transport;
#[cfg(target_os = "linux")]
mod window;

use jackfield_testkit::allocation::CountingAllocator;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;
