//! DC blocker: takes a constant offset away and leaves the sound.
//!
//! The high-pass of [`jackfield_node::dsp::one_pole`].

use crate::parts::mixing::stereo_lanes::{self, StereoOutput, StereoSignal};
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::one_pole;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Signal that may have an offset.");
const LEFT: Input = stereo_lanes::left(1);
const RIGHT: Input = stereo_lanes::right(2);
const CORNER: Input = Input::knob(
    3,
    "corner",
    Knob::hertz(0.5, 100.0, 5.0),
    "What lies below goes. Lower is gentler to the bass, and takes longer.",
);
const OUT: Output = Output::audio(0, "out", "The signal around zero.");
const RIGHT_OUT: Output = stereo_lanes::right_out(1);

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<DcBlocker>("filter.dc_blocker", "DC blocker", Category::Filter)
    .summary("Removes a constant offset.")
    .help(
        "A signal that swings around something else than zero wastes headroom, clicks when it is switched, \
         and is distorted one-sidedly by whatever comes next. Rectifiers, biased distortion and feedback \
         make such offsets. This takes out what stands still and keeps what moves. Try: a sine through a \
         rectifier, once straight and once through here, with a scope on both.",
    )
    .tags(&["offset", "highpass", "dc", "coupling", "ac"])
    .inputs(&[IN, LEFT, RIGHT, CORNER])
    .outputs(&[OUT, RIGHT_OUT])
    .checked();

lane_state! { struct State<V> { offset: Lanes<V> } }

struct DcBlocker;

impl LaneNode for DcBlocker {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    const KEPT_WORDS: usize = stereo_lanes::kept_words::<State<f32>>();

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let base = C4_HERTZ / io.sample_rate();
        let input = StereoSignal::new(io, IN, LEFT, RIGHT);
        let mut gain = io.input(CORNER).derive(|octaves| one_pole::gain(octaves.exp2() * base));
        let mut out = StereoOutput::new(io, &input, OUT, RIGHT_OUT);
        for side in input.channels() {
            let mut channel = StereoSignal::state(io, side, state);
            for frame in io.frames() {
                let input = input.side(side, frame);
                let offset = one_pole::low(&mut channel.offset, input, gain.at(frame));
                out.side(side).set(frame, input - offset);
            }
            input.keep(io, side, state, channel);
        }
        out.finish(io);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::rms_db;
    use jackfield_testkit::signal::sine;

    #[test]
    fn the_offset_goes_and_the_sound_stays() {
        let tone = sine(96_000, 50.0, 48_000.0);
        let offset: Vec<f32> = tone.iter().map(|x| x * 0.25 + 0.5).collect();
        let mut harness = LaneHarness::new(&SPEC);
        let run = harness.plug(IN, offset).run(96_000);
        let end = &run.output(OUT)[48_000..];
        let mean = end.iter().sum::<f32>() / end.len() as f32;
        assert!(mean.abs() < 1e-5, "{mean}");
        assert!((rms_db(end) - rms_db(&tone) + 12.04).abs() < 0.05);
    }
}
