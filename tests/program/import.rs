//! Rack patches from the command line: imported, reported, opened by every command; and a folder of them
//! surveyed.

use crate::support::{fail, succeed};
use jackfield_engine::Session;
use jackfield_import::{Grade, Mappings, Options, Report, import};
use jackfield_node::NoAssets;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Names a folder of Rack patches. With it, the table in `docs/import.md` is made anew from them.
const SURVEY: &str = "JACKFIELD_RACK_PATCHES";
/// Where the table stands.
const MARKS: [&str; 2] = ["<!-- survey -->\n", "<!-- end of survey -->"];

/// An oscillator into the output, a note, and a module that nobody knows.
fn rack() -> Value {
    json!({
        "version": "2.6.0",
        "modules": [
            {"id": 1, "plugin": "Fundamental", "model": "VCO", "pos": [0, 0],
             "params": [{"id": 2, "value": -12.0}, {"id": 5, "value": 0.5}]},
            {"id": 2, "plugin": "Core", "model": "AudioInterface2", "pos": [12, 0],
             "params": [{"id": 0, "value": 1.0}]},
            {"id": 3, "plugin": "Core", "model": "Notes", "pos": [0, 1],
             "data": {"text": "An octave below."}},
            {"id": 4, "plugin": "Nobody", "model": "Knows", "pos": [9, 1], "data": {"secret": 7}},
        ],
        "cables": [
            {"outputModuleId": 1, "outputId": 2, "inputModuleId": 2, "inputId": 0},
            {"outputModuleId": 1, "outputId": 2, "inputModuleId": 2, "inputId": 1},
            {"outputModuleId": 4, "outputId": 0, "inputModuleId": 1, "inputId": 0},
        ],
    })
}

fn folder_with_rack() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a rack.vcv");
    fs::write(&path, rack().to_string()).expect("a writable file");
    (folder, path)
}

#[test]
fn a_rack_becomes_a_patch_with_a_report() {
    let (_folder, path) = folder_with_rack();
    let told = succeed(["import".as_ref(), path.as_os_str()]);
    assert!(told.contains("4 modules: 3 exact, 0 near, 1 kept as placeholders; 3 cables"), "{told}");
    assert!(told.contains("Nobody Knows  kept"), "{told}");
    let patch = fs::read_to_string(path.with_extension("jack")).expect("the patch is beside it");
    for part in ["\"frequency\": 130.8", "An octave below.", "vcv.Nobody.Knows", "\"secret\": 7", "a rack"] {
        assert!(patch.contains(part), "{part}: {patch}");
    }
    let report = succeed(["import".as_ref(), path.as_os_str(), "--json".as_ref()]);
    let report: Value = serde_json::from_str(&report).expect("it is JSON");
    for (key, count) in [("modules", 4), ("cables", 3), ("exact", 3), ("near", 0), ("kept", 1)] {
        assert_eq!(report[key], count, "{key}");
    }
    assert_eq!(report["list"][3]["grade"], "kept");
}

