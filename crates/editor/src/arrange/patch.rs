//! What of a patch is arranged: cards and frames as blocks, each frame around what stood in it, comments
//! above what they stand with.

use super::{Link, arrange};
use crate::scene::{PortId, Scene};
use crate::theme::GRID;
use egui::{Pos2, Rect, Vec2, pos2, vec2};
use jackfield_patch::{Annotation, AnnotationKind, Edit, EditError, NodeIndex, Patch, PortRef};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Space between a frame and what stands in it.
const PADDING: f32 = 3.0 * GRID;
/// Height of a frame's title, and a little room below.
const TITLE: f32 = 5.0 * GRID;
/// Space below a comment.
const COMMENT_GAP: f32 = 2.0 * GRID;

/// A patch to be arranged.
pub(crate) struct Tidying<'a> {
    pub(crate) patch: &'a Patch,
    pub(crate) scene: &'a Scene,
    /// Width wanted for a height of 1.
    pub(crate) aspect: f32,
}

/// A patch with its nodes arranged by signal flow and each frame around what stood in it; `aspect` is the
/// width wanted for a height of 1. What the editor's *Tidy* does.
///
/// # Errors
///
/// Those of [`Patch::apply`], which can't come up for a patch within its limits.
pub fn tidied(patch: &Patch, aspect: f32) -> Result<Patch, EditError> {
    let mut scene = Scene::default();
    scene.follow(patch, 0);
    let edits = tidy_edits(&Tidying { patch, scene: &scene, aspect }, None);
    let mut tidied = patch.clone();
    for edit in edits {
        tidied.apply(edit)?;
    }
    Ok(tidied)
}

/// The edits that arrange a patch, or of it only the nodes of these ids.
pub(crate) fn tidy_edits(tidying: &Tidying<'_>, only: Option<&BTreeSet<Arc<str>>>) -> Vec<Edit> {
    match only {
        None => Tree::new(tidying).edits(),
        Some(ids) => some(tidying, ids),
    }
}

/// Something that stands in a frame or on the bare canvas, by its position in the scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Member {
    Card(usize),
    Annotation(usize),
}

/// What stands in what.
struct Tree<'a> {
    tidying: &'a Tidying<'a>,
    /// The frame each thing stands in, by its position among the annotations.
    parents: HashMap<Member, usize>,
    card_of: HashMap<NodeIndex, usize>,
}

/// A group that was arranged: where all that is in it stands, at any depth, from its left top.
struct Arranged {
    places: Vec<(Member, Rect)>,
    size: Vec2,
}

impl<'a> Tree<'a> {
    fn new(tidying: &'a Tidying<'a>) -> Self {
        let scene = tidying.scene;
        let is_frame = |number: &usize| scene.annotations[*number].kind == AnnotationKind::Frame;
        let frames: Vec<usize> = (0..scene.annotations.len()).filter(is_frame).collect();
        let parent = |rect: Rect, area: f32| {
            let around = frames.iter().copied().filter(|&frame| {
                let frame = scene.annotations[frame].rect;
                frame.area() > area && frame.contains(rect.center())
            });
            around.min_by(|&a, &b| {
                scene.annotations[a].rect.area().total_cmp(&scene.annotations[b].rect.area())
            })
        };
        let cards =
            scene.cards.iter().enumerate().map(|(number, card)| (Member::Card(number), card.rect, 0.0));
        let annotations = scene.annotations.iter().enumerate().map(|(number, place)| {
            let area = if place.kind == AnnotationKind::Frame { place.rect.area() } else { 0.0 };
            (Member::Annotation(number), place.rect, area)
        });
        let parents = cards
            .chain(annotations)
            .filter_map(|(member, rect, area)| Some((member, parent(rect, area)?)))
            .collect();
        let card_of = scene.cards.iter().enumerate().map(|(number, card)| (card.node, number)).collect();
        Self { tidying, parents, card_of }
    }

