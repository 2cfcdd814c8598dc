use super::*;
use jackfield_node::{AssetError, AssetSource, SettingValue};
use jackfield_testkit::block::{BlockHarness, BlockRun};
use jackfield_testkit::measure::{Spectrum, click_burst_db, correlation, rms_db};
use jackfield_testkit::signal::{gate, sine};

const RATE: f32 = 48_000.0;

/// A file whose first half is a low sine and whose second half a high one.
struct TwoToneFile;

impl AssetSource for TwoToneFile {
    fn load(&self, _: &str, _: f32) -> Result<Arc<Asset>, AssetError> {
        let samples = [sine(96_000, 300.0, RATE), sine(96_000, 1_200.0, RATE)].concat();
        Ok(Arc::new(Asset::new(vec![samples], RATE)))
    }
}

fn with_file() -> BlockHarness {
    let bench = BlockHarness::of(&SPEC).assets(&TwoToneFile);
    let mut harness = bench.setting(FILE, SettingValue::File("two.wav".to_owned())).start().unwrap();
    harness.turn(SPRAY, 0.0).turn(DETUNE, 0.0);
    harness
}

fn share(run: &BlockRun, hertz: f64) -> f64 {
    let spectrum = Spectrum::of(&run.output(LEFT)[4_800..], RATE);
    spectrum.between(hertz * 0.9, hertz * 1.1) / spectrum.between(20.0, 20_000.0)
}

#[test]
fn position_says_where_and_pitch_how_high() {
    for (position, octaves, hertz) in [(0.2, 0.0, 300.0), (0.7, 0.0, 1_200.0), (0.2, 1.0, 600.0)] {
        let mut harness = with_file();
        let run = harness.turn(POSITION, position).turn(PITCH, octaves).turn(SIZE, 0.2).run(96_000);
        assert!(share(&run, hertz) > 0.9, "{position}, {octaves}: {}", share(&run, hertz));
        assert_eq!(harness.violations(), 0);
    }
}

#[test]
fn backwards_grains_have_the_same_pitch() {
    let run = with_file().turn(POSITION, 0.3).turn(REVERSE, 1.0).turn(SIZE, 0.2).run(48_000);
    assert!(share(&run, 300.0) > 0.9);
}

#[test]
fn what_comes_in_is_cut_and_freeze_holds_it() {
    let mut harness = BlockHarness::new(&SPEC);
    harness.turn(POSITION, 0.1).turn(SPRAY, 0.02).turn(DETUNE, 0.0).turn(SIZE, 0.1);
    let input = [sine(48_000, 500.0, RATE), sine(96_000, 2_000.0, RATE)].concat();
    harness.plug(IN, input).plug(FREEZE, gate(144_000, &[(47_000, 144_000)]));
    harness.run(48_000);
    let run = harness.run(96_000);
    assert!(share(&run, 500.0) > 0.9, "frozen before the second sine came");
}

#[test]
fn fast_grains_never_reach_the_future() {
    let mut harness = BlockHarness::new(&SPEC);
    harness.turn(POSITION, 0.0).turn(SPRAY, 0.0).turn(PITCH, 2.0).turn(SIZE, 0.3).turn(DETUNE, 0.0);
    let run = harness.plug(IN, sine(96_000, 200.0, RATE)).run(96_000);
    assert!(share(&run, 800.0) > 0.8, "{}", share(&run, 800.0));
}

#[test]
fn the_loudness_stays_when_grains_overlap_more() {
    let level = |density: f32| {
        let mut harness = with_file();
        harness.turn(POSITION, 0.2).turn(SPRAY, 0.1).turn(SIZE, 0.1).turn(DENSITY, density);
        rms_db(&harness.run(192_000).output(LEFT)[19_200..])
    };
    let levels = [10.0, 40.0, 160.0].map(level);
    for pair in levels.windows(2) {
        assert!((pair[0] - pair[1]).abs() < 4.0, "{levels:?}");
    }
}

#[test]
fn grains_lie_left_and_right() {
    let likeness = |spread: f32| {
        let run = with_file().turn(POSITION, 0.2).turn(SPRAY, 0.1).turn(SPREAD, spread).run(96_000);
        correlation(run.output(LEFT), run.output(RIGHT))
    };
    assert!(likeness(0.0) > 0.999);
    assert!(likeness(1.0) < 0.9, "{}", likeness(1.0));
}

#[test]
fn no_grain_clicks() {
    let run = with_file().turn(POSITION, 0.2).turn(SIZE, 0.05).turn(DENSITY, 60.0).run(96_000);
    let burst = click_burst_db(&run.output(LEFT)[4_800..], RATE);
    assert!(burst < -80.0, "{burst} dB");
}
