//! Patch files: from a path to a patch, with errors and warnings that name the file.

use crate::exit::Failure;
use crate::import;
use crate::outputs::Outputs;
use jackfield_import::{ImportError, Report};
use jackfield_io::bundle::{self, BundleError};
use jackfield_io::{AssetStore, LinkError, TemporaryFolder, from_link, is_link};
use jackfield_node::{Registry, SettingValue};
use jackfield_patch::{NodeBody, Patch, ReadError, Warning, limits};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A patch as it came from a file.
pub(crate) struct PatchFile {
    pub(crate) text: Vec<u8>,
    pub(crate) patch: Patch,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) home: Home,
    /// What became of the modules of a Rack patch, if it was one.
    pub(crate) imported: Option<Report>,
}

/// Where the files of a patch are.
pub(crate) enum Home {
    /// Beside the patch.
    Beside(PathBuf),
    /// In a bundle, which lies unpacked in a folder that goes with this.
    Unpacked(TemporaryFolder),
    /// Nowhere: the patch came as a link. The folder is empty, so that it can't name files of this machine.
    Nowhere(TemporaryFolder),
}

impl Home {
    /// The files.
    pub(crate) fn assets(&self) -> AssetStore {
        match self {
            Self::Beside(patch) => AssetStore::beside(patch),
            Self::Unpacked(folder) | Self::Nowhere(folder) => AssetStore::new(folder.path()),
        }
    }

    /// Notes what is read: the patch, which came from `path`, and the files that its nodes name.
    pub(crate) fn read_by(&self, outputs: &mut Outputs, path: &Path, patch: &Patch) {
        if path != Path::new("-") && !matches!(self, Self::Nowhere(_)) {
            outputs.read(path, "the patch");
        }
        let assets = self.assets();
        for file in files(patch).into_keys() {
            if let Ok((place, _)) = assets.locate(&file) {
                outputs.read(&place, format!("'{file}', which the patch uses"));
            }
        }
    }
}

/// Why there is no patch.
pub(crate) enum PatchFileError {
    /// The file can't be read.
    File(io::Error),
    /// What it holds is no patch.
    Content(ReadError),
    /// It is no link to a patch.
    Link(LinkError),
    /// It is no bundle that can be opened.
    Bundle(BundleError),
    /// It is a Rack patch that can't be imported.
    Import(ImportError),
}

impl PatchFileError {
    /// The error as one line about the file at `path`.
    pub(crate) fn describe(&self, path: &Path) -> String {
        match self {
            Self::File(error) if error.kind() == io::ErrorKind::NotFound => {
                format!("there is no file '{}'; check the name", path.display())
            }
            Self::File(error) => {
                format!("can't read '{}': {error}; give the name of a patch file", path.display())
            }
            Self::Link(error) => error.to_string(),
            Self::Content(error) => format!("{}: {error}", shown(path).display()),
            Self::Bundle(error) => format!("{}: {error}", path.display()),
            Self::Import(error) => format!("{}: {error}", path.display()),
        }
    }
}

/// Reads the patch at `path`, from standard input if that is `-`, or out of a link. A bundle is unpacked, a
/// Rack patch imported.
pub(crate) fn read(path: &Path, registry: &Registry) -> Result<PatchFile, PatchFileError> {
    if let Some(link) = path.to_str().filter(|path| is_link(path)) {
        return read_link(link, registry);
    }
    let mut text = read_bytes(path).map_err(PatchFileError::File)?;
    let mut home = Home::Beside(path.to_owned());
    if bundle::is_bundle(&text) {
        let folder = TemporaryFolder::new().map_err(PatchFileError::File)?;
        let patch = if path == Path::new("-") {
            unpack(Cursor::new(text), folder.path())?
        } else {
            unpack(File::open(path).map_err(PatchFileError::File)?, folder.path())?
        };
        text = read_bytes(&patch).map_err(PatchFileError::File)?;
        home = Home::Unpacked(folder);
    }
    match jackfield_patch::read(&text, registry) {
        Ok((patch, warnings)) => Ok(PatchFile { text, patch, warnings, home, imported: None }),
        // The ending tells an empty or damaged one from a damaged patch of ours.
        Err(_) if is_rack_name(path) || jackfield_import::looks_like_rack(&text) => {
            let imported = import::import(&text, path, registry).map_err(PatchFileError::Import)?;
            let (patch, imported) = (imported.patch, Some(imported.report));
            Ok(PatchFile { text, patch, warnings: Vec::new(), home, imported })
        }
        Err(error) => Err(PatchFileError::Content(error)),
    }
}

