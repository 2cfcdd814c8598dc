//! What devices there are to choose from.

use super::messages::{AudioEvent, Found};
use jackfield_editor::DeviceOffer;
use jackfield_io::{device, midi_port, midi_sender};

/// Asks all sound systems. May take a second.
pub(super) fn find() -> AudioEvent {
    let devices = device::list().into_iter().map(|device| DeviceOffer {
        host: device.host,
        id: device.id,
        name: device.name,
        plays: device.output.is_some(),
        records: device.input.is_some(),
    });
    AudioEvent::Found(Found {
        devices: devices.collect(),
        // Without MIDI on the system there are no ports.
        midi_inputs: midi_port::list().unwrap_or_default(),
        midi_outputs: midi_sender::list().unwrap_or_default(),
    })
}
