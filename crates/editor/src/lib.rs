//! The patch editor.
