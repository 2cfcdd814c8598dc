//! Sound devices and files.
