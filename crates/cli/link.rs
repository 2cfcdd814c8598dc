//! `jackfield link`: a patch as one text, to be pasted anywhere.

use crate::exit::Failure;
use crate::output::print;
use crate::patch_file;
use jackfield_io::to_link;
use jackfield_patch::{AnnotationKind, Edit, Meta, Patch};
use std::path::PathBuf;

/// Print a patch as one text without spaces, to be pasted into a message.
///
/// Every command that takes a patch takes such a link too, and so does the editor. Sounds don't go along:
/// 'bundle' takes them.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The patch; - is standard input.
    patch: PathBuf,
    /// The address of a page that opens it, to stand in front.
    #[arg(long, value_name = "ADDRESS")]
    at: Option<String>,
    /// What not to pass on.
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    without: Vec<Part>,
}

/// A part of a patch that is not needed to hear it.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The author's name.
    Author,
    /// The notes.
    Notes,
    /// The comments on the canvas.
    Comments,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let file = patch_file::open(&arguments.patch, &jackfield_nodes::registry())?;
    for name in patch_file::files(&file.patch).into_keys() {
        eprintln!("warning: '{name}' does not go along; 'jackfield bundle' takes it");
    }
    let mut patch = file.patch;
    for part in &arguments.without {
        patch.apply(part.removal(&patch)).map_err(Failure::input)?;
    }
    let link = to_link(&jackfield_patch::write(&patch), arguments.at.as_deref());
    print(&format!("{link}\n"))
}

impl Part {
    /// The edit that takes it out of a patch.
    fn removal(self, patch: &Patch) -> Edit {
        let meta = patch.meta.clone();
        match self {
            Self::Author => Edit::SetMeta(Box::new(Meta { author: String::new(), ..meta })),
            Self::Notes => Edit::SetMeta(Box::new(Meta { notes: String::new(), ..meta })),
            Self::Comments => {
                let comments =
                    patch.annotations().filter(|annotation| annotation.0 == AnnotationKind::Comment);
                let removal = |kind, id| Edit::SetAnnotation { kind, id, annotation: None };
                Edit::Batch(comments.map(|(kind, id, _)| removal(kind, id.clone())).collect())
            }
        }
    }
}
