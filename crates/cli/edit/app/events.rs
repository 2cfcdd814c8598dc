//! What the sound tells, and controllers that turn knobs.

use super::App;
use crate::edit::settings::Controller;
use crate::edit::sound::{AudioCommand, AudioEvent, KnobBinding, TurnedKnob};
use jackfield_patch::{Edit, NodeBody};
use std::sync::Arc;

/// The knob that waits for a controller.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Learning {
    pub(super) node: Arc<str>,
    pub(super) input: Arc<str>,
}

impl App {
    pub(super) fn handle_event(&mut self, event: AudioEvent) {
        match event {
            AudioEvent::Opened(opened) => {
                let status = &mut self.host.status;
                status.device = format!("{} · {}", opened.host, opened.name);
                status.is_silent = opened.is_silent;
                status.latency = opened.block as f32 / opened.sample_rate as f32;
                let rate = opened.sample_rate;
                self.opened = Some(opened);
                if rate != self.sample_rate {
                    self.sample_rate = rate;
                    self.restart();
                }
            }
            AudioEvent::Running(on) => self.host.status.running = on,
            AudioEvent::Notice(text) => self.editor.tell(text),
            AudioEvent::Error(text) => self.editor.refuse(&text),
            AudioEvent::Found(found) => self.offer(|offers, _| {
                offers.devices = found.devices;
                offers.midi_inputs = found.midi_inputs;
                offers.midi_outputs = found.midi_outputs;
            }),
            AudioEvent::Learned(channel, controller) => self.learned(channel, controller),
            AudioEvent::Turned(knob) => self.turned(knob),
            AudioEvent::Recorded(path, recorded) => {
                let seconds = recorded.frames as f64 / f64::from(self.sample_rate);
                let gaps = if recorded.lost > 0 { " The disk was too slow: it has gaps." } else { "" };
                self.editor.tell(format!("Recorded {seconds:.1} s to {}.{gaps}", path.display()));
            }
        }
    }

    /// Brings the status up to date.
    pub(super) fn measure(&mut self) {
        let measured = self.sound.measured();
        let status = &mut self.host.status;
        status.load = measured.load;
        status.overruns = measured.overruns;
        status.recorded = measured.recorded;
        status.peaks = measured.peaks;
        status.is_muted = measured.is_silenced || self.is_muted;
        status.learning = self.learning.as_ref().map(|knob| (knob.node.clone(), knob.input.clone()));
    }

    /// A note played from the window ends the silence of a panic.
    pub(super) fn resume_with_notes(&mut self) {
        if std::mem::replace(&mut self.notes, self.host.notes) != self.host.notes
            && self.sound.measured().is_silenced
        {
            self.sound.send(AudioCommand::Resume);
        }
    }

    /// Waits for the controller that will turn a knob.
    pub(super) fn learn(&mut self, knob: Learning) {
        self.editor.tell(format!("Move a controller to turn '{}' of '{}'.", knob.input, knob.node));
        self.learning = Some(knob);
        self.sound.send(AudioCommand::Learn(true));
    }

    fn learned(&mut self, channel: u8, controller: u8) {
        let Some(Learning { node, input }) = self.learning.take() else { return };
        let text = format!("Controller {controller} turns '{input}' of '{node}'.");
        self.settings.bind(Controller {
            channel,
            number: controller,
            node: node.to_string(),
            input: input.to_string(),
        });
        self.bind_controllers();
        self.save_settings();
        self.editor.tell(text);
    }

    /// Lets no controller turn a knob.
    pub(super) fn forget(&mut self, node: &str, input: &str) {
        if self.settings.unbind(node, input) {
            self.bind_controllers();
            self.save_settings();
            self.editor.tell(format!("No controller turns '{input}' of '{node}' any more."));
        } else {
            self.editor.tell(format!("No controller turns '{input}' of '{node}'."));
        }
    }

    /// Tells the audio controller which knobs of this document controllers turn.
    pub(super) fn bind_controllers(&mut self) {
        let patch = self.editor.document().patch();
        let bound = self.settings.controllers.iter().filter_map(|controller| {
            let node = patch.node(patch.find(&controller.node)?)?;
            let knob = node.spec()?.input(&controller.input)?.knob?;
            let input = Arc::from(controller.input.as_str());
            let Controller { channel, number, .. } = *controller;
            Some(KnobBinding { channel, controller: number, node: node.id.clone(), input, knob })
        });
        let bound: Vec<KnobBinding> = bound.collect();
        if bound != self.bound {
            self.sound.send(AudioCommand::Bind(bound.clone()));
            self.bound = bound;
        }
    }

    /// Follows a knob that a controller has turned. Turning one knob for a while is undone together.
    fn turned(&mut self, knob: TurnedKnob) {
        let TurnedKnob { node, input, value, is_scheduled } = knob;
        let is_known = |body: &NodeBody| matches!(body, NodeBody::Known { .. });
        let patch = self.editor.document().patch();
        if !patch.find(&node).and_then(|index| patch.node(index)).is_some_and(|node| is_known(&node.body)) {
            return;
        }
        let gesture = match &self.turning {
            Some((last_node, last_input, gesture)) if (last_node, last_input) == (&node, &input) => *gesture,
            _ => self.editor.document_mut().begin_gesture(),
        };
        self.turning = Some((node.clone(), input.clone(), gesture));
        let edit = Edit::SetKnob { id: node, input, value };
        let document = self.editor.document_mut();
        let turned = if is_scheduled {
            document.follow_in_gesture(edit, gesture)
        } else {
            document.edit_in_gesture(edit, gesture)
        };
        if let Err(error) = turned {
            self.editor.refuse(&error);
        }
    }
}
