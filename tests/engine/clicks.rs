//! No click: whatever is edited under a 100 Hz sine, no burst above 6 kHz exceeds -80 dB of the signal.
//!
//! Edits fall on many phases of the sine, and the session is polled as a program would.

use crate::support::blocks::{DELAY, LATE_SINK, SINK, VOICES_SPEC};
use crate::support::edits::Dice;
use crate::support::nodes::{GAIN_SPEC, MEMORY, SINE};
use crate::support::play::{RenderConfig, SAMPLE_RATE};
use crate::support::sketch::{Sketch, ends};
use jackfield_engine::{Executor, Session};
use jackfield_patch::{Edit, Patch};
use jackfield_testkit::measure::click_burst_db;

/// What nobody hears.
const MOST_DB: f64 = -80.0;

/// Frames between edits: not a whole number of periods, so that each edit meets another phase.
const BETWEEN: usize = 4_867;

/// A session that plays, and all it has played so far.
struct Performance {
    session: Session,
    executor: Executor,
    sound: Vec<f32>,
}

impl Performance {
    fn new(patch: &Patch) -> Self {
        let (session, executor) = RenderConfig::default().play(patch);
        let mut performance = Self { session, executor, sound: Vec::new() };
        performance.play(BETWEEN);
        performance
    }

    fn play(&mut self, frames: usize) {
        let mut left = frames;
        while left > 0 {
            let mut block = vec![0.0; left.min(96)];
            self.executor.process(&[], 0, &mut block, 1);
            self.session.poll();
            left -= block.len();
            self.sound.extend(block);
        }
    }

    fn update(&mut self, patch: &Patch) {
        assert_eq!(self.session.update(patch).problems, []);
    }

    #[track_caller]
    fn assert_no_click(&self) {
        let peak = self.sound.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        assert!(peak > 0.1, "there is sound to hear clicks in: {peak}");
        let burst = click_burst_db(&self.sound, SAMPLE_RATE);
        println!("burst above 6 kHz: {burst:.1} dB");
        assert!(burst <= MOST_DB, "a burst of {burst:.1} dB");
    }
}

/// Goes back and forth between two patches.
fn back_and_forth(a: &Sketch, b: &Sketch) -> Performance {
    let mut performance = Performance::new(&a.patch);
    for turn in 0..12 {
        performance.update(if turn % 2 == 0 { &b.patch } else { &a.patch });
        performance.play(BETWEEN);
    }
    performance
}

#[track_caller]
fn assert_smooth_between(a: &Sketch, b: &Sketch) {
    back_and_forth(a, b).assert_no_click();
}

/// A sine and a way out, not yet joined.
fn sine() -> Sketch {
    Sketch::new().node("sine", &SINE).node("out", &SINK)
}

/// A sine that is heard.
fn heard() -> Sketch {
    sine().cable("sine.out", "out.left")
}

#[test]
fn the_measure_hears_a_cut() {
    let mut performance = Performance::new(&heard().patch);
    performance.sound.truncate(3_000);
    performance.sound.resize(5_000, 0.0);
    assert!(click_burst_db(&performance.sound, SAMPLE_RATE) > -60.0);
}

#[test]
fn a_cable_pulled_and_plugged() {
    assert_smooth_between(&heard(), &sine());
}

#[test]
fn a_node_spliced_in_and_taken_out() {
    let spliced = sine()
        .node("gain", &GAIN_SPEC)
        .knob("gain", "gain", 0.3)
        .cable("sine.out", "gain.in")
        .cable("gain.out", "out.left");
    assert_smooth_between(&heard(), &spliced);
}

#[test]
fn a_source_removed_and_added() {
    assert_smooth_between(&heard(), &Sketch::new().node("out", &SINK));
}

#[test]
fn a_way_out_removed_and_added() {
    assert_smooth_between(&heard(), &heard().remove("out"));
    let second = heard().node("exit", &SINK).depth("sine.out", "exit.left", 0.5);
    assert_smooth_between(&heard(), &second);
}

/// What a way out that looks ahead still holds back belongs to its fade.
#[test]
fn a_late_way_out_removed_and_added() {
    let late = Sketch::new().node("sine", &SINE).node("out", &LATE_SINK).cable("sine.out", "out.left");
    assert_smooth_between(&late, &late.clone().remove("out"));
    assert_smooth_between(&late, &Sketch::new());
}

#[test]
fn a_patch_replaced() {
    let other = Sketch::new()
        .node("tone", &SINE)
        .knob("tone", "frequency", 150.0)
        .node("memory", &MEMORY)
        .node("exit", &SINK)
        .cable("tone.out", "memory.in")
        .cable("memory.low", "exit.left");
    assert_smooth_between(&heard(), &other);
    assert_smooth_between(&heard(), &Sketch::new());
}

