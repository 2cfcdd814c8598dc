//! A node that plays from the disk allocates nothing on the audio thread, whatever the disk does.

use crate::source::streamer::SPEC;
use jackfield_node::{Asset, Input, SettingValue};
use jackfield_testkit::allocation;
use jackfield_testkit::block::BlockHarness;
use jackfield_testkit::long_file::LongFileAssets;
use jackfield_testkit::signal::{gate, noise};

fn input(name: &str) -> Input {
    *SPEC.input(name).expect("an input")
}

#[test]
fn nothing_is_allocated_whatever_the_disk_does() {
    assert!(allocation::is_installed());
    let assets = LongFileAssets::idle(Asset::new(vec![noise(70_000, 1)], 48_000.0));
    let setting = |name: &str| *SPEC.settings.iter().find(|setting| setting.name == name).expect("a setting");
    let mut node = BlockHarness::of(&SPEC)
        .assets(&assets)
        .setting(setting("file"), SettingValue::File("file.wav".to_owned()))
        .setting(setting("loop"), SettingValue::Toggle(true))
        .start()
        .expect("a file");
    let mut is_heard = false;
    for round in 0..200 {
        node.turn(input("start"), (round % 7) as f32 * 0.1).turn(input("pitch"), (round % 5) as f32 - 2.0);
        let starts: &[_] = if round % 20 == 0 { &[(3, 100), (700, 900), (1_500, 1_501)] } else { &[] };
        node.plug(input("gate"), gate(2_000, starts));
        is_heard |= node.run(2_000).all()[0].iter().any(|sample| *sample != 0.0);
        // Mostly nothing, at times a part of what is wanted.
        assets.serve(if round % 13 == 0 { 60 } else { 0 });
    }
    node.reset();
    node.run(100);
    assert!(is_heard && assets.gaps() > 0, "the disk was too slow at times");
    assert_eq!(node.violations(), 0);
}
