//! Voices without notes: copies everything behind it and tells each copy which one it is.

use jackfield_node::prelude::*;

const VOICES: Setting = Setting::count(0, "voices", 1, 64, 8, "How many copies of the nodes behind it.");

const INDEX: Output = Output::control(0, "index", "0 in the first voice, 1 in the last, evenly between.");
const SPREAD: Output =
    Output::control(1, "spread", "-1 in the first voice, 1 in the last; 0 when there is only one.");
const RANDOM: Output =
    Output::control(2, "random", "Anywhere in 0..1 and different in each voice; the same in each run.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Voices>("modulator.voices", "Voices", Category::Modulator)
    .summary("Copies everything behind it and gives each copy a value of its own.")
    .help(
        "Whatever a cable from here reaches exists once per voice, until a node such as the output adds \
         the voices up. The three outputs tell the voices apart. Use it for a thick unison or a cloud of \
         sounds that needs no keyboard. Try: spread into the pitch of an oscillator with depth 0.01 for a \
         chorus of detuned saws, then index with depth 3 for a chord over three octaves.",
    )
    .tags(&["unison", "polyphony", "spread", "detune", "copies", "supersaw"])
    .outputs(&[INDEX, SPREAD, RANDOM])
    .settings(&[VOICES])
    .makes_voices(VOICES)
    .random()
    .checked();

/// How many copies.
struct VoiceCount(u32);

impl Configure for VoiceCount {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.count(VOICES).map(Self)
    }
}

/// What each voice gets, computed once: index, spread, random.
struct Voices(Vec<[f32; 3]>);

impl BlockNode for Voices {
    type Config = VoiceCount;

    fn new(count: &VoiceCount, _: &Setup, seed: u32) -> Self {
        let last = count.0.saturating_sub(1);
        let values = (0..count.0).map(|voice| {
            let index = if last > 0 { voice as f32 / last as f32 } else { 0.0 };
            let spread = if last > 0 { 2.0 * index - 1.0 } else { 0.0 };
            [index, spread, random(seed, voice)]
        });
        Self(values.collect())
    }

    fn process(&mut self, _: &VoiceCount, io: &mut BlockIo<'_>) {
        for voice in 0..io.voices() {
            let [index, spread, random] = self.0.get(voice).copied().unwrap_or_default();
            io.hold(INDEX, voice, index);
            io.hold(SPREAD, voice, spread);
            io.hold(RANDOM, voice, random);
        }
    }

    fn reset(&mut self) {}
}

/// A number in 0..1 that looks unrelated to that of any other seed and voice: SplitMix64's output
/// function (Steele, Lea, Flood 2014), of which the upper 24 bits are used.
fn random(seed: u32, voice: u32) -> f32 {
    let state = (u64::from(seed) << 32 | u64::from(voice)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) >> 40) as f32 / (1_u32 << 24) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::SettingValue;
    use jackfield_testkit::block::{BlockHarness, BlockRun};

    fn run(voices: u32, seed: u32) -> BlockRun {
        let bench = BlockHarness::of(&SPEC).setting(VOICES, SettingValue::Count(voices)).seed(seed);
        bench.start().unwrap().run(64)
    }

    fn values(run: &BlockRun, output: Output, voices: usize) -> Vec<f32> {
        (0..voices).map(|voice| run.voice(output, voice)[0]).collect()
    }

    #[test]
    fn voices_are_spread_evenly() {
        let five = run(5, 1);
        assert_eq!(values(&five, INDEX, 5), [0.0, 0.25, 0.5, 0.75, 1.0]);
        assert_eq!(values(&five, SPREAD, 5), [-1.0, -0.5, 0.0, 0.5, 1.0]);
        assert_eq!(values(&run(1, 1), SPREAD, 1), [0.0], "one voice is in tune");
    }

    #[test]
    fn random_differs_between_voices_and_seeds_and_fills_the_range() {
        let values = [1, 2, 3].map(|seed| values(&run(64, seed), RANDOM, 64));
        let mut all = values.concat();
        all.sort_by(f32::total_cmp);
        all.dedup();
        assert_eq!(all.len(), 192);
        assert!(all[0] >= 0.0 && all[0] < 0.03 && all[191] < 1.0 && all[191] > 0.97);
        assert!((all.iter().sum::<f32>() / 192.0 - 0.5).abs() < 0.08);
        assert_eq!(values[0], self::values(&run(64, 1), RANDOM, 64), "a seed gives the same again");
    }

    #[test]
    fn everything_holds_still() {
        let run = run(3, 1);
        for output in [INDEX, SPREAD, RANDOM] {
            assert!((0..3).all(|voice| run.is_held(output, voice)));
        }
    }
}
