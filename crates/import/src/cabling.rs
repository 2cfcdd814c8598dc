//! The cables: from ports of modules to ports of nodes.

use crate::plan::readable;
use crate::rack::Rack;
use jackfield_patch::{CableEnds, CableOptions, Edit, EditError, Patch, limits};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A port of a node in the patch, and the factor between its signal and volts.
#[derive(Clone, Debug)]
pub(crate) struct Socket {
    pub(crate) node: Arc<str>,
    pub(crate) port: String,
    /// For an output volts of a signal of 1, for an input what one volt becomes.
    pub(crate) factor: f64,
}

/// Where the ports of one module are in the patch. One input may lead to several nodes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sockets {
    pub(crate) inputs: BTreeMap<u32, Vec<Socket>>,
    pub(crate) outputs: BTreeMap<u32, Socket>,
}

/// A cable to be: its ends by name.
type Ends = [Arc<str>; 4];

/// The cables of a patch before they are laid. Two between the same ports, which a patch can't have,
/// become one with the sum of their depths: that is what the rack makes of stacked cables.
#[derive(Default)]
pub(crate) struct Cabling {
    cables: BTreeMap<Ends, (f64, Option<u16>)>,
}

impl Cabling {
    /// Adds a cable.
    pub(crate) fn add(&mut self, ends: Ends, depth: f64, hue: Option<u16>) {
        let cable = self.cables.entry(ends).or_insert((0.0, hue));
        cable.0 += depth;
    }

    /// Adds those of the rack; gives how many of them have a place.
    pub(crate) fn add_rack(&mut self, rack: &Rack, modules: &[Sockets]) -> usize {
        let mut carried = 0;
        for cable in &rack.cables {
            let (Some(from), Some(to)) = (modules.get(cable.from), modules.get(cable.to)) else { continue };
            let (Some(output), Some(inputs)) = (from.outputs.get(&cable.output), to.inputs.get(&cable.input))
            else {
                continue;
            };
            for input in inputs {
                let ends = [
                    output.node.clone(),
                    output.port.as_str().into(),
                    input.node.clone(),
                    input.port.as_str().into(),
                ];
                self.add(ends, output.factor * input.factor, cable.hue);
            }
            carried += usize::from(!inputs.is_empty());
        }
        carried
    }

    /// Lays them.
    ///
    /// # Errors
    ///
    /// When there are too many.
    pub(crate) fn lay(self, patch: &mut Patch) -> Result<(), EditError> {
        for ([from, output, to, input], (depth, hue)) in self.cables {
            let most = f64::from(limits::CABLE_DEPTH);
            let depth = readable(depth.clamp(-most, most)) as f32;
            let ends = CableEnds::new(from, output, to, input);
            let options = CableOptions { depth, hue, ..CableOptions::default() };
            patch.apply(Edit::Connect { ends, options })?;
        }
        Ok(())
    }
}
