//! Crossfade: from one sound to another.

use crate::parts::mixing::pan_law::{LAW, PanLaw};
use jackfield_node::prelude::*;

const A: Input = Input::audio(0, "a", "The sound at 0 %.");
const B: Input = Input::audio(1, "b", "The sound at 100 %.");
const FADE: Input = Input::knob(2, "fade", Knob::unit(0.5), "0: a alone. 50 %: both. 100 %: b alone.");

const OUT: Output = Output::audio(0, "out", "The two sounds, faded.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Crossfade>("mixing.crossfade", "Crossfade", Category::Mixing)
    .summary("Fades from one sound to another.")
    .help(
        "One knob between two sounds, as on a DJ's mixer. Between different sounds equal power keeps the \
         loudness; between a sound and an effect of it, which add up in step, the linear law does. Control \
         signals can be faded too, with the linear law. Try: a saw in a, noise in b, and an envelope into \
         fade: a breath at the start of each note.",
    )
    .tags(&["fade", "blend", "mix", "morph", "dj", "dry", "wet"])
    .inputs(&[A, B, FADE])
    .outputs(&[OUT])
    .settings(&[LAW])
    .checked();

struct Crossfade;

impl LaneNode for Crossfade {
    type State<V: Vector> = NoState;
    type Config = PanLaw;

    #[inline(always)]
    fn process<V: Vector>(_: &mut NoState, law: &PanLaw, io: &mut Io<'_, V>) {
        let (a, b) = (io.input(A), io.input(B));
        let mut gains = io.derive(
            [FADE],
            #[inline(always)]
            |[fade]| law.gains(fade),
        );
        let mut out = io.output(OUT);
        for frame in io.frames() {
            let [gain_a, gain_b] = gains.at(frame);
            out.set(frame, a.at(frame) * gain_a + b.at(frame) * gain_b);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::rms_db;
    use jackfield_testkit::signal::noise;

    fn fade(law: PanLaw, fade: f32, b: Vec<f32>) -> Vec<f32> {
        let mut harness = LaneHarness::of(&SPEC).setting(LAW, law).start().unwrap();
        harness.plug(A, noise(48_000, 1)).plug(B, b).turn(FADE, fade).run(48_000).output(OUT).to_vec()
    }

    #[test]
    fn each_law_keeps_the_loudness_of_its_kind_of_sounds() {
        let sound = rms_db(&noise(48_000, 1));
        for position in [0.0, 0.2, 0.5, 0.9, 1.0] {
            let unrelated = rms_db(&fade(PanLaw::EqualPower, position, noise(48_000, 2)));
            assert!((unrelated - sound).abs() < 0.1, "{unrelated} dB at {position}");
            let same = rms_db(&fade(PanLaw::Linear, position, noise(48_000, 1)));
            assert!((same - sound).abs() < 1e-4, "{same} dB at {position}");
        }
    }

    #[test]
    fn the_ends_are_the_sounds_themselves() {
        assert_eq!(fade(PanLaw::EqualPower, 0.0, noise(48_000, 2)), noise(48_000, 1));
        assert_eq!(fade(PanLaw::Linear, 1.0, noise(48_000, 2)), noise(48_000, 2));
    }
}
