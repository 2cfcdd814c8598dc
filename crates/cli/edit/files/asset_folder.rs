//! The files of a patch. They lie in its folder, so that it can be passed on together with them; what
//! comes from elsewhere is copied there. A patch that is saved nowhere yet has a folder of its own.

use crate::patch_file;
use jackfield_io::AssetStore;
use jackfield_node::stream::LongFile;
use jackfield_node::{Asset, AssetError, AssetSource, ChannelChoice, FileTrouble, MidiAsset, SettingValue};
use jackfield_patch::{Edit, Patch};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

/// Where the files of the document lie; the document may move while its session goes on.
#[derive(Clone, Debug)]
pub(crate) struct AssetFolder(Arc<RwLock<(PathBuf, AssetStore)>>);

impl AssetFolder {
    /// The files in a folder.
    pub(crate) fn new(folder: PathBuf) -> Self {
        let store = AssetStore::new(&folder);
        Self(Arc::new(RwLock::new((folder, store))))
    }

    /// The folder of a patch: the one it is saved in, or else one that is its own alone.
    pub(crate) fn folder_of(patch: Option<&Path>, temporary_folder: &Path) -> PathBuf {
        match patch.and_then(Path::parent) {
            Some(folder) if folder.as_os_str().is_empty() => PathBuf::from("."),
            Some(folder) => folder.to_owned(),
            None => temporary_folder.to_owned(),
        }
    }

    /// The folder.
    pub(crate) fn folder(&self) -> PathBuf {
        self.place().0.clone()
    }

    fn place(&self) -> RwLockReadGuard<'_, (PathBuf, AssetStore)> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds files in another folder from now on.
    pub(crate) fn move_to(&self, folder: PathBuf) {
        let store = AssetStore::new(&folder);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = (folder, store);
    }

    /// The path of a file as a patch says it, after copying it into the folder if it lies elsewhere.
    pub(crate) fn import(&self, file: &Path) -> Result<String, String> {
        let folder = self.folder();
        let can_not = |error: io::Error| format!("can't copy '{}' beside the patch: {error}", file.display());
        fs::create_dir_all(&folder).map_err(can_not)?;
        let (home, real) = (folder.canonicalize().map_err(can_not)?, file.canonicalize().map_err(can_not)?);
        if let Ok(inside) = real.strip_prefix(&home) {
            return text(inside);
        }
        let name = real.file_name().ok_or_else(|| format!("'{}' is no file", file.display()))?;
        let place = free_place(&home, Path::new(name), &real).map_err(can_not)?;
        if !place.exists() {
            fs::copy(&real, &place).map_err(can_not)?;
        }
        text(place.strip_prefix(&home).unwrap_or(&place))
    }

    /// Copies the files that a patch names into the folder it is about to be saved in. Where another file of
    /// the name lies there, the patch's own gets a free one: what is returned has to be done to the patch, so
    /// that it plays on what it has played.
    pub(crate) fn copy_files(&self, patch: &Patch, to: &Path) -> Result<Vec<Edit>, String> {
        let store = &self.place().1;
        let mut renamed = Vec::new();
        for (name, users) in patch_file::files(patch) {
            let Ok((source, relative)) = store.locate(&name) else { continue };
            if !source.is_file() {
                continue;
            }
            let can_not = |error: io::Error| format!("can't copy '{name}' beside the patch: {error}");
            fs::create_dir_all(to.join(&relative).parent().unwrap_or(to)).map_err(can_not)?;
            let target = free_place(to, &relative, &source).map_err(can_not)?;
            if !target.exists() {
                fs::copy(&source, &target).map_err(can_not)?;
            }
            if target == to.join(&relative) {
                continue;
            }
            let value = SettingValue::File(text(target.strip_prefix(to).unwrap_or(&target))?);
            renamed.extend(users.into_iter().map(|(level, id, setting)| {
                let edit = Edit::SetSetting { id, setting, value: value.clone() };
                match level {
                    Some(definition) => Edit::Inside { definition, edit: Box::new(edit) },
                    None => edit,
                }
            }));
        }
        Ok(renamed)
    }
}

