//! Annotations: what a person writes and draws around nodes. They are neither heard nor needed, and belong
//! to the document all the same: comments are text on the canvas, frames stand around nodes.

use crate::{EditError, Extra, Patch, limits};
use std::sync::Arc;

/// A colour as its hue, in degrees from 0 to 359; how light and how strong it is, the theme decides.
pub type Hue = u16;

/// What an annotation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AnnotationKind {
    /// Text on the canvas.
    Comment,
    /// A frame around nodes, with a title.
    Frame,
}

/// A comment or a frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Annotation {
    /// Left top on the canvas, in points; within [`CANVAS`](limits::CANVAS).
    pub at: [f32; 2],
    /// Width and height, in points; [`ANNOTATION_SIZE`](limits::ANNOTATION_SIZE) at least.
    pub size: [f32; 2],
    /// What a comment says, or a frame's title; at most [`ANNOTATION_BYTES`](limits::ANNOTATION_BYTES).
    pub text: String,
    /// Its colour; the theme's own without one.
    pub hue: Option<Hue>,
    /// Keys of its entry in the file that this program does not know.
    pub extra: Extra,
}

impl AnnotationKind {
    /// Both kinds, in the order of the file.
    pub const ALL: [Self; 2] = [Self::Comment, Self::Frame];

    /// The key in the file under which they stand.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Comment => "comments",
            Self::Frame => "frames",
        }
    }
}

impl Annotation {
    /// An annotation without text.
    pub fn new(at: [f32; 2], size: [f32; 2]) -> Self {
        Self { at, size, text: String::new(), hue: None, extra: Extra::default() }
    }

    /// Checks it against the limits; zero loses its sign, which files don't keep.
    pub(crate) fn checked(mut self) -> Result<Self, EditError> {
        self.at = crate::check::check_position(self.at)?;
        for size in self.size {
            let (min, max) = (limits::ANNOTATION_SIZE, limits::CANVAS);
            if !(min..=max).contains(&size) {
                return Err(EditError::BadNumber { what: "size of an annotation", value: size, min, max });
            }
        }
        if self.text.len() > limits::ANNOTATION_BYTES {
            return Err(EditError::TooMany { what: "bytes in a comment", most: limits::ANNOTATION_BYTES });
        }
        self.hue = check_hue(self.hue)?;
        Ok(self)
    }
}

/// The hue, if it is one.
pub(crate) fn check_hue(hue: Option<Hue>) -> Result<Option<Hue>, EditError> {
    match hue {
        Some(hue @ 360..) => {
            Err(EditError::BadNumber { what: "hue", value: hue.into(), min: 0.0, max: 359.0 })
        }
        hue => Ok(hue),
    }
}

impl Patch {
    /// All annotations: comments, then frames, each kind ordered by id.
    pub fn annotations(&self) -> impl Iterator<Item = (AnnotationKind, &Arc<str>, &Annotation)> {
        self.annotations.iter().map(|((kind, id), annotation)| (*kind, id, annotation))
    }

    /// The annotation of this kind and id.
    pub fn annotation(&self, kind: AnnotationKind, id: &str) -> Option<&Annotation> {
        self.annotations.get(&(kind, Arc::from(id)))
    }

    /// An id that no annotation of this kind has.
    pub fn free_annotation_id(&self, kind: AnnotationKind) -> Arc<str> {
        // Ids made here are numbers that only grow, so the next one is found at the end.
        let numbers =
            self.annotations.keys().filter(|key| key.0 == kind).filter_map(|key| key.1.parse::<u32>().ok());
        let next = u64::from(numbers.max().unwrap_or(0)) + 1;
        next.to_string().into()
    }
}
