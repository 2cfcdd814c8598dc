//! Comparing and merging patches from the command line, and through git.

use crate::support::{fail, jackfield, run, succeed};
use jackfield_testkit::require;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A voice whose filter stands at this cutoff and resonance.
fn voice(cutoff: u32, resonance: f32) -> String {
    format!(
        r#"{{
  "jackfield": 1,
  "nodes": {{
    "filter": {{"type": "filter.svf", "version": 1, "at": [200, 0], "knobs": {{"cutoff": {cutoff}, "resonance": {resonance}}}}},
    "out": {{"type": "device.output", "version": 1, "at": [400, 0]}},
    "saw": {{"type": "source.oscillator", "version": 1, "knobs": {{"frequency": 110}}}}
  }},
  "cables": [
    {{"from": "filter.low", "to": "out.in"}},
    {{"from": "saw.out", "to": "filter.in"}}
  ]
}}
"#
    )
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).expect("a file");
    path
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder for this test")
}

#[test]
fn differences_are_told_in_words() {
    let folder = folder();
    let before = write(folder.path(), "a.jack", &voice(800, 0.3));
    let moved = voice(1200, 0.3).replace("[400, 0]", "[400, 90]");
    let after = write(folder.path(), "b.jack", &moved);
    let files = [before.as_os_str(), after.as_os_str()];
    let diff = |more: &[&str]| {
        let mut arguments = vec!["diff".as_ref()];
        arguments.extend(files);
        arguments.extend(more.iter().map(AsRef::<std::ffi::OsStr>::as_ref));
        run(arguments)
    };
    let text = diff(&[]).stdout;
    assert!(text.contains("\n  turned 'cutoff' of 'filter' from 800 Hz to 1200 Hz\n"), "{text}");
    assert!(text.contains("1 difference, and 1 thing moved") && !text.contains("moved 'out'"), "{text}");
    assert!(diff(&["--moved"]).stdout.contains("  moved 'out'\n"));
    assert_eq!(diff(&["--exit-code"]).code, Some(1));
    let report: serde_json::Value = serde_json::from_str(&diff(&["--json"]).stdout).expect("JSON");
    assert_eq!(report["same"], false);
    assert_eq!(report["differences"][0]["node"], "filter");
    let same = succeed(["diff".as_ref(), before.as_os_str(), before.as_os_str(), "--exit-code".as_ref()]);
    assert!(same.ends_with("no difference\n"), "{same}");
    assert_eq!(run(["diff".as_ref(), before.as_os_str()]).code, Some(2));
    fail(1, ["diff".as_ref(), before.as_os_str(), "nowhere.jack".as_ref()]);
}

#[test]
fn a_merge_holds_both_sides_and_marks_conflicts() {
    let folder = folder();
    let base = write(folder.path(), "base.jack", &voice(800, 0.3));
    let ours = write(folder.path(), "ours.jack", &voice(1200, 0.3));
    let theirs = write(folder.path(), "theirs.jack", &voice(800, 0.7));
    let merge =
        |theirs: &Path| run(["merge".as_ref(), base.as_os_str(), ours.as_os_str(), theirs.as_os_str()]);
    let merged = merge(&theirs);
    assert_eq!((merged.code, merged.stdout), (Some(0), voice(1200, 0.7)), "{}", merged.stderr);
    let other = write(folder.path(), "other.jack", &voice(300, 0.3));
    let merged = merge(&other);
    assert_eq!(merged.code, Some(1));
    assert!(merged.stderr.lines().count() == 1 && merged.stderr.contains("300 Hz"), "{}", merged.stderr);
    let result = write(folder.path(), "result.jack", &merged.stdout);
    let text = fs::read_to_string(&result).expect("text");
    assert!(text.contains("\"cutoff\": 1200") && text.contains("\"comments\""), "{text}");
    succeed(["check".as_ref(), result.as_os_str()]);
}

