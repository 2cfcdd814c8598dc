//! Folders for a while: unpacked bundles, the files of a patch that is saved nowhere yet.
//!
//! Each belongs to the process that holds the lock in it and goes when that is done with it. What a killed
//! process leaves has a lock that nobody holds, so the next one tells it from one in use and removes it.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// What the folders are called, before letters that nobody has chosen.
const PREFIX: &str = "jackfield-";
/// The file that the owner has locked.
const LOCK: &str = "in-use";
/// The folder beside it, for whatever the owner puts there.
const CONTENT: &str = "files";

/// An empty folder that is removed, with all that is in it, when this is dropped.
#[derive(Debug)]
pub struct TemporaryFolder {
    outer: PathBuf,
    content: PathBuf,
    /// Held until the folder is gone.
    lock: File,
}

impl TemporaryFolder {
    /// A folder in the system's place for temporary files. What killed processes have left there goes first.
    ///
    /// # Errors
    /// What the operating system says where nothing can be written.
    pub fn new() -> io::Result<Self> {
        let parent = std::env::temp_dir();
        remove_abandoned(&parent, &[]);
        Self::new_in(&parent)
    }

    /// A folder in another one, which is made if need be.
    ///
    /// # Errors
    /// What the operating system says where nothing can be written.
    pub fn new_in(parent: &Path) -> io::Result<Self> {
        fs::create_dir_all(parent)?;
        let outer = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
        let lock = File::create_new(outer.path().join(LOCK))?;
        lock.lock()?;
        let content = outer.path().join(CONTENT);
        fs::create_dir(&content)?;
        Ok(Self { outer: outer.keep(), content, lock })
    }

    /// Takes over the folder whose [`path`](Self::path) this was, from a process that is gone.
    ///
    /// # Errors
    /// Where there is no such folder, or somebody still uses it.
    pub fn adopt(content: &Path) -> io::Result<Self> {
        let outer = content.parent().filter(|_| content.ends_with(CONTENT)).unwrap_or(content);
        let lock = File::open(outer.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { outer: outer.to_owned(), content: content.to_owned(), lock }),
            Err(TryLockError::WouldBlock) => Err(io::Error::new(io::ErrorKind::ResourceBusy, "it is in use")),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// The empty folder.
    pub fn path(&self) -> &Path {
        &self.content
    }

    /// Leaves the folder where it is, for another process to [adopt](Self::adopt).
    pub fn keep(self) -> PathBuf {
        let content = self.content.clone();
        // Without this the folder would go.
        let this = std::mem::ManuallyDrop::new(self);
        // The lock goes with the process at the latest.
        let _ = this.lock.unlock();
        content
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // What can't be removed now is removed as abandoned later.
        let _ = fs::remove_dir_all(&self.outer);
    }
}

/// Removes the temporary folders in `parent` that nobody uses, but for those whose [`TemporaryFolder::path`]
/// is among `wanted`.
pub fn remove_abandoned(parent: &Path, wanted: &[PathBuf]) {
    let Ok(entries) = parent.read_dir() else { return };
    for entry in entries.flatten() {
        let is_ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        let outer = entry.path();
        if !is_ours || wanted.contains(&outer.join(CONTENT)) {
            continue;
        }
        // One without a lock is just being made, or is something else.
        let Ok(lock) = File::open(outer.join(LOCK)) else { continue };
        if lock.try_lock().is_ok() {
            // What belongs to somebody else stays.
            let _ = fs::remove_dir_all(&outer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_empty_and_goes_with_its_owner() {
        let parent = tempfile::tempdir().unwrap();
        let folder = TemporaryFolder::new_in(&parent.path().join("deep")).unwrap();
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
        fs::write(folder.path().join("a"), "a").unwrap();
        drop(folder);
        assert_eq!(parent.path().join("deep").read_dir().unwrap().count(), 0);
    }

    #[test]
    fn what_is_in_use_or_wanted_or_not_ours_stays_and_the_rest_goes() {
        let parent = tempfile::tempdir().unwrap();
        let make = || TemporaryFolder::new_in(parent.path()).unwrap();
        let (used, wanted, abandoned) = (make(), make().keep(), make().keep());
        fs::create_dir(parent.path().join("jackfield-other")).unwrap();
        remove_abandoned(parent.path(), std::slice::from_ref(&wanted));
        assert!(used.path().is_dir() && wanted.is_dir() && parent.path().join("jackfield-other").is_dir());
        assert!(!abandoned.exists());
        assert!(TemporaryFolder::adopt(used.path()).is_err(), "two owners");
        let adopted = TemporaryFolder::adopt(&wanted).unwrap();
        remove_abandoned(parent.path(), &[]);
        assert!(wanted.is_dir(), "it has an owner again");
        drop(adopted);
        assert!(!wanted.exists() && TemporaryFolder::adopt(&wanted).is_err());
    }
}
