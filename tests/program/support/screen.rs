//! A screen of one's own, without a monitor, and the hands in front of it.

use super::server::{Background, wait_until};
use jackfield_testkit::require;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// How long the screen and windows on it may take to appear.
const PATIENCE: Duration = Duration::from_secs(30);

/// An X server that shows nothing to anybody.
pub(crate) struct Screen {
    _server: Background,
    display: String,
    size: [u32; 2],
}

impl Screen {
    /// A screen of this many pixels. `None` where something for it is not installed; the test is left out
    /// then.
    pub(crate) fn start(width: u32, height: u32) -> Option<Self> {
        if !["Xvfb", "xdotool", "import"].iter().all(|name| require::tool(name)) {
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder for this test");
        let number = folder.path().join("display");
        let mut command = Command::new("sh");
        // The server writes the number of the display it has found free.
        command.arg("-c").arg(format!(
            "exec Xvfb -displayfd 3 -screen 0 {width}x{height}x24 -nolisten tcp -noreset 3>'{}'",
            number.display()
        ));
        let mut server = Background::start(command.stdout(Stdio::null()).stderr(Stdio::null()));
        let read = || fs::read_to_string(&number).unwrap_or_default().trim().to_owned();
        wait_until(PATIENCE, || !read().is_empty() || !server.runs());
        let display = read();
        assert!(!display.is_empty(), "Xvfb does not start");
        Some(Self { _server: server, display: format!(":{display}"), size: [width, height] })
    }

    /// Lets a program open its windows here, drawn without a graphics card.
    pub(crate) fn lead<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("DISPLAY", &self.display)
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
    }

    /// Waits for the window of a process, gives it the whole screen and the keyboard; false if none comes.
    pub(crate) fn focus(&self, process: u32) -> bool {
        let process = process.to_string();
        let mut window = String::new();
        let found = wait_until(PATIENCE, || {
            let output = self.xdotool(&["search", "--onlyvisible", "--pid", &process]).output();
            let output = output.expect("xdotool is there");
            let found = String::from_utf8_lossy(&output.stdout).into_owned();
            found.lines().next().unwrap_or_default().clone_into(&mut window);
            !window.is_empty()
        });
        let [width, height] = self.size.map(|pixels| pixels.to_string());
        // Without a window manager nobody else does that.
        found
            && self.xdotool(&["windowmove", &window, "0", "0"]).status().is_ok()
            && self.xdotool(&["windowsize", &window, &width, &height]).status().is_ok()
            && self.xdotool(&["windowfocus", "--sync", &window]).status().is_ok_and(|s| s.success())
    }

    fn xdotool(&self, words: &[&str]) -> Command {
        let mut command = Command::new("xdotool");
        command.args(words).env("DISPLAY", &self.display).stderr(Stdio::null());
        command
    }

    fn act(&self, words: &[&str]) {
        let status = self.xdotool(words).stdout(Stdio::null()).status().expect("xdotool is there");
        assert!(status.success(), "xdotool {words:?}");
    }

    /// Presses keys one after the other, like `Return` or `ctrl+z`.
    pub(crate) fn keys(&self, keys: &[&str]) {
        for key in keys {
            self.act(&["key", key]);
            // A frame may take a tenth of a second without a graphics card, and what one key does may
            // change what the next one means.
            sleep(Duration::from_millis(400));
        }
    }

    /// Types a text.
    pub(crate) fn text(&self, text: &str) {
        self.act(&["type", "--delay", "30", "--", text]);
        sleep(Duration::from_millis(500));
    }

    /// Moves the mouse somewhere.
    pub(crate) fn point(&self, x: u32, y: u32) {
        self.act(&["mousemove", &x.to_string(), &y.to_string()]);
    }

    /// Takes a picture of the screen, for people to look at; with `JACKFIELD_RECORD` set, also the one the
    /// documentation shows if it has one of this name.
    pub(crate) fn shoot(&self, name: &str) -> PathBuf {
        let file = self.picture(name);
        let shown = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/images/{name}.png"));
        if std::env::var_os("JACKFIELD_RECORD").is_some() && shown.exists() {
            fs::copy(&file, &shown).expect("the picture can be replaced");
        }
        file
    }

    fn picture(&self, name: &str) -> PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screens");
        fs::create_dir_all(&folder).expect("the folder can be made");
        let file = folder.join(format!("{name}.png"));
        let shot = Command::new("import")
            .args(["-display", &self.display, "-window", "root", "-strip"])
            .arg(&file)
            .stderr(Stdio::null())
            .status();
        assert!(shot.is_ok_and(|status| status.success()), "no picture of the screen");
        file
    }
}
