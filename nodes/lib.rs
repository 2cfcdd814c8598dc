//! The node library: one file per node type.
