//! The format as people meet it: whole files in, files and messages out.

use super::*;
use crate::testing::random::patch;
use crate::testing::registry;
use crate::{AnnotationKind, Edit, NodeBody, Patch};
use jackfield_node::Registry;
use proptest::prelude::*;

/// A file that uses every key, written canonically.
pub(super) const EVERYTHING: &str = r#"{
  "jackfield": 1,
  "title": "Acid \"bass\"",
  "author": "Ada",
  "license": "CC0-1.0",
  "notes": "Turn up\nthe resonance.",
  "seed": 7,
  "tempo": 97.5,
  "nodes": {
    "filter": {"type": "filter.svf", "version": 3, "at": [300, 80.5], "knobs": {"cutoff": 800, "resonance": 0.7}, "settings": {"slope": "24"}},
    "future": {"type": "effect.warp", "version": 12, "at": [-5, 0], "muted": true, "hue": 30, "seed": 0, "knobs": {"a": 0.1, "b": 1e-9}, "colour": "red", "deep": {"x": [1, null, {}], "y": []}},
    "osc": {"type": "source.osc", "version": 1, "muted": true, "hue": 200, "settings": {"file": "kick.wav", "label": "", "pattern": [0, 7, 12], "sync": true, "voices": 8, "waveform": "saw"}},
    "osc-2": {"type": "source.osc", "version": 1, "seed": 4294967295, "colour": "blue"},
    "out": {"type": "device.output", "version": 1}
  },
  "cables": [
    {"from": "filter.low", "to": "future.in"},
    {"from": "future.left", "to": "out.left", "uncompensated": true, "hue": 359},
    {"from": "future.right", "to": "out.right", "depth": -0.5},
    {"from": "osc.out", "to": "filter.cutoff", "depth": 2, "delayed": true, "label": "wobble"},
    {"from": "osc.out", "to": "filter.in"}
  ],
  "comments": {
    "1": {"at": [10, -20.5], "size": [160, 64], "text": "Turn this\nslowly.", "hue": 60},
    "2": {"at": [0, 0], "size": [16, 16], "shape": "cloud"}
  },
  "frames": {
    "1": {"at": [-8, -8], "size": [400, 200], "text": "Voice"}
  },
  "view": {"zoom": 1.5}
}
"#;

fn read_ok(file: &str) -> (Patch, Vec<String>) {
    let (patch, warnings) = read(file, &registry()).unwrap_or_else(|error| panic!("{error}"));
    (patch, warnings.iter().map(ToString::to_string).collect())
}

/// Knob values of a known node.
fn knobs<'p>(patch: &'p Patch, id: &str) -> &'p [f32] {
    match &patch.node(patch.find(id).unwrap()).unwrap().body {
        NodeBody::Known { knobs, .. } => knobs,
        NodeBody::Unknown(_) => panic!("node '{id}' is unknown"),
    }
}

#[test]
fn a_file_with_everything_is_read_and_written_unchanged() {
    let (patch, _) = read_ok(EVERYTHING);
    assert_eq!(write(&patch), EVERYTHING);
    assert_eq!((patch.node_count(), patch.cable_count()), (5, 5));
    assert_eq!(knobs(&patch, "filter"), [0.0, 800.0, 0.7]);
    assert_eq!(patch.meta.notes, "Turn up\nthe resonance.");
}

#[test]
fn a_program_that_knows_no_type_writes_the_same_file() {
    let (patch, _) = read(EVERYTHING, &Registry::default()).unwrap();
    assert_eq!(write(&patch), EVERYTHING);
}

#[test]
fn comments_and_frames_are_read_with_all_they_have() {
    let (patch, warnings) = read_ok(EVERYTHING);
    let comment = patch.annotation(AnnotationKind::Comment, "1").unwrap();
    assert_eq!((comment.at, comment.size), ([10.0, -20.5], [160.0, 64.0]));
    assert_eq!((comment.text.as_str(), comment.hue), ("Turn this\nslowly.", Some(60)));
    assert_eq!(patch.annotation(AnnotationKind::Frame, "1").unwrap().text, "Voice");
    assert_eq!(patch.free_annotation_id(AnnotationKind::Comment).as_ref(), "3");
    assert!(warnings.iter().any(|warning| warning.contains("shape")), "{warnings:?}");
    let kinds: Vec<_> = patch.annotations().map(|(kind, id, _)| (kind, id.to_string())).collect();
    assert_eq!(kinds.len(), 3);
}

