use super::*;
use jackfield_node::{AssetError, AssetSource, SettingValue};
use jackfield_testkit::block::{BlockHarness, BlockHarnessBuilder};
use jackfield_testkit::measure::{cents, click_burst_db, frequency, rms_db, worst_alias_db};
use jackfield_testkit::signal::{gate, noise, sine};

const RATE: f32 = 48_000.0;

/// One file, called "file.wav".
struct OneFile(Arc<Asset>);

impl OneFile {
    fn new(channels: Vec<Vec<f32>>) -> Self {
        Self(Arc::new(Asset::new(channels, RATE)))
    }

    fn player(&self, play: PlayMode, loops: bool) -> BlockHarnessBuilder<'_> {
        BlockHarness::of(&SPEC)
            .assets(self)
            .setting(FILE, SettingValue::File("file.wav".to_owned()))
            .setting(PLAY, play)
            .setting(LOOP, SettingValue::Toggle(loops))
    }
}

impl AssetSource for OneFile {
    fn load(&self, path: &str, _: f32) -> Result<Arc<Asset>, AssetError> {
        match path {
            "file.wav" => Ok(self.0.clone()),
            _ => Err(AssetError::Missing { path: path.to_owned() }),
        }
    }

    fn load_unchanged(&self, path: &str) -> Result<Arc<Asset>, AssetError> {
        self.load(path, RATE)
    }
}

/// Noise that begins and ends in silence.
fn recording(frames: usize, seed: u64) -> Vec<f32> {
    let mut samples = noise(frames, seed);
    let edge = frames / 10;
    for i in 0..edge {
        samples[i] *= i as f32 / edge as f32;
        samples[frames - 1 - i] *= i as f32 / edge as f32;
    }
    samples
}

#[test]
fn a_trigger_plays_the_file_as_it_is() {
    let assets = OneFile::new(vec![recording(5000, 1), recording(5000, 2)]);
    let mut player = assets.player(PlayMode::OnTrigger, false).start().unwrap();
    let run = player.plug(GATE, gate(6000, &[(100, 110)])).run(6000);
    for (output, samples) in [(LEFT, &assets.0.channels[0]), (RIGHT, &assets.0.channels[1])] {
        assert!(run.output(output)[..100].iter().all(|x| *x == 0.0));
        assert!(run.output(output)[100..4900] == samples[..4800]);
        assert!(run.output(output)[5100..].iter().all(|x| *x == 0.0));
    }
    assert_eq!(player.violations(), 0);
}

#[test]
fn it_plays_always_and_in_a_loop() {
    let assets = OneFile::new(vec![recording(1000, 3)]);
    let run = assets.player(PlayMode::Always, true).start().unwrap().run(5500);
    let samples = &assets.0.channels[0];
    assert!((0..5500).all(|i| run.output(LEFT)[i] == samples[i % 1000]));
    assert!(run.output(LEFT) == run.output(RIGHT), "a mono file is heard on both sides");
    let once = assets.player(PlayMode::Always, false).start().unwrap().run(3000);
    assert!(once.output(LEFT)[1000..].iter().all(|x| *x == 0.0));
}

#[test]
fn a_loop_from_the_middle_keeps_its_length() {
    let assets = OneFile::new(vec![recording(1000, 3)]);
    let run = assets.player(PlayMode::Always, true).start().unwrap().turn(START, 0.25).run(4000);
    let samples = &assets.0.channels[0];
    assert!((200..4000).all(|i| run.output(LEFT)[i] == samples[250 + i % 750]));
}

#[test]
fn pitch_moves_in_octaves_and_keeps_a_sine_clean() {
    let assets = OneFile::new(vec![sine(96_000, 1000.0, RATE)]);
    for octaves in [-1.0, 7.0 / 12.0, 0.01] {
        let run = assets.player(PlayMode::Always, true).start().unwrap().turn(PITCH, octaves).run(40_000);
        let sound = &run.output(LEFT)[1000..];
        let expected = 1000.0 * f64::from(octaves).exp2();
        let found = frequency(sound, RATE, expected);
        assert!(cents(found, expected).abs() < 0.01, "{found} instead of {expected}");
        let dirt = worst_alias_db(sound, RATE, found);
        assert!(dirt < -90.0, "{dirt} dB at {octaves} octaves");
    }
}

#[test]
fn treble_stays_clean_at_any_pitch_and_nothing_folds_down() {
    let assets = OneFile::new(vec![sine(96_000, 9_000.0, RATE)]);
    for octaves in [-1.5, -0.3, 1.0 / 12.0, 1.0] {
        let run = assets.player(PlayMode::Always, true).start().unwrap().turn(PITCH, octaves).run(40_000);
        let sound = &run.output(LEFT)[1000..];
        let expected = 9_000.0 * f64::from(octaves).exp2();
        let dirt = worst_alias_db(sound, RATE, frequency(sound, RATE, expected));
        assert!(dirt < -90.0, "{dirt} dB at {octaves} octaves");
    }
    // Two octaves up it would lie above half the rate.
    let run = assets.player(PlayMode::Always, true).start().unwrap().turn(PITCH, 2.0).run(20_000);
    assert!(rms_db(&run.output(LEFT)[1000..]) < -90.0, "{}", rms_db(&run.output(LEFT)[1000..]));
}

