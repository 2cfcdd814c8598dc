//! Edits: every change a person can make to a patch.
//!
//! An edit names nodes by id and cables by their ends, never by a place in the graph, so it stays
//! meaningful after nodes went and came back, and can be written to a journal.
//! [`Patch::apply`](crate::Patch::apply) carries one out and gives back its exact inverse.

use crate::{
    Annotation, AnnotationKind, Cable, CableEnds, Definition, Extra, Hint, Hue, IdProblem, Meta, Node, Patch,
    limits,
};
use jackfield_node::SettingValue;
use std::sync::Arc;
use thiserror::Error;

/// One change to a patch.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Adds a node without cables.
    AddNode(Box<Node>),
    /// Removes a node and its cables.
    RemoveNode {
        /// The node.
        id: Arc<str>,
    },
    /// Gives a node another id. What it does by chance stays: a seed that was taken from the id is written
    /// out.
    Rename {
        /// The node's id before.
        id: Arc<str>,
        /// Its id after.
        to: Arc<str>,
    },
    /// Moves a node on the canvas.
    Move {
        /// The node.
        id: Arc<str>,
        /// Where to, in points; within [`CANVAS`](crate::limits::CANVAS).
        at: [f32; 2],
    },
    /// Mutes a node, or lets it sound again.
    SetMuted {
        /// The node.
        id: Arc<str>,
        /// Whether it is silent.
        muted: bool,
    },
    /// Turns a knob.
    SetKnob {
        /// The node.
        id: Arc<str>,
        /// The input's name.
        input: Arc<str>,
        /// The value as shown. One outside the knob's range becomes the nearest inside.
        value: f32,
    },
    /// Changes a setting.
    SetSetting {
        /// The node.
        id: Arc<str>,
        /// The setting's name.
        setting: Arc<str>,
        /// The value; it has to fit the setting.
        value: SettingValue,
    },
    /// Adds a cable. A second one between the same two ends is an error: change the depth of the first.
    Connect {
        /// What it joins.
        ends: CableEnds,
        /// How.
        options: CableOptions,
    },
    /// Removes a cable.
    Disconnect {
        /// What it joins.
        ends: CableEnds,
    },
    /// Sets how much of a cable's signal arrives.
    SetDepth {
        /// The cable.
        ends: CableEnds,
        /// 1 passes the signal unchanged; within [`CABLE_DEPTH`](crate::limits::CABLE_DEPTH).
        depth: f32,
    },
    /// Chooses the cable that carries the delay of its feedback loop.
    SetDelayed {
        /// The cable.
        ends: CableEnds,
        /// Whether the delay is wanted on this one.
        delayed: bool,
    },
    /// Exempts a cable from latency compensation.
    SetUncompensated {
        /// The cable.
        ends: CableEnds,
        /// Whether it is exempt.
        uncompensated: bool,
    },
    /// Colours a node.
    SetHue {
        /// The node.
        id: Arc<str>,
        /// The colour; nothing for that of its category.
        hue: Option<Hue>,
    },
    /// Colours a cable.
    SetCableHue {
        /// The cable.
        ends: CableEnds,
        /// The colour; nothing for that of its signal.
        hue: Option<Hue>,
    },
    /// Puts a comment or frame under this id, in place of the one there is; nothing removes it.
    SetAnnotation {
        /// Which of both.
        kind: AnnotationKind,
        /// Its id.
        id: Arc<str>,
        /// The whole of it.
        annotation: Option<Box<Annotation>>,
    },
    /// Sets title, author, licence and notes.
    SetMeta(Box<Meta>),
    /// Sets what a node's random choices start from; with
    /// [`fresh_seed`](crate::Patch::fresh_seed) it rolls them again.
    SetNodeSeed {
        /// The node.
        id: Arc<str>,
        /// The seed; nothing to take it from the id.
        seed: Option<u32>,
    },
    /// Sets what the random choices of all nodes start from, together with each one's own seed.
    SetSeed(u32),
    /// Sets the tempo, in beats per minute. One out of [range](crate::limits::TEMPO) becomes the nearest
    /// inside.
    SetTempo(f32),
    /// Puts these keys, which this program does not know, in place of those the patch has. Only reading a
    /// file makes such keys.
    SetExtra(Extra),
    /// Puts in what boxes of type `box.` and this id hold, or replaces it; nothing removes it, once no box
    /// holds it. Boxes keep cables and values at the ports that have the same ids.
    SetDefinition {
        /// The definition's id.
        id: Arc<str>,
        /// What it holds; it gets this id.
        definition: Option<Arc<Definition>>,
    },
    /// Does an edit inside a definition, and so in all its boxes.
    Inside {
        /// The definition's id.
        definition: Arc<str>,
        /// What to do there.
        edit: Box<Edit>,
    },
    /// Puts another patch in place of the whole one.
    Replace(Box<Patch>),
    /// Several edits as one, in order. If one fails, none is done.
    Batch(Vec<Edit>),
}

