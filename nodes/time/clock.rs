//! Clock: the beat that sequencers and triggers follow, in a tempo of its own or in that of the transport.

use jackfield_node::dsp::gate::{Gate, pulse, trigger_frames};
use jackfield_node::dsp::precise;
use jackfield_node::prelude::*;
use jackfield_node::{Change, Migration};

choices! {
    /// What a clock keeps time with.
    enum ClockSource {
        Tempo = "tempo",
        Transport = "transport",
    }
}

choices! {
    /// Length of a step.
    enum ClockDivision {
        Whole = "1/1",
        Half = "1/2",
        Quarter = "1/4",
        Eighth = "1/8",
        Sixteenth = "1/16",
        ThirtySecond = "1/32",
        QuarterTriplet = "1/4T",
        EighthTriplet = "1/8T",
        SixteenthTriplet = "1/16T",
        DottedEighth = "1/8D",
    }
}

const TEMPO: Input = Input::knob(
    0,
    "tempo",
    Knob::beats_per_minute(20.0, 400.0, 120.0),
    "Beats per minute, unless it follows the transport.",
);
const SWING: Input = Input::knob(
    1,
    "swing",
    Knob::unit(0.0),
    "How late every second step comes: 0 evenly, 100 % after three quarters of the pair.",
);
const RESET: Input =
    Input::gate(2, "reset", "Starts again with a first step, unless it follows the transport.");

const DIVISION: Setting = ClockDivision::setting(
    0,
    "division",
    ClockDivision::Sixteenth,
    "Length of a step; a beat is 1/4. T: triplet, D: dotted.",
);
const FOLLOW: Setting = ClockSource::setting(
    1,
    "follow",
    ClockSource::Transport,
    "Whether it runs in its own tempo or with the transport that the whole patch shares.",
);

impl ClockDivision {
    fn steps_per_beat(self) -> f32 {
        match self {
            Self::Whole => 0.25,
            Self::Half => 0.5,
            Self::Quarter => 1.0,
            Self::Eighth => 2.0,
            Self::Sixteenth => 4.0,
            Self::ThirtySecond => 8.0,
            Self::QuarterTriplet => 1.5,
            Self::EighthTriplet => 3.0,
            Self::SixteenthTriplet => 6.0,
            Self::DottedEighth => 4.0 / 3.0,
        }
    }
}

const GATE: Output = Output::gate(0, "gate", "Open during the first half of each step.");
const TRIGGER: Output = Output::gate(1, "trigger", "A trigger of 1 ms at the start of each step.");
const PHASE: Output = Output::control(2, "phase", "How much of the step has passed, 0 to 1.").that_jumps();

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Clock>("time.clock", "Clock", Category::Time)
    .summary("Gates and triggers in tempo.")
    .help(
        "Beats time for everything else. The gate or the trigger goes to a sequencer, to the gate of an \
         envelope, to a sample & hold; phase is a saw that lasts a step, to move a knob in tempo. Two clocks \
         of one tempo stay together for ever; a new one follows the transport: it starts, stops and moves \
         with it, at the tempo of the bar above. \
         Swing makes every second step late: 67 % is a triplet feel. Try: 1/16 into a sequencer, and a slow \
         LFO into tempo with depth 0.05 for a band that breathes.",
    )
    .tags(&["tempo", "bpm", "beat", "metronome", "rhythm", "swing", "trigger", "pulse", "sync"])
    .inputs(&[TEMPO, SWING, RESET])
    .outputs(&[GATE, TRIGGER, PHASE])
    .settings(&[DIVISION, FOLLOW])
    .version(2)
    .migrations(&[Migration {
        from: 1,
        changes: &[Change::ChoiceDefault { setting: "follow", was: "tempo" }],
    }])
    .checked();

/// What the settings say.
struct ClockConfig {
    steps_per_beat: f32,
    follows_transport: bool,
}

impl Configure for ClockConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        let division: ClockDivision = settings.chosen(DIVISION)?;
        let follows_transport = settings.chosen::<ClockSource>(FOLLOW)? == ClockSource::Transport;
        Ok(Self { steps_per_beat: division.steps_per_beat(), follows_transport })
    }
}

/// The share of a step in which a start still counts as its beginning.
const START: f32 = 0.01;

lane_state! {
    struct State<V> {
        /// Where in a pair of steps it is; 2^32 is a pair.
        phase: Bits<V>,
        /// What rounding to a phase has left over, in 1/2^32 of a pair.
        rest: Lanes<V>,
        /// 0 before the first step and while the transport stands, then 1 in the first step of a pair and 2
        /// in the second.
        step: Lanes<V>,
        /// Which pair of the transport's it is in.
        pair: Bits<V>,
        trigger: Lanes<V>,
        reset: Lanes<V>,
    }
}

