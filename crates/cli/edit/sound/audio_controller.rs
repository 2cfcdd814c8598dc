//! The audio controller: a thread that owns the sound device and does for the session what can't wait for the
//! window's next frame. MIDI goes in and out, MIDI files are played, plans are freed, recordings end; and
//! when a level moves, the window is asked for a frame, so that it may sleep while nothing does.

mod device;

use super::messages::{AudioCommand, AudioEvent, Measurements, PreviewSession};
use super::midi::{MidiInputs, Plays};
use super::midi_output::{self, MidiOutput};
use super::output_crossfader::{CrossfaderCommand, CrossfaderHandle, OutputSource, Released};
use super::recording::Recording;
use super::status_monitor::StatusMonitor;
use device::DeviceState;
use jackfield_editor::SoundPreferences;
use jackfield_engine::{Executor, ScheduledMidi, Session};
use jackfield_io::device::Format;
use jackfield_node::FileTrouble;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// How often the session is polled while it plays.
const TICK: Duration = Duration::from_millis(30);
/// How often while a MIDI file plays, and how far ahead its notes are sent: little, because what is played
/// by hand waits behind them.
const NOTES_TICK: Duration = Duration::from_millis(10);
const NOTES_AHEAD: f64 = 0.025;

/// Asks the window for a frame.
pub(super) type Wake = Arc<dyn Fn() + Send + Sync>;

/// What the audio controller shares with the window.
#[derive(Clone)]
pub(super) struct Shared {
    /// The document's session.
    pub(super) session: Arc<Mutex<Session>>,
    pub(super) measured: Arc<Mutex<Measurements>>,
    pub(super) wake: Arc<Mutex<Option<Wake>>>,
}

pub(super) struct AudioController {
    shared: Shared,
    commands: Receiver<AudioCommand>,
    events: Sender<AudioEvent>,
    this: Thread,
    crossfader: CrossfaderHandle,
    device: DeviceState,
    format: Option<Format>,
    wants_to_run: bool,
    /// The rate of the document's executor.
    sample_rate: Option<u32>,
    chosen: SoundPreferences,
    /// The session of a patch that is heard in place of the document.
    preview: Option<Session>,
    /// The document's source while a preview session plays.
    suspended: Option<Box<OutputSource>>,
    /// Serial of the document's source; 0 belongs to preview sessions.
    serial: u64,
    midi: MidiInputs,
    midi_output: MidiOutput,
    notes: VecDeque<ScheduledMidi>,
    recording: Option<Recording>,
    status_monitor: StatusMonitor,
    gaps: u64,
    /// When the session was polled last.
    polled: Instant,
    /// The factor by which everything is played.
    volume: f32,
    /// Whether everything is silent after a panic.
    is_silenced: bool,
}

impl AudioController {
    /// Starts the thread; gives it back to be woken.
    pub(super) fn spawn(
        shared: Shared,
        commands: Receiver<AudioCommand>,
        events: Sender<AudioEvent>,
    ) -> std::io::Result<thread::JoinHandle<()>> {
        thread::Builder::new().name("audio control".to_owned()).spawn(move || {
            let (handle, crossfader) = CrossfaderHandle::new();
            let audio_controller = Self {
                shared,
                commands,
                events,
                this: thread::current(),
                crossfader: handle,
                device: DeviceState::Idle(Box::new(crossfader)),
                format: None,
                wants_to_run: false,
                sample_rate: None,
                chosen: SoundPreferences::default(),
                preview: None,
                suspended: None,
                serial: 0,
                midi: MidiInputs::default(),
                midi_output: MidiOutput::default(),
                notes: VecDeque::new(),
                recording: None,
                status_monitor: StatusMonitor::default(),
                gaps: 0,
                polled: Instant::now(),
                volume: 1.0,
                is_silenced: false,
            };
            audio_controller.run();
        })
    }

    fn run(mut self) {
        loop {
            while let Ok(command) = self.commands.try_recv() {
                if matches!(command, AudioCommand::End) {
                    self.stop();
                    self.end_recording();
                    return;
                }
                self.handle_command(command);
            }
            self.handle_device_events();
            self.send_midi();
            self.resume_with_notes();
            self.reclaim();
            // An open output is served more often than there is anything to see.
            if !self.midi_output.is_open() || self.polled.elapsed() >= NOTES_TICK {
                self.polled = Instant::now();
                self.poll_session();
            }
            match self.device {
                DeviceState::Running(_) if self.midi_output.is_open() => {
                    thread::park_timeout(midi_output::TICK);
                }
                DeviceState::Running(_) if !self.notes.is_empty() => thread::park_timeout(NOTES_TICK),
                DeviceState::Running(_) => thread::park_timeout(TICK),
                // Orders and MIDI wake it.
                _ => thread::park(),
            }
        }
    }

