//! The sound of the editor: the audio controller, a thread that owns the device and serves the session, and
//! the window's handle on it.
//!
//! ```text
//! window --AudioCommand--> audio controller --CrossfaderCommand--> output crossfader (audio thread)
//!        <---AudioEvent---                  <------Released------
//! ```

mod audio_controller;
mod messages;
mod midi;
mod midi_output;
mod offers;
mod output_crossfader;
mod recording;
mod status_monitor;

pub(crate) use messages::{
    AudioCommand, AudioEvent, KnobBinding, Measurements, Opened, PreviewSession, TurnedKnob,
};

use audio_controller::{AudioController, Shared, Wake};
use jackfield_engine::Session;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// The window's end. Dropping it ends the sound.
pub(crate) struct Sound {
    shared: Shared,
    commands: Sender<AudioCommand>,
    events: Receiver<AudioEvent>,
    thread: Option<JoinHandle<()>>,
}

impl Sound {
    /// Starts the audio controller of this session. It opens no device before it is told to.
    pub(crate) fn start(session: Arc<Mutex<Session>>) -> std::io::Result<Self> {
        let shared = Shared { session, measured: Arc::default(), wake: Arc::default() };
        let (commands, receiver) = channel();
        let (sender, events) = channel();
        let thread = AudioController::spawn(shared.clone(), receiver, sender)?;
        Ok(Self { shared, commands, events, thread: Some(thread) })
    }

    /// Has the window asked for frames this way.
    pub(crate) fn set_wake(&self, wake: Wake) {
        *self.shared.wake.lock().unwrap_or_else(PoisonError::into_inner) = Some(wake);
    }

    /// Tells the audio controller something.
    pub(crate) fn send(&self, command: AudioCommand) {
        // It lives as long as this does.
        let _ = self.commands.send(command);
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }

    /// What the audio controller has told since the last call.
    pub(crate) fn events(&self) -> Vec<AudioEvent> {
        self.events.try_iter().collect()
    }

    /// What was measured last.
    pub(crate) fn measured(&self) -> Measurements {
        self.shared.measured.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Sound {
    fn drop(&mut self) {
        self.send(AudioCommand::End);
        if let Some(thread) = self.thread.take() {
            // A panic there has been reported there.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_editor::SoundPreferences;
    use jackfield_engine::{Executor, Options};
    use jackfield_node::NoAssets;
    use std::time::{Duration, Instant};

    fn session() -> (Session, Executor) {
        Session::new(Options::default(), Box::new(NoAssets)).expect("good options")
    }

    /// A sound on no sound system at all: the null device keeps time.
    fn sound() -> (Sound, Arc<Mutex<Session>>) {
        let (session, executor) = session();
        let session = Arc::new(Mutex::new(session));
        let sound = Sound::start(session.clone()).expect("a thread");
        let nowhere = SoundPreferences { host: Some("telegraph".to_owned()), ..SoundPreferences::default() };
        sound.send(AudioCommand::UseDevice(nowhere));
        sound.send(AudioCommand::Play(Box::new((executor, 48_000))));
        sound.send(AudioCommand::Run(true));
        (sound, session)
    }

    fn clock(session: &Mutex<Session>) -> u64 {
        session.lock().expect("nobody panics").clock()
    }

    fn wait(mut until: impl FnMut() -> bool) {
        let begin = Instant::now();
        while !until() {
            assert!(begin.elapsed() < Duration::from_secs(10), "it takes too long");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn wait_for(sound: &Sound, mut is_it: impl FnMut(&AudioEvent) -> bool) {
        wait(|| sound.events().iter().any(&mut is_it));
    }

    #[test]
    fn without_a_device_time_goes_on_and_somebody_is_told() {
        let (sound, session) = sound();
        let mut told = Vec::new();
        wait(|| {
            told.extend(sound.events());
            told.iter().any(|event| matches!(event, AudioEvent::Running(true)))
        });
        assert!(
            told.iter().any(|event| matches!(event, AudioEvent::Error(text) if text.contains("telegraph")))
        );
        assert!(told.iter().any(|event| matches!(event, AudioEvent::Opened(opened) if opened.is_silent)));
        wait(|| clock(&session) > 0);
        sound.send(AudioCommand::Run(false));
        wait_for(&sound, |event| matches!(event, AudioEvent::Running(false)));
        let stopped = clock(&session);
        sound.send(AudioCommand::Run(true));
        wait(|| clock(&session) > stopped);
    }

    #[test]
    fn after_a_preview_the_document_plays_on_where_it_was() {
        let (sound, document) = sound();
        wait(|| clock(&document) > 0);
        for _ in 0..3 {
            let (session, executor) = session();
            sound.send(AudioCommand::Preview(Box::new(PreviewSession {
                session,
                executor,
                notes: Vec::new(),
            })));
        }
        let mut before = clock(&document);
        wait(|| {
            std::thread::sleep(Duration::from_millis(100));
            before == std::mem::replace(&mut before, clock(&document))
        });
        sound.send(AudioCommand::EndPreview);
        wait(|| clock(&document) > before);
        assert!(clock(&document) < before + 48_000, "it goes on rather than begin anew");
        // It may be called back before it has left.
        let (session, executor) = session();
        sound.send(AudioCommand::Preview(Box::new(PreviewSession { session, executor, notes: Vec::new() })));
        sound.send(AudioCommand::EndPreview);
        let now = clock(&document);
        wait(|| clock(&document) > now + 4_800);
    }

    #[test]
    fn a_midi_output_that_is_not_there_is_told_and_sound_goes_on() {
        let (sound, session) = sound();
        sound.send(AudioCommand::OpenMidiOutput(Some("no such output".to_owned())));
        wait_for(&sound, |event| matches!(event, AudioEvent::Error(text) if text.contains("MIDI")));
        let now = clock(&session);
        wait(|| clock(&session) > now);
    }

    #[test]
    fn what_is_heard_is_recorded() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("take.wav");
        let (sound, session) = sound();
        wait(|| clock(&session) > 0);
        sound.send(AudioCommand::Record(path.clone()));
        wait(|| sound.measured().recorded.is_some_and(|seconds| seconds > 0.1));
        sound.send(AudioCommand::EndRecording);
        let mut frames = 0;
        wait_for(&sound, |event| match event {
            AudioEvent::Recorded(_, recorded) => {
                frames = recorded.frames;
                true
            }
            _ => false,
        });
        assert!(frames > 0 && path.exists());
    }
}
