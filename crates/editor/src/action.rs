//! Actions: everything that can be done without pointing at something. Each has a name, a sentence and
//! perhaps a key, declared once: shortcuts, command palette, menus and the help overlay all read this list.

use crate::gesture::Alignment;
use egui::{Key, KeyboardShortcut, Modifiers};

/// Something the editor can do. See [`ACTIONS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "ACTIONS says of each what it does")]
pub enum Action {
    New,
    Open,
    Save,
    SaveAs,
    Undo,
    Redo,
    Cut,
    Copy,
    Duplicate,
    Delete,
    DeleteAndHeal,
    SelectAll,
    SelectNothing,
    Mute,
    Swap,
    AlignLeft,
    AlignTop,
    Tidy,
    AddNode,
    Fit,
    ZoomIn,
    ZoomOut,
    LifeSize,
    ShowOrder,
    ShowLoad,
    ShowMap,
    ShowPatches,
    ShowSettings,
    PlayOrStop,
    Record,
    Quit,
    ShowPiano,
    PinProbe,
    Comment,
    Frame,
    NextColour,
    Commands,
    ConnectTo,
    Set,
    Rename,
    ShowOutline,
    ShowHelp,
    Panic,
    MuteAll,
}

/// What actions are about, in the order in which the help overlay tells of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Patch,
    Edit,
    Nodes,
    Sound,
    View,
}

impl Section {
    /// All of them, in order.
    pub(crate) const ALL: [Self; 5] = [Self::Patch, Self::Edit, Self::Nodes, Self::Sound, Self::View];

    /// The heading.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Patch => "Patch",
            Self::Edit => "Edit",
            Self::Nodes => "Nodes",
            Self::Sound => "Sound",
            Self::View => "View",
        }
    }
}

/// What is to be known of an action.
#[derive(Clone, Copy, Debug)]
pub struct ActionInfo {
    /// The action.
    pub action: Action,
    /// Its name on screen.
    pub name: &'static str,
    /// One sentence.
    pub help: &'static str,
    /// The key that does it while the canvas has the keyboard.
    pub shortcut: Option<KeyboardShortcut>,
}

#[expect(clippy::unnecessary_wraps, reason = "it stands beside None in the list")]
const fn key(modifiers: Modifiers, key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(modifiers, key))
}

const fn info(
    action: Action,
    name: &'static str,
    help: &'static str,
    shortcut: Option<KeyboardShortcut>,
) -> ActionInfo {
    ActionInfo { action, name, help, shortcut }
}

const NONE: Modifiers = Modifiers::NONE;
const COMMAND: Modifiers = Modifiers::COMMAND;
const COMMAND_SHIFT: Modifiers = Modifiers { shift: true, ..Modifiers::COMMAND };

