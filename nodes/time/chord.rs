//! Chord: one note in, a voice for each note of a chord out.

use jackfield_node::prelude::*;

choices! {
    /// Which notes above the root sound.
    enum ChordKind {
        Major = "major",
        Minor = "minor",
        Diminished = "diminished",
        Augmented = "augmented",
        Sus2 = "sus2",
        Sus4 = "sus4",
        Power = "power",
        Major6 = "major6",
        Minor6 = "minor6",
        Dominant7 = "dominant7",
        Major7 = "major7",
        Minor7 = "minor7",
        HalfDiminished7 = "half_diminished7",
        Diminished7 = "diminished7",
        Major9 = "major9",
        Minor9 = "minor9",
        Own = "own",
    }
}

const PITCH: Input = Input::pitch(0, "pitch", "The root of the chord.");
const GATE: Input = Input::gate(1, "gate", "Passed on to every voice.");
const INVERSION: Input = Input::knob(
    2,
    "inversion",
    Knob::number(0.0, 7.0, 0.0),
    "How many of the lowest notes go up an octave, a whole number.",
);

const VOICES: Setting = Setting::count(
    0,
    "voices",
    1,
    8,
    4,
    "How many notes; beyond those of the chord they go on an octave higher.",
);
const CHORD: Setting = ChordKind::setting(1, "chord", ChordKind::Major, "Which notes above the root sound.");
const OWN: Setting = Setting::steps(
    2,
    "own",
    0.0,
    36.0,
    &[0.0, 7.0, 14.0],
    "The semitones of a chord of your own, for the choice 'own'. From low to high.",
);

const OUT: Output = Output::pitch(0, "pitch", "The notes of the chord, one a voice.");
const OUT_GATE: Output = Output::gate(1, "gate", "The gate, in every voice.");
const SPREAD: Output = Output::control(2, "spread", "-1 in the lowest voice, 1 in the highest.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Chord>("time.chord", "Chord", Category::Time)
    .summary("Plays a whole chord for each note.")
    .help(
        "Takes the pitch of one note as the root and makes a voice for each note of the chord above it: \
         everything behind it exists once per voice, until a node adds the voices up. With more voices than \
         the chord has notes, it is doubled an octave higher. Inversion moves the lowest notes up, so that \
         one chord leads smoothly into the next. Try: a sequencer's pitch and gate into it, minor7, a soft \
         saw behind it, and a second sequencer's accent into inversion with depth 3.",
    )
    .tags(&["harmony", "triad", "seventh", "polyphony", "voices", "inversion", "stack"])
    .inputs(&[PITCH, GATE, INVERSION])
    .outputs(&[OUT, OUT_GATE, SPREAD])
    .settings(&[VOICES, CHORD, OWN])
    .makes_voices(VOICES)
    .checked();

impl ChordKind {
    /// The semitones of its notes; none of its own for a chord that a setting has.
    fn semitones(self) -> Option<&'static [f32]> {
        Some(match self {
            Self::Major => &[0.0, 4.0, 7.0],
            Self::Minor => &[0.0, 3.0, 7.0],
            Self::Diminished => &[0.0, 3.0, 6.0],
            Self::Augmented => &[0.0, 4.0, 8.0],
            Self::Sus2 => &[0.0, 2.0, 7.0],
            Self::Sus4 => &[0.0, 5.0, 7.0],
            Self::Power => &[0.0, 7.0],
            Self::Major6 => &[0.0, 4.0, 7.0, 9.0],
            Self::Minor6 => &[0.0, 3.0, 7.0, 9.0],
            Self::Dominant7 => &[0.0, 4.0, 7.0, 10.0],
            Self::Major7 => &[0.0, 4.0, 7.0, 11.0],
            Self::Minor7 => &[0.0, 3.0, 7.0, 10.0],
            Self::HalfDiminished7 => &[0.0, 3.0, 6.0, 10.0],
            Self::Diminished7 => &[0.0, 3.0, 6.0, 9.0],
            Self::Major9 => &[0.0, 4.0, 7.0, 11.0, 14.0],
            Self::Minor9 => &[0.0, 3.0, 7.0, 10.0, 14.0],
            Self::Own => return None,
        })
    }
}

