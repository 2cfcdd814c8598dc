//! Outputs: where cables start.

use crate::PortKind;

/// An output of a node type.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// Position in the spec's list; a const check keeps it right.
    pub index: usize,
    /// The name in files: lower case, words joined by `_`.
    pub name: &'static str,
    /// The name on screen: the same, but where a person has chosen another.
    pub label: &'static str,
    /// What the signal means.
    pub kind: PortKind,
    /// One sentence for people.
    pub help: &'static str,
    /// Whether the signal jumps by its nature, so that a jump in it is no click.
    pub jumps: bool,
    /// The output beside it that tells to a fraction of a frame when its cycle begins.
    pub sync: Option<usize>,
}

impl Output {
    const fn new(index: usize, name: &'static str, kind: PortKind, help: &'static str) -> Self {
        let jumps = matches!(kind, PortKind::Gate | PortKind::Pitch);
        Self { index, name, label: name, kind, help, jumps, sync: None }
    }

    /// Sound, nominal peak +-1.0.
    pub const fn audio(index: usize, name: &'static str, help: &'static str) -> Self {
        Self::new(index, name, PortKind::Audio, help)
    }

    /// Pitch in octaves re C4.
    pub const fn pitch(index: usize, name: &'static str, help: &'static str) -> Self {
        Self::new(index, name, PortKind::Pitch, help)
    }

    /// A gate or trigger: 0 or 1.
    pub const fn gate(index: usize, name: &'static str, help: &'static str) -> Self {
        Self::new(index, name, PortKind::Gate, help)
    }

    /// A control signal.
    pub const fn control(index: usize, name: &'static str, help: &'static str) -> Self {
        Self::new(index, name, PortKind::Control, help)
    }

    /// Where the cycle of this signal begins is told by another output, a gate that passes 0.5 at that very
    /// moment, on the straight line between two samples. A waveform can't tell: it is band-limited, and its
    /// edges ripple. So a cable from here into a [sync input](crate::Input::sync) carries that output's
    /// signal.
    pub const fn with_sync(mut self, sync: Self) -> Self {
        self.sync = Some(sync.index);
        self
    }

    /// An output that is called otherwise on screen than in files.
    pub const fn labelled(mut self, label: &'static str) -> Self {
        self.label = label;
        self
    }

    /// A signal that jumps by its nature, as gates and pitches do: steps, impulses, a cycle that starts
    /// again.
    pub const fn that_jumps(mut self) -> Self {
        self.jumps = true;
        self
    }
}
