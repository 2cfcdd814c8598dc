//! Box by fundsp: a small hard room of 16 delay lines, such as a can or a crate. A unit of `fundsp`.

use crate::parts::fundsp::declare;
use fundsp::prelude32::{self as fd, U16};
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Sound into the box.");
const MIX: Input = Input::knob(1, "mix", Knob::unit(0.5), "0: the sound alone. 100 %: the box alone.");
const OUT: Output = Output::audio(0, "out", "Sound and box.");

const SIZE: Setting = Setting::count(0, "size", 5, 300, 60, "How large the box is, in centimetres.");
const SOFTNESS: Setting =
    Setting::count(1, "softness", 0, 100, 40, "How soft its walls are, in percent: they take the treble.");

/// The spec of this node type.
pub static SPEC: NodeSpec = declare::spec::<Fdn>("fundsp.fdn", "Box by fundsp")
    .summary("A small hard room of 16 delay lines, such as a can or a crate.")
    .help(
        "A feedback delay network: 16 lines as long as sound takes across the box feed each other through a \
         Hadamard matrix, and each round loses some treble. Small boxes are cans and pipes that colour a \
         sound, large ones crates and lift shafts. Settings make another box, so changing one restarts it. \
         Try: a drum loop, size 20, softness 10 %; then a voice, size 150.",
    )
    .tags(&["reverb", "feedback delay network", "metal", "body", "small room", "hadamard"])
    .inputs(&[IN, MIX])
    .outputs(&[OUT])
    .settings(&[SIZE, SOFTNESS])
    .checked();

/// In metres per second.
const SPEED_OF_SOUND: f32 = 343.0;

/// What each round leaves of the lowest frequencies.
const KEPT: f32 = 0.93;

/// Sixteen lines at once are an average; this makes the box about as loud as what goes in.
const LOUDNESS: f32 = 2.0;

/// What the settings say.
struct BoxConfig {
    /// The time that sound takes across it, in seconds.
    time: f32,
    /// What a frame has of each of its neighbours.
    softness: f32,
}

impl Configure for BoxConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        let metres = settings.count(SIZE)? as f32 / 100.0;
        Ok(Self { time: metres / SPEED_OF_SOUND, softness: settings.count(SOFTNESS)? as f32 / 100.0 })
    }
}

impl BoxConfig {
    /// How long a line is, in seconds: from two thirds of the box across to almost twice, at no simple ratio.
    fn line(&self, line: u64) -> f32 {
        self.time * (0.67 + 0.075 * line as f32 + 0.02 * fd::rnd1(line) as f32)
    }
}

declare::unit!(
    Fdn: BoxConfig,
    &[IN],
    &[OUT],
    |walls| {
        let side = 0.25 * walls.softness * KEPT;
        let middle = KEPT - 2.0 * side;
        fd::split::<U16>()
            >> fd::fdn::<U16, _>(fd::stacki::<U16, _, _>(|line| {
                fd::delay(walls.line(line)) >> fd::fir((side, middle, side))
            }))
            >> (fd::join::<U16>() * LOUDNESS)
    },
    {
        const MIX: Option<Input> = Some(MIX);
    }
);

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::SettingValue;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::rms_db;
    use jackfield_testkit::signal::noise;

    /// The level of the tail from one frame on, behind a burst.
    fn tail(size: u32, softness: u32, from: usize) -> f64 {
        let bench = BlockHarness::of(&SPEC).setting(SIZE, SettingValue::Count(size));
        let mut harness = bench.setting(SOFTNESS, SettingValue::Count(softness)).start().unwrap();
        let burst = noise(480, 1).into_iter().chain([0.0]).collect();
        let run = harness.turn(MIX, 1.0).plug(IN, burst).run(48_000);
        rms_db(&run.output(OUT)[from..from + 1_000])
    }

    #[test]
    fn large_boxes_ring_longer_and_soft_walls_shorter() {
        assert!(tail(200, 40, 12_000) > tail(20, 40, 12_000) + 10.0);
        assert!(tail(100, 0, 6_000) > tail(100, 100, 6_000) + 3.0);
        assert!(tail(300, 0, 47_000) < tail(300, 0, 5_000) - 10.0, "it dies away");
    }

    #[test]
    fn nothing_comes_back_sooner_than_across_the_box() {
        let bench = BlockHarness::of(&SPEC).setting(SIZE, SettingValue::Count(300));
        let run = bench.start().unwrap().turn(MIX, 1.0).plug(IN, vec![1.0, 0.0]).run(2_000);
        let first = run.output(OUT).iter().position(|x| x.abs() > 1e-6).unwrap();
        // Two thirds of 3 m at 343 m/s.
        assert!((270..310).contains(&first), "{first}");
    }
}
