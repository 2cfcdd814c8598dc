//! The transport: every shipped patch with a clock stops with it and keeps its tempo in the file; older files
//! keep their clocks' own tempo.

use crate::support::patch_files::{PatchFile, patches};
use jackfield_engine::{Executor, Options, Session};
use jackfield_io::AssetStore;
use jackfield_node::SettingValue;
use jackfield_patch::{Edit, Node, NodeBody, Patch};

/// What a setting of a node is, in words.
fn choice(node: &Node, name: &str) -> Option<&'static str> {
    let NodeBody::Known { spec, settings, .. } = &node.body else { return None };
    let setting = spec.settings.iter().find(|setting| setting.name == name)?;
    match (&setting.kind, settings.values().get(setting.index)?) {
        (jackfield_node::SettingKind::Choice(names, _), SettingValue::Choice(index)) => {
            names.get(*index).copied()
        }
        _ => None,
    }
}

#[test]
fn every_clock_of_a_shipped_patch_follows_the_transport() {
    let mut clocks = 0;
    for file in ["patches", "patches/help"].into_iter().flat_map(patches) {
        for (index, node) in file.patch.nodes().filter(|(_, node)| node.type_id() == "time.clock") {
            let tempo = node.spec().and_then(|spec| spec.input("tempo")).expect("a tempo").index;
            // A tempo that comes by cable is the patch's point.
            let is_led = file.patch.cables_into(index).any(|cable| cable.2.port == tempo);
            let follows = choice(node, "follow") == Some("transport");
            assert!(follows || is_led, "{}: '{}' has a tempo of its own", file.name, node.id);
            clocks += 1;
        }
    }
    assert!(clocks > 90, "{clocks}");
}

struct Hall {
    session: Session,
    executor: Executor,
    patch: Patch,
}

impl Hall {
    fn new(file: &PatchFile) -> Self {
        let assets = Box::new(AssetStore::new(file.path().parent().expect("a folder")));
        let (mut session, executor) = Session::new(Options::default(), assets).expect("good options");
        session.update(&file.patch);
        Self { session, executor, patch: file.patch.clone() }
    }

    /// The largest sample of the last of so many seconds.
    fn play(&mut self, seconds: usize) -> f32 {
        let mut block = vec![0.0; 2 * 480];
        let mut peak = 0.0_f32;
        for number in 0..seconds * 100 {
            self.executor.process(&[], 0, &mut block, 2);
            self.session.poll();
            if number >= (seconds - 1) * 100 {
                peak = block.iter().fold(peak, |peak, sample| peak.max(sample.abs()));
            }
        }
        peak
    }
}

fn factory(name: &str) -> PatchFile {
    patches("patches").into_iter().find(|file| file.name == name).expect("the patch")
}

#[test]
fn stop_stops_and_the_tempo_counts() {
    let mut hall = Hall::new(&factory("drum_loop"));
    assert!(hall.play(3) > 0.05, "it plays");
    hall.session.stop().expect("a transport");
    let stopped = hall.play(12);
    assert!(stopped < 1e-3, "stopped: {stopped}");
    hall.session.play().expect("a transport");
    assert!(hall.play(3) > 0.05, "it goes on");
    let mut steps = |tempo: f32| {
        hall.patch.apply(Edit::SetTempo(tempo)).expect("a tempo");
        hall.session.update(&hall.patch);
        let clock = hall.patch.nodes().find(|(_, node)| node.type_id() == "time.clock").expect("a clock").1;
        let mut probe = hall.session.probe(&clock.id, "trigger", 48_000).expect("the clock");
        let mut samples = Vec::new();
        for _ in 0..8 {
            let mut block = vec![0.0; 2 * 24_000];
            hall.executor.process(&[], 0, &mut block, 2);
            hall.session.poll();
            probe.read_waveform(&mut samples);
        }
        samples.windows(2).filter(|pair| pair[0] < 0.5 && pair[1] >= 0.5).count()
    };
    let (slow, fast) = (steps(60.0), steps(120.0));
    assert!((15..=17).contains(&slow) && (31..=33).contains(&fast), "{slow} and {fast} sixteenths in 4 s");
}

#[test]
fn an_older_file_keeps_its_own_tempo_and_a_new_clock_follows() {
    let read = |node: &str| {
        let text = format!(r#"{{"jackfield": 1, "nodes": {{"clock": {{"type": "time.clock"{node}}}}}}}"#);
        let (patch, _) = jackfield_patch::read(&text, &jackfield_nodes::registry()).expect("a patch");
        choice(patch.nodes().next().expect("a clock").1, "follow")
    };
    assert_eq!(read(r#", "version": 1"#), Some("tempo"));
    assert_eq!(read(r#", "version": 1, "settings": {"division": "1/4"}"#), Some("tempo"));
    assert_eq!(read(r#", "version": 1, "settings": {"follow": "transport"}"#), Some("transport"));
    assert_eq!(read(r#", "version": 2"#), Some("transport"));
    let new = jackfield_nodes::registry().get("time.clock").expect("the clock");
    assert_eq!(choice(&Node::new("clock", new), "follow"), Some("transport"));
}
