//! Tests of the engine through its public interface, with small nodes of their own: what a patch becomes, how
//! it sounds, and how it takes edits while it sounds.
//!
//! One program holds them all, since each program would compile the nodes of [`support`] and link the engine
//! again.

mod support;

mod allocation;
mod boxes;
mod clicks;
mod events;
mod faults;
mod handover;
mod latency;
mod oracle;
mod scale;
mod state;
mod transport;

use jackfield_testkit::allocation::CountingAllocator;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;
