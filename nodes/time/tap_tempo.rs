//! Tap tempo: a clock that takes its tempo from taps.
//!
//! The tempo is the mean over up to eight intervals. A tap also says where the beat is: the clock
//! moves there, without a second trigger if its own beat came a little earlier.

use crate::parts::compute::memo::Memo;
use crate::parts::timing::gate::Gate;
use crate::parts::timing::trigger::Trigger;
use jackfield_node::dsp::Lanes;
use jackfield_node::prelude::*;

const TAP: Input = Input::gate(0, "tap", "A tap on each beat.");
const TEMPO: Input = Input::knob(
    1,
    "tempo",
    Knob::beats_per_minute(20.0, 400.0, 120.0),
    "The tempo before two taps have come.",
);

const OUT: Output = Output::control(
    0,
    "tempo",
    "In octaves re 120 beats per minute, for the tempo of a clock that stands at 120.",
)
.that_jumps();
const GATE: Output = Output::gate(1, "gate", "Open during the first half of each beat.");
const TRIGGER: Output = Output::gate(2, "trigger", "A trigger of 1 ms at each beat.");
const PHASE: Output = Output::control(3, "phase", "How much of the beat has passed, 0 to 1.").that_jumps();

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<TapTempo>("time.tap_tempo", "Tap tempo", Category::Time)
    .summary("A clock whose tempo is tapped in.")
    .help(
        "Tap with a key, a pedal or a button: after two taps the beats follow, after eight they are steady. \
         After three seconds without a tap the next one begins a new count, and the tempo stays until then. \
         Use it to follow a drummer or a record. Try: the gate of a MIDI in with one voice into tap, and \
         tempo into the tempo of a clock at 1/16.",
    )
    .tags(&["bpm", "beat", "follow", "live", "clock", "pedal"])
    .inputs(&[TAP, TEMPO])
    .outputs(&[OUT, GATE, TRIGGER, PHASE])
    .checked();

/// Intervals that count.
const MOST_INTERVALS: usize = 8;
/// The longest interval between two taps of one count, in seconds.
const LONGEST_SECONDS: f64 = 3.0;
/// The shortest: what comes sooner is a tap that bounced.
const SHORTEST_SECONDS: f64 = 0.1;
/// A beat at 120 beats per minute, in seconds.
const BEAT_SECONDS: f64 = 0.5;

/// What the taps say. Time is in frames.
#[derive(Clone, Copy)]
struct Taps {
    /// The latest ones of this count, in a ring.
    intervals: [f64; MOST_INTERVALS],
    /// How many this count has had.
    count: usize,
    since: f64,
    /// The mean of this count's intervals, or of the last count that had any.
    mean: Option<f64>,
}

impl Taps {
    const NONE: Self = Self { intervals: [0.0; MOST_INTERVALS], count: 0, since: f64::INFINITY, mean: None };

    /// Takes a tap on this frame; false if it was no new one.
    fn take(&mut self, sample_rate: f64) -> bool {
        let seconds = self.since / sample_rate;
        if seconds < SHORTEST_SECONDS {
            return false;
        }
        if seconds > LONGEST_SECONDS {
            self.count = 0;
        } else {
            self.intervals[self.count % MOST_INTERVALS] = self.since;
            self.count += 1;
            let known = &self.intervals[..self.count.min(MOST_INTERVALS)];
            self.mean = Some(known.iter().sum::<f64>() / known.len() as f64);
        }
        self.since = 0.0;
        true
    }
}

struct TapTempo {
    sample_rate: f64,
    tap: Gate,
    taps: Taps,
    trigger: Trigger,
    /// Frames since the moment of the latest beat; none before the first.
    since_beat: Option<f64>,
    /// Octaves re 120 beats per minute and the frames of a beat, of the tempo in use.
    tempo: Memo<(f32, f64)>,
}

impl BlockNode for TapTempo {
    type Config = NoConfig;

    fn new(_: &NoConfig, setup: &Setup, _: u32) -> Self {
        Self::at_rest(setup.sample_rate.into(), Trigger::new(setup.sample_rate))
    }

    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        let (tap, tempo) = (io.input(TAP), io.input(TEMPO));
        for frame in 0..io.frames() {
            self.taps.since += 1.0;
            let is_tap = self.tap.rises(tap[frame]) && self.taps.take(self.sample_rate);
            let (octaves, period) = self.tempo(tempo[frame]);
            let phase = self.next_phase(is_tap, period);
            io.output(OUT)[frame] = octaves;
            io.output(GATE)[frame] = f32::from(phase < 0.5);
            io.output(TRIGGER)[frame] = self.trigger.next();
            io.output(PHASE)[frame] = phase as f32;
        }
    }

    fn reset(&mut self) {
        *self = Self::at_rest(self.sample_rate, self.trigger.at_rest());
    }
}

