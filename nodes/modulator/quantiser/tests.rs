use super::*;
use jackfield_node::harness::LaneHarness;
use jackfield_node::{Asset, AssetError, AssetSource, Choices, SettingValue};
use jackfield_testkit::measure::rises;
use std::sync::Arc;

fn harness(scale: NoteScale, root: RootNote, rounding: QuantiserRounding) -> LaneHarness {
    (LaneHarness::of(&SPEC).setting(SCALE, scale))
        .setting(ROOT, root)
        .setting(ROUNDING, rounding)
        .start()
        .unwrap()
}

/// The notes of these semitones re C4, in semitones.
fn notes(harness: &mut LaneHarness, semitones: &[f32]) -> Vec<f32> {
    // Each from rest, so that no note pulls the next one.
    let note = |semitone: &f32| harness.reset().hold(IN, semitone / 12.0).run(1).output(OUT)[0] * 12.0;
    semitones.iter().map(note).map(|note| (note * 1000.0).round() / 1000.0).collect()
}

#[test]
fn goes_to_the_nearest_note() {
    let mut major = harness(NoteScale::Major, RootNote::C, QuantiserRounding::Nearest);
    let found = notes(&mut major, &[0.4, 0.9, 1.1, 3.2, 6.1, 10.4, 11.6, 12.4, -0.3, -0.8, -13.2]);
    assert_eq!(found, [0.0, 0.0, 2.0, 4.0, 7.0, 11.0, 12.0, 12.0, 0.0, -1.0, -13.0]);
}

#[test]
fn goes_down_or_up_when_told() {
    assert_eq!(
        notes(
            &mut harness(NoteScale::Major, RootNote::C, QuantiserRounding::Down),
            &[0.1, 1.9, 2.1, 11.9, -0.1]
        ),
        [0.0, 0.0, 2.0, 11.0, -1.0]
    );
    assert_eq!(
        notes(
            &mut harness(NoteScale::Major, RootNote::C, QuantiserRounding::Up),
            &[0.1, 1.9, 2.1, 11.9, -0.9]
        ),
        [2.0, 2.0, 4.0, 12.0, 0.0]
    );
}

#[test]
fn the_root_moves_the_scale() {
    let mut harness = harness(NoteScale::MajorTriad, RootNote::A, QuantiserRounding::Nearest);
    assert_eq!(notes(&mut harness, &[-3.0, 0.0, 1.0, 4.0, 8.0]), [-3.0, 1.0, 1.0, 4.0, 9.0]);
    assert_eq!(notes(&mut harness, &[9.0, 21.0, -15.0]), [9.0, 21.0, -15.0]);
}

/// An independent search over all notes of eight octaves.
#[test]
fn every_scale_agrees_with_a_search() {
    for &name in NoteScale::ALL {
        let scale = name.semitones();
        let all: Vec<f32> = (-4..5)
            .flat_map(|octave| scale.iter().map(move |note| f32::from(*note) + 12.0 * octave as f32))
            .collect();
        let inputs: Vec<f32> = (-300..300).map(|i| i as f32 * 0.0937).collect();
        for (input, note) in
            inputs.iter().zip(notes(&mut harness(name, RootNote::C, QuantiserRounding::Nearest), &inputs))
        {
            let best = all.iter().map(|note| (note - input).abs()).fold(f32::INFINITY, f32::min);
            assert!((note - input).abs() <= best + 1e-3, "{name}: {input} to {note}");
            assert!(all.iter().any(|known| (known - note).abs() < 1e-3), "{name}: {note}");
        }
    }
}

