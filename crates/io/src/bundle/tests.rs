use super::*;
use crate::assets::AssetStore;
use proptest::prelude::*;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// An archive with these entries.
fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// All files in a folder and below, by path.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path.display().to_string()) }
    }
    found.sort();
    found
}

/// Unpacks into a folder; the contents of the files that are in it then.
fn contents(bytes: &[u8]) -> Result<Vec<Vec<u8>>, BundleError> {
    let around = tempfile::tempdir().unwrap();
    let folder = around.path().join("inside");
    fs::create_dir(&folder).unwrap();
    let result = unpack(Cursor::new(bytes), &folder).map(drop);
    let inside = folder.display().to_string();
    assert!(files(around.path()).iter().all(|file| file.starts_with(&inside)), "something got out");
    result.map(|()| files(&folder).iter().map(|file| fs::read(file).unwrap()).collect())
}

/// Something that a node could play, and that differs by `word`.
fn music(word: &[u8]) -> Vec<u8> {
    [b"MThd\0\0\0\x06\0\0\0\x01\0\x60", word, &[7; 5_000]].concat()
}

fn unpacked(bytes: &[u8]) -> Result<(), BundleError> {
    contents(bytes).map(drop)
}

#[test]
fn what_is_packed_is_unpacked() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("drums")).unwrap();
    fs::write(folder.path().join("drums/kick.wav"), music(b"kick")).unwrap();
    fs::write(folder.path().join("song.mid"), b"MThd").unwrap();
    let store = AssetStore::new(folder.path());
    let [first, second] = ["a.jackz", "b.jackz"].map(|name| {
        let path = folder.path().join(name);
        pack(&path, "{}", &store, ["./drums/kick.wav", "song.mid", "drums/kick.wav"]).unwrap();
        fs::read(path).unwrap()
    });
    assert_eq!(first, second, "the same files give the same bundle");
    assert!(is_bundle(&first) && first.len() < 1_000);
    let target = tempfile::tempdir().unwrap();
    let patch = unpack(Cursor::new(&first), target.path()).unwrap();
    assert_eq!(fs::read_to_string(patch).unwrap(), "{}");
    assert_eq!(fs::read(target.path().join("drums/kick.wav")).unwrap(), music(b"kick"));
    assert_eq!(files(target.path()).len(), 3);
}

#[test]
fn a_missing_or_forbidden_file_packs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = AssetStore::new(folder.path());
    let path = folder.path().join("a.jackz");
    for file in ["gone.wav", "../out.wav", "/etc/passwd"] {
        assert!(matches!(pack(&path, "{}", &store, [file]), Err(PackError::Asset(_))), "{file}");
    }
    assert_eq!(files(folder.path()), Vec::<String>::new());
}

/// A patch from a stranger can name any file beside it.
#[test]
fn what_no_node_plays_is_not_packed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("key.wav"), "-----BEGIN PRIVATE KEY-----\nabc\n").unwrap();
    fs::create_dir(folder.path().join("folder.wav")).unwrap();
    let huge = fs::File::create(folder.path().join("huge.wav")).unwrap();
    huge.set_len(MOST_BYTES + 1).unwrap();
    let store = AssetStore::new(folder.path());
    let bundle = folder.path().join("a.jackz");
    let refused = |file: &str| match pack(&bundle, "{}", &store, [file]) {
        Err(PackError::Bundle(error)) => error.to_string(),
        other => panic!("{other:?}"),
    };
    assert!(refused("key.wav").contains("no sound"));
    assert!(refused("folder.wav").contains("no ordinary file"));
    assert!(refused("huge.wav").contains("at most 1 GiB"), "told without reading it");
    #[cfg(unix)]
    {
        let made = std::process::Command::new("mkfifo").arg(folder.path().join("pipe.wav")).status();
        if made.is_ok_and(|status| status.success()) {
            assert!(refused("pipe.wav").contains("no ordinary file"), "it does not wait for a writer");
        }
    }
    assert!(!bundle.exists());
}

#[test]
fn nothing_gets_out_of_the_folder() {
    for name in ["../evil", "/tmp/evil", "a/../../evil", "..\\evil", "C:\\evil", "a/./b", "nul"] {
        let result = unpacked(&archive(&[(PATCH, b"{}"), (name, b"evil")]));
        assert!(matches!(result, Err(BundleError::Outside { .. })), "{name}: {result:?}");
    }
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("link", "/etc", SimpleFileOptions::default()).unwrap();
    let link = writer.finish().unwrap().into_inner();
    assert!(matches!(unpacked(&link), Err(BundleError::Outside { .. })));
}

#[test]
fn one_name_stands_for_one_file() {
    let result = unpacked(&archive(&[(PATCH, b"{}"), ("a.wav", b"1"), ("A.wav", b"2")]));
    assert!(matches!(result, Err(BundleError::Twice { .. })), "{result:?}");
}

