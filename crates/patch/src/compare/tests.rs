use super::*;
use crate::testing::random::{box_edits, boxed, patch, with_box_edits};
use crate::testing::{DICE, FILTER, OSC, OUT};
use crate::{CableEnds, Node, write};
use jackfield_node::SettingValue;
use proptest::prelude::*;

fn voice() -> Patch {
    let mut patch = Patch::new();
    for (id, spec, x) in [("osc", &OSC, 0.0), ("filter", &FILTER, 200.0), ("out", &OUT, 400.0)] {
        let node = Node { at: [x, 0.0], ..Node::new(id, spec) };
        patch.apply(Edit::AddNode(Box::new(node))).unwrap();
    }
    for ends in [("osc", "out", "filter", "in"), ("filter", "low", "out", "left")] {
        let ends = CableEnds::new(ends.0, ends.1, ends.2, ends.3);
        patch.apply(Edit::connect(ends)).unwrap();
    }
    patch
}

fn texts(from: &Patch, to: &Patch) -> Vec<String> {
    compare(from, to).iter().map(|difference| difference.text().to_owned()).collect()
}

/// What is told of an edit to the voice.
fn told(edits: impl IntoIterator<Item = Edit>) -> Vec<String> {
    let mut patch = voice();
    patch.apply(Edit::Batch(edits.into_iter().collect())).unwrap();
    texts(&voice(), &patch)
}

#[test]
fn every_change_has_its_words() {
    let cutoff = Edit::SetKnob { id: "filter".into(), input: "cutoff".into(), value: 1_200.0 };
    assert_eq!(told([cutoff]), ["turned 'cutoff' of 'filter' from 1000 Hz to 1200 Hz"]);
    let resonance = Edit::SetKnob { id: "filter".into(), input: "resonance".into(), value: 0.7 };
    assert_eq!(told([resonance]), ["turned 'resonance' of 'filter' from 20 % to 70 %"]);
    let setting =
        |setting: &str, value| Edit::SetSetting { id: "osc".into(), setting: setting.into(), value };
    assert_eq!(
        told([setting("waveform", SettingValue::Choice(1))]),
        ["changed 'waveform' of 'osc' from sine to saw"]
    );
    assert_eq!(
        told([setting("pattern", SettingValue::Steps(vec![0.0, 5.0]))]),
        ["changed 'pattern' of 'osc': step 2 from 7 to 5"]
    );
    assert_eq!(told([Edit::RemoveNode { id: "osc".into() }]), ["removed 'osc' (source.osc)"]);
    assert_eq!(told([Edit::Move { id: "osc".into(), at: [5.0, 5.0] }]), ["moved 'osc'"]);
    assert_eq!(told([Edit::SetMuted { id: "osc".into(), muted: true }]), ["muted 'osc'"]);
    assert_eq!(told([Edit::SetTempo(90.0)]), ["tempo from 120 to 90 bpm"]);
}

#[test]
fn a_renamed_node_is_not_two_nodes() {
    let rename = Edit::Rename { id: "filter".into(), to: "lowpass".into() };
    assert_eq!(told([rename.clone()]), ["renamed 'filter' to 'lowpass'"]);
    let turn = Edit::SetKnob { id: "lowpass".into(), input: "cutoff".into(), value: 500.0 };
    assert_eq!(
        told([rename, turn]),
        ["renamed 'filter' to 'lowpass'", "turned 'cutoff' of 'lowpass' from 1000 Hz to 500 Hz"]
    );
}

#[test]
fn another_node_under_another_id_is_another_node() {
    let elsewhere = Node { at: [900.0, 900.0], ..Node::new("noise", &OSC) };
    let edits = [Edit::RemoveNode { id: "osc".into() }, Edit::AddNode(Box::new(elsewhere))];
    assert_eq!(told(edits), ["removed 'osc' (source.osc)", "added 'noise' (source.osc)"]);
}