impl AssetSource for AssetFolder {
    fn load(&self, path: &str, sample_rate: f32) -> Result<Arc<Asset>, AssetError> {
        self.place().1.load(path, sample_rate)
    }

    fn load_unchanged(&self, path: &str) -> Result<Arc<Asset>, AssetError> {
        self.place().1.load_unchanged(path)
    }

    fn load_midi(&self, path: &str, sample_rate: f32) -> Result<Arc<MidiAsset>, AssetError> {
        self.place().1.load_midi(path, sample_rate)
    }

    fn load_text(&self, path: &str) -> Result<String, AssetError> {
        self.place().1.load_text(path)
    }

    fn load_stereo(
        &self,
        path: &str,
        sample_rate: f32,
        choice: ChannelChoice,
    ) -> Result<Arc<Asset>, AssetError> {
        self.place().1.load_stereo(path, sample_rate, choice)
    }

    fn load_stereo_unchanged(&self, path: &str, choice: ChannelChoice) -> Result<Arc<Asset>, AssetError> {
        self.place().1.load_stereo_unchanged(path, choice)
    }

    fn open_long(&self, path: &str, choice: ChannelChoice) -> Result<Arc<dyn LongFile>, AssetError> {
        self.place().1.open_long(path, choice)
    }

    fn wait_for_disk(&self, waits: bool) {
        self.place().1.wait_for_disk(waits);
    }

    fn file_troubles(&self) -> Vec<FileTrouble> {
        self.place().1.file_troubles()
    }
}

/// A place for a file in a folder: where an equal file lies, or nothing yet.
fn free_place(folder: &Path, name: &Path, content: &Path) -> io::Result<PathBuf> {
    let bytes = fs::metadata(content)?.len();
    let stem = name.with_extension("").to_string_lossy().into_owned();
    let ending = name.extension().map(|end| format!(".{}", end.to_string_lossy())).unwrap_or_default();
    let mut number = 1;
    let mut place = folder.join(name);
    while place.exists() {
        let is_same = || -> io::Result<bool> { Ok(place.canonicalize()? == content.canonicalize()?) };
        let is_equal =
            fs::metadata(&place)?.len() == bytes && (is_same()? || fs::read(&place)? == fs::read(content)?);
        if is_equal {
            break;
        }
        number += 1;
        place = folder.join(format!("{stem} {number}{ending}"));
    }
    Ok(place)
}

