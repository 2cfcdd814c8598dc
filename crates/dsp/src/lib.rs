//! Kernels and maths on [`Lanes`]: what a node computes, without ports, settings or threads.
//!
//! Everything here is a pure function of its arguments and state, gives the same bits for every lane
//! width and instruction set, and may be called on the audio thread.

#![forbid(unsafe_code)]

pub mod blep;
pub mod compressor;
pub mod envelope;
pub mod fourier;
pub mod gain;
pub mod gate;
pub mod ladder;
pub mod lanes;
pub mod maths;
pub mod noise;
pub mod oscillator;
pub mod oversample;
pub mod precise;
pub mod shape;
pub mod smooth;
pub mod svf;
pub mod wave;

pub use lanes::{Bits, Lanes, Mask, Operand, Vector};
