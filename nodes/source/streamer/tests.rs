use super::*;
use crate::source::player;
use jackfield_node::{AnyConfig, Asset, AssetError, NodeKind, SettingValue};
use jackfield_testkit::block::{BlockHarness, BlockRun};
use jackfield_testkit::long_file::LongFileAssets;
use jackfield_testkit::measure::{cents, click_burst_db, frequency, worst_alias_db};
use jackfield_testkit::signal::{gate, noise, sine};

const RATE: f32 = 48_000.0;

fn assets(channels: Vec<Vec<f32>>) -> LongFileAssets {
    LongFileAssets::patient(Asset::new(channels, RATE))
}

fn idle_assets(channels: Vec<Vec<f32>>) -> LongFileAssets {
    LongFileAssets::idle(Asset::new(channels, RATE))
}

/// A streamer or a player of the assets's file.
fn start(spec: &'static NodeSpec, assets: &LongFileAssets, play: PlayMode, loops: bool) -> BlockHarness {
    let setting = |name: &str| *spec.settings.iter().find(|setting| setting.name == name).unwrap();
    BlockHarness::of(spec)
        .assets(assets)
        .setting(setting("file"), SettingValue::File("file.wav".to_owned()))
        .setting(setting("play"), play)
        .setting(setting("loop"), SettingValue::Toggle(loops))
        .start()
        .unwrap()
}

fn streamer(assets: &LongFileAssets, play: PlayMode, loops: bool) -> BlockHarness {
    start(&SPEC, assets, play, loops)
}

/// A tone that repeats after a second, as long as asked for.
fn tone(hertz: f64, frames: usize) -> Vec<f32> {
    let second = sine(48_000, hertz, RATE);
    (0..frames).map(|i| second[i % 48_000]).collect()
}

fn sides(run: &BlockRun) -> [&[f32]; 2] {
    [run.output(LEFT), run.output(RIGHT)]
}

#[test]
fn it_plays_the_same_bits_as_the_player_that_has_loaded_the_file() {
    const FRAMES: usize = 150_000;
    let gates = [(10, 30_000), (30_500, 30_600), (30_700, 100_000), (140_000, 150_000)];
    for frames in [90_000, 24_000, 24_001, 300, 100, 3, 1] {
        let assets = assets(vec![noise(frames, 1), noise(frames, 2)]);
        for (play, loops, octaves) in [
            (PlayMode::OnTrigger, false, 0.0),
            (PlayMode::OnTrigger, true, 0.37),
            (PlayMode::WhileGate, true, 2.0),
            (PlayMode::Always, true, -1.3),
            (PlayMode::Always, true, 0.0),
            (PlayMode::WhileGate, false, -0.1),
        ] {
            let run = |spec: &'static NodeSpec, start_knob: f32| {
                let mut node = start(spec, &assets, play, loops);
                let input = |name: &str| *spec.input(name).unwrap();
                node.plug(input("gate"), gate(FRAMES, &gates));
                let wobble =
                    |i| octaves + if octaves > 0.1 && octaves < 1.0 { 0.2 * noise_at(i) } else { 0.0 };
                node.sweep(input("pitch"), (0..FRAMES).map(wobble));
                node.turn(input("start"), start_knob);
                node.run(FRAMES)
            };
            for share in [0.0, 0.5] {
                let first = (share * frames as f32).floor();
                if loops && frames as f32 - first < 100.0 {
                    // Round so short a loop the player interpolates as if it had always gone round.
                    continue;
                }
                let (loaded, streamed) = (run(&player::SPEC, share), run(&SPEC, first / RATE));
                for side in 0..2 {
                    let wrong = (0..FRAMES).find(|i| loaded.all()[side][*i] != streamed.all()[side][*i]);
                    assert_eq!(wrong, None, "{frames} frames, {play:?}, {loops}, {octaves}, from {first}");
                }
            }
        }
    }
}

