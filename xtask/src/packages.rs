//! System packages: which are needed, which are missing, and how this machine installs them.
//!
//! Only Linux needs any. macOS and Windows bring their sound libraries with them.

use crate::Stop;
use crate::step::succeeds;
use std::env;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::Command;

/// How to find out whether something is installed.
enum Probe {
    /// A library with headers, by its pkg-config name.
    Library(&'static str),
    /// A program on the search path.
    Program(&'static str),
    /// A file below one of these folders or a direct subfolder of them.
    File(&'static [&'static str], &'static str),
}

/// Something the project needs, and the package it comes in, by package manager. An empty name: this
/// system has no such package.
struct Need {
    probe: Probe,
    apt: &'static str,
    dnf: &'static str,
    pacman: &'static str,
    zypper: &'static str,
}

/// Without these nothing builds.
const BUILDING: &[Need] = &[
    Need {
        probe: Probe::Program("pkg-config"),
        apt: "pkg-config",
        dnf: "pkgconf-pkg-config",
        pacman: "pkgconf",
        zypper: "pkg-config",
    },
    Need {
        probe: Probe::Library("alsa"),
        apt: "libasound2-dev",
        dnf: "alsa-lib-devel",
        pacman: "alsa-lib",
        zypper: "alsa-devel",
    },
    Need {
        probe: Probe::Library("jack"),
        apt: "libjack-jackd2-dev",
        dnf: "pipewire-jack-audio-connection-kit-devel",
        pacman: "jack2",
        zypper: "libjack-devel",
    },
];

/// Where the libraries of a system lie.
const LIBRARIES: &[&str] = &["/usr/lib", "/usr/lib64", "/lib"];

/// Without these no window opens on X11. Every desktop has them; Wayland needs only the first.
const WINDOW: &[Need] = &[
    Need {
        probe: Probe::File(LIBRARIES, "libxkbcommon.so.0"),
        apt: "libxkbcommon0",
        dnf: "libxkbcommon",
        pacman: "libxkbcommon",
        zypper: "libxkbcommon0",
    },
    Need {
        probe: Probe::File(LIBRARIES, "libxkbcommon-x11.so.0"),
        apt: "libxkbcommon-x11-0",
        dnf: "libxkbcommon-x11",
        pacman: "libxkbcommon-x11",
        zypper: "libxkbcommon-x11-0",
    },
    Need {
        probe: Probe::File(LIBRARIES, "libXcursor.so.1"),
        apt: "libxcursor1",
        dnf: "libXcursor",
        pacman: "libxcursor",
        zypper: "libXcursor1",
    },
    Need {
        probe: Probe::File(LIBRARIES, "libXi.so.6"),
        apt: "libxi6",
        dnf: "libXi",
        pacman: "libxi",
        zypper: "libXi6",
    },
    Need {
        probe: Probe::File(LIBRARIES, "libXrandr.so.2"),
        apt: "libxrandr2",
        dnf: "libXrandr",
        pacman: "libxrandr",
        zypper: "libXrandr2",
    },
    Need {
        probe: Probe::File(LIBRARIES, "libGL.so.1"),
        apt: "libgl1",
        dnf: "libglvnd-glx",
        pacman: "libglvnd",
        zypper: "libglvnd",
    },
    Need {
        probe: Probe::File(LIBRARIES, "libEGL.so.1"),
        apt: "libegl1",
        dnf: "libglvnd-egl",
        pacman: "libglvnd",
        zypper: "libglvnd",
    },
];

/// Tests that lack one of these say so and are left out: sound servers to play to, encoders, real files to
/// play, a screen nobody sees.
const TESTING: &[Need] = &[
    Need {
        probe: Probe::Program("ffmpeg"),
        apt: "ffmpeg",
        dnf: "ffmpeg-free",
        pacman: "ffmpeg",
        zypper: "ffmpeg",
    },
    Need { probe: Probe::Program("sox"), apt: "sox", dnf: "sox", pacman: "sox", zypper: "sox" },
    Need {
        probe: Probe::Program("openbox"),
        apt: "openbox",
        dnf: "openbox",
        pacman: "openbox",
        zypper: "openbox",
    },
    Need {
        probe: Probe::Program("Xvfb"),
        apt: "xvfb",
        dnf: "xorg-x11-server-Xvfb",
        pacman: "xorg-server-xvfb",
        zypper: "xorg-x11-server-Xvfb",
    },
    Need {
        probe: Probe::Program("xdotool"),
        apt: "xdotool",
        dnf: "xdotool",
        pacman: "xdotool",
        zypper: "xdotool",
    },
    Need {
        probe: Probe::Program("import"),
        apt: "imagemagick",
        dnf: "ImageMagick",
        pacman: "imagemagick",
        zypper: "ImageMagick",
    },
    Need {
        probe: Probe::File(LIBRARIES, "dri/swrast_dri.so"),
        apt: "libgl1-mesa-dri",
        dnf: "mesa-dri-drivers",
        pacman: "mesa",
        zypper: "Mesa-dri",
    },
    Need {
        probe: Probe::Program("pulseaudio"),
        apt: "pulseaudio",
        dnf: "pulseaudio",
        pacman: "pulseaudio",
        zypper: "pulseaudio",
    },
    Need {
        probe: Probe::Program("parec"),
        apt: "pulseaudio-utils",
        dnf: "pulseaudio-utils",
        pacman: "libpulse",
        zypper: "pulseaudio-utils",
    },
    Need {
        probe: Probe::File(&["/usr/lib", "/usr/lib64"], "alsa-lib/libasound_module_pcm_pulse.so"),
        apt: "libasound2-plugins",
        dnf: "alsa-plugins-pulseaudio",
        pacman: "alsa-plugins",
        zypper: "alsa-plugins-pulse",
    },
    Need {
        probe: Probe::Program("jackd"),
        apt: "jackd2",
        dnf: "jack-audio-connection-kit",
        pacman: "jack2",
        zypper: "jack",
    },
    Need {
        probe: Probe::File(&["/usr/share/sounds"], "alsa/Front_Center.wav"),
        apt: "alsa-utils",
        dnf: "alsa-utils",
        pacman: "alsa-utils",
        zypper: "alsa-utils",
    },
    Need {
        probe: Probe::File(&["/usr/share/games", "/usr/share"], "openttd/baseset/openmsx"),
        apt: "openttd-openmsx",
        dnf: "",
        pacman: "openttd-openmsx",
        zypper: "openttd-openmsx",
    },
    Need {
        probe: Probe::File(&["/usr/share/sounds"], "freedesktop/stereo/complete.oga"),
        apt: "sound-theme-freedesktop",
        dnf: "sound-theme-freedesktop",
        pacman: "sound-theme-freedesktop",
        zypper: "sound-theme-freedesktop",
    },
];

/// Without these the sounds of other machines can't be compared.
const OTHER_MACHINES: &[Need] = &[
    Need {
        probe: Probe::Program("aarch64-linux-gnu-gcc"),
        apt: "gcc-aarch64-linux-gnu",
        dnf: "gcc-aarch64-linux-gnu",
        pacman: "aarch64-linux-gnu-gcc",
        zypper: "cross-aarch64-gcc14",
    },
    Need {
        probe: Probe::File(&["/usr"], "aarch64-linux-gnu/lib/libc.so.6"),
        apt: "libc6-dev-arm64-cross",
        dnf: "sysroot-aarch64-fc41-glibc",
        pacman: "aarch64-linux-gnu-glibc",
        zypper: "cross-aarch64-glibc-devel",
    },
    Need {
        probe: Probe::Program("qemu-aarch64-static"),
        apt: "qemu-user-static",
        dnf: "qemu-user-static",
        pacman: "qemu-user-static",
        zypper: "qemu-linux-user",
    },
    Need { probe: Probe::Program("node"), apt: "nodejs", dnf: "nodejs", pacman: "nodejs", zypper: "nodejs" },
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manager {
    Apt,
    Dnf,
    Pacman,
    Zypper,
}

impl Manager {
    /// The package manager of this machine.
    fn detect() -> Option<Self> {
        let known =
            [("apt-get", Self::Apt), ("dnf", Self::Dnf), ("pacman", Self::Pacman), ("zypper", Self::Zypper)];
        known.into_iter().find(|(program, _)| on_search_path(program)).map(|(_, manager)| manager)
    }

    fn package(self, need: &Need) -> &'static str {
        match self {
            Self::Apt => need.apt,
            Self::Dnf => need.dnf,
            Self::Pacman => need.pacman,
            Self::Zypper => need.zypper,
        }
    }

    /// The commands that install these packages, to be run as root in this order.
    fn commands(self, packages: &[&'static str]) -> Vec<Vec<&'static str>> {
        let with = |words: &[&'static str]| [words, packages].concat();
        match self {
            // A fresh image has no package lists yet.
            Self::Apt => vec![
                vec!["apt-get", "update"],
                with(&["apt-get", "install", "--yes", "--no-install-recommends"]),
            ],
            Self::Dnf => vec![with(&["dnf", "install", "--assumeyes"])],
            Self::Pacman => vec![with(&["pacman", "--sync", "--needed", "--noconfirm"])],
            Self::Zypper => vec![with(&["zypper", "--non-interactive", "install"])],
        }
    }
}

/// How this process gets to be root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Privilege {
    Root,
    /// Through sudo, which asks nothing or has somebody to ask.
    Sudo,
    None,
}

impl Privilege {
    fn detect() -> Self {
        let user = Command::new("id").arg("-u").output();
        if user.is_ok_and(|output| output.stdout.trim_ascii() == b"0") {
            return Self::Root;
        }
        let asks_nothing = succeeds(Command::new("sudo").args(["-n", "true"]));
        if asks_nothing || (on_search_path("sudo") && io::stdin().is_terminal()) {
            return Self::Sudo;
        }
        Self::None
    }

    /// Runs a command as root. Whether it has worked, its effect tells.
    fn run(self, words: &[&str]) {
        let words = if self == Self::Sudo { [&["sudo"], words].concat() } else { words.to_vec() };
        println!("==> {}", words.join(" "));
        let mut command = Command::new(words[0]);
        let status = command.args(&words[1..]).env("DEBIAN_FRONTEND", "noninteractive").status();
        if !status.is_ok_and(|status| status.success()) {
            println!("xtask: '{}' failed", words.join(" "));
        }
    }
}

/// Installs what the build needs, or says what to run.
pub(crate) fn install_for_building() -> Result<(), Stop> {
    install_all(BUILDING, "the build needs")
}

/// Installs what it takes to play patches on other machines, or says what to run.
pub(crate) fn install_for_other_machines() -> Result<(), Stop> {
    install_all(OTHER_MACHINES, "to play on other machines needs")
}

fn install_all(needs: &'static [Need], who: &str) -> Result<(), Stop> {
    let missing = missing(needs);
    if missing.is_empty() || install(&missing) {
        return Ok(());
    }
    eprintln!("xtask: {who} system packages that are not installed; run this line, then again:");
    eprintln!("  {}", advice(&missing));
    Err(Stop::PackagesMissing)
}

/// Installs what a window needs, or says what to run. Without a display nothing is needed.
pub(crate) fn install_for_window() {
    let has_display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| env::var_os(name).is_some());
    let missing = if has_display { missing(WINDOW) } else { Vec::new() };
    if missing.is_empty() || install(&missing) {
        return;
    }
    println!("xtask: the editor's window may not open before this line was run:");
    println!("  {}", advice(&missing));
}

/// Installs what the tests can use, or says that some will be left out.
pub(crate) fn install_for_testing() {
    let still_missing = || [missing(TESTING), missing(WINDOW)].concat();
    if still_missing().is_empty() || install(&still_missing()) {
        return;
    }
    println!("xtask: some tests with sound servers, screens and files will be left out; to run them too:");
    println!("  {}", advice(&still_missing()));
}

/// What of these is not installed. Nothing on systems that need no packages.
fn missing(needs: &'static [Need]) -> Vec<&'static Need> {
    if cfg!(not(target_os = "linux")) {
        return Vec::new();
    }
    needs.iter().filter(|need| !is_installed(&need.probe)).collect()
}

fn is_installed(probe: &Probe) -> bool {
    match probe {
        Probe::Library(name) => succeeds(Command::new("pkg-config").args(["--exists", name])),
        Probe::Program(name) => on_search_path(name),
        Probe::File(folders, file) => folders.iter().any(|folder| {
            let folder = Path::new(folder);
            let mut subfolders = folder.read_dir().into_iter().flatten().flatten();
            folder.join(file).exists() || subfolders.any(|entry| entry.path().join(file).exists())
        }),
    }
}

fn on_search_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Tries to install; true when everything is there afterwards.
fn install(needs: &[&'static Need]) -> bool {
    let Some(manager) = Manager::detect() else { return false };
    let packages = packages(manager, needs);
    let privilege = Privilege::detect();
    if privilege == Privilege::None || packages.is_empty() {
        return false;
    }
    // Without fresh lists the installation may still work from the old ones, so no command ends this.
    for words in manager.commands(&packages) {
        privilege.run(&words);
    }
    // A package manager installs none of a list in which it does not know one.
    let left: Vec<&Need> = needs.iter().copied().filter(|need| !is_installed(&need.probe)).collect();
    if left.len() > 1 {
        for package in self::packages(manager, &left) {
            manager.commands(&[package]).last().inspect(|words| privilege.run(words));
        }
    }
    needs.iter().all(|need| is_installed(&need.probe))
}

fn packages(manager: Manager, needs: &[&'static Need]) -> Vec<&'static str> {
    needs.iter().map(|need| manager.package(need)).filter(|package| !package.is_empty()).collect()
}

/// The one line a person has to run.
fn advice(needs: &[&'static Need]) -> String {
    let Some(manager) = Manager::detect() else {
        let names: Vec<&str> = needs.iter().map(|need| need.apt).collect();
        return format!("install what Debian calls {}", names.join(", "));
    };
    let commands = manager.commands(&packages(manager, needs));
    let lines: Vec<String> = commands.iter().map(|words| format!("sudo {}", words.join(" "))).collect();
    lines.join(" && ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_manager_knows_what_the_build_needs() {
        for manager in [Manager::Apt, Manager::Dnf, Manager::Pacman, Manager::Zypper] {
            let needs: Vec<&Need> = BUILDING.iter().chain(WINDOW).collect();
            assert_eq!(packages(manager, &needs).len(), needs.len(), "{manager:?}");
        }
    }

    /// A tool that no set-up installs is there on some machines only, and its tests fail on the others.
    #[test]
    fn every_tool_that_a_test_asks_for_is_installed() {
        // What stands before any set-up, and what comes in the package of another tool.
        const OTHERS: [&str; 6] =
            ["cargo", "git", "unshare", "pactl", "jack_lsp", "no-such-program-anywhere"];
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut asked = Vec::new();
        for folder in ["crates", "tests", "nodes"] {
            tools_asked_for(&root.join(folder), &mut asked);
        }
        assert!(asked.len() > 5, "{asked:?}");
        for tool in asked {
            let installs = |need: &Need| matches!(need.probe, Probe::Program(name) if name == tool);
            let is_installed = TESTING.iter().any(installs);
            assert!(is_installed || OTHERS.contains(&tool.as_str()), "no package for '{tool}'");
        }
    }

    /// The names in each `tool("...")` of the sources in a folder and below.
    fn tools_asked_for(folder: &Path, asked: &mut Vec<String>) {
        for entry in folder.read_dir().unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                tools_asked_for(&path, asked);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let calls = text.split("tool(\"").skip(1).filter_map(|rest| rest.split_once('"'));
                asked.extend(calls.map(|(name, _)| name.to_owned()));
            }
        }
    }

    #[test]
    fn what_is_installed_is_found_and_what_is_not_is_missed() {
        assert!(on_search_path(if cfg!(windows) { "cargo.exe" } else { "cargo" }));
        assert!(!is_installed(&Probe::Program("no-such-program-anywhere")));
        assert!(!is_installed(&Probe::Library("no-such-library-anywhere")));
        let folders = &[env!("CARGO_MANIFEST_DIR")];
        assert!(is_installed(&Probe::File(folders, "Cargo.toml")), "in the folder itself");
        assert!(is_installed(&Probe::File(folders, "packages.rs")), "in a direct subfolder");
        assert!(!is_installed(&Probe::File(folders, "no-such-file")));
    }

    #[test]
    fn the_advice_is_one_line() {
        let needs: Vec<&Need> = BUILDING.iter().collect();
        assert!(!advice(&needs).contains('\n'));
    }
}
