//! Transport: the beat that a whole patch shares.
//!
//! Frames are counted in integers from the last change, and a beat follows from that count alone. So a frame
//! has the same beat, to the bit, however the frames before it were cut into blocks.

/// Tempos a transport takes, in beats per minute.
pub const TEMPO_RANGE: std::ops::RangeInclusive<f64> = 1.0..=1000.0;
/// Furthest beat one can go to.
pub const MAX_BEAT: f64 = 1e9;

/// Where the music is. A beat is a quarter note.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transport {
    is_playing: bool,
    tempo: f64,
    /// The beat at the last change.
    start: f64,
    /// Frames from the last change to the first frame of the block.
    elapsed: u64,
    /// 0 while stopped.
    beats_per_frame: f64,
}

/// What can happen to a transport.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TransportChange {
    /// Another tempo, in beats per minute; the nearest in [`TEMPO_RANGE`] is taken.
    Tempo(f64),
    /// Plays on from where it is.
    Play,
    /// Stays where it is.
    Stop,
    /// Goes to a beat, 0 to [`MAX_BEAT`]; the nearest is taken.
    Locate(f64),
}

impl Transport {
    /// Stopped at beat 0: what a node sees that can't follow (see [`Io::transport`](crate::Io::transport)).
    pub(crate) const ABSENT: Self =
        Self { is_playing: false, tempo: 120.0, start: 0.0, elapsed: 0, beats_per_frame: 0.0 };

    /// Plays from beat 0 with 120 beats per minute.
    pub fn new(sample_rate: f32) -> Self {
        let mut transport = Self { is_playing: true, ..Self::ABSENT };
        transport.set_pace(sample_rate);
        transport
    }

    /// Whether time passes.
    pub fn is_playing(&self) -> bool {
        self.is_playing
    }

    /// Beats per minute, also while stopped.
    pub fn tempo(&self) -> f64 {
        self.tempo
    }

    /// How far a frame moves on, in beats; 0 while stopped.
    pub fn beats_per_frame(&self) -> f64 {
        self.beats_per_frame
    }

    /// The beat at a frame of the block, 0 being its first.
    pub fn beat(&self, frame: usize) -> f64 {
        self.start + (self.elapsed + frame as u64) as f64 * self.beats_per_frame
    }

    /// Carries out a change that happens at the first frame of the block. Whatever is no number is ignored.
    pub fn change(&mut self, change: TransportChange, sample_rate: f32) {
        let mut start = self.beat(0);
        match change {
            TransportChange::Tempo(tempo) if tempo.is_nan() => return,
            TransportChange::Tempo(tempo) => {
                self.tempo = tempo.clamp(*TEMPO_RANGE.start(), *TEMPO_RANGE.end());
            }
            TransportChange::Locate(beat) if beat.is_nan() => return,
            TransportChange::Locate(beat) => start = beat.clamp(0.0, MAX_BEAT),
            TransportChange::Play => self.is_playing = true,
            TransportChange::Stop => self.is_playing = false,
        }
        self.start = start;
        self.elapsed = 0;
        self.set_pace(sample_rate);
    }

    /// Goes on by a block.
    pub fn advance(&mut self, frames: usize) {
        self.elapsed += frames as u64;
    }

    fn set_pace(&mut self, sample_rate: f32) {
        let pace = self.tempo / (60.0 * f64::from(sample_rate));
        self.beats_per_frame = if self.is_playing { pace } else { 0.0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f32 = 48_000.0;

    #[test]
    fn a_frame_has_its_beat_whatever_the_blocks() {
        let mut by_frame = Transport::new(RATE);
        by_frame.change(TransportChange::Tempo(137.0), RATE);
        let whole = by_frame;
        for frame in 0..100_000 {
            assert_eq!(by_frame.beat(0).to_bits(), whole.beat(frame).to_bits());
            by_frame.advance(1);
        }
        assert!((by_frame.beat(0) - 100_000.0 / 48_000.0 * 137.0 / 60.0).abs() < 1e-12);
    }

    #[test]
    fn changes_keep_the_place() {
        let mut transport = Transport::new(RATE);
        transport.advance(24_000);
        transport.change(TransportChange::Tempo(60.0), RATE);
        assert_eq!(transport.beat(0), 1.0);
        transport.advance(48_000);
        transport.change(TransportChange::Stop, RATE);
        transport.advance(1_000);
        assert_eq!((transport.beat(0), transport.beat(9), transport.is_playing()), (2.0, 2.0, false));
        transport.change(TransportChange::Locate(8.0), RATE);
        transport.change(TransportChange::Play, RATE);
        assert_eq!(transport.beat(48_000), 9.0);
    }

    #[test]
    fn nonsense_does_no_harm() {
        let mut transport = Transport::new(RATE);
        for (change, tempo, beat) in [
            (TransportChange::Tempo(f64::NAN), 120.0, 0.0),
            (TransportChange::Tempo(-5.0), 1.0, 0.0),
            (TransportChange::Tempo(f64::INFINITY), 1000.0, 0.0),
            (TransportChange::Locate(f64::NAN), 1000.0, 0.0),
            (TransportChange::Locate(f64::INFINITY), 1000.0, MAX_BEAT),
            (TransportChange::Locate(-1.0), 1000.0, 0.0),
        ] {
            transport.change(change, RATE);
            assert_eq!((transport.tempo(), transport.beat(0)), (tempo, beat));
        }
    }
}
