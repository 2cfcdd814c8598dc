//! The output crossfader: what the audio thread plays. It fades from one executor to the next without a
//! click, a recording taps it, and behind that comes the volume, which is the room's and no part of the
//! sound. Whatever it no longer needs goes back through a ring buffer, so
//! the audio thread frees nothing.

use jackfield_engine::Executor;
use jackfield_io::Tap;
use jackfield_io::device::Render;
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Commands under way. A person gives a few a second.
const PENDING: usize = 64;
/// Frames a fade takes: 5 ms at 48 kHz.
const FADE: usize = 240;

/// How fast the volume follows, each frame: 63 % of the way in 5 ms at 48 kHz.
const FOLLOW: f32 = 1.0 / 240.0;

/// The largest magnitudes on the first two channels since they were read, as bits of positive floats.
type Peaks = Arc<[AtomicU32; 2]>;

/// An executor that the crossfader plays or has played.
pub(super) struct OutputSource {
    pub(super) executor: Executor,
    /// Tells sources apart when they are released.
    pub(super) serial: u64,
}

/// What the audio controller asks of the crossfader.
pub(super) enum CrossfaderCommand {
    /// Play this from now on: what plays now fades out, then this fades in.
    Play(Box<OutputSource>),
    /// Fade to silence, or back to sound.
    Mute(bool),
    /// Play everything by this factor, 0 to 1; a recording is made before.
    Volume(f32),
    /// Record what is heard.
    Record(Box<Tap>),
    /// Record no longer.
    EndRecording,
}

/// What the crossfader no longer needs.
pub(super) enum Released {
    /// A source that was faded out, or replaced before it was faded in.
    Source(Box<OutputSource>),
    /// The tap of a recording that has ended.
    Tap(#[expect(dead_code, reason = "it is sent back only to be freed")] Box<Tap>),
}

/// Plays; belongs to the audio thread, or to the audio controller while no device runs.
pub(super) struct OutputCrossfader {
    source: Option<Box<OutputSource>>,
    /// What will play once the fade has ended.
    next: Option<Box<OutputSource>>,
    is_muted: bool,
    /// Frames of the fade that have passed: 0 is silence, [`FADE`] is sound.
    faded: usize,
    /// The factor of the volume, and where it is.
    volume: f32,
    volume_now: f32,
    peaks: Peaks,
    tap: Option<Box<Tap>>,
    commands: Consumer<CrossfaderCommand>,
    released: Producer<Released>,
}

/// The audio controller's end: commands in, what was released out.
pub(super) struct CrossfaderHandle {
    commands: Producer<CrossfaderCommand>,
    released: Consumer<Released>,
    peaks: Peaks,
}

impl CrossfaderHandle {
    /// A muted crossfader without a source, and its handle.
    pub(super) fn new() -> (Self, OutputCrossfader) {
        let (commands, receiver) = RingBuffer::new(PENDING);
        // Whatever is sent in may come out again, and what was there before as well.
        let (sender, released) = RingBuffer::new(2 * PENDING);
        let crossfader = OutputCrossfader {
            source: None,
            next: None,
            is_muted: true,
            faded: 0,
            volume: 1.0,
            volume_now: 1.0,
            peaks: Peaks::default(),
            tap: None,
            commands: receiver,
            released: sender,
        };
        (Self { commands, released, peaks: crossfader.peaks.clone() }, crossfader)
    }

    /// Sends a command; gives it back when the queue is full.
    pub(super) fn send(&mut self, command: CrossfaderCommand) -> Result<(), CrossfaderCommand> {
        self.commands.push(command).map_err(|rtrb::PushError::Full(command)| command)
    }

    /// The largest magnitudes that left on the first two channels since the last call.
    pub(super) fn peaks(&self) -> [f32; 2] {
        [0, 1].map(|channel| f32::from_bits(self.peaks[channel].swap(0, Ordering::Relaxed)))
    }

