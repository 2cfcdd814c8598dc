//! Imports of small files of every form, written here; and of what is no file at all.

use crate::{Grade, ImportError, Imported, Mappings, Options, import, limits, looks_like_rack};
use jackfield_node::prelude::*;
use jackfield_node::{Category, NodeSpec, Registry};
use jackfield_patch::{AnnotationKind, NodeBody, Patch};
use proptest::prelude::*;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::{Value, json};

const IN: Input = Input::audio(0, "in", "Sound.");
const GAIN: Input = Input::knob(1, "gain", Knob::number(0.0, 10.0, 1.0), "Factor.");
const OUT: Output = Output::audio(0, "out", "Sound.");

static AMP: NodeSpec = NodeSpec::lanes::<Amp>("dynamics.amp", "Amp", Category::Dynamics)
    .summary("Multiplies.")
    .help("Multiplies.")
    .inputs(&[IN, GAIN])
    .outputs(&[OUT])
    .checked();

lane_state! { struct State<V> { held: Lanes<V> } }

struct Amp;

impl LaneNode for Amp {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let (input, mut out) = (io.input(IN), io.output(OUT));
        for frame in io.frames() {
            state.held = input.at(frame);
            out.set(frame, state.held);
        }
    }
}

const MAPPINGS: &str = "
module Test/Amp
exact
node amp dynamics.amp
node spare dynamics.amp
knob amp.gain p0 ? 3
in 0 amp.in 0.2
in 0 spare.in 0.2
in 2 amp.gain p1 / 10
out 0 amp.out 5
out 1 spare.out 5
near if p2 > 0.5: the switch is left out

module Test/Pair
near it is a pair
node first dynamics.amp
node second dynamics.amp
wire first.out second.in 0.5
in 0 first.in 0.2
out 0 second.out 5

module Test/Note
exact
comment data.text
";

fn registry() -> Registry {
    Registry::new(&[&AMP]).expect("one type")
}

fn mappings() -> Mappings {
    let mappings = Mappings::read(&[("test", MAPPINGS)]).expect("they are understood");
    assert_eq!(mappings.check(&registry()), Vec::<String>::new());
    mappings
}

fn try_import(file: &[u8]) -> Result<Imported, ImportError> {
    let options = Options { title: "a test", card_size: &|_| [160.0, 120.0] };
    import(file, &mappings(), &registry(), options)
}

fn imported(rack: &Value) -> Imported {
    let imported = try_import(rack.to_string().as_bytes()).expect("it imports");
    let text = jackfield_patch::write(&imported.patch);
    let (read, _) = jackfield_patch::read(&text, &registry()).expect("it reads back");
    assert_eq!(read, imported.patch, "what is written is what was imported");
    imported
}

/// Two modules, three cables: one of them to itself, two of them stacked.
fn rack() -> Value {
    json!({
        "version": "2.6.6",
        "modules": [
            {"id": 9007199254740993_u64, "plugin": "Test", "model": "Amp", "pos": [0, 0],
             "params": [{"id": 0, "value": 2.5}, {"id": 1, "value": 5.0}]},
            {"id": 7, "plugin": "Other", "model": "Un/known ø", "pos": [12, 1],
             "data": {"a": [0.1, null, "x"]}},
        ],
        "cables": [
            {"id": 1, "outputModuleId": 9007199254740993_u64, "outputId": 0, "inputModuleId": 7, "inputId": 3,
             "color": "#00ff00"},
            {"id": 2, "outputModuleId": 7, "outputId": 1, "inputModuleId": 7, "inputId": 3,
             "color": "#808080"},
            {"id": 3, "outputModuleId": 7, "outputId": 0, "inputModuleId": 9007199254740993_u64,
             "inputId": 2},
        ],
    })
}

fn cables(patch: &Patch) -> Vec<(String, f32)> {
    let cable = |index| Some((patch.ends(index)?.to_string(), patch.cable(index)?.2.depth));
    let mut cables: Vec<_> = patch.cables().filter_map(|(index, ..)| cable(index)).collect();
    cables.sort_by(|a, b| a.0.cmp(&b.0));
    cables
}

/// A tar archive of these files, as Rack writes it: folders first, names with `./`.
fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        // Set by hand: the builder would refuse or clean what a hostile archive holds.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        builder.append(&header, *bytes).expect("it fits");
    }
    builder.into_inner().expect("it is complete")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

