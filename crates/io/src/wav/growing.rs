//! A WAV file that grows, and is whole whenever somebody looks.

use super::WavSpec;
use super::encode::Encoder;
use super::header::header;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

/// Bytes that are collected before they are written.
const BUFFER: usize = 1 << 16;

/// The file, what waits to be written, and how far it is.
#[derive(Debug)]
pub(crate) struct GrowingWav {
    file: File,
    spec: WavSpec,
    encoder: Encoder,
    waiting: Vec<u8>,
    /// Bytes of samples in the file.
    written: u64,
    /// Frames in the file and waiting.
    frames: u64,
}

impl GrowingWav {
    /// Begins an empty file.
    pub(crate) fn begin(mut file: File, spec: WavSpec) -> io::Result<Self> {
        file.write_all(&header(&spec, 0, 0))?;
        let waiting = Vec::with_capacity(2 * BUFFER);
        Ok(Self { file, spec, encoder: Encoder::new(&spec), waiting, written: 0, frames: 0 })
    }

    pub(crate) fn spec(&self) -> WavSpec {
        self.spec
    }

    /// Frames so far.
    pub(crate) fn frames(&self) -> u64 {
        self.frames
    }

    /// Appends whole frames.
    pub(crate) fn write(&mut self, samples: &[f32]) -> io::Result<()> {
        let channels = usize::from(self.spec.channels);
        // In parts, so that the buffer stays small however much comes at once.
        for samples in samples.chunks((BUFFER / 4).next_multiple_of(channels)) {
            self.encoder.encode(samples, &mut self.waiting);
            self.frames += (samples.len() / channels) as u64;
            if self.waiting.len() >= BUFFER {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// Writes what waits. After an error it is known what was written.
    fn flush(&mut self) -> io::Result<()> {
        let mut begin = 0;
        let mut result = Ok(());
        while begin < self.waiting.len() && result.is_ok() {
            match self.file.write(&self.waiting[begin..]) {
                Ok(0) => result = Err(io::ErrorKind::WriteZero.into()),
                Ok(bytes) => begin += bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => result = Err(error),
            }
        }
        self.written += begin as u64;
        self.waiting.drain(..begin);
        result
    }

    /// Writes what waits and makes the header right, so that the file is whole as it is.
    pub(crate) fn settle(&mut self) -> io::Result<()> {
        self.flush()?;
        self.write_header(0)
    }

    fn write_header(&mut self, behind: u64) -> io::Result<()> {
        let frames = self.written / self.spec.frame_bytes();
        self.file.seek(SeekFrom::Start(0))?;
        let result = self.file.write_all(&header(&self.spec, frames, behind));
        self.file.seek(SeekFrom::End(0))?;
        result
    }

    /// Leaves a hole of so many frames.
    #[cfg(test)]
    pub(crate) fn skip(&mut self, frames: u64) {
        self.flush().expect("a test has room on its disk");
        let bytes = frames * self.spec.frame_bytes();
        self.file.seek_relative(bytes as i64).expect("a file has places beyond its end");
        self.written += bytes;
        self.frames += frames;
    }

    /// Completes the file, with chunks behind the samples, and sees to it that it is on the disk.
    pub(crate) fn finish(mut self, chunks: &[u8]) -> io::Result<u64> {
        self.flush()?;
        if self.written % 2 == 1 {
            self.file.write_all(&[0])?;
        }
        self.file.write_all(chunks)?;
        self.write_header(chunks.len() as u64)?;
        self.file.sync_all()?;
        Ok(self.frames)
    }

    /// Closes the file after an error with what is in it: whole frames, and a header that says so. Gives how
    /// many frames that is.
    pub(crate) fn close_as_it_is(mut self) -> io::Result<u64> {
        let frames = self.written / self.spec.frame_bytes();
        self.written = frames * self.spec.frame_bytes();
        let length = header(&self.spec, 0, 0).len() as u64 + self.written;
        self.file.set_len(length)?;
        if self.written % 2 == 1 {
            self.file.seek(SeekFrom::End(0))?;
            // A full disk may have no room for the padding either; every reader does without it at the end.
            if self.file.write_all(&[0]).is_err() {
                self.file.set_len(length)?;
            }
        }
        self.write_header(0)?;
        // What is full or broken may not take that; the file is as good as it gets.
        let _ = self.file.sync_all();
        Ok(frames)
    }
}