    fn handle_command(&mut self, command: AudioCommand) {
        match command {
            AudioCommand::UseDevice(chosen) => {
                self.chosen = chosen;
                if self.wants_to_run {
                    self.open();
                }
            }
            AudioCommand::Run(on) => {
                self.wants_to_run = on;
                if on { self.open() } else { self.stop() }
            }
            AudioCommand::Play(play) => self.play(play.0, play.1),
            AudioCommand::PlanChanged => self.render_nothing(),
            AudioCommand::Preview(preview) => self.preview(*preview),
            AudioCommand::EndPreview => self.end_preview(),
            AudioCommand::OpenMidi(names) => self.midi.open(names, &self.this, &self.events),
            AudioCommand::OpenMidiOutput(name) => {
                if let Err(error) = self.midi_output.open(name.as_deref()) {
                    self.report_error(&error);
                }
            }
            AudioCommand::FindDevices => self.find_devices(),
            AudioCommand::Learn(on) => {
                self.midi.learn(on);
                if on && self.midi.is_empty() {
                    self.report_error(&"No MIDI input is open. Connect one, or choose one in the settings.");
                }
            }
            AudioCommand::Bind(bound) => self.midi.bind(bound),
            AudioCommand::Notes(notes) => {
                let now = self.with_session(|session| session.clock());
                self.notes = notes.into();
                self.notes.iter_mut().for_each(|note| note.frame += now);
            }
            AudioCommand::Panic => {
                self.notes.clear();
                self.midi_output.release();
                self.with_session(panic);
                self.midi.take_has_played();
                self.silence(true);
            }
            AudioCommand::Resume => self.silence(false),
            AudioCommand::Volume(volume) => {
                self.volume = volume.clamp(0.0, 1.0);
                self.silence(self.is_silenced);
            }
            AudioCommand::Record(path) => self.record(path),
            AudioCommand::EndRecording => self.end_recording(),
            // Ends the loop before it comes here.
            AudioCommand::End => {}
        }
    }

    /// Falls silent, or sounds again, at the volume there is.
    fn silence(&mut self, is_silenced: bool) {
        self.is_silenced = is_silenced;
        self.send(CrossfaderCommand::Volume(if is_silenced { 0.0 } else { self.volume }));
    }