#[test]
fn every_command_takes_a_rack_and_none_writes_one() {
    let (_folder, path) = folder_with_rack();
    let wav = path.with_extension("wav");
    succeed(
        ["render", "--seconds", "0.5", "-o"]
            .map(AsRef::as_ref)
            .into_iter()
            .chain([wav.as_os_str(), path.as_os_str()]),
    );
    assert!(fs::metadata(&wav).is_ok_and(|wav| wav.len() > 40_000));
    succeed(["plan".as_ref(), path.as_os_str()]);
    assert!(fail(1, ["fmt".as_ref(), path.as_os_str()]).contains("jackfield import"));
    fail(2, ["import".as_ref(), path.as_os_str(), "-o".as_ref(), path.as_os_str()]);
    assert_eq!(fs::read_to_string(&path).expect("it is there"), rack().to_string());
    let empty = path.with_file_name("empty.vcv");
    fs::write(&empty, "").expect("a writable file");
    assert!(fail(1, ["import".as_ref(), empty.as_os_str()]).contains("is empty"));
    let jack = path.with_file_name("ours.jack");
    fs::write(&jack, r#"{"jackfield": 1}"#).expect("a writable file");
    assert!(fail(1, ["import".as_ref(), jack.as_os_str()]).contains("already"));
}

/// Files of others can't come with the project, so this takes the folder that the environment names, if
/// it names one: every file imports, every cable is carried, what was imported reads back as it is and
/// plays, and the table of grades goes into `docs/import.md`.
#[test]
fn a_folder_of_racks_imports_whole() {
    let Some(folder) = std::env::var_os(SURVEY) else { return };
    let entries = fs::read_dir(&folder).expect("the folder can be read");
    let mut files: Vec<PathBuf> =
        entries.map(|entry| entry.expect("the folder can be read").path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "vcv"));
    files.sort();
    let reports: Vec<(String, Report)> = files.iter().map(|file| (stem(file), survey(file))).collect();
    let count = |grade| reports.iter().map(|(_, report)| report.count(grade)).sum::<usize>();
    let [exact, near, kept] = [Grade::Exact, Grade::Near, Grade::Kept].map(count);
    let modules = exact + near + kept;
    let cables: usize = reports.iter().map(|(_, report)| report.cables).sum();
    let per_cent = |part: usize| format!("{part} ({:.1} %)", 100.0 * part as f64 / modules as f64);
    let mut table = "| file | modules | cables | exact | near | kept |\n".to_owned();
    table.push_str("| --- | ---: | ---: | ---: | ---: | ---: |\n");
    for (name, report) in &reports {
        let [exact, near, kept] = [Grade::Exact, Grade::Near, Grade::Kept].map(|grade| report.count(grade));
        let (modules, cables) = (report.modules.len(), report.cables);
        table.push_str(&format!("| {name} | {modules} | {cables} | {exact} | {near} | {kept} |\n"));
    }
    let [exact_share, near_share, kept_share] = [exact, near, kept].map(per_cent);
    table.push_str(&format!(
        "| **all {}** | {modules} | {cables} | {exact_share} | {near_share} | {kept_share} |\n",
        reports.len()
    ));
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/import.md");
    let text = fs::read_to_string(&page).expect("the page can be read");
    let (before, rest) = text.split_once(MARKS[0]).expect("the page has a place for the table");
    let (_, after) = rest.split_once(MARKS[1]).expect("the place has an end");
    fs::write(&page, format!("{before}{}{table}{}{after}", MARKS[0], MARKS[1])).expect("a writable page");
    assert!(10 * (exact + near) >= 7 * modules, "only {exact} exact and {near} near of {modules}");
}

fn stem(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().replace('|', "-")
}

/// Imports a file, and plays it for half a second.
fn survey(file: &Path) -> Report {
    let registry = jackfield_nodes::registry();
    let mappings = Mappings::read(jackfield_nodes::import::VCV).expect("they are understood");
    let bytes = fs::read(file).expect("the file can be read");
    let options = Options { title: "survey", card_size: &jackfield_editor::card_size };
    let imported = import(&bytes, &mappings, &registry, options)
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let report = imported.report;
    assert_eq!(report.carried_cables, report.cables, "{}: {:?}", file.display(), report.problems);
    let text = jackfield_patch::write(&imported.patch);
    let (patch, _) = jackfield_patch::read(&text, &registry).expect("it reads back");
    assert!(patch == imported.patch, "{}", file.display());
    let (mut session, mut executor) =
        Session::new(jackfield_engine::Options::default(), Box::new(NoAssets)).expect("a session");
    let told = session.update(&patch);
    assert!(told.problems.is_empty(), "{}: {:?}", file.display(), told.problems);
    let mut output = vec![0.0; 2 * 480];
    for _ in 0..50 {
        executor.process(&[], 0, &mut output, 2);
        session.poll();
        assert!(output.iter().all(|sample| sample.is_finite()));
    }
    assert!(session.faults().is_empty(), "{}", file.display());
    report
}
