use super::*;
use jackfield_testkit::block::BlockHarness;
use jackfield_testkit::measure::{
    click_burst_db, correlation, decay_seconds, decay_seconds_in_band, echo_density, ringing_db, rms_db,
};
use jackfield_testkit::signal::{impulse, noise, sine};

const RATE: f32 = 48_000.0;

fn room(decay: f32, damping: f32) -> BlockHarness {
    let mut room = BlockHarness::new(&SPEC);
    room.turn(DECAY, decay).turn(DAMPING, damping).turn(PREDELAY, 0.001).turn(MIX, 1.0);
    room
}

/// Left and right answer to an impulse in the middle.
fn answer(room: &mut BlockHarness, seconds: f32) -> [Vec<f32>; 2] {
    let frames = (seconds * room.sample_rate()) as usize;
    let run = room.plug(IN, impulse(frames, 0)).run(frames);
    [LEFT_OUT, RIGHT_OUT].map(|output| run.output(output).to_vec())
}

/// One answer tells the decay of an octave in the bass to some 5 %, as noise of its bandwidth would;
/// the mean of several tells it better. Below a second the first echoes are part of what is measured.
#[test]
fn the_decay_is_the_one_asked_for_in_every_band() {
    for decay in [1.0, 2.0, 6.0] {
        let mut room = room(decay, 20_000.0);
        let answers: Vec<Vec<f32>> = (0..3).flat_map(|_| answer(&mut room, decay * 1.6)).collect();
        let mean = |measure: &dyn Fn(&[f32]) -> Option<f64>| {
            answers.iter().map(|answer| measure(answer).unwrap()).sum::<f64>() / (6.0 * f64::from(decay))
        };
        let found = mean(&|answer| decay_seconds(answer, RATE));
        assert!((found - 1.0).abs() < 0.03, "{found} of {decay} s");
        for band in [125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0] {
            let found = mean(&|answer| decay_seconds_in_band(answer, RATE, band));
            println!("{decay} s, {band} Hz: {found:.3}");
            assert!((found - 1.0).abs() < 0.05, "{found} of {decay} s at {band} Hz");
        }
    }
}

#[test]
fn at_the_damping_frequency_the_decay_is_half_as_long() {
    for damping in [1000.0, 4000.0] {
        let mut room = room(2.0, damping);
        let answers: Vec<Vec<f32>> = (0..3).flat_map(|_| answer(&mut room, 2.5)).collect();
        let decay = |band: f64| {
            answers.iter().map(|answer| decay_seconds_in_band(answer, RATE, band).unwrap()).sum::<f64>() / 6.0
        };
        let (corner, bass) = (decay(damping.into()), decay(125.0));
        println!("damping at {damping} Hz: {corner:.2} s there, {bass:.2} s in the bass");
        assert!((corner - 1.0).abs() < 0.12, "{corner} s at {damping} Hz");
        assert!((bass - 2.0).abs() < 0.1, "{bass} s in the bass");
    }
}

#[test]
fn the_tail_is_dense_wide_and_does_not_ring() {
    for decay in [1.0, 2.0, 5.0] {
        let [left, right] = answer(&mut room(decay, 20_000.0), decay * 1.2);
        let density: f64 =
            (0..5).map(|step| echo_density(&left, RATE, 0.14 + 0.005 * f64::from(step))).sum::<f64>() / 5.0;
        let ringing = ringing_db(&left, RATE);
        let tail = (0.1 * RATE) as usize..(0.5 * decay * RATE) as usize;
        let likeness = correlation(&left[tail.clone()], &right[tail]);
        println!("{decay} s: density {density:.3}, ringing {ringing:.1} dB, correlation {likeness:.3}");
        assert!(density > 0.95, "{density} at 150 ms");
        assert!(ringing < 15.0, "{ringing} dB");
        assert!(likeness.abs() < 0.2, "{likeness}");
    }
}

#[test]
fn steady_sound_is_as_loud_in_the_room() {
    for decay in [0.3, 2.0, 10.0] {
        let mut room = room(decay, 20_000.0);
        let frames = (3.0 * decay * RATE) as usize;
        let sound = noise(frames, 1);
        let run = room.plug(LEFT, sound.clone()).plug(RIGHT, noise(frames, 2)).run(frames);
        let gain = rms_db(&run.output(LEFT_OUT)[frames / 2..]) - rms_db(&sound);
        assert!(gain.abs() < 1.0, "{gain} dB at {decay} s");
    }
}

#[test]
fn the_room_answers_after_the_predelay() {
    let mut room = room(1.0, 20_000.0);
    let first = |room: &mut BlockHarness| {
        let [left, _] = answer(room, 0.5);
        left.iter().position(|x| x.abs() > 1e-6).unwrap()
    };
    let near = first(&mut room);
    let far = first(room.reset().turn(PREDELAY, 0.101));
    assert_eq!(far - near, 4800);
}

#[test]
fn mix_0_is_the_sound_itself() {
    let sound = noise(500, 1);
    let run = BlockHarness::new(&SPEC).turn(MIX, 0.0).plug(RIGHT, sound.clone()).run(500);
    assert!(run.output(RIGHT_OUT) == sound);
}

#[test]
fn turned_knobs_make_no_click() {
    let turned = |from: f32, to: f32| {
        (0..96_000).map(move |i| from + (to - from) * ((i as f32 - 60_000.0) / 240.0).clamp(0.0, 1.0))
    };
    for (input, from, to) in
        [(DECAY, 1.0, 5.0), (SIZE, 1.0, 0.5), (PREDELAY, 0.01, 0.2), (DAMPING, 20_000.0, 600.0)]
    {
        let mut room = room(1.0, 20_000.0);
        let run = room.plug(IN, sine(96_000, 100.0, RATE)).sweep(input, turned(from, to)).run(96_000);
        let click = click_burst_db(&run.output(LEFT_OUT)[48_000..], RATE);
        assert!(click < -80.0, "{click} dB by {}", input.name);
    }
}

#[test]
fn blocks_do_not_matter_and_reset_forgets() {
    let mut reference = None;
    for block_size in [64, 1, 17] {
        let mut room = BlockHarness::new(&SPEC);
        let mut play = || {
            room.block_size(block_size).reset().plug(LEFT, noise(6000, 1)).plug(RIGHT, noise(6000, 2));
            room.sweep(SIZE, (0..6000).map(|i| if i < 2500 { 1.0 } else { 0.5 + i as f32 / 12_000.0 }));
            room.sweep(DECAY, (0..6000).map(|i| 1.0 + i as f32 / 2000.0));
            room.run(6000)
        };
        let first = play();
        assert!(first == play(), "as new after a reset");
        assert_eq!(room.violations(), 0);
        assert!(*reference.get_or_insert_with(|| first.clone()).all() == *first.all());
    }
}
