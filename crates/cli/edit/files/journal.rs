//! The journal: what is not saved yet, written down while it happens, so that a crash costs nothing.
//!
//! A file holds the patch's text and, line by line, how it has changed: which lines of the text give way to
//! which others. It only ever grows at its end, so whenever writing stops, what stands there is a patch as it
//! once was. Where the disk is full, what was written of a line is taken back, so that the lines that follow
//! once there is room can be read. The program that writes it holds a lock on it; one without a lock was left
//! by a crash.

use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What journals are called.
const ENDING: &str = "journal";
/// A longer file is none of ours: a patch file has a limit far below.
const MOST_BYTES: u64 = 256 << 20;

/// The first line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Head {
    /// The version of this format.
    jackfield_journal: u32,
    /// Where the patch is saved, if it was.
    path: Option<PathBuf>,
    /// Where its files lie, if it is saved nowhere.
    #[serde(default)]
    assets: Option<PathBuf>,
    /// What it is called.
    title: String,
    /// The text that the first change is made to.
    text: String,
}

/// A change of the text: `cut` lines from line `at` on give way to these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Change {
    at: usize,
    cut: usize,
    put: Vec<String>,
}

/// A journal being written.
pub(crate) struct Journal {
    file: File,
    path: PathBuf,
    lines: Vec<String>,
    /// Bytes up to the end of the last whole line.
    length: u64,
}

/// A patch that a crash has left behind.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RecoveredJournal {
    /// The journal.
    journal: PathBuf,
    /// Where the patch is saved, if it was.
    pub(crate) path: Option<PathBuf>,
    /// Where its files lie, if it is saved nowhere.
    pub(crate) assets: Option<PathBuf>,
    /// What it is called.
    pub(crate) title: String,
    /// The patch as it was last written down.
    pub(crate) text: String,
    /// When that was.
    pub(crate) when: Option<SystemTime>,
}

impl Journal {
    /// Begins a journal of a patch of this text that is saved at `path`, or else nowhere, with its files in
    /// `assets`.
    ///
    /// # Errors
    /// What the operating system says; there is no journal then.
    pub(crate) fn begin(
        folder: &Path,
        path: Option<&Path>,
        assets: &Path,
        title: &str,
        text: &str,
    ) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let (file, place) = create(folder)?;
        file.lock()?;
        let head = Head {
            jackfield_journal: 1,
            path: path.map(|path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned())),
            assets: path.is_none().then(|| assets.to_owned()),
            title: title.to_owned(),
            text: text.to_owned(),
        };
        let mut journal = Self { file, path: place, lines: lines(text), length: 0 };
        if let Err(error) = journal.write_line(&head) {
            journal.discard();
            return Err(error);
        }
        Ok(journal)
    }

    /// Writes down how the text has changed. After an error the next call writes down both changes.
    pub(crate) fn note(&mut self, text: &str) -> io::Result<()> {
        let new = lines(text);
        let Some(change) = Change::between(&self.lines, &new) else { return Ok(()) };
        self.write_line(&change)?;
        self.lines = new;
        Ok(())
    }

    /// Writes a whole line or nothing.
    fn write_line(&mut self, value: &impl Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        // What is left of a line that did not fit would make all that follow unreadable.
        if self.file.metadata()?.len() != self.length {
            self.file.set_len(self.length)?;
        }
        // In one piece, so that only the last line can be cut off.
        self.file.write_all(&line)?;
        self.length += line.len() as u64;
        Ok(())
    }

    /// Ends it: everything is saved, or not wanted.
    pub(crate) fn discard(self) {
        // The lock goes with the file; what can't be removed is offered once more.
        let _ = fs::remove_file(&self.path);
    }
}

impl RecoveredJournal {
    /// The patches that crashes have left behind, latest first.
    pub(crate) fn find(folder: &Path) -> Vec<Self> {
        let Ok(entries) = folder.read_dir() else { return Vec::new() };
        let is_journal = |path: &PathBuf| path.extension().is_some_and(|end| end == ENDING);
        let paths = entries.flatten().map(|entry| entry.path()).filter(is_journal);
        let mut recovered: Vec<Self> = paths.filter_map(|path| Self::read(&path)).collect();
        recovered.sort_by_key(|recovered| std::cmp::Reverse(recovered.when));
        recovered
    }

    /// Reads a journal that nobody writes.
    fn read(journal: &Path) -> Option<Self> {
        let file = File::open(journal).ok()?;
        // Where files can't be locked, all that tells is that it is there.
        if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
            return None;
        }
        let data = file.metadata().ok().filter(|data| data.is_file() && data.len() <= MOST_BYTES)?;
        let content = fs::read_to_string(journal).ok()?;
        let mut rows = content.lines();
        let head: Head = serde_json::from_str(rows.next()?).ok()?;
        let mut text = lines(&head.text);
        // The last row may have been cut off.
        for change in rows.map_while(|row| serde_json::from_str::<Change>(row).ok()) {
            change.apply(&mut text)?;
        }
        let text = text.concat();
        (text != head.text).then(|| Self {
            journal: journal.to_owned(),
            path: head.path,
            assets: head.assets,
            title: head.title,
            text,
            when: data.modified().ok(),
        })
    }

    /// Forgets it: it was restored, or is not wanted.
    pub(crate) fn discard(self) {
        // What can't be removed is offered once more.
        let _ = fs::remove_file(&self.journal);
    }
}

