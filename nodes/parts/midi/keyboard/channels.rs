//! What the controllers of each MIDI channel stand at, how far its pitch wheel reaches, and the zones of MPE.
//!
//! A zone of MPE (MIDI Polyphonic Expression) has a master channel and member channels, one for each key that
//! is down, whose bend, pressure and slide add to the master's. The lower zone has channel 1 as its master
//! and counts its members up from 2, the upper one has channel 16 and counts down from 15. The setting makes
//! a lower zone of all channels; an MPE Configuration Message (registered parameter 6 on a master) says how
//! many members a zone has, until the node is reset.

use super::KeyboardConfig;
use std::ops::RangeInclusive;

/// The master channels of the lower and the upper zone.
const MASTERS: [u8; 2] = [0, 15];
/// Members that both zones have together, when there are both.
const MOST_MEMBERS: u8 = 14;

/// The registered parameters that are known here.
const BEND_RANGE: [u8; 2] = [0, 0];
const ZONE: [u8; 2] = [0, 6];
/// No parameter is chosen.
const NO_PARAMETER: [u8; 2] = [127, 127];

/// What controllers say.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ChannelControllers {
    /// In octaves.
    pub(super) bend: f32,
    pub(super) wheel: f32,
    pub(super) pressure: f32,
    pub(super) slide: f32,
}

/// A channel as its messages have left it.
#[derive(Clone, Copy, Debug)]
struct Channel {
    /// -1 to 1.
    bend: f32,
    wheel: f32,
    pressure: f32,
    slide: f32,
    /// How far the pitch wheel reaches, in semitones and cents, if a message has said so.
    range: Option<[u8; 2]>,
    /// The registered parameter that data are for, high byte first.
    parameter: [u8; 2],
}

impl Channel {
    const AT_REST: Self =
        Self { bend: 0.0, wheel: 0.0, pressure: 0.0, slide: 0.0, range: None, parameter: NO_PARAMETER };
}

/// All 16 channels.
#[derive(Clone, Debug)]
pub(super) struct Channels {
    channels: [Channel; 16],
    /// Members of the lower and of the upper zone, once a message has said so.
    zones: Option<[u8; 2]>,
}

impl Channels {
    /// Nothing has come yet.
    pub(super) const AT_REST: Self = Self { channels: [Channel::AT_REST; 16], zones: None };

    /// The pitch wheel, -1 to 1.
    pub(super) fn set_bend(&mut self, channel: u8, bend: f32) {
        self.at(channel).bend = bend;
    }

    /// The pressure of a channel, 0 to 1.
    pub(super) fn set_pressure(&mut self, channel: u8, pressure: f32) {
        self.at(channel).pressure = pressure;
    }

    /// The modulation wheel, 0 to 1.
    pub(super) fn set_wheel(&mut self, channel: u8, wheel: f32) {
        self.at(channel).wheel = wheel;
    }

    /// The slide, 0 to 1.
    pub(super) fn set_slide(&mut self, channel: u8, slide: f32) {
        self.at(channel).slide = slide;
    }

    /// "Reset all controllers". The reach of the wheel and the zones stay, as they are none.
    pub(super) fn reset(&mut self, channel: u8) {
        let range = self.at(channel).range;
        *self.at(channel) = Channel { range, ..Channel::AT_REST };
    }

    /// Chooses the registered parameter that data are for; one that is not registered is none of ours.
    pub(super) fn choose_parameter(&mut self, channel: u8, controller: u8, value: u8) {
        let parameter = &mut self.at(channel).parameter;
        match controller {
            101 => parameter[0] = value,
            100 => parameter[1] = value,
            _ => *parameter = NO_PARAMETER,
        }
    }

    /// Takes the high (`place` 0) or low byte of the chosen parameter. Answers with the channels of a zone
    /// that has changed.
    pub(super) fn set_parameter(
        &mut self,
        channel: u8,
        place: usize,
        value: u8,
        config: &KeyboardConfig,
    ) -> Option<RangeInclusive<u8>> {
        match self.at(channel).parameter {
            BEND_RANGE => self.set_range(channel, place, value, config),
            ZONE if place == 0 => return self.set_zone(channel, value, config),
            _ => {}
        }
        None
    }