    /// The next of what was released, in order.
    pub(super) fn next_released(&mut self) -> Option<Released> {
        self.released.pop().ok()
    }
}

impl OutputCrossfader {
    fn handle_commands(&mut self) {
        // A command releases at most one thing, and the end of a fade another one.
        while self.released.slots() > 2
            && let Ok(command) = self.commands.pop()
        {
            match command {
                CrossfaderCommand::Play(source) => {
                    let replaced = self.next.replace(source);
                    self.release(replaced.map(Released::Source));
                }
                CrossfaderCommand::Mute(is_muted) => self.is_muted = is_muted,
                CrossfaderCommand::Volume(volume) => self.volume = volume,
                CrossfaderCommand::Record(tap) => {
                    let before = self.tap.replace(tap);
                    self.release(before.map(Released::Tap));
                }
                CrossfaderCommand::EndRecording => {
                    let before = self.tap.take();
                    self.release(before.map(Released::Tap));
                }
            }
        }
        if self.faded == 0 {
            self.switch_source();
        }
    }

    /// At gain 0: puts the next source in the place of the one that was faded out.
    fn switch_source(&mut self) {
        if self.released.slots() > 0
            && let Some(next) = self.next.take()
        {
            let before = self.source.replace(next);
            self.release(before.map(Released::Source));
        }
    }

    fn release(&mut self, released: Option<Released>) {
        if let Some(released) = released {
            // Room was checked before. If there were none, a free here would be better than lost sound.
            let _ = self.released.push(released);
        }
    }

    /// Whether the gain rises to 1 or is there, rather than falls to 0.
    fn is_opening(&self) -> bool {
        !self.is_muted && self.next.is_none()
    }

    /// Computes frames whose gain moves; `output` is at most what is left of the fade.
    fn fade(&mut self, output: &mut [f32], channels: usize) {
        for frame in output.chunks_exact_mut(channels) {
            let position = self.faded as f32 / FADE as f32;
            // No corner at either end.
            let gain = position * position * (3.0 - 2.0 * position);
            for sample in frame {
                *sample *= gain;
            }
            self.faded = if self.is_opening() { self.faded + 1 } else { self.faded - 1 };
        }
        if self.faded == 0 {
            self.switch_source();
        }
    }
}

impl Render for OutputCrossfader {
    fn render(&mut self, input: &[f32], input_channels: usize, output: &mut [f32], channels: usize) {
        self.handle_commands();
        let frames = output.len().checked_div(channels).unwrap_or(0);
        if frames == 0
            && let Some(source) = &mut self.source
        {
            // Takes up the newest plan, so that the session can free the ones before.
            source.executor.process(&[], 0, &mut [], channels);
        }
        let mut done = 0;
        while done < frames {
            let opening = self.is_opening();
            let left_to_fade = if opening { FADE - self.faded } else { self.faded };
            let is_steady = left_to_fade == 0;
            let count = if is_steady { frames - done } else { left_to_fade.min(frames - done) };
            let part = &mut output[done * channels..(done + count) * channels];
            let heard = input.get(done * input_channels..).unwrap_or_default();
            match &mut self.source {
                Some(source) if opening || !is_steady => {
                    source.executor.process(heard, input_channels, part, channels);
                }
                _ => part.fill(0.0),
            }
            if !is_steady {
                self.fade(part, channels);
            }
            done += count;
        }
        if let Some(tap) = &mut self.tap {
            tap.push(output);
        }
        if channels > 0 {
            self.leave(output, channels);
        }
    }
}

impl OutputCrossfader {
    /// Turns everything to the volume, and notes how loud it leaves.
    fn leave(&mut self, output: &mut [f32], channels: usize) {
        if self.volume != 1.0 || self.volume_now != 1.0 {
            for frame in output.chunks_exact_mut(channels) {
                self.volume_now += (self.volume - self.volume_now) * FOLLOW;
                if (self.volume - self.volume_now).abs() < 1e-5 {
                    self.volume_now = self.volume;
                }
                for sample in frame {
                    *sample *= self.volume_now;
                }
            }
        }
        for (channel, peak) in self.peaks.iter().enumerate() {
            // A device with one channel has it on both sides.
            let channel = channel.min(channels - 1);
            let samples = output.iter().skip(channel).step_by(channels);
            let largest = samples.fold(0.0_f32, |largest, sample| largest.max(sample.abs()));
            peak.fetch_max(largest.to_bits(), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_engine::{Options, Session};
    use jackfield_node::NoAssets;

    /// A session that plays a sine at full level.
    fn tone(hertz: f32) -> (Session, Box<OutputSource>) {
        let text = format!(
            r#"{{"jackfield": 1, "nodes": {{
                "out": {{"type": "device.output", "knobs": {{"level": 0}}}},
                "tone": {{"type": "source.oscillator", "knobs": {{"frequency": {hertz}}}, "settings": {{"waveform": "sine"}}}}}},
                "cables": [{{"from": "tone.out", "to": "out.in"}}]}}"#
        );
        let (patch, _) = jackfield_patch::read(&text, &jackfield_nodes::registry()).expect("a patch");
        let (mut session, executor) =
            Session::new(Options::default(), Box::new(NoAssets)).expect("good options");
        session.update(&patch);
        (session, Box::new(OutputSource { executor, serial: 1 }))
    }

