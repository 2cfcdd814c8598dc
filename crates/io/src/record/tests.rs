//! Recordings on disks that are slow, full and cut off.

use super::*;
use crate::wav::WavFormat;

fn spec(channels: u16) -> WavSpec {
    WavSpec::new(channels, 1_000, WavFormat::Float32)
}

fn read(path: &Path) -> Vec<f32> {
    hound::WavReader::open(path).unwrap().into_samples().map(Result::unwrap).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn wait(what: &str, mut until: impl FnMut() -> bool) {
    let begin = std::time::Instant::now();
    while !until() {
        assert!(begin.elapsed() < Duration::from_secs(20), "{what} takes too long");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn every_frame_arrives_in_order() {
    for channels in [1, 2, 3] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("take.wav");
        let (recorder, mut tap) = Recorder::start(&path, spec(channels), None).unwrap();
        assert!(path.exists(), "the file has its name from the beginning");
        let mut pushed = Vec::new();
        for block in 0..200 {
            let samples = usize::from(channels) * (1 + block % 64);
            let frames: Vec<f32> = (0..samples).map(|n| (pushed.len() + n) as f32).collect();
            wait("room", || tap.slots() >= frames.len());
            tap.push(&frames);
            pushed.extend(frames);
        }
        let frames = (pushed.len() / usize::from(channels)) as u64;
        assert_eq!(recorder.finish().unwrap(), Recorded { frames, lost: 0 });
        assert_eq!(read(&path), pushed);
    }
}

/// Whoever opens it while it is recorded finds a whole file, a few seconds short at most.
#[test]
fn it_can_be_opened_while_it_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.wav");
    let (recorder, mut tap) = Recorder::start(&path, spec(2), None).unwrap();
    assert_eq!(read(&path).len(), 0, "an empty file is a whole one too");
    tap.push(&[0.25; 2_000]);
    wait("the header", || read(&path).len() == 2_000);
    tap.push(&[0.5; 1_000]);
    wait("the header", || read(&path).len() == 3_000);
    drop(tap);
    assert_eq!(recorder.finish().unwrap().frames, 1_500);
}

#[test]
fn silence_and_a_mark_stand_for_what_does_not_fit() {
    for channels in [1, 2] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("take.wav");
        let (mut tap, mut source) = Tap::new(channels, 100);
        let mut take = Take::begin(&path, spec(channels as u16)).unwrap();
        let block = |value: f32, frames: usize| vec![value; frames * channels];
        // Room for 100 frames: 80, 20 of 50, none of 30; then the writer comes, and later is late again.
        tap.push(&block(0.1, 80));
        tap.push(&block(0.2, 50));
        tap.push(&block(0.3, 30));
        empty(&mut take, &mut source).unwrap();
        tap.push(&block(0.4, 90));
        tap.push(&block(0.5, 60));
        empty(&mut take, &mut source).unwrap();
        tap.push(&block(0.6, 10));
        empty(&mut take, &mut source).unwrap();
        assert_eq!(source.lost.load(Ordering::Relaxed), 30 + 30 + 50);
        assert_eq!(take.finish().unwrap(), 80 + 50 + 30 + 90 + 60 + 10, "every moment is at its place");
        let parts = [(0.1, 80), (0.2, 20), (0.0, 60), (0.4, 90), (0.5, 10), (0.0, 50), (0.6, 10)];
        let expected: Vec<f32> = parts.into_iter().flat_map(|(value, frames)| block(value, frames)).collect();
        assert_eq!(read(&path), expected);
        let read = crate::decode_file(&path, crate::Limits::default()).unwrap();
        assert_eq!(read.asset.metadata.cues, [100.0, 260.0]);
        let bytes = std::fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("gap: 60 frames lost") && text.contains("gap: 50 frames lost"));
    }
}

#[test]
fn pushing_touches_no_heap() {
    use jackfield_testkit::allocation;
    assert!(allocation::is_installed());
    let (mut tap, mut source) = Tap::new(2, 1_000);
    let frames = [0.5; 128];
    for round in 0..1_000 {
        assert_eq!(allocation::count(|| tap.push(&frames)).1, 0);
        // Now and then the writer is late, so that gaps are among it.
        if round % 50 == 0 {
            let all = source.samples.slots();
            source.samples.read_chunk(all).unwrap().commit_all();
        }
    }
    assert!(source.gaps.slots() > 5);
}

#[test]
fn a_dropped_recording_keeps_what_it_has_and_an_empty_one_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.wav");
    let (recorder, _tap) = Recorder::start(&path, spec(1), None).unwrap();
    drop(recorder);
    assert!(names(folder.path()).is_empty());
    let (recorder, mut tap) = Recorder::start(&path, spec(1), None).unwrap();
    tap.push(&[1.0; 100]);
    drop(recorder);
    tap.push(&[1.0; 100]);
    assert_eq!(read(&path), [1.0; 100]);
}

