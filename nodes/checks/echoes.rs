//! Every echo is as bright as the one before it, unless a knob says otherwise: twenty rounds at times that
//! fall between two frames. No line here knows a node.

use jackfield_node::{Input, NodeSpec, SettingKind, Unit};
use jackfield_testkit::block::BlockHarness;
use jackfield_testkit::measure::decibels;
use jackfield_testkit::signal::sine;

const ROUNDS: usize = 20;

/// A knob for the time of echoes that can be told apart.
fn time_of(spec: &NodeSpec) -> Option<Input> {
    let is_time = |input: &&Input| {
        let knob = input.knob.filter(|knob| knob.unit == Unit::Seconds && knob.max > 0.1);
        knob.is_some() && matches!(input.name, "time" | "step")
    };
    spec.input("feedback")?;
    spec.inputs.iter().find(is_time).copied()
}

/// How loud a sound is at a frequency; echoes that overlap add up in power.
fn level(sound: &[f32], hertz: f64, rate: f32) -> f64 {
    sound.chunks(300).map(|part| amplitude(part, hertz, rate).powi(2)).sum::<f64>().sqrt()
}

fn amplitude(sound: &[f32], hertz: f64, rate: f32) -> f64 {
    let step = std::f64::consts::TAU * hertz / f64::from(rate);
    let sum = sound.iter().enumerate().fold([0.0; 2], |[real, imaginary], (i, sample)| {
        let (sin, cos) = (step * i as f64).sin_cos();
        [real + cos * f64::from(*sample), imaginary + sin * f64::from(*sample)]
    });
    sum[0].hypot(sum[1])
}

/// A burst at 2 kHz and at the treble, soft enough that nothing saturates.
fn burst(hertz: f64, rate: f32) -> Vec<f32> {
    const FRAMES: usize = 600;
    let sines = sine(FRAMES, 2_000.0, rate).into_iter().zip(sine(FRAMES, hertz, rate));
    let window = |i: usize| ((std::f64::consts::PI * i as f64 / FRAMES as f64).sin().powi(2)) as f32;
    let mut burst: Vec<f32> = sines.enumerate().map(|(i, (a, b))| (a + b) * 0.005 * window(i)).collect();
    burst.push(0.0);
    burst
}

/// What the last of many rounds has lost of the treble re 2 kHz.
fn loss(spec: &'static NodeSpec, time: Input, frames: f32, hertz: f64, rate: f32) -> f64 {
    let steps = spec.settings.iter().find_map(|setting| match setting.kind {
        SettingKind::Steps(_, _, steps) => Some(steps.len()),
        _ => None,
    });
    let period = frames * steps.unwrap_or(1) as f32;
    let mut harness = BlockHarness::of(spec).sample_rate(rate).start().unwrap();
    for input in spec.inputs {
        let Some(knob) = input.knob else { continue };
        harness.turn(
            *input,
            match input.name {
                "mix" | "feedback" => knob.max.min(1.0),
                "damping" | "wow" | "flutter" | "drive" => knob.min,
                _ => knob.default,
            },
        );
    }
    let sound = burst(hertz, rate);
    let input = spec.inputs[0];
    let start = (period * ROUNDS as f32) as usize - 200;
    harness.turn(time, frames / rate).plug(input, sound.clone());
    let run = harness.run(start + period as usize);
    let ratio = |sound: &[f32]| level(sound, hertz, rate) / level(sound, 2_000.0, rate);
    let loudest = run
        .all()
        .iter()
        .map(|output| &output[start..])
        .max_by(|a, b| level(a, 2_000.0, rate).total_cmp(&level(b, 2_000.0, rate)));
    decibels(ratio(&sound) / ratio(loudest.expect("it has an output")))
}

#[test]
fn twenty_echoes_keep_the_treble_at_any_time() {
    let registry = crate::registry();
    let delays = registry.iter().filter_map(|spec| Some((spec, time_of(spec)?)));
    let mut tried = 0;
    for (spec, time) in delays {
        for rate in [44_100.0, 48_000.0, 96_000.0] {
            for frames in [1_500.5, 1_487.25, 1_999.9] {
                for hertz in [10_000.0, 15_000.0] {
                    let lost = loss(spec, time, frames, hertz, rate);
                    assert!(
                        lost.abs() < 1.0,
                        "{}: {lost} dB at {hertz} Hz, {rate}, {frames} frames",
                        spec.id
                    );
                }
            }
        }
        tried += 1;
    }
    assert!(tried >= 4, "{tried} nodes are hardly all");
}
