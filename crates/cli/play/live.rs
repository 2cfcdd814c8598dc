//! Playing on a device: feeds notes, watches the device, the load and the faults, and ends softly.

use super::Arguments;
use super::fallback;
use super::keyboard::{self, Keyboard};
use super::recording::WatchedRecording;
use crate::exit::Failure;
use crate::feed::Notes;
use crate::interrupt::Interrupt;
use crate::output::print_json;
use crate::render;
use crate::source::Source;
use jackfield_engine::{Executor, Load, Session};
use jackfield_io::device::{Device, DeviceEvent, Format, Running, Side};
use jackfield_io::{MidiSender, Tap};
use jackfield_node::FileTrouble;
use jackfield_patch::Patch;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often the session is looked after.
const TICK: Duration = Duration::from_millis(10);
/// How far ahead notes are sent. Much longer than a tick may be late.
const AHEAD_SECONDS: f64 = 0.5;
/// Time for the last fade to be heard before the device stops.
const FADE: Duration = Duration::from_millis(50);
/// A device that takes no sound for so long is gone, whatever it says.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) fn play(
    arguments: &Arguments,
    source: &Source,
    device: Device,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let format = device.format();
    let (session, executor, problems) = source.compile(format.sample_rate)?;
    for problem in &problems {
        eprintln!("warning: {}", source.describe(problem));
    }
    let notes = arguments.midi_file().map(|path| Notes::open(path, format.sample_rate)).transpose()?;
    // The keyboard is looked after so often that nobody needs to be woken.
    let keyboard = arguments.midi_port().map(|name| Keyboard::open(name, || {})).transpose();
    let keyboard =
        keyboard.map_err(|error| Failure::device(format!("{error}; to play a file, check its name")))?;
    let sender = arguments.midi_out.as_deref().map(MidiSender::open).transpose().map_err(Failure::device)?;
    let recording =
        arguments.record.as_deref().map(|path| WatchedRecording::start(path, format)).transpose()?;
    let (recording, tap) = recording.unzip();
    let end = (arguments.seconds.is_some() || notes.is_some())
        .then(|| render::length(arguments.seconds, 0.0, format.sample_rate, notes.as_ref(), None));
    let announcement = announcement(source, &device, keyboard.as_ref());
    let mut watch = Watch {
        session,
        notes: notes.unwrap_or_default(),
        keyboard,
        sender,
        recording,
        host: device.host().to_owned(),
        device: device.name().to_owned(),
        format,
        gaps: [0; 2],
        faulty: BTreeSet::new(),
        file_gaps: BTreeMap::new(),
    };
    let running = match device.start(Box::new(renderer(executor, tap))) {
        Ok(running) => running,
        Err(refused) if arguments.may_fall_back(&refused.error) => {
            // The recording that was begun has nothing in it and leaves no trace.
            drop(watch);
            return fallback::render(arguments, source, &refused.error, interrupt);
        }
        Err(refused) => return Err(arguments.refuse(&refused.error)),
    };
    eprintln!("{announcement}");
    arguments.explain(source);
    let ended = watch.until(end, &running, interrupt);
    if ended.is_ok() {
        // An empty patch: everything fades out.
        watch.session.update(&Patch::new());
        let block = f64::from(format.block) / f64::from(format.sample_rate);
        std::thread::sleep(FADE + Duration::from_secs_f64(block));
    }
    // What was recorded is kept, also when the device is gone.
    drop(running.stop());
    let recorded = watch.recording.take().map_or(Ok(()), WatchedRecording::finish);
    ended?;
    recorded?;
    watch.report(arguments.json)
}

/// What the audio thread does.
fn renderer(
    mut executor: Executor,
    mut tap: Option<Tap>,
) -> impl FnMut(&[f32], usize, &mut [f32], usize) + Send {
    move |input, input_channels, output, output_channels| {
        executor.process(input, input_channels, output, output_channels);
        if let Some(tap) = &mut tap {
            tap.push(output);
        }
    }
}

fn announcement(source: &Source, device: &Device, keyboard: Option<&Keyboard>) -> String {
    let Format { sample_rate, output_channels, block, .. } = device.format();
    let played = keyboard.map_or_else(String::new, |keyboard| format!(", played by '{}'", keyboard.name()));
    format!(
        "playing {} on {} '{}', {output_channels} x {sample_rate} Hz, blocks of {block}{played}; Ctrl-C \
         stops",
        source.path.display(),
        device.host(),
        device.name(),
    )
}

/// What is looked after while it plays.
struct Watch {
    session: Session,
    notes: Notes,
    keyboard: Option<Keyboard>,
    sender: Option<MidiSender>,
    recording: Option<WatchedRecording>,
    host: String,
    device: String,
    format: Format,
    /// Gaps of output and input.
    gaps: [u64; 2],
    /// Nodes that have been silenced.
    faulty: BTreeSet<Arc<str>>,
    /// Gaps of files that play from the disk; 0 for one that breaks off.
    file_gaps: BTreeMap<String, u64>,
}

