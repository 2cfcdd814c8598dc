use super::*;
use jackfield_node::Choices;
use jackfield_node::harness::LaneHarness;
use jackfield_testkit::measure::{Spectrum, cents, frequency, peak_db, rms_db};
use jackfield_testkit::signal::{self, gate};

const RATE: f32 = 48_000.0;

fn harness(material: MaterialKind) -> LaneHarness {
    LaneHarness::of(&SPEC).setting(MATERIAL, material).start().unwrap()
}

fn struck(harness: &mut LaneHarness, frames: usize) -> Vec<f32> {
    harness.plug(STRIKE, gate(frames, &[(0, 48)])).run(frames).output(OUT).to_vec()
}

#[test]
fn modes_lie_where_their_material_has_them() {
    for &material in MaterialKind::ALL {
        let modes = Material::of(material);
        let mut harness = harness(material);
        harness.turn(FREQUENCY, 220.0).turn(DECAY, 20.0).turn(DAMPING, 0.0).turn(HARDNESS, 1.0);
        let out = struck(harness.turn(PLACE, 0.31), 1 << 17);
        for ratio in modes.ratios.iter().filter(|ratio| **ratio < 60.0) {
            let hertz = 220.0 * f64::from(*ratio);
            let found = frequency(&out, RATE, hertz);
            assert!(cents(found, hertz).abs() < 0.1, "{material}: {found} instead of {hertz}");
        }
    }
}

#[test]
fn the_lowest_mode_decays_in_the_time_asked_for_and_the_others_sooner() {
    let level = |out: &[f32], start: usize, hertz: f64| {
        10.0 * Spectrum::of(&out[start..start + 8_192], RATE).component(hertz).log10()
    };
    for seconds in [0.5, 5.0] {
        let mut harness = harness(MaterialKind::Bar);
        harness.turn(FREQUENCY, 440.0).turn(DECAY, seconds).turn(DAMPING, 0.5).turn(HARDNESS, 1.0);
        let out = struck(&mut harness, (seconds * RATE) as usize);
        let (early, late) = (1_000, out.len() / 2);
        let time = |hertz: f64| {
            let fall = level(&out, early, hertz) - level(&out, late, hertz);
            60.0 * (late - early) as f64 / f64::from(RATE) / fall
        };
        let found = time(440.0);
        assert!((found / f64::from(seconds) - 1.0).abs() < 0.02, "{found} s, not {seconds}");
        // Half of full damping: the decay is as much shorter as the mode is higher.
        if seconds > 1.0 {
            let second = time(440.0 * 2.756);
            assert!((second * 2.756 / f64::from(seconds) - 1.0).abs() < 0.05, "{second} s");
        }
    }
}

#[test]
fn every_material_is_about_equally_loud_and_begins_without_a_click() {
    for &material in MaterialKind::ALL {
        let mut harness = harness(material);
        let out = struck(&mut harness, 48_000);
        let peak = peak_db(&out);
        assert!((-11.0..3.0).contains(&peak), "{material}: {peak} dB");
        assert!(out[0].abs() < 0.3);
    }
}

#[test]
fn felt_is_duller_than_steel_and_soft_duller_than_hard() {
    let brightness = |knob: Input, value: f32| {
        let out = struck(harness(MaterialKind::Skin).turn(FREQUENCY, 110.0).turn(knob, value), 24_000);
        let spectrum = Spectrum::of(&out, RATE);
        spectrum.between(200.0, 20_000.0) / spectrum.between(50.0, 200.0)
    };
    assert!(brightness(HARDNESS, 0.0) < 0.2 * brightness(HARDNESS, 1.0));
    assert!(brightness(VELOCITY, 0.1) < 0.8 * brightness(VELOCITY, 1.0));
}

#[test]
fn it_rings_along_and_comes_to_rest() {
    let mut harness = harness(MaterialKind::String);
    harness.turn(FREQUENCY, 330.0).turn(DECAY, 0.5).turn(INPUT, -12.0);
    let noise: Vec<f32> = signal::noise(12_000, 1).iter().map(|x| 0.1 * x).chain([0.0]).collect();
    let out = harness.plug(IN, noise).run(96_000).output(OUT).to_vec();
    let spectrum = Spectrum::of(&out[..12_000], RATE);
    assert!(spectrum.component(330.0) > 10.0 * spectrum.component(450.0));
    assert!(rms_db(&out[..12_000]) > -40.0);
    assert!(out[90_000..].iter().all(|x| *x == 0.0), "no subnormal rest");
}
