//! Chord: one note in, a voice for each note of a chord out.

use jackfield_node::prelude::*;

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
const CHORD: Setting = Setting::choice(
    1,
    "chord",
    &[
        "major",
        "minor",
        "diminished",
        "augmented",
        "sus2",
        "sus4",
        "power",
        "major6",
        "minor6",
        "dominant7",
        "major7",
        "minor7",
        "half_diminished7",
        "diminished7",
        "major9",
        "minor9",
        "own",
    ],
    0,
    "Which notes above the root sound.",
);
const OWN: Setting = Setting::steps(
    2,
    "own",
    0.0,
    36.0,
    &[0.0, 7.0, 14.0],
    "The semitones of a chord of your own, for the choice 'own'. From low to high.",
);

/// The semitones of each choice but the last.
const CHORDS: [&[f32]; 16] = [
    &[0.0, 4.0, 7.0],
    &[0.0, 3.0, 7.0],
    &[0.0, 3.0, 6.0],
    &[0.0, 4.0, 8.0],
    &[0.0, 2.0, 7.0],
    &[0.0, 5.0, 7.0],
    &[0.0, 7.0],
    &[0.0, 4.0, 7.0, 9.0],
    &[0.0, 3.0, 7.0, 9.0],
    &[0.0, 4.0, 7.0, 10.0],
    &[0.0, 4.0, 7.0, 11.0],
    &[0.0, 3.0, 7.0, 10.0],
    &[0.0, 3.0, 6.0, 10.0],
    &[0.0, 3.0, 6.0, 9.0],
    &[0.0, 4.0, 7.0, 11.0, 14.0],
    &[0.0, 3.0, 7.0, 10.0, 14.0],
];

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

/// The notes of the chord in octaves above the root; never empty.
struct ChordConfig(Vec<f32>);

impl Configure for ChordConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        let semitones = match CHORDS.get(settings.choice(CHORD)?) {
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
    use jackfield_node::SettingValue;
    use jackfield_testkit::block::BlockHarness;

    /// The semitones of the voices above C4.
    fn notes(voices: u32, chord: usize, inversion: f32) -> Vec<f32> {
        let bench = BlockHarness::of(&SPEC).setting(VOICES, SettingValue::Count(voices));
        let mut harness = bench.setting(CHORD, SettingValue::Choice(chord)).start().unwrap();
        let run = harness.turn(INVERSION, inversion).hold(GATE, 1.0).run(10);
        assert!((0..voices as usize).all(|voice| run.voice(OUT_GATE, voice) == [1.0; 10]));
        (0..voices as usize).map(|voice| (run.voice(OUT, voice)[9] * 12.0).round()).collect()
    }

    #[test]
    fn chords_have_their_notes_and_go_on_an_octave_higher() {
        assert_eq!(notes(4, 0, 0.0), [0.0, 4.0, 7.0, 12.0]);
        assert_eq!(notes(3, 11, 0.0), [0.0, 3.0, 7.0]);
        assert_eq!(notes(5, 16, 0.0), [0.0, 7.0, 14.0, 12.0, 19.0], "a chord of one's own");
    }

    #[test]
    fn inversions_lift_the_lowest_notes() {
        assert_eq!(notes(3, 0, 1.0), [4.0, 7.0, 12.0]);
        assert_eq!(notes(3, 0, 2.0), [7.0, 12.0, 16.0]);
    }

    #[test]
    fn every_chord_rises_from_the_root() {
        for chord in CHORDS {
            assert!(chord[0] == 0.0 && chord.is_sorted() && chord.len() <= 8);
        }
        assert!(matches!(CHORD.kind, jackfield_node::SettingKind::Choice(names, _) if names.len() == 17));
    }
}
