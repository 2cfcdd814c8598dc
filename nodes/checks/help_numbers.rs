//! Every number in a help text is true: each stands in the table beside a test that measures it, and no
//! text has a number that the table lacks.
//!
//! A number is looked at where it has a unit, and everywhere in the help of a node itself. What is said
//! behind "Try" are values to start from, and a legend such as "0: the sound alone" has its own checks.

mod measured;
mod table;

use jackfield_node::NodeSpec;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;
use table::{Evidence, NUMBERS};

/// Units in which numbers claim something.
const UNITS: &[&str] = &[
    "ms", "seconds", "Hz", "kHz", "hertz", "dB", "dBFS", "LUFS", "cents", "decibels", "bits", "lines",
    "metres", "steps", "s",
];

/// What every trigger output says, which has a test of its own.
const TRIGGER: &str = "trigger of 1 ms";

/// The numbers of a text that are looked at.
fn numbers(text: &str, in_help: bool) -> Vec<Range<usize>> {
    let text = text.split("Try").next().unwrap_or_default();
    let is_digit = |at: usize| text.as_bytes()[at].is_ascii_digit();
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if !is_digit(at) {
            at += 1;
            continue;
        }
        let part_of_number = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',');
        let length = text.as_bytes()[at..].iter().take_while(|byte| part_of_number(byte)).count();
        let end = at + text[at..at + length].trim_end_matches(['.', ',']).len();
        let before = text[..at].chars().next_back();
        let is_of_a_word = before.is_some_and(|letter| letter.is_alphabetic() || "#_".contains(letter));
        let unit: String = text[end..].trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
        let of_a_trigger = text[..end].ends_with("rigger of 1");
        if !is_of_a_word && !of_a_trigger && (in_help || UNITS.contains(&unit.as_str())) {
            found.push(at..end);
        }
        at = end.max(at + 1);
    }
    found
}

/// All texts of a node, and whether each is the help of the node itself.
fn texts(spec: &NodeSpec) -> Vec<(&'static str, bool)> {
    let inputs = spec.inputs.iter().map(|input| input.help);
    let outputs = spec.outputs.iter().map(|output| output.help);
    let ports = inputs.chain(outputs).chain(spec.settings.iter().map(|setting| setting.help));
    ports.chain([spec.summary]).map(|text| (text, false)).chain([(spec.help, true)]).collect()
}

#[test]
fn every_number_in_a_help_text_has_its_evidence() {
    let mut missing = Vec::new();
    let mut used = BTreeSet::new();
    for spec in crate::SPECS {
        let entries: Vec<_> = NUMBERS.iter().filter(|(id, ..)| *id == spec.id).collect();
        for (text, in_help) in texts(spec) {
            let covered: Vec<_> = entries
                .iter()
                .filter_map(|entry| {
                    let at = text.find(entry.1)?;
                    used.insert((entry.0, entry.1));
                    Some(at..at + entry.1.len())
                })
                .collect();
            for number in numbers(text, in_help) {
                let is_covered = |span: &Range<usize>| span.start <= number.start && number.end <= span.end;
                if !covered.iter().any(is_covered) {
                    missing.push(format!("{}: {} in '{text}'", spec.id, &text[number.clone()]));
                }
            }
        }
    }
    assert!(missing.is_empty(), "numbers without evidence:\n{}", missing.join("\n"));
    let stale: Vec<_> = NUMBERS.iter().filter(|(id, words, _)| !used.contains(&(*id, *words))).collect();
    assert!(stale.is_empty(), "no text says this any longer: {stale:#?}");
}

#[test]
fn the_tests_that_the_table_names_exist() {
    let mut source = String::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in [root.to_owned(), root.join("../crates/node/src")] {
        read_all(&folder, &mut source);
    }
    let named = NUMBERS.iter().filter_map(|(_, _, evidence)| match evidence {
        Evidence::Test(name) => Some(*name),
        _ => None,
    });
    let missing: BTreeSet<&str> = named.filter(|name| !source.contains(&format!("fn {name}("))).collect();
    assert!(missing.is_empty(), "no such tests: {missing:?}");
}

fn read_all(folder: &Path, source: &mut String) {
    for entry in folder.read_dir().expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            read_all(&path, source);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            source.push_str(&std::fs::read_to_string(&path).expect("a text"));
        }
    }
}

#[test]
fn numbers_are_found_where_they_claim_something() {
    let found = |text: &str, in_help| -> Vec<String> {
        numbers(text, in_help).into_iter().map(|number| text[number].to_owned()).collect()
    };
    assert_eq!(found("Falls by 20 dB in 1.5 s. 1 is full, C4 is 0, 100 %: all.", false), ["20", "1.5"]);
    assert_eq!(found("16,384 steps from 0, C4 and MP3. Try: 7 Hz.", true), ["16,384", "0"]);
    assert_eq!(found("A trigger of 1 ms.", false), [""; 0]);
    assert!(TRIGGER.ends_with("1 ms"));
    let kinds: BTreeMap<&str, usize> = NUMBERS.iter().fold(BTreeMap::new(), |mut kinds, (_, _, evidence)| {
        let kind = match evidence {
            Evidence::Test(_) => "test",
            Evidence::Advice => "advice",
            Evidence::Known(source) => {
                assert!(!source.is_empty(), "a fact has a source");
                "known"
            }
        };
        *kinds.entry(kind).or_default() += 1;
        kinds
    });
    println!("{kinds:?}");
    assert!(kinds["test"] > 3 * (kinds["advice"] + kinds["known"]), "most are measured: {kinds:?}");
}
