//! What the editor asks of the program.

use super::Studio;
use super::dialogs::Then;
use super::reports::Learning;
use crate::edit::dialogs::Purpose;
use crate::edit::files::factory;
use crate::edit::sound::{Guest, Order};
use jackfield_editor::{Command, Preferences};
use jackfield_engine::{EngineError, Session};
use std::sync::Arc;

impl Studio {
    pub(super) fn obey(&mut self, command: Command) {
        match command {
            Command::New => self.go_on(Then::New),
            Command::Open => self.go_on(Then::Choose),
            Command::OpenPath(path) => self.go_on(Then::Open(path)),
            Command::OpenFactory(name) => self.go_on(Then::Factory(name)),
            Command::Save => {
                if self.editor.document().path().is_none() {
                    self.choose(Purpose::Save, None);
                } else {
                    self.save();
                }
            }
            Command::SaveAs => self.choose(Purpose::Save, None),
            Command::ChooseFile { node, setting } => self.choose_file(node, setting),
            Command::LearnMidi { node, input } => self.learn(Learning { node, input }),
            Command::ForgetMidi { node, input } => self.forget(&node, &input),
            Command::Panic => self.sound.order(Order::Panic),
            Command::SetPlaying(on) => self.steer(|session| if on { session.play() } else { session.stop() }),
            Command::TogglePlaying => self.steer(play_or_stop),
            Command::Rewind => self.steer(|session| session.locate(0.0)),
            Command::Preview(Some(name)) => self.preview(&name),
            Command::Preview(None) => self.end_preview(),
            Command::Prefer(preferences) => self.prefer(*preferences),
            Command::FindDevices => self.find_devices(),
            Command::SetRunning(on) => self.sound.order(Order::Run(on)),
            Command::ToggleRecording => {
                self.obey(Command::SetRecording(self.host.status.recorded.is_none()));
            }
            Command::SetRecording(true) => self.sound.order(Order::Record(self.recording_path())),
            Command::SetRecording(false) => self.sound.order(Order::EndRecording),
            Command::Quit => self.go_on(Then::Quit),
        }
    }

    fn steer(&mut self, change: impl FnOnce(&mut Session) -> Result<(), EngineError>) {
        let changed = change(&mut self.host.session());
        if let Err(error) = changed {
            self.editor.refuse(&error);
        }
    }

    /// Lets a factory patch be heard.
    fn preview(&mut self, name: &Arc<str>) {
        let Some(patch) = factory::read(name, &self.registry) else { return };
        let (mut session, executor) = match super::session(&self.shelf, self.sample_rate) {
            Ok(both) => both,
            Err(error) => return self.editor.refuse(&error),
        };
        session.update(&patch);
        let notes = factory::phrase(self.sample_rate);
        self.sound.order(Order::Preview(Box::new(Guest { session, executor, notes })));
        self.offer(|offers, _| offers.previewed = Some(name.clone()));
    }

    fn end_preview(&mut self) {
        self.sound.order(Order::EndPreview);
        self.offer(|offers, _| offers.previewed = None);
    }

    fn find_devices(&mut self) {
        self.sound.order(Order::FindDevices);
        let factory = factory::list(&self.registry);
        self.offer(|offers, _| offers.factory = factory);
    }

    /// Does and keeps what a person prefers.
    fn prefer(&mut self, wanted: Preferences) {
        let before = std::mem::replace(&mut self.preferences, wanted.clone());
        self.editor.set_theme(wanted.theme);
        if let Some(context) = &self.context {
            context.set_zoom_factor(wanted.scale);
        }
        if wanted.sound != before.sound {
            self.sound.order(Order::Use(wanted.sound.clone()));
        }
        if wanted.midi_inputs != before.midi_inputs {
            self.sound.order(Order::OpenMidi(wanted.midi_inputs.clone()));
        }
        if wanted.midi_output != before.midi_output {
            self.sound.order(Order::OpenMidiOutput(wanted.midi_output.clone()));
        }
        self.offer(|offers, _| offers.preferences = wanted);
        self.keep();
    }
}

/// Stops a transport that plays, and starts one that does not.
fn play_or_stop(session: &mut Session) -> Result<(), EngineError> {
    if session.transport().is_playing { session.stop() } else { session.play() }
}
