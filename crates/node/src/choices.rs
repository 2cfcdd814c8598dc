//! Choices: a setting's names, the enum that a kernel matches on, and the value that a test sets, declared
//! once.

use crate::{ConfigError, Setting, SettingKind, SettingValue, Settings};

/// An enum whose variants are the names of a [`Setting`]. Written by [`choices!`](crate::choices).
pub trait Choices: Copy + Into<SettingValue> + 'static {
    /// What files and people call the variants, in their order.
    const NAMES: &'static [&'static str];
    /// All variants.
    const ALL: &'static [Self];
}

impl Settings {
    /// The variant that a setting made by [`choices!`](crate::choices) stands at. Control thread.
    ///
    /// # Errors
    ///
    /// When the setting is no choice of this enum, or these are the settings of another node type.
    pub fn chosen<C: Choices>(&self, setting: Setting) -> Result<C, ConfigError> {
        let is_of_this_enum = matches!(setting.kind, SettingKind::Choice(names, _) if names == C::NAMES);
        let variant = C::ALL.get(self.choice(setting)?).filter(|_| is_of_this_enum);
        variant.copied().ok_or(ConfigError::Setting { setting: setting.name })
    }
}

/// Declares an enum whose variants are the names of a setting, which is also how they are displayed.
///
/// ```
/// use jackfield_node::prelude::*;
/// use jackfield_node::{Choices, SettingValue};
///
/// choices! {
///     /// In which order steps come.
///     enum Direction { Forward = "forward", Backward = "backward" }
/// }
///
/// const DIRECTION: Setting = Direction::setting(0, "direction", Direction::Forward, "In which order the
/// steps come.");
///
/// assert_eq!(Direction::NAMES, ["forward", "backward"]);
/// let mut settings = Settings::defaults(&[DIRECTION]);
/// settings.set(&DIRECTION, Direction::Backward.into()).unwrap();
/// assert_eq!(settings.chosen::<Direction>(DIRECTION), Ok(Direction::Backward));
/// ```
#[macro_export]
macro_rules! choices {
    ($(#[$meta:meta])* $visibility:vis enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $text:literal),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $visibility enum $name { $($(#[$variant_meta])* $variant),+ }

        impl $crate::Choices for $name {
            const NAMES: &'static [&'static str] = &[$($text),+];
            const ALL: &'static [Self] = &[$(Self::$variant),+];
        }

        impl $name {
            /// The setting with these choices, at a position of its node's list.
            #[allow(dead_code, reason = "some choices are part of another's config")]
            $visibility const fn setting(
                index: usize,
                name: &'static str,
                default: Self,
                help: &'static str,
            ) -> $crate::Setting {
                $crate::Setting::choice(index, name, <Self as $crate::Choices>::NAMES, default as usize, help)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(<Self as $crate::Choices>::NAMES[*self as usize])
            }
        }

        impl From<$name> for $crate::SettingValue {
            fn from(choice: $name) -> Self {
                Self::Choice(choice as usize)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    choices! { enum Side { Left = "left", Right = "right" } }
    choices! { enum Height { Low = "low", High = "high" } }

    #[test]
    fn a_setting_is_read_as_its_own_enum_only() {
        let setting = Side::setting(0, "side", Side::Right, "Which side.");
        let settings = Settings::defaults(&[setting]);
        assert_eq!(settings.chosen::<Side>(setting), Ok(Side::Right));
        assert_eq!(settings.chosen::<Height>(setting), Err(ConfigError::Setting { setting: "side" }));
    }
}
