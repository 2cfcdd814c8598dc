//! `cargo xtask test --portable`: the factory patches on machines other than this one, each sound compared
//! bit for bit with the one of this machine, and that with the record.

use crate::step::{Steps, cargo};
use crate::{Stop, packages};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const PACKAGE: &[&str] = &["--package", "jackfield-portable"];
const ARM: &str = "aarch64-unknown-linux-gnu";
const WASM: &str = "wasm32-unknown-unknown";

/// Plays, compares, and prints a table of what differs.
pub(crate) fn test() -> Result<(), Stop> {
    packages::install_for_building()?;
    packages::install_for_other_machines()?;
    let root = Path::new(ROOT).canonicalize().expect("the workspace is there");
    let patches = patches(&root.join("patches"));
    let folder = |machine: &str| {
        let folder = root.join("target/portable").join(machine);
        fs::create_dir_all(&folder).expect("a folder can be made");
        folder
    };
    let mut steps = Steps::default();
    steps.run("targets", Command::new("rustup").args(["target", "add", ARM, WASM]))?;

    let here = folder("here");
    let mut run = cargo(&["run"]);
    steps.run("sounds of this machine", run.args(PACKAGE).arg("--").arg(&here).args(&patches))?;

    let arm = folder("aarch64");
    let mut run = cargo(&["run", "--target", ARM]);
    run.args(PACKAGE).arg("--").arg(&arm).args(&patches);
    if env::consts::ARCH != "aarch64" {
        run.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", "aarch64-linux-gnu-gcc");
        run.env(
            "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER",
            "qemu-aarch64-static -L /usr/aarch64-linux-gnu",
        );
    }
    steps.run("sounds of aarch64", &mut run)?;

    let wasm = folder("wasm32");
    let mut build = cargo(&["build", "--lib", "--target", WASM]);
    steps.run("library for wasm32", build.args(PACKAGE).env("RUSTFLAGS", "-C target-feature=+simd128"))?;
    let library = root.join("target").join(WASM).join("debug/jackfield_portable.wasm");
    let mut run = Command::new("node");
    run.arg(root.join("xtask/portable/run.mjs")).arg(library).arg(&wasm).args(&patches);
    steps.run("sounds of wasm32", &mut run)?;

    let known = lines(&root.join("xtask/portable/known.txt"));
    let mut faults = compare_with_record(&here, &root.join("tests/factory_patches.txt"), &patches);
    println!(
        "\n{:<10} {:<24} {:>12} {:>10} {:>10}",
        "machine", "patch", "first frame", "mean, dB", "most, dB"
    );
    for (machine, there) in [("aarch64", &arm), ("wasm32", &wasm)] {
        for patch in &patches {
            let name = name(patch);
            let difference = Difference::between(&sound(&here, name), &sound(there, name));
            let told =
                difference.as_ref().map_or_else(|| format!("{:>12}", "same bits"), Difference::columns);
            println!("{machine:<10} {name:<24} {told}");
            match (difference.is_some(), known.contains(&format!("{machine} {name}"))) {
                (true, false) => faults.push(format!("{machine} {name}: differs")),
                (false, true) => {
                    faults.push(format!("{machine} {name}: is known to differ, and does not; strike it out"));
                }
                _ => {}
            }
        }
    }
    if !faults.is_empty() {
        println!("\n{}", faults.join("\n"));
        println!(
            "xtask: {} sounds are not as expected; known differences stand in xtask/portable/known.txt",
            faults.len()
        );
        return Err(Stop::Failed);
    }
    steps.close(&format!(", {} known differences", known.len()));
    Ok(())
}

fn patches(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the patches are there").flatten();
    let mut patches: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    patches.retain(|path| path.extension().is_some_and(|end| end == "jack"));
    patches.sort();
    patches
}

fn name(patch: &Path) -> &str {
    patch.file_stem().and_then(|name| name.to_str()).expect("patches have plain names")
}

/// The lines of a file that are no remarks.
fn lines(file: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

fn sound(folder: &Path, name: &str) -> Vec<f32> {
    let bytes = fs::read(folder.join(name).with_extension("f32")).expect("the sound was just written");
    bytes.chunks_exact(4).map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])).collect()
}

/// The patches that this machine plays otherwise than recorded.
fn compare_with_record(here: &Path, record: &Path, patches: &[PathBuf]) -> Vec<String> {
    let record = lines(record);
    let is_recorded = |name: &str| record.contains(&format!("{:016x} {name}", hash(&sound(here, name))));
    let others = patches.iter().map(|patch| name(patch)).filter(|name| !is_recorded(name));
    others.map(|name| format!("this machine {name}: not as recorded")).collect()
}

/// 64-bit FNV-1a over the bytes of the samples, as `jackfield_engine::SoundHash` has it.
fn hash(sound: &[f32]) -> u64 {
    let bytes = sound.iter().flat_map(|sample| sample.to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// How two sounds of two channels differ.
#[derive(Debug, PartialEq)]
struct Difference {
    frame: usize,
    /// The root of the mean square of the difference, and its peak, in dB re full scale.
    mean: f64,
    most: f64,
}

impl Difference {
    fn between(here: &[f32], there: &[f32]) -> Option<Self> {
        let pairs = || here.iter().zip(there);
        let first = pairs().position(|(a, b)| a.to_bits() != b.to_bits());
        let first = first.or((here.len() != there.len()).then(|| here.len().min(there.len())))?;
        let differences = || pairs().map(|(a, b)| f64::from(*a) - f64::from(*b));
        let decibels = |amplitude: f64| 20.0 * amplitude.max(1e-30).log10();
        let power =
            differences().map(|difference| difference * difference).sum::<f64>() / here.len().max(1) as f64;
        let most = differences().fold(0.0, |most: f64, difference| most.max(difference.abs()));
        Some(Self { frame: first / 2, mean: decibels(power.sqrt()), most: decibels(most) })
    }

    fn columns(&self) -> String {
        format!("{:>12} {:>10.1} {:>10.1}", self.frame, self.mean, self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_has_a_place_and_a_level() {
        let here = vec![0.5; 200];
        assert_eq!(Difference::between(&here, &here), None);
        let mut there = here.clone();
        there[101] = 0.25;
        let difference = Difference::between(&here, &there).expect("it differs");
        assert_eq!(difference.frame, 50);
        assert!(
            (difference.most + 12.04).abs() < 0.01 && (difference.mean + 35.05).abs() < 0.01,
            "{difference:?}"
        );
        assert!(Difference::between(&[0.0], &[-0.0]).is_some(), "equal means equal bits");
        assert_eq!(Difference::between(&here, &here[..100]).expect("it differs").frame, 50, "one ends early");
    }

    #[test]
    fn the_hash_is_that_of_the_record() {
        // The bytes of this sample are "foob"; the value is the published one for that word.
        assert_eq!(hash(&[f32::from_le_bytes(*b"foob")]), 0xdd12_0e79_0c25_12af);
    }
}