#[test]
fn slices_are_equal_parts_of_the_file() {
    let assets = OneFile::new(vec![recording(8_000, 5)]);
    let bench = assets.player(PlayMode::OnTrigger, false).setting(SLICES, SettingValue::Count(8));
    let mut player = bench.start().unwrap();
    for (slice, first) in [(3.0, 3_000), (0.0, 0), (7.9, 7_000), (10.0, 2_000), (-1.0, 7_000)] {
        let run = player.turn(SLICE, slice).plug(GATE, gate(2_000, &[(0, 10)])).run(2_000);
        // Whole from the first frame on, until the fade-out.
        assert!(run.output(LEFT)[..800] == assets.0.channels[0][first..first + 800], "slice {slice}");
        assert!(run.output(LEFT)[1_000..].iter().all(|x| *x == 0.0));
    }
    let run = player.turn(SLICE, 4.0).turn(LENGTH, 0.5).plug(GATE, gate(2_000, &[(0, 10)])).run(2_000);
    assert!(run.output(LEFT)[300] != 0.0 && run.output(LEFT)[500..].iter().all(|x| *x == 0.0));
}

#[test]
fn starts_and_stops_make_no_click() {
    // The file begins softly: an attack of its own would be heard as it is.
    let soft = |i: usize| jackfield_node::dsp::smooth::ease(Lanes(i as f32 / 480.0).clamp(0.0, 1.0)).0;
    let sine = sine(96_000, 100.0, RATE).iter().enumerate().map(|(i, x)| x * soft(i)).collect();
    let assets = OneFile::new(vec![sine]);
    let opens = [(5000, 9000), (12_000, 12_500), (13_000, 21_000), (21_010, 30_000)];
    for play in [PlayMode::OnTrigger, PlayMode::WhileGate] {
        let mut player = assets.player(play, false).start().unwrap();
        let run = player.plug(GATE, gate(96_000, &opens)).run(96_000);
        let click = click_burst_db(run.output(LEFT), RATE);
        assert!(click < -80.0, "{click} dB");
    }
}

/// A sequencer that plays the slices in order and in time plays the file; in another order, each begins
/// whole.
#[test]
fn slices_keep_their_attack() {
    let assets = OneFile::new(vec![sine(16_000, 441.0, RATE).iter().map(|x| x + 0.2).collect()]);
    let level = |sound: &[f32]| rms_db(sound);
    for order in [[0.0, 1.0, 2.0, 3.0], [2.0, 0.0, 3.0, 1.0]] {
        let bench = assets.player(PlayMode::OnTrigger, false).setting(SLICES, SettingValue::Count(4));
        let mut player = bench.start().unwrap();
        let opens: Vec<_> = (0..4).map(|step| (4_000 * step, 4_000 * step + 100)).collect();
        player.plug(GATE, gate(16_000, &opens));
        player.sweep(SLICE, (0..16_000).map(|i| order[i / 4_000]));
        let run = player.run(16_000);
        for (step, slice) in order.into_iter().enumerate() {
            let first = 4_000 * slice as usize;
            let (found, whole) =
                (&run.output(LEFT)[4_000 * step..][..96], &assets.0.channels[0][first..][..96]);
            let off = level(found) - level(whole);
            assert!(off.abs() < 0.01, "slice {slice} at step {step}: {off} dB in its first 2 ms");
        }
    }
}

/// Cue points at a third of a file, at half of it, and at its end.
#[test]
fn slices_begin_at_the_cue_points_of_the_file() {
    let samples = recording(9_000, 5);
    let mut file = Asset::new(vec![samples.clone()], RATE);
    file.metadata.cues = vec![3_000.0, 4_500.0, 8_000.0];
    let assets = OneFile(Arc::new(file));
    let bench = assets.player(PlayMode::OnTrigger, false).setting(CUES, SettingValue::Toggle(true));
    let mut player = bench.setting(SLICES, SettingValue::Count(8)).start().unwrap();
    for (slice, first, end) in [
        (0.0, 3_000, 4_500),
        (1.0, 4_500, 8_000),
        (2.9, 8_000, 9_000),
        (3.0, 3_000, 4_500),
        (-1.0, 8_000, 9_000),
    ] {
        let run = player.turn(SLICE, slice).plug(GATE, gate(5_000, &[(0, 10)])).run(5_000);
        let length = end - first;
        assert!(run.output(LEFT)[..length - 200] == samples[first..end - 200], "slice {slice}");
        assert!(run.output(LEFT)[length..].iter().all(|x| *x == 0.0), "slice {slice} ends");
    }
    // Without cue points the file is one slice.
    let whole = OneFile::new(vec![samples.clone()]);
    let bench = whole.player(PlayMode::OnTrigger, false).setting(CUES, SettingValue::Toggle(true));
    let run = bench.start().unwrap().turn(SLICE, 1.0).plug(GATE, gate(9_000, &[(0, 10)])).run(9_000);
    assert!(run.output(LEFT) == samples);
}