#[test]
fn a_patch_goes_through_a_link() {
    let folder = folder();
    let text = voice(800, 0.3).replace("  \"nodes\"", "  \"author\": \"Somebody\",\n  \"nodes\"");
    let path = write(folder.path(), "voice.jack", &text);
    let link = |more: &[&str]| {
        let mut arguments = vec!["link".as_ref(), path.as_os_str()];
        arguments.extend(more.iter().map(AsRef::<std::ffi::OsStr>::as_ref));
        succeed(arguments).trim_end().to_owned()
    };
    let plain = link(&[]);
    assert!(plain.starts_with("jackfield:j1") && !plain.contains(char::is_whitespace), "{plain}");
    assert_eq!(succeed(["merge", &plain, &plain, &plain]), text);
    assert_eq!(
        succeed(["merge"].into_iter().chain([link(&["--without", "author"]).as_str(); 3])),
        voice(800, 0.3)
    );
    let at = link(&["--at", "https://example.org/play"]);
    assert!(
        succeed(["check", &at]).starts_with("link: a patch with 3 nodes"),
        "its letters are not repeated"
    );
    let sound = |patch: &str| succeed(["render", patch, "--hash", "--seconds", "0.1"]);
    assert_eq!(sound(&plain), sound(&path.to_string_lossy()));
    assert!(fail(1, ["check", &plain[..plain.len() - 3]]).contains("whole"));
    assert!(fail(1, ["fmt", &plain]).contains("link"));
}

#[test]
fn a_file_of_attributes_that_cannot_be_read_is_left_alone() {
    if !require::tool("git") {
        return;
    }
    let folder = folder();
    let folder = folder.path();
    git(folder, &["init", "-q"]);
    let attributes = folder.join(".gitattributes");
    fs::write(&attributes, b"*.wav binary # \xff\n").expect("a file");
    let setup = jackfield(["git-setup"]).current_dir(folder).output().expect("the program starts");
    assert_eq!(setup.status.code(), Some(1));
    let said = String::from_utf8_lossy(&setup.stderr).into_owned();
    assert!(said.lines().count() == 1 && said.contains("merge=jackfield"), "{said}");
    assert_eq!(fs::read(&attributes).expect("it is there"), b"*.wav binary # \xff\n");
}

/// Runs git in the folder, as somebody.
fn git(folder: &Path, arguments: &[&str]) -> Output {
    let who =
        ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false"];
    let mut command = Command::new("git");
    command.current_dir(folder).args(who).args(arguments);
    command
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_PAGER", "cat");
    command.output().expect("git starts")
}

fn commit(folder: &Path, text: &str, message: &str) {
    write(folder, "voice.jack", text);
    for arguments in [&["add", "-A"][..], &["commit", "-q", "-m", message]] {
        let done = git(folder, arguments);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

#[test]
fn git_compares_and_merges_patches() {
    if !require::tool("git") {
        return;
    }
    let folder = folder();
    let folder = folder.path();
    git(folder, &["init", "-q", "-b", "main"]);
    for _ in 0..2 {
        let setup = jackfield(["git-setup"]).current_dir(folder).output().expect("the program starts");
        assert!(setup.status.success(), "{}", String::from_utf8_lossy(&setup.stderr));
    }
    let attributes = fs::read_to_string(folder.join(".gitattributes")).expect("it was made");
    assert_eq!(attributes, "*.jack diff=jackfield merge=jackfield\n");
    commit(folder, &voice(800, 0.3), "begin");
    git(folder, &["checkout", "-q", "-b", "other"]);
    commit(folder, &voice(800, 0.7), "more resonance");
    git(folder, &["checkout", "-q", "main"]);
    commit(folder, &voice(1200, 0.3), "brighter");

    let diff = String::from_utf8_lossy(&git(folder, &["diff", "other", "main"]).stdout).into_owned();
    assert!(diff.contains("turned 'cutoff' of 'filter' from 800 Hz to 1200 Hz"), "{diff}");
    let merge = git(folder, &["merge", "-q", "-m", "both", "other"]);
    assert!(merge.status.success(), "{}", String::from_utf8_lossy(&merge.stderr));
    assert_eq!(fs::read_to_string(folder.join("voice.jack")).expect("text"), voice(1200, 0.7));

    git(folder, &["checkout", "-q", "other"]);
    commit(folder, &voice(300, 0.7), "darker");
    let merge = git(folder, &["merge", "-q", "main"]);
    assert!(!merge.status.success(), "both have turned the cutoff");
    let text = fs::read_to_string(folder.join("voice.jack")).expect("text");
    assert!(text.contains("1200 Hz") && !text.contains("<<<<"), "{text}");
    succeed(["check".as_ref(), folder.join("voice.jack").as_os_str()]);
}
