//! Gates and triggers, one sample at a time.

use jackfield_node::dsp::gate::{CLOSES_BELOW, OPENS_ABOVE};

/// Knows whether a gate is open, with the hysteresis that all gates have.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Gate {
    is_open: bool,
}

/// What a gate does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edge {
    /// It opens.
    Rise,
    /// It closes.
    Fall,
}

impl Gate {
    /// Whether it is open, as of the last sample.
    #[inline]
    pub(crate) fn is_open(self) -> bool {
        self.is_open
    }

    /// Whether the gate opens with this sample.
    #[inline]
    pub(crate) fn rises(&mut self, sample: f32) -> bool {
        self.next(sample) == Some(Edge::Rise)
    }

    /// Whether the gate opens or closes with this sample.
    #[inline]
    pub(crate) fn next(&mut self, sample: f32) -> Option<Edge> {
        let is_open = if self.is_open { sample >= CLOSES_BELOW } else { sample > OPENS_ABOVE };
        let edge = if is_open { Edge::Rise } else { Edge::Fall };
        (std::mem::replace(&mut self.is_open, is_open) != is_open).then_some(edge)
    }

    /// Whether the gate is open, this sample included.
    #[inline]
    pub(crate) fn is_open_after(&mut self, sample: f32) -> bool {
        self.next(sample);
        self.is_open
    }
}

#[cfg(test)]
mod tests {
    use super::{Edge, Gate};

    #[test]
    fn small_changes_make_no_edge() {
        let mut gate = Gate::default();
        let edges = [0.5, 0.51, 0.45, 0.41, 0.39, 0.45, 1.0, f32::NAN].map(|sample| gate.next(sample));
        let (rise, fall) = (Some(Edge::Rise), Some(Edge::Fall));
        assert_eq!(edges, [None, rise, None, None, fall, None, rise, fall]);
    }
}
