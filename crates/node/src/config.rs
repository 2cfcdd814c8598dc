//! Config: what settings and files become before a plan runs. Made on the control thread,
//! immutable, carried by the plan, read by the kernel.

use crate::{AssetError, AssetSource, Settings};
use std::any::Any;
use std::sync::Arc;
use thiserror::Error;

/// A config of any node type, shared between plans.
pub type AnyConfig = Arc<dyn Any + Send + Sync>;

/// What a node may know when it is prepared.
pub struct Setup<'a> {
    /// Frames per second, 8,000 to 384,000.
    pub sample_rate: f32,
    /// Where files come from.
    pub assets: &'a dyn AssetSource,
}

/// Why a node could not be prepared.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// A file is missing or bad. The node stays silent; the rest of the patch plays.
    #[error(transparent)]
    Asset(#[from] AssetError),
    /// A setting has a value that the node can't use.
    #[error("setting '{setting}' does not fit this node")]
    Setting {
        /// The setting's name.
        setting: &'static str,
    },
    /// A text in a notation that the node reads has a mistake.
    #[error("setting '{setting}', character {at}: {problem}")]
    Text {
        /// The setting's name.
        setting: &'static str,
        /// Where the mistake is, in characters counted from 1.
        at: usize,
        /// What is wrong there and what would be right.
        problem: String,
    },
    /// A box stands for more than a patch may have.
    #[error("{problem}")]
    Box {
        /// What there is too much of.
        problem: String,
    },
}

/// A config that can be made from settings.
pub trait Configure: Sized + Send + Sync + 'static {
    /// Prepares the config. Control thread; may load files and take its time.
    ///
    /// # Errors
    ///
    /// When a file or a text that a setting names can't be used. The node stays silent, the rest of the patch
    /// plays.
    fn configure(settings: &Settings, setup: &Setup) -> Result<Self, ConfigError>;
}

/// The config of a node without settings.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoConfig;

impl Configure for NoConfig {
    fn configure(_: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        Ok(Self)
    }
}
