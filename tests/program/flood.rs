//! Sound never suffers: while the editor is flooded with input on a patch of 500 nodes, the audio thread
//! misses no block and touches no heap.

use egui::{Context, Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, RawInput, Rect, Vec2, pos2};
use jackfield_editor::{Document, Editor, SessionHost};
use jackfield_engine::{Options, Session};
use jackfield_io::device::{Device, NullRequest};
use jackfield_node::{NoAssets, Registry};
use jackfield_patch::{CableEnds, Edit, Node, Patch};
use jackfield_testkit::{allocation, require};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Voices of five nodes each.
const VOICES: usize = 100;
const SIZE: Vec2 = Vec2::new(1280.0, 800.0);

/// How long the flood lasts.
fn time() -> Duration {
    let is_long = std::env::var("JACKFIELD_TEST_PROFILE").is_ok_and(|profile| profile == "long");
    Duration::from_secs(if is_long { 30 } else { 4 })
}

/// A hundred small voices that all sound.
fn patch(registry: &Registry) -> Patch {
    let mut patch = Patch::new();
    let mut add = |id: &str, kind: &str, at: [f32; 2]| {
        let mut node = Node::new(id, registry.get(kind).expect("a node type"));
        node.at = at;
        patch.apply(Edit::AddNode(Box::new(node))).expect("a good node");
    };
    let kinds = [
        ("lfo", "modulator.lfo"),
        ("tone", "source.oscillator"),
        ("filter", "filter.svf"),
        ("shape", "effect.waveshaper"),
        ("amp", "dynamics.vca"),
    ];
    for voice in 0..VOICES {
        for (column, (name, kind)) in kinds.into_iter().enumerate() {
            let at = [(column + voice % 5 * 6) as f32 * 240.0, (voice / 5) as f32 * 320.0];
            add(&format!("{name}{voice}"), kind, at);
        }
    }
    add("out", "device.output", [7500.0, 3000.0]);
    for voice in 0..VOICES {
        for (from, to) in [
            ("lfo.out", "filter.cutoff"),
            ("tone.out", "filter.in"),
            ("filter.low", "shape.in"),
            ("shape.out", "amp.in"),
            ("lfo.out", "amp.gain"),
        ] {
            let ((from, output), (to, input)) =
                (from.split_once('.').expect("a port"), to.split_once('.').expect("a port"));
            let ends = CableEnds::new(format!("{from}{voice}"), output, format!("{to}{voice}"), input);
            patch.apply(Edit::connect(ends)).expect("a good cable");
        }
        let ends = CableEnds::new(format!("amp{voice}"), "out", "out", "in");
        patch.apply(Edit::connect(ends)).expect("a good cable");
    }
    patch
}

/// Numbers that look random, the same in every run.
struct Dice(u32);

impl Dice {
    fn below(&mut self, most: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) % most
    }
}

/// What a very hasty person does between two frames.
fn events(dice: &mut Dice) -> Vec<Event> {
    let mut events = Vec::new();
    let mut at = || pos2(dice.below(1280) as f32, dice.below(800) as f32);
    let (from, to) = (at(), at());
    let press = |pos, pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let drag = [Event::PointerMoved(from), press(from, true), Event::PointerMoved(to), press(to, false)];
    events.extend(drag);
    let keys = [
        (Key::ArrowDown, Modifiers::COMMAND),
        (Key::ArrowRight, Modifiers::COMMAND),
        (Key::ArrowRight, Modifiers::NONE),
        (Key::ArrowDown, Modifiers::SHIFT),
        (Key::D, Modifiers::COMMAND),
        (Key::M, Modifiers::COMMAND),
        (Key::Delete, Modifiers::COMMAND),
        (Key::Z, Modifiers::COMMAND),
        (Key::Z, Modifiers::COMMAND),
        (Key::Enter, Modifiers::NONE),
        (Key::Escape, Modifiers::NONE),
    ];
    for _ in 0..8 {
        let (key, modifiers) = keys[dice.below(keys.len() as u32) as usize];
        for pressed in [true, false] {
            events.push(Event::Key { key, physical_key: None, pressed, repeat: false, modifiers });
        }
    }
    events.push(Event::MouseWheel {
        unit: MouseWheelUnit::Line,
        delta: Vec2::new(0.0, if dice.below(2) == 0 { 1.0 } else { -1.0 }),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    });
    events
}

/// Lets the patch play, and floods the editor meanwhile if told; what went wrong, if anything did.
fn play(time: Duration, is_flooded: bool) -> Result<(), String> {
    let registry = Arc::new(jackfield_nodes::registry());
    let patch = patch(&registry);
    assert!(patch.node_count() > 500);
    let (session, mut executor) = Session::new(Options::default(), Box::new(NoAssets)).expect("good options");
    let mut host = SessionHost::new(session);
    host.status.running = true;
    let mut editor = Editor::with_document(Document::new(registry, patch, None));
    let context = Context::default();
    let frame = |editor: &mut Editor, host: &mut SessionHost, events: Vec<Event>| {
        let screen_rect = Some(Rect::from_min_size(Pos2::ZERO, SIZE));
        let input = RawInput { screen_rect, events, focused: true, ..RawInput::default() };
        let output = context.run_ui(input, |ui| drop(editor.ui(ui, host)));
        let _ = context.tessellate(output.shapes.clone(), output.pixels_per_point);
        output.drop_without_applying_deltas();
        host.poll();
    };
    frame(&mut editor, &mut host, Vec::new());

    let violations = Arc::new(AtomicU32::new(0));
    let counted = violations.clone();
    let render = move |input: &[f32], inputs: usize, output: &mut [f32], outputs: usize| {
        let ((), count) = allocation::count(|| executor.process(input, inputs, output, outputs));
        counted.fetch_add(count, Ordering::Relaxed);
    };
    let usual = NullRequest::default();
    // The kernels of a build for tests are slow.
    let block = if cfg!(debug_assertions) { 4 * usual.block } else { usual.block };
    let running = Device::null(NullRequest { block, ..usual })
        .start(Box::new(render))
        .map_err(|r| r.error.to_string())?;
    let mut dice = Dice(1);
    let mut frames = 0;
    let begin = Instant::now();
    while begin.elapsed() < time {
        if is_flooded {
            frame(&mut editor, &mut host, events(&mut dice));
            frames += 1;
        } else {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    let load = host.session().load().read();
    let gap = running.next_event();
    drop(running);
    println!(
        "{frames} frames, {} nodes at the end, {} blocks, load: median {:.2}, 99 % {:.2}, worst {:.2}",
        editor.document().patch().node_count(),
        load.callbacks,
        load.median,
        load.high,
        load.worst
    );
    assert!(!is_flooded || editor.document().revision() > frames / 2, "the flood changes the patch");
    assert_eq!(violations.load(Ordering::Relaxed), 0, "the audio thread touched the heap");
    match (load.overruns, gap) {
        (0, None) => Ok(()),
        (overruns, gap) => Err(format!("{overruns} overruns, {gap:?}")),
    }
}

/// A machine too busy to play the patch by itself can't say what the flood costs.
#[test]
fn a_flood_of_input_costs_no_block() {
    assert!(allocation::is_installed());
    let mut failures = Vec::new();
    for _ in 0..6 {
        match play(time(), true) {
            Ok(()) => return,
            Err(failure) if play(time(), false).is_ok() => failures.push(failure),
            Err(failure) => eprintln!("not judged, the machine is too busy: {failure}"),
        }
        assert!(failures.len() < 3, "three times, and never without the flood: {failures:#?}");
    }
    require::skip("the machine never had time to play the patch");
}
