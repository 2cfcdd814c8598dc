//! MIDI file: a tune from a file, played by voices as if from a keyboard.

use crate::parts::compute::memo::Memo;
use crate::parts::midi::channel;
use crate::parts::midi::keyboard::{KeyPorts, Keyboard, KeyboardConfig, MOST_VOICES, Steal};
use crate::parts::timing::gate::{Edge, Gate};
use crate::parts::tuning::tuning_files;
use jackfield_node::MidiAsset;
use jackfield_node::dsp::Lanes;
use jackfield_node::prelude::*;
use std::sync::Arc;

choices! {
    /// When a tune plays.
    enum TuneStart {
        AtOnce = "at_once",
        OnTrigger = "on_trigger",
        WhileGate = "while_gate",
    }
}

const GATE_IN: Input =
    Input::gate(0, "play", "Starts the tune from its beginning, as the setting 'start' says.");
const SPEED: Input =
    Input::knob(1, "speed", Knob::ratio(0.1, 10.0, 1.0), "How fast it plays; 1 is as written.");

const FILE: Setting = Setting::file(0, "file", FileKind::Midi, "The MIDI file.");
const VOICES: Setting = Setting::count(1, "voices", 1, MOST_VOICES as u32, 8, "Most notes to sound at once.");
const CHANNEL: Setting = channel::setting(2, "MIDI channel to play; 0 plays all.");
const STEAL: Setting =
    Steal::setting(3, "steal", Steal::Oldest, "Whose voice a new note takes when all are playing.");
const BEND: Setting = Setting::count(
    4,
    "bend",
    0,
    48,
    2,
    "How far the pitch wheel reaches, in semitones, unless the file says so.",
);
const START: Setting = TuneStart::setting(
    5,
    "start",
    TuneStart::AtOnce,
    "When it plays: from the start of the patch, from each trigger on, or as long as a gate is open.",
);
const LOOP: Setting = Setting::toggle(6, "loop", true, "Begins again at the end of the file.");

const SCALE: Setting = tuning_files::scale(7);
const MAP: Setting = tuning_files::map(8);

const PITCH: Output = Output::pitch(0, "pitch", "The note with the pitch wheel; 0 is C4.");
const GATE: Output = Output::gate(1, "gate", "1 while the note, or the sustain or sostenuto pedal, is on.");
const TRIGGER: Output = Output::gate(2, "trigger", "1 for a millisecond when a note begins.");
const VELOCITY: Output = Output::control(3, "velocity", "How hard the note was struck, 0 to 1.");
const WHEEL: Output = Output::control(4, "wheel", "The modulation wheel (controller 1), 0 to 1.");
const PRESSURE: Output = Output::control(5, "pressure", "Aftertouch of the note or of its channel, 0 to 1.");
const SLIDE: Output = Output::control(6, "slide", "Controller 74, 0 to 1.");
const SPREAD: Output = Output::control(7, "spread", "0 in every voice.");

/// Where the voices go.
const PORTS: KeyPorts = KeyPorts {
    detune: None,
    pitch: PITCH,
    gate: GATE,
    trigger: TRIGGER,
    velocity: VELOCITY,
    wheel: WHEEL,
    pressure: PRESSURE,
    slide: SLIDE,
    spread: SPREAD,
};

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<MidiPlayer>("time.midi_file", "MIDI file", Category::Time)
    .summary("Plays a tune from a MIDI file, one voice a note.")
    .help(
        "Reads a Standard MIDI File and plays it to the nodes behind it, each note on its frame, with the \
         tempo changes of the file. To give each instrument of a file its own sound, use one of these for \
         each MIDI channel. Speed stretches time without changing the pitch. Try: a piano piece into an FM \
         bell, and an LFO of 0.1 Hz into speed with depth 0.1 for a rubato; or a Scala file under \
         scale, and the piece is heard in another tuning.",
    )
    .tags(&["midi", "player", "song", "tune", "smf", "score", "file", "tuning", "scala", "kbm"])
    .inputs(&[GATE_IN, SPEED])
    .outputs(&[PITCH, GATE, TRIGGER, VELOCITY, WHEEL, PRESSURE, SLIDE, SPREAD])
    .settings(&[FILE, VOICES, CHANNEL, STEAL, BEND, START, LOOP, SCALE, MAP])
    .face(Face::File)
    .makes_voices(VOICES)
    .checked();

