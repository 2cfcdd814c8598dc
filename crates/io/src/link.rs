//! Links: a whole patch as one short text without spaces, to be pasted into a message or behind the `#` of
//! an address.
//!
//! A link is `jackfield:` or any address with a `#`, then `j1` (the kind and version of what follows), then
//! the text of the patch, compressed (raw DEFLATE, RFC 1951) and in the letters of URL-safe base64 (RFC
//! 4648, section 5) without padding. Sounds and other files don't go along.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::read::{DeflateDecoder, DeflateEncoder};
use std::io::Read;
use thiserror::Error;

/// What a link begins with that no address is in front of.
const SCHEME: &str = "jackfield:";
/// What the patch is written as: this module's way, version 1.
const VERSION: &str = "j1";

/// Why a link holds no patch.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkError {
    /// It is of a later version.
    #[error("this link was made by a newer version of Jackfield; update to open it")]
    Newer,
    /// It was cut short or altered.
    #[error("the link is damaged or not whole; copy all of it, up to the last letter")]
    Damaged,
    /// What it holds is larger than a patch may be.
    #[error("the link holds more than the {most} bytes that a patch may have")]
    TooLong {
        /// The limit.
        most: usize,
    },
}

/// The text as a link. `address` comes in front of the `#`; without one it is `jackfield:`.
///
/// # Panics
///
/// Never: compressing in memory can't fail.
pub fn to_link(text: &str, address: Option<&str>) -> String {
    let mut compressed = Vec::new();
    let mut encoder = DeflateEncoder::new(text.as_bytes(), Compression::best());
    encoder.read_to_end(&mut compressed).expect("reading from memory succeeds");
    let front = address.map_or_else(|| SCHEME.to_owned(), |address| format!("{address}#"));
    format!("{front}{VERSION}{}", URL_SAFE_NO_PAD.encode(compressed))
}

/// Whether a text looks like a link and not like the name of a file.
pub fn is_link(text: &str) -> bool {
    payload(text).is_some()
}

/// The text in a link, of at most `most` bytes.
///
/// # Errors
///
/// When it is no link, not whole, of a later version, or holds more than that.
pub fn from_link(link: &str, most: usize) -> Result<Vec<u8>, LinkError> {
    let payload = payload(link).ok_or(LinkError::Damaged)?;
    let letters = payload.strip_prefix(VERSION).ok_or(LinkError::Newer)?;
    let compressed = URL_SAFE_NO_PAD.decode(letters).map_err(|_| LinkError::Damaged)?;
    let mut text = Vec::new();
    // One byte more than allowed tells that there is more.
    let decoder = DeflateDecoder::new(&compressed[..]);
    decoder.take(most as u64 + 1).read_to_end(&mut text).map_err(|_| LinkError::Damaged)?;
    if text.len() > most { Err(LinkError::TooLong { most }) } else { Ok(text) }
}

/// What stands behind the scheme or the `#`, if it can be a patch of any version: `j`, a digit, letters of
/// base64.
fn payload(text: &str) -> Option<&str> {
    let text = text.trim();
    let payload = text.strip_prefix(SCHEME).or_else(|| {
        let (address, payload) = text.split_once('#')?;
        address.contains("://").then_some(payload)
    })?;
    let is_letter = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'-' | b'_');
    let [b'j', digit, ..] = payload.as_bytes() else { return None };
    (digit.is_ascii_digit() && payload.bytes().all(is_letter)).then_some(payload)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MOST: usize = 1 << 20;

    #[test]
    fn an_address_may_stand_in_front() {
        let link = to_link("{}", Some("https://example.org/play"));
        assert!(link.starts_with("https://example.org/play#j1"), "{link}");
        assert_eq!(from_link(&link, MOST).unwrap(), b"{}");
        assert_eq!(from_link(&format!(" {link}\n"), MOST).unwrap(), b"{}");
    }

    #[test]
    fn names_of_files_are_no_links() {
        for name in ["pad.jack", "jackfield:pad.jack", "a#j1abc", "C:\\j1.jack", "jackfield:", "-", ""] {
            assert!(!is_link(name), "{name}");
        }
    }

    #[test]
    fn what_is_wrong_is_told() {
        let link = to_link(&"some words ".repeat(20), None);
        assert_eq!(from_link(&link[..link.len() - 4], MOST), Err(LinkError::Damaged));
        assert_eq!(from_link(&link.replacen("j1", "j2", 1), MOST), Err(LinkError::Newer));
        assert_eq!(from_link(&link, 100), Err(LinkError::TooLong { most: 100 }));
    }

    /// A megabyte of zeros is a link of a kilobyte: the limit holds while it is unpacked, not after.
    #[test]
    fn a_small_link_does_not_become_a_large_text() {
        let link = to_link(&"0".repeat(50 << 20), None);
        assert!(link.len() < 100_000);
        assert_eq!(from_link(&link, MOST), Err(LinkError::TooLong { most: MOST }));
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in any::<String>()) {
            let link = to_link(&text, None);
            prop_assert!(is_link(&link));
            prop_assert_eq!(from_link(&link, MOST).unwrap(), text.into_bytes());
        }

        #[test]
        fn any_letters_are_survived(letters in "jackfield:j1[A-Za-z0-9_-]{0,200}") {
            // Most are damaged; a few hold some text.
            let read = from_link(&letters, MOST);
            prop_assert!(read.is_ok() || read == Err(LinkError::Damaged));
        }
    }
}
