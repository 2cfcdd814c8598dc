//! Junctions: the ports of boxes as points where cables meet. What comes in along one cable goes out along
//! each other, so a junction stands for as many cables as it has pairs of them; this finds those.

use crate::{CableOptions, EditError, limits};
use std::ops::Range;

/// Where a cable starts or ends: at a port of a node, or at a junction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum JunctionEnd<P> {
    Port(P),
    Junction(usize),
}

/// The junctions of a patch and the cables at them.
pub(super) struct Junctions<P> {
    count: usize,
    /// What comes into a junction.
    into: Vec<(usize, JunctionEnd<P>, CableOptions)>,
    /// What goes from a junction to a port.
    out: Vec<(usize, P, CableOptions)>,
}

/// Cables from port to port.
pub(super) type PortCables<P> = Vec<((P, P), CableOptions)>;

#[derive(Clone)]
enum JunctionVisit {
    New,
    Begun,
    /// Its sources are these of the list of all.
    Done(Range<usize>),
}

/// The search for what comes out of each junction.
struct Search<P> {
    /// The cables into each junction, as a range of `into`.
    starts: Vec<usize>,
    into: Vec<(JunctionEnd<P>, CableOptions)>,
    visits: Vec<JunctionVisit>,
    /// The sources of all junctions that were visited.
    sources: Vec<(P, CableOptions)>,
    budget: usize,
}

impl<P: Clone + Ord> Junctions<P> {
    pub(super) fn new() -> Self {
        Self { count: 0, into: Vec::new(), out: Vec::new() }
    }

    /// So many more; the number of the first.
    pub(super) fn add(&mut self, count: usize) -> usize {
        let first = self.count;
        self.count += count;
        first
    }

    /// Takes in a cable that has a junction at an end; gives back one that has none.
    pub(super) fn cable(
        &mut self,
        from: JunctionEnd<P>,
        to: JunctionEnd<P>,
        options: CableOptions,
    ) -> Option<(P, P, CableOptions)> {
        match (from, to) {
            (Port(from), Port(to)) => return Some((from, to, options)),
            (from, Junction(to)) => self.into.push((to, from, options)),
            (Junction(from), Port(to)) => self.out.push((from, to, options)),
        }
        None
    }

    /// The cables from port to port that all of them stand for, in no particular order; two may join the same
    /// ports. A ring of junctions alone carries nothing.
    ///
    /// # Errors
    ///
    /// [`EditError::TooMany`] when they are more cables than a patch may have.
    pub(super) fn resolve(mut self) -> Result<PortCables<P>, EditError> {
        let out = std::mem::take(&mut self.out);
        let mut search = Search::new(self);
        let mut cables = Vec::with_capacity(out.len());
        for (junction, to, options) in out {
            search.visit(junction)?;
            let JunctionVisit::Done(range) = search.visits[junction].clone() else { continue };
            for source in range {
                search.spend()?;
                let (from, before) = &search.sources[source];
                cables.push(((from.clone(), to.clone()), joined(before, &options)));
            }
        }
        Ok(cables)
    }
}

impl<P: Clone + Ord> Search<P> {
    fn new(junctions: Junctions<P>) -> Self {
        let Junctions { count, mut into, .. } = junctions;
        // Stable: what comes first into a junction stays so.
        into.sort_by_key(|(junction, ..)| *junction);
        let mut starts = vec![0; count + 1];
        for (junction, ..) in &into {
            starts[junction + 1] += 1;
        }
        for junction in 0..count {
            starts[junction + 1] += starts[junction];
        }
        let into = into.into_iter().map(|(_, from, options)| (from, options)).collect();
        let visits = vec![JunctionVisit::New; count];
        Self { starts, into, visits, sources: Vec::new(), budget: limits::CABLES }
    }

    fn cables_into(&self, junction: usize) -> Range<usize> {
        self.starts[junction]..self.starts[junction + 1]
    }

    fn spend(&mut self) -> Result<(), EditError> {
        let what = "cables, those that ports of boxes stand for included";
        let left = self.budget.checked_sub(1);
        self.budget = left.ok_or(EditError::TooMany { what, most: limits::CABLES })?;
        Ok(())
    }

    /// Finds the sources of a junction, and of all it has them from; depth first, without recursion.
    fn visit(&mut self, start: usize) -> Result<(), EditError> {
        let mut path = vec![start];
        while let Some(&at) = path.last() {
            if let JunctionVisit::New = self.visits[at] {
                self.visits[at] = JunctionVisit::Begun;
                let before = path.len();
                for (from, _) in &self.into[self.cables_into(at)] {
                    if let Junction(from) = from
                        && let JunctionVisit::New = self.visits[*from]
                    {
                        path.push(*from);
                    }
                }
                if path.len() > before {
                    continue;
                }
            }
            path.pop();
            if let JunctionVisit::Begun = self.visits[at] {
                self.visits[at] = JunctionVisit::Done(self.find_sources(at)?);
            }
        }
        Ok(())
    }

    fn find_sources(&mut self, at: usize) -> Result<Range<usize>, EditError> {
        let start = self.sources.len();
        for cable in self.cables_into(at) {
            match self.into[cable].0.clone() {
                Port(from) => {
                    self.spend()?;
                    let options = self.into[cable].1.clone();
                    self.sources.push((from, options));
                }
                Junction(from) => {
                    // One that has begun is this one again, by way of a ring.
                    let JunctionVisit::Done(range) = self.visits[from].clone() else { continue };
                    for source in range {
                        self.spend()?;
                        let (from, before) = &self.sources[source];
                        let source = (from.clone(), joined(before, &self.into[cable].1));
                        self.sources.push(source);
                    }
                }
            }
        }
        if self.sources.len() > start + 1 {
            // The same source by several ways would grow with every junction behind.
            let mut found = self.sources.split_off(start);
            found.sort_by(|one, other| one.0.cmp(&other.0));
            for (from, options) in found {
                match self.sources[start..].last_mut() {
                    Some((last, there)) if *last == from => beside(there, &options),
                    _ => self.sources.push((from, options)),
                }
            }
        }
        Ok(start..self.sources.len())
    }
}

use JunctionEnd::{Junction, Port};

/// Two cables, one behind the other, as one.
pub(super) fn joined(first: &CableOptions, second: &CableOptions) -> CableOptions {
    CableOptions {
        depth: limited(first.depth * second.depth),
        delayed: first.delayed || second.delayed,
        uncompensated: first.uncompensated || second.uncompensated,
        hue: first.hue.or(second.hue),
        extra: if first.extra.is_empty() { second.extra.clone() } else { first.extra.clone() },
    }
}

/// Two cables between the same ends, as one.
pub(super) fn beside(there: &mut CableOptions, other: &CableOptions) {
    there.depth = limited(there.depth + other.depth);
    there.delayed |= other.delayed;
    there.uncompensated &= other.uncompensated;
}

pub(super) fn limited(depth: f32) -> f32 {
    depth.clamp(-limits::CABLE_DEPTH, limits::CABLE_DEPTH)
}
