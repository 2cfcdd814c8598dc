//! What each action does.

use super::Editor;
use crate::action::Action;
use crate::gesture;
use crate::host::Command;
use crate::probes::{Pin, meant_output};
use crate::scene::PortId;
use crate::selection::Parts;
use jackfield_patch::Edit;

impl Editor {
    /// Does an action, as if its key had been pressed.
    pub fn dispatch(&mut self, action: Action) {
        let transform = self.state.view.transform;
        let mut context = self.state.gesture_context();
        match action {
            Action::New => self.state.commands.push(Command::New),
            Action::Open => self.state.commands.push(Command::Open),
            Action::Save => self.state.commands.push(Command::Save),
            Action::SaveAs => self.state.commands.push(Command::SaveAs),
            Action::Panic => {
                self.state.input.piano.panic();
                self.state.commands.push(Command::Panic);
            }
            Action::MuteAll => self.state.commands.push(Command::SetMuted(!self.state.is_muted)),
            Action::Undo => drop(self.state.document.undo()),
            Action::Redo => drop(self.state.document.redo()),
            Action::Copy => self.copy(),
            Action::Cut => {
                self.copy();
                gesture::delete(&mut self.state.gesture_context());
            }
            Action::Duplicate => gesture::duplicate(&mut context),
            Action::Delete => gesture::delete(&mut context),
            Action::DeleteAndHeal => gesture::heal(&mut context),
            Action::SelectAll => self.select_all(),
            Action::SelectNothing => self.state.view.selection.clear(),
            Action::Mute => self.mute(),
            Action::Swap => gesture::swap(&mut context),
            Action::AlignLeft | Action::AlignTop => {
                if let Some(alignment) = action.alignment() {
                    gesture::align(&mut context, alignment);
                }
            }
            Action::Tidy => gesture::tidy(&mut context),
            Action::AddNode => {
                let request = self.state.view.request_here();
                self.state.browser.open(request);
            }
            Action::Fit => self.fit(),
            Action::ZoomIn => self.state.view.transform.zoom_at(transform.view.center(), 1.25),
            Action::ZoomOut => self.state.view.transform.zoom_at(transform.view.center(), 0.8),
            Action::LifeSize => {
                self.state.view.transform.zoom_at(transform.view.center(), 1.0 / transform.zoom);
            }
            Action::ShowOrder => self.state.view.overlays.order ^= true,
            Action::ShowLoad => self.state.view.overlays.load ^= true,
            Action::Comment | Action::Frame => {
                let here =
                    transform.to_canvas(context.view.cursor.unwrap_or_else(|| transform.view.center()));
                match action {
                    Action::Comment => gesture::comment(&mut context, here),
                    _ => gesture::frame(&mut context, here),
                }
            }
            Action::NextColour => gesture::next_colour(&mut context),
            Action::Commands => self.panels.palette.open_actions(),
            Action::ConnectTo => self.panels.palette.open_ports(&mut self.state.view),
            Action::Set => {
                let node = gesture::current(&context);
                self.panels.palette.open_settings(node, &mut self.state.view);
            }
            Action::Rename => gesture::rename(&mut context),
            Action::ShowOutline => self.panels.outline.is_open ^= true,
            Action::ShowHelp => self.panels.help.is_open = true,
            Action::ShowPiano => self.panels.piano.is_open ^= true,
            Action::PinProbe => self.pin(),
            Action::ShowPatches => {
                self.panels.files.toggle();
                self.state.commands.push(Command::FindDevices);
            }
            Action::ShowSettings => {
                self.panels.settings.is_open ^= true;
                self.state.commands.push(Command::FindDevices);
            }
            Action::Quit => self.state.commands.push(Command::Quit),
            Action::PlayOrStop => self.state.commands.push(Command::TogglePlaying),
            Action::Record => self.state.commands.push(Command::ToggleRecording),
            Action::ShowMap => self.state.view.overlays.no_map ^= true,
        }
    }

    /// Copies what is selected.
    fn copy(&mut self) {
        self.copied = gesture::copy(self.state.document.patch(), &self.state.view.selection);
    }

    /// Selects every node, comment and frame.
    fn select_all(&mut self) {
        let nodes = self.state.scene.cards.iter().map(|card| card.id.clone()).collect();
        let annotations = self.state.document.patch().annotations().map(|(kind, id, _)| (kind, id.clone()));
        self.state.view.selection.set_parts(Parts { nodes, annotations: annotations.collect() });
    }

    /// Pins the output that is meant beside where it leaves its node, or takes its pin off.
    fn pin(&mut self) {
        let patch = self.state.document.patch();
        let Some(output) = meant_output(&self.state.scene, &self.state.view, patch) else {
            self.state.view.tell("Point at a cable or go to a port first.");
            return;
        };
        let port = PortId::output(output);
        if let (Some(node), Some(name), Some(at)) =
            (patch.node(output.node), self.state.scene.port_name(port), self.state.scene.port(port))
        {
            // Below the card, where it hides no other label of it.
            let below = self.state.scene.card(output.node).map_or(at, |card| card.rect.left_bottom());
            let at = below + egui::vec2(0.0, 16.0);
            self.state.probes.toggle_pin(Pin { node: node.id.clone(), output: name, at });
        }
    }

    /// Mutes the selected nodes; when all are muted, lets them sound.
    fn mute(&mut self) {
        let patch = self.state.document.patch();
        let nodes: Vec<_> = self
            .state
            .view
            .selection
            .indices(patch)
            .into_iter()
            .filter_map(|node| patch.node(node))
            .collect();
        let muted = nodes.iter().any(|node| !node.muted);
        let edits: Vec<_> = nodes.iter().map(|node| Edit::SetMuted { id: node.id.clone(), muted }).collect();
        if !edits.is_empty() {
            self.state.gesture_context().edit(Edit::Batch(edits));
        }
    }

    /// Shows the selection, or everything when nothing is selected.
    fn fit(&mut self) {
        let selection = &self.state.view.selection.nodes;
        let chosen = self.state.scene.cards.iter().filter(|card| selection.contains(&card.id));
        let selected = chosen.fold(egui::Rect::NOTHING, |bounds, card| bounds.union(card.rect));
        let bounds = if selected.is_positive() { selected } else { self.state.scene.bounds() };
        self.state.view.transform.fit(bounds);
    }
}
