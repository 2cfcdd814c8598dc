//! What the editor asks of the program.

use super::App;
use super::dialogs::PendingAction;
use super::events::Learning;
use crate::edit::dialogs::Purpose;
use crate::edit::files::factory;
use crate::edit::sound::{AudioCommand, PreviewSession};
use jackfield_editor::{Command, Preferences};
use jackfield_engine::{EngineError, Session};
use std::sync::Arc;

impl App {
    pub(super) fn handle_command(&mut self, command: Command) {
        match command {
            Command::New => self.go_on(PendingAction::New),
            Command::Open => self.go_on(PendingAction::Choose),
            Command::OpenPath(path) => self.go_on(PendingAction::Open(path)),
            Command::OpenFactory(name) => self.go_on(PendingAction::Factory(name)),
            Command::Save => self.save(None),
            Command::SaveAs => self.choose(Purpose::Save, None),
            Command::ChooseFile { node, setting } => self.choose_file(node, setting),
            Command::LearnMidi { node, input } => self.learn(Learning { node, input }),
            Command::ForgetMidi { node, input } => self.forget(&node, &input),
            Command::Panic => self.panic(),
            Command::SetMuted(on) => self.mute(on),
            Command::SetPlaying(on) => {
                if on {
                    self.sound.send(AudioCommand::Resume);
                }
                self.steer(|session| if on { session.play() } else { session.stop() });
            }
            Command::TogglePlaying => {
                let plays = self.host.session().transport().is_playing;
                self.handle_command(Command::SetPlaying(!plays));
            }
            Command::Rewind => self.steer(|session| session.locate(0.0)),
            Command::Preview(Some(name)) => self.preview(&name),
            Command::Preview(None) => self.end_preview(),
            Command::Prefer(preferences) => self.prefer(*preferences),
            Command::FindDevices => self.find_devices(),
            Command::SetRunning(on) => self.sound.send(AudioCommand::Run(on)),
            Command::ToggleRecording => {
                self.handle_command(Command::SetRecording(self.host.status.recorded.is_none()));
            }
            Command::SetRecording(true) => self.sound.send(AudioCommand::Record(self.recording_path())),
            Command::SetRecording(false) => self.sound.send(AudioCommand::EndRecording),
            Command::Quit => self.go_on(PendingAction::Quit),
        }
    }

    /// Silences everything there is: notes, the transport, and by a fresh session whatever rings on. It stays
    /// silent until the transport starts, somebody plays a note or asks for sound.
    fn panic(&mut self) {
        self.sound.send(AudioCommand::Panic);
        self.restart();
        self.steer(Session::stop);
        self.notes = self.host.notes;
        self.editor.tell("Everything is silent. Start the transport or play a note, and it sounds again.");
    }

    /// Silences everything, or lets it sound again, after a panic too.
    fn mute(&mut self, on: bool) {
        self.is_muted = on;
        if !on {
            self.sound.send(AudioCommand::Resume);
        }
        self.send_volume();
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
        let (mut session, executor) = match super::session(&self.assets, self.sample_rate) {
            Ok(both) => both,
            Err(error) => return self.editor.refuse(&error),
        };
        session.update(&patch);
        let notes = factory::phrase(self.sample_rate);
        self.sound.send(AudioCommand::Preview(Box::new(PreviewSession { session, executor, notes })));
        self.offer(|offers, _| offers.previewed = Some(name.clone()));
    }

    fn end_preview(&mut self) {
        self.sound.send(AudioCommand::EndPreview);
        self.offer(|offers, _| offers.previewed = None);
    }

    fn find_devices(&mut self) {
        self.sound.send(AudioCommand::FindDevices);
        let factory = factory::list(&self.registry);
        self.offer(|offers, _| offers.factory = factory);
    }

    /// Applies and saves what a person prefers.
    fn prefer(&mut self, wanted: Preferences) {
        let before = std::mem::replace(&mut self.preferences, wanted.clone());
        self.editor.set_theme(wanted.theme);
        if let Some(context) = &self.context {
            context.set_zoom_factor(wanted.scale);
        }
        if wanted.volume != before.volume {
            self.send_volume();
        }
        if wanted.sound != before.sound {
            self.sound.send(AudioCommand::UseDevice(wanted.sound.clone()));
        }
        if wanted.midi_inputs != before.midi_inputs {
            self.sound.send(AudioCommand::OpenMidi(wanted.midi_inputs.clone()));
        }
        if wanted.midi_output != before.midi_output {
            self.sound.send(AudioCommand::OpenMidiOutput(wanted.midi_output.clone()));
        }
        self.offer(|offers, _| offers.preferences = wanted);
        self.save_settings();
    }
}