/// A slow wobble.
fn noise_at(i: usize) -> f32 {
    ((i % 20_000) as f32 / 10_000.0 - 1.0).abs()
}

#[test]
fn blocks_do_not_matter() {
    let assets = assets(vec![noise(70_000, 1), noise(70_000, 2)]);
    let play = |block_size: usize| {
        let mut node = streamer(&assets, PlayMode::WhileGate, true);
        node.block_size(block_size)
            .plug(GATE, gate(90_000, &[(10, 40_000), (40_003, 50_000), (55_000, 90_000)]));
        node.sweep(PITCH, (0..90_000).map(|i| (i as f32 / 30_000.0) - 1.5));
        // A start that moves all the time is never ready in advance.
        node.sweep(START, (0..90_000).map(|i| i as f32 / 100_000.0));
        node.run(90_000)
    };
    let whole = play(64);
    assert!(sides(&whole)[0].iter().any(|x| *x != 0.0));
    assert!(whole.all() == play(1).all());
    assert!(whole.all() == play(17).all());
}

#[test]
fn a_slow_disk_makes_pauses_without_clicks_and_the_file_goes_on_where_it_was() {
    let assets = idle_assets(vec![tone(100.0, 960_000)]);
    let mut node = streamer(&assets, PlayMode::Always, false);
    let mut heard = Vec::new();
    for second in 0..12 {
        // The disk sleeps for the first four seconds, then delivers, then sleeps again.
        if (4..7).contains(&second) || second > 9 {
            assets.serve(10_000);
        }
        heard.extend_from_slice(node.run(48_000).output(LEFT));
    }
    assert_eq!(assets.gaps(), 1 + 1, "one pause after the head, one after what was read ahead");
    let click = click_burst_db(&heard, RATE);
    println!("burst {click:.1} dB");
    assert!(click < -80.0, "{click} dB");
    let silent = heard.windows(200).filter(|window| window.iter().all(|x| *x == 0.0)).count();
    assert!(silent > 48_000, "{silent}");
    assert!(heard[11 * 48_000..].iter().any(|x| x.abs() > 0.9), "it sounds again");
}

#[test]
fn a_pause_loses_no_sound() {
    let sound = noise(96_000, 3);
    let assets = idle_assets(vec![sound.clone()]);
    let mut node = streamer(&assets, PlayMode::Always, false);
    let before = node.run(48_000);
    assets.serve(10_000);
    let after = node.run(48_000);
    // Behind the fades the samples are those of the file, whole and in order.
    let at = before.output(LEFT).iter().rposition(|x| *x != 0.0).unwrap();
    assert!((20_000..24_000).contains(&at));
    let goes_on = |i: usize| after.output(LEFT)[i] == sound[at + 1 + i];
    let all = (200..40_000).all(|i| goes_on(i) || after.output(LEFT)[i] == sound[at + 2 + i]);
    assert!(all, "it goes on where it stopped");
}

#[test]
fn a_trigger_sounds_at_once_while_the_disk_sleeps() {
    let assets = idle_assets(vec![noise(200_000, 1)]);
    let sound = &assets.sound().channels[0];
    let mut node = streamer(&assets, PlayMode::OnTrigger, false);
    for _ in 0..5 {
        let run = node.plug(GATE, gate(10_000, &[(5, 20)])).run(10_000);
        assert!(run.output(LEFT)[500..10_000] == sound[495..9_995]);
    }
    // Another start is brought into memory as soon as the knob says so, long before the trigger.
    node.turn(START, 2.0).run(64);
    assets.serve(10_000);
    let run = node.plug(GATE, gate(10_000, &[(5, 20)])).run(10_000);
    assert!(run.output(LEFT)[500..10_000] == sound[96_495..105_995]);
    assert_eq!(assets.gaps(), 0);
}