#[test]
fn an_old_recording_stays_until_the_new_one_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.wav");
    std::fs::write(&path, "old").unwrap();
    let (recorder, mut tap) = Recorder::start(&path, spec(1), None).unwrap();
    tap.push(&[1.0; 100]);
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
    assert_eq!(names(folder.path()), ["take (recording 1).wav", "take.wav"]);
    recorder.finish().unwrap();
    assert_eq!(names(folder.path()), ["take.wav"]);
    assert_eq!(read(&path), [1.0; 100]);
}

#[test]
fn a_recording_without_a_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let error = Recorder::start(&folder.path().join("no/take.wav"), spec(1), None).err().unwrap();
    assert!(error.to_string().contains("its folder does not exist"), "{error}");
}

/// A program that is killed closes nothing: the file is as the last write has left it.
#[test]
fn what_a_crash_cuts_off_is_whole_after_the_next_start() {
    for format in [WavFormat::Int16, WavFormat::Int24, WavFormat::Float32] {
        for settles in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("take.wav");
            let notes = RecordingNotes::in_folder(folder.path().join("notes"));
            let spec = WavSpec::new(1, 1_000, format).without_dither();
            let mut take = Take::begin(&path, spec).unwrap();
            let note = notes.begin(&path).unwrap();
            assert_eq!(notes.recover(), [], "it is being recorded");
            let samples: Vec<f32> = (0..40_001).map(|n| (n % 100) as f32 / 128.0).collect();
            take.write(&samples[..1_001]).unwrap();
            if settles {
                take.settle_now().unwrap();
            }
            take.write(&samples[1_001..]).unwrap();
            let (note_path, on_disk) = (note.path().to_owned(), std::fs::read(&path).unwrap());
            drop((take, note));
            // As the kill leaves it: half a frame more, a note without its lock.
            std::fs::write(&path, [&on_disk[..], &[7]].concat()).unwrap();
            std::fs::write(&note_path, path.canonicalize().unwrap().as_os_str().as_encoded_bytes()).unwrap();
            let recovered = notes.recover();
            let header = on_disk.len() - on_disk.len() / 2 * 2;
            assert!(header < 2);
            let whole = crate::decode_file(&path, crate::Limits::default()).unwrap();
            let back = &whole.asset.channels[0];
            assert!(back.len() >= if settles { 1_001 } else { 1 }, "{format:?}: {} frames", back.len());
            assert_eq!(back[..], samples[..back.len()]);
            assert_eq!(recovered.len(), 1);
            assert_eq!(recovered[0].seconds, back.len() as f64 / 1_000.0);
            assert_eq!(notes.recover(), [], "once is enough");
        }
    }
}

#[test]
fn a_recording_that_was_closed_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.wav");
    let mut take = Take::begin(&path, spec(1)).unwrap();
    take.write(&[0.5; 100]).unwrap();
    take.write_gap(tap::Gap { at: 100, frames: 10 }).unwrap();
    take.finish().unwrap();
    let before = std::fs::read(&path).unwrap();
    assert_eq!(crate::wav::repair(&path).unwrap(), Some((110, 1_000)));
    assert_eq!(std::fs::read(&path).unwrap(), before);
    std::fs::write(&path, "RIFF, but of somebody else").unwrap();
    assert_eq!(crate::wav::repair(&path).unwrap(), None);
}

/// The header of a file beyond 4 GiB; the file is sparse, so it takes no room.
#[cfg(target_os = "linux")]
#[test]
fn beyond_4_gib_it_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.wav");
    let spec = WavSpec::new(2, 96_000, WavFormat::Int24).without_dither();
    let mut take = Take::begin(&path, spec).unwrap();
    let skipped = 3 * 3_600 * 96_000;
    take.skip(skipped);
    take.write(&[0.5; 2_000]).unwrap();
    assert_eq!(take.finish().unwrap(), skipped + 1_000);
    let mut begin = [0; 44];
    io::Read::read_exact(&mut std::fs::File::open(&path).unwrap(), &mut begin).unwrap();
    assert_eq!((&begin[..4], &begin[12..16]), (&b"RF64"[..], &b"ds64"[..]));
    assert_eq!(begin[36..44], (skipped + 1_000).to_le_bytes());
    let bytes = path.metadata().unwrap().len();
    assert_eq!(begin[20..28], (bytes - 8).to_le_bytes());
    assert_eq!(crate::wav::repair(&path).unwrap(), Some((skipped + 1_000, 96_000)));
}
