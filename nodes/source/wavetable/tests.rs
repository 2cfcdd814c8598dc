use super::*;
use jackfield_node::harness::LaneHarness;
use jackfield_node::{Asset, AssetError, AssetSource, Choices, NodeKind, SettingValue};
use jackfield_testkit::measure::{cents, click_burst_db, frequency, partials, rms_db};
use jackfield_testkit::signal;
use std::sync::Arc;

const RATE: f32 = 48_000.0;
const FRAMES: usize = 1 << 17;

fn harness(table: BuiltinTable) -> LaneHarness {
    LaneHarness::of(&SPEC).setting(TABLE, table).start().unwrap()
}

fn tone(harness: &mut LaneHarness) -> Vec<f32> {
    harness.run(4_800);
    harness.run(FRAMES).output(OUT).to_vec()
}

#[test]
fn has_no_aliases_is_in_tune_and_keeps_every_partial() {
    // The cycles of the first table: sine, triangle, saw, square.
    for (cycle, position) in [0.0, 0.25, 0.5, 0.75].into_iter().enumerate() {
        for hertz in [27.5, 110.0, 997.0, 2_794.0, 4_186.0] {
            let out = tone(harness(BuiltinTable::Shapes).turn(FREQUENCY, hertz).turn(POSITION, position));
            let found = frequency(&out, RATE, f64::from(hertz));
            assert!(cents(found, f64::from(hertz)).abs() < 0.01, "{found}");
            let partials = partials(&out, RATE, found);
            let worst = partials.worst_alias_db;
            assert!(worst < -105.0, "cycle {cycle} at {hertz} Hz: {worst} dB");
            if cycle == 2 {
                let heard = (16_000.0 / hertz) as usize;
                for (number, level) in (1..=heard).zip(&partials.levels_db) {
                    let expected = -20.0 * (number as f64).log10();
                    assert!((level - expected).abs() < 0.1, "{hertz} Hz, partial {number}: {level} dB");
                }
            }
        }
    }
}

#[test]
fn other_sample_rates_have_no_aliases_either() {
    for rate in [44_100.0, 96_000.0] {
        let mut harness = LaneHarness::of(&SPEC).sample_rate(rate).start().unwrap();
        harness.turn(FREQUENCY, 2_794.0).turn(POSITION, 0.5);
        let out = tone(&mut harness);
        let worst = partials(&out, rate, frequency(&out, rate, 2_794.0)).worst_alias_db;
        assert!(worst < -100.0, "{rate}: {worst} dB");
    }
}

#[test]
fn modulation_is_clean() {
    let modulator: Vec<f32> = signal::sine(FRAMES + 4_800, 1_200.0, RATE).iter().map(|x| 0.9 * x).collect();
    // A harmonic that swings beyond half the rate folds, as far as the levels below it let it.
    for (input, limit) in [(FM, -60.0), (PM, -50.0)] {
        let mut harness = harness(BuiltinTable::Shapes);
        harness.turn(FREQUENCY, 1_200.0).turn(POSITION, 0.25);
        harness.plug(
            input,
            modulator.iter().map(|x| if input.index == PM.index { 0.2 * x } else { *x }).collect::<Vec<_>>(),
        );
        let out = tone(&mut harness);
        let worst = partials(&out, RATE, 1_200.0).worst_alias_db;
        assert!(worst < limit, "{}: {worst} dB", input.name);
    }
}

/// As the pitch rises through all levels, no switch from one to another is heard.
#[test]
fn a_glide_does_not_click() {
    let frames = 96_000;
    let octaves: Vec<f32> = (0..frames).map(|i| i as f32 / frames as f32 * 4.0 - 1.0).collect();
    let out = harness(BuiltinTable::Shapes)
        .turn(FREQUENCY, 100.0)
        .plug(PITCH, octaves)
        .run(frames)
        .output(OUT)
        .to_vec();
    let burst = click_burst_db(&out, RATE);
    assert!(burst < -80.0, "{burst} dB, of a sine");
}

#[test]
fn a_moving_position_does_not_click() {
    let frames = 48_000;
    let positions: Vec<f32> = (0..frames).map(|i| 0.25 * (i as f32 / frames as f32)).collect();
    let out = harness(BuiltinTable::Shapes)
        .turn(FREQUENCY, 100.0)
        .plug(POSITION, positions)
        .run(frames)
        .output(OUT)
        .to_vec();
    let triangle = harness(BuiltinTable::Shapes)
        .turn(FREQUENCY, 100.0)
        .turn(POSITION, 0.25)
        .run(frames)
        .output(OUT)
        .to_vec();
    let (still, burst) = (click_burst_db(&triangle[480..], RATE), click_burst_db(&out[480..], RATE));
    assert!(burst < still + 0.5, "{burst} dB, {still} dB of the triangle it becomes");
}

#[test]
fn every_table_is_about_as_loud_as_the_others() {
    for &table in BuiltinTable::ALL {
        for position in [0.0, 0.5, 1.0] {
            let level = rms_db(&harness(table).turn(POSITION, position).run(48_000).output(OUT)[4_800..]);
            assert!((-12.0..1.0).contains(&level), "{table:?} at {position}: {level} dB");
        }
    }
}

/// One file of two cycles of 256 samples: a sine, then its third harmonic.
struct TwoCycles {
    /// What the file says of its cycles.
    cycle_frames: Option<usize>,
}

impl AssetSource for TwoCycles {
    fn load(&self, path: &str, _: f32) -> Result<Arc<Asset>, AssetError> {
        Err(AssetError::Missing { path: path.to_owned() })
    }

    fn load_unchanged(&self, _: &str) -> Result<Arc<Asset>, AssetError> {
        let sine = signal::sine(256, 1.0, 256.0);
        let third = signal::sine(256, 3.0, 256.0);
        let mut file = Asset::new(vec![[sine, third].concat()], 44_100.0);
        file.metadata.cycle_frames = self.cycle_frames;
        Ok(Arc::new(file))
    }
}

#[test]
fn a_file_is_cut_into_its_cycles() {
    let read = |cycle: CycleLength, cycle_frames: Option<usize>| {
        let NodeKind::Lanes(lanes) = SPEC.kind else { panic!("a lane node") };
        let mut settings = Settings::defaults(SPEC.settings);
        settings.set(&FILE, SettingValue::File("table.wav".to_owned())).unwrap();
        settings.set(&CYCLE, cycle.into()).unwrap();
        let assets = &TwoCycles { cycle_frames };
        let config = (lanes.configure)(&settings, &Setup { sample_rate: RATE, assets }).unwrap();
        let WavetableConfig(table) = config.downcast_ref::<WavetableConfig>().unwrap();
        let quarter = 1 << 30;
        [0.0, 1.0].map(|position| table.read(0, position, quarter))
    };
    let of_256 = read(CycleLength::Samples256, None);
    let [first, last] = of_256;
    assert!((first - 1.0).abs() < 1e-5 && (last + 1.0).abs() < 1e-5, "{first} {last}");
    let [first, last] = read(CycleLength::Samples2048, None);
    assert_eq!(first, last, "a file shorter than a cycle is one cycle");
    assert!(first.abs() < 0.01, "half of the file is over");
    assert_eq!(read(CycleLength::WholeFile, None), [first, last]);
    assert_eq!(read(CycleLength::FromFile, None), [first, last], "most files have cycles of 2048 samples");
    assert_eq!(read(CycleLength::FromFile, Some(256)), of_256, "as the file says");
    assert_eq!(read(CycleLength::Samples256, Some(128)), of_256, "what a person chooses counts");
}
