//! Scala files and keyboard maps as settings: what nodes that play keys have in common.

use super::keyboard_map::{KeyboardMap, Tuning};
use super::scala::{Scala, ScalaError};
use jackfield_node::AssetError;
use jackfield_node::prelude::*;

/// The twelve tones of a piano.
const TWELVE_TONES: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

/// The setting of the scale at a position in the spec.
pub(crate) const fn scale(index: usize) -> Setting {
    Setting::file(
        index,
        "scale",
        FileKind::Scale,
        "A Scala file (.scl) that says how the keys are tuned. Without a keyboard map C4 is its root and \
         each key plays the next note.",
    )
}

/// The setting of the keyboard map at a position in the spec.
pub(crate) const fn map(index: usize) -> Setting {
    Setting::file(
        index,
        "map",
        FileKind::KeyboardMap,
        "A keyboard map (.kbm) that says which key plays which note of the scale, and how high it is. Keys \
         that it leaves out are silent.",
    )
}

/// How keys are tuned; nothing without a file.
pub(crate) fn tuning(
    settings: &Settings,
    [scale, map]: [Setting; 2],
    setup: &Setup,
) -> Result<Option<Tuning>, ConfigError> {
    let [scale, map] = [settings.text(scale)?, settings.text(map)?];
    if scale.is_empty() && map.is_empty() {
        return Ok(None);
    }
    let scale = match scale {
        "" => Scala::of_semitones(&TWELVE_TONES),
        path => load_scale(path, setup)?,
    };
    Ok(Some(match map {
        "" => KeyboardMap::IN_A_ROW.tune(&scale).unwrap_or_default(),
        path => load_tuning(path, &scale, setup)?,
    }))
}

/// A scale from a file.
pub(crate) fn load_scale(path: &str, setup: &Setup) -> Result<Scala, AssetError> {
    let text = setup.assets.load_text(path)?;
    Scala::read(&text).map_err(|fault| mistake(path, &text, fault))
}

/// A scale tuned by a keyboard map from a file.
pub(crate) fn load_tuning(path: &str, scale: &Scala, setup: &Setup) -> Result<Tuning, AssetError> {
    let text = setup.assets.load_text(path)?;
    let map = KeyboardMap::read(&text).map_err(|fault| mistake(path, &text, fault))?;
    map.tune(scale).map_err(|problem| {
        mistake(path, &text, ScalaError { at: text.chars().count() + 1, problem: problem.to_owned() })
    })
}

fn mistake(path: &str, text: &str, fault: ScalaError) -> AssetError {
    AssetError::Mistake { path: path.to_owned(), line: fault.line(text), problem: fault.problem }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use jackfield_node::{Asset, AssetSource, MidiAsset, SettingValue};
    use std::sync::Arc;

    /// Texts by name, and one tune whatever it is called.
    pub(crate) struct TextFiles {
        pub(crate) texts: &'static [(&'static str, &'static str)],
        pub(crate) tune: Arc<MidiAsset>,
    }

    impl AssetSource for TextFiles {
        fn load(&self, path: &str, _: f32) -> Result<Arc<Asset>, AssetError> {
            Err(AssetError::Missing { path: path.to_owned() })
        }

        fn load_text(&self, path: &str) -> Result<String, AssetError> {
            let found = self.texts.iter().find(|(name, _)| *name == path);
            let missing = || AssetError::Missing { path: path.to_owned() };
            found.map(|(_, text)| (*text).to_owned()).ok_or_else(missing)
        }

        fn load_midi(&self, _: &str, _: f32) -> Result<Arc<MidiAsset>, AssetError> {
            Ok(self.tune.clone())
        }
    }

    /// Five equal notes to the octave, and a map that has white keys alone: C to G, A on the octave above C.
    pub(crate) const FIVE: &[(&str, &str)] = &[
        ("five.scl", "five\n5\n240.\n480.\n720.\n960.\n2/1\n"),
        ("white.kbm", "12\n0\n127\n60\n60\n261.625565\n5\n0\nx\n1\nx\n2\n3\nx\n4\nx\n5\nx\nx\n"),
        ("bad.scl", "bad\n2\n3/2\n"),
    ];

    /// The keys that are checked, and where they sound with the map above, in octaves.
    pub(crate) const WHITE_KEYS: [(u8, Option<f32>); 8] = [
        (60, Some(0.0)),
        (61, None),
        (62, Some(0.2)),
        (64, Some(0.4)),
        (69, Some(1.0)),
        (71, None),
        (72, Some(1.0)),
        (50, Some(-0.8)),
    ];

    const SCALE: Setting = scale(0);
    const MAP: Setting = map(1);

    fn tuned(scale: &str, map: &str) -> Result<Option<Tuning>, ConfigError> {
        let mut settings = Settings::defaults(&[SCALE, MAP]);
        settings.set(&SCALE, SettingValue::File(scale.to_owned())).expect("a file");
        settings.set(&MAP, SettingValue::File(map.to_owned())).expect("a file");
        let assets = TextFiles { texts: FIVE, tune: Arc::default() };
        tuning(&settings, [SCALE, MAP], &Setup { sample_rate: 48_000.0, assets: &assets })
    }

    #[test]
    fn either_file_may_stand_alone() {
        assert_eq!(tuned("", ""), Ok(None));
        let pitches = |tuning: Tuning| [59, 60, 61, 65, 72].map(|key| tuning.pitch(key).expect("it sounds"));
        let near = |found: [f32; 5], expected: [f32; 5]| {
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?}");
        };
        near(pitches(tuned("five.scl", "").expect("a scale").expect("a tuning")), [-0.2, 0.0, 0.2, 1.0, 2.4]);
        let map = tuned("", "white.kbm").expect("a map").expect("a tuning");
        assert_eq!(map.pitch(61), None);
        // Degrees of the twelve tones, and a formal octave of five of them.
        near(
            [60, 62, 64, 69, 72].map(|key| map.pitch(key).expect("it sounds") * 12.0),
            [0.0, 1.0, 2.0, 5.0, 5.0],
        );
    }

    #[test]
    fn a_mistake_says_where_it_is() {
        let error = tuned("bad.scl", "").expect_err("a mistake").to_string();
        assert!(error.starts_with("'bad.scl', line 4: "), "{error}");
        assert!(matches!(tuned("none.scl", ""), Err(ConfigError::Asset(AssetError::Missing { .. }))));
        assert!(matches!(tuned("", "none.kbm"), Err(ConfigError::Asset(AssetError::Missing { .. }))));
    }
}
