use super::*;
use jackfield_node::Choices;
use jackfield_testkit::block::BlockHarness;
use jackfield_testkit::measure::{cents, click_burst_db, decibels, frequency, rms_db};
use jackfield_testkit::signal::{impulse, noise, sine};

const RATE: f32 = 48_000.0;

fn delay(seconds: f32) -> BlockHarness {
    let mut delay = BlockHarness::new(&SPEC);
    delay.turn(TIME, seconds).turn(FEEDBACK, 0.0).turn(DAMPING, 0.0).turn(MIX, 1.0);
    delay
}

/// Where the energy of a response lies, in frames.
fn center(response: &[f32]) -> f64 {
    let sum = |weight: &dyn Fn(usize) -> f64| -> f64 {
        response.iter().enumerate().map(|(i, x)| f64::from(*x) * weight(i)).sum()
    };
    sum(&|i| i as f64) / sum(&|_| 1.0)
}

#[test]
fn the_time_is_exact_to_a_fraction_of_a_frame() {
    for frames in [1.0, 1.5, 2.25, 5.0, 48.7, 1000.3, 190_000.5] {
        let run = delay(1.0).hold(TIME, Lanes(frames / RATE).log2().0).plug(IN, impulse(10, 3)).run(191_000);
        let found = center(run.output(OUT)) - 3.0;
        let tolerance = 1e-4 + 1e-6 * f64::from(frames);
        assert!((found - f64::from(frames)).abs() < tolerance, "{found} frames instead of {frames}");
    }
}

#[test]
fn echoes_fade_by_the_feedback() {
    let run = delay(0.01).turn(FEEDBACK, -0.5).plug(IN, impulse(10, 0)).run(2000);
    let echoes = [480, 960, 1440].map(|frame| run.output(OUT)[frame]);
    for (echo, expected) in echoes.iter().zip([1.0, -0.5, 0.25]) {
        assert!((echo - expected).abs() < 1e-3, "{echo} instead of {expected}");
    }
}

#[test]
fn damping_has_the_corner_it_says() {
    for (damping, corner) in [(0.25, 1600.0), (0.5, 400.0), (1.0, 100.0)] {
        let run = delay(0.01).turn(DAMPING, damping).plug(IN, sine(48_000, corner, RATE)).run(48_000);
        let loss = rms_db(&run.output(OUT)[24_000..]) - decibels(0.5_f64.sqrt());
        assert!((loss + 3.01).abs() < 0.6, "{loss} dB at {corner} Hz");
    }
}

#[test]
fn mix_goes_from_the_sound_to_its_echoes() {
    let signal = noise(2000, 1);
    let dry = delay(0.01).turn(MIX, 0.0).plug(IN, signal.clone()).run(2000);
    assert!(dry.output(OUT) == signal);
    let wet = delay(0.01).plug(IN, signal.clone()).run(2000);
    assert!(wet.output(OUT)[..480].iter().all(|x| *x == 0.0));
    assert!(wet.output(OUT)[480..] == signal[..1520], "an echo is a copy");
}

/// The loop is the delay and nothing else, so the pitch is that of the time.
#[test]
fn a_string_is_in_tune() {
    for hertz in [55.0, 440.0, 1760.0] {
        let mut string = delay(1.0 / hertz);
        let mut pluck = noise(40, 1);
        pluck.push(0.0);
        let run = string.turn(FEEDBACK, 0.999).plug(IN, pluck).run(48_000);
        let found = frequency(&run.output(OUT)[4800..], RATE, f64::from(hertz));
        assert!(cents(found, hertz.into()).abs() < 0.1, "{found} instead of {hertz} Hz");
    }
}

/// What a person does: the knob jumps and the executor smooths it over 5 ms.
fn turned(from: f32, to: f32) -> impl Iterator<Item = f32> {
    (0..48_000).map(move |i| {
        let share = ((i as f32 - 30_000.0) / 240.0).clamp(0.0, 1.0);
        from + (to - from) * share
    })
}

#[test]
fn a_new_time_makes_no_click() {
    for &change in DelayChange::ALL {
        for (from, to) in [(0.05, 0.213), (0.4, 0.033), (0.01, 0.0101)] {
            let mut delay = BlockHarness::of(&SPEC).setting(CHANGE, change).start().unwrap();
            delay.turn(FEEDBACK, 0.0).turn(MIX, 1.0).plug(IN, sine(48_000, 100.0, RATE));
            let run = delay.sweep(TIME, turned(from, to)).run(48_000);
            let click = click_burst_db(&run.output(OUT)[24_000..], RATE);
            assert!(click < -80.0, "{click} dB from {from} s to {to} s, {change:?}");
        }
    }
}

#[test]
fn a_tape_bends_the_pitch_and_arrives() {
    let mut tape = BlockHarness::of(&SPEC).setting(CHANGE, DelayChange::Tape).start().unwrap();
    tape.turn(FEEDBACK, 0.0).turn(DAMPING, 0.0).turn(MIX, 1.0).turn(TIME, 0.1).run(10);
    tape.turn(TIME, 0.3).run(96_000);
    let run = tape.plug(IN, impulse(10, 0)).run(20_000);
    assert!((center(run.output(OUT)) - 14_400.0).abs() < 0.05);
}

#[test]
fn full_feedback_neither_grows_nor_fades() {
    for seconds in [0.0001, 0.000_123, 0.01, 0.1] {
        let mut ring = delay(seconds);
        ring.turn(FEEDBACK, 1.0).plug(IN, impulse(10, 0)).run(48_000);
        let early = ring.run(48_000);
        let late = ring.run(48_000);
        let peak = |samples: &[f32]| samples.iter().fold(0.0, |peak: f32, x| peak.max(x.abs()));
        let (early, late) = (peak(early.output(OUT)), peak(late.output(OUT)));
        assert!(late <= early * 1.001 && late > 0.0, "{early} became {late} at {seconds} s");
    }
}

#[test]
fn blocks_do_not_matter_and_reset_forgets() {
    let mut reference = None;
    for block_size in [64, 1, 17] {
        let mut delay = BlockHarness::new(&SPEC);
        delay.block_size(block_size);
        let mut play = || {
            delay.reset();
            delay.plug(IN, noise(6000, 1));
            delay.sweep(TIME, (0..6000).map(|i| 0.01 + 0.002 * ((i / 700) as f32) + i as f32 * 1e-6));
            delay.run(6000)
        };
        let first = play();
        assert!(first == play(), "as new after a reset");
        assert_eq!(delay.violations(), 0);
        assert!(*reference.get_or_insert_with(|| first.clone()).all() == *first.all());
    }
}
