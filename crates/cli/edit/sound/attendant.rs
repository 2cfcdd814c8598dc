//! The attendant: a thread that owns the sound device and does for the session what can't wait for the
//! window's next frame. MIDI goes in and out, MIDI files are played, plans are freed, recordings end; and when a
//! level moves, the window is asked for a frame, so that it may sleep while nothing does.

mod device;

use super::midi::MidiInputs;
use super::midi_output::{self, MidiOutput};
use super::order::{Guest, Measured, Order, Report};
use super::recording::Recording;
use super::stage::{Act, Cue, Gone, StageDoor};
use super::watch::Watch;
use device::DeviceState;
use jackfield_editor::SoundPreferences;
use jackfield_engine::{Executor, ScheduledMidi, Session};
use jackfield_io::device::Format;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// How often the session is looked after while it plays.
const TICK: Duration = Duration::from_millis(30);
/// How often while a MIDI file plays, and how far ahead its notes are sent: little, because what is played
/// by hand waits behind them.
const NOTES_TICK: Duration = Duration::from_millis(10);
const NOTES_AHEAD: f64 = 0.025;

/// Asks the window for a frame.
pub(super) type Wake = Arc<dyn Fn() + Send + Sync>;

/// What the attendant shares with the window.
#[derive(Clone)]
pub(super) struct Shared {
    /// The document's session.
    pub(super) session: Arc<Mutex<Session>>,
    pub(super) measured: Arc<Mutex<Measured>>,
    pub(super) wake: Arc<Mutex<Option<Wake>>>,
}

pub(super) struct Attendant {
    shared: Shared,
    orders: Receiver<Order>,
    reports: Sender<Report>,
    this: Thread,
    door: StageDoor,
    device: DeviceState,
    format: Option<Format>,
    wants_to_run: bool,
    /// The rate of the executor on the stage.
    sample_rate: Option<u32>,
    chosen: SoundPreferences,
    /// The session of a patch that is heard in place of the document.
    guest: Option<Session>,
    /// The document's act while a guest plays.
    waiting: Option<Box<Act>>,
    /// Serial of the document's act; 0 belongs to guests.
    serial: u64,
    midi: MidiInputs,
    midi_output: MidiOutput,
    notes: VecDeque<ScheduledMidi>,
    recording: Option<Recording>,
    watch: Watch,
    gaps: u64,
    /// When the session was looked after last.
    looked: Instant,
}

impl Attendant {
    /// Starts the thread; gives it back to be woken.
    pub(super) fn spawn(
        shared: Shared,
        orders: Receiver<Order>,
        reports: Sender<Report>,
    ) -> std::io::Result<thread::JoinHandle<()>> {
        thread::Builder::new().name("attendant".to_owned()).spawn(move || {
            let (door, stage) = StageDoor::new();
            let attendant = Self {
                shared,
                orders,
                reports,
                this: thread::current(),
                door,
                device: DeviceState::Home(Box::new(stage)),
                format: None,
                wants_to_run: false,
                sample_rate: None,
                chosen: SoundPreferences::default(),
                guest: None,
                waiting: None,
                serial: 0,
                midi: MidiInputs::default(),
                midi_output: MidiOutput::default(),
                notes: VecDeque::new(),
                recording: None,
                watch: Watch::default(),
                gaps: 0,
                looked: Instant::now(),
            };
            attendant.run();
        })
    }

