//! Quantiser: brings any signal to the notes of a scale.

mod scales;

use crate::parts::tuning::keyboard_map::{KEYS, Tuning};
use crate::parts::tuning::scala::Scala;
use crate::parts::tuning::tuning_files::{load_scale, load_tuning};
use jackfield_node::dsp::gate::{pulse, trigger_frames};
use jackfield_node::prelude::*;
use scales::NoteScale;

choices! {
    /// To which note it goes.
    enum QuantiserRounding {
        Nearest = "nearest",
        Down = "down",
        Up = "up",
    }
}

choices! {
    /// The note a scale begins with.
    enum RootNote {
        C = "C",
        CSharp = "C#",
        D = "D",
        DSharp = "D#",
        E = "E",
        F = "F",
        FSharp = "F#",
        G = "G",
        GSharp = "G#",
        A = "A",
        ASharp = "A#",
        B = "B",
    }
}

const IN: Input = Input::pitch(0, "in", "Pitch, or any signal read as octaves.");
const TRANSPOSE: Input = Input::knob(
    1,
    "transpose",
    Knob::octaves(-5.0, 5.0, 0.0),
    "Octaves added before the choice of the note.",
);

const SCALE: Setting = NoteScale::setting(0, "scale", NoteScale::Major, "Which notes there are.");
const ROOT: Setting = RootNote::setting(1, "root", RootNote::C, "The note the scale begins with.");
const ROUNDING: Setting = QuantiserRounding::setting(
    2,
    "rounding",
    QuantiserRounding::Nearest,
    "Whether it goes to the nearest note, the one below, or the one above.",
);
const SCALA: Setting =
    Setting::text(3, "scala", "", "The text of a Scala file. While there is one, it replaces the scale.");
const FILE: Setting = Setting::file(
    4,
    "file",
    FileKind::Scale,
    "A Scala file (.scl). While there is one, it replaces the scale and the pasted text.",
);

const MAP: Setting = Setting::file(
    5,
    "map",
    FileKind::KeyboardMap,
    "A keyboard map (.kbm). With one, each semitone that comes in is a key, and the map says which note it \
     plays.",
);

const OUT: Output = Output::pitch(0, "out", "The note.");
const CHANGED: Output = Output::gate(1, "changed", "A trigger of 1 ms at each new note.");
const MAPPED: Output = Output::gate(
    2,
    "mapped",
    "1 while the key that came in plays a note, 0 for one that the keyboard map leaves out. Always 1 without \
     a map.",
);

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<Quantiser>("modulator.quantiser", "Quantiser", Category::Modulator)
        .summary("Brings any signal to the notes of a scale.")
        .help(
            "Makes notes of movement: an LFO becomes a scale run, random steps become a tune that fits. \
             Changed plays an envelope at each new note. A signal that trembles between two notes stays at \
             the one it has. For tunings beyond the twelve tones choose a Scala file, drop it on the window, \
             or paste its text; thousands of them are free on the web, and the octave may be another \
             interval. A keyboard map goes with some of them: then in takes the pitch of a MIDI in, the root \
             does not count, and the gate times mapped keeps the keys silent that the map leaves out. Try: a \
             slow triangle LFO with depth 2 in, minor pentatonic, changed into a pluck.",
        )
        .tags(&[
            "quantizer",
            "scale",
            "scala",
            "tuning",
            "microtonal",
            "notes",
            "pentatonic",
            "key",
            "just intonation",
            "kbm",
            "keyboard map",
        ])
        .inputs(&[IN, TRANSPOSE])
        .outputs(&[OUT, CHANGED, MAPPED])
        .settings(&[SCALE, ROOT, ROUNDING, SCALA, FILE, MAP])
        .checked();

/// How far, in octaves, a signal must pass the border to another note: 6 cents, or less among close notes.
const MOST_HYSTERESIS: f32 = 0.005;

/// What lies this near a note, in octaves, is that note: a tenth of a cent.
const SAME: f32 = 1e-4;