impl Watch {
    /// Looks after it until a frame is reached, the person has had enough or the device is gone.
    fn until(&mut self, end: Option<u64>, running: &Running, interrupt: &Interrupt) -> Result<(), Failure> {
        let mut last = (self.session.clock(), Instant::now());
        let ahead = (AHEAD_SECONDS * f64::from(self.format.sample_rate)) as u64;
        let is_played = self.keyboard.is_some() || self.sender.is_some();
        let tick = if is_played { keyboard::TICK } else { TICK };
        while !interrupt.is_wanted() && end.is_none_or(|end| self.session.clock() < end) {
            let due = self.session.clock() + ahead;
            self.notes.send(&mut self.session, due).map_err(Failure::input)?;
            if let Some(keyboard) = &mut self.keyboard {
                keyboard.send(&mut self.session).map_err(Failure::device)?;
            }
            let sent = self.session.sent_midi();
            if let Some(sender) = &mut self.sender {
                for message in sent {
                    sender.send(message.midi);
                }
            }
            if let Some(event) = running.wait_event(tick) {
                self.handle_event(event)?;
            }
            self.session.poll();
            for fault in self.session.faults() {
                if self.faulty.insert(fault.node.clone()) {
                    eprintln!("warning: node '{}' made infinite or NaN samples; silenced", fault.node);
                }
            }
            self.heed_files();
            if let Some(recording) = &mut self.recording {
                recording.watch();
            }
            if self.session.clock() != last.0 {
                last = (self.session.clock(), Instant::now());
            } else if last.1.elapsed() > PATIENCE {
                return Err(Failure::device("the sound device takes no more sound; choose another"));
            }
        }
        Ok(())
    }

    /// Tells what happened to the device; an error if it can't go on.
    fn handle_event(&mut self, event: DeviceEvent) -> Result<(), Failure> {
        match event {
            DeviceEvent::Vanished { .. } => return Err(Failure::device(event)),
            DeviceEvent::Overrun { side, total } => {
                // The first one tells what to try; the sum comes at the end.
                let gaps = &mut self.gaps[usize::from(side == Side::Input)];
                if *gaps == 0 {
                    eprintln!("warning: {event}");
                }
                *gaps = total;
            }
            DeviceEvent::Rerouted { .. } | DeviceEvent::NotRealtime | DeviceEvent::Other { .. } => {
                eprintln!("warning: {event}");
            }
        }
        Ok(())
    }

    /// Tells what is odd about files, and of those that play from the disk what happened first.
    fn heed_files(&mut self) {
        for trouble in self.session.file_troubles() {
            if matches!(trouble, FileTrouble::Odd { .. }) {
                eprintln!("warning: {trouble}");
                continue;
            }
            let gaps = if let FileTrouble::Gaps { gaps, .. } = &trouble { *gaps } else { 0 };
            self.file_gaps.entry(trouble.path().to_owned()).and_modify(|sum| *sum += gaps).or_insert_with(
                || {
                    eprintln!("warning: {trouble}");
                    gaps
                },
            );
        }
    }

    /// Tells how it went.
    fn report(&self, as_json: bool) -> Result<(), Failure> {
        let load = self.session.load().read();
        let [gaps, input_gaps] = self.gaps;
        let seconds = self.session.clock() as f64 / f64::from(self.format.sample_rate);
        if !as_json {
            let Load { median, high, worst, .. } = load;
            let percent = |load: f32| (load * 100.0).ceil();
            let (median, high, worst) = (percent(median), percent(high), percent(worst));
            eprintln!(
                "{seconds:.1} s, {gaps} gaps, load: median {median} %, 99 % below {high} %, worst {worst} %"
            );
            return Ok(());
        }
        print_json(&json!({
            "host": self.host,
            "device": self.device,
            "rate": self.format.sample_rate,
            "channels": self.format.output_channels,
            "input_channels": self.format.input_channels,
            "block": self.format.block,
            "seconds": seconds,
            "gaps": gaps,
            "input_gaps": input_gaps,
            "callbacks": load.callbacks,
            "overruns": load.overruns,
            "load": {"median": load.median, "high": load.high, "worst": load.worst},
            "lost_midi": self.keyboard.as_ref().map(Keyboard::lost),
            "lost_midi_out": self.sender.as_ref().map(MidiSender::lost),
            "file_gaps": self.file_gaps,
            "faulty_nodes": self.faulty.iter().map(|node| &**node).collect::<Vec<&str>>(),
        }))
    }
}
