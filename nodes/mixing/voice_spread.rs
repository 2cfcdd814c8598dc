//! Voice spread: gives each voice a place of its own between left and right.

use jackfield_node::dsp::Lanes;
use jackfield_node::dsp::pan::equal_power;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "A signal of any number of voices.");
const WIDTH: Input = Input::knob(
    1,
    "width",
    Knob::unit(0.8),
    "How far apart the voices are. 0: all in the middle. 100 %: from wall to wall.",
);

const LEFT: Output = Output::audio(0, "left", "The voices' left parts.");
const RIGHT: Output = Output::audio(1, "right", "The voices' right parts.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Spread>(
    "mixing.voice_spread",
    "Voice spread",
    Category::Mixing,
)
.summary("Spreads voices out between left and right.")
.help(
    "A choir does not stand on one spot. Each voice of a chord gets a place of its own, the first in the \
         middle, the others to both sides so that any number of them is balanced. One node makes a \
         polyphonic patch wide; a single voice stays in the middle. Put it in front of the output or of a \
         reverb. Try: a slow envelope into width, so that each note opens up.",
)
.tags(&["polyphony", "stereo", "pan", "unison", "wide", "voices", "choir"])
.inputs(&[IN, WIDTH])
.outputs(&[LEFT, RIGHT])
.checked();

/// Steps of this share of the way, round and round, cover it evenly however many they are: the golden ratio.
const GOLDEN: f64 = 0.618_033_988_749_895;

/// Where the voice stands, -1 to 1.
struct Spread(f32);

impl BlockNode for Spread {
    type Config = NoConfig;

    fn new(_: &NoConfig, _: &Setup, _: u32) -> Self {
        Self(0.0)
    }

    fn new_voice(_: &NoConfig, _: &Setup, _: u32, voice: usize) -> Self {
        Self((2.0 * (0.5 + GOLDEN * voice as f64).fract() - 1.0) as f32)
    }

    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        let (input, width) = (io.input(IN), io.input(WIDTH));
        let place =
            |width: f32| equal_power(Lanes(self.0 * width.clamp(0.0, 1.0) * 0.5 + 0.5)).map(|gain| gain.0);
        let steady = io.is_constant(WIDTH).then(|| place(width[0]));
        let (left, right) = io.output_pair(LEFT, RIGHT);
        for (i, (left, right)) in left.iter_mut().zip(right).enumerate() {
            let gains = steady.unwrap_or_else(|| place(width[i]));
            (*left, *right) = (input[i] * gains[0], input[i] * gains[1]);
        }
    }

    fn reset(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_testkit::block::BlockHarness;

    fn sides(voice: usize, width: f32) -> [f32; 2] {
        let mut spread = BlockHarness::of(&SPEC).voice(voice).start().unwrap();
        let run = spread.hold(IN, 1.0).turn(WIDTH, width).run(1);
        [LEFT, RIGHT].map(|output| run.output(output)[0])
    }

    #[test]
    fn the_first_voice_stands_in_the_middle_and_any_number_is_balanced() {
        let [left, right] = sides(0, 1.0);
        assert!((left - right).abs() < 1e-6);
        for count in 2..=16 {
            let sums = (0..count).map(|voice| sides(voice, 1.0)).fold([0.0; 2], |[l, r], [left, right]| {
                assert!((left * left + right * right - 1.0).abs() < 1e-6, "each voice is as loud");
                [l + left * left, r + right * right]
            });
            let balance = (sums[1] - sums[0]) / count as f32;
            assert!(balance.abs() < 1.0 / count as f32, "{balance} with {count} voices");
        }
    }

    #[test]
    fn without_width_all_stand_in_the_middle() {
        for voice in 0..8 {
            let [left, right] = sides(voice, 0.0);
            assert!((left - right).abs() < 1e-6);
        }
    }
}
