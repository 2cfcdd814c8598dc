//! Which signal a dynamics node listens to: its own input or a sidechain.

use crate::parts::mixing::stereo_lanes::StereoSignal;
use jackfield_node::prelude::*;
use jackfield_node::{Frame, Signal};

choices! {
    /// What the setting says.
    pub(crate) enum DetectorInput {
        Input = "input",
        Sidechain = "sidechain",
    }
}

/// The help of a sidechain input.
pub(crate) const SIDECHAIN_HELP: &str = "Signal whose loudness decides, when the detector listens to it.";

/// The setting that says it, the first of its node.
pub(crate) const DETECTOR: Setting =
    DetectorInput::setting(0, "detector", DetectorInput::Input, "Which input's loudness decides.");

impl Configure for DetectorInput {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.chosen(DETECTOR)
    }
}

impl DetectorInput {
    /// The signal to listen to.
    #[inline(always)]
    pub(crate) fn choose<'a, V: Vector>(
        self,
        input: StereoSignal<'a, V>,
        sidechain: Signal<'a, V>,
    ) -> Detected<'a, V> {
        match self {
            Self::Input => Detected::Input(input),
            Self::Sidechain => Detected::Sidechain(sidechain),
        }
    }
}

/// What a detector listens to.
pub(crate) enum Detected<'a, V: Vector> {
    /// Both channels of the node's own input.
    Input(StereoSignal<'a, V>),
    /// Another sound.
    Sidechain(Signal<'a, V>),
}

impl<'a, V: Vector> Detected<'a, V> {
    /// A signal as large as what is listened to, at a frame.
    #[inline(always)]
    pub(crate) fn at(&self, frame: Frame<'a>) -> Lanes<V> {
        match self {
            Self::Input(input) => input.loudest(frame),
            Self::Sidechain(sidechain) => sidechain.at(frame),
        }
    }
}
