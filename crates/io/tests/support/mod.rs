//! Sound files in every format, for tests.

use jackfield_testkit::require;
use std::path::Path;
use std::process::Command;

/// Encodes a sound file with ffmpeg. False where ffmpeg is not there or can't; the test is left out then.
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
