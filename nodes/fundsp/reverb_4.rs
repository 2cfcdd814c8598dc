//! Bloom by fundsp: a reverb that fades in after the sound, and then out. A unit of `fundsp`.

use fundsp::prelude32::{self as fd, AudioUnit};
use jackfield_node::adapt::fundsp::{FundspBlock, FundspNode};
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Sound for both channels.").sum();
const LEFT: Input = Input::audio(1, "left", "Sound for the left channel alone.").sum();
const RIGHT: Input = Input::audio(2, "right", "Sound for the right channel alone.").sum();
const MIX: Input =
    Input::knob(3, "mix", Knob::unit(0.25), "0: the sound alone. 100 %: the room alone.").sum();
const LEFT_OUT: Output = Output::audio(0, "left", "Sound and room, left.");
const RIGHT_OUT: Output = Output::audio(1, "right", "Sound and room, right.");

const SIZE: Setting = Setting::count(0, "size", 10, 30, 15, "How large the room is, in metres.");
const TIME: Setting = Setting::count(1, "time", 1, 30, 4, "How long it rings, in seconds, roughly.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<FundspBlock<Reverb4>>(
    "fundsp.reverb_4",
    "Bloom by fundsp",
    Category::Fundsp,
)
.summary("A reverb that fades in after the sound, and then out.")
.help(
    "The tail swells before it dies, as in a vast space far behind the sound: it stands apart from what \
         made it. Settings make another space, so changing one restarts it. Try: a short chord, mix 60 %, \
         and let it bloom.",
)
.tags(&["reverb", "swell", "fade-in", "space", "ambient"])
.inputs(&[IN, LEFT, RIGHT, MIX])
.outputs(&[LEFT_OUT, RIGHT_OUT])
.settings(&[SIZE, TIME])
.without_equal_bits()
.checked();

/// What the settings say.
struct BloomConfig {
    size: f32,
    time: f32,
}

impl Configure for BloomConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        Ok(Self { size: settings.count(SIZE)? as f32, time: settings.count(TIME)? as f32 })
    }
}

struct Reverb4;

impl FundspNode for Reverb4 {
    type Config = BloomConfig;
    const INPUTS: &'static [Input] = &[LEFT, RIGHT];
    const OUTPUTS: &'static [Output] = &[LEFT_OUT, RIGHT_OUT];
    const BOTH: Option<Input> = Some(IN);
    const MIX: Option<Input> = Some(MIX);

    fn unit(room: &BloomConfig, _: &Setup, _: u32) -> Box<dyn AudioUnit> {
        Box::new(fd::reverb4_stereo(room.size.max(15.0), room.time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::rms_db;
    use jackfield_testkit::signal::noise;

    #[test]
    fn it_rings_on_and_dies_away() {
        let mut harness = BlockHarness::new(&SPEC);
        let run =
            harness.turn(MIX, 1.0).plug(IN, noise(2_400, 1).into_iter().chain([0.0]).collect()).run(960_000);
        let level = |second: usize| rms_db(&run.output(LEFT_OUT)[second * 48_000..][..24_000]);
        assert!(level(1) > -60.0, "{} dB", level(1));
        assert!(level(19) < level(1) - 30.0, "{} dB", level(19));
    }
}
