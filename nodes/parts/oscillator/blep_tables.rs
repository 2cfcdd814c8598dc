//! The tables from which corners of waves are made free of aliases, as all that a node's settings become.

use jackfield_node::dsp::blep::Residuals;
use jackfield_node::prelude::*;

/// See the module's documentation.
pub(crate) struct BlepTables(pub(crate) &'static Residuals);

impl Configure for BlepTables {
    fn configure(_: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        Ok(Self(Residuals::get()))
    }
}