#[test]
fn another_type_under_the_same_id() {
    let memory = |sketch: Sketch| {
        sketch
            .node("x", &MEMORY)
            .count("x", "sharpness", 1)
            .cable("sine.out", "x.in")
            .cable("x.low", "out.left")
    };
    let gain =
        |sketch: Sketch| sketch.node("x", &GAIN_SPEC).cable("sine.out", "x.in").cable("x.out", "out.left");
    assert_smooth_between(&memory(sine()), &gain(sine()));
}

#[test]
fn a_setting_changed() {
    let through = |sharpness| {
        sine()
            .node("memory", &MEMORY)
            .count("memory", "sharpness", sharpness)
            .cable("sine.out", "memory.in")
            .cable("memory.low", "out.left")
            .depth("memory.rest", "out.left", 3.0)
    };
    assert_smooth_between(&through(1), &through(8));
}

/// As many sines as voices, of different pitch.
fn choir(voices: u32) -> Sketch {
    Sketch::new()
        .node("voices", &VOICES_SPEC)
        .count("voices", "voices", voices)
        .toggle("voices", "still", true)
        .node("sine", &SINE)
        .node("out", &SINK)
        .depth("voices.out", "sine.frequency", 0.1)
        .cable("sine.out", "out.left")
}

#[test]
fn the_number_of_voices_changed() {
    assert_smooth_between(&choir(2), &choir(5));
    assert_smooth_between(&choir(1), &choir(20));
    let through = |voices| {
        let sketch =
            choir(voices).node("memory", &MEMORY).node("gain", &GAIN_SPEC).without("sine.out", "out.left");
        let sketch = sketch.cable("sine.out", "memory.in").cable("memory.low", "gain.in");
        sketch.depth("memory.low", "memory.in", 0.3).depth("gain.out", "out.left", 0.5)
    };
    assert_smooth_between(&through(7), &through(3));
}

/// The first polyphonic cable into a node multiplies it and all that follows.
#[test]
fn one_voice_becomes_many() {
    assert_smooth_between(&choir(8), &choir(8).without("voices.out", "sine.frequency"));
    // What already has voices goes from hearing one to hearing each its own, and back.
    let tremolo = |is_polyphonic: bool| {
        let sketch = choir(4).node("slow", &SINE).knob("slow", "frequency", 3.0).node("gain", &GAIN_SPEC);
        let sketch = sketch.without("sine.out", "out.left").cable("sine.out", "gain.in");
        let sketch = sketch.cable("slow.out", "gain.gain").depth("gain.out", "out.left", 0.3);
        if is_polyphonic { sketch.depth("voices.out", "slow.frequency", 0.5) } else { sketch }
    };
    assert_smooth_between(&tremolo(false), &tremolo(true));
}

#[test]
fn voices_changed_in_quick_succession() {
    let mut performance = Performance::new(&choir(3).patch);
    for turn in 0..10 {
        performance.update(&choir(9).patch);
        performance.play(40 + turn * 23);
        performance.update(&choir(3).patch);
        performance.play(BETWEEN);
    }
    performance.assert_no_click();
}

#[test]
fn a_depth_changed() {
    assert_smooth_between(&sine().depth("sine.out", "out.left", 0.2), &heard());
    assert_smooth_between(&sine().depth("sine.out", "out.left", -1.0), &heard());
}

#[test]
fn a_knob_turned() {
    let gain = |value| {
        sine()
            .node("gain", &GAIN_SPEC)
            .knob("gain", "gain", value)
            .cable("sine.out", "gain.in")
            .cable("gain.out", "out.left")
    };
    assert_smooth_between(&gain(1.0), &gain(0.2));
    let tuned = |hertz| heard().knob("sine", "frequency", hertz);
    assert_smooth_between(&tuned(100.0), &tuned(140.0));
}

#[test]
fn a_node_muted() {
    let mute = |id: &str| Edit::SetMuted { id: id.into(), muted: true };
    assert_smooth_between(&heard(), &heard().edit(mute("sine")));
    assert_smooth_between(&heard(), &heard().edit(mute("out")));
    let gain = heard().without("sine.out", "out.left").node("gain", &GAIN_SPEC);
    let gain = gain.cable("sine.out", "gain.in").cable("gain.out", "out.left");
    assert_smooth_between(&gain, &gain.clone().edit(mute("gain")));
}

