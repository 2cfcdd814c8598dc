//! The container: where in a file the JSON is. Rack 0.5 to 1 and Cardinal write it plainly, Rack 2 as
//! `./patch.json` in a tar archive compressed with zstd. Versions and names tell it wrongly, the first
//! bytes don't.

use crate::error::ImportError;
use crate::{limits, shape};
use ruzstd::decoding::StreamingDecoder;
use serde_json::{Map, Value};
use std::io::{self, Read};

/// How a zstd frame begins.
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// Where the mark of a tar archive stands, and what it is.
const TAR: (usize, &[u8]) = (257, b"ustar");
/// The byte-order mark that some editors put in front.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Whether these are the bytes of a Rack patch, in any of its containers. JSON that merely is JSON is none.
///
/// Takes time in proportion to the file.
pub fn looks_like_rack(file: &[u8]) -> bool {
    file.starts_with(ZSTD) || is_tar(file) || json(file).is_ok_and(|json| json.contains_key("modules"))
}

fn is_tar(file: &[u8]) -> bool {
    file.get(TAR.0..TAR.0 + TAR.1.len()) == Some(TAR.1)
}

/// The JSON object that describes the patch.
///
/// # Errors
///
/// When the container is damaged, holds no patch or breaks a limit.
pub(crate) fn open(file: &[u8]) -> Result<Map<String, Value>, ImportError> {
    if file.len() > limits::FILE_BYTES {
        return Err(too_large("the file", limits::FILE_BYTES as u64));
    }
    if file.starts_with(ZSTD) {
        let mut decoder = StreamingDecoder::new_with_max_window_size(file, limits::WINDOW_BYTES)
            .map_err(|error| ImportError::Compression { problem: error.to_string() })?;
        return json(&entry(&mut decoder)?);
    }
    if is_tar(file) {
        return json(&entry(file)?);
    }
    json(file)
}

/// The bytes of the entry that describes the patch.
fn entry(archive: impl Read) -> Result<Vec<u8>, ImportError> {
    let mut archive = tar::Archive::new(Budget { source: archive, left: limits::UNPACKED_BYTES });
    // Raw: what the format's extensions say of long names is not believed, nor kept in memory.
    let entries = archive.entries().map_err(|error| damaged(&error))?.raw(true);
    for entry in entries.take(limits::ENTRIES) {
        let entry = entry.map_err(|error| damaged(&error))?;
        let name = entry.path_bytes().into_owned();
        let name = name.strip_prefix(b"./").unwrap_or(&name);
        if name != b"patch.json" || !entry.header().entry_type().is_file() {
            continue;
        }
        let mut text = Vec::new();
        entry.take(limits::JSON_BYTES as u64 + 1).read_to_end(&mut text).map_err(|error| damaged(&error))?;
        return Ok(text);
    }
    Err(ImportError::NoPatch)
}

/// What went wrong while unpacking.
fn damaged(error: &io::Error) -> ImportError {
    let is_over_budget = error.kind() == io::ErrorKind::FileTooLarge
        || error.get_ref().is_some_and(|inner| inner.to_string().contains(OVER_BUDGET));
    if is_over_budget {
        return too_large("what the archive unpacks to", limits::UNPACKED_BYTES);
    }
    ImportError::Compression { problem: error.to_string() }
}

fn too_large(what: &'static str, bytes: u64) -> ImportError {
    ImportError::TooLarge { what, most: bytes >> 20 }
}

/// What a [`Budget`] says when it is spent.
const OVER_BUDGET: &str = "unpacks to too much";

/// A reader that gives up after so many bytes: some kilobytes can unpack to terabytes.
struct Budget<R> {
    source: R,
    left: u64,
}

impl<R: Read> Read for Budget<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, OVER_BUDGET));
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(bytes.len());
        let read = self.source.read(&mut bytes[..most])?;
        self.left -= read as u64;
        Ok(read)
    }
}

/// The text as a JSON object.
fn json(text: &[u8]) -> Result<Map<String, Value>, ImportError> {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    if text.len() > limits::JSON_BYTES {
        return Err(too_large("the description of the patch", limits::JSON_BYTES as u64));
    }
    if text.iter().all(u8::is_ascii_whitespace) {
        return Err(ImportError::Empty);
    }
    shape::check(text)?;
    match serde_json::from_slice(text) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(ImportError::NoModules),
        Err(error) => Err(ImportError::Json { problem: error.to_string() }),
    }
}