/// From so many notes on, each voice looks for its own by halves instead of all of them passing every note.
const MANY_NOTES: usize = 48;

/// What a scale that does not repeat counts as its period, in octaves: beyond any pitch.
const ENDLESS: f32 = 64.0;

/// A scale, ready to look notes up in.
struct QuantiserConfig {
    /// Octaves after which the scale repeats.
    period: f32,
    per_period: f32,
    /// Octaves of the root.
    root: f32,
    /// The lowest note of a period, in octaves above the root.
    first: f32,
    /// Border and note of each step within a period, in octaves above the root: from each border up
    /// the note is that one. Borders ascend; before the first there is the lowest note.
    steps: Vec<(f32, f32)>,
    /// Where the lowest border lies, so that a period is counted from there.
    low: f32,
    /// How far a signal is drawn towards the note it has.
    hysteresis: f32,
    rounding: QuantiserRounding,
    /// Where keys sound, with a keyboard map.
    tuning: Option<Tuning>,
}

impl Configure for QuantiserConfig {
    fn configure(settings: &Settings, setup: &Setup) -> Result<Self, ConfigError> {
        let (text, path) = (settings.text(SCALA)?, settings.text(FILE)?);
        let scale = if !path.is_empty() {
            load_scale(path, setup)?
        } else if text.trim().is_empty() {
            Scala::of_semitones(settings.chosen::<NoteScale>(SCALE)?.semitones())
        } else {
            Scala::read(text).map_err(|fault| ConfigError::Text {
                setting: SCALA.name,
                at: fault.at,
                problem: fault.problem,
            })?
        };
        let root = f32::from(settings.chosen::<RootNote>(ROOT)? as u8) / 12.0;
        let mut notes = Self::new(&scale, root, settings.chosen(ROUNDING)?);
        let path = settings.text(MAP)?;
        if !path.is_empty() {
            notes.tuning = Some(load_tuning(path, &scale, setup)?);
            let is_drawn = notes.rounding == QuantiserRounding::Nearest;
            notes.hysteresis = if is_drawn { MOST_HYSTERESIS } else { 0.0 };
        }
        Ok(notes)
    }
}

impl QuantiserConfig {
    fn new(scale: &Scala, root: f32, rounding: QuantiserRounding) -> Self {
        let mut notes = scale.notes();
        let period = scale.period().unwrap_or(ENDLESS);
        let first = notes[0];
        if scale.period().is_some() {
            notes.push(period);
        }
        let border = |below: f32, above: f32| match rounding {
            QuantiserRounding::Nearest => (below + above) * 0.5,
            QuantiserRounding::Down => above - SAME,
            QuantiserRounding::Up => below + SAME,
        };
        let steps: Vec<(f32, f32)> =
            notes.windows(2).map(|pair| (border(pair[0], pair[1]), pair[1])).collect();
        // From the border to the first note of a period on, that period counts.
        let low = match scale.period() {
            Some(period) => steps.last().map_or(0.0, |(border, _)| border - period),
            None => -ENDLESS * 0.5,
        };
        let gaps = notes.windows(2).map(|pair| pair[1] - pair[0]);
        // Where borders lie at the notes, a note that arrives exactly must not be held back.
        let hysteresis = if rounding == QuantiserRounding::Nearest {
            gaps.fold(4.0 * MOST_HYSTERESIS, f32::min) * 0.25
        } else {
            0.0
        };
        let per_period = 1.0 / period;
        Self { period, per_period, root, first, steps, low, hysteresis, rounding, tuning: None }
    }

    /// The note of a pitch.
    #[inline(always)]
    fn note<V: Vector>(&self, pitch: Lanes<V>) -> Lanes<V> {
        let above_root = pitch - self.root;
        let period = ((above_root - self.low) * self.per_period).floor() * self.period;
        let within = above_root - period;
        let mut note = within.same(self.first);
        if self.steps.len() > MANY_NOTES {
            note = each(within, |within| {
                let below = self.steps.partition_point(|(border, _)| *border <= within);
                below.checked_sub(1).map_or(self.first, |step| self.steps[step].1)
            });
        } else {
            for (border, next) in &self.steps {
                note = within.ge(*border).select(within.same(*next), note);
            }
        }
        period + note + self.root
    }

