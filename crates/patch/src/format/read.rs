//! Reading a file: its text, its version, its header; then nodes, then cables.

use super::convert::into_kept_members;
use super::error::{Position, Problem, ReadError};
use super::json::{self, Json, Member};
use super::migrate::{self, FileMigration};
use super::warning::{Notice, Warning, Warnings};
use crate::boxes::{Definitions, check_nesting};
use crate::hint::excerpt;
use crate::{AnnotationKind, Extra, Hint, NodeIndex, Patch, limits};
use jackfield_node::Registry;
use std::collections::HashMap;

/// Reads a patch from the bytes of a `.jack` file.
///
/// Takes time in proportion to the file. Never panics, whatever the bytes; memory is bounded by
/// [`limits`]. The warnings tell what was read differently than it is written, and what was kept without
/// being understood: node types and keys that this program does not know.
///
/// # Errors
///
/// When the bytes are no patch of a known format, or one beyond the limits; the error says what is wrong and
/// where.
pub fn read(file: impl AsRef<[u8]>, registry: &Registry) -> Result<(Patch, Vec<Warning>), ReadError> {
    read_with(file.as_ref(), registry, migrate::FILE)
}

/// [`read`], with other migrations than this program's.
pub(super) fn read_with(
    file: &[u8],
    registry: &Registry,
    migrations: &[FileMigration],
) -> Result<(Patch, Vec<Warning>), ReadError> {
    let root = json::parse(decode(file)?)?;
    let at = root.at;
    let not_a_patch = || ReadError::new(at, Problem::NotAPatch);
    let mut members = root.into_object("a patch").map_err(|_| not_a_patch())?;
    let format = members.iter().find(|member| member.key == "jackfield").ok_or_else(not_a_patch)?;
    let format = check_format(&format.value, 1 + migrations.len() as u64)?;
    migrate::upgrade_file(&mut members, format, migrations);
    let mut reader = Reader {
        registry,
        patch: Patch::new(),
        warnings: Warnings::default(),
        older: HashMap::new(),
        definitions: Definitions::new(),
    };
    reader.members(members)?;
    reader.patch.definitions = std::mem::take(&mut reader.definitions);
    // Few lines of text can unfold to more than any machine holds.
    check_nesting(&reader.patch)
        .and_then(|()| reader.patch.flatten().map(drop))
        .map_err(|error| ReadError::new(at, Problem::Unfolds { error: Box::new(error) }))?;
    Ok((reader.patch, reader.warnings.finish()))
}

/// The file as text.
fn decode(file: &[u8]) -> Result<&str, ReadError> {
    if file.len() > limits::FILE_BYTES {
        return Err(ReadError::new(Position::START, Problem::TooLarge { bytes: file.len() }));
    }
    // Some editors put a byte-order mark in front of UTF-8.
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    std::str::from_utf8(file).map_err(|error| {
        let valid = file.get(..error.valid_up_to()).unwrap_or_default();
        ReadError::new(Position::START.after(valid), Problem::Encoding)
    })
}

/// The file's format, if it is one that this program reads.
fn check_format(value: &Json<'_>, newest: u64) -> Result<u64, ReadError> {
    match value.as_u32("\"jackfield\", the version of the format,").map(u64::from)? {
        0 => Err(value.error(Problem::NotAPatch)),
        version if version > newest => Err(value.error(Problem::Newer { version })),
        version => Ok(version),
    }
}

/// What has been read so far.
pub(super) struct Reader<'r> {
    pub registry: &'r Registry,
    pub patch: Patch,
    pub warnings: Warnings,
    /// Nodes written by an older version of their type, and that version: their cables use its names.
    pub older: HashMap<NodeIndex, u32>,
    /// Those read so far.
    pub definitions: Definitions,
}