#[test]
fn a_start_that_is_not_ready_waits_for_the_disk() {
    let assets = idle_assets(vec![noise(200_000, 1)]);
    let sound = &assets.sound().channels[0];
    let mut node = streamer(&assets, PlayMode::OnTrigger, false);
    let run = node.turn(START, 3.0).plug(GATE, gate(1_000, &[(5, 20)])).run(1_000);
    assert!(run.output(LEFT).iter().all(|x| *x == 0.0));
    assets.serve(10_000);
    let run = node.run(1_000);
    assert!(run.output(LEFT)[300..] == sound[144_300..145_000], "from its first frame on");
    assert_eq!(assets.gaps(), 0, "nothing was interrupted");
}

#[test]
fn starts_stops_and_loops_make_no_click() {
    // Long enough that no end is heard but the one that the gate makes.
    let assets = assets(vec![tone(100.0, 144_000)]);
    let opens = [(5_000, 9_000), (9_010, 12_500), (12_600, 21_000), (21_010, 100_000)];
    for (play, loops) in
        [(PlayMode::OnTrigger, false), (PlayMode::WhileGate, false), (PlayMode::WhileGate, true)]
    {
        let mut node = streamer(&assets, play, loops);
        // Off the beginning; a loop from here closes on a whole period.
        node.turn(START, if loops { 0.01 } else { 0.0123 }).plug(GATE, gate(120_000, &opens));
        let run = node.run(120_000);
        // Behind the first start, which is as abrupt as the file is there.
        let click = click_burst_db(&run.output(LEFT)[6_000..], RATE);
        assert!(click < -80.0, "{play:?}, loop {loops}: {click} dB");
    }
}

#[test]
fn a_file_is_heard_as_it_is_from_its_first_frame_to_its_last() {
    let sound = noise(30_000, 4);
    let assets = assets(vec![sound.clone()]);
    for spec in [&SPEC, &player::SPEC] {
        let run = start(spec, &assets, PlayMode::Always, false).run(30_100);
        assert!(run.all()[0][..30_000] == sound, "{}", spec.id);
        assert!(run.all()[0][30_000..].iter().all(|x| *x == 0.0), "{}", spec.id);
    }
}

#[test]
fn streams_that_follow_each_other_join_without_a_hole() {
    let sound = noise(60_000, 5);
    let [first, second] = [&sound[..25_000], &sound[25_000..]].map(|part| assets(vec![part.to_vec()]));
    let before = streamer(&first, PlayMode::Always, false).run(60_000);
    let after =
        streamer(&second, PlayMode::OnTrigger, false).plug(GATE, before.output(END).to_vec()).run(60_000);
    let joined: Vec<f32> = before.output(LEFT).iter().zip(after.output(LEFT)).map(|(a, b)| a + b).collect();
    assert!(joined == sound);
}

#[test]
fn pitch_moves_in_octaves_and_keeps_a_sine_clean() {
    for (hertz, octaves) in
        [(1_000.0, -1.0), (1_000.0, 7.0 / 12.0), (9_000.0, -1.5), (9_000.0, 1.0), (2_000.0, 2.0)]
    {
        let assets = assets(vec![tone(hertz, 480_000)]);
        let run = streamer(&assets, PlayMode::Always, true).turn(PITCH, octaves).run(60_000);
        let sound = &run.output(LEFT)[1_000..];
        let expected = hertz * f64::from(octaves).exp2();
        let found = frequency(sound, RATE, expected);
        assert!(cents(found, expected).abs() < 0.01, "{found} instead of {expected}");
        let dirt = worst_alias_db(sound, RATE, found);
        println!("{hertz} Hz, {octaves:+.2} oct: worst alias {dirt:.1} dB");
        assert!(dirt < -90.0, "{dirt} dB at {octaves} octaves");
    }
}

