//! Tremolo: loudness that swings.

use crate::parts::modulation::lfo_shape::{LfoShape, SHAPE};
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::lfo::advance;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Sound to swing.");
const RATE: Input = Input::knob(1, "rate", Knob::hertz(0.05, 40.0, 5.0), "Swings per second.");
const DEPTH: Input =
    Input::knob(2, "depth", Knob::unit(0.6), "How far down the loudness swings. 100 %: to silence.");

const OUT: Output = Output::audio(0, "out", "The sound, swinging.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Tremolo>("effect.tremolo", "Tremolo", Category::Effect)
    .summary("Makes the loudness swing.")
    .help(
        "The oldest effect of guitar amplifiers: the sound gets louder and softer several times a second. \
         Slow and shallow it breathes, fast it trembles, as a square it chops. The pitch stays, which is how \
         it differs from vibrato. Each voice swings by itself. Try: chords of an electric piano at 5 Hz, \
         then the square shape at 8 Hz and full depth.",
    )
    .tags(&["amplitude", "modulation", "am", "throb", "chop", "guitar", "vintage"])
    .inputs(&[IN, RATE, DEPTH])
    .outputs(&[OUT])
    .settings(&[SHAPE])
    .checked();

lane_state! { struct State<V> { phase: Bits<V> } }

struct Tremolo;

impl LaneNode for Tremolo {
    type State<V: Vector> = State<V>;
    type Config = LfoShape;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, shape: &LfoShape, io: &mut Io<'_, V>) {
        let sample_rate = io.sample_rate();
        let (input, depth) = (io.input(IN), io.input(DEPTH));
        let mut step = io.derive(
            [RATE],
            #[inline(always)]
            |[rate]| advance(rate, C4_HERTZ, sample_rate),
        );
        let mut out = io.output(OUT);
        for frame in io.frames() {
            state.phase = state.phase + step.at(frame);
            // A quarter of a turn ahead: a new swing begins at its loudest.
            let phase = state.phase + 0x4000_0000;
            let wave = shape.at(phase);
            let loss = (0.5 - wave * 0.5) * depth.at(frame).clamp(0.0, 1.0);
            out.set(frame, input.at(frame) * (1.0 - loss));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::Choices;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::{click_burst_db, frequency};
    use jackfield_testkit::signal::sine;

    fn gains(shape: LfoShape, rate: f32, depth: f32) -> Vec<f32> {
        let mut harness = LaneHarness::of(&SPEC).setting(SHAPE, shape).start().unwrap();
        harness.hold(IN, 1.0).turn(RATE, rate).turn(DEPTH, depth).run(96_000).output(OUT).to_vec()
    }

    #[test]
    fn it_swings_as_fast_and_as_far_as_asked() {
        for &shape in LfoShape::ALL {
            let gains = gains(shape, 5.0, 0.6);
            let (low, high) = gains.iter().fold((1.0f32, 0.0f32), |(l, h), x| (l.min(*x), h.max(*x)));
            assert!((low - 0.4).abs() < 1e-3 && (high - 1.0).abs() < 1e-3, "{low} to {high}");
            assert!(gains[0] > 0.99, "it begins at its loudest");
            let swing: Vec<f32> = gains.iter().map(|gain| gain - 0.7).collect();
            assert!((frequency(&swing, 48_000.0, 5.0) - 5.0).abs() < 0.01);
        }
    }

    #[test]
    fn no_depth_is_the_sound_itself() {
        assert!(gains(LfoShape::Square, 5.0, 0.0).iter().all(|gain| *gain == 1.0));
    }

    #[test]
    fn the_square_does_not_click() {
        let mut harness = LaneHarness::of(&SPEC).setting(SHAPE, LfoShape::Square).start().unwrap();
        let run =
            harness.turn(DEPTH, 1.0).turn(RATE, 8.0).plug(IN, sine(48_000, 100.0, 48_000.0)).run(48_000);
        let click = click_burst_db(run.output(OUT), 48_000.0);
        assert!(click < -80.0, "{click} dB");
    }
}