impl Reader<'_> {
    fn members(&mut self, members: Vec<Member<'_>>) -> Result<(), ReadError> {
        let mut rest = Vec::new();
        for member in members {
            let value = member.value;
            match member.key.as_ref() {
                "jackfield" => {}
                "definitions" => self.definitions(value)?,
                "seed" => self.patch.seed = value.as_u32("the seed")?,
                "tempo" => {
                    let [min, max] = limits::TEMPO;
                    self.patch.tempo = self.clamp(&value, None, Range { what: "the tempo", min, max })?;
                }
                _ => rest.push(Member { value, ..member }),
            }
        }
        const KEYS: [&str; 11] = [
            "title",
            "author",
            "license",
            "notes",
            "seed",
            "tempo",
            "nodes",
            "cables",
            "comments",
            "frames",
            "definitions",
        ];
        self.contents(rest, &KEYS)
    }

    /// What patches and definitions both have. `known` are the keys that could have been meant by one that
    /// means nothing.
    pub(super) fn contents(
        &mut self,
        members: Vec<Member<'_>>,
        known: &[&'static str],
    ) -> Result<(), ReadError> {
        let mut extra = Vec::new();
        let (mut nodes, mut cables) = (None, None);
        for member in members {
            let value = member.value;
            let meta = &mut self.patch.meta;
            match member.key.as_ref() {
                "title" => meta.title = value.as_text("the title", limits::LINE_BYTES)?,
                "author" => meta.author = value.as_text("the author", limits::LINE_BYTES)?,
                "license" => meta.license = value.as_text("the licence", limits::LINE_BYTES)?,
                "notes" => meta.notes = value.as_text("the notes", limits::NOTES_BYTES)?,
                "nodes" => nodes = Some(value),
                "cables" => cables = Some(value),
                "comments" => self.annotations(AnnotationKind::Comment, value)?,
                "frames" => self.annotations(AnnotationKind::Frame, value)?,
                _ => extra.push(Member { value, ..member }),
            }
        }
        self.patch.extra = self.extra(extra, None, known)?;
        if let Some(nodes) = nodes {
            self.nodes(nodes)?;
        }
        if let Some(cables) = cables {
            self.cables(cables)?;
        }
        Ok(())
    }

    fn nodes(&mut self, nodes: Json<'_>) -> Result<(), ReadError> {
        let too_many = nodes.error(Problem::TooMany { what: "nodes", most: limits::NODES });
        let nodes = nodes.into_object("\"nodes\"")?;
        if nodes.len() > limits::NODES {
            return Err(too_many);
        }
        nodes.into_iter().try_for_each(|member| self.node(member))
    }

    fn cables(&mut self, cables: Json<'_>) -> Result<(), ReadError> {
        let too_many = cables.error(Problem::TooMany { what: "cables", most: limits::CABLES });
        let cables = cables.into_array("\"cables\"")?;
        if cables.len() > limits::CABLES {
            return Err(too_many);
        }
        self.all_cables(cables)
    }

    /// Keeps what this program does not know, with a warning for each key. `known` are the keys that
    /// could have been meant.
    pub(super) fn extra(
        &mut self,
        members: Vec<Member<'_>>,
        node: Option<&str>,
        known: &[&'static str],
    ) -> Result<Extra, ReadError> {
        for member in &members {
            self.warnings.add(member.at, node, || Notice::UnknownKey {
                key: excerpt(&member.key),
                hint: Hint::among(&member.key, known.iter().copied()),
            });
        }
        Ok(Extra::new(into_kept_members(members)?))
    }

    /// Moves a number into its range, with a warning if it was outside.
    pub(super) fn clamp(
        &mut self,
        number: &Json<'_>,
        node: Option<&str>,
        range: Range<'_>,
    ) -> Result<f32, ReadError> {
        let Range { what, min, max } = range;
        let written = number.as_f32(what)?;
        let value = written.clamp(min, max);
        if value != written {
            self.warnings.add(number.at, node, || Notice::Clamped {
                what: what.to_owned(),
                written: number.shown(),
                value,
                min,
                max,
            });
        }
        Ok(value)
    }
}

/// What a number is for, and its limits.
#[derive(Clone, Copy)]
pub(super) struct Range<'w> {
    pub what: &'w str,
    pub min: f32,
    pub max: f32,
}
