//! A host made of the engine's session: plays patches, turns knobs, keeps the probes that are wanted.

use crate::host::{Host, Level, NodeLoad, Offers, Overview, PlanFacts, Status, Tap, Transport};
use jackfield_engine::{Probe, ScheduledMidi, Session};
use jackfield_node::{Asset, Input, Unit};
use jackfield_patch::{CableEnds, NodeBody, Patch};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Samples of a waveform that are kept: 170 ms at 48 kHz, enough for a spectrum that tells bass notes
/// apart, and for every sample to be seen at 10 frames a second.
const WAVEFORM: usize = 8192;
/// Samples that may wait between two frames where a waveform is shown.
const WAVEFORM_QUEUE: usize = 8192;
/// Samples that may wait where only the latest one is wanted.
const LATEST_QUEUE: usize = 1024;

/// Stretches in the overview of a file.
const STRETCHES: usize = 256;

/// Plays patches on a session.
pub struct SessionHost {
    session: Arc<Mutex<Session>>,
    taps: Vec<Tapped>,
    facts: PlanFacts,
    problems: Vec<(Arc<str>, String)>,
    measures: bool,
    overviews: HashMap<String, Option<Overview>>,
    listening: Option<(Arc<str>, Arc<str>)>,
    /// The knob that says how loud the patch's output is: node, input, factor.
    level: Option<OutputLevel>,
    /// What the program around tells of its device.
    pub status: Status,
    /// What the program around offers.
    pub offers: Arc<Offers>,
    /// How many notes were played by [`midi`](Host::midi).
    pub notes: u64,
    /// Whether the program around looks after the session: polls it, measures its load and asks for
    /// frames.
    pub is_attended: bool,
}

/// How loud the output of a patch is.
struct OutputLevel {
    node: Arc<str>,
    input: Arc<str>,
    factor: f32,
}

impl OutputLevel {
    /// That of the first node that plays on the device and has a level in decibels.
    fn of(patch: &Patch) -> Option<Self> {
        patch.nodes().find_map(|(_, node)| {
            let NodeBody::Known { spec, knobs, .. } = &node.body else { return None };
            let is_level = |input: &&Input| input.knob.is_some_and(|knob| knob.unit == Unit::Decibels);
            let input = spec.inputs.iter().find(is_level).filter(|_| spec.plays_on_device)?;
            let factor = decibels(*knobs.get(input.index)?);
            Some(Self { node: node.id.clone(), input: input.name.into(), factor })
        })
    }
}

/// The factor of a level in decibels.
fn decibels(level: f32) -> f32 {
    10.0_f32.powf(level / 20.0)
}

struct Tapped {
    tap: Tap,
    probe: Option<Probe>,
    samples: Vec<f32>,
    received: u64,
    now: f32,
}

impl Tapped {
    fn is_of(&self, output: &(Arc<str>, Arc<str>)) -> bool {
        (&self.tap.node, &self.tap.output) == (&output.0, &output.1)
    }
}

impl SessionHost {
    /// A host that plays on this session.
    pub fn new(session: Session) -> Self {
        let status = Status { sample_rate: session.sample_rate(), ..Status::default() };
        Self {
            session: Arc::new(Mutex::new(session)),
            taps: Vec::new(),
            facts: PlanFacts::default(),
            problems: Vec::new(),
            measures: false,
            overviews: HashMap::new(),
            listening: None,
            level: None,
            status,
            offers: Arc::default(),
            notes: 0,
            is_attended: false,
        }
    }

