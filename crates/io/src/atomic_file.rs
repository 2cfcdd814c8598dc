//! Files that are whole or not there at all: written beside their destination under a temporary
//! name, on the disk before they are moved into place, and removed when dropped before that. What a killed
//! program has left of one goes when the next is written beside it, a day later.

use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tempfile::NamedTempFile;
use thiserror::Error;

/// What unfinished files are called, before letters that nobody has chosen.
const PREFIX: &str = ".jackfield-";
/// What their names end in.
const SUFFIX: &str = ".part";
/// An unfinished file that was last written so long ago has no writer any more.
const ABANDONED: Duration = Duration::from_secs(24 * 3600);

/// Why a file could not be written. The destination is as it was before.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The destination is a folder.
    #[error("can't write '{}': it is a folder; give a file name", path.display())]
    Folder {
        /// The destination.
        path: PathBuf,
    },
    /// The destination is a device, a pipe or a socket.
    #[error("can't write '{}': it is no ordinary file; choose another name", path.display())]
    Special {
        /// The destination.
        path: PathBuf,
    },
    /// The folder of the destination does not exist.
    #[error("can't write '{}': its folder does not exist; create it or choose another", path.display())]
    NoFolder {
        /// The destination.
        path: PathBuf,
    },
    /// The file or its folder may not be written.
    #[error("can't write '{}': no permission; choose another folder or change its rights", path.display())]
    Denied {
        /// The destination.
        path: PathBuf,
    },
    /// No space is left.
    #[error("can't write '{}': the disk is full; free some space or choose another disk", path.display())]
    Full {
        /// The destination.
        path: PathBuf,
    },
    /// Anything else, in the words of the operating system.
    #[error("can't write '{}': {source}; try another folder", path.display())]
    Other {
        /// The destination.
        path: PathBuf,
        /// From the operating system.
        source: io::Error,
    },
}

impl WriteError {
    /// Says what went wrong at `path`.
    pub(crate) fn from_io(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NoFolder { path },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::Denied { path },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path },
            io::ErrorKind::IsADirectory => Self::Folder { path },
            _ => Self::Other { path, source },
        }
    }
}

/// A file in the making.
#[derive(Debug)]
pub struct AtomicFile {
    temporary: NamedTempFile,
    destination: PathBuf,
}

impl AtomicFile {
    /// Starts a file that will appear at `path`, through symbolic links, with the rights of the file
    /// that stands there now.
    ///
    /// # Errors
    ///
    /// Where no file can be written there: it is a folder or no ordinary file, its folder is missing, or the
    /// system refuses. Any thread but the audio thread, as all of this: it blocks on the disk.
    pub fn create(path: &Path) -> Result<Self, WriteError> {
        let fail = |error| WriteError::from_io(path, error);
        let (destination, permissions) = resolve(path)?;
        let folder = match destination.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        remove_abandoned(folder);
        let temporary = open_temporary(folder).map_err(fail)?;
        if let Some(permissions) = permissions {
            temporary.as_file().set_permissions(permissions).map_err(fail)?;
        }
        Ok(Self { temporary, destination })
    }

    /// Where the file will appear.
    pub fn destination(&self) -> &Path {
        &self.destination
    }

    /// A handle to write through. All handles share one position.
    ///
    /// # Errors
    ///
    /// Where the system gives no second handle.
    pub fn handle(&self) -> Result<File, WriteError> {
        self.temporary.as_file().try_clone().map_err(|error| WriteError::from_io(&self.destination, error))
    }

    /// Moves the file into place, once all of it is on the disk: after a power failure there is the old file
    /// or the new one.
    ///
    /// # Errors
    /// What the operating system says; the destination is as it was then.
    pub fn commit(self) -> Result<(), WriteError> {
        let synced = self.temporary.as_file().sync_all();
        synced.map_err(|error| WriteError::from_io(&self.destination, error))?;
        match self.temporary.persist(&self.destination) {
            Ok(_) => Ok(()),
            Err(failure) => Err(WriteError::from_io(&self.destination, failure.error)),
        }
    }
}

