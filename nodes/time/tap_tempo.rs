//! Tap tempo: a clock that takes its tempo from taps.
//!
//! The tempo is the mean of those of the last eight intervals that are like their median, so a tap too many
//! or too few does not bend it. Three intervals in a row that are like each other, and not like those before,
//! are a new tempo. A tap also says where the beat is: the clock moves there, without a second trigger if its
//! own beat came a little earlier; but not to a tap that fits neither the tempo nor the beat.

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
        "Tap with a key, a pedal or a button: after two taps the beats follow, after eight they are \
         steady. A tap \
         missed or doubled does no harm, and three taps in another tempo change to it. \
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
    /// The interval of this count, or of the last count that had any.
    mean: Option<f64>,
}

/// How far two intervals of one tempo may lie apart, as a share.
const LIKENESS: f64 = 0.15;

/// Whether two intervals are of one tempo.
fn are_alike(a: f64, b: f64) -> bool {
    (a - b).abs() <= LIKENESS * a.min(b)
}

impl Taps {
    const NONE: Self = Self { intervals: [0.0; MOST_INTERVALS], count: 0, since: f64::INFINITY, mean: None };

    /// Takes a tap on this frame. `phase` is how much of the beat has passed, 0 to 1. Answers whether the
    /// beat moves here.
    fn take(&mut self, sample_rate: f64, phase: f64) -> bool {
        let seconds = self.since / sample_rate;
        if seconds < SHORTEST_SECONDS {
            return false;
        }
        let interval = std::mem::take(&mut self.since);
        if seconds > LONGEST_SECONDS {
            self.count = 0;
            return true;
        }
        self.intervals[self.count % MOST_INTERVALS] = interval;
        self.count += 1;
        self.forget_old_tempo();
        let usual = self.usual();
        let (mut sum, mut alike) = (0.0, 0.0);
        for known in self.latest(MOST_INTERVALS).filter(|known| are_alike(*known, usual)) {
            (sum, alike) = (sum + known, alike + 1.0);
        }
        self.mean = Some(sum / alike);
        let is_near_beat = (phase - phase.round()).abs() <= 0.25;
        self.count < 3 || is_near_beat || are_alike(interval, usual)
    }

    /// The latest intervals, up to so many, from the last one back.
    fn latest(&self, most: usize) -> impl Iterator<Item = f64> + '_ {
        let known = self.count.min(MOST_INTERVALS).min(most);
        (1..=known).map(|back| self.intervals[(self.count - back) % MOST_INTERVALS])
    }

    /// The median of the intervals. Of two that are not alike the first one, as a missed tap is likelier than
    /// a new tempo.
    fn usual(&self) -> f64 {
        let (mut sorted, mut known) = ([0.0; MOST_INTERVALS], 0);
        for interval in self.latest(MOST_INTERVALS) {
            (sorted[known], known) = (interval, known + 1);
        }
        match sorted[..known] {
            [second, first] if !are_alike(first, second) => first,
            _ => {
                sorted[..known].sort_unstable_by(f64::total_cmp);
                sorted[(known.max(1) - 1) / 2]
            }
        }
    }

    /// Keeps the last three intervals alone if they are of one tempo and the others of another.
    fn forget_old_tempo(&mut self) {
        let mut three = [0.0; 3];
        three.iter_mut().zip(self.latest(3)).for_each(|(place, interval)| *place = interval);
        let [last, middle, first] = three;
        if self.count > 3
            && are_alike(last, middle)
            && are_alike(middle, first)
            && are_alike(last, first)
            && !are_alike(middle, self.usual())
        {
            self.intervals[..3].copy_from_slice(&[first, middle, last]);
            self.count = 3;
        }
    }
}

struct TapTempo {
    sample_rate: f64,
    tap: Gate,
    taps: Taps,
    trigger: Trigger,
    /// Frames since the moment of the latest beat; none before the first.
    since_beat: Option<f64>,
    /// How much of the beat had passed on the last frame.
    phase: f64,
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
            let is_tap = self.tap.rises(tap[frame]) && self.taps.take(self.sample_rate, self.phase);
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
        Self { sample_rate, tap, taps, trigger, since_beat: None, phase: 0.0, tempo }
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
        self.phase = (since / period).clamp(0.0, 1.0);
        self.phase
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

    /// The beats and the last tempo, as a share of 120 beats per minute, after taps at these frames.
    fn tapped(taps: &[usize], frames: usize) -> (Vec<usize>, f32) {
        let mut gate = vec![0.0; frames];
        for tap in taps {
            gate[*tap..*tap + 10].fill(1.0);
        }
        let run = BlockHarness::new(&SPEC).plug(TAP, gate).run(frames);
        (rises(run.output(TRIGGER)), Lanes(run.output(OUT)[frames - 1]).exp2().0)
    }

    #[test]
    fn a_tap_missed_or_doubled_bends_nothing() {
        let even: Vec<usize> = (0..8).map(|tap| tap * 20_000).collect();
        let expected = tapped(&even, 300_000);
        assert!((expected.1 - 1.2).abs() < 1e-5, "{}", expected.1);
        for missed in 2..7 {
            let taps: Vec<usize> = even.iter().copied().filter(|tap| *tap != missed * 20_000).collect();
            assert_eq!(tapped(&taps, 300_000), expected, "tap {missed} is missing");
        }
        for (after, late) in [(4, 7_000), (5, 9_000), (6, 13_000)] {
            let mut taps = even.clone();
            taps.insert(after + 1, after * 20_000 + late);
            assert_eq!(tapped(&taps, 300_000), expected, "another tap {late} frames after tap {after}");
        }
    }

    #[test]
    fn an_outlier_is_not_averaged_in() {
        let mut taps: Vec<usize> = (0..6).map(|tap| tap * 24_000).collect();
        taps.extend([5 * 24_000 + 31_000, 6 * 24_000 + 31_000]);
        assert!((tapped(&taps, 250_000).1 - 1.0).abs() < 1e-5);
    }

    #[test]
    fn three_taps_in_another_tempo_change_to_it() {
        for (interval, share) in [(12_000, 2.0), (48_000, 0.5), (32_000, 0.75)] {
            let mut taps: Vec<usize> = (0..8).map(|tap| tap * 24_000).collect();
            taps.extend((1..=3).map(|tap| 7 * 24_000 + tap * interval));
            let frames = taps[taps.len() - 1] + 100;
            assert!((tapped(&taps, frames).1 - share).abs() < 1e-5, "{interval}");
        }
    }
}