/// Dragging one node past another in a chain turns the cable between them around.
#[test]
fn two_nodes_of_a_chain_swapped() {
    let chain = |first: &str, second: &str| {
        sine()
            .node("a", &MEMORY)
            .node("b", &MEMORY)
            .count("b", "sharpness", 2)
            .cable("sine.out", &format!("{first}.in"))
            .cable(&format!("{first}.low"), &format!("{second}.in"))
            .cable(&format!("{second}.low"), "out.left")
    };
    assert_smooth_between(&chain("a", "b"), &chain("b", "a"));
}

#[test]
fn a_loop_closed_and_opened() {
    let open = sine().node("memory", &MEMORY).cable("sine.out", "memory.in").cable("memory.low", "out.left");
    let closed = open.clone().depth("memory.low", "memory.in", 0.5);
    assert_smooth_between(&open, &closed);
    let gain = closed.clone().node("gain", &GAIN_SPEC).knob("gain", "gain", 0.3);
    let second = gain.cable("memory.rest", "gain.in").cable("gain.out", "memory.in");
    assert_smooth_between(&closed, &second);
}

/// A loop whose delay stands in its way back, or where the search puts it.
fn looped(delayed: bool) -> Sketch {
    let sketch = sine()
        .node("memory", &MEMORY)
        .node("gain", &GAIN_SPEC)
        .knob("gain", "gain", 0.3)
        .cable("sine.out", "memory.in")
        .cable("memory.low", "out.left")
        .cable("memory.rest", "gain.in")
        .cable("gain.out", "memory.in");
    sketch.edit(Edit::SetDelayed { ends: ends("gain.out", "memory.in"), delayed })
}

#[test]
fn the_delay_of_a_loop_moved() {
    let other = |sketch: Sketch| {
        sketch.edit(Edit::SetDelayed { ends: ends("memory.rest", "gain.in"), delayed: true })
    };
    assert_smooth_between(&looped(false), &looped(true));
    assert_smooth_between(&looped(true), &other(looped(false)));
}

/// Long before the delay has arrived it is sent elsewhere, and in the end it stands where it was sent last.
#[test]
fn the_delay_of_a_loop_moved_in_mid_flight() {
    let one = looped(true);
    let other = looped(false).edit(Edit::SetDelayed { ends: ends("memory.rest", "gain.in"), delayed: true });
    let mut performance = Performance::new(&other.patch);
    for (turn, pause) in [50, 150, 260, 400, 500, 90, 333, 61, BETWEEN].into_iter().enumerate() {
        performance.update(if turn % 2 == 0 { &one.patch } else { &other.patch });
        performance.play(pause);
    }
    performance.assert_no_click();
    let delayed = |session: &Session| session.plan().delayed_cables().count();
    assert_eq!(delayed(&performance.session), 1);
}

/// Undo and redo long before the fade has ended.
#[test]
fn an_edit_undone_while_it_fades() {
    for (patch, other) in [
        (heard(), sine()),
        (heard(), heard().remove("sine")),
        (heard(), heard().remove("out")),
        (heard(), sine().node("gain", &GAIN_SPEC).cable("sine.out", "gain.in").cable("gain.out", "out.left")),
    ] {
        let mut performance = Performance::new(&patch.patch);
        for turn in 0..10 {
            performance.update(&other.patch);
            performance.play(30 + turn * 23);
            performance.update(&patch.patch);
            performance.play(BETWEEN);
        }
        performance.assert_no_click();
    }
}

/// A storm: an edit every millisecond, each before the fades of the last ones have ended.
#[test]
fn edits_every_millisecond() {
    let gain = sine().node("gain", &GAIN_SPEC).cable("sine.out", "gain.in");
    let choices = [
        heard(),
        sine(),
        gain.clone().cable("gain.out", "out.left"),
        gain.clone().knob("gain", "gain", 0.3).cable("gain.out", "out.left").cable("sine.out", "out.left"),
        sine().depth("sine.out", "out.left", 0.4),
        heard().remove("sine"),
        gain.depth("gain.out", "out.left", 0.7).node("memory", &MEMORY).cable("sine.out", "memory.in"),
    ];
    let mut performance = Performance::new(&choices[0].patch);
    let mut dice = Dice(1);
    for _ in 0..600 {
        performance.update(&choices[dice.below(choices.len())].patch);
        performance.play(48);
    }
    performance.play(BETWEEN);
    performance.assert_no_click();
}

/// The new cable closes a loop. By the order of ids an older one, that is heard, would become the delayed
/// one.
#[test]
fn a_loop_closed_over_an_older_cable() {
    let open = sine()
        .node("b", &GAIN_SPEC)
        .node("a", &GAIN_SPEC)
        .cable("sine.out", "b.in")
        .cable("b.out", "a.in")
        .cable("a.out", "out.left");
    assert_smooth_between(&open, &open.clone().depth("a.out", "b.in", 0.3));
}

