//! Kernels and maths on [`Lanes`]: what a node computes, without ports, settings or threads.
//!
//! Everything here is a pure function of its arguments and state, gives the same bits for every lane
//! width and instruction set, and may be called on the audio thread.

#![forbid(unsafe_code)]

pub mod adaa;
pub mod angle;
pub mod best_instructions;
pub mod blep;
pub mod chance;
pub mod chaos;
pub mod color;
pub mod compressor;
pub mod declick;
pub mod delay_line;
pub mod diode_ladder;
pub mod envelope;
pub mod expander;
pub mod follower;
pub mod fourier;
pub mod gain;
pub mod gate;
pub mod hilbert;
pub mod interpolation;
pub mod knee;
pub mod ladder;
pub mod lanes;
pub mod lfo;
pub mod limiter;
pub mod loudness;
pub mod matched;
pub mod maths;
pub mod noise;
pub mod one_pole;
pub mod oscillator;
pub mod oscillator_bank;
pub mod oversample;
pub mod pan;
pub mod phaser;
pub mod pitch;
pub mod precise;
pub mod real_fourier;
pub mod rounding;
pub mod sallen_key;
pub mod section;
pub mod segment;
pub mod shape;
pub mod sinc;
pub mod smooth;
pub mod state;
pub mod steepness;
pub mod strike;
pub mod svf;
pub mod three_pole;
pub mod true_peak;
pub mod wave;
pub mod wavetable;

pub use lanes::{Bits, Lanes, Mask, Operand, Vector};
pub use state::{Field, LaneState, NoState, at_rest};

/// Most frames computed at once.
pub const BLOCK: usize = 64;