/// The notes of the chord in octaves above the root; never empty.
struct ChordConfig(Vec<f32>);

impl Configure for ChordConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        let semitones = match settings.chosen::<ChordKind>(CHORD)?.semitones() {
            Some(chord) => chord,
            None => settings.steps(OWN)?,
        };
        if semitones.is_empty() {
            return Err(ConfigError::Setting { setting: OWN.name });
        }
        Ok(Self(semitones.iter().map(|semitone| semitone / 12.0).collect()))
    }
}

impl ChordConfig {
    /// The pitch of a voice above the root, in octaves.
    fn interval(&self, voice: usize, inversion: usize) -> f32 {
        let place = voice + inversion;
        self.0[place % self.0.len()] + (place / self.0.len()) as f32
    }
}

struct Chord;

impl BlockNode for Chord {
    type Config = ChordConfig;

    fn new(_: &ChordConfig, _: &Setup, _: u32) -> Self {
        Self
    }

    fn process(&mut self, notes: &ChordConfig, io: &mut BlockIo<'_>) {
        let [pitch, gate, inversion] = [PITCH, GATE, INVERSION].map(|input| io.input(input));
        // NaN is 0.
        let whole = |signal: f32| signal.round_ties_even().clamp(0.0, 7.0) as usize;
        let last = io.voices().saturating_sub(1).max(1) as f32;
        let is_lonely = io.voices() == 1;
        for voice in 0..io.voices() {
            for (frame, out) in io.voice(OUT, voice).iter_mut().enumerate() {
                *out = pitch[frame] + notes.interval(voice, whole(inversion[frame]));
            }
            io.voice(OUT_GATE, voice).copy_from_slice(gate);
            let spread = if is_lonely { 0.0 } else { 2.0 * voice as f32 / last - 1.0 };
            io.hold(SPREAD, voice, spread);
        }
    }

    fn reset(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::{Choices, SettingValue};
    use jackfield_testkit::block::BlockHarness;

    /// The semitones of the voices above C4.
    fn notes(voices: u32, chord: ChordKind, inversion: f32) -> Vec<f32> {
        let bench = BlockHarness::of(&SPEC).setting(VOICES, SettingValue::Count(voices));
        let mut harness = bench.setting(CHORD, chord).start().unwrap();
        let run = harness.turn(INVERSION, inversion).hold(GATE, 1.0).run(10);
        assert!((0..voices as usize).all(|voice| run.voice(OUT_GATE, voice) == [1.0; 10]));
        (0..voices as usize).map(|voice| (run.voice(OUT, voice)[9] * 12.0).round()).collect()
    }

    #[test]
    fn chords_have_their_notes_and_go_on_an_octave_higher() {
        assert_eq!(notes(4, ChordKind::Major, 0.0), [0.0, 4.0, 7.0, 12.0]);
        assert_eq!(notes(3, ChordKind::Minor7, 0.0), [0.0, 3.0, 7.0]);
        assert_eq!(notes(5, ChordKind::Own, 0.0), [0.0, 7.0, 14.0, 12.0, 19.0], "a chord of one's own");
    }

    #[test]
    fn inversions_lift_the_lowest_notes() {
        assert_eq!(notes(3, ChordKind::Major, 1.0), [4.0, 7.0, 12.0]);
        assert_eq!(notes(3, ChordKind::Major, 2.0), [7.0, 12.0, 16.0]);
    }

    #[test]
    fn every_chord_rises_from_the_root() {
        for chord in ChordKind::ALL.iter().filter_map(|chord| chord.semitones()) {
            assert!(chord[0] == 0.0 && chord.is_sorted() && chord.len() <= 8);
        }
    }
}