    fn render(crossfader: &mut OutputCrossfader, frames: usize) -> Vec<f32> {
        let mut output = vec![1.0; frames * 2];
        for block in output.chunks_mut(2 * 128) {
            crossfader.render(&[], 0, block, 2);
        }
        output.chunks_exact(2).map(|frame| frame[0]).collect()
    }

    #[test]
    fn it_fades_between_executors_without_a_click_and_releases_them() {
        let (mut handle, mut crossfader) = CrossfaderHandle::new();
        assert!(render(&mut crossfader, 256).iter().all(|sample| *sample == 0.0));
        let (first, source) = tone(200.0);
        assert!(
            handle.send(CrossfaderCommand::Play(source)).is_ok()
                && handle.send(CrossfaderCommand::Mute(false)).is_ok()
        );
        let mut heard = render(&mut crossfader, 4_800);
        let (_second, source) = tone(300.0);
        assert!(handle.send(CrossfaderCommand::Play(source)).is_ok());
        heard.extend(render(&mut crossfader, 4_800));
        assert!(matches!(handle.next_released(), Some(Released::Source(_))));
        assert!(handle.next_released().is_none());
        let frozen = first.clock();
        assert!(handle.send(CrossfaderCommand::Mute(true)).is_ok());
        heard.extend(render(&mut crossfader, 4_800));
        assert_eq!(first.clock(), frozen, "a released or muted executor stands still");
        let steepest = heard.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        // A sine of 300 Hz moves by 0.04 a frame, the fade by 0.007.
        assert!(steepest < 0.05, "{steepest}");
        assert!(heard[2_400..4_800].iter().any(|sample| sample.abs() > 0.9));
        assert!(heard[12_000..].iter().all(|sample| *sample == 0.0));
    }

    #[test]
    fn the_volume_turns_what_is_heard_down_without_a_click() {
        let (mut handle, mut crossfader) = CrossfaderHandle::new();
        let (_session, source) = tone(200.0);
        assert!(
            handle.send(CrossfaderCommand::Play(source)).is_ok()
                && handle.send(CrossfaderCommand::Mute(false)).is_ok()
        );
        let mut heard = render(&mut crossfader, 4_800);
        let [left, right] = handle.peaks();
        assert!(left > 0.9 && right > 0.9, "{left} {right}");
        assert!(handle.send(CrossfaderCommand::Volume(0.1)).is_ok());
        heard.extend(render(&mut crossfader, 9_600));
        handle.peaks();
        heard.extend(render(&mut crossfader, 4_800));
        assert!((handle.peaks()[0] - 0.0966).abs() < 0.002);
        assert!(handle.send(CrossfaderCommand::Volume(0.0)).is_ok());
        heard.extend(render(&mut crossfader, 9_600));
        let steepest = heard.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(steepest < 0.05, "{steepest}");
        assert!(heard[28_000..].iter().all(|sample| *sample == 0.0));
        assert_eq!(handle.peaks().len(), 2);
    }

    #[test]
    fn without_a_device_the_crossfader_still_switches() {
        let (mut handle, mut crossfader) = CrossfaderHandle::new();
        let (_first, source) = tone(200.0);
        assert!(handle.send(CrossfaderCommand::Play(source)).is_ok());
        crossfader.render(&[], 0, &mut [], 2);
        let (mut second, source) = tone(300.0);
        assert!(handle.send(CrossfaderCommand::Play(source)).is_ok());
        crossfader.render(&[], 0, &mut [], 2);
        assert!(matches!(handle.next_released(), Some(Released::Source(_))));
        second.update(&jackfield_patch::Patch::new());
        assert!(second.is_waiting());
        crossfader.render(&[], 0, &mut [], 2);
        assert!(!second.is_waiting());
    }
}