#[test]
fn a_trembling_signal_keeps_its_note_and_a_new_note_is_told() {
    let trembling: Vec<f32> =
        (0..4_800).map(|i| 0.5 / 12.0 + if i % 2 == 0 { 0.004 } else { -0.004 }).collect();
    let mut harness = harness(NoteScale::Chromatic, RootNote::C, QuantiserRounding::Nearest);
    let run = harness.plug(IN, trembling).run(4_800);
    assert!(run.output(OUT).windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(rises(run.output(CHANGED)), [0], "the first note is new");
    let run = harness.hold(IN, 1.0).run(4_800);
    assert_eq!(run.output(OUT)[0], 1.0);
    assert_eq!(run.output(CHANGED).iter().sum::<f32>(), 48.0, "1 ms");
}

/// Whatever note was there before.
#[test]
fn notes_of_the_scale_pass_unchanged() {
    let close = "Close\n4\n7.0\n14.0\n600.0\n2/1\n";
    for &rounding in QuantiserRounding::ALL {
        let mut major = harness(NoteScale::Major, RootNote::F, rounding);
        let scala = SettingValue::Text(close.to_owned());
        let bench = LaneHarness::of(&SPEC).setting(SCALA, scala);
        let mut close = bench.setting(ROUNDING, rounding).start().unwrap();
        let of_major = [5.0, 7.0, 5.0, 17.0, 16.0, -7.0, 0.0, 2.0];
        let of_close = [0.0, 0.07, 0.14, 0.07, 0.0, 6.0, 12.0, 12.07, 12.0];
        for (harness, semitones) in [(&mut major, &of_major[..]), (&mut close, &of_close)] {
            for semitone in semitones {
                let note = harness.hold(IN, semitone / 12.0).run(1).output(OUT)[0] * 12.0;
                assert!((note - semitone).abs() < 1e-4, "{rounding:?}: {semitone} to {note}");
            }
        }
    }
}

#[test]
fn a_scala_text_replaces_the_scale() {
    let text = "Quarter tones\n2\n600.\n2/1\n";
    let mut harness =
        LaneHarness::of(&SPEC).setting(SCALA, SettingValue::Text(text.to_owned())).start().unwrap();
    assert_eq!(notes(&mut harness, &[2.9, 3.1, 8.9, 9.1]), [0.0, 6.0, 6.0, 12.0]);
    let bad = LaneHarness::of(&SPEC).setting(SCALA, SettingValue::Text("x\ny".to_owned())).start();
    let Err(error) = bad else { panic!("'y' is no number") };
    assert!(error.to_string().contains("character 3"), "{error}");
}

/// A folder with one file.
struct Folder(&'static str);

impl AssetSource for Folder {
    fn load(&self, path: &str, _: f32) -> Result<Arc<Asset>, AssetError> {
        Err(AssetError::Missing { path: path.to_owned() })
    }

    fn load_text(&self, path: &str) -> Result<String, AssetError> {
        let missing = || AssetError::Missing { path: path.to_owned() };
        (path == "scales/my.scl").then(|| self.0.to_owned()).ok_or_else(missing)
    }
}

/// The notes of this file in its folder, beside a pasted scale that has one note an octave.
fn from_file(text: &'static str, path: &str) -> Result<QuantiserConfig, ConfigError> {
    let mut settings = Settings::defaults(SPEC.settings);
    settings.set(&SCALA, SettingValue::Text("octaves\n1\n2/1".to_owned())).unwrap();
    settings.set(&FILE, SettingValue::File(path.to_owned())).unwrap();
    QuantiserConfig::configure(&settings, &Setup { sample_rate: 48_000.0, assets: &Folder(text) })
}

#[test]
fn a_scala_file_replaces_the_other_scales() {
    let cents =
        |notes: &QuantiserConfig, semitones: f32| (notes.note(Lanes(semitones / 12.0)).0 * 1200.0).round();
    let fifths = from_file("fifths\r\n 2\r\n 3/2\r\n 2/1\r\n", "scales/my.scl").unwrap();
    assert_eq!([1.0, 5.0, 11.0].map(|note| cents(&fifths, note)), [0.0, 702.0, 1200.0]);
    let octaves = from_file("", "").unwrap();
    assert_eq!([1.0, 5.0, 11.0].map(|note| cents(&octaves, note)), [0.0, 0.0, 1200.0]);
}

#[test]
fn a_bad_file_is_told_with_its_line() {
    let error = |text, path| from_file(text, path).err().unwrap().to_string();
    assert_eq!(
        error("! my.scl\n!\nmine\n2\n!\n3/0\n2/1\n", "scales/my.scl"),
        "'scales/my.scl', line 6: '3/0' is no note; write cents such as 701.955 or a ratio such as 3/2"
    );
    assert_eq!(error("", "none.scl"), "no file 'none.scl'; put it beside the patch or choose another");
    assert!(error("mine\n3\n9/8\n", "scales/my.scl").contains("line 4: note 2 of 3 is missing"));
}

#[test]
fn scales_that_do_not_repeat_end() {
    let bench = |text: &str, rounding: QuantiserRounding| {
        let scala = SettingValue::Text(text.to_owned());
        (LaneHarness::of(&SPEC).setting(SCALA, scala).setting(ROUNDING, rounding)).start().unwrap()
    };
    let inputs = [-30.0, -2.0, 0.0, 1.4, 1.6, 2.9, 3.1, 40.0];
    assert_eq!(notes(&mut bench("root alone\n0\n", QuantiserRounding::Nearest), &inputs), [0.0; 8]);
    let three = "three\n3\n300.\n-100.\n1/1\n";
    assert_eq!(
        notes(&mut bench(three, QuantiserRounding::Nearest), &inputs),
        [-1.0, -1.0, 0.0, 0.0, 3.0, 3.0, 3.0, 3.0]
    );
    assert_eq!(
        notes(&mut bench(three, QuantiserRounding::Down), &inputs),
        [-1.0, -1.0, 0.0, 0.0, 0.0, 0.0, 3.0, 3.0]
    );
    assert_eq!(
        notes(&mut bench(three, QuantiserRounding::Up), &inputs),
        [-1.0, -1.0, 0.0, 3.0, 3.0, 3.0, 3.0, 3.0]
    );
}

/// Looking by halves and passing every note find the same.
#[test]
fn many_notes_are_found_as_few_are() {
    let text = |count: usize| {
        let notes = (1..=count).map(|note| format!("{:.6}\n", note as f64 * 1200.0 / count as f64));
        format!("equal\n{count}\n{}", notes.collect::<String>())
    };
    for &rounding in QuantiserRounding::ALL {
        for count in [MANY_NOTES - 1, MANY_NOTES + 1, 1_000] {
            let scale = QuantiserConfig::new(&Scala::read(&text(count)).unwrap(), 0.0, rounding);
            for step in -500..500 {
                let pitch = step as f32 * 0.007_31;
                let note = f64::from(scale.note(Lanes(pitch)).0) * count as f64;
                let exact = f64::from(pitch) * count as f64;
                let wanted = match rounding {
                    QuantiserRounding::Nearest => exact.round(),
                    QuantiserRounding::Down => exact.floor(),
                    QuantiserRounding::Up => exact.ceil(),
                };
                // On the border between two notes the last bit decides.
                let from_note = (exact - exact.round()).abs();
                let is_on_border = match rounding {
                    QuantiserRounding::Nearest => from_note > 0.48,
                    QuantiserRounding::Down | QuantiserRounding::Up => from_note < 0.2,
                };
                assert!((note - wanted).abs() < 0.02 || is_on_border, "{count} {pitch}");
            }
        }
    }
}

/// Two texts beside the patch: a scale and a keyboard map.
struct Texts(&'static str, &'static str);

impl AssetSource for Texts {
    fn load(&self, path: &str, _: f32) -> Result<Arc<Asset>, AssetError> {
        Err(AssetError::Missing { path: path.to_owned() })
    }

    fn load_text(&self, path: &str) -> Result<String, AssetError> {
        Ok(if path.contains(".kbm") { self.1 } else { self.0 }.to_owned())
    }
}

fn with_map(scale: &'static str, map: &'static str) -> Result<LaneHarness, ConfigError> {
    let texts = Texts(scale, map);
    let bench = LaneHarness::of(&SPEC)
        .setting(FILE, SettingValue::File("a.scl".to_owned()))
        .setting(MAP, SettingValue::File("a.kbm".to_owned()));
    bench.start_with(&texts)
}

/// Fifths of 720 cents on the white keys.
const FIFTHS: &str = "fifths\n2\n720.\n2/1\n";
const WHITE: &str = "12\n0\n127\n60\n60\n261.625565\n7\n0\nx\n1\nx\n2\n3\nx\n4\nx\n5\nx\n6\n";

#[test]
fn a_keyboard_map_says_which_note_a_key_plays() {
    let mut harness = with_map(FIFTHS, WHITE).unwrap();
    let keys = notes(&mut harness, &[0.0, 2.0, 2.3, 4.0, 5.0, 12.0, -1.0]);
    assert_eq!(keys, [0.0, 7.2, 7.2, 12.0, 19.2, 43.2, -7.2]);
}

#[test]
fn keys_that_the_map_leaves_out_are_told_and_keep_the_note() {
    let mut harness = with_map(FIFTHS, WHITE).unwrap();
    let keys = [2.0, 3.0, 2.0, 100.0, 4.0];
    let input: Vec<f32> = keys.iter().flat_map(|key| vec![key / 12.0; 100]).collect();
    let run = harness.plug(IN, input).run(500);
    let at = |output, key: usize| run.output(output)[100 * key + 50];
    assert_eq!([0, 1, 2, 3, 4].map(|key| at(MAPPED, key)), [1.0, 0.0, 1.0, 0.0, 1.0]);
    assert_eq!(
        [0, 1, 2, 3, 4].map(|key| (at(OUT, key) * 1200.0).round()),
        [720.0, 720.0, 720.0, 720.0, 1200.0]
    );
    assert_eq!(
        rises(run.output(CHANGED)),
        [0, 200, 400],
        "silent keys begin no note, and a note after one is new"
    );
}

#[test]
fn a_bad_map_is_told_with_its_line() {
    let error = |map| with_map(FIFTHS, map).err().unwrap().to_string();
    assert!(error("12\n0\n").starts_with("'a.kbm', line 3: a line is missing"), "{}", error("12\n0\n"));
    assert!(error("1\n0\n127\n60\n61\nfast\n").contains("line 6"));
    assert!(error("2\n0\n127\n60\n61\n440.0\n2\n0\nx\n").contains("reference key"));
}