    fn edits(&self) -> Vec<Edit> {
        let (patch, scene) = (self.tidying.patch, self.tidying.scene);
        let start = scene.bounds().min;
        let start = if start.x.is_finite() { snapped(start) } else { Pos2::ZERO };
        let mut edits = Vec::new();
        for (member, rect) in self.group(None).places {
            let at = (start + rect.min.to_vec2()).into();
            match member {
                Member::Card(number) => {
                    let card = &scene.cards[number];
                    if patch.node(card.node).is_some_and(|node| node.at != at) {
                        edits.push(Edit::Move { id: card.id.clone(), at });
                    }
                }
                Member::Annotation(number) => {
                    let place = &scene.annotations[number];
                    let Some(before) = patch.annotation(place.kind, &place.id) else { continue };
                    let annotation = Annotation { at, size: rect.size().into(), ..before.clone() };
                    if annotation != *before {
                        let annotation = Some(Box::new(annotation));
                        edits.push(Edit::SetAnnotation {
                            kind: place.kind,
                            id: place.id.clone(),
                            annotation,
                        });
                    }
                }
            }
        }
        edits
    }

    /// Arranges what stands in a frame, or on the bare canvas.
    fn group(&self, frame: Option<usize>) -> Arranged {
        let scene = self.tidying.scene;
        let stands_here = |member: &Member| self.parents.get(member).copied() == frame;
        let annotations = || (0..scene.annotations.len()).map(Member::Annotation).filter(stands_here);
        let is_frame = |member: &Member| match member {
            Member::Annotation(number) => scene.annotations[*number].kind == AnnotationKind::Frame,
            Member::Card(_) => false,
        };
        let cards = (0..scene.cards.len()).map(Member::Card).filter(stands_here);
        let blocks: Vec<Member> = cards.chain(annotations().filter(is_frame)).collect();
        let inner: Vec<Arranged> = blocks.iter().map(|block| self.block(*block)).collect();
        let sizes: Vec<Vec2> = inner.iter().map(|arranged| arranged.size).collect();
        let corners = arrange(&sizes, &self.links(&inner), self.tidying.aspect);
        let mut places = Vec::new();
        let (top, mut size) = self.comments(annotations().filter(|member| !is_frame(member)), &mut places);
        for (arranged, corner) in inner.into_iter().zip(corners) {
            let by = vec2(0.0, top) + corner.to_vec2();
            size = size.max(by + arranged.size);
            places.extend(arranged.places.into_iter().map(|(member, rect)| (member, rect.translate(by))));
        }
        Arranged { places, size }
    }

    /// A card, or a frame around what stands in it.
    fn block(&self, block: Member) -> Arranged {
        let scene = self.tidying.scene;
        let number = match block {
            Member::Card(number) => {
                let size = scene.cards[number].rect.size();
                return Arranged { places: vec![(block, Rect::from_min_size(Pos2::ZERO, size))], size };
            }
            Member::Annotation(number) => number,
        };
        let inner = self.group(Some(number));
        if inner.places.is_empty() {
            let size = scene.annotations[number].rect.size();
            return Arranged { places: vec![(block, Rect::from_min_size(Pos2::ZERO, size))], size };
        }
        let by = vec2(PADDING, TITLE);
        let size = inner.size + by + Vec2::splat(PADDING);
        let mut places = vec![(block, Rect::from_min_size(Pos2::ZERO, size))];
        places.extend(inner.places.into_iter().map(|(member, rect)| (member, rect.translate(by))));
        Arranged { places, size }
    }

