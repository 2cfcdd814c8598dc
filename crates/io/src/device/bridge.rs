//! Brings the input stream to the output's thread, clock and rate.
//!
//! ```text
//! input callback --Writer--> ring of samples ------> Reader --interpolate--> output callback
//!                  Writer--> ring of marks (when, how many) --drift--> how fast to read
//! ```
//!
//! Two clocks never agree, so the reader speeds up or slows down by some parts per million to keep
//! its distance from the writer. The distance is one block of each side, the interpolator's half length
//! and a margin; it grows when it proves too short. Streams of one clock (JACK, ASIO) pass unchanged,
//! two blocks late.
//!
//! When samples run out, or pile up because the output was stopped, the sound fades out over 5 ms,
//! takes up its distance anew and fades in, and the gap is reported: no step is ever heard.

use super::bridge_source::{Fades, Source};
use super::drift::FrameClock;
use super::{EventSender, Side};
use rtrb::{Consumer, Producer, RingBuffer};
use std::time::Instant;

/// Seconds of input that the ring holds. The output may stop for as long without losing a sample.
const CAPACITY: f64 = 1.0;
/// Callbacks of which the marks ring holds the times.
const MARKS: usize = 1024;
/// Callbacks of both sides before the sound begins: their sizes and times have become known.
const WARM_UP: u32 = 4;
/// Spare distance in seconds, for callbacks that come late.
const MARGIN: f64 = 0.002;
/// Seconds that may pile up before they are skipped.
const PILE_UP: f64 = 0.05;
/// Length of a fade in seconds.
const FADE: f64 = 0.005;

/// Whether two streams share a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clocks {
    /// One clock drives both.
    One,
    /// Each has its own.
    Two,
}

/// A callback of the input: when it came, and how many frames there have been in all.
#[derive(Clone, Copy, Debug)]
struct TimeMark {
    at: Instant,
    frames: u64,
}

/// Takes what the input records. Its audio thread.
pub(super) struct Writer {
    channels: usize,
    samples: Producer<f32>,
    marks: Producer<TimeMark>,
    frames: u64,
    events: EventSender,
}

/// Gives the output's audio thread the input, frame for frame.
pub(super) struct Reader {
    channels: usize,
    samples: Consumer<f32>,
    marks: Consumer<TimeMark>,
    events: EventSender,
    /// What times are counted from.
    epoch: Instant,
    clocks: Clocks,
    input_rate: f64,
    output_rate: f64,
    input_clock: FrameClock,
    output_clock: FrameClock,
    /// Frames of the latest mark, and of the output up to this callback.
    written: u64,
    played: u64,
    /// Largest callbacks so far, in frames, and how many there were.
    input_block: f64,
    output_block: f64,
    callbacks: [u32; 2],
    /// Frames of distance added because it was too short.
    extra: f64,
    source: Source,
    fades: Fades,
    flowing: bool,
}

/// A ring between an input of `channels` channels at `input_rate` and an output at `output_rate`.
pub(super) fn new(
    channels: usize,
    input_rate: u32,
    output_rate: u32,
    clocks: Clocks,
    events: EventSender,
) -> (Writer, Reader) {
    let (input_rate, output_rate) = (f64::from(input_rate), f64::from(output_rate));
    let (samples_in, samples_out) = RingBuffer::new((input_rate * CAPACITY) as usize * channels);
    let (marks_in, marks_out) = RingBuffer::new(MARKS);
    let writer = Writer { channels, samples: samples_in, marks: marks_in, frames: 0, events: events.clone() };
    let reader = Reader {
        channels,
        samples: samples_out,
        marks: marks_out,
        events,
        epoch: Instant::now(),
        clocks,
        input_rate,
        output_rate,
        input_clock: FrameClock::new(input_rate),
        output_clock: FrameClock::new(output_rate),
        written: 0,
        played: 0,
        input_block: 0.0,
        output_block: 0.0,
        callbacks: [0; 2],
        extra: 0.0,
        source: Source::new(channels, input_rate, output_rate, clocks),
        fades: Fades::new(channels, (output_rate * FADE) as usize),
        flowing: false,
    };
    (writer, reader)
}