struct MidiFileConfig {
    file: Arc<MidiAsset>,
    keyboard: KeyboardConfig,
    start: TuneStart,
    loops: bool,
}

impl Configure for MidiFileConfig {
    fn configure(settings: &Settings, setup: &Setup) -> Result<Self, ConfigError> {
        let path = settings.text(FILE)?;
        let file =
            if path.is_empty() { Arc::default() } else { setup.assets.load_midi(path, setup.sample_rate)? };
        Ok(Self {
            file,
            keyboard: KeyboardConfig {
                channel: channel::chosen(settings, CHANNEL)?,
                steal: settings.chosen(STEAL)?,
                bend: settings.count(BEND)? as f32 / 12.0,
                unison: 1,
                mpe: false,
                key_bend: KEY_BEND,
                tuning: tuning_files::tuning(settings, [SCALE, MAP], setup)?,
            },
            start: settings.chosen(START)?,
            loops: settings.toggle(LOOP)?,
        })
    }
}

/// How far a key of an MPE zone bends until the file says how far, in octaves: what MPE says.
const KEY_BEND: f32 = 4.0;

/// Most messages that are played on one frame; what a faster player passes over follows on the next.
const MOST_AT_ONCE: usize = 64;

struct MidiPlayer {
    keys: Keyboard,
    gate: Gate,
    speed: Memo<f64>,
    /// In frames of the file; none while it does not play.
    position: Option<f64>,
    /// The next message.
    next: usize,
    has_started: bool,
}

impl BlockNode for MidiPlayer {
    type Config = MidiFileConfig;

    fn new(_: &MidiFileConfig, setup: &Setup, _: u32) -> Self {
        Self {
            keys: Keyboard::new(setup.sample_rate),
            gate: Gate::default(),
            speed: Memo::default(),
            position: None,
            next: 0,
            has_started: false,
        }
    }

    fn process(&mut self, score: &MidiFileConfig, io: &mut BlockIo<'_>) {
        let (play, speed) = (io.input(GATE_IN), io.input(SPEED));
        self.keys.set_voices(io.voices(), &score.keyboard);
        let mut done = 0;
        for frame in 0..io.frames() {
            let speed =
                self.speed.of(speed[frame], |octaves| f64::from(Lanes(octaves.clamp(-5.0, 5.0)).exp2().0));
            let edge = self.gate.next(play[frame]);
            if self.needs_attention(edge, score) {
                self.keys.play(done..frame, io, &PORTS);
                done = frame;
                self.attend(edge, score);
            }
            self.position = self.position.map(|position| position + speed);
        }
        self.keys.play(done..io.frames(), io, &PORTS);
    }

    fn reset(&mut self) {
        self.keys.reset();
        (self.gate, self.position, self.next, self.has_started) = (Gate::default(), None, 0, false);
    }
}

impl MidiPlayer {
    /// Whether anything happens on this frame.
    fn needs_attention(&self, edge: Option<Edge>, score: &MidiFileConfig) -> bool {
        let starts = score.start == TuneStart::AtOnce && !self.has_started;
        starts || edge.is_some() || self.position.is_some_and(|position| position + 0.5 >= self.due(score))
    }

    /// When the next message or the end comes, in frames of the file.
    fn due(&self, score: &MidiFileConfig) -> f64 {
        score.file.events.get(self.next).map_or(score.file.frames, |event| event.frame) as f64
    }

    fn attend(&mut self, edge: Option<Edge>, score: &MidiFileConfig) {
        let starts_at_once = score.start == TuneStart::AtOnce && !self.has_started;
        if starts_at_once || (edge == Some(Edge::Rise)) {
            self.go_to(Some(0.0), score);
        } else if edge == Some(Edge::Fall) && score.start == TuneStart::WhileGate {
            self.go_to(None, score);
        }
        for _ in 0..MOST_AT_ONCE {
            // A message comes on the frame nearest to its moment.
            let Some(position) = self.position.filter(|position| position + 0.5 >= self.due(score)) else {
                return;
            };
            match score.file.events.get(self.next) {
                Some(event) => {
                    self.next += 1;
                    self.keys.receive(event.midi, &score.keyboard);
                }
                // A file without length is over for ever, or it would begin again and again on one frame.
                None if score.loops && score.file.frames > 0 => {
                    self.go_to(Some((position - score.file.frames as f64).max(-0.5)), score);
                }
                None => self.go_to(None, score),
            }
        }
    }

