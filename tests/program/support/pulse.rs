//! A PulseAudio server of one's own, with a sink that leads nowhere and can be listened to.

use super::server::{Background, wait_until};
use super::tone::from_bytes;
use jackfield_testkit::require;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// Sends ALSA's default device to PulseAudio, whatever else the machine has.
const ALSA_SETTINGS: &str = "pcm.!default { type pulse }\nctl.!default { type pulse }\n";

/// How long the server and its recorder may take to start.
const PATIENCE: Duration = Duration::from_secs(5);

/// The server, in a folder of its own that is also its home.
pub(crate) struct Pulse {
    server: Background,
    folder: tempfile::TempDir,
}

impl Pulse {
    /// `None` where PulseAudio or its tools are not installed; the test is left out then.
    pub(crate) fn start() -> Option<Self> {
        if !(require::tool("pulseaudio") && require::tool("parec") && require::tool("pactl")) {
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder for this test");
        fs::write(folder.path().join(".asoundrc"), ALSA_SETTINGS).expect("the file can be written");
        // Without norewinds the null sink itself makes gaps of a second.
        let sink = "module-null-sink sink_name=nowhere rate=48000 channels=2 format=float32le norewinds=1";
        let mut command = Command::new("pulseaudio");
        command
            .args(["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"])
            .args(["-L", "module-native-protocol-unix auth-anonymous=1", "-L", sink])
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("HOME", folder.path())
            .env_remove("PULSE_RUNTIME_PATH")
            .env_remove("PULSE_SERVER")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let server = Background::start(&mut command);
        let pulse = Self { server, folder };
        let socket = pulse.socket();
        assert!(wait_until(PATIENCE, || socket.exists()), "pulseaudio does not start");
        Some(pulse)
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("pulse/native")
    }

    /// Lets a program find this server and no other.
    pub(crate) fn lead<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("XDG_RUNTIME_DIR", self.folder.path())
            .env("HOME", self.folder.path())
            .env("PULSE_SERVER", format!("unix:{}", self.socket().display()))
            .env_remove("PULSE_RUNTIME_PATH")
    }

    /// The home of the programs that are led here.
    pub(crate) fn home(&self) -> &Path {
        self.folder.path()
    }

    /// Ends the server as a crash would.
    pub(crate) fn kill(&mut self) {
        self.server.kill();
    }

    /// Takes the only sink away, as when a sound card is unplugged. The server lives on.
    pub(crate) fn unplug(&self) {
        let mut command = Command::new("pactl");
        let status = self.lead(command.args(["unload-module", "module-null-sink"])).status();
        assert!(status.is_ok_and(|status| status.success()), "the sink can't be taken away");
    }

    /// Starts to record what the sink plays.
    pub(crate) fn record(&self) -> Recording {
        let file = self.folder.path().join("heard.raw");
        let mut command = Command::new("parec");
        command.args(["-d", "nowhere.monitor", "--format=float32le", "--rate=48000", "--channels=2"]);
        command.arg("--latency-msec=50").stderr(Stdio::null());
        command.stdout(File::create(&file).expect("the file can be written"));
        let recorder = Background::start(self.lead(&mut command));
        let starts = wait_until(PATIENCE, || fs::metadata(&file).is_ok_and(|data| data.len() > 0));
        assert!(starts, "parec records nothing");
        Recording { recorder, file }
    }
}

/// A recording of the sink in progress.
pub(crate) struct Recording {
    recorder: Background,
    file: PathBuf,
}

impl Recording {
    /// How many frames have been written down so far.
    pub(crate) fn frames(&self) -> usize {
        fs::metadata(&self.file).map_or(0, |data| data.len() as usize / 8)
    }

    /// Ends it and gives back what was heard: stereo, interleaved, 48 kHz.
    pub(crate) fn finish(mut self) -> Vec<f32> {
        // What is on its way to the recorder still arrives.
        sleep(Duration::from_millis(300));
        self.recorder.stop();
        from_bytes(&fs::read(&self.file).expect("the recording is there"))
    }
}