    /// The session, for MIDI and automation.
    pub fn session(&self) -> MutexGuard<'_, Session> {
        lock(&self.session)
    }

    /// The session, to be looked after on another thread.
    pub fn shared_session(&self) -> Arc<Mutex<Session>> {
        self.session.clone()
    }

    /// Goes over to another session. The next [`play`](Host::play) brings it the patch and the probes.
    pub fn replace_session(&mut self, mut session: Session) {
        for tapped in &mut self.taps {
            tapped.probe = None;
        }
        self.status.sample_rate = session.sample_rate();
        session.measure_nodes(self.measures);
        *self.session() = session;
    }

    /// Taps what is wanted and has no probe.
    fn tap_missing(&mut self) {
        let mut missing: Vec<_> = self.taps.iter_mut().filter(|tapped| tapped.probe.is_none()).collect();
        let probes = lock(&self.session).probe_all(missing.iter().map(|tapped| wanted(&tapped.tap)));
        for (tapped, probe) in missing.iter_mut().zip(probes) {
            tapped.probe = probe.ok();
        }
        self.direct_listening();
    }

    /// Has the probe of the output that is listened to do so, and no other.
    fn direct_listening(&self) {
        for tapped in &self.taps {
            if let Some(probe) = &tapped.probe {
                probe.set_listening_level(self.level.as_ref().map_or(1.0, |level| level.factor));
                probe.listen(self.listening.as_ref().is_some_and(|output| tapped.is_of(output)));
            }
        }
    }

    /// Does what a session needs 10 to 100 times a second. Call it once a frame, or from a timer, unless the
    /// session is attended to elsewhere.
    pub fn poll(&mut self) {
        self.session().poll();
    }
}