/// Every action. No letter stands alone: those belong to the piano.
pub const ACTIONS: &[ActionInfo] = &[
    info(Action::New, "New patch", "Begin with an empty patch.", key(COMMAND, Key::N)),
    info(
        Action::ShowOrder,
        "Order",
        "Number the nodes in the order they compute.",
        key(COMMAND_SHIFT, Key::O),
    ),
    info(Action::Open, "Open…", "Open a patch file.", key(COMMAND, Key::O)),
    info(Action::SaveAs, "Save as…", "Save the patch under another name.", key(COMMAND_SHIFT, Key::S)),
    info(Action::Save, "Save", "Save the patch.", key(COMMAND, Key::S)),
    info(Action::Redo, "Redo", "Do again what was undone last.", key(COMMAND_SHIFT, Key::Z)),
    info(Action::Undo, "Undo", "Take back the last step.", key(COMMAND, Key::Z)),
    info(Action::Cut, "Cut", "Copy the selected nodes as text and delete them.", key(COMMAND, Key::X)),
    info(Action::Copy, "Copy", "Copy the selected nodes as text; paste it anywhere.", key(COMMAND, Key::C)),
    info(
        Action::Duplicate,
        "Duplicate",
        "Double the selected nodes with the cables into them.",
        key(COMMAND, Key::D),
    ),
    info(
        Action::DeleteAndHeal,
        "Delete and heal",
        "Delete the selected nodes and join what they connected.",
        key(COMMAND, Key::Delete),
    ),
    info(Action::Delete, "Delete", "Delete the selected nodes and cables.", key(NONE, Key::Delete)),
    info(Action::SelectAll, "Select all", "Select every node, comment and frame.", key(COMMAND, Key::A)),
    info(Action::SelectNothing, "Select nothing", "Let go of the selection.", None),
    info(Action::ShowMap, "Map", "Show a small map of the whole patch.", key(COMMAND_SHIFT, Key::M)),
    info(Action::Mute, "Mute", "Silence the selected nodes, or let them sound again.", key(COMMAND, Key::M)),
    info(
        Action::Swap,
        "Swap",
        "Let two selected nodes, or the ends of two cables, change places.",
        key(COMMAND, Key::E),
    ),
    info(Action::AlignLeft, "Align left", "Put the selected nodes in a column.", key(COMMAND_SHIFT, Key::L)),
    info(Action::AlignTop, "Align top", "Put the selected nodes in a row.", key(COMMAND_SHIFT, Key::T)),
    info(Action::Tidy, "Tidy", "Arrange the nodes by signal flow.", key(COMMAND, Key::L)),
    info(Action::PlayOrStop, "Play or stop", "Start or stop the transport.", key(COMMAND, Key::Space)),
    info(Action::AddNode, "Add node…", "Search the node library.", key(NONE, Key::Space)),
    info(Action::Fit, "Show all", "Fit the selection, or the whole patch, into view.", key(NONE, Key::Home)),
    info(Action::ZoomIn, "Zoom in", "Come nearer.", key(NONE, Key::PageUp)),
    info(Action::ZoomOut, "Zoom out", "Go farther away.", key(NONE, Key::PageDown)),
    info(Action::LifeSize, "Life size", "Show the patch at its own size.", key(NONE, Key::End)),
    info(Action::ShowLoad, "Load", "Colour the nodes by the time they take.", key(COMMAND_SHIFT, Key::H)),
    info(
        Action::ShowPatches,
        "Patches…",
        "Hear and open the patches that come with the program.",
        key(COMMAND, Key::B),
    ),
    info(
        Action::ShowSettings,
        "Settings…",
        "Choose sound device, MIDI inputs and looks.",
        key(COMMAND, Key::Comma),
    ),
    info(Action::Record, "Record", "Record what is heard to a WAV file, or end that.", key(COMMAND, Key::R)),
    info(Action::Quit, "Quit", "Close the program; it asks before anything is lost.", key(COMMAND, Key::Q)),
    info(
        Action::ShowPiano,
        "Piano",
        "Show keys to play on; rows Z and Q of the keyboard play anyway.",
        key(COMMAND_SHIFT, Key::K),
    ),
    info(
        Action::PinProbe,
        "Pin probe",
        "Keep the waveform of the cable under the cursor, or of the port the keyboard is at, on the canvas.",
        key(COMMAND, Key::P),
    ),
    info(Action::Comment, "Comment", "Write on the canvas, where the cursor is.", key(COMMAND, Key::Slash)),
    info(
        Action::Frame,
        "Frame",
        "Put a frame around the selected nodes; it takes them along when it is moved.",
        key(COMMAND, Key::G),
    ),
    info(
        Action::NextColour,
        "Next colour",
        "Give the selected nodes, cables, comments and frames another colour.",
        key(COMMAND_SHIFT, Key::G),
    ),
    info(Action::Commands, "Commands…", "Find any of these actions by its name.", key(COMMAND_SHIFT, Key::P)),
    info(
        Action::ConnectTo,
        "Connect to…",
        "Find a port to connect the port under the cursor, or the one the keyboard is at, to.",
        key(COMMAND, Key::K),
    ),
    info(Action::Set, "Set…", "Choose another value for a setting of the node.", key(COMMAND, Key::T)),
    info(
        Action::Rename,
        "Rename",
        "Give the selected node another name, or a comment or frame another text.",
        key(NONE, Key::F2),
    ),
    info(
        Action::ShowOutline,
        "Outline",
        "Show the patch as text, each line of which leads to what it tells of.",
        key(COMMAND_SHIFT, Key::E),
    ),
    info(Action::ShowHelp, "Help", "Show every gesture and key.", key(NONE, Key::F1)),
    info(
        Action::Panic,
        "Panic",
        "Silence everything: let go of all notes, stop the transport, cut echoes and tails.",
        key(COMMAND, Key::Period),
    ),
    info(
        Action::MuteAll,
        "Mute everything",
        "Silence the loudspeakers, or let them sound again.",
        key(COMMAND_SHIFT, Key::Period),
    ),
];

/// A key as it is written on screen.
pub(crate) fn key_text(shortcut: KeyboardShortcut) -> String {
    shortcut.format(&egui::ModifierNames::NAMES, cfg!(target_os = "macos"))
}

impl Action {
    /// Its key as it is written on screen; nothing without one.
    pub(crate) fn key(self) -> String {
        self.info().shortcut.map(key_text).unwrap_or_default()
    }

    /// What is to be known of it.
    pub fn info(self) -> &'static ActionInfo {
        // The list holds every action, which a test checks.
        ACTIONS.iter().find(|info| info.action == self).unwrap_or(&ACTIONS[0])
    }

    /// Under which heading the help overlay has it.
    pub(crate) fn section(self) -> Section {
        match self {
            Self::New | Self::Open | Self::Save | Self::SaveAs | Self::ShowPatches | Self::Quit => {
                Section::Patch
            }
            Self::Undo
            | Self::Redo
            | Self::Cut
            | Self::Copy
            | Self::Duplicate
            | Self::Delete
            | Self::DeleteAndHeal
            | Self::SelectAll
            | Self::SelectNothing => Section::Edit,
            Self::AddNode
            | Self::ConnectTo
            | Self::Set
            | Self::Rename
            | Self::Mute
            | Self::Swap
            | Self::AlignLeft
            | Self::AlignTop
            | Self::Tidy
            | Self::Comment
            | Self::Frame
            | Self::NextColour => Section::Nodes,
            Self::PlayOrStop
            | Self::Record
            | Self::ShowPiano
            | Self::PinProbe
            | Self::Panic
            | Self::MuteAll => Section::Sound,
            Self::Fit
            | Self::ZoomIn
            | Self::ZoomOut
            | Self::LifeSize
            | Self::ShowOrder
            | Self::ShowLoad
            | Self::ShowMap
            | Self::ShowOutline
            | Self::ShowSettings
            | Self::Commands
            | Self::ShowHelp => Section::View,
        }
    }

    /// The alignment it does, if it does one.
    pub(crate) fn alignment(self) -> Option<Alignment> {
        match self {
            Self::AlignLeft => Some(Alignment::Left),
            Self::AlignTop => Some(Alignment::Top),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_its_own_key_and_name() {
        for (place, info) in ACTIONS.iter().enumerate() {
            for other in &ACTIONS[place + 1..] {
                assert_ne!(info.action, other.action);
                assert_ne!(info.name, other.name);
                assert!(info.shortcut.is_none() || info.shortcut != other.shortcut, "{}", info.name);
            }
            assert_eq!(info.action.info().name, info.name);
        }
    }
}