#[test]
fn annotations_out_of_range_are_moved_into_it() {
    let (patch, warnings) =
        read_ok(r#"{"jackfield": 1, "frames": {"a": {"at": [1e9, 0], "size": [1, 1e9], "hue": 720}}}"#);
    let frame = patch.annotation(AnnotationKind::Frame, "a").unwrap();
    assert_eq!((frame.at, frame.size, frame.hue), ([1e6, 0.0], [16.0, 1e6], Some(359)));
    assert_eq!(warnings.len(), 4, "{warnings:?}");
}

#[test]
fn the_smallest_file_is_an_empty_patch() {
    let (patch, warnings) = read_ok(r#"{"jackfield": 1}"#);
    assert_eq!(patch, Patch::new());
    assert!(warnings.is_empty());
    assert_eq!(write(&patch), "{\n  \"jackfield\": 1,\n  \"nodes\": {},\n  \"cables\": []\n}\n");
}

#[test]
fn warnings_say_what_was_kept_or_changed() {
    let (patch, warnings) = read_ok(
        r#"{
  "jackfield": 1, "titel": "Typo",
  "nodes": {
    "a": {"type": "source.os", "knobs": {"anything": 1}},
    "b": {"type": "filter.svf", "version": 4},
    "c": {"type": "filter.svf", "version": 3, "at": [1e7, 0],
          "knbos": {}, "knobs": {"cutoff": 1e6}}
  },
  "cables": [{"from": "a.out", "to": "c.in", "depth": -1e30, "dept": 1}]
}"#,
    );
    assert_eq!(
        warnings,
        [
            "line 2, column 19: \"titel\" means nothing to this program; it is kept in the file; did you \
             mean 'title'?",
            "line 4, column 19: node 'a': this program has no node type 'source.os'; the node is kept, but \
             silent; did you mean 'source.osc'?",
            "line 5, column 19: node 'b': filter.svf has version 4 here, but 3 in this program; the node is \
             kept, but silent",
            "line 6, column 54: node 'c': a position on the canvas goes from -1000000 to 1000000; 1e7 became \
             1000000",
            "line 7, column 11: node 'c': \"knbos\" means nothing to this program; it is kept in the file; \
             did you mean 'knobs'?",
            "line 7, column 44: node 'c': knob 'cutoff' goes from 20 to 20000; 1e6 became 20000",
            "line 9, column 55: the depth of a cable goes from -1000000 to 1000000; -1e30 became -1000000",
            "line 9, column 62: \"dept\" means nothing to this program; it is kept in the file; did you mean \
             'depth'?",
        ]
    );
    assert_eq!(knobs(&patch, "c"), [0.0, 20_000.0, 0.2]);
}

#[test]
fn files_of_other_editors_are_read() {
    let (patch, _) =
        read_ok("\u{feff}\r\n{\r\n\t\"jackfield\":1,\r\n\"title\":\"\\u0041\\ud83c\\udf9b\\/\"}\r\n");
    assert_eq!(patch.meta.title, "A🎛/");
}

#[test]
fn numbers_are_rounded_once() {
    // Through 64 bits this would end on the neighbour: just above the middle of two 32-bit floats.
    let written = "0.500000089406967163085937500000000000000001";
    let file = format!(
        r#"{{"jackfield": 1, "nodes": {{"o": {{"type": "source.osc", "knobs": {{"level": {written}}}}}}}}}"#
    );
    let (patch, _) = read_ok(&file);
    assert_eq!(knobs(&patch, "o")[2].to_bits(), 0.5_f32.to_bits() + 2);
}

#[test]
fn older_versions_of_a_type_become_todays() {
    let cables = |out, input| {
        format!(
            r#""cables": [{{"from": "o.out", "to": "f.{input}"}}, {{"from": "f.{out}", "to": "o.pitch"}}]}}"#
        )
    };
    let first = r#"{"jackfield": 1, "nodes": {"o": {"type": "source.osc"}, "f": {"type": "filter.svf",
        "knobs": {"freq": 0.5}, "settings": {"kind": "soft"}}}, "#;
    let (patch, warnings) = read_ok(&(first.to_owned() + &cables("out", "freq")));
    assert!(warnings.is_empty(), "{warnings:?}");
    // In order: 0.5 was in kilohertz, and the default resonance was 0.5.
    assert_eq!(knobs(&patch, "f"), [0.0, 500.0, 0.5]);

    let today = r#"{"jackfield": 1, "nodes": {"o": {"type": "source.osc"}, "f": {"type": "filter.svf", "version": 3,
        "knobs": {"cutoff": 500, "resonance": 0.5}, "settings": {"slope": "12"}}}, "#;
    assert_eq!(patch, read_ok(&(today.to_owned() + &cables("low", "cutoff"))).0);

    // A name of the first version is no name of today's.
    let error = read(today.to_owned() + &cables("out", "cutoff"), &registry()).unwrap_err();
    assert!(
        error.to_string().ends_with("node 'f': filter.svf has no output 'out'; it has low, high"),
        "{error}"
    );
}