impl Writer {
    /// Takes the interleaved samples of a callback that came at `now`. What finds no room is lost.
    pub(super) fn write(&mut self, now: Instant, samples: impl ExactSizeIterator<Item = f32>) {
        let wanted = samples.len() / self.channels;
        let frames = wanted.min(self.samples.slots() / self.channels);
        if let Ok(room) = self.samples.write_chunk_uninit(frames * self.channels) {
            room.fill_from_iter(samples);
        }
        self.frames += frames as u64;
        // Without room the reader sees the next mark.
        let _ = self.marks.push(TimeMark { at: now, frames: self.frames });
        if frames < wanted {
            self.events.overrun(Side::Input);
        }
    }
}

impl Reader {
    /// An output callback for `frames` frames came at `now`. Then read as many.
    pub(super) fn begin(&mut self, now: Instant, frames: usize) {
        let seconds = |at: Instant| at.saturating_duration_since(self.epoch).as_secs_f64();
        while let Ok(mark) = self.marks.pop() {
            self.input_clock.tick(seconds(mark.at), mark.frames as f64);
            self.input_block = self.input_block.max((mark.frames - self.written) as f64);
            self.written = mark.frames;
            self.callbacks[0] = self.callbacks[0].saturating_add(1);
        }
        self.output_clock.tick(seconds(now), self.played as f64);
        self.output_block = self.output_block.max(frames as f64);
        self.callbacks[1] = self.callbacks[1].saturating_add(1);
        self.played += frames as u64;
        if self.flowing {
            self.steer(frames);
        }
    }

    /// Keeps the distance, or gives up when too much has piled up.
    fn steer(&mut self, frames: usize) {
        let wanted = self.wanted_distance();
        let excess = self.distance() - wanted;
        if excess > wanted + PILE_UP * self.input_rate {
            self.interrupt();
        } else {
            self.source.steer(excess, frames as f64 / self.output_rate);
        }
    }

    /// Frames that the input is ahead of what is read.
    fn distance(&self) -> f64 {
        let reached = match self.clocks {
            Clocks::One => self.written as f64,
            Clocks::Two => {
                // No further than the next callback: a stopped input must not seem to go on.
                let limit = self.written as f64 + self.input_block;
                self.input_clock.frames_at(self.output_clock.time()).min(limit)
            }
        };
        reached - self.source.position()
    }

    /// The distance at which samples should never run out, in frames of the input.
    fn wanted_distance(&self) -> f64 {
        let blocks = self.input_block + self.output_block * self.input_rate / self.output_rate;
        let margin = match self.clocks {
            Clocks::One => 0.0,
            Clocks::Two => MARGIN * self.input_rate,
        };
        blocks + margin + self.extra + self.source.reach() as f64
    }

    /// Fills `output` with interleaved frames: of the input, or silence.
    pub(super) fn read(&mut self, output: &mut [f32]) {
        if !self.flowing {
            self.flowing = self.take_up();
        }
        let made = if self.flowing { self.source.make(&mut self.samples, output) } else { 0 };
        let (live, missing) = output.split_at_mut(made);
        live.chunks_exact_mut(self.channels).for_each(|frame| self.fades.live(frame));
        if missing.is_empty() {
            return;
        }
        if self.flowing {
            self.extra = (self.extra + self.input_block / 2.0).min(CAPACITY / 4.0 * self.input_rate);
            self.interrupt();
        }
        missing.chunks_exact_mut(self.channels).for_each(|frame| self.fades.silent(frame));
    }