/// What a cable is besides its ends.
#[derive(Clone, Debug, PartialEq)]
pub struct CableOptions {
    /// Scales the signal. 1 passes it unchanged.
    pub depth: f32,
    /// The one-sample delay of its feedback loop is wanted on this cable.
    pub delayed: bool,
    /// Exempt from latency compensation.
    pub uncompensated: bool,
    /// Its colour; that of its signal without one.
    pub hue: Option<Hue>,
    /// Keys of its entry in the file that this program does not know.
    pub extra: Extra,
}

impl Default for CableOptions {
    fn default() -> Self {
        Self { depth: 1.0, delayed: false, uncompensated: false, hue: None, extra: Extra::default() }
    }
}

impl CableOptions {
    /// The options of a cable in a patch.
    pub fn of(cable: &Cable) -> Self {
        let Cable { depth, delayed, uncompensated, hue, ref extra, .. } = *cable;
        Self { depth, delayed, uncompensated, hue, extra: extra.clone() }
    }
}

impl Edit {
    /// Adds a plain cable.
    pub fn connect(ends: CableEnds) -> Self {
        Self::Connect { ends, options: CableOptions::default() }
    }
}

/// Why an edit was not done. The patch is as it was.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum EditError {
    /// No node has this id.
    #[error("there is no node '{id}'{hint}")]
    NoSuchNode {
        /// As given.
        id: Arc<str>,
        /// A likely id.
        hint: Hint,
    },
    /// The node's type has no such input, output, knob or setting.
    #[error("node '{id}' has no {what} '{name}'{hint}")]
    NoSuchPart {
        /// The node.
        id: Arc<str>,
        /// `input`, `output`, `knob` or `setting`.
        what: &'static str,
        /// As given.
        name: Arc<str>,
        /// A likely name.
        hint: Hint,
    },
    /// No cable joins these ends.
    #[error("there is no cable {ends}")]
    NoSuchCable {
        /// As given.
        ends: CableEnds,
    },
    /// A cable joins these ends already.
    #[error("there is a cable {ends} already; change its depth instead")]
    AlreadyConnected {
        /// As given.
        ends: CableEnds,
    },
    /// Another node has this id.
    #[error("there is a node '{id}' already; choose another id")]
    AlreadyThere {
        /// As given.
        id: Arc<str>,
    },
    /// The id breaks the rule for ids.
    #[error("'{id}' can't be an id: {problem}")]
    BadId {
        /// As given, shortened.
        id: String,
        /// What is wrong.
        problem: IdProblem,
    },
    /// No node type can have a port of this name.
    #[error("'{name}' can't be the name of a port; use letters, digits, '_' and '-'")]
    BadPortName {
        /// As given, shortened.
        name: String,
    },
    /// A knob, depth or position is not a number or beyond its limit.
    #[error("{value} is no {what}; use a number from {min} to {max}")]
    BadNumber {
        /// What it should be.
        what: &'static str,
        /// As given.
        value: f32,
        /// Smallest allowed.
        min: f32,
        /// Largest allowed.
        max: f32,
    },
    /// A setting can't have this value.
    #[error("setting '{setting}' of node '{id}' is {expected}")]
    BadSetting {
        /// The node.
        id: Arc<str>,
        /// The setting.
        setting: &'static str,
        /// What it can be.
        expected: String,
    },
    /// The program lacks the node's type, so it can't tell what the change means.
    #[error("node '{id}' is of type '{type_id}', which this program lacks; it can only be kept")]
    UnknownType {
        /// The node.
        id: Arc<str>,
        /// Its type.
        type_id: String,
    },
    /// A new node's values don't belong to its type.
    #[error("node '{id}' does not fit its type; make it with Node::new or by reading a file")]
    Malformed {
        /// The node.
        id: Arc<str>,
    },
    /// No definition has this id.
    #[error("there is no definition '{id}'")]
    NoSuchDefinition {
        /// As given.
        id: Arc<str>,
    },
    /// Boxes still hold the definition.
    #[error("boxes hold the definition '{id}'; remove or ungroup them first")]
    DefinitionInUse {
        /// The definition.
        id: Arc<str>,
    },
    /// A definition would hold itself.
    #[error("definition '{id}' would hold a box of itself; boxes nest up to {} levels", limits::BOX_DEPTH)]
    Nested {
        /// The definition.
        id: Arc<str>,
    },
    /// A port goes by its id outside.
    #[error("port '{id}' keeps its id, by which cables outside know it; change its name instead")]
    PortKeepsId {
        /// The port.
        id: Arc<str>,
    },
    /// What belongs to the whole patch can't be set inside a definition.
    #[error("this belongs to the whole patch, not to the inside of a box")]
    NotInside,
    /// The patch would grow beyond a limit.
    #[error("a patch has at most {most} {what}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        most: usize,
    },
}
