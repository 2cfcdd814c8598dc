//! Parts that several node types are made of.

#[cfg(test)]
pub(crate) mod beat;
pub(crate) mod best_instructions;
pub(crate) mod channel;
pub(crate) mod console;
pub(crate) mod contour;
pub(crate) mod convolver;
pub(crate) mod corners;
pub(crate) mod cycle;
pub(crate) mod delay_line;
pub(crate) mod detector;
pub(crate) mod doubled;
pub(crate) mod drift;
#[cfg(test)]
pub(crate) mod dynamics_checks;
pub(crate) mod echo;
pub(crate) mod fades;
pub(crate) mod fading_tap;
#[cfg(test)]
pub(crate) mod filter_checks;
pub(crate) mod gate;
pub(crate) mod glide;
pub(crate) mod keys;
pub(crate) mod law;
pub(crate) mod limiter;
pub(crate) mod lookahead;
pub(crate) mod moving_tap;
pub(crate) mod note_length;
pub(crate) mod offset_filter;
pub(crate) mod oversampled;
pub(crate) mod pace;
pub(crate) mod peaks;
pub(crate) mod remembered;
pub(crate) mod room;
pub(crate) mod selector;
pub(crate) mod stereo;
pub(crate) mod stft;
pub(crate) mod through;
pub(crate) mod trigger;
pub(crate) mod true_peak;
pub(crate) mod wave;
