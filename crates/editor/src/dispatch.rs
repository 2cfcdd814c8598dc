//! What each action does.

use crate::action::Action;
use crate::canvas::PortId;
use crate::editor::Editor;
use crate::gesture;
use crate::host::Command;
use crate::probes::{Pin, meant_output};
use crate::selection::Parts;
use jackfield_patch::Edit;

impl Editor {
    /// Does an action, as if its key had been pressed.
    pub fn dispatch(&mut self, action: Action) {
        let transform = self.view.transform;
        let mut context = self.gesture_context();
        match action {
            Action::New => self.commands.push(Command::New),
            Action::Open => self.commands.push(Command::Open),
            Action::Save => self.commands.push(Command::Save),
            Action::SaveAs => self.commands.push(Command::SaveAs),
            Action::Panic => {
                self.view.piano.panic();
                self.commands.push(Command::Panic);
            }
            Action::Undo => drop(self.document.undo()),
            Action::Redo => drop(self.document.redo()),
            Action::Copy => self.view.copied = gesture::copy(self.document.patch(), &self.view.selection),
            Action::Cut => {
                self.view.copied = gesture::copy(self.document.patch(), &self.view.selection);
                gesture::delete(&mut self.gesture_context());
            }
            Action::Duplicate => gesture::duplicate(&mut context),
            Action::Delete => gesture::delete(&mut context),
            Action::DeleteAndHeal => gesture::heal(&mut context),
            Action::SelectAll => {
                let nodes = self.scene.cards.iter().map(|card| card.id.clone()).collect();
                let annotations = self.document.patch().annotations().map(|(kind, id, _)| (kind, id.clone()));
                self.view.selection.set_parts(Parts { nodes, annotations: annotations.collect() });
            }
            Action::SelectNothing => self.view.selection.clear(),
            Action::Mute => self.mute(),
            Action::Swap => gesture::swap(&mut context),
            Action::AlignLeft | Action::AlignTop => {
                if let Some(alignment) = action.alignment() {
                    gesture::align(&mut context, alignment);
                }
            }
            Action::Tidy => gesture::tidy(&mut context),
            Action::AddNode => {
                let at = transform.view.center();
                self.browser.open_at(transform.to_canvas(at), at - egui::vec2(248.0, 176.0));
            }
            Action::Fit => self.fit(),
            Action::ZoomIn => self.view.transform.zoom_at(transform.view.center(), 1.25),
            Action::ZoomOut => self.view.transform.zoom_at(transform.view.center(), 0.8),
            Action::LifeSize => self.view.transform.zoom_at(transform.view.center(), 1.0 / transform.zoom),
            Action::ShowOrder => self.view.overlays.order ^= true,
            Action::ShowLoad => self.view.overlays.load ^= true,
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
            Action::ConnectTo => self.panels.palette.open_ports(&mut self.view),
            Action::Set => {
                let node = gesture::current(&context);
                self.panels.palette.open_settings(node, &mut self.view);
            }
            Action::Rename => gesture::rename(&mut context),
            Action::ShowOutline => self.view.shows_outline ^= true,
            Action::ShowHelp => self.view.shows_help = true,
            Action::ShowPiano => self.view.shows_piano ^= true,
            Action::PinProbe => self.pin(),
            Action::ShowPatches => {
                self.panels.files.toggle();
                self.commands.push(Command::FindDevices);
            }
            Action::ShowSettings => {
                self.panels.settings.is_open ^= true;
                self.commands.push(Command::FindDevices);
            }
            Action::Quit => self.commands.push(Command::Quit),
            Action::PlayOrStop => self.commands.push(Command::TogglePlaying),
            Action::Record => self.commands.push(Command::ToggleRecording),
            Action::ShowMap => self.view.overlays.no_map ^= true,
        }
    }

    /// Pins the output that is meant beside where it leaves its node, or takes its pin off.
    fn pin(&mut self) {
        let patch = self.document.patch();
        let Some(output) = meant_output(&self.scene, &self.view, patch) else {
            self.view.tell("Point at a cable or go to a port first.");
            return;
        };
        let port = PortId::output(output);
        if let (Some(node), Some(name), Some(at)) =
            (patch.node(output.node), self.scene.port_name(port), self.scene.port(port))
        {
            // Below the card, where it hides no other label of it.
            let below = self.scene.card(output.node).map_or(at, |card| card.rect.left_bottom());
            let at = below + egui::vec2(0.0, 16.0);
            self.probes.toggle_pin(Pin { node: node.id.clone(), output: name, at });
        }
    }

    /// Mutes the selected nodes; when all are muted, lets them sound.
    fn mute(&mut self) {
        let patch = self.document.patch();
        let nodes: Vec<_> =
            self.view.selection.indices(patch).into_iter().filter_map(|node| patch.node(node)).collect();
        let muted = nodes.iter().any(|node| !node.muted);
        let edits: Vec<_> = nodes.iter().map(|node| Edit::SetMuted { id: node.id.clone(), muted }).collect();
        if !edits.is_empty() {
            self.gesture_context().edit(Edit::Batch(edits));
        }
    }

    /// Shows the selection, or everything when nothing is selected.
    fn fit(&mut self) {
        let selection = &self.view.selection.nodes;
        let chosen = self.scene.cards.iter().filter(|card| selection.contains(&card.id));
        let selected = chosen.fold(egui::Rect::NOTHING, |bounds, card| bounds.union(card.rect));
        let bounds = if selected.is_positive() { selected } else { self.scene.bounds() };
        self.view.transform.fit(bounds);
    }
}
