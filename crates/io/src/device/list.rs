//! Which devices there are, and which one is meant by a name.

use super::{DeviceError, Side, library_log};
use cpal::traits::{DeviceTrait, HostTrait};
use cpal::{Host, HostId, SupportedStreamConfig, SupportedStreamConfigRange};

/// A sound device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInfo {
    /// The sound system, like `alsa`.
    pub host: String,
    /// What the sound system calls it; best for choosing it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it plays, if it plays.
    pub output: Option<Ports>,
    /// What it records, if it records.
    pub input: Option<Ports>,
}

/// One direction of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ports {
    /// Whether it is the default device of its sound system.
    pub is_default: bool,
    /// Channels unless asked otherwise.
    pub default_channels: Option<u16>,
    /// Frames per second unless asked otherwise.
    pub default_rate: Option<u32>,
    /// All channel counts, in order.
    pub channels: Vec<u16>,
    /// All ranges of frames per second, in order.
    pub rates: Vec<(u32, u32)>,
    /// All sample formats, like `i16` and `f32`.
    pub formats: Vec<String>,
}

/// All devices of all sound systems that answer. May take a second: each device is asked.
pub fn list() -> Vec<DeviceInfo> {
    library_log::suppress();
    hosts()
        .into_iter()
        .filter_map(|id| cpal::host_from_id(id).ok())
        .flat_map(|host| list_host(&host))
        .collect()
}

fn list_host(host: &Host) -> Vec<DeviceInfo> {
    let default_output = host.default_output_device().and_then(|device| device.id().ok());
    let default_input = host.default_input_device().and_then(|device| device.id().ok());
    let Ok(devices) = host.devices() else { return Vec::new() };
    let describe = |device: cpal::Device| {
        let id = device.id().ok()?;
        let output = device.supported_output_configs().ok().and_then(|offers| {
            let is_default = default_output.as_ref() == Some(&id);
            ports(&offers.collect::<Vec<_>>(), device.default_output_config().ok().as_ref(), is_default)
        });
        let input = device.supported_input_configs().ok().and_then(|offers| {
            let is_default = default_input.as_ref() == Some(&id);
            ports(&offers.collect::<Vec<_>>(), device.default_input_config().ok().as_ref(), is_default)
        });
        let info = DeviceInfo {
            host: host.id().to_string(),
            id: id.id().to_owned(),
            name: name(&device),
            output,
            input,
        };
        (info.output.is_some() || info.input.is_some()).then_some(info)
    };
    devices.filter_map(describe).collect()
}

fn ports(
    offers: &[SupportedStreamConfigRange],
    default: Option<&SupportedStreamConfig>,
    is_default: bool,
) -> Option<Ports> {
    if offers.is_empty() {
        return None;
    }
    Some(Ports {
        is_default,
        default_channels: default.map(SupportedStreamConfig::channels),
        default_rate: default.map(SupportedStreamConfig::sample_rate),
        channels: sorted(offers.iter().map(SupportedStreamConfigRange::channels)),
        rates: sorted(offers.iter().map(|offer| (offer.min_sample_rate(), offer.max_sample_rate()))),
        formats: sorted(offers.iter().map(|offer| offer.sample_format().to_string())),
    })
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort_unstable();
    items.dedup();
    items
}

/// The sound systems of this program, best first. ALSA comes before the servers, for its default
/// device leads to the one that runs, and it tells of gaps; JACK comes last, for its programs are
/// chosen on purpose.
pub(super) fn hosts() -> Vec<HostId> {
    let rank = |id: &HostId| match id.to_string().as_str() {
        "pulseaudio" => 1,
        "pipewire" => 2,
        "jack" => 3,
        _ => 0,
    };
    let mut hosts = cpal::ALL_HOSTS.to_vec();
    hosts.sort_by_key(rank);
    hosts
}

/// The sound system with this name.
pub(super) fn find_host(name: &str) -> Result<Host, DeviceError> {
    let id = hosts().into_iter().find(|id| id.to_string().eq_ignore_ascii_case(name)).ok_or_else(|| {
        let known = hosts().iter().map(HostId::to_string).collect();
        DeviceError::UnknownHost { host: name.to_owned(), known }
    })?;
    cpal::host_from_id(id)
        .map_err(|error| DeviceError::HostDown { host: id.to_string(), reason: error.to_string() })
}

/// The device of a sound system with this id or name; else the one whose name contains it.
pub(super) fn find_device(host: &Host, side: Side, wanted: &str) -> Result<cpal::Device, DeviceError> {
    let down =
        |error: cpal::Error| DeviceError::HostDown { host: host.id().to_string(), reason: error.to_string() };
    let devices: Vec<_> = match side {
        Side::Output => host.output_devices().map_err(down)?.collect(),
        Side::Input => host.input_devices().map_err(down)?.collect(),
    };
    let names: Vec<_> = devices.iter().map(|device| (id(device), name(device))).collect();
    let found = best_match(wanted, &names).and_then(|index| devices.into_iter().nth(index));
    found.ok_or_else(|| {
        let known = names.into_iter().map(|(id, _)| id).collect();
        DeviceError::UnknownDevice { side, name: wanted.to_owned(), known }
    })
}

/// The first pair of id and name that fits: exactly, or else as a part, whatever the case.
fn best_match(wanted: &str, names: &[(String, String)]) -> Option<usize> {
    let wanted_lower = wanted.to_lowercase();
    let exactly = |(id, name): &(String, String)| id == wanted || name == wanted;
    let partly = |(id, name): &(String, String)| {
        id.to_lowercase().contains(&wanted_lower) || name.to_lowercase().contains(&wanted_lower)
    };
    names.iter().position(exactly).or_else(|| names.iter().position(partly))
}

fn id(device: &cpal::Device) -> String {
    device.id().map_or_else(|_| String::new(), |id| id.id().to_owned())
}

/// What people call a device, on one line.
pub(super) fn name(device: &cpal::Device) -> String {
    let name = device.description().map_or_else(|_| id(device), |description| description.name().to_owned());
    name.lines().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_matched_exactly_first_and_partly_then() {
        let names = [("hw:0", "Loud Speakers"), ("hw:1", "Speakers"), ("pulse", "Server")]
            .map(|(id, name)| (id.to_owned(), name.to_owned()));
        assert_eq!(best_match("Speakers", &names), Some(1));
        assert_eq!(best_match("speakers", &names), Some(0));
        assert_eq!(best_match("hw:1", &names), Some(1));
        assert_eq!(best_match("serv", &names), Some(2));
        assert_eq!(best_match("headphones", &names), None);
    }

    #[test]
    fn an_unknown_sound_system_names_the_known_ones() {
        let error = find_host("telegraph").err().unwrap().to_string();
        assert!(error.starts_with("no sound system 'telegraph'; this program knows "), "{error}");
        #[cfg(target_os = "linux")]
        assert!(error.contains("alsa"), "{error}");
    }

    #[test]
    fn listing_works_without_any_device() {
        for device in list() {
            assert!(device.output.is_some() || device.input.is_some());
        }
    }
}
