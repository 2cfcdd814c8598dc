//! `jackfield devices`: what there is to play on.

use crate::exit::Failure;
use crate::output::{columns, print, print_json};
use jackfield_io::device::{self, DeviceInfo, Ports};
use jackfield_io::{midi_port, midi_sender};
use serde_json::{Value, json};

/// List the sound devices, MIDI inputs and MIDI outputs.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Print JSON, with everything the devices offer.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let sound = device::list();
    let midi = midi_port::list();
    if arguments.json {
        return print_json(&json!({
            "sound": sound.iter().map(to_json).collect::<Value>(),
            "midi_inputs": midi.unwrap_or_default(),
            "midi_outputs": midi_sender::list().unwrap_or_default(),
        }));
    }
    let mut text = if sound.is_empty() {
        "no sound devices; 'jackfield render' writes to files\n".to_owned()
    } else {
        let rows: Vec<[String; 5]> = sound.iter().map(row).collect();
        columns(&rows, "")
    };
    match midi {
        Ok(names) if names.is_empty() => text.push_str("no MIDI inputs\n"),
        Ok(names) => names.iter().for_each(|name| text.push_str(&format!("midi in   {name}\n"))),
        Err(error) => text.push_str(&format!("{error}\n")),
    }
    let outputs = midi_sender::list().unwrap_or_default();
    for name in outputs {
        text.push_str(&format!("midi out  {name}\n"));
    }
    print(&text)
}

fn row(device: &DeviceInfo) -> [String; 5] {
    [
        device.host.clone(),
        device.id.clone(),
        describe("plays", device.output.as_ref()),
        describe("records", device.input.as_ref()),
        device.name.clone(),
    ]
}

/// One direction in a few words, like `plays 2 x 48000 Hz (default)`.
fn describe(verb: &str, ports: Option<&Ports>) -> String {
    let Some(ports) = ports else { return String::new() };
    let mut words = verb.to_owned();
    if let (Some(channels), Some(rate)) = (ports.default_channels, ports.default_rate) {
        words.push_str(&format!(" {channels} x {rate} Hz"));
    }
    if ports.is_default {
        words.push_str(" (default)");
    }
    words
}

fn to_json(device: &DeviceInfo) -> Value {
    json!({
        "host": device.host,
        "id": device.id,
        "name": device.name,
        "output": device.output.as_ref().map(ports_to_json),
        "input": device.input.as_ref().map(ports_to_json),
    })
}

fn ports_to_json(ports: &Ports) -> Value {
    json!({
        "default": ports.is_default,
        "default_channels": ports.default_channels,
        "default_rate": ports.default_rate,
        "channels": ports.channels,
        "rates": ports.rates,
        "formats": ports.formats,
    })
}
