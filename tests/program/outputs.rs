//! What a command writes never takes the place of what it reads, and no name says what the file is not.

use crate::support::{fail, names, succeed};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder with a patch, another one, its file, a MIDI file and a sound.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder for this test");
    let patches = Path::new(env!("CARGO_MANIFEST_DIR")).join("patches");
    fs::create_dir(folder.path().join("files")).expect("a folder");
    for (from, to) in [
        ("demo.jack", "v.jack"),
        ("demo.jack", "other.jack"),
        ("help/source.player.jack", "k.jack"),
        ("help/files/phrase.wav", "files/phrase.wav"),
        ("help/files/phrase.wav", "in.wav"),
    ] {
        fs::copy(patches.join(from), folder.path().join(to)).expect("a copy");
    }
    let tune = [b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk\0\0\0\x04".as_slice(), b"\0\xff\x2f\0"].concat();
    fs::write(folder.path().join("s.mid"), tune).expect("a file");
    folder
}

/// What is in the folder, with contents.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for name in names(folder) {
        let path = folder.join(name);
        if path.is_dir() {
            all.extend(contents(&path));
        } else {
            let bytes = fs::read(&path).expect("a readable file");
            all.push((path, bytes));
        }
    }
    all
}

/// Runs this in the folder, where it must be refused in a line that says `says` and change nothing.
fn refused(folder: &Path, arguments: &[&str], says: &str) {
    let before = contents(folder);
    let in_folder = |argument: &&str| argument.replace('@', &format!("{}/", folder.display()));
    let line = fail(2, arguments.iter().map(in_folder));
    assert!(line.contains("can't write") && line.contains(says), "{arguments:?}: {line}");
    assert!(contents(folder) == before, "{arguments:?} changed something");
}

const SHORT: [&str; 2] = ["--seconds", "0.1"];

#[test]
fn an_input_is_never_written_over() {
    let folder = folder();
    let folder = folder.path();
    for output in ["@v.jack", "@./v.jack", "@files/../v.jack"] {
        refused(folder, &["render", "@v.jack", "-o", output], "it is the patch");
        refused(folder, &["render", "@v.jack", "--wav-of", &format!("out.left={output}")], "it is the patch");
        refused(folder, &["play", "@v.jack", "--record", output], "it is the patch");
        refused(folder, &["bundle", "@v.jack", "-o", output], "it is the patch");
    }
    refused(folder, &["render", "@v.jack", "--midi", "@s.mid", "-o", "@s.mid"], "it is the MIDI file");
    refused(folder, &["play", "@v.jack", "--midi", "@s.mid", "--record", "@s.mid"], "it is the MIDI file");
    refused(folder, &["render", "@v.jack", "--input", "@in.wav", "-o", "@in.wav"], "it is the input");
    for command in
        [&["render", "@k.jack", "-o"][..], &["bundle", "@k.jack", "-o"], &["play", "@k.jack", "--record"]]
    {
        let arguments = [command, &["@files/phrase.wav"]].concat();
        refused(folder, &arguments, "it is 'files/phrase.wav', which the patch uses");
    }
}

#[cfg(unix)]
#[test]
fn links_lead_to_the_same_file() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    std::os::unix::fs::symlink(at("in.wav"), at("soft.wav")).expect("a link");
    fs::hard_link(at("in.wav"), at("hard.wav")).expect("a link");
    for link in ["@soft.wav", "@hard.wav"] {
        refused(folder.path(), &["render", "@v.jack", "--input", "@in.wav", "-o", link], "it is the input");
    }
}

#[test]
fn each_output_has_a_name_of_its_own() {
    let folder = folder();
    for second in ["@a.wav", "@./a.wav", "@A.wav"] {
        let tap = format!("out.left={second}");
        refused(folder.path(), &["render", "@v.jack", "-o", "@a.wav", "--wav-of", &tap], "another output");
    }
}

#[test]
fn a_name_may_not_promise_what_the_file_is_not() {
    let folder = folder();
    for output in ["@other.jack", "@new.jack", "@new.JACK", "@new.mid", "@new.mp3", "@new.ogg", "@new.jackz"]
    {
        refused(folder.path(), &["render", "@v.jack", "-o", output], "call it");
        refused(folder.path(), &["render", "@v.jack", "--wav-of", &format!("out.left={output}")], "call it");
        refused(folder.path(), &["play", "@v.jack", "--record", output], "call it");
    }
    for output in ["@other.jack", "@new.wav", "@new.mid"] {
        refused(folder.path(), &["bundle", "@v.jack", "-o", output], "call it");
    }
}

#[test]
fn other_names_are_written_also_where_a_file_is() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name).to_str().expect("a plain path").to_owned();
    for name in ["new.wav", "new.wav", "new.WAV", "plain", "take.2"] {
        succeed([&["render", &at("v.jack"), "-o", &at(name)], &SHORT[..]].concat());
    }
    for name in ["new.jackz", "new.jackz", "new.zip"] {
        succeed(["bundle", &at("k.jack"), "-o", &at(name)]);
    }
}