    /// Where a pitch belongs, which draws it; the note there; and above 0.5 if there is one.
    #[inline(always)]
    fn find<V: Vector>(&self, pitch: Lanes<V>) -> [Lanes<V>; 3] {
        let Some(tuning) = &self.tuning else {
            let note = self.note(pitch);
            return [note, note, note.same(1.0)];
        };
        let semitones = pitch * 12.0;
        let key = match self.rounding {
            QuantiserRounding::Nearest => (semitones + 0.5).floor(),
            QuantiserRounding::Down => (semitones + 12.0 * SAME).floor(),
            QuantiserRounding::Up => -((-semitones + 12.0 * SAME).floor()),
        };
        let of_key = |key: f32| {
            let key = key + C4_KEY;
            if (0.0..KEYS as f32).contains(&key) { tuning.pitch(key as usize) } else { None }
        };
        let note = each(key, |key| of_key(key).unwrap_or(0.0));
        [key * (1.0 / 12.0), note, each(key, |key| if of_key(key).is_some() { 1.0 } else { 0.0 })]
    }
}

/// The MIDI key of pitch 0.
const C4_KEY: f32 = 60.0;

/// Each lane by itself.
#[inline(always)]
fn each<V: Vector>(lanes: Lanes<V>, change: impl Fn(f32) -> f32) -> Lanes<V> {
    let mut values = [0.0; 16];
    lanes.store(&mut values[..V::WIDTH]);
    for value in &mut values[..V::WIDTH] {
        *value = change(*value);
    }
    Lanes::load(lanes.token(), &values[..V::WIDTH])
}

lane_state! {
    struct State<V> {
        note: Lanes<V>,
        /// Where it belongs: the note itself, or the key that plays it.
        place: Lanes<V>,
        /// 1 while there is a note there.
        mapped: Lanes<V>,
        /// The pitch that led to it.
        pitch: Lanes<V>,
        /// 1 once there was a note.
        started: Lanes<V>,
        changed: Lanes<V>,
    }
}

struct Quantiser;

impl LaneNode for Quantiser {
    type State<V: Vector> = State<V>;
    type Config = QuantiserConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, notes: &QuantiserConfig, io: &mut Io<'_, V>) {
        let (input, transpose) = (io.input(IN), io.input(TRANSPOSE));
        let trigger_frames = trigger_frames(io.sample_rate());
        let (mut out, mut changed, mut mapped) = (io.output(OUT), io.output(CHANGED), io.output(MAPPED));
        // Another scale may have come, so the first frame always looks.
        let mut is_stale = true;
        for frame in io.frames() {
            let pitch = input.at(frame) + transpose.at(frame);
            let moves = !pitch.equal(state.pitch);
            let mut changes = Lanes::splat(io.token(), 0.0).gt(0.0);
            // Most signals that come here are steps: looking a note up is rare.
            if is_stale || moves.any() {
                is_stale = false;
                let held = state.started.gt(0.5);
                // Drawn towards the note it has, so that it leaves that note late.
                let pull = (state.place - pitch).clamp(-notes.hysteresis, notes.hysteresis);
                let [place, note, is_mapped] = notes.find(held.select(pitch + pull, pitch));
                let sounds = is_mapped.gt(0.5);
                changes = (!place.equal(state.place) | !note.equal(state.note) | !held) & sounds;
                // A key that plays nothing leaves the note as it is.
                state.note = sounds.select(note, state.note);
                (state.place, state.mapped, state.pitch) = (place, is_mapped, pitch);
                state.started = state.started.same(1.0);
            }
            out.set(frame, state.note);
            changed.set(frame, pulse(&mut state.changed, changes, trigger_frames));
            mapped.set(frame, state.mapped);
        }
    }
}

#[cfg(test)]
mod tests;
