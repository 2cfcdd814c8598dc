//! Audio in: what the sound device hears.

use jackfield_node::dsp::Lanes;
use jackfield_node::prelude::*;

const LEVEL: Input = Input::knob(0, "level", Knob::decibels(-60.0, 24.0, 0.0), "Loudness of the input.");

const LEFT: Output = Output::audio(0, "left", "The first of the two channels.");
const RIGHT: Output = Output::audio(1, "right", "The one after it, or the first again if there is no other.");

const FIRST_CHANNEL: Setting = Setting::count(
    0,
    "first_channel",
    0,
    63,
    0,
    "The device's channel that is heard left; right is the one after it. Counted from 0.",
);

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<AudioIn>("device.audio_in", "Audio in", Category::Device)
    .summary("A microphone, an instrument, whatever is plugged into the sound device.")
    .help(
        "Brings sound from outside into the patch. A device with a single input is heard on both sides. \
         Use headphones, or the microphone will hear the loudspeakers and howl. Try: a voice into the \
         delay with feedback 70 %, and an envelope follower on the voice that opens a filter.",
    )
    .tags(&["microphone", "line", "instrument", "record", "adc", "live", "input"])
    .inputs(&[LEVEL])
    .outputs(&[LEFT, RIGHT])
    .settings(&[FIRST_CHANNEL])
    .face(Face::Waveform)
    .hears_device()
    .checked();

struct AudioInConfig {
    first_channel: usize,
}

impl Configure for AudioInConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        Ok(Self { first_channel: settings.count(FIRST_CHANNEL)? as usize })
    }
}

struct AudioIn;

impl BlockNode for AudioIn {
    type Config = AudioInConfig;

    fn new(_: &AudioInConfig, _: &Setup, _: u32) -> Self {
        Self
    }

    fn process(&mut self, config: &AudioInConfig, io: &mut BlockIo<'_>) {
        let frames = io.frames();
        let mut channels = [[0.0; 64]; 2];
        let first = io.device_input(config.first_channel);
        let Some(first) = first else {
            io.hold(LEFT, 0, 0.0);
            io.hold(RIGHT, 0, 0.0);
            return;
        };
        channels[0][..frames].copy_from_slice(first);
        channels[1][..frames].copy_from_slice(io.device_input(config.first_channel + 1).unwrap_or(first));
        let level = io.input(LEVEL);
        let constant_gain = io.is_constant(LEVEL).then(|| Lanes(level[0]).exp2().0);
        for (channel, output) in channels.iter().zip([LEFT, RIGHT]) {
            for (frame, out) in io.output(output).iter_mut().enumerate() {
                *out = channel[frame] * constant_gain.unwrap_or_else(|| Lanes(level[frame]).exp2().0);
            }
        }
    }

    fn reset(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::SettingValue;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::signal::noise;

    fn listen(first_channel: u32, channels: Vec<Vec<f32>>) -> [Vec<f32>; 2] {
        let bench = BlockHarness::of(&SPEC).setting(FIRST_CHANNEL, SettingValue::Count(first_channel));
        let run = bench.start().unwrap().device_inputs(channels).run(200);
        [LEFT, RIGHT].map(|output| run.output(output).to_vec())
    }

    #[test]
    fn each_channel_goes_to_its_side() {
        let channels: Vec<Vec<f32>> = (0..4).map(|seed| noise(200, seed)).collect();
        assert_eq!(listen(0, channels.clone())[..], channels[..2]);
        assert_eq!(listen(2, channels.clone())[..], channels[2..]);
    }

    #[test]
    fn one_channel_is_heard_on_both_sides_and_none_is_silence() {
        let only = noise(200, 1);
        assert_eq!(listen(0, vec![only.clone()]), [only.clone(), only.clone()]);
        assert_eq!(listen(1, vec![only]), [vec![0.0; 200], vec![0.0; 200]]);
        assert_eq!(listen(0, vec![]), [vec![0.0; 200], vec![0.0; 200]]);
    }

    #[test]
    fn level_is_in_decibels() {
        let mut input = BlockHarness::new(&SPEC);
        let run = input.turn(LEVEL, 20.0).device_inputs(vec![vec![0.05; 64]]).run(64);
        assert!((run.output(LEFT)[0] - 0.5).abs() < 1e-6);
    }
}
