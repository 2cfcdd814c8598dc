//! MIDI inputs: which are open, and what comes in, on its way to the patch and to the knobs it turns.

use super::messages::{AudioEvent, KnobBinding, TurnedKnob};
use crate::play::keyboard::Keyboard;
use jackfield_editor::value_at_part;
use jackfield_engine::{ScheduledMidi, Session};
use jackfield_io::midi_port;
use std::sync::mpsc::Sender;
use std::thread::Thread;

/// Status byte of a controller's message, without the channel.
const NOTE_ON: u8 = 0x90;
const CONTROL_CHANGE: u8 = 0xb0;

/// Whose session takes the messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plays {
    /// No device runs.
    Nothing,
    /// The document's.
    Document,
    /// That of a preview.
    Preview,
}

/// All open MIDI inputs.
#[derive(Default)]
pub(super) struct MidiInputs {
    /// Whether a note came lately.
    has_played: bool,
    /// By name, all when nothing is chosen.
    wanted: Option<Vec<String>>,
    open: Vec<Keyboard>,
    bound: Vec<KnobBinding>,
    learns: bool,
}

impl MidiInputs {
    /// Opens the wanted inputs that are there. What can't be opened is sent as an event.
    pub(super) fn open(&mut self, wanted: Option<Vec<String>>, awake: &Thread, events: &Sender<AudioEvent>) {
        self.wanted = wanted;
        self.open.clear();
        // Without any MIDI on the system there is nothing to open.
        let there = midi_port::list().unwrap_or_default();
        for name in there {
            if self.wanted.as_ref().is_some_and(|wanted| !wanted.contains(&name)) {
                continue;
            }
            let awake = awake.clone();
            match Keyboard::open(&name, move || awake.unpark()) {
                Ok(keyboard) => self.open.push(keyboard),
                // Among all inputs there may be some that others hold.
                Err(_) if self.wanted.is_none() => {}
                Err(error) => drop(events.send(AudioEvent::Error(error.to_string()))),
            }
        }
    }

    /// Whether a note was played since the last call.
    pub(super) fn take_has_played(&mut self) -> bool {
        std::mem::take(&mut self.has_played)
    }

    /// Whether any is open.
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Opens again what is wanted, for there may be more now.
    pub(super) fn reopen(&mut self, awake: &Thread, events: &Sender<AudioEvent>) {
        let wanted = self.wanted.take();
        self.open(wanted, awake, events);
    }

    pub(super) fn learn(&mut self, on: bool) {
        self.learns = on;
    }

    pub(super) fn bind(&mut self, bound: Vec<KnobBinding>) {
        self.bound = bound;
    }

    /// Sends what was played to the session that plays, and turns knobs. While none does, notes are dropped:
    /// they would all sound at once later. True when something was reported.
    pub(super) fn send(&mut self, session: &mut Session, plays: Plays, events: &Sender<AudioEvent>) -> bool {
        let mut reported = false;
        for keyboard in &mut self.open {
            while session.free_events() > 1
                && let Some(message) = keyboard.next(session)
            {
                self.has_played |= message.midi[0] & 0xf0 == NOTE_ON && message.midi[2] > 0;
                reported |= turn(message, &self.bound, &mut self.learns, (session, plays), events);
                if plays != Plays::Nothing {
                    // Cannot be full: there was room.
                    let _ = session.schedule_midi(message);
                }
            }
        }
        reported
    }
}

/// Does what a controller's message asks for. True when something was reported.
fn turn(
    message: ScheduledMidi,
    bound: &[KnobBinding],
    learns: &mut bool,
    (session, plays): (&mut Session, Plays),
    events: &Sender<AudioEvent>,
) -> bool {
    let [status, controller, position] = message.midi;
    let channel = status & 0x0f;
    // From 120 on they are no controllers but commands like "all notes off".
    if status & 0xf0 != CONTROL_CHANGE || controller >= 120 {
        return false;
    }
    if std::mem::take(learns) {
        return events.send(AudioEvent::Learned(channel, controller)).is_ok();
    }
    let mut reported = false;
    for bound in bound.iter().filter(|bound| (bound.channel, bound.controller) == (channel, controller)) {
        let value = value_at_part(&bound.knob, f32::from(position) / 127.0);
        // Where no session takes it now, the document's gets it from the window.
        let is_taken = plays != Plays::Nothing
            && session.schedule_knob(message.frame, &bound.node, &bound.input, value).is_ok();
        let turned = TurnedKnob {
            node: bound.node.clone(),
            input: bound.input.clone(),
            value,
            is_scheduled: is_taken && plays == Plays::Document,
        };
        reported |= events.send(AudioEvent::Turned(turned)).is_ok();
    }
    reported
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_engine::Options;
    use jackfield_node::{Knob, NoAssets};
    use std::sync::mpsc::channel;

    #[test]
    fn a_controller_is_learned_once_and_then_turns_its_knob() {
        let (mut session, _executor) = Session::new(Options::default(), Box::new(NoAssets)).expect("options");
        let (events, told) = channel();
        let message = |status, position| ScheduledMidi { frame: 0, midi: [status, 74, position] };
        let mut learns = true;
        assert!(
            !turn(message(0x92, 9), &[], &mut learns, (&mut session, Plays::Document), &events),
            "a note is no controller"
        );
        assert!(turn(message(0xb2, 9), &[], &mut learns, (&mut session, Plays::Document), &events));
        assert!(matches!(told.try_recv(), Ok(AudioEvent::Learned(2, 74))));
        let bound = KnobBinding {
            channel: 2,
            controller: 74,
            node: "filter".into(),
            input: "cutoff".into(),
            knob: Knob::bipolar(0.0),
        };
        assert!(!turn(
            message(0xb1, 9),
            std::slice::from_ref(&bound),
            &mut learns,
            (&mut session, Plays::Document),
            &events
        ));
        assert!(turn(message(0xb2, 127), &[bound], &mut learns, (&mut session, Plays::Document), &events));
        match told.try_recv() {
            Ok(AudioEvent::Turned(TurnedKnob { node, input, value, is_scheduled })) => {
                assert_eq!((&*node, &*input, value), ("filter", "cutoff", 1.0));
                assert!(!is_scheduled, "the session has no such node");
            }
            other => panic!("{other:?}"),
        }
    }
}
