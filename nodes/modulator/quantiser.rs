//! Quantiser: brings any signal to the notes of a scale.

mod scala;
mod scales;

use jackfield_node::AssetError;
use jackfield_node::dsp::gate::{pulse, trigger_frames};
use jackfield_node::prelude::*;
use scala::Scala;
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

const OUT: Output = Output::pitch(0, "out", "The note.");
const CHANGED: Output = Output::gate(1, "changed", "A trigger of 1 ms at each new note.");

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<Quantiser>("modulator.quantiser", "Quantiser", Category::Modulator)
        .summary("Brings any signal to the notes of a scale.")
        .help(
            "Makes notes of movement: an LFO becomes a scale run, random steps become a tune that fits. \
             Changed plays an envelope at each new note. A signal that trembles between two notes stays at \
             the one it has. For tunings beyond the twelve tones choose a Scala file, drop it on the window, \
             or paste its text; thousands of them are free on the web, and the octave may be another \
             interval. Try: a slow triangle LFO with depth 2 in, minor pentatonic, changed into a pluck.",
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
        ])
        .inputs(&[IN, TRANSPOSE])
        .outputs(&[OUT, CHANGED])
        .settings(&[SCALE, ROOT, ROUNDING, SCALA, FILE])
        .checked();

/// How far, in octaves, a signal must pass the border to another note: 6 cents, or less among close notes.
const MOST_HYSTERESIS: f32 = 0.005;

/// What lies this near a note, in octaves, is that note: a tenth of a cent.
const SAME: f32 = 1e-4;

/// A scale, ready to look notes up in.
struct QuantiserConfig {
    /// Octaves after which the scale repeats.
    period: f32,
    per_period: f32,
    /// Octaves of the root.
    root: f32,
    /// Border and note of each step within a period, in octaves above the root: from each border up
    /// the note is that one. Borders ascend; before the first the note is 0.
    steps: Vec<(f32, f32)>,
    /// Where the lowest border lies, so that a period is counted from there.
    low: f32,
    /// How far a signal is drawn towards the note it has.
    hysteresis: f32,
}

impl Configure for QuantiserConfig {
    fn configure(settings: &Settings, setup: &Setup) -> Result<Self, ConfigError> {
        let (text, path) = (settings.text(SCALA)?, settings.text(FILE)?);
        let scale = if !path.is_empty() {
            let text = setup.assets.load_text(path)?;
            Scala::read(&text).map_err(|fault| AssetError::Mistake {
                path: path.to_owned(),
                line: fault.line(&text),
                problem: fault.problem,
            })?
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
        Ok(Self::new(&scale, root, settings.chosen(ROUNDING)?))
    }
}

impl QuantiserConfig {
    fn new(scale: &Scala, root: f32, rounding: QuantiserRounding) -> Self {
        let mut notes = vec![0.0];
        notes.extend(scale.notes.iter().copied().filter(|note| *note > 0.0 && *note < scale.period));
        notes.sort_by(f32::total_cmp);
        notes.dedup();
        notes.push(scale.period);
        let border = |below: f32, above: f32| match rounding {
            QuantiserRounding::Nearest => (below + above) * 0.5,
            QuantiserRounding::Down => above - SAME,
            QuantiserRounding::Up => below + SAME,
        };
        let steps: Vec<(f32, f32)> =
            notes.windows(2).map(|pair| (border(pair[0], pair[1]), pair[1])).collect();
        // From the border to the first note of a period on, that period counts.
        let low = steps.last().map_or(0.0, |(border, _)| border - scale.period);
        let gaps = notes.windows(2).map(|pair| pair[1] - pair[0]);
        // Where borders lie at the notes, a note that arrives exactly must not be held back.
        let hysteresis = if rounding == QuantiserRounding::Nearest {
            gaps.fold(4.0 * MOST_HYSTERESIS, f32::min) * 0.25
        } else {
            0.0
        };
        Self { period: scale.period, per_period: 1.0 / scale.period, root, steps, low, hysteresis }
    }

    /// The note of a pitch.
    #[inline(always)]
    fn note<V: Vector>(&self, pitch: Lanes<V>) -> Lanes<V> {
        let above_root = pitch - self.root;
        let period = ((above_root - self.low) * self.per_period).floor() * self.period;
        let within = above_root - period;
        let mut note = within.same(0.0);
        for (border, next) in &self.steps {
            note = within.ge(*border).select(within.same(*next), note);
        }
        period + note + self.root
    }
}

lane_state! {
    struct State<V> {
        note: Lanes<V>,
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
        let (mut out, mut changed) = (io.output(OUT), io.output(CHANGED));
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
                let pull = (state.note - pitch).clamp(-notes.hysteresis, notes.hysteresis);
                let note = notes.note(held.select(pitch + pull, pitch));
                changes = !note.equal(state.note) | !held;
                (state.note, state.pitch) = (note, pitch);
                state.started = state.started.same(1.0);
            }
            out.set(frame, state.note);
            changed.set(frame, pulse(&mut state.changed, changes, trigger_frames));
        }
    }
}

#[cfg(test)]
mod tests;
