//! Transport: the beat that the whole patch shares, as signals.

use crate::parts::timing::trigger::Trigger;
use jackfield_node::dsp::Lanes;
use jackfield_node::prelude::*;

const BEATS: Setting = Setting::count(0, "beats", 1, 16, 4, "How many beats a bar has.");

const RUN: Output = Output::gate(0, "run", "Open while the transport plays.");
const BEAT: Output = Output::gate(1, "beat", "A trigger of 1 ms at each beat.");
const BAR: Output = Output::gate(2, "bar", "A trigger of 1 ms at the first beat of each bar.");
const PHASE: Output = Output::control(3, "phase", "How much of the beat has passed, 0 to 1.").that_jumps();
const BAR_PHASE: Output =
    Output::control(4, "bar_phase", "How much of the bar has passed, 0 to 1.").that_jumps();
const TEMPO: Output =
    Output::control(5, "tempo", "In octaves re 120 beats per minute, for a tempo knob that stands at 120.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<TransportNode>("time.transport", "Transport", Category::Time)
    .summary("The shared beat of the patch: run, beat, bar, phase and tempo.")
    .help(
        "Makes signals of the transport, which the buttons of the program start, stop and move. Beat and bar \
         drive whatever should happen in time, the phases are saws that last a beat and a bar, and run \
         opens while it plays. To divide the beat, use a clock that follows the transport. Try: bar_phase \
         into the cutoff of a filter with depth 3, for a sweep that starts anew with each bar.",
    )
    .tags(&["beat", "bar", "tempo", "bpm", "sync", "play", "stop", "host", "song position"])
    .outputs(&[RUN, BEAT, BAR, PHASE, BAR_PHASE, TEMPO])
    .settings(&[BEATS])
    .checked();

struct TransportConfig {
    beats: f64,
}

impl Configure for TransportConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        Ok(Self { beats: settings.count(BEATS)?.into() })
    }
}

struct TransportNode {
    beat: Trigger,
    bar: Trigger,
    /// The number of the beat that the last frame lay in; none while the transport stands.
    latest: Option<f64>,
}

/// The share of a beat in which a start still counts as its beginning.
const START: f64 = 0.01;

impl BlockNode for TransportNode {
    type Config = TransportConfig;

    fn new(_: &TransportConfig, setup: &Setup, _: u32) -> Self {
        let trigger = Trigger::new(setup.sample_rate);
        Self { beat: trigger, bar: trigger, latest: None }
    }

    fn process(&mut self, bars: &TransportConfig, io: &mut BlockIo<'_>) {
        let transport = io.transport();
        let is_playing = transport.is_playing();
        let half_frame = transport.beats_per_frame() / 2.0;
        for frame in 0..io.frames() {
            // A beat begins at the frame nearest to its moment.
            let beat = io.beat(frame) + half_frame;
            let phase = beat - beat.floor();
            let in_bar = beat - (beat / bars.beats).floor() * bars.beats;
            if is_playing && self.begins(beat.floor(), phase) {
                self.beat.fire();
                if in_bar < 1.0 {
                    self.bar.fire();
                }
            }
            self.latest = is_playing.then_some(beat.floor());
            io.output(BEAT)[frame] = self.beat.next();
            io.output(BAR)[frame] = self.bar.next();
            io.output(PHASE)[frame] = phase as f32;
            io.output(BAR_PHASE)[frame] = (in_bar / bars.beats) as f32;
        }
        io.hold(RUN, 0, f32::from(is_playing));
        io.hold(TEMPO, 0, Lanes((transport.tempo() / 120.0) as f32).log2().0);
    }

    fn reset(&mut self) {
        *self = Self { beat: self.beat.at_rest(), bar: self.bar.at_rest(), latest: None };
    }
}

impl TransportNode {
    /// Whether a beat begins. Who starts in the middle of one waits for the next.
    fn begins(&self, number: f64, phase: f64) -> bool {
        self.latest.map_or(phase < START, |latest| number != latest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::timing::clock_grid::RATE;
    use jackfield_node::{SettingValue, TransportChange};
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::rises;

    #[test]
    fn beats_and_bars_lie_on_the_grid() {
        for block in [1, 17, 64] {
            let mut harness = BlockHarness::of(&SPEC).setting(BEATS, SettingValue::Count(3)).start().unwrap();
            harness.block_size(block).transport(TransportChange::Tempo(137.0));
            let run = harness.run(480_000);
            for (output, beats) in [(BEAT, 1.0), (BAR, 3.0)] {
                let period = 60.0 * RATE / 137.0 * beats;
                let found = rises(run.output(output));
                assert_eq!(found.len(), (480_000.0 / period) as usize + 1);
                for (number, frame) in found.into_iter().enumerate() {
                    assert!((frame as f64 - number as f64 * period).abs() <= 0.5001, "{number}");
                }
            }
            assert_eq!(run.output(BEAT)[..49].iter().sum::<f32>(), 48.0, "a millisecond");
            assert_eq!(harness.violations(), 0);
        }
    }

    #[test]
    fn phases_and_tempo_follow() {
        let run = BlockHarness::new(&SPEC).transport(TransportChange::Tempo(240.0)).run(48_000);
        assert_eq!(run.output(TEMPO)[0], 1.0);
        assert!((run.output(PHASE)[6_000] - 0.5).abs() < 1e-3);
        assert!((run.output(BAR_PHASE)[36_000] - 0.75).abs() < 1e-3);
    }

    #[test]
    fn it_stands_with_the_transport() {
        let mut harness = BlockHarness::new(&SPEC);
        harness.run(30_000);
        let run = harness.transport(TransportChange::Stop).run(30_000);
        assert!(run.output(RUN).iter().chain(run.output(BEAT)).skip(48).all(|gate| *gate == 0.0));
        let run = harness.transport(TransportChange::Play).run(30_000);
        assert_eq!(rises(run.output(BEAT)), [18_000], "not in the middle of a beat");
    }
}