#[test]
fn the_end_fires_and_position_says_how_far_it_is() {
    let assets = assets(vec![noise(48_000, 1)]);
    let run =
        streamer(&assets, PlayMode::OnTrigger, false).plug(GATE, gate(60_000, &[(100, 200)])).run(60_000);
    let rises = |run: &BlockRun| -> Vec<usize> {
        let end = run.output(END);
        (1..end.len()).filter(|i| end[*i] > 0.5 && end[i - 1] < 0.5).collect()
    };
    assert_eq!(rises(&run), [48_100]);
    assert_eq!(run.output(END)[48_100..].iter().filter(|x| **x > 0.5).count(), 48);
    let position = run.output(POSITION);
    assert_eq!((position[0], position[24_100], position[50_000]), (0.0, 0.5, 0.0));
    let looped = streamer(&assets, PlayMode::Always, true).turn(START, 0.5).run(60_000);
    assert_eq!(rises(&looped), [23_999, 47_999]);
    assert!((1..24_000).all(|i| looped.output(POSITION)[i] >= 0.5));
}

#[test]
fn level_is_a_gain_and_a_start_behind_the_end_is_silent() {
    let assets = assets(vec![noise(48_000, 1)]);
    let plain = streamer(&assets, PlayMode::Always, true).run(9_000);
    let soft = streamer(&assets, PlayMode::Always, true).turn(LEVEL, -6.020_6).run(9_000);
    assert!(plain.output(LEFT).iter().zip(soft.output(LEFT)).all(|(a, b)| (a * 0.5 - b).abs() < 1e-6));
    for loops in [false, true] {
        let run = streamer(&assets, PlayMode::Always, loops).turn(START, 1.0).run(9_000);
        assert!(run.output(LEFT).iter().all(|x| *x == 0.0));
    }
}

#[test]
fn settings_change_while_it_plays_on_but_another_file_is_another_streamer() {
    let [one, other] = [1, 2].map(|seed| idle_assets(vec![noise(9_000, seed)]));
    let NodeKind::Block(table) = SPEC.kind else { panic!("a block node") };
    let config = |assets: &LongFileAssets, loops: bool, file: &str| {
        let mut settings = Settings::defaults(SPEC.settings);
        settings.set(&LOOP, SettingValue::Toggle(loops)).unwrap();
        settings.set(&FILE, SettingValue::File(file.to_owned())).unwrap();
        (table.configure)(&settings, &Setup { sample_rate: RATE, assets }).unwrap()
    };
    let follows = |before: AnyConfig, after: AnyConfig| (table.follows)(&*before, &*after);
    assert!(follows(config(&one, false, "a"), config(&one, true, "a")));
    assert!(!follows(config(&one, false, "a"), config(&other, false, "a")));
    assert!(!follows(config(&one, false, "a"), config(&one, false, "")));
    assert!(follows(config(&one, false, ""), config(&one, true, "")));
}

#[test]
fn a_missing_file_is_an_error_and_none_is_silence() {
    let missing = SettingValue::File("other.wav".to_owned());
    let result = BlockHarness::of(&SPEC).setting(FILE, missing).start();
    assert!(matches!(result.err(), Some(ConfigError::Asset(AssetError::Missing { .. }))));
    let run = BlockHarness::new(&SPEC).hold(GATE, 1.0).run(100);
    assert!((0..4).all(|output| run.all()[output].iter().all(|x| *x == 0.0)));
}

#[test]
fn any_file_and_any_knob_are_harmless() {
    for frames in 1..8 {
        let assets = assets(vec![vec![1.0; frames]]);
        for (octaves, from) in [(20.0, 5.0), (-20.0, -1.0), (f32::NAN, f32::NAN), (3.3, 0.000_02)] {
            let mut node = streamer(&assets, PlayMode::Always, true);
            let run = node.hold(PITCH, octaves).hold(START, from).run(300);
            assert!(run.output(LEFT).iter().all(|x| x.is_finite()), "{frames} frames, {octaves}, {from}");
        }
    }
}
