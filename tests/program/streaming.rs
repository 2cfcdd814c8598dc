//! Files that play from the disk, through the whole program: the sound of a loaded file, offline and live,
//! through edits, in bundles, and a clear word when there is no sound in them.

use crate::support::{fail, succeed};
use jackfield_engine::offline::{Job, render, render_to_vec};
use jackfield_engine::{Executor, Options, Session};
use jackfield_io::{AssetStore, WavFormat, WavSpec, WavWriter};
use jackfield_patch::Patch;
use jackfield_testkit::measure::{click_burst_db, first_difference};
use jackfield_testkit::signal::{noise, sine};
use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

const RATE: f32 = 48_000.0;
/// The file's own rate.
const FILE_RATE: u32 = 44_100;

fn write_wav(path: &Path, samples: &[f32]) {
    let spec = WavSpec::new(1, FILE_RATE, WavFormat::Float32);
    let mut writer = WavWriter::create(path, spec).expect("a writable folder");
    writer.write_interleaved(samples).expect("room on the disk");
    writer.finish().expect("room on the disk");
}

/// A folder with ten seconds of noise and as much of two tones.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let frames = 10 * FILE_RATE as usize;
    write_wav(
        &folder.path().join("noise.wav"),
        &noise(frames, 1).iter().map(|x| x * 0.5).collect::<Vec<_>>(),
    );
    for (name, hertz) in [("low.wav", 100.0), ("high.wav", 150.0)] {
        // From its crest on: a sine that begins at 0 has a corner there, which is its own.
        let crest = (f64::from(FILE_RATE) / hertz / 4.0) as usize;
        write_wav(&folder.path().join(name), &sine(frames + crest, hertz, FILE_RATE as f32)[crest..]);
    }
    folder
}

/// A patch in which a node of this type plays a file.
fn text(node: &str, knobs: &str, settings: &str) -> String {
    format!(
        r#"{{"jackfield": 1, "nodes": {{
            "out": {{"type": "device.output", "knobs": {{"level": -9}}}},
            "tape": {{"type": "{node}", "knobs": {{{knobs}}}, "settings": {{{settings}}}}}}},
            "cables": [{{"from": "tape.left", "to": "out.left"}}, {{"from": "tape.right", "to": "out.right"}}]}}"#
    )
}

fn patch(node: &str, knobs: &str, settings: &str) -> Patch {
    read(&text(node, knobs, settings))
}

fn read(text: &str) -> Patch {
    let (patch, warnings) = jackfield_patch::read(text, &jackfield_nodes::registry()).expect("a patch");
    assert!(warnings.is_empty(), "{warnings:?}");
    patch
}

fn streamer(settings: &str) -> Patch {
    patch("source.streamer", "", settings)
}

fn open(folder: &TempDir, patch: &Patch, width: usize) -> (Session, Executor) {
    let options = Options::at(RATE).with_width(width);
    let store = Box::new(AssetStore::new(folder.path()));
    let (mut session, executor) = Session::new(options, store).expect("good options");
    assert_eq!(session.update(patch).problems, []);
    (session, executor)
}

fn sound(folder: &TempDir, patch: &Patch, seconds: usize, block: usize, width: usize) -> Vec<f32> {
    let (mut session, mut executor) = open(folder, patch, width);
    let job = Job::of(seconds * RATE as usize).in_blocks_of(block);
    let sound = render_to_vec(&mut session, &mut executor, &job);
    assert_eq!(session.file_troubles(), []);
    sound
}

const ALWAYS: &str = r#""file": "noise.wav", "play": "always", "loop": true"#;

#[test]
fn it_sounds_like_the_loaded_file_in_blocks_of_any_size() {
    let folder = folder();
    for knobs in [r#""pitch": 0"#, r#""pitch": 2"#, r#""pitch": -0.7"#] {
        let loaded = sound(&folder, &patch("source.player", knobs, ALWAYS), 12, 512, 16);
        assert!(loaded.iter().any(|sample| sample.abs() > 0.05));
        let streamed = patch("source.streamer", knobs, ALWAYS);
        for (block, width) in [(512, 16), (64, 1), (17, 4), (60_000, 16)] {
            let heard = sound(&folder, &streamed, 12, block, width);
            assert_eq!(first_difference(&loaded, &heard), None, "{knobs}, blocks of {block}");
        }
    }
}