#[test]
fn a_cable_that_moves_is_rewired() {
    let ends = |from: &str| CableEnds::new("filter", from, "out", "left");
    let edits = [Edit::Disconnect { ends: ends("low") }, Edit::connect(ends("high"))];
    assert_eq!(told(edits), ["rewired cable filter.low -> out.left to filter.high -> out.left"]);
}

#[test]
fn another_type_under_the_same_id_keeps_the_cables_that_fit() {
    let edits = [
        Edit::RemoveNode { id: "osc".into() },
        Edit::AddNode(Box::new(Node::new("osc", &DICE))),
        Edit::connect(CableEnds::new("osc", "out", "filter", "in")),
    ];
    assert_eq!(told(edits), ["changed 'osc' from source.osc to modulator.dice"]);
}

#[test]
fn one_difference_can_be_taken_over_by_itself() {
    let (mut mine, mut theirs) = (voice(), voice());
    theirs
        .apply(Edit::SetMeta(Box::new(crate::Meta {
            title: "Voice".to_owned(),
            author: "Somebody".to_owned(),
            ..crate::Meta::default()
        })))
        .unwrap();
    let differences = compare(&mine, &theirs);
    let author = differences.iter().find(|difference| difference.text().starts_with("author")).unwrap();
    let undo = author.take_over(&mut mine).unwrap();
    assert_eq!((mine.meta.title.as_str(), mine.meta.author.as_str()), ("", "Somebody"));
    mine.apply(undo).unwrap();
    assert_eq!(mine, voice());
}

#[test]
fn what_boxes_hold_is_told_with_the_name_of_the_definition() {
    let mut before = voice();
    let grouping = crate::Grouping {
        nodes: vec!["osc".into(), "filter".into()],
        name: "Voice".to_owned(),
        ..crate::Grouping::default()
    };
    let (_, group) = before.group(None, &grouping).unwrap();
    before.apply(group).unwrap();
    let inside = |edit| Edit::Inside { definition: "voice".into(), edit: Box::new(edit) };
    let mut after = before.clone();
    let turn = Edit::SetKnob { id: "filter".into(), input: "resonance".into(), value: 0.7 };
    after.apply(inside(turn)).unwrap();
    assert_eq!(texts(&before, &after), ["in 'voice': turned 'resonance' of 'filter' from 20 % to 70 %"]);
    let mut after = before.clone();
    after.apply(inside(Edit::RemoveNode { id: "low".into() })).unwrap();
    let told = texts(&before, &after);
    assert_eq!(told[0], "removed cable Voice.low -> out.left");
    assert!(told.contains(&"in 'voice': removed 'low' (port.output)".to_owned()), "{told:?}");
    assert_eq!(texts(&voice(), &before).iter().filter(|text| text.contains("definition")).count(), 1);
}

proptest! {
    #[test]
    fn what_differs_makes_the_second_of_the_first(from in patch(), to in patch()) {
        let mut made = from.clone();
        for difference in compare(&from, &to) {
            prop_assert!(!difference.text().contains('\n'));
            let done = difference.take_over(&mut made);
            prop_assert!(done.is_ok(), "{}: {done:?}", difference.text());
        }
        prop_assert_eq!(&made, &to);
        prop_assert_eq!(write(&made), write(&to));
    }

    #[test]
    fn nothing_differs_from_itself(patch in patch()) {
        prop_assert_eq!(compare(&patch, &patch), []);
    }

    #[test]
    fn differences_of_boxes_make_the_second_of_the_first(
        base in boxed(),
        one in box_edits(),
        other in box_edits(),
    ) {
        let (from, to) = (with_box_edits(&base, one), with_box_edits(&base, other));
        let mut made = from.clone();
        for difference in compare(&from, &to) {
            difference.take_over(&mut made).unwrap();
        }
        prop_assert_eq!(&made, &to);
        prop_assert_eq!(write(&made), write(&to));
    }
}
