//! The attendant's device: which one it is, and where the stage is while there is none.

use super::super::order::{Opened, Report};
use super::super::stage::Cue;
use super::Attendant;
use jackfield_editor::SoundPreferences;
use jackfield_io::device::{Device, DeviceEvent, DeviceRequest, InputRequest, NullRequest, Render, Running};
use std::thread;
use std::time::Duration;

/// How long a fade is heard before a device stops, on top of what it buffers.
const FADE: Duration = Duration::from_millis(10);

/// Where the stage is.
pub(super) enum DeviceState {
    /// At home; no device.
    Home(Box<dyn Render>),
    /// At home; this device is about to start.
    Opened(Box<dyn Render>, Device),
    /// On this device.
    Running(Running),
    /// For a moment, between two of the others.
    Between,
}

impl Attendant {
    /// Opens the chosen device, or one that nobody hears in its place, and starts it if it can.
    pub(super) fn open(&mut self) {
        self.stop();
        let (device, is_silent) = match Device::open(&request(&self.chosen)) {
            Ok(device) => (device, false),
            Err(error) => {
                self.trouble(&format!("No sound: {error}."));
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
        if let DeviceState::Home(stage) = self.take_device() {
            self.device = DeviceState::Opened(stage, device);
        }
        self.report(Report::Opened(opened));
    }

    fn take_device(&mut self) -> DeviceState {
        std::mem::replace(&mut self.device, DeviceState::Between)
    }

    /// Starts the opened device, if sound is wanted and the executor on the stage has its rate.
    pub(super) fn start(&mut self) {
        let rate = self.format.map(|format| format.sample_rate);
        if !self.wants_to_run || rate != self.sample_rate {
            return;
        }
        let (stage, device) = match self.take_device() {
            DeviceState::Opened(stage, device) => (stage, device),
            other => {
                self.device = other;
                return;
            }
        };
        let name = device.name().to_owned();
        let is_null = device.host() == Device::null(NullRequest::default()).host();
        match device.start(stage) {
            Ok(running) => {
                self.device = DeviceState::Running(running);
                self.watch.begin();
                self.cue(Cue::Hush(false));
                self.report(Report::Running(true));
            }
            Err(refused) => {
                self.trouble(&format!("No sound from '{name}': {}.", refused.error));
                if let Some(stage) = refused.render {
                    self.device = DeviceState::Home(stage);
                    if !is_null {
                        self.use_device(Device::null(null_request(&self.chosen)), true);
                        self.start();
                    }
                }
            }
        }
    }

    /// Fades out and brings the stage home.
    pub(super) fn stop(&mut self) {
        self.end_recording();
        self.midi_output.release();
        self.device = match self.take_device() {
            DeviceState::Running(running) => {
                self.cue(Cue::Hush(true));
                let format = running.format();
                let block = f64::from(format.block) / f64::from(format.sample_rate);
                thread::sleep(FADE + Duration::from_secs_f64(block));
                let home = running.stop();
                self.report(Report::Running(false));
                if home.is_none() {
                    self.trouble(&"The sound system keeps what it played; restart the program for sound.");
                }
                home.map_or(DeviceState::Between, DeviceState::Home)
            }
            DeviceState::Opened(stage, _) => DeviceState::Home(stage),
            other => other,
        };
    }

    /// What keeps an unheard stage up to date: it takes cues and plans without making sound.
    pub(super) fn render_nothing(&mut self) {
        if let DeviceState::Home(stage) | DeviceState::Opened(stage, _) = &mut self.device {
            stage.render(&[], 0, &mut [], 2);
        }
        self.welcome_home();
    }

    pub(super) fn heed_device(&mut self) {
        while let DeviceState::Running(running) = &self.device
            && let Some(event) = running.next_event()
        {
            match event {
                DeviceEvent::Vanished { .. } => {
                    self.trouble(&format!("{event}."));
                    self.open();
                }
                DeviceEvent::Overrun { .. } => self.gaps += 1,
                DeviceEvent::Rerouted { .. } | DeviceEvent::NotRealtime => {
                    self.report(Report::Told(format!("{event}.")));
                }
                // It goes on, and nobody could do anything about it.
                DeviceEvent::Other { .. } => {}
            }
        }
    }
}

/// What is chosen, as a request to the sound systems.
fn request(chosen: &SoundPreferences) -> DeviceRequest {
    DeviceRequest {
        host: chosen.host.clone(),
        output: chosen.output.clone(),
        input: match chosen.input.as_deref() {
            None => InputRequest::Off,
            Some("") => InputRequest::Default,
            Some(name) => InputRequest::Named(name.to_owned()),
        },
        sample_rate: chosen.sample_rate,
        block: chosen.block,
        ..DeviceRequest::default()
    }
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
