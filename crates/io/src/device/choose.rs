//! Chooses how to run a device: rate, channels, sample format and block size, from what it offers.

use super::sample::is_usable;
use cpal::{
    BufferSize, SampleFormat, StreamConfig, SupportedBufferSize, SupportedStreamConfig,
    SupportedStreamConfigRange,
};

/// Frames per callback when nobody asks: 10.7 ms at 48 kHz. Safe with every sound system tried; their
/// own defaults go up to two seconds.
const USUAL_BLOCK: u32 = 512;

/// What is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wishes {
    pub(super) sample_rate: Option<u32>,
    pub(super) channels: Option<u16>,
    pub(super) block: Option<u32>,
}

/// How a stream will run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) sample_rate: u32,
    pub(super) channels: u16,
    pub(super) format: SampleFormat,
    pub(super) block: u32,
}

impl Choice {
    /// The stream with a fixed block size.
    pub(super) fn config(&self) -> StreamConfig {
        let buffer_size = BufferSize::Fixed(self.block);
        StreamConfig { channels: self.channels, sample_rate: self.sample_rate, buffer_size }
    }

    /// The stream with the device's own block size.
    pub(super) fn config_without_block(&self) -> StreamConfig {
        StreamConfig { buffer_size: BufferSize::Default, ..self.config() }
    }
}

/// What a device lacks: the wish in words, and what it offers instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lacking {
    pub(super) asked: String,
    pub(super) offered: Vec<String>,
}

/// Picks the offer that fulfils the wishes and is otherwise nearest to the device's own default.
pub(super) fn choose(
    wishes: Wishes,
    offers: &[SupportedStreamConfigRange],
    default: Option<&SupportedStreamConfig>,
) -> Result<Choice, Lacking> {
    let usable: Vec<_> = offers.iter().filter(|offer| is_usable(offer.sample_format())).collect();
    if usable.is_empty() {
        let offered = offers.iter().map(|offer| offer.sample_format().to_string()).collect();
        return Err(Lacking { asked: "sample format this program can use".to_owned(), offered });
    }
    let with_channels = keep(&usable, |offer| wishes.channels.is_none_or(|wish| offer.channels() == wish));
    if with_channels.is_empty() {
        let mut counts: Vec<_> = usable.iter().map(|offer| offer.channels()).collect();
        counts.sort_unstable();
        counts.dedup();
        let offered = counts.iter().map(u16::to_string).collect();
        return Err(Lacking { asked: format!("{} channels", wishes.channels.unwrap_or_default()), offered });
    }
    let with_rate =
        keep(&with_channels, |offer| wishes.sample_rate.is_none_or(|wish| offer.contains_rate(wish)));
    let best = with_rate.iter().max_by(|a, b| {
        let likeness = |offer: &SupportedStreamConfigRange| likeness(offer, default);
        likeness(a).cmp(&likeness(b)).then_with(|| a.cmp_default_heuristics(b))
    });
    let Some(best) = best else {
        let asked = format!("sample rate of {} Hz", wishes.sample_rate.unwrap_or_default());
        return Err(Lacking { asked, offered: rates(&with_channels) });
    };
    let sample_rate = wishes.sample_rate.unwrap_or_else(|| own_rate(best, default));
    let block = block(wishes.block, *best.buffer_size());
    Ok(Choice { sample_rate, channels: best.channels(), format: best.sample_format(), block })
}

fn keep<'a>(
    offers: &[&'a SupportedStreamConfigRange],
    fits: impl Fn(&SupportedStreamConfigRange) -> bool,
) -> Vec<&'a SupportedStreamConfigRange> {
    offers.iter().copied().filter(|offer| fits(offer)).collect()
}

/// How much of an offer agrees with the device's default: channels count most, then rate, then format.
fn likeness(offer: &SupportedStreamConfigRange, default: Option<&SupportedStreamConfig>) -> [bool; 3] {
    default.map_or([false; 3], |default| {
        [
            offer.channels() == default.channels(),
            offer.contains_rate(default.sample_rate()),
            offer.sample_format() == default.sample_format(),
        ]
    })
}

