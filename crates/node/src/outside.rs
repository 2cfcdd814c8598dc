//! What lies outside a patch during one block: MIDI, the beat, the sound device.

use crate::{Event, Transport};

/// The world around a block node during one block. Audio thread.
pub struct Outside<'a> {
    /// Where the block starts in the device's channels and on the transport; not 0 in a feedback loop.
    pub first: usize,
    /// MIDI messages of the block, in order of time; their frames count from the block's first.
    pub events: &'a [Event],
    /// Takes the messages that nodes send; their frames count as the transport's.
    pub sent: &'a mut MidiOut,
    /// The beat that the patch shares.
    pub transport: &'a Transport,
    /// The sound device.
    pub device: DeviceIo<'a>,
}

/// The sound device during one block: what came in, and where sound goes out. Each channel is a slice of the
/// frames from which the block is a part.
pub struct DeviceIo<'a> {
    /// Input channels. May be fewer than a node asks for, or none.
    pub inputs: &'a [Vec<f32>],
    /// Output channels; nodes add to them.
    pub outputs: &'a mut [Vec<f32>],
}

/// MIDI messages that nodes have sent, in order of time. Its room is made once; what doesn't fit is dropped
/// and counted.
#[derive(Debug)]
pub struct MidiOut {
    events: Vec<Event>,
    dropped: u64,
}

impl MidiOut {
    /// Room for this many messages. Control thread.
    pub fn with_room_for(messages: usize) -> Self {
        Self { events: Vec::with_capacity(messages), dropped: 0 }
    }

    /// Takes a message behind all that are not later. A note off goes before the note on of its key that
    /// another voice has sent for the same frame: it ends the note from before. Audio thread.
    pub fn send(&mut self, event: Event) {
        if self.events.len() == self.events.capacity() {
            self.dropped += 1;
            return;
        }
        let [status, key, velocity] = event.midi;
        let is_off = status & 0xf0 == 0x80 || status & 0xf0 == 0x90 && velocity == 0;
        let begins = |other: &Event| {
            let [on, other_key, velocity] = other.midi;
            is_off
                && other.frame == event.frame
                && on == 0x90 | status & 0x0f
                && other_key == key
                && velocity > 0
        };
        let end = self.events.partition_point(|other| other.frame <= event.frame);
        let place = self.events[..end].iter().position(begins).unwrap_or(end);
        self.events.insert(place, event);
    }

    /// What was sent, in order of time.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Makes room again; how many messages were dropped since the last time. Audio thread.
    pub fn clear(&mut self) -> u64 {
        self.events.clear();
        std::mem::take(&mut self.dropped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_by_time_and_counts_what_does_not_fit() {
        let mut sent = MidiOut::with_room_for(3);
        for (frame, key) in [(5, 1), (0, 2), (5, 3), (1, 4)] {
            sent.send(Event { frame, midi: [0x90, key, 100] });
        }
        let keys: Vec<u8> = sent.events().iter().map(|event| event.midi[1]).collect();
        assert_eq!(keys, [2, 1, 3]);
        assert_eq!(sent.clear(), 1);
        for midi in [[0x92, 60, 100], [0x92, 62, 100], [0x82, 60, 0], [0x83, 62, 0]] {
            sent.send(Event { frame: 7, midi });
        }
        let status: Vec<u8> = sent.events().iter().map(|event| event.midi[0]).collect();
        assert_eq!(status, [0x82, 0x92, 0x92], "one voice ends the key that another one begins");
        sent.clear();
        assert_eq!((sent.events().len(), sent.clear()), (0, 0));
    }
}
