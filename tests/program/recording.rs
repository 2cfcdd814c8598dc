//! Recordings in real time: what was played once is never lost, whether the disk fills up or the program is
//! killed.

use crate::support::pulse::Pulse;
use crate::support::server::{Background, alone, wait_until};
use crate::support::tone::{self, Heard, from_wav};
use crate::support::{jackfield, names};
use jackfield_testkit::require;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Every frame of the tone is there, as far as other programs can tell too.
fn check_take(file: &Path, at_least: f64) {
    let frames = hound::WavReader::open(file).expect("a WAV file").duration();
    let seconds = f64::from(frames) / 48_000.0;
    assert!(seconds > at_least, "{seconds} s");
    let heard = Heard::channel(&from_wav(file), 0).expect("a tone");
    println!("recorded: {heard}");
    heard.verdict().expect("the tone is whole");
    for (tool, arguments) in
        [("sox", &["FILE", "-n"][..]), ("ffmpeg", &["-v", "error", "-i", "FILE", "-f", "null", "-"])]
    {
        if !require::tool(tool) {
            continue;
        }
        let mut command = Command::new(tool);
        for argument in arguments {
            command.arg(if *argument == "FILE" { file.as_os_str() } else { argument.as_ref() });
        }
        let output = command.stdin(Stdio::null()).output().expect("it starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && said.is_empty(), "{tool}: {said}");
    }
}

/// A disk of two megabytes holds seven seconds. Nobody may mount one but in a world of their own, so the
/// shell copies what is left into a folder that can be seen.
#[test]
fn a_full_disk_ends_the_recording_and_not_the_sound() {
    let _alone = alone();
    if !require::tool("unshare") {
        return;
    }
    let Some(pulse) = Pulse::start() else { return };
    let folder = tempfile::tempdir().expect("a folder for this test");
    let (patch, disk, left) =
        (folder.path().join("tone.jack"), folder.path().join("disk"), folder.path().join("left"));
    fs::write(&patch, tone::PATCH).expect("the file can be written");
    fs::create_dir(&disk).expect("the folder can be made");
    fs::create_dir(&left).expect("the folder can be made");
    let script = r#"mount -t tmpfs -o size=2m none "$2" || exit 77
        "$0" play --host pulseaudio --seconds 13 --json --record "$2/take.wav" "$1"
        code=$?; cp "$2"/* "$3"; exit $code"#;
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", script, env!("CARGO_BIN_EXE_jackfield")]).args([&patch, &disk, &left]);
    let errors = folder.path().join("errors");
    command.stdout(Stdio::null()).stderr(File::create(&errors).expect("the file can be written"));
    let begin = Instant::now();
    let mut program = Background::start(pulse.lead(&mut command));
    let said = || fs::read_to_string(&errors).expect("the file can be read");
    let is_told = wait_until(Duration::from_secs(20), || said().contains("the recording has ended"));
    if !program.runs() && !is_told {
        require::skip(&format!("no disk can be mounted: {}", said()));
        return;
    }
    println!("told {:.1?} after the start: {}", begin.elapsed(), said());
    assert!(is_told && program.runs(), "it is told at once, and the sound goes on: {}", said());
    let code = program.end(Duration::from_secs(20)).expect("the program ends").code();
    assert_eq!(code, Some(3), "{}", said());
    assert!(said().contains("the disk is full") && said().contains("take.wav"), "{}", said());
    assert_eq!(names(&left), ["take.wav"]);
    check_take(&left.join("take.wav"), 5.0);
}

#[test]
fn a_recording_survives_a_kill_and_is_told_of_at_the_next_start() {
    let _alone = alone();
    let Some(pulse) = Pulse::start() else { return };
    let folder = tempfile::tempdir().expect("a folder for this test");
    let (patch, take) = (folder.path().join("tone.jack"), folder.path().join("take.wav"));
    fs::write(&patch, tone::PATCH).expect("the file can be written");
    let play = |seconds: &str| {
        let mut command = jackfield(["play", "--host", "pulseaudio", "--seconds", seconds]);
        command.arg(&patch).env("XDG_STATE_HOME", folder.path().join("state")).stderr(Stdio::piped());
        command
    };
    let mut command = play("60");
    command.arg("--record").arg(&take).stderr(Stdio::null());
    let mut program = Background::start(pulse.lead(&mut command));
    assert!(wait_until(Duration::from_secs(5), || take.exists()), "it has its name from the beginning");
    sleep(Duration::from_secs(6));
    // Without anybody's help.
    let copy = folder.path().join("copy.wav");
    fs::copy(&take, &copy).expect("it can be read");
    check_take(&copy, 2.0);
    program.kill();
    let output = pulse.lead(&mut play("0.5")).output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("a recording was cut off") && said.contains("take.wav"), "{said}");
    check_take(&take, 3.0);
    let output = pulse.lead(&mut play("0.5")).output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("cut off"), "once is enough: {said}");
    assert_eq!(names(folder.path()), ["copy.wav", "state", "take.wav", "tone.jack"]);
}
