//! What Jackfield's tests share: harnesses that run one node, checks that every node must pass,
//! measures of sound, and a guard against allocation. For development only.

#![forbid(unsafe_code)]

pub mod allocation;
pub mod block;
pub mod conformance;
pub mod harness;
pub mod long_file;
pub mod measure;
pub mod performance;
pub mod require;
pub mod signal;
pub mod sound_record;
pub mod speed;
