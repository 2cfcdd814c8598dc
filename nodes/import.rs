//! What the node library says of modules of other environments: the mapping files that an importer reads.
//!
//! To map more modules, write them into a file of `nodes/import/vcv/`, or add a file and its line below.
//! The language is that of `jackfield-import`.

/// Declares [`VCV`] from the names of the files.
macro_rules! mappings {
    ($($name:literal,)*) => {
        &[$(($name, include_str!(concat!("import/vcv/", $name, ".map"))),)*]
    };
}

/// What stands for the modules of VCV Rack: name and text of each mapping file.
pub static VCV: &[(&str, &str)] = mappings! {
    "bogaudio",
    "core",
    "fundamental",
    "mixing",
    "mutable",
    "rhythm",
    "voices",
};

#[cfg(test)]
mod tests {
    use super::VCV;
    use jackfield_import::Mappings;
    use std::collections::BTreeSet;
    use std::path::Path;

    #[test]
    fn every_mapping_names_what_exists() {
        let mappings = Mappings::read(VCV).expect("the mapping files are understood");
        let faults = mappings.check(&crate::registry());
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert!(mappings.len() > 300, "only {} modules are mapped", mappings.len());
    }

    /// A forgotten line in the list would leave a file out without any other sign.
    #[test]
    fn the_list_names_every_file() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("import/vcv");
        let entries = folder.read_dir().expect("the folder can be read");
        let stem = |path: &Path| path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned);
        let files: BTreeSet<String> =
            entries.filter_map(|entry| stem(&entry.expect("the folder can be read").path())).collect();
        assert_eq!(files, VCV.iter().map(|file| file.0.to_owned()).collect());
    }
}
