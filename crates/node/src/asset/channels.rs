//! Two channels of many: which channels of a file are heard on the left and on the right.

use super::{Asset, Metadata, Speaker};

/// What of a file's channels is heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ChannelChoice {
    /// One channel on both sides, two as they are, more of them mixed: see [`ChannelMix`].
    #[default]
    All,
    /// This channel, counted from 0, on the left and the next one on the right.
    Pair(u16),
    /// This channel, counted from 0, on both sides.
    Single(u16),
}

/// How much of each channel goes to either side.
///
/// Files with more than two channels are mixed as ITU-R BS.775-4 says, annex 4, table 2: the centre and the
/// surround channels at -3 dB, no low-frequency effects. What has no place in the room goes to both sides at
/// -3 dB. Nothing is turned down beyond that, so a sound in all channels comes out louder than in one.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelMix {
    /// For left and right: which channel, and how much of it. In the order of the channels.
    sides: [Vec<(usize, f32)>; 2],
}

/// -3 dB.
const HALF_POWER: f32 = std::f32::consts::FRAC_1_SQRT_2;
/// A place between a side and the middle: the cosine and the sine of 22.5 degrees.
const NEAR: f32 = 0.923_879_5;
const FAR: f32 = 0.382_683_43;

impl Speaker {
    /// What comes from it to the left and to the right.
    fn gains(self) -> [f32; 2] {
        match self {
            Self::FrontLeft => [1.0, 0.0],
            Self::FrontRight => [0.0, 1.0],
            Self::FrontCentre | Self::Discrete => [HALF_POWER; 2],
            Self::Lfe => [0.0; 2],
            Self::SurroundLeft => [HALF_POWER, 0.0],
            Self::SurroundRight => [0.0, HALF_POWER],
            Self::SurroundCentre => [0.5; 2],
            Self::FrontLeftOfCentre => [NEAR, FAR],
            Self::FrontRightOfCentre => [FAR, NEAR],
        }
    }

    /// The usual places of so many channels: of WAV files that don't say, and of films.
    pub fn usual(channels: usize) -> Vec<Self> {
        use Speaker::{
            FrontCentre as C, FrontLeft as L, FrontRight as R, Lfe, SurroundCentre as Cs, SurroundLeft as Ls,
            SurroundRight as Rs,
        };
        let places: &[Self] = match channels {
            1 => &[C],
            2 => &[L, R],
            3 => &[L, R, C],
            4 => &[L, R, Ls, Rs],
            5 => &[L, R, C, Ls, Rs],
            6 => &[L, R, C, Lfe, Ls, Rs],
            7 => &[L, R, C, Lfe, Cs, Ls, Rs],
            8 => &[L, R, C, Lfe, Ls, Rs, Ls, Rs],
            _ => return vec![Self::Discrete; channels],
        };
        places.to_vec()
    }
}

impl ChannelMix {
    /// The mix of a file with so many channels.
    pub fn new(choice: ChannelChoice, channels: usize, metadata: &Metadata) -> Self {
        let only = |channel: usize| if channel < channels { vec![(channel, 1.0)] } else { Vec::new() };
        let sides = match choice {
            ChannelChoice::Pair(first) => [only(first.into()), only(usize::from(first) + 1)],
            ChannelChoice::Single(channel) => [only(channel.into()), only(channel.into())],
            ChannelChoice::All if channels <= 2 => [only(0), only(channels.saturating_sub(1))],
            ChannelChoice::All => Self::by_place(channels, &metadata.speakers),
        };
        Self { sides }
    }

    fn by_place(channels: usize, speakers: &[Speaker]) -> [Vec<(usize, f32)>; 2] {
        let usual = Speaker::usual(channels);
        let speakers = if speakers.len() == channels { speakers } else { &usual };
        [0, 1].map(|side| {
            let gains = speakers.iter().map(|speaker| speaker.gains()[side]).enumerate();
            gains.filter(|(_, gain)| *gain != 0.0).collect()
        })
    }

    /// Whether both sides get the same.
    pub fn is_mono(&self) -> bool {
        self.sides[0] == self.sides[1]
    }