impl Change {
    /// What turns one text into another; nothing when they are equal.
    fn between(old: &[String], new: &[String]) -> Option<Self> {
        let same = |pair: &(&String, &String)| pair.0 == pair.1;
        let at = old.iter().zip(new).take_while(same).count();
        let (old, new) = (&old[at..], &new[at..]);
        let end = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
        let put = new[..new.len() - end].to_vec();
        let change = Self { at, cut: old.len() - end, put };
        (change.cut > 0 || !change.put.is_empty()).then_some(change)
    }

    /// Changes a text; nothing if it does not fit.
    fn apply(self, text: &mut Vec<String>) -> Option<()> {
        let end = self.at.checked_add(self.cut).filter(|end| *end <= text.len())?;
        text.splice(self.at..end, self.put);
        Some(())
    }
}

/// A new file whose name no other program has taken.
fn create(folder: &Path) -> io::Result<(File, PathBuf)> {
    let process = std::process::id();
    let mut number = 0;
    loop {
        let path = folder.join(format!("{process}-{number}.{ENDING}"));
        match OpenOptions::new().append(true).create_new(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 1000 => number += 1,
            file => return Ok((file?, path)),
        }
    }
}

/// The lines with their ends, so that joining them gives the text again.
fn lines(text: &str) -> Vec<String> {
    text.split_inclusive('\n').map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NUMBERS: &str = "one\ntwo\nthree\n";

    #[test]
    fn a_crash_leaves_the_last_state_and_a_clean_end_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = begin(folder.path(), NUMBERS);
        assert!(RecoveredJournal::find(folder.path()).is_empty(), "it is being written");
        journal.note("one\nthree\n").expect("the file can be written");
        journal.note("one\nthree\nfour\n").expect("the file can be written");
        let path = journal.path.clone();
        drop(journal);
        let found = RecoveredJournal::find(folder.path());
        assert_eq!(found.len(), 1);
        assert_eq!((&*found[0].title, &*found[0].text), ("Numbers", "one\nthree\nfour\n"));

        let whole = fs::read(&path).expect("the file is there");
        fs::write(&path, &whole[..whole.len() - 3]).expect("the file can be written");
        let found = RecoveredJournal::find(folder.path());
        assert_eq!(found[0].text, "one\nthree\n", "what was cut off is left out");
        found.into_iter().for_each(RecoveredJournal::discard);
        assert!(RecoveredJournal::find(folder.path()).is_empty());

        let journal = begin(folder.path(), NUMBERS);
        drop(journal);
        assert!(RecoveredJournal::find(folder.path()).is_empty(), "nothing had changed");
        let mut journal = begin(folder.path(), NUMBERS);
        journal.note("").expect("the file can be written");
        journal.discard();
        assert!(RecoveredJournal::find(folder.path()).is_empty());
    }

    /// A disk that was full for a while: part of a line stands there, and the next one is to be read all the
    /// same.
    #[test]
    fn a_line_that_did_not_fit_harms_none_that_follow() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = begin(folder.path(), NUMBERS);
        journal.note("one\nthree\n").expect("the file can be written");
        let half = OpenOptions::new().append(true).open(&journal.path);
        half.and_then(|mut file| file.write_all(b"{\"at\":0,\"cu")).expect("the file can be written");
        journal.note("one\nthree\nfour\n").expect("the file can be written");
        drop(journal);
        assert_eq!(RecoveredJournal::find(folder.path())[0].text, "one\nthree\nfour\n");
    }

    #[test]
    fn where_the_files_of_an_unsaved_patch_lie_is_known_after_a_crash() {
        let folder = tempfile::tempdir().expect("a folder");
        for path in [None, Some(Path::new("/patches/a.jack"))] {
            let journal = Journal::begin(folder.path(), path, Path::new("/files"), "Numbers", NUMBERS);
            let mut journal = journal.expect("a journal");
            journal.note("").expect("the file can be written");
            drop(journal);
            let found = RecoveredJournal::find(folder.path()).remove(0);
            assert_eq!(found.assets.as_deref(), path.is_none().then_some(Path::new("/files")));
            found.discard();
        }
        // As it was written before there were files in it.
        let old = r#"{"jackfield_journal":1,"path":null,"title":"","text":"a\n"}"#;
        fs::write(folder.path().join("old.journal"), format!("{old}\n{{\"at\":0,\"cut\":1,\"put\":[]}}\n"))
            .expect("written");
        assert_eq!(RecoveredJournal::find(folder.path())[0].assets, None);
    }

    fn begin(folder: &Path, text: &str) -> Journal {
        Journal::begin(folder, None, folder, "Numbers", text).expect("a journal")
    }

    #[test]
    fn damaged_journals_are_passed_over() {
        let folder = tempfile::tempdir().expect("a folder");
        for (number, text) in ["", "{", "{\"jackfield_journal\": 1}", "\u{0}\u{1}"].iter().enumerate() {
            fs::write(folder.path().join(format!("{number}.journal")), text).expect("written");
        }
        let head = r#"{"jackfield_journal":1,"path":null,"title":"","text":"a\n"}"#;
        let beyond = format!("{head}\n{{\"at\":9,\"cut\":18446744073709551615,\"put\":[]}}\n");
        fs::write(folder.path().join("beyond.journal"), beyond).expect("written");
        assert!(RecoveredJournal::find(folder.path()).is_empty());
    }

    proptest! {
        #[test]
        fn changes_lead_from_any_text_to_any_other(old in "[ab\n]{0,12}", new in "[ab\n]{0,12}") {
            let (mut text, new) = (lines(&old), lines(&new));
            if let Some(change) = Change::between(&text, &new) {
                prop_assert!(change.apply(&mut text).is_some());
            }
            prop_assert_eq!(text, new);
        }
    }
}
