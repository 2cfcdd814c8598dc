use super::*;
use jackfield_testkit::block::BlockHarness;
use jackfield_testkit::measure::{Spectrum, cents, frequency, peak_db, rms_db};
use jackfield_testkit::signal::{self, gate};

const RATE: f32 = 48_000.0;

fn plucked(harness: &mut BlockHarness, frames: usize) -> Vec<f32> {
    harness.plug(PLUCK, gate(frames, &[(0, 48)])).run(frames).output(OUT).to_vec()
}

#[test]
fn it_is_in_tune_whatever_the_damping() {
    for hertz in [41.2, 110.0, 440.0, 1_567.98, 3_520.0] {
        for damping in [0.0, 0.4] {
            let mut harness = BlockHarness::new(&SPEC);
            harness.turn(FREQUENCY, hertz).turn(DAMPING, damping).turn(DECAY, 60.0).turn(NOISE, 0.0);
            let out = plucked(&mut harness, 1 << 16);
            let found = frequency(&out, RATE, f64::from(hertz));
            let off = cents(found, f64::from(hertz));
            assert!(off.abs() < 0.15, "{hertz} Hz, damping {damping}: off by {off} cents");
        }
    }
}

#[test]
fn the_fundamental_decays_in_the_time_asked_for() {
    for (hertz, seconds, damping) in [(110.0, 0.5, 0.3), (110.0, 4.0, 0.3), (880.0, 1.0, 0.1)] {
        let mut harness = BlockHarness::new(&SPEC);
        harness.turn(FREQUENCY, hertz).turn(DECAY, seconds).turn(DAMPING, damping).turn(NOISE, 0.0);
        let out = plucked(&mut harness, (seconds * RATE) as usize);
        let level = |start: usize| {
            let piece = &out[start..start + 8_192];
            10.0 * Spectrum::of(piece, RATE).component(f64::from(hertz)).log10()
        };
        let (early, late) = (out.len() / 8, out.len() / 2);
        let found = -60.0 * (late - early) as f64 / f64::from(RATE) / (level(late) - level(early));
        assert!((found / f64::from(seconds) - 1.0).abs() < 0.05, "{hertz} Hz: {found} s, not {seconds}");
    }
}

#[test]
fn plucks_are_about_equally_loud_at_every_pitch() {
    for hertz in [41.2, 110.0, 440.0, 1_760.0] {
        let out = plucked(BlockHarness::new(&SPEC).turn(FREQUENCY, hertz), 24_000);
        let (peak, level) = (peak_db(&out), rms_db(&out[..12_000]));
        assert!((-12.0..1.0).contains(&peak), "{hertz} Hz: peak {peak}");
        assert!((-30.0..-10.0).contains(&level), "{hertz} Hz: {level}");
    }
}

#[test]
fn where_it_is_plucked_the_overtones_with_a_node_there_are_missing() {
    let mut harness = BlockHarness::new(&SPEC);
    harness.turn(FREQUENCY, 200.0).turn(PLACE, 0.25).turn(NOISE, 0.0).turn(HARDNESS, 1.0);
    let out = plucked(harness.turn(DAMPING, 0.0).turn(DECAY, 30.0), 1 << 15);
    let spectrum = Spectrum::of(&out, RATE);
    let level = |number: f64| 10.0 * spectrum.component(200.0 * number).log10();
    assert!(level(4.0) < level(3.0) - 20.0, "{} {}", level(4.0), level(3.0));
    assert!(level(5.0) > level(4.0) + 20.0);
}

#[test]
fn soft_and_damped_strings_are_duller() {
    let brightness = |knob: Input, value: f32| {
        let out = plucked(BlockHarness::new(&SPEC).turn(FREQUENCY, 110.0).turn(knob, value), 24_000);
        let spectrum = Spectrum::of(&out, RATE);
        spectrum.between(1_500.0, 20_000.0) / spectrum.between(50.0, 1_500.0)
    };
    assert!(brightness(HARDNESS, 0.0) < 0.1 * brightness(HARDNESS, 1.0));
    assert!(brightness(DAMPING, 0.8) < 0.6 * brightness(DAMPING, 0.1));
    assert!(brightness(VELOCITY, 0.2) < 0.8 * brightness(VELOCITY, 1.0));
}

#[test]
fn it_answers_to_a_sound_from_outside_and_comes_to_rest() {
    let mut harness = BlockHarness::new(&SPEC);
    harness.turn(FREQUENCY, 200.0).turn(DECAY, 0.5);
    let noise: Vec<f32> = signal::noise(12_000, 1).iter().map(|x| x * 0.05).chain([0.0]).collect();
    let out = harness.plug(IN, noise).run(96_000).output(OUT).to_vec();
    let spectrum = Spectrum::of(&out[..12_000], RATE);
    assert!(spectrum.component(200.0) > 10.0 * spectrum.component(300.0));
    assert!(out[90_000..].iter().all(|x| *x == 0.0), "no subnormal rest");
    assert_eq!(harness.violations(), 0);
}

#[test]
fn it_stays_bounded_at_every_extreme() {
    let mut harness = BlockHarness::new(&SPEC);
    harness.turn(DECAY, 60.0).turn(DAMPING, 1.0).turn(FREQUENCY, 4_000.0);
    let noise: Vec<f32> = signal::noise(48_000, 2);
    let out = harness.plug(IN, noise).run(480_000).output(OUT).to_vec();
    let peak = peak_db(&out);
    assert!(peak < 40.0, "{peak} dB");
    assert!(rms_db(&out[400_000..]) < rms_db(&out[48_000..96_000]));
}
