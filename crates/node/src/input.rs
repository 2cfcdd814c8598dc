//! Inputs: where cables end. Every knob is one.

use crate::Knob;

/// What a signal means. Colours and labels ports; never forbids a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PortKind {
    /// Sound, nominal peak +-1.0 (0 dBFS).
    Audio,
    /// Octaves, 0.0 = C4.
    Pitch,
    /// 0 or 1; rises at > 0.5, falls at < 0.4.
    Gate,
    /// 0..1 or -1..1, slow or fast.
    Control,
}

/// How an input takes in a signal with several voices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gathering {
    /// The node is copied, one instance per voice.
    Each,
    /// One instance hears all voices added.
    Sum,
    /// One instance hears every voice by itself, up to [`Input::MOST_VOICES`].
    SideBySide,
}

/// An input of a node type: a port, and a knob when it has a value of its own.
#[derive(Clone, Copy, Debug)]
pub struct Input {
    /// Position in the spec's list; a const check keeps it right.
    pub index: usize,
    /// The name in files: lower case, words joined by `_`.
    pub name: &'static str,
    /// The name on screen: the same, but where a person has chosen another.
    pub label: &'static str,
    /// What the signal means.
    pub kind: PortKind,
    /// What happens to voices.
    pub gathering: Gathering,
    /// The value when nothing is plugged in, and its scale. Without one the input rests at 0.
    pub knob: Option<Knob>,
    /// One sentence for people.
    pub help: &'static str,
    /// Whether a knob that is turned fast is heard as a burst of treble, by the nature of what it does.
    pub sweeps: bool,
    /// The gate input at whose opening the node takes this one, and at no other time.
    pub taken_at: Option<usize>,
    /// Whether it reads the moment of an edge between two samples, see
    /// [`Output::with_sync`](crate::Output::with_sync).
    pub is_sync: bool,
}

impl Input {
    /// How many voices an input takes side by side; what a signal has beyond is not heard.
    pub const MOST_VOICES: usize = 16;

    const fn new(
        index: usize,
        name: &'static str,
        kind: PortKind,
        knob: Option<Knob>,
        help: &'static str,
    ) -> Self {
        let gathering = Gathering::Each;
        let (sweeps, taken_at, is_sync) = (false, None, false);
        Self { index, name, label: name, kind, gathering, knob, help, sweeps, taken_at, is_sync }
    }

    /// Sound to process.
    pub const fn audio(index: usize, name: &'static str, help: &'static str) -> Self {
        Self::new(index, name, PortKind::Audio, None, help)
    }

    /// A note's pitch in octaves re C4.
    pub const fn pitch(index: usize, name: &'static str, help: &'static str) -> Self {
        Self::new(index, name, PortKind::Pitch, None, help)
    }

    /// A gate or trigger.
    pub const fn gate(index: usize, name: &'static str, help: &'static str) -> Self {
        Self::new(index, name, PortKind::Gate, None, help)
    }

    /// A gate whose rise is read to a fraction of a frame: where the straight line between two samples passes
    /// 0.5. A cable from an output that has a [sync output](crate::Output::with_sync) beside it carries that
    /// one.
    pub const fn sync(index: usize, name: &'static str, help: &'static str) -> Self {
        let mut input = Self::gate(index, name, help);
        input.is_sync = true;
        input
    }

    /// A control signal without a knob.
    pub const fn control(index: usize, name: &'static str, help: &'static str) -> Self {
        Self::new(index, name, PortKind::Control, None, help)
    }

    /// A knob: cables add to its value.
    pub const fn knob(index: usize, name: &'static str, knob: Knob, help: &'static str) -> Self {
        Self::new(index, name, knob.port_kind(), Some(knob), help)
    }

    /// One instance hears all voices added, instead of one instance per voice.
    pub const fn sum(mut self) -> Self {
        self.gathering = Gathering::Sum;
        self
    }

    /// One instance hears every voice by itself, see [`BlockIo::voices_of`](crate::BlockIo::voices_of). For
    /// block nodes, and for inputs without a knob.
    pub const fn side_by_side(mut self) -> Self {
        self.gathering = Gathering::SideBySide;
        self
    }

    /// An input that is called otherwise on screen than in files.
    pub const fn labelled(mut self, label: &'static str) -> Self {
        self.label = label;
        self
    }

    /// The node takes this input as the gate input at `clock` opens, and what it takes is the sample from
    /// before that frame. So a value moves on by one node at each clock where several in a row have the same
    /// one.
    pub const fn taken_at(mut self, clock: usize) -> Self {
        self.taken_at = Some(clock);
        self
    }

    /// A knob that sweeps the sound through the treble when it is turned fast: that is heard, and no fault.
    /// The help says so.
    pub const fn that_sweeps(mut self) -> Self {
        self.sweeps = true;
        self
    }
}
