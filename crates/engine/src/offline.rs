//! Offline rendering: the same executor, as fast as it goes.

use crate::{Executor, ScheduledMidi, Session};

/// What to render. More may come, so it is made of its default: `Job::of(48_000).with_midi(&messages)`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Job<'a> {
    /// Frames to render.
    pub frames: usize,
    /// Frames per callback; changes no bit of the sound.
    pub block: usize,
    /// Output channels.
    pub channels: usize,
    /// Interleaved input, silence where it ends.
    pub input: &'a [f32],
    /// Channels of `input`.
    pub input_channels: usize,
    /// MIDI in the order of its frames, which count from the start of the render.
    pub midi: &'a [ScheduledMidi],
}

impl Default for Job<'_> {
    fn default() -> Self {
        Self { frames: 0, block: 512, channels: 2, input: &[], input_channels: 0, midi: &[] }
    }
}

impl<'a> Job<'a> {
    /// So many frames of two channels.
    pub fn of(frames: usize) -> Self {
        Self { frames, ..Self::default() }
    }

    /// In callbacks of so many frames.
    #[must_use]
    pub fn in_blocks_of(self, block: usize) -> Self {
        Self { block, ..self }
    }

    /// With so many output channels.
    #[must_use]
    pub fn with_channels(self, channels: usize) -> Self {
        Self { channels, ..self }
    }

    /// With interleaved input of so many channels.
    #[must_use]
    pub fn with_input(self, input: &'a [f32], input_channels: usize) -> Self {
        Self { input, input_channels, ..self }
    }

    /// With MIDI, in the order of its frames.
    #[must_use]
    pub fn with_midi(self, midi: &'a [ScheduledMidi]) -> Self {
        Self { midi, ..self }
    }
}

/// Renders a job and hands each block of interleaved samples to `take`, which ends the render by
/// answering `false`. Between blocks the session is polled, so fades come to rest as they would live. Files
/// that play from the disk are waited for, so the sound is the same however slow the disk is. Any one thread,
/// which owns both sides meanwhile.
pub fn render(
    session: &mut Session,
    executor: &mut Executor,
    job: &Job<'_>,
    mut take: impl FnMut(&mut Session, &[f32]) -> bool,
) {
    session.wait_for_disk(true);
    render_blocks(session, executor, job, &mut take);
    session.wait_for_disk(false);
}

fn render_blocks(
    session: &mut Session,
    executor: &mut Executor,
    job: &Job<'_>,
    take: &mut impl FnMut(&mut Session, &[f32]) -> bool,
) {
    let start = session.clock();
    let block = job.block.max(1);
    let mut output = vec![0.0; block * job.channels];
    let mut midi = job.midi.iter().peekable();
    let mut done = 0;
    while done < job.frames {
        let frames = block.min(job.frames - done);
        while session.free_events() > 0
            && let Some(message) = midi.next_if(|message| message.frame < (done + frames) as u64)
        {
            let message = ScheduledMidi { frame: start + message.frame, ..*message };
            // Room for it was just seen, and only this thread sends.
            let _ = session.schedule_midi(message);
        }
        let from = (done * job.input_channels).min(job.input.len());
        let output = &mut output[..frames * job.channels];
        executor.process(&job.input[from..], job.input_channels, output, job.channels);
        session.poll();
        if !take(session, output) {
            return;
        }
        done += frames;
    }
}

/// Renders a job into one buffer of interleaved samples. As [`render`].
pub fn render_to_vec(session: &mut Session, executor: &mut Executor, job: &Job<'_>) -> Vec<f32> {
    let mut samples = Vec::with_capacity(job.frames * job.channels);
    render(session, executor, job, |_, block| {
        samples.extend_from_slice(block);
        true
    });
    samples
}