/// By how much a phase moves on in a frame, in whole steps and the rest of one. In `f64`: what an `f32`
/// rounds would be a sample after three seconds. What remains is that the tempo itself comes as an `f32`: up
/// to four frames in ten minutes at 48 kHz, where it is farthest from 120.
#[inline(always)]
fn advance<V: Vector>(octaves: Lanes<V>, base: f64) -> (Bits<V>, Lanes<V>) {
    let (mut wholes, mut lane) = ([0; 16], 0);
    let rest = octaves.map_each(|octaves| {
        let advance = (precise::exp2(octaves.into()) * base).min(2_147_000_000.0);
        wholes[lane] = advance as u32;
        lane += 1;
        (advance - advance.floor()) as f32
    });
    (Bits::load(octaves.token(), &wholes[..V::WIDTH]), rest)
}

struct Clock;

impl LaneNode for Clock {
    type State<V: Vector> = State<V>;
    type Config = ClockConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, division: &ClockConfig, io: &mut Io<'_, V>) {
        // Pairs of steps a second at 120 beats per minute, the zero of the tempo's octaves: two beats a
        // second, two steps to a pair.
        let base = f64::from(division.steps_per_beat) / f64::from(io.sample_rate()) * 4_294_967_296.0;
        let mut advance = io.derive([TEMPO], |[octaves]| advance(octaves, base));
        let mut first_share = io.derive([SWING], |[swing]| {
            let share = swing.clamp(0.0, 1.0) * 0.25 + 0.5;
            (share, 1.0 / share, 1.0 / (1.0 - share))
        });
        let reset = io.input(RESET);
        let trigger_frames = trigger_frames(io.sample_rate());
        let is_running = !division.follows_transport || io.transport().is_playing();
        let pairs_per_beat = f64::from(division.steps_per_beat) / 2.0;
        let half_frame = io.transport().beats_per_frame() / 2.0;
        let (mut gate, mut trigger, mut phase) = (io.output(GATE), io.output(TRIGGER), io.output(PHASE));
        for frame in io.frames() {
            let starts = Gate::read(&mut state.reset, reset.at(frame)).opens;
            state.phase = starts.select_bits(state.phase.same(0), state.phase);
            state.rest = starts.select(state.rest.same(0.0), state.rest);
            state.step = starts.select(state.step.same(0.0), state.step);

            // A step begins at the frame nearest to its moment: half a frame ahead.
            let (whole, part) = advance.at(frame);
            let (position, pair) = if division.follows_transport {
                let pairs = (io.beat(frame) + half_frame) * pairs_per_beat;
                (io.splat((pairs - pairs.floor()) as f32), state.pair.same(pairs as u32))
            } else {
                ((state.phase + (whole >> 1)).to_unit(), state.pair)
            };
            let (share, per_first, per_second) = first_share.at(frame);
            let is_first = position.lt(share);
            let within = is_first.select(position * per_first, (position - share) * per_second);
            let step = is_first.select(position.same(1.0), position.same(2.0));
            // Who starts in the middle of a step waits for the next one.
            let is_other = !(step.equal(state.step) & pair.equal(state.pair));
            let begins = is_other & (state.step.gt(0.0) | within.lt(START));
            state.pair = pair;
            state.step = if is_running { step } else { step.same(0.0) };
            let begins = begins & state.step.gt(0.0);
            gate.set(frame, (within.lt(0.5) & state.step.gt(0.0)).to_gate(within));
            trigger.set(frame, pulse(&mut state.trigger, begins, trigger_frames));
            phase.set(frame, within);

            let rest = state.rest + part;
            let carry = rest.ge(1.0);
            state.rest = carry.select(rest - 1.0, rest);
            state.phase = state.phase + whole + carry.select_bits(whole.same(1), whole.same(0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::TransportChange;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::rises;

    fn harness(division: ClockDivision, tempo: f32) -> LaneHarness {
        let bench = LaneHarness::of(&SPEC).setting(DIVISION, division);
        let mut harness = bench.setting(FOLLOW, ClockSource::Tempo).start().unwrap();
        harness.turn(TEMPO, tempo);
        harness
    }

    #[test]
    fn steps_lie_on_the_grid_to_a_sample() {
        for (division, per_beat) in [
            (ClockDivision::Quarter, 1.0),
            (ClockDivision::Sixteenth, 4.0),
            (ClockDivision::EighthTriplet, 3.0),
            (ClockDivision::DottedEighth, 4.0 / 3.0),
        ] {
            for tempo in [120.0, 137.0, 61.3] {
                let run = harness(division, tempo).run(480_000);
                let period = 60.0 * 48_000.0 / f64::from(tempo) / per_beat;
                for (step, frame) in rises(run.output(TRIGGER)).into_iter().enumerate() {
                    let error = frame as f64 - step as f64 * period;
                    assert!(error.abs() <= 0.505, "{tempo}, step {step}: {error} frames off");
                }
                let steps = rises(run.output(TRIGGER)).len() as f64;
                assert!((steps - 480_000.0 / period).abs() <= 1.0);
            }
        }
    }

    #[test]
    fn ten_minutes_are_right_to_four_frames() {
        let frames = 600.0 * 48_000.0;
        let base = 4.0 / 48_000.0 * 4_294_967_296.0;
        let knob = TEMPO.knob.unwrap();
        let drift = |tempo: f32| {
            let (whole, part) = advance(Lanes(knob.to_signal(tempo)), base);
            let exact = base * f64::from(tempo) / 120.0;
            (frames * ((f64::from(whole.0) + f64::from(part.0)) / exact - 1.0)).abs()
        };
        let worst = (200..4_000).map(|tenths| drift(tenths as f32 / 10.0)).fold(0.0, f64::max);
        assert!(worst < 4.0, "{worst} frames");
        let near = (800..1_800).map(|tenths| drift(tenths as f32 / 10.0)).fold(0.0, f64::max);
        assert!(near < 2.5, "{near} frames from 80 to 180 beats per minute");
    }

    #[test]
    fn gates_are_half_and_triggers_a_millisecond_long() {
        let run = harness(ClockDivision::Sixteenth, 120.0).run(48_000);
        let open = run.output(GATE).iter().sum::<f32>();
        assert_eq!(open, 24_000.0);
        assert_eq!(run.output(TRIGGER).iter().sum::<f32>(), 8.0 * 48.0);
        assert!(run.output(PHASE).iter().all(|x| (0.0..=1.0).contains(x)));
    }

    #[test]
    fn swing_delays_every_second_step() {
        let run = harness(ClockDivision::Sixteenth, 120.0).turn(SWING, 1.0).run(48_000);
        let steps = rises(run.output(TRIGGER));
        assert_eq!(steps[..4], [0, 9_000, 12_000, 21_000]);
    }

    #[test]
    fn reset_begins_a_first_step() {
        let reset = [vec![0.0; 1_000], vec![1.0; 10]].concat();
        let run = harness(ClockDivision::Sixteenth, 120.0).plug(RESET, reset).run(20_000);
        assert_eq!(rises(run.output(TRIGGER)), [0, 1_000, 7_000, 13_000, 19_000]);
    }

    fn follower(division: ClockDivision) -> LaneHarness {
        // It follows by itself.
        LaneHarness::of(&SPEC).setting(DIVISION, division).start().unwrap()
    }

    #[test]
    fn with_the_transport_steps_lie_on_its_grid() {
        for (division, per_beat) in [
            (ClockDivision::Quarter, 1.0),
            (ClockDivision::Sixteenth, 4.0),
            (ClockDivision::EighthTriplet, 3.0),
        ] {
            for block in [1, 17, 64] {
                let mut harness = follower(division);
                harness.block_size(block).transport(TransportChange::Tempo(137.0));
                let period = 60.0 * 48_000.0 / 137.0 / per_beat;
                let steps = rises(harness.run(480_000).output(TRIGGER));
                for (step, frame) in steps.iter().enumerate() {
                    let error = *frame as f64 - step as f64 * period;
                    assert!(error.abs() <= 0.501, "step {step}: {error} frames off");
                }
                assert!((steps.len() as f64 - 480_000.0 / period).abs() <= 1.0);
            }
        }
    }

    #[test]
    fn with_the_transport_it_stands_and_goes_on() {
        let mut harness = follower(ClockDivision::Sixteenth);
        assert_eq!(rises(harness.run(9_000).output(TRIGGER)), [0, 6_000]);
        let stopped = harness.transport(TransportChange::Stop).run(9_000);
        assert_eq!(stopped.output(GATE), [0.0; 9_000]);
        let going_on = harness.transport(TransportChange::Play).run(9_000);
        assert_eq!(rises(going_on.output(TRIGGER)), [3_000], "not in the middle of a step");
        harness.transport(TransportChange::Locate(16.0));
        assert_eq!(rises(harness.run(9_000).output(TRIGGER)), [0, 6_000]);
    }
}
