//! Unpacks a bundle.

use super::{BundleError, MOST_ARCHIVE_BYTES, MOST_BYTES, MOST_FILES, PATCH, name};
use crate::file_names::folded;
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

/// Whether a file that begins so is meant to be a bundle: a zip archive, and no patch.
pub fn is_bundle(beginning: &[u8]) -> bool {
    beginning.starts_with(b"PK\x03\x04") || beginning.starts_with(b"PK\x05\x06")
}

/// Unpacks a bundle into an empty folder; where the patch is then.
///
/// # Errors
///
/// Where it is no bundle, damaged or too large, or the disk refuses. Blocks on the disk.
pub fn unpack(bundle: impl Read + Seek, folder: &Path) -> Result<PathBuf, BundleError> {
    unpack_at_most(MOST_BYTES, bundle, folder)
}

/// Unpacks a bundle of so many bytes.
pub(super) fn unpack_at_most(
    most: u64,
    mut bundle: impl Read + Seek,
    folder: &Path,
) -> Result<PathBuf, BundleError> {
    refuse_many_entries(&mut bundle)?;
    let mut archive = ZipArchive::new(bundle).map_err(|error| damaged(&error))?;
    let mut names = HashSet::new();
    let mut left = most;
    for entry in 0..archive.len() {
        let mut entry = archive.by_index(entry).map_err(|error| damaged(&error))?;
        let name = entry.name().map_err(|error| damaged(&error))?.into_owned();
        if entry.is_dir() {
            continue;
        }
        if entry.is_symlink() {
            return Err(BundleError::Outside { name });
        }
        let parts = name::parts(&name)?;
        if !names.insert(folded(&name)) {
            return Err(BundleError::Twice { name });
        }
        write(&mut entry, &parts.iter().fold(folder.to_owned(), |path, part| path.join(part)), &mut left)?;
    }
    let patch = folder.join(PATCH);
    if patch.is_file() { Ok(patch) } else { Err(BundleError::NoPatch) }
}

/// Writes an entry to a new file, and takes its bytes from those that are left.
fn write<R: Read>(entry: &mut ZipFile<'_, R>, path: &Path, left: &mut u64) -> Result<(), BundleError> {
    let doing = || format!("can't unpack '{}'", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(BundleError::io(doing()))?;
    }
    let mut file =
        File::options().write(true).create_new(true).open(path).map_err(BundleError::io(doing()))?;
    // What an entry says of its length may be a lie, so what comes out is counted.
    let mut limited = entry.take(*left + 1);
    let written = io::copy(&mut limited, &mut file).map_err(|error| match error.kind() {
        // From the archive: a checksum or a stream that is wrong.
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
            BundleError::Damaged { reason: error.to_string() }
        }
        _ => BundleError::io(doing())(error),
    })?;
    *left = left.checked_sub(written).ok_or(BundleError::TooLarge)?;
    Ok(())
}

/// Refuses an archive that says it has more entries than a bundle may have, before anything is made of them:
/// a list of entries takes many times the memory of its file.
fn refuse_many_entries(bundle: &mut (impl Read + Seek)) -> Result<(), BundleError> {
    /// Length of the record at the end of an archive, without the comment that may follow.
    const END: u64 = 22;
    const LONGEST_COMMENT: u64 = u16::MAX as u64;
    let fail = || BundleError::io("can't read the bundle");
    let length = bundle.seek(SeekFrom::End(0)).map_err(fail())?;
    if length > MOST_ARCHIVE_BYTES {
        return Err(BundleError::TooLarge);
    }
    let from = length.saturating_sub(END + LONGEST_COMMENT);
    bundle.seek(SeekFrom::Start(from)).map_err(fail())?;
    let mut end = Vec::new();
    bundle.take(END + LONGEST_COMMENT).read_to_end(&mut end).map_err(fail())?;
    bundle.seek(SeekFrom::Start(0)).map_err(fail())?;
    for (at, record) in end.windows(END as usize).enumerate() {
        // The locator of the record of large archives stands right before this one.
        let is_large = at >= 20 && end[at - 20..].starts_with(b"PK\x06\x07");
        let entries = usize::from(u16::from_le_bytes([record[10], record[11]]));
        if record.starts_with(b"PK\x05\x06") && (is_large || entries > MOST_FILES + 1) {
            return Err(BundleError::TooMany);
        }
    }
    Ok(())
}

fn damaged(error: &ZipError) -> BundleError {
    BundleError::Damaged { reason: error.to_string() }
}
