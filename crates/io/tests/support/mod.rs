//! Sound files in every format, for tests.

use jackfield_testkit::require;
use std::path::Path;
use std::process::Command;

/// Encodes a sound file with ffmpeg. False where ffmpeg is not there or can't; the test is left out then.
#[allow(dead_code, reason = "not every test encodes")]
pub(crate) fn encode(from: &Path, to: &Path, options: &[&str]) -> bool {
    if !require::tool("ffmpeg") {
        return false;
    }
    let run = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y", "-i"])
        .arg(from)
        .args(options)
        .args(["-map_metadata", "-1"])
        .arg(to)
        .output()
        .expect("ffmpeg starts");
    if !run.status.success() {
        let (name, reason) = (to.display(), String::from_utf8_lossy(&run.stderr));
        require::skip(&format!("ffmpeg can't write {name}: {}", reason.trim()));
    }
    run.status.success()
}

/// The samples of a sound file as ffmpeg reads them, as little-endian numbers of 16 bits, with a look at sox;
/// with a word on stderr where they
/// disagree. Nothing where one of them is not installed.
#[allow(dead_code, reason = "not every test has others to compare with")]
pub(crate) fn raw_samples(path: &Path) -> Option<Vec<u8>> {
    if !(require::tool("ffmpeg") && require::tool("sox")) {
        return None;
    }
    let ffmpeg = Command::new("ffmpeg")
        .args(["-v", "fatal", "-nostdin", "-i"])
        .arg(path)
        .args(["-f", "s16le", "-"])
        .output()
        .expect("ffmpeg starts");
    let sox = Command::new("sox")
        .args(["-V0", "-D"])
        .arg(path)
        .args(["-t", "raw", "-e", "signed", "-b", "16", "-L", "-"])
        .output()
        .expect("sox starts");
    // Either of them refuses some files; one that reads one counts.
    if !sox.stdout.is_empty() && sox.stdout != ffmpeg.stdout {
        eprintln!("{}: sox reads something else than ffmpeg", path.display());
    }
    Some(ffmpeg.stdout)
}
