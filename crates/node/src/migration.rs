//! Migrations: what a node type's ports and settings were called in its older versions, so that old
//! patch files keep their sound.

/// The step from one version of a node type to the next.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// The older version; the step leads to the next one.
    pub from: u32,
    /// What has changed, in the order it is to be done.
    pub changes: &'static [Change],
}

/// One change between two versions of a node type.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    /// An input, and its knob if it has one, got another name.
    Input {
        /// The name in older files.
        was: &'static str,
        /// The name now.
        is: &'static str,
    },
    /// An output got another name.
    Output {
        /// The name in older files.
        was: &'static str,
        /// The name now.
        is: &'static str,
    },
    /// A setting got another name.
    Setting {
        /// The name in older files.
        was: &'static str,
        /// The name now.
        is: &'static str,
    },
    /// One of the names a setting chooses from was replaced.
    Choice {
        /// The setting.
        setting: &'static str,
        /// The choice in older files.
        was: &'static str,
        /// The choice now.
        is: &'static str,
    },
    /// A knob got another default. Files leave defaults out, so the old one is written in.
    KnobDefault {
        /// The input.
        knob: &'static str,
        /// The default of the older version, as shown.
        was: f32,
    },
    /// A setting that chooses got another default. Files leave defaults out, so the old one is written in.
    ChoiceDefault {
        /// The setting.
        setting: &'static str,
        /// What older files meant that left it out.
        was: &'static str,
    },
    /// A knob shows its value in another measure (seconds instead of milliseconds: 0.001).
    KnobScale {
        /// The input.
        knob: &'static str,
        /// New value divided by old value.
        factor: f32,
    },
}
