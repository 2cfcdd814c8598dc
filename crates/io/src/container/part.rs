//! A stretch of a file that is read as a file of its own.

use std::io::{self, Read, Seek, SeekFrom};
use symphonia::core::io::MediaSource;

/// Some bytes of our own, then a stretch of a file.
pub(crate) struct Part {
    source: Box<dyn MediaSource>,
    head: Vec<u8>,
    start: u64,
    length: u64,
    place: u64,
}

impl Part {
    /// `head`, then `length` bytes of `source` from `start` on.
    pub(crate) fn new(source: Box<dyn MediaSource>, head: Vec<u8>, start: u64, length: u64) -> Self {
        Self { source, head, start, length, place: 0 }
    }

    fn end(&self) -> u64 {
        self.head.len() as u64 + self.length
    }
}

impl Read for Part {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let head = self.head.len() as u64;
        let read = if self.place < head {
            (&self.head[self.place as usize..]).read(buffer)?
        } else {
            let left = self.end().saturating_sub(self.place);
            let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            self.source.seek(SeekFrom::Start(self.start + (self.place - head)))?;
            self.source.read(&mut buffer[..most])?
        };
        self.place += read as u64;
        Ok(read)
    }
}

impl Seek for Part {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::Current(way) => self.place.checked_add_signed(way),
            SeekFrom::End(way) => self.end().checked_add_signed(way),
        };
        self.place = place.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.place)
    }
}

impl MediaSource for Part {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn it_reads_as_a_file_of_its_own() {
        let source = Box::new(Cursor::new(b"0123456789".to_vec()));
        let mut part = Part::new(source, b"ab".to_vec(), 3, 4);
        let mut all = Vec::new();
        part.read_to_end(&mut all).unwrap();
        assert_eq!(all, b"ab3456");
        assert_eq!(part.seek(SeekFrom::End(-2)).unwrap(), 4);
        all.clear();
        part.read_to_end(&mut all).unwrap();
        assert_eq!(all, b"56");
        part.seek(SeekFrom::Start(100)).unwrap();
        assert_eq!(part.read(&mut [0; 4]).unwrap(), 0);
        assert!(part.seek(SeekFrom::Current(-101)).is_err());
    }
}