    fn run(mut self) {
        loop {
            while let Ok(order) = self.orders.try_recv() {
                if matches!(order, Order::End) {
                    self.stop();
                    self.end_recording();
                    return;
                }
                self.obey(order);
            }
            self.heed_device();
            self.send_midi();
            self.welcome_home();
            // An open output is served more often than there is anything to see.
            if !self.midi_output.is_open() || self.looked.elapsed() >= NOTES_TICK {
                self.looked = Instant::now();
                self.look_after();
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

    fn obey(&mut self, order: Order) {
        match order {
            Order::Use(chosen) => {
                self.chosen = chosen;
                if self.wants_to_run {
                    self.open();
                }
            }
            Order::Run(on) => {
                self.wants_to_run = on;
                if on { self.open() } else { self.stop() }
            }
            Order::Play(play) => self.play(play.0, play.1),
            Order::Attend => self.render_nothing(),
            Order::Preview(guest) => self.preview(*guest),
            Order::EndPreview => self.end_preview(),
            Order::OpenMidi(names) => self.midi.open(names, &self.this, &self.reports),
            Order::OpenMidiOutput(name) => {
                if let Err(error) = self.midi_output.open(name.as_deref()) {
                    self.trouble(&error);
                }
            }
            Order::FindDevices => self.find_devices(),
            Order::Learn(on) => {
                self.midi.learn(on);
                if on && self.midi.is_empty() {
                    self.trouble(&"No MIDI input is open. Connect one, or choose one in the settings.");
                }
            }
            Order::Bind(bound) => self.midi.bind(bound),
            Order::Notes(notes) => {
                let now = self.with_session(|session| session.clock());
                self.notes = notes.into();
                self.notes.iter_mut().for_each(|note| note.frame += now);
            }
            Order::Panic => {
                self.notes.clear();
                self.midi_output.release();
                self.with_session(panic);
            }
            Order::Record(path) => self.record(path),
            Order::EndRecording => self.end_recording(),
            // Ends the loop before it comes here.
            Order::End => {}
        }
    }

    /// Does something with the session that is heard.
    fn with_session<T>(&mut self, f: impl FnOnce(&mut Session) -> T) -> T {
        match &mut self.guest {
            Some(session) => f(session),
            None => f(&mut self.shared.session.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    fn report(&self, report: Report) {
        // Without a window nobody listens.
        let _ = self.reports.send(report);
        self.wake();
    }

    fn trouble(&self, text: &dyn std::fmt::Display) {
        self.report(Report::Trouble(text.to_string()));
    }

    fn wake(&self) {
        let wake = self.shared.wake.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(wake) = wake {
            wake();
        }
    }

    fn cue(&mut self, cue: Cue) {
        // A full queue means that the device hangs, and what is cued now would never be heard.
        let _ = self.door.cue(cue);
    }

    fn play(&mut self, executor: Executor, sample_rate: u32) {
        self.sample_rate = Some(sample_rate);
        self.midi_output.release();
        self.waiting = None;
        self.guest = None;
        self.serial += 1;
        self.cue(Cue::Play(Box::new(Act { executor, serial: self.serial })));
        self.render_nothing();
        self.start();
    }

    fn preview(&mut self, guest: Guest) {
        self.notes = guest.notes.into();
        self.midi_output.release();
        self.guest = Some(guest.session);
        self.cue(Cue::Play(Box::new(Act { executor: guest.executor, serial: 0 })));
        self.render_nothing();
    }

    fn end_preview(&mut self) {
        self.notes.clear();
        self.midi_output.release();
        self.guest = None;
        // If it is still on its way home, it turns round there.
        if let Some(act) = self.waiting.take() {
            self.cue(Cue::Play(act));
        }
        self.render_nothing();
    }

    /// Takes in what has left the stage, and frees what is of no use any more.
    fn welcome_home(&mut self) {
        while let Some(gone) = self.door.gone() {
            match gone {
                Gone::Act(act) if act.serial == self.serial && self.guest.is_some() => {
                    self.waiting = Some(act);
                }
                Gone::Act(act) if act.serial == self.serial => self.cue(Cue::Play(act)),
                Gone::Act(_) | Gone::Tap(_) => {}
            }
        }
    }

    fn send_midi(&mut self) {
        let mut session = match &mut self.guest {
            Some(_) => None,
            None => Some(self.shared.session.lock().unwrap_or_else(PoisonError::into_inner)),
        };
        let Some(session) = session.as_deref_mut().or(self.guest.as_mut()) else { return };
        let plays = matches!(self.device, DeviceState::Running(_));
        let ahead = session.clock() + (NOTES_AHEAD * f64::from(session.sample_rate())) as u64;
        while session.free_events() > 0
            && let Some(note) = self.notes.pop_front_if(|note| note.frame < ahead)
        {
            // Cannot be full: there was room.
            let _ = session.schedule_midi(note);
        }
        self.midi_output.send(session);
        if self.midi.send(session, plays, &self.reports) {
            self.wake();
        }
    }

    /// Polls the session, measures, and asks for a frame if what is shown has changed.
    fn look_after(&mut self) {
        let recorded = self.recording.as_ref().map(Recording::seconds);
        let has_failed = self.recording.as_ref().is_some_and(Recording::has_failed);
        let mut watch = std::mem::take(&mut self.watch);
        let gaps = self.gaps;
        let (seen, faults, troubles) = self.with_session(|session| {
            session.poll();
            let seen = watch.look(session, gaps, recorded, Instant::now());
            (seen, session.faults(), session.stream_troubles())
        });
        self.watch = watch;
        for fault in faults {
            if self.watch.is_news(&fault.node) {
                self.trouble(&format!(
                    "Node '{}' made infinite or NaN samples; it was silenced.",
                    fault.node
                ));
            }
        }
        for trouble in troubles {
            if self.watch.is_new_trouble(trouble.path()) {
                self.trouble(&trouble);
            }
        }
        *self.shared.measured.lock().unwrap_or_else(PoisonError::into_inner) = seen.measured;
        if seen.has_changed {
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
                self.cue(Cue::Record(Box::new(tap)));
                self.wake();
            }
            Err(error) => self.trouble(&error),
        }
    }

    fn end_recording(&mut self) {
        let Some(recording) = self.recording.take() else { return };
        self.cue(Cue::EndRecording);
        match recording.finish() {
            Ok((path, recorded)) => self.report(Report::Recorded(path, recorded)),
            Err(error) => self.trouble(&error),
        }
    }

    /// Asking every device takes a second, so another thread does it.
    fn find_devices(&mut self) {
        self.midi.reopen(&self.this, &self.reports);
        let (reports, shared) = (self.reports.clone(), self.shared.clone());
        let asked = thread::Builder::new().name("device finder".to_owned()).spawn(move || {
            // Without a window nobody listens.
            let _ = reports.send(super::offers::find());
            if let Some(wake) = &*shared.wake.lock().unwrap_or_else(PoisonError::into_inner) {
                wake();
            }
        });
        if let Err(error) = asked {
            self.trouble(&error);
        }
    }
}

/// Lets go of everything that sounds.
fn panic(session: &mut Session) {
    for channel in 0..16 {
        // Sustain up, all sound off, all notes off.
        for controller in [64, 120, 123] {
            // A full queue holds more trouble than this.
            let _ = session.schedule_midi(ScheduledMidi { frame: 0, midi: [0xb0 | channel, controller, 0] });
        }
    }
}
