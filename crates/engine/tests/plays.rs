//! The shortest way from a patch to samples, at every lane width.

mod common;

use common::{patch, render, session};

#[test]
fn voices_add_up_at_every_width() {
    let patch = patch(
        r#""v": {"type": "source.voices", "settings": {"voices": 20}}, "g": {"type": "maths.gain", "knobs": {"gain": 0.5}},
           "out": {"type": "device.sink"}"#,
        r#"{"from": "v.out", "to": "g.in"}, {"from": "g.out", "to": "out.left"}"#,
    );
    for width in [1, 4, 8, 16] {
        let (mut session, mut executor) = session(width);
        assert_eq!(session.update(&patch).problems, []);
        assert_eq!(render(&mut executor, 100, 33), vec![105.0; 100], "{}", session.plan());
    }
}

#[test]
fn a_loop_is_one_sample_long() {
    // g = 0.5 * (ramp + g one frame ago), with a ramp that stands at 0 and then counts.
    let patch = patch(
        r#""r": {"type": "source.ramp", "knobs": {"step": 0.25}}, "g": {"type": "maths.gain", "knobs": {"gain": 0.5}},
           "out": {"type": "device.sink"}"#,
        r#"{"from": "r.out", "to": "g.in"}, {"from": "g.out", "to": "g.in"}, {"from": "g.out", "to": "out.left"}"#,
    );
    let (mut ramp, mut last) = (0.0_f32, 0.0_f32);
    let expected: Vec<f32> = (0..300)
        .map(|_| {
            last = 0.5 * (last + ramp);
            ramp = if ramp + 0.25 > 1.0 { ramp + 0.25 - 2.0 } else { ramp + 0.25 };
            last
        })
        .collect();
    for (width, block) in [(1, 64), (16, 7), (4, 300)] {
        let (mut session, mut executor) = session(width);
        session.update(&patch);
        assert_eq!(render(&mut executor, 300, block), expected, "{}", session.plan());
        let delayed: Vec<_> = session
            .plan()
            .delayed_cables()
            .map(|cable| (cable.from.to_owned(), cable.to.to_owned()))
            .collect();
        assert_eq!(delayed, [("g".to_owned(), "g".to_owned())]);
    }
}

#[test]
fn siblings_share_a_pack_and_keep_their_own_knobs() {
    let nodes: Vec<String> = (0..37)
        .map(|i| format!(r#""r{i:02}": {{"type": "source.ramp", "knobs": {{"step": 0.0{i:02}}}}}"#))
        .collect();
    let cables: Vec<String> = (0..37)
        .map(|i| format!(r#"{{"from": "r{i:02}.out", "to": "out.left", "depth": 0.{i:02}1}}"#))
        .collect();
    let patch =
        patch(&format!(r#"{}, "out": {{"type": "device.sink"}}"#, nodes.join(", ")), &cables.join(", "));
    let results = [1, 4, 8, 16].map(|width| {
        let (mut session, mut executor) = session(width);
        session.update(&patch);
        render(&mut executor, 500, 64)
    });
    assert!(results[0].iter().any(|sample| sample.abs() > 0.1));
    for result in &results[1..] {
        assert_eq!(result, &results[0]);
    }
}