    /// Whether a side gets nothing, because the file has no such channel.
    pub fn lacks_channels(&self) -> bool {
        self.sides.iter().any(Vec::is_empty)
    }

    /// Whether the sides get channels as they are.
    pub fn is_plain(&self) -> bool {
        self.sides.iter().all(|side| side.len() <= 1)
    }

    /// Writes a side, 0 or 1, of some frames of all channels. `out` is as long as the channels.
    pub fn write<C: AsRef<[f32]>>(&self, side: usize, channels: &[C], out: &mut [f32]) {
        let mut parts = self.sides[side].iter().map(|(channel, gain)| (channels[*channel].as_ref(), *gain));
        match parts.next() {
            Some((first, gain)) => {
                for (out, sample) in out.iter_mut().zip(first) {
                    *out = sample * gain;
                }
            }
            None => out.fill(0.0),
        }
        for (channel, gain) in parts {
            for (out, sample) in out.iter_mut().zip(channel) {
                *out += sample * gain;
            }
        }
    }
}

impl Asset {
    /// The same sound in one channel, where both sides are the same, or in two.
    #[must_use]
    pub fn stereo(self, choice: ChannelChoice) -> Self {
        let mix = ChannelMix::new(choice, self.channels.len(), &self.metadata);
        if choice == ChannelChoice::All && self.channels.len() <= 2 {
            return self;
        }
        let sides = if mix.is_mono() { 1 } else { 2 };
        let side = |side| {
            let mut out = vec![0.0; self.frames()];
            mix.write(side, &self.channels, &mut out);
            out
        };
        let channels: Vec<_> = (0..sides).map(side).collect();
        let mut metadata = self.metadata.clone();
        metadata.speakers.clear();
        Self { channels, metadata, sample_rate: self.sample_rate }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One frame of so many channels, of which one speaks.
    fn speaking(channels: usize, channel: usize) -> Asset {
        Asset::new((0..channels).map(|at| vec![if at == channel { 1.0 } else { 0.0 }]).collect(), 48_000.0)
    }

    fn heard(asset: Asset, choice: ChannelChoice) -> [f32; 2] {
        let mixed = asset.stereo(choice);
        let side = |side: usize| mixed.channels.get(side).unwrap_or(&mixed.channels[0])[0];
        [side(0), side(1)]
    }

    #[test]
    fn a_centre_alone_is_heard_on_both_sides() {
        for channels in [3, 5, 6, 7, 8] {
            assert_eq!(heard(speaking(channels, 2), ChannelChoice::All), [HALF_POWER; 2], "{channels}");
        }
        assert_eq!(heard(speaking(6, 3), ChannelChoice::All), [0.0; 2], "no low-frequency effects");
        assert_eq!(heard(speaking(6, 4), ChannelChoice::All), [HALF_POWER, 0.0]);
        assert_eq!(heard(speaking(16, 9), ChannelChoice::All), [HALF_POWER; 2]);
    }

    #[test]
    fn what_the_file_says_of_its_channels_counts() {
        let mut asset = speaking(3, 0);
        asset.metadata.speakers = vec![Speaker::FrontCentre, Speaker::FrontLeft, Speaker::FrontRight];
        assert_eq!(heard(asset, ChannelChoice::All), [HALF_POWER; 2]);
    }

    #[test]
    fn one_and_two_channels_stay_as_they_are() {
        for channels in [1, 2] {
            let asset = speaking(channels, 0);
            assert_eq!(asset.clone().stereo(ChannelChoice::All), asset);
        }
    }

    #[test]
    fn any_channel_can_be_chosen() {
        for channel in 0..6 {
            let chosen = ChannelChoice::Single(channel as u16);
            assert_eq!(heard(speaking(6, channel), chosen), [1.0; 2]);
            let pair = ChannelChoice::Pair(channel as u16 & !1);
            assert_eq!(heard(speaking(6, channel), pair)[channel & 1], 1.0);
        }
        assert_eq!(heard(speaking(2, 0), ChannelChoice::Pair(4)), [0.0; 2]);
        assert!(ChannelMix::new(ChannelChoice::Single(2), 2, &Metadata::default()).lacks_channels());
    }
}
