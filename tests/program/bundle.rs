//! Bundles from the command line: packed, played as the patch itself is, and refused when they are not what
//! they say.

use crate::support::{fail, succeed};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A folder with a patch that plays a file in a folder beside it.
fn folder_with_patch() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("files")).expect("a folder");
    let help = Path::new(env!("CARGO_MANIFEST_DIR")).join("patches/help");
    for file in ["source.player.jack", "files/phrase.wav"] {
        fs::copy(help.join(file), folder.path().join(file)).expect("a copy");
    }
    folder
}

fn hash(patch: &Path) -> String {
    let arguments = ["render", "--seconds", "1", "--hash"];
    let output = patch.with_extension("wav");
    let arguments =
        arguments.iter().map(AsRef::as_ref).chain([patch.as_os_str(), "-o".as_ref(), output.as_os_str()]);
    let printed = succeed(arguments);
    printed.lines().find(|line| line.contains("hash")).unwrap_or(&printed).to_owned()
}

#[test]
fn a_bundle_sounds_as_its_patch_wherever_it_is() {
    let folder = folder_with_patch();
    let patch = folder.path().join("source.player.jack");
    let told = succeed(["bundle".as_ref(), patch.as_os_str()]);
    assert!(told.contains("source.player.jackz: the patch and 1 file\n"), "{told}");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let bundle = elsewhere.path().join("moved.jackz");
    fs::copy(patch.with_extension("jackz"), &bundle).expect("a copy");
    let expected = hash(&patch);
    drop(folder);
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(words(&hash(&bundle)).last(), words(&expected).last());
    succeed(["check".as_ref(), "--strict".as_ref(), bundle.as_os_str()]);
    succeed(["plan".as_ref(), bundle.as_os_str()]);
    assert!(fail(1, ["fmt".as_ref(), bundle.as_os_str()]).contains("is a bundle"));
}

#[test]
fn a_scale_travels_with_its_patch() {
    let folder = tempfile::tempdir().expect("a folder");
    let help = Path::new(env!("CARGO_MANIFEST_DIR")).join("patches/help/modulator.quantiser.jack");
    let text = fs::read_to_string(help).expect("a help patch");
    let [plain, patch] = ["plain.jack", "scale.jack"].map(|name| folder.path().join(name));
    fs::write(&plain, &text).expect("a writable file");
    fs::write(&patch, text.replace("\"scale\":", "\"file\": \"wide.scl\", \"scale\":"))
        .expect("a writable file");
    fs::write(folder.path().join("wide.scl"), "! wide.scl\nTwo notes\n2\n350.5\n2/1\n")
        .expect("a writable file");
    succeed(["bundle".as_ref(), patch.as_os_str()]);
    let words = |line: String| line.split_whitespace().last().map(str::to_owned);
    let [plain, expected] = [&plain, &patch].map(|patch| words(hash(patch)));
    assert_ne!(plain, expected, "the file is heard");
    fs::remove_file(folder.path().join("wide.scl")).expect("it was there");
    assert_eq!(words(hash(&patch.with_extension("jackz"))), expected);
}

#[test]
fn a_patch_without_its_file_is_not_bundled() {
    let folder = folder_with_patch();
    fs::remove_file(folder.path().join("files/phrase.wav")).expect("it was there");
    let patch = folder.path().join("source.player.jack");
    let line = fail(1, ["bundle".as_ref(), patch.as_os_str()]);
    assert!(line.contains("phrase.wav"), "{line}");
    assert!(!patch.with_extension("jackz").exists());
}

#[test]
fn what_is_no_bundle_is_refused_in_one_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bad.jackz");
    for bytes in [&b"PK\x03\x04"[..], b"PK\x03\x04 and then nothing that makes sense", b"PK\x05\x06"] {
        fs::write(&path, bytes).expect("a writable file");
        fail(1, ["check".as_ref(), path.as_os_str()]);
        fail(
            1,
            ["render".as_ref(), path.as_os_str(), "-o".as_ref(), folder.path().join("x.wav").as_os_str()],
        );
    }
}
