//! Bad files: each is one clear error at the right place, or is read; none panics or takes long.

use super::tests::EVERYTHING;
use super::*;
use crate::limits;
use crate::testing::random::patch;
use crate::testing::registry;
use proptest::prelude::*;
use std::time::{Duration, Instant};

fn message(file: impl AsRef<[u8]>) -> String {
    match read(&file, &registry()) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("this was read: {}", String::from_utf8_lossy(file.as_ref())),
    }
}

/// The message about a node of type `source.osc`, which begins in the second line.
fn about_osc(rest: &str) -> String {
    message(format!("{{\"jackfield\": 1, \"nodes\": {{\n\"o\": {{\"type\": \"source.osc\", {rest}}}}}}}"))
}

/// The message about one cable in a patch of an oscillator and a filter.
fn about_cable(cable: &str) -> String {
    let nodes = r#""osc": {"type": "source.osc"}, "filter": {"type": "filter.svf", "version": 3}"#;
    message(format!("{{\"jackfield\": 1, \"nodes\": {{{nodes}}}, \"cables\": [\n{cable}]}}"))
}

#[test]
fn what_is_no_json_is_refused_where_it_stops_being_json() {
    for (file, expected) in [
        ("", "line 1, column 1: the file is empty; the smallest patch is {\"jackfield\": 1}"),
        (" \n ", "line 2, column 2: the file is empty; the smallest patch is {\"jackfield\": 1}"),
        (
            "{\"jackfield\": 1",
            "line 1, column 16: the file ends where ',' or '}' should follow; it may have been cut off",
        ),
        (
            "{\"jackfield\":",
            "line 1, column 14: the file ends where a value should follow; it may have been cut off",
        ),
        (
            "{\n  \"title\": \"abc",
            "line 2, column 12: the text that begins here has no closing quote on its line; write a line \
             break as \\n",
        ),
        (
            "{\"a\": \"x\ny\"}",
            "line 1, column 7: the text that begins here has no closing quote on its line; write a line \
             break as \\n",
        ),
        (
            "{\"a\": \"\t\"}",
            "line 1, column 8: a control character in a text; write it as \\u and four digits",
        ),
        ("{\"a\": 1,\n}", "line 2, column 1: expected another entry after the comma, found '}'"),
        ("{\"a\": 1 \"b\": 2}", "line 1, column 9: expected ',' or '}', found '\"'"),
        ("{\"ä\": 'x'}", "line 1, column 7: expected a value, found '''"),
        ("{a: 1}", "line 1, column 2: expected a key in double quotes, found 'a'"),
        ("{} x", "line 1, column 4: expected the end of the file, found 'x'"),
        ("{\"a\": tru}", "line 1, column 7: expected a value, found 'tru'"),
        ("{\"a\": 01}", "line 1, column 8: expected ',' or '}', found '1'"),
        ("{\"a\": 1.}", "line 1, column 9: expected a digit, found '}'"),
        (
            "{\"a\": \"\\x\"}",
            "line 1, column 8: this escape means nothing; there are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \
             \\u with four digits",
        ),
        (
            "{\"a\": \"\\ud800\"}",
            "line 1, column 8: this escape means nothing; there are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \
             \\u with four digits",
        ),
        ("{\"a\": NaN}", "line 1, column 7: NaN is not a number that a patch can hold; write a finite one"),
        (
            "{\"a\": -Infinity}",
            "line 1, column 7: -Infinity is not a number that a patch can hold; write a finite one",
        ),
    ] {
        assert_eq!(message(file), expected, "{file:?}");
    }
}

