//! Transcendental functions on lanes: branch-free polynomials that give the same bits for every
//! width and instruction set, which no platform library promises.
//!
//! The coefficients are minimax fits (Lawson's iteration), evaluated without fused multiply-add.
//! Errors are measured against `f64` by the tests beside each function. Every function answers every
//! argument, NaN and infinity included, with a finite number, so bad input never sticks in a state.

mod exponential;
mod hyperbolic;
mod trigonometric;

#[cfg(test)]
pub(crate) mod sweep;