#[test]
fn an_older_file_keeps_what_it_says_itself() {
    let (patch, _) = read_ok(
        r#"{"jackfield": 1, "nodes": {"f": {"type": "filter.svf", "version": 2, "knobs": {"resonance": 0.9}},
            "g": {"type": "filter.svf", "version": 2}}}"#,
    );
    assert_eq!(knobs(&patch, "f"), [0.0, 1000.0, 0.9]);
    assert_eq!(knobs(&patch, "g"), [0.0, 1000.0, 0.5]);
}

#[test]
fn older_formats_become_todays() {
    // A made-up history: format 1 said "name", format 2 "heading", format 3 says "title".
    fn rename(members: &mut [json::Member<'_>], was: &str, is: &'static str) {
        members.iter_mut().filter(|member| member.key == was).for_each(|member| member.key = is.into());
    }
    let migrations: [migrate::FileMigration; 2] =
        [|members| rename(members, "name", "heading"), |members| rename(members, "heading", "title")];
    let read = |file: &str| read::read_with(file.as_bytes(), &registry(), &migrations);
    for file in [
        r#"{"jackfield": 1, "name": "x"}"#,
        r#"{"jackfield": 2, "heading": "x"}"#,
        r#"{"jackfield": 3, "title": "x"}"#,
    ] {
        let (patch, warnings) = read(file).unwrap();
        assert_eq!(patch.meta.title, "x", "{file}");
        assert!(warnings.is_empty());
    }
    assert_eq!(read(r#"{"jackfield": 2, "name": "x"}"#).unwrap().1.len(), 1, "format 2 has no \"name\"");
    assert!(matches!(*read(r#"{"jackfield": 4}"#).unwrap_err().problem, Problem::Newer { version: 4 }));
}

#[test]
fn removing_and_undoing_loses_nothing_unknown() {
    let (mut patch, _) = read_ok(EVERYTHING);
    let cables: Vec<_> = patch.cables().filter_map(|(cable, ..)| patch.ends(cable)).collect();
    let ids: Vec<_> = patch.nodes().map(|(_, node)| node.id.clone()).collect();
    let edits = cables.into_iter().map(|ends| Edit::Disconnect { ends });
    for edit in edits.chain(ids.into_iter().map(|id| Edit::RemoveNode { id })) {
        let inverse = patch.apply(edit).unwrap();
        assert_ne!(write(&patch), EVERYTHING);
        patch.apply(inverse).unwrap();
        assert_eq!(write(&patch), EVERYTHING);
    }
}

proptest! {
    #[test]
    fn reading_what_was_written_gives_the_same_patch(patch in patch()) {
        let text = write(&patch);
        let fail = |error| TestCaseError::fail(format!("{error}\n{text}"));
        let (again, _) = read(&text, &registry()).map_err(fail)?;
        prop_assert_eq!(&again, &patch);
        prop_assert_eq!(write(&again), text);
    }

    #[test]
    fn a_reader_without_types_keeps_everything(patch in patch()) {
        let text = write(&patch);
        let (unknown, _) = read(&text, &Registry::default()).unwrap();
        let kept = write(&unknown);
        prop_assert_eq!(&kept, &text);
        prop_assert_eq!(read(kept, &registry()).unwrap().0, patch);
    }
}
