//! The setting that chooses which channels of a sound file are heard.

use jackfield_node::ChannelChoice;
use jackfield_node::prelude::*;

/// How many pairs there are to choose from; the single channels follow them.
const PAIRS: u16 = 8;

choices! {
    /// Channels of a file, counted from 1.
    pub(crate) enum FileChannels {
        All = "all",
        Channels1And2 = "1_2",
        Channels3And4 = "3_4",
        Channels5And6 = "5_6",
        Channels7And8 = "7_8",
        Channels9And10 = "9_10",
        Channels11And12 = "11_12",
        Channels13And14 = "13_14",
        Channels15And16 = "15_16",
        Channel1 = "1",
        Channel2 = "2",
        Channel3 = "3",
        Channel4 = "4",
        Channel5 = "5",
        Channel6 = "6",
        Channel7 = "7",
        Channel8 = "8",
        Channel9 = "9",
        Channel10 = "10",
        Channel11 = "11",
        Channel12 = "12",
        Channel13 = "13",
        Channel14 = "14",
        Channel15 = "15",
        Channel16 = "16",
    }
}

/// The setting at a position in the spec.
pub(crate) const fn setting(index: usize) -> Setting {
    FileChannels::setting(
        index,
        "channels",
        FileChannels::All,
        "Which channels of the file are heard, counted from 1: two of them left and right, or one on both \
         sides. All mixes a file of more than two to stereo, the centre and the surround channels at -3 dB.",
    )
}

/// What is chosen.
pub(crate) fn chosen(settings: &Settings, setting: Setting) -> Result<ChannelChoice, ConfigError> {
    let place = settings.chosen::<FileChannels>(setting)? as u16;
    Ok(match place {
        0 => ChannelChoice::All,
        pair if pair <= PAIRS => ChannelChoice::Pair(2 * (pair - 1)),
        single => ChannelChoice::Single(single - PAIRS - 1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::Choices;

    #[test]
    fn names_say_what_is_heard() {
        const CHANNELS: Setting = setting(0);
        for choice in FileChannels::ALL {
            let mut settings = Settings::defaults(&[CHANNELS]);
            settings.set(&CHANNELS, (*choice).into()).unwrap();
            let name = choice.to_string();
            let numbers: Vec<u16> = name.split('_').filter_map(|number| number.parse().ok()).collect();
            let expected = match numbers[..] {
                [] => ChannelChoice::All,
                [first, second] => {
                    assert_eq!(second, first + 1);
                    ChannelChoice::Pair(first - 1)
                }
                [single] => ChannelChoice::Single(single - 1),
                _ => panic!("{name}"),
            };
            assert_eq!(chosen(&settings, CHANNELS).unwrap(), expected, "{name}");
        }
    }
}
