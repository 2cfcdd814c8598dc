//! Files go round alike in every node that plays them: without a click at any rate, between the loop points
//! of the file, with a crossfade, and with the same bits from memory and from the disk.

use crate::parts::playback::play_mode::PlayMode;
use crate::source::{player, streamer};
use jackfield_node::{Asset, Input, LoopDirection, LoopPoints, NodeSpec, Setting, SettingValue, Settings};
use jackfield_testkit::block::BlockHarness;
use jackfield_testkit::long_file::LongFileAssets;
use jackfield_testkit::measure::{click_burst_db, rms_db};
use jackfield_testkit::signal::{gate, noise, sine};

const NODES: [&NodeSpec; 2] = [&player::SPEC, &streamer::SPEC];

fn input(spec: &NodeSpec, name: &str) -> Input {
    *spec.input(name).expect("an input")
}

fn setting(spec: &NodeSpec, name: &str) -> Setting {
    *spec.settings.iter().find(|setting| setting.name == name).expect("a setting")
}

/// A node that plays the file in a loop from the beginning on.
fn play(spec: &'static NodeSpec, assets: &LongFileAssets, rate: f32, when: PlayMode) -> BlockHarness {
    let mut settings = Settings::defaults(spec.settings);
    let toggle = SettingValue::Toggle(true);
    settings.set(&setting(spec, "file"), SettingValue::File("file.wav".to_owned())).expect("a file");
    settings.set(&setting(spec, "loop"), toggle).expect("a toggle");
    settings.set(&setting(spec, "play"), when.into()).expect("a choice");
    BlockHarness::of(spec).assets(assets).sample_rate(rate).settings(settings).start().expect("a node")
}

fn loop_points(start: f64, end: f64) -> LoopPoints {
    LoopPoints { start, end, direction: LoopDirection::Forward, passes: None }
}

#[test]
fn a_seamless_file_of_any_rate_closes() {
    for (file_rate, rate) in
        [(44_100.0, 48_000.0), (44_100.0, 96_000.0), (96_000.0, 44_100.0), (48_000.0, 48_000.0)]
    {
        // A hundred frames to a cycle: whole cycles at the file's rate only.
        let hertz = f64::from(file_rate) / 100.0;
        for frames in [400, 4_300, 43_000] {
            let assets = LongFileAssets::patient(Asset::new(vec![sine(frames, hertz, file_rate)], file_rate));
            for spec in NODES {
                let run = play(spec, &assets, rate, PlayMode::Always).run(2 * rate as usize);
                let dirt = residual_db(&run.all()[0][rate as usize / 10..], hertz, rate);
                println!("{}, {frames} frames at {file_rate}, played at {rate}: {dirt:.1} dB", spec.id);
                assert!(dirt < -90.0, "{}: {dirt} dB from {file_rate} to {rate}", spec.id);
            }
        }
    }
}

/// What is left of a sine of a known frequency once it is taken out, re the sine.
fn residual_db(sound: &[f32], hertz: f64, rate: f32) -> f64 {
    let step = std::f64::consts::TAU * hertz / f64::from(rate);
    let mut sums = [[0.0; 2]; 2];
    let mut products = [0.0; 2];
    for (i, sample) in sound.iter().enumerate() {
        let base: [f64; 2] = (step * i as f64).sin_cos().into();
        for row in 0..2 {
            products[row] += base[row] * f64::from(*sample);
            (0..2).for_each(|column| sums[row][column] += base[row] * base[column]);
        }
    }
    let determinant = sums[0][0] * sums[1][1] - sums[0][1] * sums[1][0];
    let sin = (products[0] * sums[1][1] - products[1] * sums[0][1]) / determinant;
    let cos = (products[1] * sums[0][0] - products[0] * sums[1][0]) / determinant;
    let rest = |(i, sample): (usize, &f32)| {
        let (s, c) = (step * i as f64).sin_cos();
        (f64::from(*sample) - sin * s - cos * c) as f32
    };
    let rest: Vec<f32> = sound.iter().enumerate().map(rest).collect();
    rms_db(&rest) - rms_db(sound)
}

#[test]
fn a_loop_goes_from_one_loop_point_to_the_other() {
    let samples = noise(3_000, 7);
    let mut file = Asset::new(vec![samples.clone()], 48_000.0);
    file.metadata.loops.push(loop_points(1_000.0, 1_800.0));
    let assets = LongFileAssets::patient(file);
    for spec in NODES {
        let run = play(spec, &assets, 48_000.0, PlayMode::Always).run(50_000);
        let expected = |i: usize| if i < 1_800 { i } else { 1_000 + (i - 1_000) % 800 };
        assert!((0..50_000).all(|i| run.all()[0][i] == samples[expected(i)]), "{}", spec.id);
    }
}

#[test]
fn a_crossfade_closes_a_loop_that_does_not_close() {
    // Off by a third of a cycle at the seam.
    for frames in [24_160, 60_160] {
        let assets = LongFileAssets::patient(Asset::new(vec![sine(frames, 100.0, 48_000.0)], 48_000.0));
        for spec in NODES {
            let click = |crossfade: f32| {
                let mut node = play(spec, &assets, 48_000.0, PlayMode::OnTrigger);
                node.turn(input(spec, "crossfade"), crossfade);
                node.plug(input(spec, "gate"), gate(150_000, &[(5_000, 6_000)]));
                click_burst_db(&node.run(150_000).all()[0][10_000..], 48_000.0)
            };
            assert!(click(0.0) > -40.0, "{}: {} dB", spec.id, click(0.0));
            assert!(click(0.05) < -80.0, "{}: {} dB", spec.id, click(0.05));
        }
    }
}

#[test]
fn memory_and_disk_give_the_same_bits() {
    const FRAMES: usize = 40_000;
    for frames in [24_001, 900] {
        for (file_rate, points) in [(48_000.0, false), (44_100.0, true), (96_000.0, true), (192_000.0, false)]
        {
            let mut file = Asset::new(vec![noise(frames, 1), noise(frames, 2)], file_rate);
            if points {
                let part = frames as f64 / 10.0;
                file.metadata.loops.push(loop_points((4.0 * part).round(), (9.0 * part).round()));
            }
            let assets = LongFileAssets::patient(file);
            for (octaves, crossfade) in [(0.0, 0.0), (0.37, 0.003), (2.0, 0.2)] {
                let run = |spec: &'static NodeSpec| {
                    let mut node = play(spec, &assets, 48_000.0, PlayMode::OnTrigger);
                    node.plug(input(spec, "gate"), gate(FRAMES, &[(10, 20_000), (30_000, 30_100)]));
                    node.turn(input(spec, "pitch"), octaves).turn(input(spec, "crossfade"), crossfade);
                    node.run(FRAMES)
                };
                let [loaded, streamed] = NODES.map(run);
                for side in 0..2 {
                    let wrong = (0..FRAMES).find(|i| loaded.all()[side][*i] != streamed.all()[side][*i]);
                    let what = format!("{frames} frames at {file_rate}, {octaves}, {crossfade} s");
                    assert_eq!(wrong, None, "{what}");
                }
            }
        }
    }
}
