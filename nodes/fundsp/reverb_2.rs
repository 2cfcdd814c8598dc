//! Hall by fundsp: a large, slowly moving hall of 32 delay lines. A unit of `fundsp`.

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
pub static SPEC: NodeSpec = NodeSpec::block::<FundspBlock<Reverb2>>(
    "fundsp.reverb_2",
    "Hall by fundsp",
    Category::Fundsp,
)
.summary("A large, slowly moving hall of 32 delay lines.")
.help(
    "A feedback delay network with 32 lines whose lengths move a little, so that a long tail does not \
         ring. It is smoother and slower to begin than the reverb of the effects. Settings make another \
         hall, so changing one restarts it. Try: single plucks, mix 50 %, a size of 30.",
)
.tags(&["reverb", "hall", "fdn", "space", "ambient"])
.inputs(&[IN, LEFT, RIGHT, MIX])
.outputs(&[LEFT_OUT, RIGHT_OUT])
.settings(&[SIZE, TIME])
.random()
.without_equal_bits()
.checked();

/// What the settings say.
struct HallConfig {
    size: f32,
    time: f32,
}

impl Configure for HallConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        Ok(Self { size: settings.count(SIZE)? as f32, time: settings.count(TIME)? as f32 })
    }
}

struct Reverb2;

impl FundspNode for Reverb2 {
    type Config = HallConfig;
    const INPUTS: &'static [Input] = &[LEFT, RIGHT];
    const OUTPUTS: &'static [Output] = &[LEFT_OUT, RIGHT_OUT];
    const BOTH: Option<Input> = Some(IN);
    const MIX: Option<Input> = Some(MIX);

    fn unit(room: &HallConfig, _: &Setup, _: u32) -> Box<dyn AudioUnit> {
        Box::new(fd::reverb2_stereo(room.size, room.time, 1.0, 1.0, fd::lowpole_hz(8_000.0)))
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
