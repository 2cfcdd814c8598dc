//! Records what plays into a WAV file: the audio thread pushes frames into a ring buffer, a writer
//! thread empties it into the file. A slow disk costs samples, counted, never a gap in the sound.

use crate::wav::{WavError, WavSpec, WavWriter};
use rtrb::{Consumer, Producer, RingBuffer};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Seconds of sound that may wait for the disk.
const CAPACITY: usize = 4;
/// How often the writer looks.
const PERIOD: Duration = Duration::from_millis(20);

/// The audio thread's end of a recording.
pub struct Tap {
    samples: Producer<f32>,
    channels: usize,
    lost: Arc<AtomicU64>,
}

impl Tap {
    /// Records whole interleaved frames. Frames that find no room are lost and counted. Audio thread.
    pub fn push(&mut self, frames: &[f32]) {
        let wanted = frames.len() / self.channels;
        let taken = wanted.min(self.samples.slots() / self.channels);
        let pushed = self.samples.push_entire_slice(&frames[..taken * self.channels]).is_ok();
        let lost = if pushed { wanted - taken } else { wanted };
        if lost > 0 {
            self.lost.fetch_add(lost as u64, Ordering::Relaxed);
        }
    }
}

/// A recording that runs. Dropping it unfinished leaves no file.
pub struct Recorder {
    thread: Option<JoinHandle<Result<u64, WavError>>>,
    orders: Arc<Orders>,
    lost: Arc<AtomicU64>,
}

/// What the writer thread is told.
#[derive(Default)]
struct Orders {
    finish: AtomicBool,
    abandon: AtomicBool,
}

/// What became of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Frames in the file.
    pub frames: u64,
    /// Frames that are missing because the disk was too slow.
    pub lost: u64,
}

impl Recorder {
    /// Starts a recording that will appear at `path`. What is pushed into the tap ends up there.
    pub fn start(path: &Path, spec: WavSpec) -> Result<(Self, Tap), WavError> {
        let writer = WavWriter::create(path, spec)?;
        let channels = usize::from(spec.channels);
        let (producer, consumer) = RingBuffer::new(CAPACITY * spec.sample_rate as usize * channels);
        let (orders, lost) = (Arc::new(Orders::default()), Arc::new(AtomicU64::new(0)));
        let orders_there = orders.clone();
        let thread = thread::Builder::new()
            .name("recorder".to_owned())
            .spawn(move || write(writer, consumer, channels, &orders_there))
            .map_err(|error| crate::WriteError::from_io(path, error))?;
        let tap = Tap { samples: producer, channels, lost: lost.clone() };
        Ok((Self { thread: Some(thread), orders, lost }, tap))
    }

    /// Frames lost so far.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Whether the writer has given up, because the disk is full for example; [`finish`](Self::finish)
    /// tells why.
    pub fn has_failed(&self) -> bool {
        self.thread.as_ref().is_some_and(JoinHandle::is_finished)
    }

    /// Writes what is still waiting and completes the file.
    pub fn finish(mut self) -> Result<Recorded, WavError> {
        self.orders.finish.store(true, Ordering::Release);
        let Some(thread) = self.thread.take() else { return Ok(Recorded { frames: 0, lost: self.lost() }) };
        thread.thread().unpark();
        match thread.join() {
            Ok(result) => Ok(Recorded { frames: result?, lost: self.lost() }),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            self.orders.abandon.store(true, Ordering::Release);
            thread.thread().unpark();
            // Waits until the temporary file is gone.
            let _ = thread.join();
        }
    }
}

/// The writer thread. Gives the frames written.
fn write(
    mut writer: WavWriter,
    mut samples: Consumer<f32>,
    channels: usize,
    orders: &Orders,
) -> Result<u64, WavError> {
    loop {
        if orders.abandon.load(Ordering::Acquire) {
            return Ok(0);
        }
        // Asked before looking, so that nothing pushed before the order is missed.
        let is_last = orders.finish.load(Ordering::Acquire);
        let waiting = samples.slots() / channels * channels;
        if let Ok(chunk) = samples.read_chunk(waiting) {
            let (first, second) = chunk.as_slices();
            write_split(&mut writer, first, second, channels)?;
            chunk.commit_all();
        }
        if is_last {
            let frames = writer.frames();
            writer.finish()?;
            return Ok(frames);
        }
        thread::park_timeout(PERIOD);
    }
}

/// Writes two slices as one: the ring's end is the middle of a frame at times.
fn write_split(
    writer: &mut WavWriter,
    first: &[f32],
    second: &[f32],
    channels: usize,
) -> Result<(), WavError> {
    let whole = first.len() / channels * channels;
    let missing = (channels - (first.len() - whole)) % channels;
    writer.write_interleaved(&first[..whole])?;
    if missing == 0 {
        return writer.write_interleaved(second);
    }
    let (rest, second) = second.split_at(missing.min(second.len()));
    writer.write_interleaved(&[&first[whole..], rest].concat())?;
    writer.write_interleaved(second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wav::WavFormat;

    fn spec(channels: u16) -> WavSpec {
        WavSpec::new(channels, 1_000, WavFormat::Float32)
    }

    fn read(path: &Path) -> Vec<f32> {
        hound::WavReader::open(path).unwrap().into_samples().map(Result::unwrap).collect()
    }

    #[test]
    fn every_frame_arrives_in_order() {
        for channels in [1, 2, 3] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("take.wav");
            let (recorder, mut tap) = Recorder::start(&path, spec(channels)).unwrap();
            let mut pushed = Vec::new();
            for block in 0..200 {
                let samples = usize::from(channels) * (1 + block % 64);
                let frames: Vec<f32> = (0..samples).map(|n| (pushed.len() + n) as f32).collect();
                while tap.samples.slots() < frames.len() {
                    thread::sleep(Duration::from_millis(1));
                }
                tap.push(&frames);
                pushed.extend(frames);
            }
            assert!(!path.exists(), "the file appears when it is finished");
            let frames = (pushed.len() / usize::from(channels)) as u64;
            assert_eq!(recorder.finish().unwrap(), Recorded { frames, lost: 0 });
            assert_eq!(read(&path), pushed);
        }
    }

    #[test]
    fn what_does_not_fit_is_counted_in_whole_frames() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("take.wav");
        let (recorder, mut tap) = Recorder::start(&path, spec(2)).unwrap();
        let flood = vec![0.5; 2 * 1_000 * CAPACITY * 3];
        tap.push(&flood);
        let recorded = recorder.finish().unwrap();
        assert!(recorded.lost > 0);
        assert_eq!(recorded.frames + recorded.lost, 3_000 * CAPACITY as u64);
    }

    #[test]
    fn pushing_touches_no_heap() {
        use jackfield_testkit::allocation;
        assert!(allocation::is_installed());
        let folder = tempfile::tempdir().unwrap();
        let (_recorder, mut tap) = Recorder::start(&folder.path().join("take.wav"), spec(2)).unwrap();
        let frames = [0.5; 128];
        for _ in 0..1_000 {
            assert_eq!(allocation::count(|| tap.push(&frames)).1, 0);
        }
    }

    #[test]
    fn a_dropped_recording_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("take.wav");
        let (recorder, mut tap) = Recorder::start(&path, spec(1)).unwrap();
        tap.push(&[1.0; 100]);
        drop(recorder);
        tap.push(&[1.0; 100]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_recording_without_a_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let error = Recorder::start(&folder.path().join("no/take.wav"), spec(1)).err().unwrap();
        assert!(error.to_string().contains("its folder does not exist"), "{error}");
    }
}
