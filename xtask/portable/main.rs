//! `jackfield-portable FOLDER PATCH...` plays each patch and writes its samples to `FOLDER/<patch>.f32`: two
//! channels, interleaved, 32 bits each, the least significant byte first.

#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    let paths: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let Some((folder, patches)) = paths.split_first() else {
        eprintln!("Usage: jackfield-portable FOLDER PATCH...");
        return ExitCode::from(2);
    };
    for patch in patches {
        if let Err(error) = play(patch, folder) {
            eprintln!("error: {}: {error}", patch.display());
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn play(patch: &Path, folder: &Path) -> Result<(), String> {
    let text = fs::read(patch).map_err(|error| error.to_string())?;
    let bytes: Vec<u8> = jackfield_portable::sound(&text)?.into_iter().flat_map(f32::to_le_bytes).collect();
    let name = patch.file_stem().ok_or("no name")?;
    fs::write(folder.join(name).with_extension("f32"), bytes).map_err(|error| error.to_string())
}