    /// Begins at a position with nothing left of what was before, or stops.
    fn go_to(&mut self, position: Option<f64>, score: &MidiFileConfig) {
        self.keys.start_over(&score.keyboard);
        (self.position, self.next, self.has_started) = (position, 0, true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::tuning::tuning_files::tests::{FIVE, TextFiles, WHITE_KEYS};
    use jackfield_node::{Asset, AssetError, AssetSource, SettingValue, TimedMidi};
    use jackfield_testkit::block::{BlockHarness, BlockHarnessBuilder};
    use jackfield_testkit::measure::rises;

    /// One tune.
    struct OneTune(Arc<MidiAsset>);

    impl AssetSource for OneTune {
        fn load(&self, path: &str, _: f32) -> Result<Arc<Asset>, AssetError> {
            Err(AssetError::Missing { path: path.to_owned() })
        }
        fn load_midi(&self, _: &str, _: f32) -> Result<Arc<MidiAsset>, AssetError> {
            Ok(self.0.clone())
        }
    }

    /// Notes of 50 frames at these frames, and an end.
    fn tune(starts: &[u64], frames: u64) -> OneTune {
        let note = |frame| [(frame, [0x90, 60, 100]), (frame + 50, [0x80, 60, 0])];
        let events = starts.iter().flat_map(|start| note(*start));
        let events = events.map(|(frame, midi)| TimedMidi { frame, midi }).collect();
        OneTune(Arc::new(MidiAsset { events, frames, ..MidiAsset::default() }))
    }

    fn player(assets: &OneTune, start: TuneStart, loops: bool) -> BlockHarnessBuilder<'_> {
        BlockHarness::of(&SPEC)
            .assets(assets)
            .setting(FILE, SettingValue::File("tune.mid".to_owned()))
            .setting(VOICES, SettingValue::Count(1))
            .setting(START, start)
            .setting(LOOP, SettingValue::Toggle(loops))
    }

    #[test]
    fn notes_come_on_their_frames_and_again_in_a_loop() {
        let assets = tune(&[0, 137, 700], 1000);
        for block in [1, 17, 64] {
            let mut harness = player(&assets, TuneStart::AtOnce, true).start().unwrap();
            let run = harness.block_size(block).run(2500);
            assert_eq!(rises(run.output(GATE)), [0, 137, 700, 1000, 1137, 1700, 2000, 2137]);
            assert_eq!(run.output(GATE)[..1000].iter().sum::<f32>(), 150.0);
            assert_eq!(harness.violations(), 0);
        }
        let run = player(&assets, TuneStart::AtOnce, false).start().unwrap().run(2500);
        assert_eq!(rises(run.output(GATE)), [0, 137, 700]);
    }

    #[test]
    fn speed_stretches_time() {
        let assets = tune(&[0, 100, 200, 300], 10_000);
        let mut harness = player(&assets, TuneStart::AtOnce, false).start().unwrap();
        let run = harness.turn(SPEED, 0.5).run(1000);
        assert_eq!(
            rises(run.output(GATE)),
            [0, 199, 399, 599],
            "on the frame nearest to its moment, or before it"
        );
    }

    #[test]
    fn it_plays_in_the_tuning_of_its_files() {
        let events = WHITE_KEYS.iter().enumerate().flat_map(|(i, (key, _))| {
            let frame = 100 * i as u64;
            [(frame, [0x90, *key, 100]), (frame + 50, [0x80, *key, 0])]
        });
        let events = events.map(|(frame, midi)| TimedMidi { frame, midi }).collect();
        let tune = Arc::new(MidiAsset { events, frames: 1_000, ..MidiAsset::default() });
        let assets = TextFiles { texts: FIVE, tune };
        let bench = BlockHarness::of(&SPEC).assets(&assets).setting(VOICES, SettingValue::Count(1));
        let file = |name: &str| SettingValue::File(name.to_owned());
        let bench = bench.setting(FILE, file("tune.mid")).setting(SCALE, file("five.scl"));
        let run = bench.setting(MAP, file("white.kbm")).start().unwrap().run(900);
        for (i, (key, pitch)) in WHITE_KEYS.into_iter().enumerate() {
            let at = 100 * i + 40;
            assert_eq!(run.output(GATE)[at] > 0.5, pitch.is_some(), "key {key}");
            let wrong = pitch.map_or(0.0, |pitch| run.output(PITCH)[at] - pitch);
            assert!(wrong.abs() < 1e-6, "key {key}: {}", run.output(PITCH)[at]);
        }
    }

    #[test]
    fn gates_start_and_stop_it() {
        let assets = tune(&[10, 110], 1000);
        let gate = |frames: &[(usize, usize)]| jackfield_testkit::signal::gate(1000, frames);
        let run = player(&assets, TuneStart::OnTrigger, false)
            .start()
            .unwrap()
            .plug(GATE_IN, gate(&[(100, 101), (400, 401)]))
            .run(1000);
        assert_eq!(rises(run.output(GATE)), [110, 210, 410, 510]);
        let run = player(&assets, TuneStart::WhileGate, false)
            .start()
            .unwrap()
            .plug(GATE_IN, gate(&[(100, 130), (400, 900)]))
            .run(1000);
        assert_eq!(rises(run.output(GATE)), [110, 410, 510]);
        assert_eq!(run.output(GATE)[130], 0.0, "stopping ends the note");
    }

    #[test]
    fn no_file_and_empty_files_are_silent() {
        assert!(BlockHarness::new(&SPEC).run(100).output(GATE).iter().all(|gate| *gate == 0.0));
        let run = player(&tune(&[], 0), TuneStart::AtOnce, true).start().unwrap().run(100);
        assert!(run.output(GATE).iter().all(|gate| *gate == 0.0));
    }

    /// A tune of these messages.
    fn messages(messages: &[(u64, [u8; 3])], frames: u64) -> OneTune {
        let events = messages.iter().map(|&(frame, midi)| TimedMidi { frame, midi }).collect();
        OneTune(Arc::new(MidiAsset { events, frames, oddities: Vec::new() }))
    }

    #[test]
    fn every_pass_begins_with_nothing_left_of_the_one_before() {
        // The wheels and pedals move behind the only note, and the reach of the wheel is set.
        let behind = [
            (2_400, [0xb0, 101, 0]),
            (2_400, [0xb0, 100, 0]),
            (2_400, [0xb0, 6, 12]),
            (2_500, [0xb0, 1, 127]),
            (2_500, [0xe0, 0x7f, 0x7f]),
            (2_500, [0xb0, 64, 127]),
            (2_500, [0xb0, 66, 127]),
            (2_500, [0xd0, 100, 0]),
            (2_500, [0xb0, 74, 100]),
        ];
        let note = [(1_000, [0x90, 60, 100]), (2_000, [0x80, 60, 0])];
        let shelf = messages(&[&note[..], &behind].concat(), 4_000);
        for block in [1, 17, 64] {
            let mut harness = player(&shelf, TuneStart::AtOnce, true)
                .setting(VOICES, SettingValue::Count(3))
                .start()
                .unwrap();
            let run = harness.block_size(block).run(12_000);
            for voice in 0..3 {
                for output in SPEC.outputs {
                    // From the first note on, when what glides back has arrived.
                    let pass =
                        |pass: usize| &run.voice(*output, voice)[4_000 * pass + 1_000..4_000 * (pass + 1)];
                    assert!(pass(1) == pass(0) && pass(2) == pass(0), "{} of voice {voice}", output.name);
                }
            }
            assert_eq!(run.output(GATE)[8_000..].iter().sum::<f32>(), 1_000.0);
        }
    }

    #[test]
    fn a_note_on_the_tick_of_its_old_notes_off_sounds_to_its_own() {
        let shelf = messages(
            &[(0, [0x90, 60, 100]), (500, [0x90, 60, 100]), (500, [0x80, 60, 0]), (900, [0x80, 60, 0])],
            1_000,
        );
        let run = player(&shelf, TuneStart::AtOnce, false).start().unwrap().run(1_000);
        assert_eq!(run.output(GATE).iter().sum::<f32>(), 899.0, "all but the frame between both");
    }
}