#[test]
fn the_root_note_plays_the_file_as_recorded() {
    let samples = recording(5_000, 1);
    let mut file = Asset::new(vec![samples.clone()], RATE);
    file.metadata.unity_note = Some(57.5);
    let assets = OneFile(Arc::new(file));
    for (root, file_root, as_recorded) in [(60, false, 0.0), (48, false, -1.0), (69, true, -2.5 / 12.0)] {
        let bench = assets.player(PlayMode::OnTrigger, false).setting(ROOT, SettingValue::Count(root));
        let mut player = bench.setting(FILE_ROOT, SettingValue::Toggle(file_root)).start().unwrap();
        let mut play = |pitch: f32| {
            player.turn(PITCH, pitch).plug(GATE, gate(6_000, &[(0, 10)])).run(6_000).output(LEFT).to_vec()
        };
        assert!(play(as_recorded)[..5_000] == samples, "root {root}");
        assert!(
            play(as_recorded + 1.0)[2_600..].iter().all(|x| *x == 0.0),
            "an octave up it is half as long"
        );
    }
    // A file that says nothing plays from the key that is set.
    let silent = OneFile::new(vec![samples.clone()]);
    let bench = silent.player(PlayMode::Always, false).setting(ROOT, SettingValue::Count(72));
    let run =
        bench.setting(FILE_ROOT, SettingValue::Toggle(true)).start().unwrap().turn(PITCH, 1.0).run(5_000);
    assert!(run.output(LEFT) == samples);
}

#[test]
fn a_crossfade_closes_a_loop_that_does_not_close() {
    // Off by a third of a cycle at the seam.
    let assets = OneFile::new(vec![sine(24_160, 100.0, RATE)]);
    for (start, length) in [(0.0, 24_160), (0.25, 18_120)] {
        let click = |crossfade: f32| {
            let mut player = assets.player(PlayMode::Always, true).start().unwrap();
            let run = player.turn(START, start).turn(CROSSFADE, crossfade).run(96_000);
            click_burst_db(&run.output(LEFT)[length / 2..], RATE)
        };
        assert!(click(0.0) > -40.0, "{} dB", click(0.0));
        assert!(click(0.05) < -80.0, "{} dB", click(0.05));
    }
}

#[test]
fn a_closing_gate_stops_it() {
    let assets = OneFile::new(vec![recording(20_000, 4)]);
    let mut player = assets.player(PlayMode::WhileGate, false).start().unwrap();
    let run = player.plug(GATE, gate(10_000, &[(0, 5000)])).run(10_000);
    assert!(run.output(LEFT)[4990] != 0.0);
    assert!(run.output(LEFT)[5145..].iter().all(|x| *x == 0.0));
}

#[test]
fn a_missing_file_is_an_error_and_none_is_silence() {
    let missing = SettingValue::File("other.wav".to_owned());
    let result = BlockHarness::of(&SPEC).setting(FILE, missing).start();
    assert!(matches!(result.err(), Some(ConfigError::Asset(AssetError::Missing { .. }))));
    let run = BlockHarness::new(&SPEC).hold(GATE, 1.0).run(100);
    assert!(run.output(LEFT).iter().all(|x| *x == 0.0));
    let empty = OneFile::new(vec![vec![]]);
    assert!(
        empty.player(PlayMode::Always, true).start().unwrap().run(100).output(LEFT).iter().all(|x| *x == 0.0)
    );
}

#[test]
fn any_file_and_any_knob_are_harmless() {
    for frames in 1..8 {
        let assets = OneFile::new(vec![vec![1.0; frames]]);
        for (octaves, start) in [(20.0, 5.0), (-20.0, -1.0), (f32::NAN, f32::NAN), (3.3, 0.99)] {
            let mut player = assets.player(PlayMode::Always, true).start().unwrap();
            let run = player.hold(PITCH, octaves).hold(START, start).run(300);
            assert!(run.output(LEFT).iter().all(|x| x.is_finite()), "{frames} frames, {octaves}, {start}");
        }
    }
}

#[test]
fn blocks_do_not_matter() {
    let assets = OneFile::new(vec![recording(3000, 1), recording(3000, 2)]);
    let play = |block_size: usize| {
        let mut player = assets.player(PlayMode::WhileGate, true).start().unwrap();
        player.block_size(block_size).plug(GATE, gate(9000, &[(10, 4000), (4003, 5000), (5500, 9000)]));
        player.sweep(PITCH, (0..9000).map(|i| (i as f32 / 3000.0) - 1.5)).turn(START, 0.1);
        player.run(9000)
    };
    assert!(play(64).all() == play(1).all());
    assert!(play(64).all() == play(17).all());
}
