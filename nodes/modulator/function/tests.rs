use super::*;
use jackfield_node::harness::LaneHarness;
use jackfield_testkit::measure::rises;
use jackfield_testkit::signal;

/// Straight segments of 10 ms each (480 frames) to these levels.
fn harness(levels: &[f32], hold: u32, repeat: u32) -> LaneHarness {
    (LaneHarness::of(&SPEC).setting(LEVELS, SettingValue::Steps(levels.to_vec())))
        .setting(TIMES, SettingValue::Steps(vec![0.01]))
        .setting(CURVES, SettingValue::Steps(vec![0.0]))
        .setting(HOLD, SettingValue::Count(hold))
        .setting(LOOP, SettingValue::Count(repeat))
        .start()
        .unwrap()
}

/// The levels after segments of 480 frames, in hundredths; round corners come 14 frames late and cut a little
/// off.
#[track_caller]
fn assert_ends(out: &[f32], levels: &[f32]) {
    for (i, level) in (1..).zip(levels) {
        let found = out[480 * i + 14];
        assert!((found - level).abs() < 0.03, "segment {i}: {found}, not {level}");
    }
}

#[test]
fn runs_through_its_segments_in_their_times() {
    let mut harness = (LaneHarness::of(&SPEC))
        .setting(LEVELS, SettingValue::Steps(vec![1.0, -0.5, 0.25]))
        .setting(TIMES, SettingValue::Steps(vec![0.1, 0.05]))
        .setting(CURVES, SettingValue::Steps(vec![-1.0, 0.3]))
        .start()
        .unwrap();
    let run = harness.plug(GATE, signal::gate(20_000, &[(0, 48)])).run(20_000);
    let out = run.output(OUT);
    let top = (0..out.len()).max_by(|a, b| out[*a].total_cmp(&out[*b])).unwrap();
    let bottom = (0..out.len()).min_by(|a, b| out[*a].total_cmp(&out[*b])).unwrap();
    assert!(top.abs_diff(4_800) <= 20 && out[top] > 0.9, "{} at {top}", out[top]);
    assert!(bottom.abs_diff(7_200) <= 40 && out[bottom] < -0.45, "{} at {bottom}", out[bottom]);
    assert!(rises(run.output(END))[0].abs_diff(12_000) <= 4);
    assert_eq!(run.output(END).iter().sum::<f32>(), 48.0, "one trigger of 1 ms");
    assert!((out[19_999] - 0.25).abs() < 1e-5, "it stays at the last level");
}

#[test]
fn time_stretches_everything() {
    let mut harness = harness(&[1.0, 0.0], 0, 0);
    let run = harness.turn(TIME, 4.0).plug(GATE, signal::gate(6_000, &[(0, 48)])).run(6_000);
    assert!(rises(run.output(END))[0].abs_diff(3_840) <= 4);
}

#[test]
fn waits_while_the_gate_is_open_and_leaves_when_it_closes() {
    let mut harness = harness(&[1.0, 0.5, -1.0, 0.0], 2, 0);
    let run = harness.plug(GATE, signal::gate(9_600, &[(0, 4_800)])).run(9_600);
    assert_ends(run.output(OUT), &[1.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
    assert_ends(&run.output(OUT)[4_800..], &[-1.0, 0.0, 0.0]);
}

#[test]
fn a_gate_that_closes_early_leads_behind_the_place_to_wait() {
    let mut harness = harness(&[1.0, 0.5, -1.0, 0.0], 2, 0);
    let run = harness.plug(GATE, signal::gate(4_800, &[(0, 240)])).run(4_800);
    assert!(run.output(OUT).iter().all(|x| *x < 0.51), "it turned round half way up");
    assert_ends(&run.output(OUT)[240..], &[-1.0, 0.0]);
}

#[test]
fn loops_while_the_gate_is_open() {
    let mut harness = harness(&[1.0, 0.2, 0.8, 0.0], 3, 2);
    let run = harness.plug(GATE, signal::gate(9_600, &[(0, 3_400)])).run(9_600);
    assert_ends(run.output(OUT), &[1.0, 0.2, 0.8, 0.2, 0.8, 0.2, 0.8]);
    assert_eq!(rises(run.output(END)).len(), 1);
    assert!(run.output(OUT)[9_599].abs() < 1e-5);
}

#[test]
fn lanes_run_by_themselves() {
    let mut harness = LaneHarness::of(&SPEC).width(4).start().unwrap();
    let gates = [signal::gate(100, &[(0, 48)]), signal::gate(100, &[(50, 98)]), vec![0.0]];
    let run = harness.plug_lanes(GATE, &gates).run(100);
    assert_eq!(run.lane(OUT, 0)[..50], run.lane(OUT, 1)[50..]);
    assert!(run.lane(OUT, 2).iter().all(|x| *x == 0.0));
}
