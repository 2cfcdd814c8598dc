//! Limits: the most that a file may hold. They lie far above what people make, and keep a hostile file from
//! taking the machine's memory or time.

/// Bytes of a file as it lies on the disk.
pub const FILE_BYTES: usize = 64 << 20;
/// Bytes of an archive once it is decompressed. Rack puts what modules store beside the patch.
pub const UNPACKED_BYTES: u64 = 256 << 20;
/// Bytes of the JSON that describes the patch.
pub const JSON_BYTES: usize = 32 << 20;
/// Entries of an archive that are looked at.
pub const ENTRIES: usize = 10_000;
/// Bytes that decoding may need to look back: Rack's own files need at most 8 MiB.
pub const WINDOW_BYTES: u64 = 32 << 20;
/// JSON values: what the file and each of its modules hold, together.
pub const VALUES: usize = 1_500_000;
/// JSON arrays and objects inside one another. A placeholder keeps a module's data three levels deep in a
/// patch file, which has a limit of its own.
pub const NESTING: usize = jackfield_patch::limits::NESTING - 4;
/// Modules.
pub const MODULES: usize = 20_000;
/// Cables.
pub const CABLES: usize = 100_000;
