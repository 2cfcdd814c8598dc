//! Measures of sound: how loud, how high, how clean. All compute in f64, so that what they find comes
//! from the signal.

mod alias;
mod click;
mod gates;
mod level;
mod loudness;
mod pitch;
mod response;
mod reverb;
mod spectrum;
mod window;

pub use alias::{Partials, partials, worst_alias_db};
pub use click::{click_burst_db, treble};
pub use gates::rises;
pub use level::{
    correlation, decibels, first_difference, gentle_true_peak_db, peak_db, rms_db, true_peak_db,
};
pub use loudness::integrated_lufs;
pub use pitch::{cents, frequency};
pub use response::{gain_db, resonance};
pub use reverb::{decay_seconds, decay_seconds_in_band, echo_density, ringing_db};
pub use spectrum::Spectrum;