/// Where a file of this name really lies, through symbolic links, and its rights if it is there already.
/// Refuses what can't be written as a file.
pub(crate) fn resolve(path: &Path) -> Result<(PathBuf, Option<Permissions>), WriteError> {
    let destination = match path.canonicalize() {
        Ok(existing) => existing,
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
        Err(error) => return Err(WriteError::from_io(path, error)),
    };
    let permissions = match destination.metadata() {
        Ok(data) if data.is_dir() => return Err(WriteError::Folder { path: path.to_owned() }),
        Ok(data) if !data.is_file() => return Err(WriteError::Special { path: path.to_owned() }),
        Ok(data) if data.permissions().readonly() => {
            return Err(WriteError::Denied { path: path.to_owned() });
        }
        Ok(data) => Some(data.permissions()),
        Err(_) => None,
    };
    if path.file_name().is_none() {
        return Err(WriteError::Folder { path: path.to_owned() });
    }
    Ok((destination, permissions))
}

/// Removes what killed programs have left in a folder. What can't be removed or dated stays.
fn remove_abandoned(folder: &Path) {
    let Ok(entries) = folder.read_dir() else { return };
    for entry in entries.flatten() {
        let is_part = |name: &str| name.starts_with(PREFIX) && name.ends_with(SUFFIX);
        if !entry.file_name().to_str().is_some_and(is_part) {
            continue;
        }
        let written =
            entry.metadata().ok().filter(|data| data.is_file()).and_then(|data| data.modified().ok());
        let age = written.and_then(|written| SystemTime::now().duration_since(written).ok());
        if age.is_some_and(|age| age > ABANDONED) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Temporary files are private by default; this one becomes an ordinary file.
fn open_temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The process's umask still applies.
        builder.permissions(Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Writes `bytes` to `path` at once: a reader sees the old file or the new one, also after a power
/// failure.
///
/// # Errors
///
/// Where the file can't be written whole; what stood there then stands there still. Blocks on the disk.
pub fn atomic_write(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let file = AtomicFile::create(path)?;
    file.handle()?.write_all(bytes).map_err(|error| WriteError::from_io(path, error))?;
    file.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn replaces_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jack");
        atomic_write(&path, b"old, and longer").unwrap();
        atomic_write(&path, b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["a.jack"]);
    }

    #[test]
    fn leaves_nothing_when_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        atomic_write(&path, b"kept").unwrap();
        let file = AtomicFile::create(&path).unwrap();
        file.handle().unwrap().write_all(b"half").unwrap();
        assert_eq!(names(folder.path()).len(), 2, "the temporary file stands beside its destination");
        drop(file);
        assert_eq!(names(folder.path()), ["a.wav"]);
        assert_eq!(std::fs::read(&path).unwrap(), b"kept");
    }

    #[test]
    fn what_a_killed_program_left_goes_after_a_day() {
        let folder = tempfile::tempdir().unwrap();
        let left = |name: &str, hours: u64| {
            let file = File::create(folder.path().join(name)).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(hours * 3600)).unwrap();
        };
        left(".jackfield-old.part", 25);
        left(".jackfield-new.part", 23);
        left(".other-old.part", 25);
        atomic_write(&folder.path().join("a.wav"), b"").unwrap();
        assert_eq!(names(folder.path()), [".jackfield-new.part", ".other-old.part", "a.wav"]);
    }

    #[test]
    fn refuses_what_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(atomic_write(folder.path(), b""), Err(WriteError::Folder { .. })));
        let nowhere = folder.path().join("missing").join("a.wav");
        assert!(matches!(atomic_write(&nowhere, b""), Err(WriteError::NoFolder { .. })));
        assert!(matches!(atomic_write(Path::new(""), b""), Err(WriteError::Folder { .. })));
        assert!(matches!(atomic_write(Path::new(".."), b""), Err(WriteError::Folder { .. })));
        let file = folder.path().join("file");
        atomic_write(&file, b"").unwrap();
        let below = file.join("a.wav");
        assert!(matches!(atomic_write(&below, b""), Err(WriteError::NoFolder { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn respects_links_rights_and_devices() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        atomic_write(&real, b"1").unwrap();
        std::fs::set_permissions(&real, Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        atomic_write(&link, b"2").unwrap();
        assert_eq!(std::fs::read(&real).unwrap(), b"2");
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(real.metadata().unwrap().permissions().mode() & 0o777, 0o640);

        std::fs::set_permissions(&real, Permissions::from_mode(0o444)).unwrap();
        assert!(matches!(atomic_write(&real, b"3"), Err(WriteError::Denied { .. })));
        assert!(matches!(atomic_write(Path::new("/dev/null"), b""), Err(WriteError::Special { .. })));
    }
}