#[test]
fn other_kinds_of_files_are_refused() {
    let not_a_patch = "line 1, column 1: this is not a Jackfield patch: it has no \"jackfield\" key with the \
        version of the format";
    for file in ["[]", "{}", "17", "{\"nodes\": {}}"] {
        assert_eq!(message(file), not_a_patch);
    }
    assert_eq!(
        message(b"{\"title\":\n \"\xff\"}"),
        "line 2, column 3: this is not UTF-8 text; save the file as UTF-8, or is it another kind of file?"
    );
    assert_eq!(
        message(r#"{"nodes": [], "jackfield": 2}"#),
        "line 1, column 28: the file has format 2, this program reads up to 1; update the program"
    );
    assert_eq!(
        message(r#"{"jackfield": "1"}"#),
        "line 1, column 15: \"jackfield\", the version of the format, is a whole number from 0 to \
         4294967295, not '1'"
    );
    assert!(message(r#"{"jackfield": 1.5}"#).contains("whole number"));
    assert!(message(r#"{"jackfield": 0}"#).contains("not a Jackfield patch"));
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is a list of cases")]
fn wrong_names_in_nodes_are_errors_with_a_hint() {
    for (rest, expected) in [
        (
            r#""knobs": {"levle": 1}"#,
            "line 2, column 39: node 'o': source.osc has no knob 'levle'; did you mean 'level'?",
        ),
        (
            r#""knobs": {"pitch": 1}"#,
            "line 2, column 39: node 'o': source.osc has no knob 'pitch'; it is an input without a knob; \
             let a cable go there",
        ),
        (
            r#""knobs": {"out": 1}"#,
            "line 2, column 39: node 'o': source.osc has no knob 'out'; it is an output, which has no value",
        ),
        (
            r#""knobs": {"waveform": 1}"#,
            "line 2, column 39: node 'o': source.osc has no knob 'waveform'; it is a setting; write it \
             into \"settings\"",
        ),
        (
            r#""settings": {"level": 1}"#,
            "line 2, column 42: node 'o': source.osc has no setting 'level'; it is a knob; write it into \
             \"knobs\"",
        ),
        (
            r#""settings": {"pitch": 1}"#,
            "line 2, column 42: node 'o': source.osc has no setting 'pitch'; it is an input; let a cable \
             go there",
        ),
        (r#""knobs": [1]"#, "line 2, column 38: node 'o': \"knobs\" is an object, not an array of length 1"),
        (r#""knobs": {"level": "1"}"#, "line 2, column 48: node 'o': knob 'level' is a number, not '1'"),
        (
            r#""knobs": {"level": 1e999}"#,
            "line 2, column 48: node 'o': 1e999 is larger than any number that a patch can hold",
        ),
        (
            r#""settings": {"wave": 1}"#,
            "line 2, column 42: node 'o': source.osc has no setting 'wave'; did you mean 'waveform'?",
        ),
        (
            r#""settings": {"waveform": "sqare"}"#,
            "line 2, column 54: node 'o': setting 'waveform' is one of sine, saw, square, not 'sqare'; did \
             you mean 'square'?",
        ),
        (
            r#""settings": {"waveform": 1}"#,
            "line 2, column 54: node 'o': setting 'waveform' is one of sine, saw, square, not 1",
        ),
        (
            r#""settings": {"voices": 33}"#,
            "line 2, column 52: node 'o': setting 'voices' is a whole number from 1 to 32, not 33",
        ),
        (
            r#""settings": {"voices": 1.5}"#,
            "line 2, column 52: node 'o': setting 'voices' is a whole number from 1 to 32, not 1.5",
        ),
        (
            r#""settings": {"sync": "yes"}"#,
            "line 2, column 50: node 'o': setting 'sync' is true or false, not 'yes'",
        ),
        (
            r#""settings": {"file": null}"#,
            "line 2, column 50: node 'o': setting 'file' is a path of at most 4096 bytes, not null",
        ),
        (
            r#""settings": {"pattern": []}"#,
            "line 2, column 53: node 'o': setting 'pattern' is a row of 1 to 256 numbers, each from -12 to \
             12, not an array of length 0",
        ),
        (
            r#""settings": {"pattern": [0, 99]}"#,
            "line 2, column 57: node 'o': setting 'pattern' is a row of 1 to 256 numbers, each from -12 to \
             12, not 99",
        ),
        (
            r#""at": [1]"#,
            "line 2, column 35: node 'o': \"at\" is two numbers, [x, y], not an array of length 1",
        ),
        (r#""muted": 0"#, "line 2, column 38: node 'o': \"muted\" is true or false, not 0"),
        (
            r#""version": -1"#,
            "line 2, column 40: node 'o': the version of a node's type is a whole number from 0 to \
             4294967295, not -1",
        ),
        (
            r#""future": [1e999]"#,
            "line 2, column 40: node 'o': 1e999 is larger than any number that a patch can hold",
        ),
        (
            r#""type": "source.osc""#,
            "line 2, column 29: 'type' stands here a second time (first: line 2, column 7); rename or remove \
             one",
        ),
    ] {
        assert_eq!(about_osc(rest), expected, "{rest}");
    }
}

#[test]
fn bad_nodes_are_refused() {
    let about = |nodes: &str| message(format!("{{\"jackfield\": 1, \"nodes\": {nodes}}}"));
    for (nodes, expected) in [
        ("7", "line 1, column 27: \"nodes\" is an object, not 7"),
        (r#"{"a": []}"#, "line 1, column 33: node 'a': a node is an object, not an array of length 0"),
        (r#"{"a": {}}"#, "line 1, column 33: node 'a': this node has no \"type\"; add it"),
        (
            r#"{"a": {"type": ""}}"#,
            "line 1, column 42: node 'a': '' can't be the name of a node type; names have letters, digits, \
             '_' and '-'",
        ),
        (
            r#"{"a.b": {}}"#,
            "line 1, column 28: 'a.b' can't be an id: it contains '.'; use letters, digits, '_', '-' and \
             single spaces inside",
        ),
        (
            r#"{"a": {"type": "x.y"}, "a": {"type": "x.y"}}"#,
            "line 1, column 50: 'a' stands here a second time (first: line 1, column 28); rename or remove \
             one",
        ),
        (
            r#"{"a": {"type": "x.y"}, "\u0061": {}}"#,
            "line 1, column 50: 'a' stands here a second time (first: line 1, column 28); rename or remove \
             one",
        ),
    ] {
        assert_eq!(about(nodes), expected, "{nodes}");
    }
}

#[test]
fn bad_cables_are_refused() {
    for (cable, expected) in [
        ("3", "line 2, column 1: a cable is an object, not 3"),
        (r#"{"from": "osc.out"}"#, "line 2, column 1: this cable has no \"to\"; add it"),
        (
            r#"{"from": "osc", "to": "filter.in"}"#,
            "line 2, column 10: 'osc' is not the end of a cable; write node.port, like osc.out",
        ),
        (
            r#"{"from": "osc.out", "to": "filtr.in"}"#,
            "line 2, column 27: the cable goes to a node 'filtr' that is not in the patch; did you mean \
             'filter'?",
        ),
        (
            r#"{"from": "osc.out", "to": "filter.cutof"}"#,
            "line 2, column 27: node 'filter': filter.svf has no input 'cutof'; did you mean 'cutoff'?",
        ),
        (
            r#"{"from": "osc.pitch", "to": "filter.in"}"#,
            "line 2, column 10: node 'osc': source.osc has no output 'pitch'; it is an input, and a cable \
             goes from \
             an output to an input; are its ends swapped?",
        ),
        (
            r#"{"from": "osc.out", "to": "filter.low"}"#,
            "line 2, column 27: node 'filter': filter.svf has no input 'low'; it is an output, and a cable \
             goes from \
             an output to an input; are its ends swapped?",
        ),
        (
            r#"{"from": "osc.waveform", "to": "filter.in"}"#,
            "line 2, column 10: node 'osc': source.osc has no output 'waveform'; it is a setting, which no \
             cable moves",
        ),
        (
            r#"{"from": "filter.xyz", "to": "filter.in"}"#,
            "line 2, column 10: node 'filter': filter.svf has no output 'xyz'; it has low, high",
        ),
        (
            r#"{"from": "osc.out", "to": "filter.in", "depth": true}"#,
            "line 2, column 49: the depth of a cable is a number, not true",
        ),
        (
            "{\"from\": \"osc.out\", \"to\": \"filter.in\"},\n {\"to\": \"filter.in\", \"from\": \
             \"osc.out\"}",
            "line 3, column 2: there is a cable osc.out -> filter.in already; keep one and set its \"depth\"",
        ),
    ] {
        assert_eq!(about_cable(cable), expected, "{cable}");
    }
}

#[test]
fn bad_annotations_are_refused() {
    for (annotations, part) in [
        (r#""comments": []"#, "comments"),
        (r#""comments": {"a": 1}"#, "a comment or frame"),
        (r#""comments": {"": {}}"#, "can't be an id"),
        (r#""frames": {"a": {"at": [1]}}"#, "two numbers"),
        (r#""frames": {"a": {"size": "large"}}"#, "two numbers"),
        (r#""frames": {"a": {"text": 5}}"#, "a comment"),
        (r#""frames": {"a": {"hue": "red"}}"#, "a hue"),
    ] {
        let message = message(format!(r#"{{"jackfield": 1, {annotations}}}"#));
        assert!(message.contains(part), "{annotations}: {message}");
    }
    let long = "x".repeat(limits::ANNOTATION_BYTES + 1);
    let message = message(format!(r#"{{"jackfield": 1, "comments": {{"a": {{"text": "{long}"}}}}}}"#));
    assert!(message.len() < 400, "{message}");
    let many: Vec<String> = (0..=limits::ANNOTATIONS).map(|number| format!(r#""{number}": {{}}"#)).collect();
    let file = format!(r#"{{"jackfield": 1, "frames": {{{}}}}}"#, many.join(","));
    assert!(message_in_time(&file).contains("at most 10"), "too many frames");
}

#[test]
fn messages_do_not_carry_the_file_to_the_terminal() {
    let id = "\\u001b[31m".repeat(10_000);
    let error = message(format!("{{\"jackfield\": 1, \"nodes\": {{\"{id}\": 1}}}}"));
    assert!(error.len() < 300 && !error.contains('\u{1b}'), "{error:?}");
}

/// Runs `read` and says what it said. The time is that of a slow machine without optimisation, and
/// still far below what anything quadratic would take.
fn message_in_time(file: &str) -> String {
    let start = Instant::now();
    let message = match read(file, &registry()) {
        Ok((patch, warnings)) => format!("{} nodes, {} warnings", patch.node_count(), warnings.len()),
        Err(error) => error.to_string(),
    };
    assert!(start.elapsed() < Duration::from_secs(20), "{:?} for {message}", start.elapsed());
    message
}

fn nodes(count: usize, entry: &str) -> String {
    let nodes: Vec<String> = (0..count).map(|number| format!("\"n{number}\": {entry}")).collect();
    format!("{{\"jackfield\": 1, \"nodes\": {{{}}}}}", nodes.join(", "))
}

#[test]
fn bombs_are_defused() {
    assert!(message_in_time(&nodes(1_000_000, "{}")).ends_with("a patch has at most 100000 nodes"));
    assert!(message_in_time(&" ".repeat(limits::FILE_BYTES + 1)).contains("a patch has at most 67108864"));
    for bomb in ["[", "{\"a\":", "{\"jackfield\":1,\"nodes\":["] {
        assert!(
            message_in_time(&bomb.repeat(10_000_000 / bomb.len())).ends_with("nest deeper than 64 levels")
        );
    }
    let values = format!("[{}0]", "0,".repeat(limits::VALUES));
    assert!(message_in_time(&values).ends_with("a patch has at most 6000000 values"));
    let digits = format!("{{\"jackfield\": 1, \"x\": {}}}", "9".repeat(1_000_000));
    assert!(message_in_time(&digits).ends_with("a number has 1000000 bytes; at most 1100 are allowed"));
    let title = format!("{{\"jackfield\": 1, \"title\": \"{}\"}}", "x".repeat(1_000_000));
    assert!(message_in_time(&title).ends_with("the title has 1000000 bytes; at most 1024 are allowed"));
    let id = format!("{{\"jackfield\": 1, \"cables\": [{{\"from\": \"{}.x\"}}]}}", "x".repeat(1_000_000));
    assert!(message_in_time(&id).contains("that is not in the patch"));
}

#[test]
fn much_of_everything_takes_little_time() {
    let unknown = nodes(limits::NODES, r#"{"type": "sorce.osc", "odd": 1}"#);
    assert_eq!(message_in_time(&unknown), "100000 nodes, 101 warnings");
    let known = nodes(limits::NODES, r#"{"type": "source.osc", "knobs": {"level": 5}, "odd": 1}"#);
    assert_eq!(message_in_time(&known), "100000 nodes, 101 warnings");
    // Ten thousand nodes with sixteen cables each, all into one node.
    let mut fan_in = nodes(10_000, r#"{"type": "a.b"}"#);
    fan_in.truncate(fan_in.len() - 1);
    let cables: Vec<String> = (0..160_000)
        .map(|number| format!("{{\"from\": \"n{}.p{}\", \"to\": \"n0.in\"}}", number / 16, number % 16))
        .collect();
    fan_in.push_str(&format!(", \"cables\": [{}]}}", cables.join(",\n")));
    assert_eq!(message_in_time(&fan_in), "10000 nodes, 101 warnings");
}

#[test]
fn ten_thousand_nodes_are_read_before_one_blinks() {
    let entry =
        r#"{"type": "source.osc", "version": 1, "at": [10, 20], "knobs": {"tune": 0.5, "level": 0.3}}"#;
    let mut file = nodes(10_000, entry);
    file.truncate(file.len() - 1);
    let cables: Vec<String> = (1..10_000)
        .map(|number| format!("{{\"from\": \"n{number}.out\", \"to\": \"n{}.tune\"}}", number / 2))
        .collect();
    file.push_str(&format!(", \"cables\": [{}]}}", cables.join(",\n")));
    let registry = registry();
    let took = (0..5).map(|_| {
        let start = Instant::now();
        let (patch, warnings) = read(&file, &registry).unwrap();
        assert_eq!((patch.node_count(), patch.cable_count(), warnings.len()), (10_000, 9_999, 0));
        start.elapsed()
    });
    let took = took.min().unwrap();
    println!("{took:?} for {} bytes", file.len());
    // Without optimisation it may take longer.
    let allowed = Duration::from_millis(if cfg!(debug_assertions) { 1_000 } else { 100 });
    assert!(took < allowed, "{took:?}");
}

/// What a mutated file is spliced with: pieces that mean something to the reader.
const PIECES: [&str; 22] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u",
    "1e999",
    "-0",
    "0.5",
    "null",
    "true",
    "NaN",
    "\"type\"",
    "\"source.osc\"",
    "\"jackfield\": 2",
    "\u{feff}",
    "\0",
    "\"from\": \"osc.out\"",
    "🎛",
];

/// Reads anything, and checks that what could be read is stable.
fn survives(file: &[u8]) -> Result<(), TestCaseError> {
    let Ok((patch, _)) = read(file, &registry()) else { return Ok(()) };
    let text = write(&patch);
    let (again, _) =
        read(&text, &registry()).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
    prop_assert_eq!(&again, &patch);
    prop_assert_eq!(write(&again), text);
    Ok(())
}

proptest! {
    #[test]
    fn any_bytes_are_survived(file: Vec<u8>) {
        survives(&file)?;
    }

    #[test]
    fn any_pieces_are_survived(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..40)) {
        survives(pieces.concat().as_bytes())?;
    }

    #[test]
    fn every_truncation_is_an_error(length in 0..EVERYTHING.len() - 2) {
        prop_assert!(read(&EVERYTHING.as_bytes()[..length], &registry()).is_err());
    }

    #[test]
    fn mutated_files_are_survived(
        patch in patch(),
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), 0..6_usize, prop::sample::select(&PIECES[..])),
            1..6,
        ),
    ) {
        for text in [write(&patch), EVERYTHING.to_owned()] {
            let mut file = text.into_bytes();
            for (place, removed, piece) in &changes {
                let start = place.index(file.len() + 1);
                let end = (start + removed).min(file.len());
                file.splice(start..end, piece.bytes());
            }
            survives(&file)?;
        }
    }

    #[test]
    fn flipped_bits_are_survived(
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0..8_u8), 1..4)
    ) {
        let mut file = EVERYTHING.as_bytes().to_vec();
        for (place, bit) in flips {
            let place = place.index(file.len());
            file[place] ^= 1 << bit;
        }
        survives(&file)?;
    }

    #[test]
    fn swapped_pieces_of_a_file_are_survived(
        cuts in [any::<prop::sample::Index>(), any::<prop::sample::Index>()]
    ) {
        // Numbers for texts, nodes for cables: values of the wrong kind in every place.
        let values: Vec<&str> = EVERYTHING.split_inclusive([' ', ',']).collect();
        let mut swapped = values.clone();
        swapped.swap(cuts[0].index(values.len()), cuts[1].index(values.len()));
        survives(swapped.concat().as_bytes())?;
    }
}