#[test]
fn every_module_and_cable_is_there() {
    let Imported { patch, report } = imported(&rack());
    let grades: Vec<Grade> = report.modules.iter().map(|module| module.grade).collect();
    assert_eq!(grades, [Grade::Exact, Grade::Kept]);
    assert_eq!((report.cables, report.carried_cables, patch.node_count()), (3, 3, 2));
    // 5 volts stand for 1; a placeholder has volts; half a unit for ten volts.
    let expected = [
        ("Amp.out -> Un known.in3".to_owned(), 5.0),
        ("Un known.out0 -> Amp.gain".to_owned(), 0.5),
        ("Un known.out1 -> Un known.in3".to_owned(), 1.0),
    ];
    assert_eq!(cables(&patch), expected);
    let amp = patch.node(patch.find("Amp").expect("it is there")).expect("it is there");
    assert!(matches!(&amp.body, NodeBody::Known { knobs, .. } if knobs[1] == 2.5));
    let kept = patch.node(patch.find("Un known").expect("it is there")).expect("it is there");
    let NodeBody::Unknown(kept) = &kept.body else { panic!("it is a placeholder") };
    assert_eq!(kept.type_id(), "vcv.Other.Un-known--");
    assert_eq!(kept.entry["vcv"]["data"], json!({"a": [0.1, null, "x"]}));
}

