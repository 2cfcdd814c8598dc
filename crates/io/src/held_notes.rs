//! Which notes a MIDI output has begun and not ended, so that none goes on for ever when it closes.

use jackfield_node::Midi;

/// A bit for each key of each channel.
#[derive(Clone, Debug, Default)]
pub(crate) struct HeldNotes([u128; 16]);

impl HeldNotes {
    /// Takes note of a message that is sent.
    pub(crate) fn note(&mut self, [status, key, velocity]: Midi) {
        let keys = &mut self.0[usize::from(status & 0x0f)];
        let key = 1 << (key & 0x7f);
        match status & 0xf0 {
            0x90 if velocity > 0 => *keys |= key,
            0x80 | 0x90 => *keys &= !key,
            _ => {}
        }
    }

    /// The messages that end what is held. Nothing is held afterwards.
    pub(crate) fn release(&mut self) -> impl Iterator<Item = Midi> + use<> {
        let held = std::mem::take(&mut self.0);
        (0..16_u8).flat_map(move |channel| {
            let keys = held[usize::from(channel)];
            (0..128_u8).filter(move |key| keys >> key & 1 == 1).map(move |key| [0x80 | channel, key, 64])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_begun_and_not_ended_is_released_once() {
        let mut held = HeldNotes::default();
        for midi in [[0x90, 0, 1], [0x93, 60, 100], [0x93, 61, 100], [0x9f, 127, 9], [0xb3, 60, 0]] {
            held.note(midi);
        }
        held.note([0x83, 61, 0]);
        held.note([0x90, 0, 0]);
        assert_eq!(held.release().collect::<Vec<Midi>>(), [[0x83, 60, 64], [0x8f, 127, 64]]);
        assert_eq!(held.release().count(), 0);
    }
}