    /// Ends the flow with a fade. What has piled up and what was known of the clocks is forgotten.
    fn interrupt(&mut self) {
        self.flowing = false;
        self.fades.turn();
        self.source.clear(&mut self.samples);
        self.input_clock = FrameClock::new(self.input_rate);
        self.output_clock = FrameClock::new(self.output_rate);
        self.callbacks = [0; 2];
        self.events.overrun(Side::Input);
    }

    /// Takes up the wanted distance, if enough has been recorded for it.
    fn take_up(&mut self) -> bool {
        let known = self.callbacks.iter().all(|&count| count >= WARM_UP);
        let excess = self.distance() - self.wanted_distance();
        known && excess >= 0.0 && self.source.skip(&mut self.samples, excess)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::DeviceEvent;
    use std::f64::consts::TAU;
    use std::sync::mpsc::Receiver;
    use std::time::Duration;

    /// Two simulated devices. Channel 0 of the input is a sine, channel 1 its negative.
    struct Bench {
        writer: Writer,
        reader: Reader,
        events: Receiver<DeviceEvent>,
        epoch: Instant,
        input_rate: f64,
        output_rate: f64,
        input_block: usize,
        output_block: usize,
        hertz: f64,
        recorded: u64,
        played: u64,
        random: u32,
    }

    impl Bench {
        /// `difference`: how much faster the input's clock really runs.
        fn new(
            input_rate: u32,
            output_rate: u32,
            difference: f64,
            blocks: [usize; 2],
            clocks: Clocks,
        ) -> Self {
            let (sender, events) = EventSender::new();
            let (writer, reader) = new(2, input_rate, output_rate, clocks, sender);
            Self {
                writer,
                epoch: reader.epoch,
                reader,
                events,
                input_rate: f64::from(input_rate) * (1.0 + difference),
                output_rate: f64::from(output_rate),
                input_block: blocks[0],
                output_block: blocks[1],
                hertz: 1_000.0,
                recorded: 0,
                played: 0,
                random: 1,
            }
        }

        /// A time up to 0.3 ms late.
        fn late(&mut self, seconds: f64) -> Instant {
            self.random = self.random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let jitter = 0.3e-3 * f64::from(self.random >> 8) / f64::from(1 << 24);
            self.epoch + Duration::from_secs_f64(seconds + jitter)
        }

        /// Records what is due by `seconds`; or lets it pass, unheard.
        fn record_until(&mut self, seconds: f64, is_heard: bool) {
            let block = self.input_block as u64;
            while (self.recorded + block) as f64 / self.input_rate <= seconds {
                let samples: Vec<f32> = (self.recorded..self.recorded + block)
                    .flat_map(|frame| {
                        let phase = TAU * self.hertz * frame as f64 / self.input_rate;
                        let sample = (0.5 * phase.sin()) as f32;
                        [sample, -sample]
                    })
                    .collect();
                self.recorded += block;
                let now = self.late(self.recorded as f64 / self.input_rate);
                if is_heard {
                    self.writer.write(now, samples.into_iter());
                }
            }
        }

        /// Plays for some seconds and gives channel 0.
        fn play(&mut self, seconds: f64, is_heard: bool) -> Vec<f32> {
            let mut heard = Vec::new();
            let mut block = vec![0.0; self.output_block * 2];
            let end = self.played as f64 / self.output_rate + seconds;
            loop {
                let now = self.played as f64 / self.output_rate;
                if now >= end {
                    return heard;
                }
                self.record_until(now, is_heard);
                let at = self.late(now);
                self.reader.begin(at, self.output_block);
                for part in block.chunks_mut(2 * 100) {
                    self.reader.read(part);
                }
                for frame in block.chunks(2) {
                    assert_eq!(frame[0], -frame[1], "the channels stay apart and in step");
                    heard.push(frame[0]);
                }
                self.played += self.output_block as u64;
            }
        }

        fn gaps(&self) -> usize {
            self.events.try_iter().count()
        }
    }

    /// Level in dB of the worst deviation from a sine of this frequency, found by its recurrence
    /// x\[n\] = 2 cos(w) x\[n-1\] - x\[n-2\], which weighs high frequencies: a click stands out.
    fn worst_click(samples: &[f32], radians: f64) -> f64 {
        let worst = samples
            .windows(3)
            .map(|w| (f64::from(w[2]) - 2.0 * radians.cos() * f64::from(w[1]) + f64::from(w[0])).abs())
            .fold(0.0, f64::max);
        20.0 * (worst / 0.5).log10()
    }

    #[test]
    fn drifting_clocks_and_other_rates_make_no_gap_and_no_click() {
        let cases = [
            (48_000, 48_000, 100e-6, [256, 256]),
            (48_000, 48_000, -1_000e-6, [480, 512]),
            (44_100, 48_000, 50e-6, [441, 1024]),
            (96_000, 44_100, -50e-6, [512, 64]),
        ];
        for (input_rate, output_rate, difference, blocks) in cases {
            let mut bench = Bench::new(input_rate, output_rate, difference, blocks, Clocks::Two);
            bench.play(2.0, true);
            let samples = bench.play(20.0, true);
            let click = worst_click(&samples, TAU * 1_000.0 / f64::from(output_rate));
            println!("{input_rate} to {output_rate} Hz, {:+.0} ppm: worst {click:.1} dB", difference * 1e6);
            assert_eq!(bench.gaps(), 0);
            assert!(click < -90.0, "{click}");
            assert!(samples.iter().any(|sample| sample.abs() > 0.45), "it is heard");
        }
    }

    #[test]
    fn one_clock_passes_every_bit_two_blocks_late() {
        let mut bench = Bench::new(48_000, 48_000, 0.0, [256, 256], Clocks::One);
        let samples = bench.play(1.0, true);
        let fade_end = samples.iter().position(|&sample| sample != 0.0).unwrap() + 240;
        let ideal = |frame: usize| (0.5 * (TAU * 1_000.0 * frame as f64 / 48_000.0).sin()) as f32;
        let is_late_by = |delay: usize| (fade_end..samples.len()).all(|n| samples[n] == ideal(n - delay));
        assert_eq!((0..1_024).find(|&delay| is_late_by(delay)), Some(512));
        assert_eq!(bench.gaps(), 0);
    }

    #[test]
    fn a_missing_input_fades_and_comes_back_without_a_step() {
        for clocks in [Clocks::One, Clocks::Two] {
            let mut bench = Bench::new(48_000, 48_000, 0.0, [256, 256], clocks);
            bench.hertz = 100.0;
            let mut samples = bench.play(2.0, true);
            samples.extend(bench.play(0.5, false));
            assert_eq!(samples[samples.len() - 1_000], 0.0, "silence while nothing comes");
            samples.extend(bench.play(2.0, true));
            assert!(samples[samples.len() - 4_800..].iter().any(|s| s.abs() > 0.45), "it comes back");
            let gaps = bench.gaps();
            assert!((1..=2).contains(&gaps), "{gaps} gaps reported");
            let steepest = samples.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max);
            // The sine itself moves by 0.0066 a frame; a fade of 0.5 over 5 ms by at most 0.004.
            assert!(steepest < 0.012, "{clocks:?}: a step of {steepest}");
        }
    }

    #[test]
    fn a_stopped_output_skips_what_piled_up() {
        let mut bench = Bench::new(48_000, 48_000, 0.0, [256, 256], Clocks::Two);
        bench.hertz = 100.0;
        bench.play(2.0, true);
        // The output stands still for three seconds; the ring overflows.
        bench.played += 48_000 * 3;
        let samples = bench.play(2.0, true);
        assert!(bench.gaps() >= 1);
        // As it was before the last callback read its block.
        let excess = bench.reader.distance() + 256.0 - bench.reader.wanted_distance();
        assert!(excess.abs() < 5.0, "{excess} frames too far behind");
        let steepest = samples.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max);
        assert!(steepest < 0.012, "a step of {steepest}");
    }
}
