//! The patch editor.

#![forbid(unsafe_code)]
