//! Limits: the most a patch may hold. They keep a hostile file from taking the machine's memory or
//! time, and lie far above what a person makes. Edits keep to them too, so what can be built can be
//! read back.

/// Bytes in a file. A patch with the most nodes and cables fits; half a gigabyte of JSON does not.
pub const FILE_BYTES: usize = 64 << 20;
/// JSON values in a file: each takes 32 to 64 bytes while it is read, so 0.4 GB at worst. Enough for
/// the most cables with a depth each and the most nodes with twenty values each.
pub const VALUES: usize = 6_000_000;
/// JSON arrays and objects inside one another. A patch needs four; unknown node types may need more.
pub const NESTING: usize = 64;
/// Bytes of one number as it is written. The longest 64-bit float in plain digits has 1,079.
pub const NUMBER_BYTES: usize = 1_100;
/// Nodes in a patch. Ten times the largest patch the engine is measured with.
pub const NODES: usize = 100_000;
/// Cables in a patch: ten for each of the most nodes.
pub const CABLES: usize = 1_000_000;
/// Bytes in a node's id: it has to fit on a screen and in a file name.
pub const ID_BYTES: usize = 64;
/// Bytes in the name of a node type, a port, a knob or a setting.
pub const NAME_BYTES: usize = 128;
/// Inputs, and as many outputs, of a node: what [`NodeSpec::checked`](jackfield_node::NodeSpec::checked)
/// allows known types.
pub const PORTS: usize = 64;
/// Definitions in a patch.
pub const DEFINITIONS: usize = 1_000;
/// Boxes inside one another.
pub const BOX_DEPTH: usize = 16;
/// Bytes in title, author and licence each: one line of text.
pub const LINE_BYTES: usize = 1_024;
/// Bytes in the notes: a long chapter.
pub const NOTES_BYTES: usize = 1 << 20;
/// Comments and frames in a patch, together.
pub const ANNOTATIONS: usize = 10_000;
/// Bytes in a comment: some pages.
pub const ANNOTATION_BYTES: usize = 16_384;
/// Least width and height of a comment or frame, in points: what a hand can still grab.
pub const ANNOTATION_SIZE: f32 = 16.0;
/// Farthest a node may stand from the canvas's origin, in points. Up to here an `f32` still tells
/// neighbouring points apart.
pub const CANVAS: f32 = 1e6;
/// Largest depth of a cable, either sign. Enough for any knob's whole range.
pub const CABLE_DEPTH: f32 = 1e6;
/// Slowest and fastest tempo, in beats per minute: what a transport takes.
pub const TEMPO: [f32; 2] = [1.0, 1000.0];
/// Warnings kept from one file. More than a person reads; the rest are counted.
pub const WARNINGS: usize = 100;
