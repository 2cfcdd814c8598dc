//! Reading comments and frames: `"id": {"at": [x, y], "size": [width, height], "text": "...", "hue": 200}`.

use super::error::{Problem, ReadError};
use super::json::{Json, Member, Value};
use super::read::{Range, Reader};
use crate::hint::excerpt;
use crate::id::check_id;
use crate::{Annotation, AnnotationKind, Hue, limits};

impl Reader<'_> {
    /// Reads all annotations of a kind.
    pub(super) fn annotations(
        &mut self,
        kind: AnnotationKind,
        annotations: Json<'_>,
    ) -> Result<(), ReadError> {
        let too_many =
            annotations.error(Problem::TooMany { what: "comments and frames", most: limits::ANNOTATIONS });
        let annotations = annotations.into_object(kind.key())?;
        if self.patch.annotations.len() + annotations.len() > limits::ANNOTATIONS {
            return Err(too_many);
        }
        for Member { key, at, value } in annotations {
            check_id(&key)
                .map_err(|problem| ReadError::new(at, Problem::BadId { id: excerpt(&key), problem }))?;
            let annotation = self.annotation(value)?;
            self.patch.annotations.insert((kind, key.as_ref().into()), annotation);
        }
        Ok(())
    }

    fn annotation(&mut self, value: Json<'_>) -> Result<Annotation, ReadError> {
        let mut annotation = Annotation::new([0.0; 2], [limits::ANNOTATION_SIZE; 2]);
        let mut extra = Vec::new();
        for member in value.into_object("a comment or frame")? {
            let value = &member.value;
            match member.key.as_ref() {
                "at" => annotation.at = self.place(None, value)?,
                "size" => {
                    let range = Range {
                        what: "the size of a comment or frame",
                        min: limits::ANNOTATION_SIZE,
                        max: limits::CANVAS,
                    };
                    annotation.size = self.pair("\"size\"", None, value, range)?;
                }
                "text" => annotation.text = value.as_text("a comment", limits::ANNOTATION_BYTES)?,
                "hue" => annotation.hue = Some(self.hue(None, value)?),
                _ => extra.push(member),
            }
        }
        annotation.extra = self.extra(extra, None, &["at", "size", "text", "hue"])?;
        Ok(annotation)
    }

    /// Reads a place on the canvas.
    pub(super) fn place(&mut self, node: Option<&str>, value: &Json<'_>) -> Result<[f32; 2], ReadError> {
        let range = Range { what: "a position on the canvas", min: -limits::CANVAS, max: limits::CANVAS };
        self.pair("\"at\"", node, value, range)
    }

    /// Reads a colour.
    pub(super) fn hue(&mut self, node: Option<&str>, value: &Json<'_>) -> Result<Hue, ReadError> {
        let hue = self.clamp(value, node, Range { what: "a hue", min: 0.0, max: 359.0 })?;
        Ok(hue.round() as Hue)
    }

    /// Reads two numbers of one range.
    fn pair(
        &mut self,
        key: &'static str,
        node: Option<&str>,
        value: &Json<'_>,
        range: Range<'_>,
    ) -> Result<[f32; 2], ReadError> {
        let numbers = match &value.value {
            Value::Array(numbers) => numbers.as_slice(),
            _ => &[],
        };
        let [x, y] = numbers else {
            return Err(value.wrong_type(key, "two numbers, [x, y]"));
        };
        // Zero loses its sign, which files don't keep.
        Ok([self.clamp(x, node, range)? + 0.0, self.clamp(y, node, range)? + 0.0])
    }
}