impl Host for SessionHost {
    fn play(&mut self, patch: &Patch) {
        let report = self.session().update(patch);
        self.level = OutputLevel::of(patch);
        self.direct_listening();
        // Files may have come or gone with the patch.
        self.overviews.clear();
        let problem = |problem: jackfield_engine::Problem| (problem.node, problem.error.to_string());
        let drone = patch.drone().map(|drone| (drone.node.clone(), drone.to_string()));
        self.problems = report.problems.into_iter().map(problem).chain(drone).collect();
        let session = lock(&self.session);
        let plan = session.plan();
        let ends = |delayed: jackfield_engine::DelayedCable<'_>| {
            let (from, to) = (patch.node(patch.find(delayed.from)?)?, patch.node(patch.find(delayed.to)?)?);
            let (output, input) =
                (from.output_names().nth(delayed.output)?, to.input_names().nth(delayed.input)?);
            Some(CableEnds::new(from.id.clone(), output, to.id.clone(), input))
        };
        self.facts = PlanFacts {
            order: plan.order().into_iter().map(Arc::from).collect(),
            delayed: plan.delayed_cables().filter_map(ends).collect(),
            loads: Vec::new(),
            voices: plan.voices().map(|(id, voices)| (id.into(), voices)).collect(),
            problems: self.problems.clone(),
        };
        drop(session);
        self.status.nodes = self.facts.voices.len();
        self.status.voices = self.facts.voices.iter().map(|(_, voices)| *voices as usize).sum();
        if self.taps.iter().any(|tapped| tapped.probe.is_none()) {
            self.tap_missing();
        }
    }

    fn set_knob(&mut self, node: &str, input: &str, shown: f32) {
        // A knob of a node that can't play turns silently.
        let _ = self.session().set_knob(node, input, shown);
        if let Some(level) = &mut self.level
            && (&*level.node, &*level.input) == (node, input)
        {
            level.factor = decibels(shown);
            self.direct_listening();
        }
    }

    fn watch(&mut self, taps: &[Tap]) {
        // Probes that are wanted again go on.
        let kept = |tapped: &Tapped| tapped.probe.is_some() && taps.binary_search(&tapped.tap).is_ok();
        let mut kept: BTreeMap<Tap, Tapped> = std::mem::take(&mut self.taps)
            .into_iter()
            .filter(kept)
            .map(|tapped| (tapped.tap.clone(), tapped))
            .collect();
        let new: Vec<&Tap> = taps.iter().filter(|tap| !kept.contains_key(tap)).collect();
        let probes = self.session().probe_all(new.iter().map(|tap| wanted(tap)));
        let tapped = |(tap, probe): (&&Tap, Result<Probe, _>)| {
            let tap = Tap::clone(tap);
            (tap.clone(), Tapped { tap, probe: probe.ok(), samples: Vec::new(), received: 0, now: 0.0 })
        };
        kept.extend(new.iter().zip(probes).map(tapped));
        self.taps = kept.into_values().collect();
        self.direct_listening();
    }

    fn levels(&mut self, levels: &mut [Level]) {
        for (tapped, level) in self.taps.iter_mut().zip(levels) {
            let Some(probe) = &mut tapped.probe else { continue };
            let before = tapped.samples.len();
            probe.read_waveform(&mut tapped.samples);
            tapped.received += (tapped.samples.len() - before) as u64;
            tapped.now = tapped.samples.last().copied().unwrap_or(tapped.now);
            let keep = if tapped.tap.waveform { WAVEFORM } else { 0 };
            let surplus = tapped.samples.len().saturating_sub(keep);
            tapped.samples.drain(..surplus);
            let now = probe.levels();
            *level = Level { peak: now.peak, rms: now.rms, now: tapped.now };
        }
    }

    fn waveform(&mut self, tap: usize) -> &[f32] {
        self.taps.get(tap).map_or(&[], |tapped| &tapped.samples)
    }

    fn received(&mut self, tap: usize) -> u64 {
        self.taps.get(tap).map_or(0, |tapped| tapped.received)
    }

    fn overview(&mut self, path: &str) -> Option<Overview> {
        if let Some(known) = self.overviews.get(path) {
            return known.clone();
        }
        let overview = self.session().asset(path).ok().map(|asset| overview(&asset));
        self.overviews.insert(path.to_owned(), overview.clone());
        overview
    }

    fn listen(&mut self, output: Option<&Tap>) {
        self.listening = output.map(|tap| (tap.node.clone(), tap.output.clone()));
        self.direct_listening();
    }

    fn midi(&mut self, message: [u8; 3]) {
        if self.is_attended && !self.status.running {
            // All that was played while the sound is off would be heard at once later.
            return;
        }
        self.notes += u64::from(message[0] & 0xf0 == 0x90 && message[2] > 0);
        // A frame that has passed plays at once. A full queue means that nobody plays it.
        let _ = self.session().schedule_midi(ScheduledMidi { frame: 0, midi: message });
    }

    fn measure_nodes(&mut self, on: bool) {
        if on != self.measures {
            self.measures = on;
            self.session().measure_nodes(on);
        }
    }

    fn plan(&mut self) -> PlanFacts {
        let mut facts = self.facts.clone();
        if self.measures {
            let times = self.session().node_times();
            let total: u64 = times.iter().map(|time| time.nanoseconds).sum();
            let part = |nanoseconds: u64| nanoseconds as f32 / total.max(1) as f32;
            facts.loads = times
                .into_iter()
                .map(|time| NodeLoad { part: part(time.nanoseconds), node: time.node })
                .collect();
        }
        facts
    }

    fn status(&mut self) -> Status {
        if self.is_attended {
            return self.status.clone();
        }
        let load = self.session().load().read();
        Status { load: load.high, overruns: load.overruns, ..self.status.clone() }
    }

    fn transport(&mut self) -> Option<Transport> {
        let place = self.session().transport();
        Some(Transport { playing: place.is_playing, tempo: place.tempo as f32, beat: place.beat })
    }

    fn asks_for_frames(&self) -> bool {
        self.is_attended
    }

    fn offers(&mut self) -> Arc<Offers> {
        self.offers.clone()
    }
}

/// What a probe of this tap asks of the session.
fn wanted(tap: &Tap) -> (&str, &str, usize) {
    (&tap.node, &tap.output, if tap.waveform { WAVEFORM_QUEUE } else { LATEST_QUEUE })
}

/// A session is never left half changed, so one whose user has panicked still works.
fn lock(session: &Mutex<Session>) -> MutexGuard<'_, Session> {
    session.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file's first channel in short.
fn overview(asset: &Asset) -> Overview {
    let samples = asset.channels.first().map_or(&[][..], Vec::as_slice);
    let stretch = samples.len().div_ceil(STRETCHES).max(1);
    let ends = |samples: &[f32]| {
        samples.iter().fold([f32::MAX, f32::MIN], |[low, high], &sample| [low.min(sample), high.max(sample)])
    };
    samples.chunks(stretch).map(ends).collect()
}