    /// Does something with the session that is heard.
    fn with_session<T>(&mut self, f: impl FnOnce(&mut Session) -> T) -> T {
        match &mut self.preview {
            Some(session) => f(session),
            None => f(&mut self.shared.session.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    fn report(&self, event: AudioEvent) {
        // Without a window nobody listens.
        let _ = self.events.send(event);
        self.wake();
    }

    fn report_error(&self, text: &dyn std::fmt::Display) {
        self.report(AudioEvent::Error(text.to_string()));
    }

    fn wake(&self) {
        let wake = self.shared.wake.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(wake) = wake {
            wake();
        }
    }

    fn send(&mut self, command: CrossfaderCommand) {
        // A full queue means that the device hangs, and the command would never take effect.
        let _ = self.crossfader.send(command);
    }

    fn play(&mut self, executor: Executor, sample_rate: u32) {
        self.sample_rate = Some(sample_rate);
        self.midi_output.release();
        self.suspended = None;
        self.preview = None;
        self.status_monitor.begin_patch(self.gaps);
        self.serial += 1;
        self.send(CrossfaderCommand::Play(Box::new(OutputSource { executor, serial: self.serial })));
        self.render_nothing();
        self.start();
    }

    fn preview(&mut self, preview: PreviewSession) {
        self.notes = preview.notes.into();
        self.midi_output.release();
        self.preview = Some(preview.session);
        self.send(CrossfaderCommand::Play(Box::new(OutputSource { executor: preview.executor, serial: 0 })));
        self.render_nothing();
    }

    fn end_preview(&mut self) {
        self.notes.clear();
        self.midi_output.release();
        self.preview = None;
        // If it was not released yet, `reclaim` sends it back at once.
        if let Some(source) = self.suspended.take() {
            self.send(CrossfaderCommand::Play(source));
        }
        self.render_nothing();
    }

    /// Takes what the crossfader has released: frees it, keeps it for later or plays it again.
    fn reclaim(&mut self) {
        while let Some(released) = self.crossfader.next_released() {
            match released {
                Released::Source(source) if source.serial == self.serial && self.preview.is_some() => {
                    self.suspended = Some(source);
                }
                Released::Source(source) if source.serial == self.serial => {
                    self.send(CrossfaderCommand::Play(source));
                }
                Released::Source(_) | Released::Tap(_) => {}
            }
        }
    }

    fn send_midi(&mut self) {
        let plays = match (&self.device, &self.preview) {
            (DeviceState::Running(_), None) => Plays::Document,
            (DeviceState::Running(_), Some(_)) => Plays::Preview,
            _ => Plays::Nothing,
        };
        let mut session = match &mut self.preview {
            Some(_) => None,
            None => Some(self.shared.session.lock().unwrap_or_else(PoisonError::into_inner)),
        };
        let Some(session) = session.as_deref_mut().or(self.preview.as_mut()) else { return };
        let ahead = session.clock() + (NOTES_AHEAD * f64::from(session.sample_rate())) as u64;
        while session.free_events() > 0
            && let Some(note) = self.notes.pop_front_if(|note| note.frame < ahead)
        {
            // Cannot be full: there was room.
            let _ = session.schedule_midi(note);
        }
        self.midi_output.send(session);
        if self.midi.send(session, plays, &self.events) {
            self.wake();
        }
    }

    /// A note ends the silence of a panic.
    fn resume_with_notes(&mut self) {
        if self.midi.take_has_played() && self.is_silenced {
            self.silence(false);
            self.wake();
        }
    }

    /// Polls the session, measures, and asks for a frame if what is shown has changed.
    fn poll_session(&mut self) {
        let recorded = self.recording.as_ref().map(Recording::seconds);
        let has_failed = self.recording.as_ref().is_some_and(Recording::has_failed);
        let mut monitor = std::mem::take(&mut self.status_monitor);
        let gaps = self.gaps;
        let (update, faults, troubles) = self.with_session(|session| {
            session.poll();
            let update = monitor.update(session, gaps, recorded, Instant::now());
            (update, session.faults(), session.file_troubles())
        });
        self.status_monitor = monitor;
        for fault in faults {
            if self.status_monitor.is_news(&fault.node) {
                self.report_error(&format!(
                    "Node '{}' made infinite or NaN samples; it was silenced.",
                    fault.node
                ));
            }
        }
        for trouble in troubles {
            if matches!(trouble, FileTrouble::Odd { .. })
                || self.status_monitor.is_new_trouble(trouble.path())
            {
                self.report_error(&trouble);
            }
        }
        let peaks = self.crossfader.peaks();
        let measured = Measurements { peaks, is_silenced: self.is_silenced, ..update.measured };
        *self.shared.measured.lock().unwrap_or_else(PoisonError::into_inner) = measured;
        if update.has_changed {
            self.wake();
        }
        if has_failed {
            self.end_recording();
        }
    }

    fn record(&mut self, path: PathBuf) {
        let Some(format) = self.format else { return };
        self.end_recording();
        match Recording::start(path, format) {
            Ok((recording, tap)) => {
                self.recording = Some(recording);
                self.send(CrossfaderCommand::Record(Box::new(tap)));
                self.wake();
            }
            Err(error) => self.report_error(&error),
        }
    }

    fn end_recording(&mut self) {
        let Some(recording) = self.recording.take() else { return };
        self.send(CrossfaderCommand::EndRecording);
        match recording.finish() {
            Ok((path, recorded)) => self.report(AudioEvent::Recorded(path, recorded)),
            Err(error) => self.report_error(&error),
        }
    }

    /// Asking every device takes a second, so another thread does it.
    fn find_devices(&mut self) {
        self.midi.reopen(&self.this, &self.events);
        let (events, shared) = (self.events.clone(), self.shared.clone());
        let asked = thread::Builder::new().name("device finder".to_owned()).spawn(move || {
            // Without a window nobody listens.
            let _ = events.send(super::offers::find());
            if let Some(wake) = &*shared.wake.lock().unwrap_or_else(PoisonError::into_inner) {
                wake();
            }
        });
        if let Err(error) = asked {
            self.report_error(&error);
        }
    }
}

/// Releases every note.
fn panic(session: &mut Session) {
    for channel in 0..16 {
        // Sustain up, all sound off, all notes off.
        for controller in [64, 120, 123] {
            // A full queue holds more trouble than this.
            let _ = session.schedule_midi(ScheduledMidi { frame: 0, midi: [0xb0 | channel, controller, 0] });
        }
    }
}
