//! Vibrato: a pitch that swings. A delay that swings as a sine; its knob says by how much the pitch does.

use crate::parts::compute::memo::Memo;
use crate::parts::delay::line::DelayLine;
use crate::parts::delay::read_head::ReadHead;
use crate::parts::modulation::lfo_phase::LfoPhase;
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::Lanes;
use jackfield_node::dsp::smooth::approach;
use jackfield_node::dsp::three_pole::ThreePole;
use jackfield_node::prelude::*;
use std::f32::consts::TAU;

const IN: Input = Input::audio(0, "in", "Sound whose pitch swings.");
const RATE: Input = Input::knob(1, "rate", Knob::hertz(0.1, 14.0, 5.5), "Swings per second.");
const DEPTH: Input =
    Input::knob(2, "depth", Knob::cents(0.0, 200.0, 18.0), "How far the pitch swings either way, in cents.");

const OUT: Output = Output::audio(0, "out", "The sound, its pitch swinging.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Vibrato>("effect.vibrato", "Vibrato", Category::Effect)
    .summary("Makes the pitch of any sound swing.")
    .help(
        "Singers and strings let a held note swing a little in pitch, which makes it alive. This does the \
         same to a finished sound: a recording, a chord, a whole mix. The depth is that of the pitch at any \
         rate, up to swings of 25 ms. Each voice swings by itself. Try: a chord at 5.5 Hz and 18 cents, then \
         0.6 Hz and 30 cents for a warped record.",
    )
    .tags(&["pitch", "modulation", "wobble", "warble", "singing", "record", "tape"])
    .inputs(&[IN, RATE, DEPTH])
    .outputs(&[OUT])
    .that_delays()
    .checked();

/// Furthest swing of the delay either way, in seconds: what 200 cents take at 0.8 Hz.
const FURTHEST_SECONDS: f32 = 0.025;

struct Vibrato {
    line: DelayLine,
    head: ReadHead,
    cycle: LfoPhase,
    /// Length of a swing in seconds over 2 pi.
    pace: Memo<f32>,
    /// Share by which the speed deviates.
    deviation: Memo<f32>,
    /// How far the delay swings, in frames.
    reach: ThreePole<f32>,
    is_old: Lanes<f32>,
}

/// Time constant of each of the three poles that the reach follows through, in seconds: a reach that jumps is
/// a tape that is pulled, at no more than twice its speed.
const REACH_SECONDS: f32 = 0.008;

impl BlockNode for Vibrato {
    type Config = NoConfig;

    fn new(_: &NoConfig, setup: &Setup, _: u32) -> Self {
        Self {
            line: DelayLine::new((2.0 * FURTHEST_SECONDS * setup.sample_rate).ceil() as usize + 2),
            head: ReadHead::NEW,
            cycle: LfoPhase::default(),
            pace: Memo::default(),
            deviation: Memo::default(),
            reach: ThreePole::default(),
            is_old: Lanes(0.0),
        }
    }

    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        let sample_rate = io.sample_rate();
        let share = approach(Lanes(1.0 / (REACH_SECONDS * sample_rate))).0;
        let (input, rate, depth) = (io.input(IN), io.input(RATE), io.input(DEPTH));
        for (i, out) in io.output(OUT).iter_mut().enumerate() {
            let pace = self.pace.of(rate[i], |rate| 1.0 / (TAU * C4_HERTZ * Lanes(rate).exp2().0));
            let deviation =
                self.deviation.of(depth[i], |cents| Lanes(cents.max(0.0) / 1200.0).exp2().0 - 1.0);
            let reach = Lanes((deviation * pace).min(FURTHEST_SECONDS) * sample_rate);
            self.reach.begin(reach, &mut self.is_old);
            let reach = self.reach.follow(reach, share).0;
            // The delay is never below 2 frames, where the interpolation has all its points.
            let swing = Lanes(self.cycle.next(rate[i], sample_rate)).sin_turns().0;
            *out = self.head.read(&self.line, 2.0 + f64::from(reach) + f64::from(reach * swing));
            self.line.push(input[i]);
        }
    }

    fn reset(&mut self) {
        self.line.clear();
        self.head = ReadHead::NEW;
        self.cycle.reset();
        self.is_old = Lanes(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::{cents, click_burst_db, frequency};
    use jackfield_testkit::signal::sine;

    const RATE_HERTZ: f32 = 48_000.0;

    /// The pitch in pieces of 10 ms, in cents re the sound itself.
    fn pitches(rate: f32, depth: f32) -> Vec<f64> {
        let mut vibrato = BlockHarness::new(&SPEC);
        let run = vibrato
            .turn(RATE, rate)
            .turn(DEPTH, depth)
            .plug(IN, sine(96_000, 2000.0, RATE_HERTZ))
            .run(96_000);
        let pieces = run.output(OUT)[4800..].chunks_exact(480);
        pieces.map(|piece| cents(frequency(piece, RATE_HERTZ, 2000.0), 2000.0)).collect()
    }

    #[test]
    fn the_pitch_swings_as_far_as_asked_at_any_rate() {
        for (rate, depth) in [(1.0, 20.0), (2.0, 100.0), (5.0, 18.0)] {
            let pitches = pitches(rate, depth);
            let (low, high) = pitches.iter().fold((0.0f64, 0.0f64), |(l, h), x| (l.min(*x), h.max(*x)));
            let depth = f64::from(depth);
            assert!(
                (high / depth - 1.0).abs() < 0.04 && (low / -depth - 1.0).abs() < 0.07,
                "{low} to {high}"
            );
        }
    }

    #[test]
    fn without_depth_the_pitch_stays() {
        assert!(pitches(5.0, 0.0).iter().all(|cents| cents.abs() < 0.01));
    }

    #[test]
    fn a_turned_depth_makes_no_click() {
        let turned = (0..48_000).map(|i| 100.0 * ((i as f32 - 24_000.0) / 240.0).clamp(0.0, 1.0));
        let turned = turned.map(|x| x * x * x / 1e4 * (10.0 - x / 100.0 * (15.0 - 6.0 * x / 100.0)));
        let mut vibrato = BlockHarness::new(&SPEC);
        let run = vibrato.plug(IN, sine(48_000, 100.0, RATE_HERTZ)).sweep(DEPTH, turned).run(48_000);
        let click = click_burst_db(&run.output(OUT)[4800..], RATE_HERTZ);
        assert!(click < -80.0, "{click} dB");
    }
}
