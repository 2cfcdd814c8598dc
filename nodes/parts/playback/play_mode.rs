//! When a file sounds: a setting.

use jackfield_node::prelude::*;

choices! {
    /// When a file sounds.
    pub(crate) enum PlayMode {
        OnTrigger = "on_trigger",
        WhileGate = "while_gate",
        Always = "always",
    }
}

/// The setting, second of its node.
pub(crate) const PLAY: Setting = PlayMode::setting(
    1,
    "play",
    PlayMode::OnTrigger,
    "To the end after each trigger, only while the gate is open, or from the moment the patch starts.",
);