#[test]
fn live_it_sounds_as_it_does_offline() {
    let folder = folder();
    let tape = streamer(ALWAYS);
    let expected = sound(&folder, &tape, 4, 480, 16);
    let (session, mut executor) = open(&folder, &tape, 16);
    let mut heard = vec![0.0; expected.len()];
    for block in heard.chunks_mut(2 * 480) {
        executor.process(&[], 0, block, 2);
        thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(session.file_troubles(), []);
    assert_eq!(first_difference(&expected, &heard), None);
}

/// Renders a patch, and the next ones of a list one after another, each for so many frames.
fn through(folder: &TempDir, patches: &[Patch], frames: usize) -> Vec<f32> {
    let (mut session, mut executor) = open(folder, &patches[0], 16);
    let mut sound = Vec::new();
    for patch in patches {
        assert_eq!(session.update(patch).problems, []);
        let job = Job::of(frames).in_blocks_of(96).with_channels(1);
        render(&mut session, &mut executor, &job, |_, block| {
            sound.extend_from_slice(block);
            true
        });
    }
    sound
}

#[test]
fn settings_change_under_it_and_it_plays_on_to_the_bit() {
    let folder = folder();
    let looped = streamer(ALWAYS);
    let once = streamer(r#""file": "noise.wav", "play": "always""#);
    let gated = streamer(r#""file": "noise.wav", "play": "on_trigger", "loop": true"#);
    let untouched = through(&folder, &vec![looped.clone(); 6], 10_007);
    let edited =
        through(&folder, &[looped.clone(), once.clone(), looped.clone(), gated, once, looped], 10_007);
    assert_eq!(first_difference(&untouched, &edited), None);
}

#[test]
fn another_file_an_undo_and_a_removal_make_no_click() {
    let folder = folder();
    let [low, high] = ["low.wav", "high.wav"]
        .map(|file| streamer(&format!(r#""file": "{file}", "play": "always", "loop": true"#)));
    let none = streamer("");
    let gone = read(
        r#"{"jackfield": 1, "nodes": {"out": {"type": "device.output", "knobs": {"level": -9}}}, "cables": []}"#,
    );
    let steps = [&low, &high, &low, &none, &low, &gone, &low, &high, &low];
    let sound = through(&folder, &steps.map(Clone::clone), 9_871);
    assert!(sound[4 * 9_871..5 * 9_871].iter().any(|sample| sample.abs() > 0.1), "it is heard again");
    let burst = click_burst_db(&sound, RATE);
    println!("burst {burst:.1} dB");
    assert!(burst < -80.0, "{burst} dB");
}

#[test]
fn in_a_bundle_it_sounds_the_same() {
    let folder = folder();
    let file = folder.path().join("tape.jack");
    fs::write(&file, text("source.streamer", "", ALWAYS)).expect("a writable folder");
    succeed(["bundle".as_ref(), file.as_os_str()]);
    let hash = |patch: &Path| {
        succeed(["render".as_ref(), patch.as_os_str(), "--seconds".as_ref(), "3".as_ref(), "--hash".as_ref()])
    };
    assert_eq!(hash(&file), hash(&file.with_extension("jackz")));
}

#[test]
fn a_file_without_sound_is_one_clear_line() {
    let folder = folder();
    fs::write(folder.path().join("text.wav"), "To whom it may concern").expect("a writable folder");
    let file = folder.path().join("tape.jack");
    for (name, says) in
        [("text.wav", "format is not known"), ("none.wav", "no file"), ("../x.wav", "outside")]
    {
        fs::write(&file, text("source.streamer", "", &format!(r#""file": "{name}""#))).expect("writable");
        let line = fail(1, ["render".as_ref(), file.as_os_str(), "--hash".as_ref()]);
        assert!(line.contains("node 'tape'") && line.contains(says), "{line}");
    }
}
