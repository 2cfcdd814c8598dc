//! Packs a patch and its files.

use super::{BundleError, MOST_BYTES, MOST_FILES, PATCH, name};
use crate::assets::AssetStore;
use crate::atomic_file::{AtomicFile, WriteError};
use crate::file_names::folded;
use jackfield_node::AssetError;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use thiserror::Error;
use zip::ZipWriter;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;

/// Why a bundle could not be packed. What stood at its place before still does.
#[derive(Debug, Error)]
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
/// `destination`. Equal contents give equal bundles.
pub fn pack<'f>(
    destination: &Path,
    patch: &str,
    store: &AssetStore,
    files: impl IntoIterator<Item = &'f str>,
) -> Result<(), PackError> {
    let found = find(store, files)?;
    let bundle = AtomicFile::create(destination)?;
    let mut archive = ZipWriter::new(bundle.handle()?);
    let fail = |error: ZipError| WriteError::from_io(destination, error.into());
    let options = SimpleFileOptions::default();
    archive.start_file(PATCH, options).map_err(fail)?;
    archive.write_all(patch.as_bytes()).map_err(|error| WriteError::from_io(destination, error))?;
    let mut bytes = patch.len() as u64;
    for (name, path) in &found {
        archive.start_file(name.as_str(), options).map_err(fail)?;
        let doing = || format!("can't pack '{}'", path.display());
        let mut file = File::open(path).map_err(BundleError::io(doing()))?;
        bytes += io::copy(&mut file, &mut archive).map_err(BundleError::io(doing()))?;
        if bytes > MOST_BYTES {
            return Err(BundleError::TooLarge.into());
        }
    }
    archive.finish().map_err(fail)?;
    bundle.commit()?;
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
