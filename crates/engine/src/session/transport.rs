//! The transport as the session controls it, and the MIDI that nodes send.

use super::{EngineError, Session};
use crate::event::{Command, ScheduledCommand, ScheduledMidi};
use crate::transport::TransportPlace;
use jackfield_node::{MAX_BEAT, TEMPO_RANGE, TransportChange};
use std::sync::atomic::Ordering;

impl Session {
    /// Sets the tempo, in beats per minute, from the next callback on. Control thread.
    ///
    /// # Errors
    /// [`EngineError::Tempo`] when it is not 1 to 1,000, [`EngineError::QueueFull`] when too many changes are
    /// under way.
    pub fn set_tempo(&mut self, tempo: f64) -> Result<(), EngineError> {
        self.change_transport(TransportChange::Tempo(tempo))
    }

    /// Lets the transport play from the next callback on, as it does from the start. Control thread.
    ///
    /// # Errors
    /// [`EngineError::QueueFull`] when too many changes are under way.
    pub fn play(&mut self) -> Result<(), EngineError> {
        self.change_transport(TransportChange::Play)
    }

    /// Stops the transport at the next callback. Sound goes on; what follows the beat waits. Control thread.
    ///
    /// # Errors
    /// [`EngineError::QueueFull`] when too many changes are under way.
    pub fn stop(&mut self) -> Result<(), EngineError> {
        self.change_transport(TransportChange::Stop)
    }

    /// Goes to a beat, in quarter notes from the start, at the next callback. Control thread.
    ///
    /// # Errors
    /// [`EngineError::Beat`] when it is not 0 to 1,000,000,000, [`EngineError::QueueFull`] when too many
    /// changes are under way.
    pub fn locate(&mut self, beat: f64) -> Result<(), EngineError> {
        self.change_transport(TransportChange::Locate(beat))
    }

    /// Takes up the tempo of a patch, if the patch changed it: another may have been set meanwhile.
    pub(super) fn follow_tempo(&mut self, tempo: f32) {
        if tempo != self.tempo && self.set_tempo(tempo.into()).is_ok() {
            self.tempo = tempo;
        }
    }

    fn change_transport(&mut self, change: TransportChange) -> Result<(), EngineError> {
        check(change)?;
        self.transport_changes.push(change).map_err(|_| EngineError::QueueFull)
    }

    /// Changes the transport at a frame of the executor's clock. Sent in the order of frames, with MIDI
    /// messages and turning knobs. Control thread.
    ///
    /// # Errors
    /// [`EngineError::Tempo`] or [`EngineError::Beat`] when it is out of range, [`EngineError::QueueFull`]
    /// when too many messages are under way.
    pub fn schedule_transport(&mut self, frame: u64, change: TransportChange) -> Result<(), EngineError> {
        check(change)?;
        self.schedule(ScheduledCommand { frame, command: Command::Transport(change) })
    }

    /// The transport's position. Control thread.
    pub fn transport(&self) -> TransportPlace {
        self.shared.transport.read()
    }

    /// MIDI messages that nodes have sent since the last call, in order of time. Control thread.
    pub fn sent_midi(&mut self) -> Vec<ScheduledMidi> {
        std::iter::from_fn(|| self.sent.pop().ok()).collect()
    }

    /// MIDI messages that nodes sent and that were lost, because too many came at once or the queue was full.
    /// Control thread.
    pub fn dropped_midi(&self) -> u64 {
        self.shared.dropped_midi.load(Ordering::Relaxed)
    }
}

fn check(change: TransportChange) -> Result<(), EngineError> {
    match change {
        TransportChange::Tempo(tempo) if !TEMPO_RANGE.contains(&tempo) => Err(EngineError::Tempo),
        TransportChange::Locate(beat) if !(0.0..=MAX_BEAT).contains(&beat) => Err(EngineError::Beat),
        _ => Ok(()),
    }
}
