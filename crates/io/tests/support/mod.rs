//! Sound files in every format, for tests.

use std::path::Path;
use std::process::Command;

/// Encodes a sound file with ffmpeg. False, with a word on stderr, where ffmpeg can't.
pub(crate) fn encode(from: &Path, to: &Path, options: &[&str]) -> bool {
    let name = to.display();
    let run = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y", "-i"])
        .arg(from)
        .args(options)
        .args(["-map_metadata", "-1"])
        .arg(to)
        .output();
    match run {
        Ok(output) if output.status.success() => return true,
        Ok(output) => eprintln!("skipped {name}: {}", String::from_utf8_lossy(&output.stderr).trim()),
        Err(error) => eprintln!("skipped {name}: no ffmpeg ({error})"),
    }
    false
}