/// The default rate where the offer has it, else a usual one, else its highest.
fn own_rate(offer: &SupportedStreamConfigRange, default: Option<&SupportedStreamConfig>) -> u32 {
    match default {
        Some(default) if offer.contains_rate(default.sample_rate()) => default.sample_rate(),
        _ => offer.with_standard_sample_rate().sample_rate(),
    }
}

fn rates(offers: &[&SupportedStreamConfigRange]) -> Vec<String> {
    let mut ranges: Vec<_> = offers.iter().map(|o| (o.min_sample_rate(), o.max_sample_rate())).collect();
    ranges.sort_unstable();
    ranges.dedup();
    let in_words = |&(low, high): &(u32, u32)| {
        if low == high { format!("{low} Hz") } else { format!("{low} to {high} Hz") }
    };
    ranges.iter().map(in_words).collect()
}

fn block(wish: Option<u32>, offered: SupportedBufferSize) -> u32 {
    let block = wish.unwrap_or(USUAL_BLOCK).max(1);
    match offered {
        SupportedBufferSize::Range { min, max } if min <= max => block.clamp(min.max(1), max.max(1)),
        _ => block,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use SampleFormat::{DsdU8, F32, I16};

    fn offer(channels: u16, low: u32, high: u32, format: SampleFormat) -> SupportedStreamConfigRange {
        let sizes = SupportedBufferSize::Range { min: 64, max: 1024 };
        SupportedStreamConfigRange::new(channels, low, high, sizes, format)
    }

    fn stereo() -> (Vec<SupportedStreamConfigRange>, SupportedStreamConfig) {
        let offers = vec![
            offer(2, 44_100, 48_000, I16),
            offer(2, 44_100, 96_000, F32),
            offer(8, 48_000, 48_000, I16),
            offer(2, 2_000_000, 2_000_000, DsdU8),
        ];
        let default = SupportedStreamConfig::new(2, 44_100, SupportedBufferSize::Unknown, I16);
        (offers, default)
    }

    #[test]
    fn without_wishes_the_default_wins() {
        let (offers, default) = stereo();
        let choice = choose(Wishes::default(), &offers, Some(&default)).unwrap();
        assert_eq!(choice, Choice { sample_rate: 44_100, channels: 2, format: I16, block: 512 });
        let choice = choose(Wishes::default(), &offers, None).unwrap();
        assert_eq!(choice, Choice { sample_rate: 48_000, channels: 2, format: F32, block: 512 });
    }

    #[test]
    fn wishes_win_over_the_default() {
        let (offers, default) = stereo();
        let chosen = |wishes| choose(wishes, &offers, Some(&default));
        let rate = chosen(Wishes { sample_rate: Some(96_000), ..Default::default() }).unwrap();
        assert_eq!((rate.sample_rate, rate.format), (96_000, F32));
        let channels = chosen(Wishes { channels: Some(8), ..Default::default() }).unwrap();
        assert_eq!((channels.sample_rate, channels.channels), (48_000, 8));
        for (wish, block) in [(1, 64), (256, 256), (100_000, 1024)] {
            assert_eq!(chosen(Wishes { block: Some(wish), ..Default::default() }).unwrap().block, block);
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let (offers, default) = stereo();
        let lacking = |wishes| choose(wishes, &offers, Some(&default)).unwrap_err();
        let channels = lacking(Wishes { channels: Some(5), ..Default::default() });
        assert_eq!((channels.asked.as_str(), channels.offered), ("5 channels", vec!["2".into(), "8".into()]));
        let rate = lacking(Wishes { sample_rate: Some(8_000), ..Default::default() });
        assert_eq!(rate.asked, "sample rate of 8000 Hz");
        assert_eq!(rate.offered, ["44100 to 48000 Hz", "44100 to 96000 Hz", "48000 Hz"]);
        assert!(choose(Wishes::default(), &offers[3..], None).is_err(), "one-bit formats are no use");
        assert!(choose(Wishes::default(), &[], None).is_err());
    }
}