impl TapTempo {
    fn at_rest(sample_rate: f64, trigger: Trigger) -> Self {
        let (tap, taps, tempo) = (Gate::default(), Taps::NONE, Memo::default());
        Self { sample_rate, tap, taps, trigger, since_beat: None, tempo }
    }

    /// The tempo in octaves re 120 beats per minute, and the frames of a beat.
    fn tempo(&mut self, knob: f32) -> (f32, f64) {
        let beat = self.sample_rate * BEAT_SECONDS;
        match self.taps.mean {
            Some(mean) => {
                let octaves = |period: f32| (Lanes(beat as f32 / period).log2().0, 0.0);
                (self.tempo.of(mean as f32, octaves).0, mean)
            }
            None => self.tempo.of(knob, |knob| {
                let octaves = knob.clamp(-4.0, 4.0);
                (octaves, beat / f64::from(Lanes(octaves).exp2().0))
            }),
        }
    }

    /// Goes on by a frame. Answers how much of the beat has passed.
    fn next_phase(&mut self, is_tap: bool, period: f64) -> f64 {
        let since = self.since_beat.map_or(period, |since| since + 1.0);
        // A beat begins at the frame nearest to its moment.
        let is_over = since + 0.5 >= period;
        // A tap just after a beat only sets it right.
        if is_over || (is_tap && since > period / 2.0) {
            self.trigger.fire();
        }
        let since = match since {
            _ if is_tap || since > period + 1.0 => 0.0,
            since if is_over => since - period,
            since => since,
        };
        self.since_beat = Some(since);
        (since / period).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::timing::clock_grid::{RATE, clock_at};
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::rises;

    #[test]
    fn beats_follow_the_taps_and_stay_when_they_end() {
        for block in [1, 17, 64] {
            let mut harness = BlockHarness::new(&SPEC);
            let mut taps = clock_at(137.0, 1.0, 200_000);
            taps.resize(800_000, 0.0);
            let run = harness.block_size(block).plug(TAP, taps).run(800_000);
            let expected = Lanes(137.0_f32 / 120.0).log2().0;
            assert!((run.output(OUT)[799_999] - expected).abs() < 1e-4);
            let period = 60.0 * RATE / 137.0;
            let beats: Vec<usize> =
                rises(run.output(TRIGGER)).into_iter().filter(|beat| *beat >= 42_000).collect();
            for (beat, frame) in beats.iter().enumerate() {
                let error = *frame as f64 - (beat as f64 + 2.0) * period;
                // The mean of eight intervals between frames is off by an eighth of a frame at most, beat by
                // beat.
                let most = 0.75 + (beat as f64 - 7.0).max(0.0) / 8.0;
                assert!(error.abs() <= most, "beat {beat} is {error} frames off");
            }
            assert_eq!(beats.len(), (800_000.0 / period) as usize - 1);
            assert_eq!(harness.violations(), 0);
        }
    }

    #[test]
    fn before_two_taps_the_knob_sets_the_tempo() {
        let mut harness = BlockHarness::new(&SPEC);
        let run = harness.turn(TEMPO, 60.0).run(144_000);
        assert_eq!(rises(run.output(TRIGGER)), [0, 48_000, 96_000]);
        assert_eq!(run.output(OUT)[0], -1.0);
        assert_eq!(run.output(GATE).iter().sum::<f32>(), 72_000.0);
    }

    #[test]
    fn a_late_tap_moves_the_beat_without_doubling_it() {
        let mut taps = vec![0.0; 100_000];
        for tap in [0, 24_000, 49_000] {
            taps[tap..tap + 10].fill(1.0);
        }
        let run = BlockHarness::new(&SPEC).plug(TAP, taps).run(100_000);
        // At 120 a beat comes at 48,000; the tap moves it, and the mean is now 24,500.
        assert_eq!(rises(run.output(TRIGGER)), [0, 24_000, 48_000, 73_500, 98_000]);
    }

    #[test]
    fn after_a_pause_a_new_count_begins() {
        let mut taps = vec![0.0; 400_000];
        for tap in [0, 24_000, 300_000, 312_000] {
            taps[tap..tap + 10].fill(1.0);
        }
        let run = BlockHarness::new(&SPEC).plug(TAP, taps).run(400_000);
        assert_eq!(run.output(OUT)[311_999], 0.0, "the old tempo until then");
        assert_eq!(run.output(OUT)[312_000], 1.0);
    }
}
