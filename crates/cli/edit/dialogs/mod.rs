//! Dialogs: questions that the program has to ask before it goes on. One at a time.

pub(crate) mod ask;
pub(crate) mod choose;
mod list;
pub(crate) mod system;

use crate::edit::files::Kind;
use jackfield_node::FileKind;
use std::path::PathBuf;
use std::sync::Arc;

/// What a file is chosen for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Purpose {
    /// To open a patch.
    Open,
    /// To save the patch there.
    Save,
    /// For a setting of a node.
    Setting {
        /// Id of the node.
        node: Arc<str>,
        /// Name of the setting.
        setting: Arc<str>,
        /// What the setting takes.
        kind: FileKind,
    },
}

impl Purpose {
    /// The title of the dialog.
    pub(crate) fn title(&self) -> &'static str {
        match self {
            Self::Open => "Open a patch",
            Self::Save => "Save the patch",
            Self::Setting { .. } => "Choose a file",
        }
    }

    /// The kind of files it is about.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Open | Self::Save => Kind::Patch,
            Self::Setting { kind, .. } => Kind::Asset(*kind),
        }
    }

    /// Whether the file comes into being.
    pub(crate) fn is_new(&self) -> bool {
        *self == Self::Save
    }
}

/// What a file dialog begins with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Request {
    /// What for.
    pub(crate) purpose: Purpose,
    /// The folder to look in.
    pub(crate) folder: PathBuf,
    /// A name to save under.
    pub(crate) name: String,
}

/// What a file dialog has come to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Choice {
    /// Still open.
    Open,
    /// Nothing.
    None,
    /// This file.
    File(PathBuf),
}
