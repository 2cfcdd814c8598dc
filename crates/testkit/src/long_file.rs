//! A sound in memory that poses as a long file on a disk, as fast or as slow as a test wants it.

use jackfield_node::stream::{
    CHUNK, Connection, Feeder, Filled, FrameSource, Head, LongFile, Patience, Start, Stream, connect,
    head_frames,
};
use jackfield_node::{Asset, AssetError, AssetSource, ChannelChoice};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// One file, whatever it is asked for; for nodes that load it and for those that stream it.
pub struct LongFileAssets {
    sound: Arc<Asset>,
    file: Arc<TestFile>,
}

impl LongFileAssets {
    /// A file that streams wait for.
    pub fn patient(sound: Asset) -> Self {
        Self::new(sound, true)
    }

    /// A file of which streams get something only when the test says [`serve`](Self::serve).
    pub fn idle(sound: Asset) -> Self {
        Self::new(sound, false)
    }

    fn new(sound: Asset, is_patient: bool) -> Self {
        let sound = Arc::new(sound);
        let patience = Patience::default();
        patience.set(is_patient);
        let source = AssetFrames { sound: sound.clone(), next: 0 };
        let file = TestFile { source, is_patient, patience, gaps: Arc::default(), idle: Mutex::default() };
        Self { sound, file: Arc::new(file) }
    }

    /// The sound.
    pub fn sound(&self) -> &Arc<Asset> {
        &self.sound
    }

    /// Gives all streams of an idle file up to so many pieces of what they want.
    pub fn serve(&self, pieces: usize) {
        let mut idle = self.file.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(feeder, _)| !feeder.is_abandoned());
        for (feeder, source) in idle.iter_mut() {
            for _ in 0..pieces {
                if feeder.need().is_some() {
                    feeder.serve(source).expect("memory can be read");
                }
            }
        }
    }

    /// How often a stream ran dry.
    pub fn gaps(&self) -> u64 {
        self.file.gaps.load(Ordering::Relaxed)
    }
}

impl AssetSource for LongFileAssets {
    fn load(&self, _: &str, _: f32) -> Result<Arc<Asset>, AssetError> {
        Ok(self.sound.clone())
    }

    fn load_unchanged(&self, _: &str) -> Result<Arc<Asset>, AssetError> {
        Ok(self.sound.clone())
    }

    fn open_long(&self, _: &str, _: ChannelChoice) -> Result<Arc<dyn LongFile>, AssetError> {
        Ok(self.file.clone())
    }
}

struct TestFile {
    source: AssetFrames,
    is_patient: bool,
    patience: Patience,
    gaps: Arc<AtomicU64>,
    /// Who waits to be served by the test.
    idle: Mutex<Vec<(Feeder, AssetFrames)>>,
}

impl LongFile for TestFile {
    fn sample_rate(&self) -> f32 {
        self.source.sound.sample_rate
    }

    fn frames(&self) -> Option<u64> {
        Some(self.source.sound.frames() as u64)
    }

    fn loop_points(&self) -> Option<Range<u64>> {
        self.source.sound.metadata.loop_points()
    }

    fn stream_from(&self, start: Start) -> Stream {
        let sample_rate = self.source.sound.sample_rate;
        let mut source = self.source.clone();
        let head = Head::read(&mut source, start, head_frames(sample_rate)).expect("memory can be read");
        let (gaps, patience) = (self.gaps.clone(), self.patience.clone());
        let loader = thread::current();
        let (stream, feeder) = connect(head, Connection { sample_rate, gaps, patience, loader });
        if self.is_patient {
            thread::spawn(move || feed(feeder, source));
        } else {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push((feeder, source));
        }
        stream
    }
}

/// Serves a stream for as long as it is there.
fn feed(mut feeder: Feeder, mut source: AssetFrames) {
    while !feeder.is_abandoned() {
        match feeder.need() {
            Some(_) => feeder.serve(&mut source).expect("memory can be read"),
            None => thread::sleep(Duration::from_micros(200)),
        }
    }
}

#[derive(Clone)]
struct AssetFrames {
    sound: Arc<Asset>,
    next: usize,
}

impl FrameSource for AssetFrames {
    fn seek(&mut self, frame: u64) -> Result<(), String> {
        self.next = usize::try_from(frame).unwrap_or(usize::MAX).min(self.sound.frames());
        Ok(())
    }

    fn read(&mut self, samples: &mut [[f32; CHUNK]; 2]) -> Result<Filled, String> {
        let frames = CHUNK.min(self.sound.frames() - self.next);
        let channels = &self.sound.channels;
        for (side, samples) in samples.iter_mut().enumerate().filter(|_| frames > 0) {
            let channel = channels.get(side).unwrap_or(&channels[0]);
            samples[..frames].copy_from_slice(&channel[self.next..self.next + frames]);
        }
        self.next += frames;
        Ok(Filled { frames, ends: self.next == self.sound.frames() })
    }

    fn end(&self) -> Option<u64> {
        Some(self.sound.frames() as u64)
    }

    fn loop_points(&self) -> Option<Range<u64>> {
        self.sound.metadata.loop_points()
    }
}
