//! `cargo xtask bench`: runs the benchmarks, then prints one table of what they measured.

use crate::step::{Steps, cargo};
use crate::{Stop, packages};
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// Ours in each group; the others are compared with it.
const OURS: &str = "jackfield";

/// Runs the benchmarks whose names contain `filter`, all of them without one.
pub(crate) fn bench(filter: &[&str]) -> Result<(), Stop> {
    packages::install_for_building()?;
    let mut steps = Steps::default();
    let mut benches = cargo(&["bench", "--workspace", "--benches", "--"]);
    steps.run("benchmarks", benches.args(filter))?;
    let target = env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), PathBuf::from);
    print!("\n{}", table(&read_times(&target.join("criterion"))));
    Ok(())
}

/// Nanoseconds by benchmark, by group.
type Times = BTreeMap<String, BTreeMap<String, f64>>;

/// Reads criterion's results: `<group>/<benchmark>/new/estimates.json`.
fn read_times(folder: &Path) -> Times {
    let mut times = Times::new();
    for group in subfolders(folder) {
        for benchmark in subfolders(&group) {
            let estimates = fs::read_to_string(benchmark.join("new/estimates.json")).unwrap_or_default();
            if let Some(median) = median(&estimates) {
                times.entry(file_name(&group)).or_default().insert(file_name(&benchmark), median);
            }
        }
    }
    times
}

fn subfolders(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir())
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The median in criterion's JSON: `"median":{"confidence_interval":{...},"point_estimate":123.4,...`.
fn median(estimates: &str) -> Option<f64> {
    let (_, after) = estimates.split_once("\"median\":")?;
    let (_, after) = after.split_once("\"point_estimate\":")?;
    after.split([',', '}']).next()?.trim().parse().ok()
}

/// One line for each benchmark; in groups with ours, how many times as long the others take.
fn table(times: &Times) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    for (group, benchmarks) in times {
        let ours = benchmarks.get(OURS);
        for (name, time) in benchmarks {
            let ratio = ours.map_or_else(String::new, |ours| format!("{:10.2} x", time / ours));
            let _ = writeln!(text, "{group:<28} {name:<28} {time:>14.1} ns{ratio}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_read_and_not_the_mean() {
        let estimates = r#"{"mean":{"confidence_interval":{"lower_bound":1.0},"point_estimate":2.0},
            "median":{"confidence_interval":{"lower_bound":3.0},"point_estimate":4.5,"standard_error":0.1}}"#;
        assert_eq!(median(estimates), Some(4.5));
        assert_eq!(median("{}"), None);
    }

    #[test]
    fn others_are_compared_with_ours() {
        let group = BTreeMap::from([("jackfield".to_owned(), 10.0), ("peer".to_owned(), 85.0)]);
        let table = table(&Times::from([("voices".to_owned(), group)]));
        assert!(table.contains("8.50 x") && table.contains("1.00 x"), "{table}");
    }
}