    /// Puts comments one below the other; gives where what they are about begins, and how much room they
    /// take.
    fn comments(
        &self,
        comments: impl Iterator<Item = Member>,
        places: &mut Vec<(Member, Rect)>,
    ) -> (f32, Vec2) {
        let rect = |member: Member| match member {
            Member::Annotation(number) => self.tidying.scene.annotations[number].rect,
            Member::Card(number) => self.tidying.scene.cards[number].rect,
        };
        let mut comments: Vec<Member> = comments.collect();
        comments.sort_by(|a, b| {
            let corner = |member: Member| (rect(member).top(), rect(member).left());
            corner(*a).partial_cmp(&corner(*b)).unwrap_or(std::cmp::Ordering::Equal).then(a.cmp(b))
        });
        let (mut top, mut width) = (0.0, 0.0_f32);
        for member in comments {
            let size = rect(member).size();
            places.push((member, Rect::from_min_size(pos2(0.0, top), size)));
            top = ((top + size.y + COMMENT_GAP) / GRID).ceil() * GRID;
            width = width.max(size.x);
        }
        (top, vec2(width, (top - COMMENT_GAP).max(0.0)))
    }

    /// The cables between blocks, wherever in them they begin and end.
    fn links(&self, blocks: &[Arranged]) -> Vec<Link> {
        let scene = self.tidying.scene;
        let mut within = HashMap::new();
        for (number, block) in blocks.iter().enumerate() {
            for (member, rect) in &block.places {
                if let Member::Card(card) = member {
                    within.insert(*card, (number, rect.min.to_vec2()));
                }
            }
        }
        let end = |port: PortId| {
            let card = *self.card_of.get(&port.at.node)?;
            let (block, at) = within.get(&card)?;
            Some((*block, *at + (scene.port(port)? - scene.cards[card].rect.min)))
        };
        let link = |from: PortRef, to: PortRef| {
            let ((from, out), (to, into)) = (end(PortId::output(from))?, end(PortId::input(to))?);
            (from != to).then_some(Link { from, to, out, into })
        };
        scene.wires.iter().filter_map(|wire| link(wire.from, wire.to)).collect()
    }
}

/// Arranges some nodes where they are; where others stand, beside them.
fn some(tidying: &Tidying<'_>, ids: &BTreeSet<Arc<str>>) -> Vec<Edit> {
    let scene = tidying.scene;
    let cards: Vec<_> = scene.cards.iter().filter(|card| ids.contains(&card.id)).collect();
    let place: HashMap<NodeIndex, usize> =
        cards.iter().enumerate().map(|(place, card)| (card.node, place)).collect();
    let links: Vec<Link> = scene
        .wires
        .iter()
        .filter_map(|wire| {
            let (&from, &to) = (place.get(&wire.from.node)?, place.get(&wire.to.node)?);
            let out = scene.port(PortId::output(wire.from))? - cards[from].rect.min;
            let into = scene.port(PortId::input(wire.to))? - cards[to].rect.min;
            (from != to).then_some(Link { from, to, out, into })
        })
        .collect();
    let sizes: Vec<Vec2> = cards.iter().map(|card| card.rect.size()).collect();
    let corners = arrange(&sizes, &links, tidying.aspect);
    let start = cards.iter().fold(Rect::NOTHING, |bounds, card| bounds.union(card.rect)).min;
    let around = corners
        .iter()
        .zip(&sizes)
        .fold(Rect::NOTHING, |bounds, (at, size)| bounds.union(Rect::from_min_size(*at, *size)));
    if !around.is_positive() {
        return Vec::new();
    }
    let free =
        scene.free_place(Rect::from_min_size(snapped(start), around.size()), |card| !ids.contains(&card.id));
    let edit = |(card, at): (&&crate::scene::Card, &Pos2)| {
        let at: [f32; 2] = (free + at.to_vec2()).into();
        (tidying.patch.node(card.node)?.at != at).then(|| Edit::Move { id: card.id.clone(), at })
    };
    cards.iter().zip(&corners).filter_map(edit).collect()
}

fn snapped(at: Pos2) -> Pos2 {
    pos2((at.x / GRID).round() * GRID, (at.y / GRID).round() * GRID)
}
