//! The audio controller's device: which one it is, and where the crossfader is while there is none.

use super::super::messages::{AudioEvent, Opened};
use super::super::output_crossfader::CrossfaderCommand;
use super::AudioController;
use jackfield_editor::SoundPreferences;
use jackfield_io::device::{Device, DeviceEvent, DeviceRequest, InputRequest, NullRequest, Render, Running};
use std::thread;
use std::time::Duration;

/// How long a fade is heard before a device stops, on top of what it buffers.
const FADE: Duration = Duration::from_millis(10);

/// Where the crossfader is.
pub(super) enum DeviceState {
    /// No device. The crossfader waits here.
    Idle(Box<dyn Render>),
    /// This device is about to start. The crossfader waits here.
    Opened(Box<dyn Render>, Device),
    /// The crossfader plays on this device.
    Running(Running),
    /// For a moment, between two of the others.
    Between,
}

impl AudioController {
    /// Opens the chosen device, or one that nobody hears in its place, and starts it if it can.
    pub(super) fn open(&mut self) {
        self.stop();
        let (device, is_silent) = match Device::open(&request(&self.chosen)) {
            Ok(device) => (device, false),
            Err(error) => {
                self.report_error(&format!("No sound: {error}."));
                (Device::null(null_request(&self.chosen)), true)
            }
        };
        self.use_device(device, is_silent);
        self.start();
    }

    fn use_device(&mut self, device: Device, is_silent: bool) {
        let format = device.format();
        self.format = Some(format);
        let opened = Opened {
            host: device.host().to_owned(),
            name: device.name().to_owned(),
            sample_rate: format.sample_rate,
            block: format.block,
            is_silent,
        };
        if let DeviceState::Idle(crossfader) = self.take_device() {
            self.device = DeviceState::Opened(crossfader, device);
        }
        self.report(AudioEvent::Opened(opened));
    }

    fn take_device(&mut self) -> DeviceState {
        std::mem::replace(&mut self.device, DeviceState::Between)
    }

    /// Starts the opened device, if sound is wanted and the document's executor has its rate.
    pub(super) fn start(&mut self) {
        let rate = self.format.map(|format| format.sample_rate);
        if !self.wants_to_run || rate != self.sample_rate {
            return;
        }
        let (crossfader, device) = match self.take_device() {
            DeviceState::Opened(crossfader, device) => (crossfader, device),
            other => {
                self.device = other;
                return;
            }
        };
        let name = device.name().to_owned();
        let is_null = device.host() == Device::null(NullRequest::default()).host();
        match device.start(crossfader) {
            Ok(running) => {
                self.device = DeviceState::Running(running);
                self.status_monitor.begin();
                self.send(CrossfaderCommand::Mute(false));
                self.report(AudioEvent::Running(true));
            }
            Err(refused) => {
                self.report_error(&format!("No sound from '{name}': {}.", refused.error));
                if let Some(crossfader) = refused.render {
                    self.device = DeviceState::Idle(crossfader);
                    if !is_null {
                        self.use_device(Device::null(null_request(&self.chosen)), true);
                        self.start();
                    }
                }
            }
        }
    }

    /// Fades out, stops the device and takes the crossfader back.
    pub(super) fn stop(&mut self) {
        self.end_recording();
        self.midi_output.release();
        self.device = match self.take_device() {
            DeviceState::Running(running) => {
                self.send(CrossfaderCommand::Mute(true));
                let format = running.format();
                let block = f64::from(format.block) / f64::from(format.sample_rate);
                thread::sleep(FADE + Duration::from_secs_f64(block));
                let returned = running.stop();
                self.report(AudioEvent::Running(false));
                if returned.is_none() {
                    self.report_error(
                        &"The sound system keeps what it played; restart the program for sound.",
                    );
                }
                returned.map_or(DeviceState::Between, DeviceState::Idle)
            }
            DeviceState::Opened(crossfader, _) => DeviceState::Idle(crossfader),
            other => other,
        };
    }

    /// Keeps the crossfader up to date while no device calls it: it takes commands and plans without making
    /// sound.
    pub(super) fn render_nothing(&mut self) {
        if let DeviceState::Idle(crossfader) | DeviceState::Opened(crossfader, _) = &mut self.device {
            crossfader.render(&[], 0, &mut [], 2);
        }
        self.reclaim();
    }

    pub(super) fn handle_device_events(&mut self) {
        while let DeviceState::Running(running) = &self.device
            && let Some(event) = running.next_event()
        {
            match event {
                DeviceEvent::Vanished { .. } => {
                    self.report_error(&format!("{event}."));
                    self.open();
                }
                DeviceEvent::Overrun { .. } => self.gaps += 1,
                DeviceEvent::Rerouted { .. } | DeviceEvent::NotRealtime => {
                    self.report(AudioEvent::Notice(format!("{event}.")));
                }
                // It goes on, and nobody could do anything about it.
                DeviceEvent::Other { .. } => {}
            }
        }
    }
}

/// What is chosen, as a request to the sound systems.
fn request(chosen: &SoundPreferences) -> DeviceRequest {
    let mut request = DeviceRequest::default();
    request.host.clone_from(&chosen.host);
    request.output.clone_from(&chosen.output);
    request.input = match chosen.input.as_deref() {
        None => InputRequest::Off,
        Some("") => InputRequest::Default,
        Some(name) => InputRequest::Named(name.to_owned()),
    };
    (request.sample_rate, request.block) = (chosen.sample_rate, chosen.block);
    request
}

/// What keeps time where there is no sound.
fn null_request(chosen: &SoundPreferences) -> NullRequest {
    let usual = NullRequest::default();
    NullRequest {
        sample_rate: chosen.sample_rate.unwrap_or(usual.sample_rate),
        block: chosen.block.unwrap_or(usual.block),
        ..usual
    }
}