#[test]
fn every_container_gives_the_same_patch() {
    let text = rack().to_string();
    let plain = try_import(text.as_bytes()).expect("plain JSON").patch;
    let apple: &[u8] = b"\0\x05\x16\x07";
    let pad = vec![7_u8; 200_000];
    let rack2 = archive(&[
        ("./", &[]),
        ("./._patch.json", apple),
        ("./modules/7/sample.wav", &pad),
        ("./patch.json", text.as_bytes()),
    ]);
    let scripted = archive(&[("patch.json", text.as_bytes())]);
    let crlf = text.replace(',', ",\r\n");
    let marked = format!("\u{feff}{text}");
    for (name, file) in [
        ("zstd", zstd(&rack2)),
        ("tar", rack2),
        ("a script's", zstd(&scripted)),
        ("CRLF", crlf.into_bytes()),
        ("byte-order mark", marked.into_bytes()),
    ] {
        assert!(looks_like_rack(&file), "{name}");
        assert_eq!(try_import(&file).expect(name).patch, plain, "{name}");
    }
    assert!(!looks_like_rack(br#"{"jackfield": 1}"#) && !looks_like_rack(b"") && !looks_like_rack(b"RIFF"));
}

#[test]
fn old_versions_say_it_in_their_own_way() {
    let wires = json!([{"outputModuleId": 0, "outputId": 0, "inputModuleId": 1, "inputId": 0}]);
    let modules = |params: Value| {
        json!([{"plugin": "Test", "model": "Amp", "params": params},
               {"plugin": "Test", "model": "Amp", "params": []}])
    };
    let bare = json!({"version": "0.5.0", "modules": modules(json!([2.0, 4.0])), "wires": wires});
    let ids = json!([{"paramId": 1, "value": 4.0}, {"paramId": 0, "value": 2.0}]);
    let named = json!({"version": "0.6.2", "modules": modules(ids), "wires": wires, "cables": []});
    let [bare, named] = [bare, named].map(|rack| imported(&rack).patch);
    assert_eq!(cables(&bare), [("Amp.out -> Amp 2.in".to_owned(), 1.0)]);
    assert_eq!(cables(&bare), cables(&named));
    let gain = |patch: &Patch, id: &str| match &patch.node(patch.find(id)?)?.body {
        NodeBody::Known { knobs, .. } => knobs.get(1).copied(),
        NodeBody::Unknown(_) => None,
    };
    for patch in [bare, named] {
        assert_eq!((gain(&patch, "Amp"), gain(&patch, "Amp 2")), (Some(2.0), Some(3.0)));
    }
}

#[test]
fn what_a_mapping_lacks_is_told_and_kept() {
    let module = json!({"id": 1, "plugin": "Test", "model": "Amp", "params": [{"id": 2, "value": 1}]});
    let cable = |output: u32, input: u32| {
        json!({"outputModuleId": 1, "outputId": output,
               "inputModuleId": 1, "inputId": input})
    };
    let rack = json!({"modules": [module], "cables": [cable(0, 0), cable(5, 9)]});
    let Imported { patch, report } = imported(&rack);
    assert_eq!(report.modules[0].grade, Grade::Near);
    assert_eq!(report.modules[0].reason, "the switch is left out; no equal for input 9, output 5");
    assert_eq!(report.modules[0].nodes, ["Amp", "Amp rest"]);
    assert_eq!(report.carried_cables, 2);
    assert_eq!(cables(&patch).len(), 2);
    let rack = json!({"modules": [module], "cables": [cable(5, 9)]});
    assert_eq!(imported(&rack).report.modules[0].grade, Grade::Kept, "no cable of it found its port");
    let bypassed = json!({"id": 1, "plugin": "Test", "model": "Amp", "bypass": true});
    let Imported { patch, report } = imported(&json!({"modules": [bypassed]}));
    assert!(report.modules[0].reason.contains("bypassed") && patch.nodes().all(|(_, node)| node.muted));
}

#[test]
fn nodes_are_there_for_the_cables_that_need_them() {
    let cable =
        |output: u32| json!({"outputModuleId": 1, "outputId": output, "inputModuleId": 2, "inputId": 0});
    let modules =
        json!([{"id": 1, "plugin": "Test", "model": "Amp"}, {"id": 2, "plugin": "Test", "model": "Pair"}]);
    let both = imported(&json!({"modules": modules, "cables": [cable(0), cable(1)]}));
    assert_eq!(both.report.modules[0].nodes, ["Amp", "Amp spare"]);
    assert_eq!(both.report.modules[1].nodes, ["Pair"], "nothing comes from its second node");
    let one = imported(&json!({"modules": modules, "cables": [cable(1)]}));
    assert_eq!(one.report.modules[0].nodes, ["Amp"]);
    // Stacked cables between the same two ports add up in a rack; here they are one of twice the depth.
    let twice = imported(&json!({"modules": modules, "cables": [cable(0), cable(0)]}));
    assert_eq!(cables(&twice.patch), [("Amp.out -> Pair.in".to_owned(), 2.0)]);
    assert_eq!(twice.report.carried_cables, 2);
}

#[test]
fn writing_becomes_a_comment() {
    let note = |text: &str| json!({"plugin": "Test", "model": "Note", "data": {"text": text}});
    let long = "x".repeat(jackfield_patch::limits::ANNOTATION_BYTES + 1);
    let Imported { patch, report } = imported(&json!({"modules": [note("Turn it up.\n"), note(&long)]}));
    let texts: Vec<&str> = patch.annotations().map(|(_, _, annotation)| annotation.text.as_str()).collect();
    assert_eq!(texts, ["Turn it up."]);
    assert!(patch.annotations().all(|(kind, ..)| kind == AnnotationKind::Comment));
    assert_eq!((report.count(Grade::Exact), report.count(Grade::Kept)), (1, 1));
}

#[test]
fn many_ports_take_many_placeholders() {
    let cables: Vec<Value> = (0..200)
        .map(|port| json!({"outputModuleId": 0, "outputId": port, "inputModuleId": 0, "inputId": port}))
        .collect();
    let rack = json!({"modules": [{"plugin": "Big", "model": "One"}], "cables": cables});
    let Imported { patch, report } = imported(&rack);
    assert_eq!((patch.node_count(), patch.cable_count(), report.carried_cables), (4, 200, 200));
}

#[test]
fn a_hostile_archive_harms_nothing() {
    let text = rack().to_string();
    // Names that lead elsewhere are not even looked at: there is no folder that they could leave.
    for name in ["../patch.json", "/patch.json", "a/../../patch.json", "patch.json/", "PATCH.JSON"] {
        let file = zstd(&archive(&[(name, text.as_bytes())]));
        assert!(matches!(try_import(&file), Err(ImportError::NoPatch)), "{name}");
    }
    let mut link = tar::Header::new_ustar();
    link.set_entry_type(tar::EntryType::Symlink);
    link.set_size(0);
    link.set_path("patch.json").expect("it fits");
    link.set_link_name("/etc/passwd").expect("it fits");
    link.set_cksum();
    let mut builder = tar::Builder::new(Vec::new());
    builder.append(&link, std::io::empty()).expect("it fits");
    let file = builder.into_inner().expect("it is complete");
    assert!(matches!(try_import(&file), Err(ImportError::NoPatch)));
    // An entry that says that it is a terabyte large.
    let mut header = tar::Header::new_gnu();
    header.set_path("modules/x").expect("it fits");
    header.set_size(1 << 40);
    header.set_cksum();
    let mut file = header.as_bytes().to_vec();
    file.extend([0; 4096]);
    assert!(try_import(&file).is_err());
    // Some kilobytes that unpack to more than is allowed.
    let zeros = vec![b' '; limits::JSON_BYTES + 4096];
    let bomb = zstd(&archive(&[("./patch.json", &zeros)]));
    assert!(bomb.len() < 200_000, "{} bytes", bomb.len());
    assert!(matches!(try_import(&bomb), Err(ImportError::TooLarge { .. })));
}

#[test]
fn what_is_no_rack_patch_is_refused_in_one_line() {
    let modules = vec![json!({}); limits::MODULES + 1];
    let many = json!({"modules": modules}).to_string();
    let deep = format!("{{\"modules\": {}", "[".repeat(100_000));
    for file in
        ["", " \n", "{", "[]", "{}", "hello", r#"{"modules": 3}"#, &many, &deep, "\u{28}\u{b5}/\u{fd}"]
    {
        let error = try_import(file.as_bytes()).expect_err(&file[..file.len().min(20)]).to_string();
        assert!(!error.contains('\n') && error.contains(' '), "{error}");
    }
    assert!(try_import(&[0x28, 0xb5, 0x2f, 0xfd]).is_err());
}

/// JSON of any shape, at any place.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z.#]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("(id|value|pos|data|params|plugin|text)", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Racks whose parts are now and then something else.
fn any_rack() -> impl Strategy<Value = Value> {
    let number = || prop_oneof![8 => (0_u64..6).prop_map(Value::from), 1 => any_value()];
    let model = prop::sample::select(vec!["Amp", "Pair", "Note", "None", ""]);
    let module = (model, number(), any_value(), any_value()).prop_map(|(model, id, params, rest)| {
        json!({"plugin": "Test", "model": model, "id": id, "pos": [id, rest], "params": params, "data": rest})
    });
    let module = prop_oneof![9 => module, 1 => any_value()];
    let ends = (number(), number(), number(), number(), any_value());
    let cable = ends.prop_map(|(from, output, to, input, color)| {
        json!({"outputModuleId": from, "outputId": output, "inputModuleId": to, "inputId": input,
               "color": color})
    });
    let cable = prop_oneof![9 => cable, 1 => any_value()];
    (prop::collection::vec(module, 0..8), prop::collection::vec(cable, 0..16), any_value()).prop_map(
        |(modules, cables, version)| json!({"version": version, "modules": modules, "cables": cables}),
    )
}

proptest! {
    #[test]
    fn any_rack_imports_whole(rack in any_rack()) {
        let Imported { patch, report } = imported(&rack);
        prop_assert_eq!(report.modules.len(), rack["modules"].as_array().map_or(0, Vec::len));
        prop_assert_eq!(report.carried_cables + report.problems.len(), report.cables);
        let standing = report.modules.iter().map(|module| module.nodes.len()).sum::<usize>();
        prop_assert_eq!(patch.node_count(), standing);
    }

    #[test]
    fn a_damaged_file_is_an_error_or_a_patch(
        rack in any_rack(),
        cut in 0.0..1.0_f64,
        flips in prop::collection::vec((0.0..1.0_f64, any::<u8>()), 0..4),
        form in 0..3_u8,
    ) {
        let text = rack.to_string();
        let tar = || archive(&[("./patch.json", text.as_bytes())]);
        let mut file = match form {
            0 => text.clone().into_bytes(),
            1 => tar(),
            _ => zstd(&tar()),
        };
        for (place, byte) in flips {
            let place = (place * file.len() as f64) as usize;
            file[place] ^= byte;
        }
        file.truncate((file.len() as f64 * (0.5 + cut / 2.0)) as usize);
        let _either = try_import(&file);
    }

    #[test]
    fn any_bytes_are_an_error_or_a_patch(bytes in prop::collection::vec(any::<u8>(), 0..600), magic: bool) {
        let magic = if magic { &[0x28, 0xb5, 0x2f, 0xfd][..] } else { &[] };
        let _either = try_import(&[magic, &bytes].concat());
    }

    #[test]
    fn any_text_is_an_error_or_mappings(lines in prop::collection::vec(
        "(module|node|knob|in|out|set|near|each|wire|comment|exact)( [a-z0-9./{}+:=()?]{0,8}){0,4}", 0..12,
    )) {
        if let Ok(mappings) = Mappings::read(&[("any", &lines.join("\n"))]) {
            let _faults = mappings.check(&registry());
        }
    }
}
