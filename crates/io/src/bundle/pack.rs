//! Packs a patch and its files.

use super::{BundleError, MOST_BYTES, MOST_FILES, PATCH, contents, name};
use crate::assets::AssetStore;
use crate::atomic_file::{AtomicFile, WriteError};
use crate::file_names::folded;
use jackfield_node::AssetError;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};
use thiserror::Error;
use zip::ZipWriter;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;

/// Why a bundle could not be packed. What stood at its place before still does.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PackError {
    /// A file of the patch can't be found.
    #[error(transparent)]
    Asset(#[from] AssetError),
    /// The bundle would be none that could be opened.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// The bundle can't be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Packs a patch's text and `files`, paths as the patch writes them and `store` finds them, into a bundle at
/// `destination`. Equal contents give equal bundles. Blocks on the disk.
///
/// A patch may come from a stranger and name any file beside it, so only what a node could play goes along:
/// sounds, MIDI, Scala and keyboard map files, told by their content.
///
/// # Errors
/// Where a file is missing, is nothing that a node plays, or all of them are too large. All of this is found
/// out before anything is written.
pub fn pack<'f>(
    destination: &Path,
    patch: &str,
    store: &AssetStore,
    files: impl IntoIterator<Item = &'f str>,
) -> Result<(), PackError> {
    let found = find(store, files)?;
    check(patch, &found)?;
    let bundle = AtomicFile::create(destination)?;
    let mut archive = ZipWriter::new(bundle.handle()?);
    let fail = |error: ZipError| WriteError::from_io(destination, error.into());
    let options = SimpleFileOptions::default();
    archive.start_file(PATCH, options).map_err(fail)?;
    archive.write_all(patch.as_bytes()).map_err(|error| WriteError::from_io(destination, error))?;
    let mut left = MOST_BYTES.saturating_sub(patch.len() as u64);
    for (name, path) in &found {
        archive.start_file(name.as_str(), options).map_err(fail)?;
        let doing = || format!("can't pack '{}'", path.display());
        let file = File::open(path).map_err(BundleError::io(doing()))?;
        // A file may have grown since it was looked at.
        let copied = io::copy(&mut file.take(left + 1), &mut archive).map_err(BundleError::io(doing()))?;
        left = left.checked_sub(copied).ok_or(BundleError::TooLarge)?;
    }
    archive.finish().map_err(fail)?;
    bundle.commit()?;
    Ok(())
}

/// Refuses what would not fit or is nothing that a node plays.
fn check(patch: &str, found: &BTreeMap<String, PathBuf>) -> Result<(), BundleError> {
    let mut bytes = patch.len() as u64;
    for (name, path) in found {
        let data = path.metadata().map_err(BundleError::io(format!("can't pack '{}'", path.display())))?;
        // Asked before opening, which would wait for ever on a pipe.
        if !data.is_file() {
            return Err(BundleError::NoFile { name: name.clone() });
        }
        bytes = bytes.saturating_add(data.len());
        if bytes > MOST_BYTES {
            return Err(BundleError::TooLarge);
        }
    }
    for (name, path) in found {
        let is_playable = contents::is_playable(path)
            .map_err(BundleError::io(format!("can't pack '{}'", path.display())))?;
        if !is_playable {
            return Err(BundleError::NotPlayable { name: name.clone() });
        }
    }
    Ok(())
}

/// Each file's name in the bundle and its place.
fn find<'f>(
    store: &AssetStore,
    files: impl IntoIterator<Item = &'f str>,
) -> Result<BTreeMap<String, PathBuf>, PackError> {
    let mut found = BTreeMap::new();
    let mut known = HashMap::from([(folded(PATCH), PATCH.to_owned())]);
    for file in files {
        let (place, relative) = store.locate(file)?;
        let part = |part: Component<'_>| match part {
            Component::Normal(part) => Some(part.to_string_lossy().into_owned()),
            _ => None,
        };
        let parts: Vec<String> = relative.components().filter_map(part).collect();
        let name = parts.join("/");
        name::parts(&name)?;
        // What could not be unpacked everywhere is not packed.
        if let Some(first) = known.insert(folded(&name), name.clone())
            && (first != name || name == PATCH)
        {
            return Err(BundleError::Alike { first, second: name }.into());
        }
        found.insert(name, place);
    }
    if found.len() > MOST_FILES { Err(BundleError::TooMany.into()) } else { Ok(found) }
}