/// Whether a file is called what Rack calls its patches.
pub(crate) fn is_rack_name(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("vcv"))
}

/// Reads the patch in a link.
fn read_link(link: &str, registry: &Registry) -> Result<PatchFile, PatchFileError> {
    let text = from_link(link, limits::FILE_BYTES).map_err(PatchFileError::Link)?;
    let folder = TemporaryFolder::new().map_err(PatchFileError::File)?;
    let (patch, warnings) = jackfield_patch::read(&text, registry).map_err(PatchFileError::Content)?;
    Ok(PatchFile { text, patch, warnings, home: Home::Nowhere(folder), imported: None })
}

fn unpack(archive: impl Read + Seek, folder: &Path) -> Result<PathBuf, PatchFileError> {
    bundle::unpack(archive, folder).map_err(PatchFileError::Bundle)
}

/// Reads the patch to make sound of, and tells the warnings.
pub(crate) fn open(path: &Path, registry: &Registry) -> Result<PatchFile, Failure> {
    let file = read(path, registry).map_err(|error| Failure::input(error.describe(path)))?;
    warn(path, &file.warnings);
    if let Some(report) = &file.imported {
        eprintln!("{}: imported {}", path.display(), import::summary(report));
    }
    Ok(file)
}

/// What a patch is called in messages, and what files made of it are called after: its path, or `link` for a
/// link, whose letters would fill the screen.
pub(crate) fn shown(path: &Path) -> &Path {
    if path.to_str().is_some_and(is_link) { Path::new("link") } else { path }
}

/// Tells a person what was read differently than it is written.
pub(crate) fn warn(path: &Path, warnings: &[Warning]) {
    for warning in warnings {
        eprintln!("warning: {}: {warning}", shown(path).display());
    }
}

/// A setting that names a file: the definition that its node is inside of, if it is in a box, the node's id
/// and the setting's name.
pub(crate) type FileUser = (Option<Arc<str>>, Arc<str>, Arc<str>);

/// The files that the patch's nodes name, those inside boxes included, each with the settings that do. Which
/// settings of an unknown node name files nobody knows.
pub(crate) fn files(patch: &Patch) -> BTreeMap<String, Vec<FileUser>> {
    let mut files: BTreeMap<String, Vec<FileUser>> = BTreeMap::new();
    let insides = patch.definitions().map(|definition| (Some(definition.id().clone()), definition.inside()));
    let levels = std::iter::once((None, patch)).chain(insides);
    let nodes = levels.flat_map(|(level, patch)| patch.nodes().map(move |(_, node)| (level.clone(), node)));
    for (level, node) in nodes {
        let NodeBody::Known { spec, settings, .. } = &node.body else { continue };
        for (setting, value) in spec.settings.iter().zip(settings.values()) {
            if let SettingValue::File(name) = value
                && !name.is_empty()
            {
                let user = (level.clone(), node.id.clone(), setting.name.into());
                files.entry(name.clone()).or_default().push(user);
            }
        }
    }
    files
}

fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    // One byte more than allowed is enough to see that a file is too long; a device has no end.
    let most = limits::FILE_BYTES as u64 + 1;
    let mut text = Vec::new();
    if path == Path::new("-") {
        io::stdin().lock().take(most).read_to_end(&mut text)?;
        return Ok(text);
    }
    // Opening a folder succeeds on some systems, and then reading says something odd.
    if path.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    File::open(path)?.take(most).read_to_end(&mut text)?;
    Ok(text)
}