    /// How far the wheel reaches. What one member of a zone is told goes for all of them.
    fn set_range(&mut self, channel: u8, place: usize, value: u8, config: &KeyboardConfig) {
        let mut range = self.at(channel).range.unwrap_or_default();
        range[place] = value;
        let members = match self.master_of(channel, config) {
            Some(master) => self.members(master, config),
            None => channel..=channel,
        };
        for member in members {
            self.at(member).range = Some(range);
        }
    }

    /// Gives the zone of a master so many members; the other zone makes way.
    fn set_zone(&mut self, master: u8, members: u8, config: &KeyboardConfig) -> Option<RangeInclusive<u8>> {
        let zone = MASTERS.iter().position(|other| *other == master).filter(|_| config.channel.is_none())?;
        let before = self.group(master, config);
        let mut zones = self.zones(config);
        zones[zone] = members.min(15);
        zones[1 - zone] = zones[1 - zone].min(MOST_MEMBERS.saturating_sub(zones[zone]));
        self.zones = Some(zones);
        let now = self.group(master, config);
        let changed = *before.start().min(now.start())..=*before.end().max(now.end());
        for channel in changed.clone() {
            self.at(channel).range = None;
        }
        Some(changed)
    }

    /// Members of the lower and of the upper zone.
    fn zones(&self, config: &KeyboardConfig) -> [u8; 2] {
        self.zones.unwrap_or(if config.mpe { [15, 0] } else { [0, 0] })
    }

    /// The members of a master's zone; none without a zone.
    fn members(&self, master: u8, config: &KeyboardConfig) -> RangeInclusive<u8> {
        let [lower, upper] = self.zones(config);
        if master == MASTERS[0] { 1..=lower } else { 15 - upper..=14 }
    }

    /// The master of the zone of which a channel is a member.
    pub(super) fn master_of(&self, channel: u8, config: &KeyboardConfig) -> Option<u8> {
        MASTERS.into_iter().find(|&master| self.members(master, config).contains(&channel))
    }

    /// The channels that heed what is said to this one: all of its zone if it is a master.
    pub(super) fn group(&self, channel: u8, config: &KeyboardConfig) -> RangeInclusive<u8> {
        let is_master = MASTERS.contains(&channel) && self.master_of(channel, config).is_none();
        let members = self.members(channel, config);
        if !is_master || members.is_empty() {
            return channel..=channel;
        }
        channel.min(*members.start())..=channel.max(*members.end())
    }

    /// What the controllers say to a key of a channel.
    pub(super) fn heard(&self, channel: u8, config: &KeyboardConfig) -> ChannelControllers {
        let own = self.own(channel, config);
        let Some(master) = self.master_of(channel, config) else { return own };
        let master = self.own(master, config);
        ChannelControllers {
            bend: own.bend + master.bend,
            wheel: own.wheel.max(master.wheel),
            pressure: own.pressure.max(master.pressure),
            slide: own.slide.max(master.slide),
        }
    }

    fn own(&self, channel: u8, config: &KeyboardConfig) -> ChannelControllers {
        let Channel { bend, wheel, pressure, slide, range, .. } = self.channels[usize::from(channel & 15)];
        let octaves = match range {
            Some([semitones, cents]) => (f32::from(semitones) + f32::from(cents) / 100.0) / 12.0,
            None if self.master_of(channel, config).is_some() => config.key_bend,
            None => config.bend,
        };
        ChannelControllers { bend: bend * octaves, wheel, pressure, slide }
    }

