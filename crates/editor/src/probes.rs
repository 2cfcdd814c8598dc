//! Probes: which outputs are looked at and listened to besides what the patch shows: the hovered cable's,
//! and pinned ones.

use crate::host::Tap;
use crate::scene::{PortId, Scene, Side, Target};
use crate::view::{Focus, View};
use egui::Pos2;
use jackfield_patch::{Patch, PortRef};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How long one points at a cable until its probe shows, in seconds: passing over is not pointing.
pub(crate) const PATIENCE: f64 = 0.25;

/// A probe that stays on the canvas.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pin {
    /// Id of the node.
    pub(crate) node: Arc<str>,
    /// Name of its output.
    pub(crate) output: Arc<str>,
    /// Where it stands on the canvas.
    pub(crate) at: Pos2,
}

/// What is looked at and listened to. See the [module](self).
#[derive(Debug, Default)]
pub(crate) struct Probes {
    /// The output that is pointed at, and since when.
    pointed: Option<(PortRef, f64)>,
    /// Pinned probes, in the order they were pinned.
    pub(crate) pins: Vec<Pin>,
    /// The output that is listened to.
    listened: Option<Tap>,
    /// What was watched last.
    watched: BTreeSet<PortRef>,
    /// The output the pop-up shows, and the highest level seen on it lately.
    pub(crate) peak: Option<(PortRef, f32)>,
}

impl Probes {
    /// Forgets what belongs to the document before. What is listened to ends when its key goes up.
    pub(crate) fn begin_anew(&mut self) {
        let listened = self.listened.take();
        *self = Self { listened, ..Self::default() };
    }

    /// Follows the cursor. Gives the output pointed at, once that is meant; else how long to wait for it.
    pub(crate) fn point(&mut self, output: Option<PortRef>, now: f64) -> Result<Option<PortRef>, f64> {
        let Some(output) = output else {
            self.pointed = None;
            return Ok(None);
        };
        let since = match self.pointed {
            Some((before, since)) if before == output => since,
            _ => now,
        };
        self.pointed = Some((output, since));
        let left = since + PATIENCE - now;
        if left <= 0.0 { Ok(Some(output)) } else { Err(left) }
    }

    /// The output that is pointed at for long enough.
    pub(crate) fn shown(&self, now: f64) -> Option<PortRef> {
        self.pointed.filter(|(_, since)| since + PATIENCE <= now).map(|(output, _)| output)
    }

    /// Forgets pins whose outputs are gone.
    pub(crate) fn keep_existing(&mut self, patch: &Patch) {
        self.pins.retain(|pin| patch.find_output(&pin.node, &pin.output).is_some());
    }

    /// Pins an output, or takes its pin off.
    pub(crate) fn toggle_pin(&mut self, pin: Pin) {
        let is_same = |other: &Pin| (&other.node, &other.output) == (&pin.node, &pin.output);
        match self.pins.iter().position(is_same) {
            Some(place) => drop(self.pins.remove(place)),
            None => self.pins.push(pin),
        }
    }

    /// The outputs whose samples are wanted; true when others than before.
    pub(crate) fn take_watched(&mut self, patch: &Patch, now: f64) -> bool {
        let pins = self.pins.iter().filter_map(|pin| patch.find_output(&pin.node, &pin.output));
        let watched: BTreeSet<PortRef> = pins.chain(self.shown(now)).collect();
        let is_other = watched != self.watched;
        self.watched = watched;
        is_other
    }

    /// What was watched last.
    pub(crate) fn watched(&self) -> &BTreeSet<PortRef> {
        &self.watched
    }

    /// Listens to an output, or to the patch again; true when that is new.
    pub(crate) fn listen(&mut self, output: Option<Tap>) -> bool {
        let is_new = self.listened != output;
        self.listened = output;
        is_new
    }

    /// What is listened to.
    pub(crate) fn listened(&self) -> Option<&Tap> {
        self.listened.as_ref()
    }
}

/// The output a person means: under the cursor, else where the keyboard is, else of the selected cable.
pub(crate) fn meant_output(scene: &Scene, view: &View, patch: &Patch) -> Option<PortRef> {
    let of_port = |port: PortId| match port.side {
        Side::Output => Some(port.at),
        Side::Input => scene.wires_into(port.at).next().map(|wire| wire.from),
    };
    let hovered = match view.hover {
        Target::Cable(cable, _) => scene.wire_of(cable).map(|wire| wire.from),
        Target::Port(port) => of_port(port),
        _ => None,
    };
    let focused = || match view.focus {
        Some(Focus::Port(port)) => of_port(port),
        _ => None,
    };
    let selected = || {
        let ends = view.selection.cables.first()?;
        patch.find_output(&ends.from, &ends.output)
    };
    hovered.or_else(focused).or_else(selected)
}
