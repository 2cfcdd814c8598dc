//! Playing on a device: feeds notes, watches the device, the load and the faults, and ends softly.

use super::Arguments;
use crate::exit::Failure;
use crate::feed::Notes;
use crate::interrupt::Interrupt;
use crate::output::print_json;
use crate::render;
use crate::source::Source;
use jackfield_engine::{Load, Session};
use jackfield_io::device::{Device, DeviceEvent, Format, Running};
use jackfield_patch::Patch;
use serde_json::json;
use std::collections::BTreeSet;
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
    let (session, mut executor, problems) = source.compile(format.sample_rate)?;
    for problem in &problems {
        eprintln!("warning: {}", source.describe(problem));
    }
    let notes = arguments.midi.as_deref().map(|path| Notes::open(path, format.sample_rate)).transpose()?;
    let end = (arguments.seconds.is_some() || notes.is_some())
        .then(|| render::length(arguments.seconds, 0.0, format.sample_rate, notes.as_ref(), None));
    let (host, name) = (device.host().to_owned(), device.name().to_owned());
    let render = move |input: &[f32], input_channels: usize, output: &mut [f32], output_channels: usize| {
        executor.process(input, input_channels, output, output_channels);
    };
    let running = device.start(Box::new(render)).map_err(|refused| Failure::device(refused.error))?;
    let Format { sample_rate, output_channels, block, .. } = format;
    eprintln!(
        "playing {} on {host} '{name}', {output_channels} x {sample_rate} Hz, blocks of {block}; Ctrl-C stops",
        source.path.display(),
    );
    let mut watch = Watch {
        session,
        notes: notes.unwrap_or_default(),
        rate: sample_rate,
        gaps: [0; 2],
        faulty: BTreeSet::new(),
    };
    let ended = watch.until(end, &running, interrupt);
    if ended.is_ok() {
        // An empty patch: everything fades out.
        watch.session.update(&Patch::new());
        std::thread::sleep(FADE + Duration::from_secs_f64(f64::from(block) / f64::from(sample_rate)));
    }
    running.stop();
    ended?;
    watch.report(arguments.json, &host, &name, format)
}

/// What is looked after while it plays.
struct Watch {
    session: Session,
    notes: Notes,
    rate: u32,
    /// Gaps of output and input.
    gaps: [u64; 2],
    /// Nodes that have been silenced.
    faulty: BTreeSet<Arc<str>>,
}

impl Watch {
    /// Looks after it until a frame is reached, the person has had enough or the device is gone.
    fn until(&mut self, end: Option<u64>, running: &Running, interrupt: &Interrupt) -> Result<(), Failure> {
        let mut last = (self.session.clock(), Instant::now());
        let ahead = (AHEAD_SECONDS * f64::from(self.rate)) as u64;
        while !interrupt.is_wanted() && end.is_none_or(|end| self.session.clock() < end) {
            let due = self.session.clock() + ahead;
            self.notes.send(&mut self.session, due).map_err(Failure::input)?;
            if let Some(event) = running.wait_event(TICK) {
                self.heed(event)?;
            }
            self.session.poll();
            for fault in self.session.faults() {
                if self.faulty.insert(fault.node.clone()) {
                    eprintln!("warning: node '{}' made infinite or NaN samples; silenced", fault.node);
                }
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
    fn heed(&mut self, event: DeviceEvent) -> Result<(), Failure> {
        match event {
            DeviceEvent::Vanished { .. } => return Err(Failure::device(event)),
            DeviceEvent::Overrun { side, total } => {
                // The first one tells what to try; the sum comes at the end.
                let gaps = &mut self.gaps[usize::from(side == jackfield_io::device::Side::Input)];
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

    /// Tells how it went.
    fn report(&self, as_json: bool, host: &str, device: &str, format: Format) -> Result<(), Failure> {
        let load = self.session.load().read();
        let [gaps, input_gaps] = self.gaps;
        let seconds = self.session.clock() as f64 / f64::from(self.rate);
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
            "host": host,
            "device": device,
            "rate": format.sample_rate,
            "channels": format.output_channels,
            "input_channels": format.input_channels,
            "block": format.block,
            "seconds": seconds,
            "gaps": gaps,
            "input_gaps": input_gaps,
            "callbacks": load.callbacks,
            "overruns": load.overruns,
            "load": {"median": load.median, "high": load.high, "worst": load.worst},
            "faulty_nodes": self.faulty.iter().map(|node| &**node).collect::<Vec<&str>>(),
        }))
    }
}