    fn at(&mut self, channel: u8) -> &mut Channel {
        &mut self.channels[usize::from(channel & 15)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::midi::keyboard::Steal;

    const PLAIN: KeyboardConfig = KeyboardConfig {
        channel: None,
        steal: Steal::Oldest,
        bend: 0.25,
        unison: 1,
        mpe: false,
        key_bend: 4.0,
        tuning: None,
    };

    fn set(
        channels: &mut Channels,
        channel: u8,
        parameter: [u8; 2],
        value: u8,
    ) -> Option<RangeInclusive<u8>> {
        channels.choose_parameter(channel, 101, parameter[0]);
        channels.choose_parameter(channel, 100, parameter[1]);
        channels.set_parameter(channel, 0, value, &PLAIN)
    }

    #[test]
    fn the_wheel_reaches_as_far_as_it_was_told() {
        let mut channels = Channels::AT_REST;
        channels.set_bend(3, 1.0);
        assert_eq!(channels.heard(3, &PLAIN).bend, 0.25);
        set(&mut channels, 3, BEND_RANGE, 12);
        assert_eq!(channels.heard(3, &PLAIN).bend, 1.0);
        channels.set_parameter(3, 1, 60, &PLAIN);
        assert!((channels.heard(3, &PLAIN).bend - 12.6 / 12.0).abs() < 1e-6);
        channels.choose_parameter(3, 99, 0);
        channels.set_parameter(3, 0, 7, &PLAIN);
        assert!((channels.heard(3, &PLAIN).bend - 12.6 / 12.0).abs() < 1e-6, "data of another parameter");
        channels.reset(3);
        channels.set_bend(3, -1.0);
        assert!((channels.heard(3, &PLAIN).bend + 12.6 / 12.0).abs() < 1e-6, "it is no controller");
        channels.set_bend(4, 1.0);
        assert_eq!(channels.heard(4, &PLAIN).bend, 0.25);
    }

    #[test]
    fn messages_make_zones_from_both_ends() {
        let mut channels = Channels::AT_REST;
        assert_eq!(set(&mut channels, 0, ZONE, 5), Some(0..=5));
        assert_eq!(set(&mut channels, 15, ZONE, 4), Some(11..=15));
        let masters: Vec<Option<u8>> = (0..16).map(|channel| channels.master_of(channel, &PLAIN)).collect();
        let of = |master, count| vec![master; count];
        assert_eq!(
            masters,
            [of(None, 1), of(Some(0), 5), of(None, 5), of(Some(15), 4), of(None, 1)].concat()
        );
        channels.set_bend(15, 1.0);
        channels.set_bend(12, 0.5);
        assert_eq!(channels.heard(12, &PLAIN).bend, 0.5 * 4.0 + 0.25);
        set(&mut channels, 11, BEND_RANGE, 24);
        assert_eq!(channels.heard(12, &PLAIN).bend, 0.5 * 2.0 + 0.25, "one member speaks for all");
        assert_eq!(channels.heard(3, &PLAIN).bend, 0.0);
        // The latest zone takes what it wants.
        set(&mut channels, 0, ZONE, 12);
        assert_eq!((channels.group(0, &PLAIN), channels.group(15, &PLAIN)), (0..=12, 13..=15));
        set(&mut channels, 0, ZONE, 15);
        assert_eq!((channels.group(0, &PLAIN), channels.group(15, &PLAIN)), (0..=15, 15..=15));
        set(&mut channels, 0, ZONE, 0);
        assert!((0..16).all(|channel| channels.master_of(channel, &PLAIN).is_none()));
    }

    #[test]
    fn the_setting_makes_a_lower_zone_of_all() {
        let mpe = KeyboardConfig { mpe: true, ..PLAIN };
        let channels = Channels::AT_REST;
        assert!((1..16).all(|channel| channels.master_of(channel, &mpe) == Some(0)));
        assert_eq!(channels.group(0, &mpe), 0..=15);
        assert_eq!(channels.group(5, &mpe), 5..=5);
    }

    #[test]
    fn one_channel_alone_has_no_zones() {
        let alone = KeyboardConfig { channel: Some(0), ..PLAIN };
        let mut channels = Channels::AT_REST;
        channels.choose_parameter(0, 101, 0);
        channels.choose_parameter(0, 100, 6);
        assert_eq!(channels.set_parameter(0, 0, 5, &alone), None);
        assert_eq!(channels.group(0, &alone), 0..=0);
    }
}