/// What is packed can be opened; what could not be is refused when it is packed.
#[test]
fn names_that_are_one_on_some_systems_are_refused_in_packing() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["k.wav", "K.wav", "Patch.jack", "caf\u{e9}.wav", "cafe\u{301}.wav", "x/k.wav", "X/k.wav"];
    for name in names {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, music(name.as_bytes())).unwrap();
    }
    let store = AssetStore::new(folder.path());
    let bundle = folder.path().join("a.jackz");
    for pair in [["k.wav", "K.wav"], ["caf\u{e9}.wav", "cafe\u{301}.wav"], ["x/k.wav", "X/k.wav"]] {
        match pack(&bundle, "{}", &store, pair) {
            Err(PackError::Bundle(error @ BundleError::Alike { .. })) => {
                assert!(pair.iter().all(|name| error.to_string().contains(name)), "{error}");
            }
            // Where they are one file there is nothing to refuse.
            other => {
                assert!(
                    other.is_ok() && store.locate(pair[0]).unwrap().0 == store.locate(pair[1]).unwrap().0
                );
            }
        }
    }
    assert!(matches!(
        pack(&bundle, "{}", &store, ["Patch.jack"]),
        Err(PackError::Bundle(BundleError::Alike { .. }))
    ));
    pack(&bundle, "{}", &store, ["k.wav", "x/k.wav", "x\\k.wav"]).unwrap();
    let target = tempfile::tempdir().unwrap();
    unpack(Cursor::new(fs::read(&bundle).unwrap()), target.path()).unwrap();
    let unpacked = AssetStore::new(target.path());
    for path in ["k.wav", "x/k.wav", "x\\k.wav"] {
        assert!(unpacked.locate(path).is_ok(), "{path}");
    }
}

#[test]
fn an_archive_without_a_patch_is_no_bundle() {
    assert!(matches!(unpacked(&archive(&[("other.jack", b"{}")])), Err(BundleError::NoPatch)));
    assert!(matches!(unpacked(&archive(&[])), Err(BundleError::NoPatch)));
}

#[test]
fn a_thousand_files_and_no_more() {
    let names: Vec<String> = (0..=MOST_FILES).map(|i| format!("{i}.wav")).collect();
    let mut entries: Vec<(&str, &[u8])> = vec![(PATCH, b"{}")];
    entries.extend(names.iter().map(|name| (name.as_str(), &b""[..])));
    assert!(matches!(unpacked(&archive(&entries)), Err(BundleError::TooMany)));
    entries.pop();
    assert!(unpacked(&archive(&entries)).is_ok());
}

/// A small archive of much ends in an error, with no more on the disk than the limit says.
#[test]
fn a_bomb_is_stopped() {
    let zeros = vec![0; 1 << 20];
    let bomb = archive(&[(PATCH, b"{}"), ("a.wav", &zeros), ("b.wav", &zeros)]);
    assert!(bomb.len() < 10_000);
    for (most, stops) in [(3 << 20, false), (1 << 20, true), (1_000, true)] {
        let folder = tempfile::tempdir().unwrap();
        let result = unpack::unpack_at_most(most, Cursor::new(&bomb), folder.path());
        assert_eq!(matches!(result, Err(BundleError::TooLarge)), stops, "{result:?}");
        let written: u64 = files(folder.path()).iter().map(|file| fs::metadata(file).unwrap().len()).sum();
        assert!(written <= 2 * most + 2);
    }
}

/// The lengths in an archive's list say one byte; the data says a million.
#[test]
fn a_length_that_lies_is_found_out() {
    let text = vec![b' '; 1_000_000];
    let mut bytes = archive(&[(PATCH, &text)]);
    let list = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    bytes[list + 24..list + 28].copy_from_slice(&1_u32.to_le_bytes());
    // Read in full or refused: what counts is that nobody trusts it.
    if let Ok(files) = contents(&bytes) {
        assert!(files == [text], "it was believed");
    }
}

#[test]
fn damage_is_an_error() {
    let good = archive(&[(PATCH, b"{\"jackfield\": 1}"), ("a.wav", &[1, 2, 3, 4].repeat(500))]);
    for end in [0, 1, 10, good.len() / 2, good.len() - 1] {
        assert!(unpacked(&good[..end]).is_err(), "cut at {end}");
    }
    let mut flipped = good.clone();
    flipped[45] ^= 0xff;
    assert!(unpacked(&flipped).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any change of some bytes leaves the contents of the files as they were, or ends in an error.
    #[test]
    fn damage_is_no_content(changes in prop::collection::vec((any::<u16>(), any::<u8>()), 1..12)) {
        let whole: [&[u8]; 2] = [b"{\"jackfield\": 1}", &[1, 2, 3, 4].repeat(50)];
        let mut bytes = archive(&[(PATCH, whole[0]), ("d/a.wav", whole[1])]);
        let length = bytes.len();
        for (at, value) in changes {
            bytes[usize::from(at) % length] = value;
        }
        for content in contents(&bytes).unwrap_or_default() {
            prop_assert!(whole.contains(&&content[..]), "{:?}", String::from_utf8_lossy(&content));
        }
    }
}
