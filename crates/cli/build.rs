//! Lists the factory patches, so that a new file in `patches/` is part of the program without further ado.

use std::path::Path;
use std::{env, fs};

fn main() {
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let folder = Path::new(&root).join("patches");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut names: Vec<String> = fs::read_dir(&folder)
        .expect("the folder can be read")
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "jack"))
        .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    let entry = |name: &String| {
        let path = folder.join(name);
        format!("({name:?}, include_str!({:?})),\n", path.to_string_lossy())
    };
    let list: String = names.iter().map(entry).collect();
    let output = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("factory.rs");
    fs::write(output, format!("&[\n{list}]\n")).expect("the output folder can be written");
}
