//! Names of files in a bundle: plain on every system, or refused.

use super::BundleError;

/// Longest name, in bytes.
const LONGEST: usize = 512;

/// Names that mean a device on Windows, whatever the ending.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// The parts of a name, if it is a plain path: relative, with `/` between, and nothing that any system takes
/// for more than a file's name.
pub(super) fn parts(name: &str) -> Result<Vec<&str>, BundleError> {
    let parts: Vec<&str> = name.split('/').collect();
    if name.len() <= LONGEST && parts.iter().all(|part| is_plain(part)) {
        Ok(parts)
    } else {
        let name = name.chars().take(80).map(|c| if c.is_control() { '?' } else { c }).collect();
        Err(BundleError::Outside { name })
    }
}

fn is_plain(part: &str) -> bool {
    let is_odd = |c: char| c.is_control() || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    let stem = part.split('.').next().unwrap_or_default().to_lowercase();
    let is_device = DEVICES.contains(&stem.trim_end_matches(|c: char| c.is_ascii_digit()));
    // This rules out "", "." and ".." as well, and what Windows would shorten.
    !part.is_empty() && !part.ends_with(['.', ' ']) && !part.contains(is_odd) && !is_device
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_pass() {
        for name in ["a.wav", "Drums/kick 1.wav", "ünï/ç.flac", "a/b/c/d.mid", "..hidden", "console.wav"] {
            assert_eq!(parts(name).unwrap().join("/"), name);
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let long = "a/".repeat(400) + "b";
        for name in [
            "",
            "/",
            "/etc/passwd",
            "..",
            "../a",
            "a/../b",
            "a/..",
            ".",
            "./a",
            "a//b",
            "a/",
            "C:",
            "C:/a",
            "a\\b",
            "..\\a",
            "a\0b",
            "a\nb",
            "nul",
            "NUL.wav",
            "x/com1.txt",
            "a.",
            "a ",
            "a?b",
            &long,
        ] {
            assert!(matches!(parts(name), Err(BundleError::Outside { .. })), "{name:?}");
        }
    }
}