/// A path in a patch has `/` on every system.
fn text(path: &Path) -> Result<String, String> {
    let parts: Option<Vec<&str>> = path.components().map(|part| part.as_os_str().to_str()).collect();
    parts
        .map(|parts| parts.join("/"))
        .ok_or_else(|| format!("the name of '{}' is no text; rename the file", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_from_elsewhere_is_copied_once_and_kept_apart_from_others() {
        let [home, elsewhere] = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
        let assets = AssetFolder::new(home.path().join("patches"));
        let kick = elsewhere.path().join("kick.wav");
        fs::write(&kick, "boom").expect("written");
        assert_eq!(assets.import(&kick).as_deref(), Ok("kick.wav"));
        assert_eq!(assets.import(&kick).as_deref(), Ok("kick.wav"), "an equal file is the same file");
        fs::write(&kick, "bang").expect("written");
        assert_eq!(assets.import(&kick).as_deref(), Ok("kick 2.wav"));
        let inside = assets.folder().join("drums");
        fs::create_dir(&inside).expect("a folder");
        fs::write(inside.join("hat.wav"), "tss").expect("written");
        assert_eq!(assets.import(&inside.join("hat.wav")).as_deref(), Ok("drums/hat.wav"));
        assert!(assets.import(Path::new("/nonexistent/a.wav")).is_err());
    }

    /// A kind of file that this did not pass on would be missing in the editor alone.
    #[test]
    fn every_kind_of_file_is_found() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("file"), "none of these").expect("written");
        let assets = AssetFolder::new(folder.path().to_owned());
        let is_found = |error: Option<AssetError>| !matches!(error, Some(AssetError::Missing { .. }));
        assert!(is_found(assets.load("file", 48_000.0).err()));
        assert!(is_found(assets.load_unchanged("file").err()));
        assert!(is_found(assets.load_stereo("file", 48_000.0, ChannelChoice::All).err()));
        assert!(is_found(assets.open_long("file", ChannelChoice::All).err()));
        assert!(is_found(assets.load_stereo_unchanged("file", ChannelChoice::All).err()));
        assert!(is_found(assets.load_midi("file", 48_000.0).err()));
        assert!(is_found(assets.load_text("file").err()));
    }

    #[test]
    fn files_follow_their_patch_into_another_folder() {
        let [old, new] = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
        fs::create_dir(old.path().join("drums")).expect("a folder");
        fs::write(old.path().join("drums/kick.wav"), "boom").expect("written");
        let text = r#"{"jackfield": 1, "nodes": {
            "a": {"type": "source.player", "settings": {"file": "drums/kick.wav"}},
            "b": {"type": "source.player", "settings": {"file": "../secret.wav"}},
            "c": {"type": "source.player", "settings": {"file": "missing.wav"}}}, "cables": []}"#;
        let (patch, _) = jackfield_patch::read(text, &jackfield_nodes::registry()).expect("a patch");
        let assets = AssetFolder::new(old.path().to_owned());
        assert!(assets.copy_files(&patch, new.path()).expect("files are copied").is_empty());
        assert_eq!(fs::read(new.path().join("drums/kick.wav")).expect("it is there"), b"boom");
        assert_eq!(new.path().read_dir().expect("a folder").count(), 1);
    }
    /// A patch that is saved beside another `kick.wav` would play that one from then on.
    #[test]
    fn a_file_keeps_apart_from_another_of_its_name() {
        let [old, new] = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
        fs::create_dir(new.path().join("drums")).expect("a folder");
        for (folder, name, content) in [
            (&old, "kick.wav", "boom"),
            (&new, "kick.wav", "another"),
            (&old, "dot.wav", "dot"),
            (&old, "drums.wav", "same"),
            (&new, "drums.wav", "same"),
        ] {
            fs::write(folder.path().join(name), content).expect("written");
        }
        let text = r#"{"jackfield": 1, "nodes": {
            "a": {"type": "source.player", "settings": {"file": "kick.wav"}},
            "b": {"type": "source.player", "settings": {"file": "./dot.wav"}},
            "c": {"type": "source.player", "settings": {"file": "drums.wav"}},
            "d": {"type": "source.streamer", "settings": {"file": "kick.wav"}}}, "cables": []}"#;
        let (mut patch, _) = jackfield_patch::read(text, &jackfield_nodes::registry()).expect("a patch");
        let assets = AssetFolder::new(old.path().to_owned());
        let renamed = assets.copy_files(&patch, new.path()).expect("files are copied");
        assert_eq!(renamed.len(), 2, "{renamed:?}");
        for edit in renamed {
            patch.apply(edit).expect("the setting is there");
        }
        let files: Vec<String> = patch_file::files(&patch).into_keys().collect();
        assert_eq!(files, ["./dot.wav", "drums.wav", "kick 2.wav"]);
        let content = |name: &str| fs::read_to_string(new.path().join(name)).expect("it is there");
        assert_eq!(["kick.wav", "kick 2.wav", "dot.wav"].map(content), ["another", "boom", "dot"]);
        assert!(assets.copy_files(&patch, old.path()).is_ok(), "into the folder they lie in");
    }
}