/// A late node beside a direct path, which has to wait from now on.
#[test]
fn a_late_node_added_beside_a_direct_path() {
    for (frames, depth) in [(64, 0.1), (480, 0.7), (1_000, -0.4), (1, 1.0)] {
        let late = heard().node("late", &DELAY).count("late", "frames", frames).toggle("late", "late", true);
        let late = late.cable("sine.out", "late.in").depth("late.out", "out.left", depth);
        assert_smooth_between(&heard(), &late);
    }
}

/// Waits grow and shrink as late nodes come and go, also before they have come to rest.
#[test]
fn late_nodes_that_come_and_go() {
    let late = |sketch: Sketch, id: &str, frames: u32| {
        let sketch = sketch.node(id, &DELAY).count(id, "frames", frames).toggle(id, "late", true);
        let input = format!("{id}.in");
        sketch.cable("sine.out", &input).depth(&format!("{id}.out"), "out.left", 0.3)
    };
    let sketches = [
        heard(),
        late(heard(), "a", 100),
        late(late(heard(), "a", 100), "b", 700),
        late(heard(), "b", 700),
        late(late(heard(), "b", 700), "c", 13),
    ];
    for between in [BETWEEN, 1_000, 480, 240, 96, 48] {
        let mut performance = Performance::new(&sketches[0].patch);
        let mut dice = Dice(3);
        for _ in 0..40 {
            performance.update(&sketches[dice.below(sketches.len())].patch);
            performance.play(between);
        }
        performance.play(BETWEEN);
        println!("edits {between} frames apart");
        performance.assert_no_click();
    }
}

/// A second way out, late, lets the first wait.
#[test]
fn a_late_sink_added() {
    let late = heard().node("late", &DELAY).count("late", "frames", 300).toggle("late", "late", true);
    let late = late.node("other", &SINK).cable("sine.out", "late.in").depth("late.out", "other.left", 0.5);
    assert_smooth_between(&heard(), &late);
}

#[test]
fn a_cable_listened_to_and_left() {
    let quiet = sine().depth("sine.out", "out.left", 0.4);
    let mut performance = Performance::new(&quiet.patch);
    let probe = performance.session.probe("sine", "out", 0).expect("there is such an output");
    for turn in 0..12 {
        probe.listen(turn % 2 == 0);
        performance.play(BETWEEN);
        let loudest = performance.sound[performance.sound.len() - 960..]
            .iter()
            .fold(0.0_f32, |peak, now| peak.max(*now));
        // What is listened to goes through a limiter with the ceiling of the output, -0.3 dBFS.
        let expected = if turn % 2 == 0 { 0.94..0.9662 } else { 0.39..0.41 };
        assert!(expected.contains(&loudest), "turn {turn}: {loudest}");
    }
    // One that is dropped while it is listened to fades as well.
    probe.listen(true);
    performance.play(BETWEEN);
    drop(probe);
    performance.play(BETWEEN);
    let end = &performance.sound[performance.sound.len() - 960..];
    assert!(end.iter().all(|sample| sample.abs() < 0.41), "the patch is heard again");
    performance.assert_no_click();
}

/// Someone listens to a node that is removed in favour of the patch, restored, and restored in mid flight.
#[test]
fn a_node_listened_to_and_removed() {
    let with = sine().node("other", &SINE).knob("other", "frequency", 123.0).cable("sine.out", "out.left");
    let without = sine().cable("sine.out", "out.left");
    let mut performance = Performance::new(&with.patch);
    let probe = performance.session.probe("other", "out", 0).expect("there is such an output");
    probe.listen(true);
    for pause in [BETWEEN, 100, BETWEEN, 37, 150] {
        performance.play(BETWEEN);
        performance.update(&without.patch);
        performance.play(pause);
        performance.update(&with.patch);
    }
    performance.play(BETWEEN);
    performance.assert_no_click();
}

/// What is listened to gets another setting, and so another node in its place.
#[test]
fn a_node_listened_to_and_replaced() {
    let with = |sharpness| {
        let sketch = sine().node("memory", &MEMORY).count("memory", "sharpness", sharpness);
        sketch.cable("sine.out", "memory.in").depth("memory.low", "out.left", 0.3)
    };
    let mut performance = Performance::new(&with(1).patch);
    let probe = performance.session.probe("memory", "low", 0).expect("there is such an output");
    probe.listen(true);
    for sharpness in [8, 1, 8, 1, 8] {
        performance.play(BETWEEN);
        performance.update(&with(sharpness).patch);
    }
    performance.play(BETWEEN);
    performance.assert_no_click();
}
