//! Formant filter: the resonances of a throat that says vowels.
//!
//! Three band-passes side by side. Frequencies and levels of the formants are the means of 33 men (G. E.
//! Peterson, H. L. Barney, "Control Methods Used in a Study of the Vowels", JASA 24, 1952), for five of
//! their ten vowels in the order in which the mouth moves from one to the next.

use crate::parts::mixing::stereo_lanes::{self, StereoOutput, StereoSignal};
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::section::Section;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Sound to give a voice to; rich in overtones.");
const LEFT: Input = stereo_lanes::left(1);
const RIGHT: Input = stereo_lanes::right(2);
const VOWEL: Input = Input::knob(
    3,
    "vowel",
    Knob::number(0.0, 4.0, 2.0),
    "0: boot. 1: law. 2: father. 3: bed. 4: see. Between: in between.",
);
const SIZE: Input = Input::knob(
    4,
    "size",
    Knob::octaves(-1.0, 1.0, 0.0),
    "Shifts all formants: down for a giant, up for a child.",
);
const SHARPNESS: Input = Input::knob(
    5,
    "sharpness",
    Knob::ratio(0.25, 8.0, 1.0),
    "How narrow the formants are. 1: like a throat. 8: they ring.",
);

const OUT: Output = Output::audio(0, "out", "The sound, saying the vowel.");
const RIGHT_OUT: Output = stereo_lanes::right_out(1);

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Formant>("filter.formant", "Formant filter", Category::Filter)
    .summary("Makes any sound say vowels.")
    .help(
        "What tells an 'ah' from an 'ee' is not the pitch but the resonances of throat and mouth, which stay \
         where they are while the voice moves. This filter has three of them and glides from vowel to vowel. \
         It needs a sound with many overtones and says little about a sine. Try: a saw at 110 Hz in, an LFO \
         into vowel with depth 2, vibrato on the saw; or noise in and sharpness 4, for a choir of ghosts.",
    )
    .tags(&["vowel", "voice", "vocal", "talk", "choir", "throat"])
    .inputs(&[IN, LEFT, RIGHT, VOWEL, SIZE, SHARPNESS])
    .outputs(&[OUT, RIGHT_OUT])
    .that_changes_loudness("It leaves the resonances of a throat and takes away the rest.")
    .checked();

const FORMANTS: usize = 3;

/// Frequencies in octaves re C4, one row for each vowel: 300, 870 and 2240 Hz, and so on.
const OCTAVES: [[f32; FORMANTS]; 5] = [
    [0.197_5, 1.733_5, 3.097_9],
    [1.123_4, 1.682_9, 3.203_4],
    [1.480_4, 2.058_7, 3.221_3],
    [1.018_5, 2.814_1, 3.244_7],
    [0.045_4, 3.129_7, 3.524_2],
];

/// Levels in octaves, 6 dB each: 0, -16 and -40 dB re the first, and so on.
const LEVELS: [[f32; FORMANTS]; 5] =
    [[0.0, -2.66, -6.64], [0.0, -1.16, -5.65], [0.0, -0.66, -4.48], [0.0, -2.49, -3.65], [0.0, -3.32, -3.99]];

/// What makes vowels about as loud as each other, in octaves, re the one in the middle.
const MAKE_UP: [f32; 5] = [-0.7, -0.2, 0.0, -0.13, -0.78];

/// How wide the formants are at sharpness 1, in hertz.
const WIDTHS: [f32; FORMANTS] = [60.0, 90.0, 140.0];

/// Makes up for what the filter takes away.
const GAIN: f32 = 2.0;

lane_state! { struct State<V> { formants: [[Lanes<V>; 2]; FORMANTS] } }

struct Formant;

impl LaneNode for Formant {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    const KEPT_WORDS: usize = stereo_lanes::kept_words::<State<f32>>();

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let sample_rate = io.sample_rate();
        let input = StereoSignal::new(io, IN, LEFT, RIGHT);
        let mut throat = io.derive([VOWEL, SIZE, SHARPNESS], |[vowel, size, sharpness]| {
            throat(vowel, size, sharpness, sample_rate)
        });
        let mut out = StereoOutput::new(io, &input, OUT, RIGHT_OUT);
        for side in input.channels() {
            let mut channel = StereoSignal::state(io, side, state);
            for frame in io.frames() {
                let input = input.side(side, frame);
                let mut sum = input.same(0.0);
                for ((section, level), state) in throat.at(frame).iter().zip(&mut channel.formants) {
                    sum += section.step(state, input) * *level;
                }
                out.side(side).set(frame, sum);
            }
            input.keep(io, side, state, channel);
        }
        out.finish(io);
    }
}

/// The three resonances and their levels.
#[inline(always)]
fn throat<V: Vector>(
    vowel: Lanes<V>,
    size: Lanes<V>,
    sharpness: Lanes<V>,
    sample_rate: f32,
) -> [(Section<V>, Lanes<V>); FORMANTS] {
    let vowel = vowel.clamp(0.0, 4.0);
    let sharpness = sharpness.clamp(-3.0, 4.0).exp2();
    let zero = vowel.same(0.0);
    let mut resonances = [(Section::band_pass(zero, vowel.same(1.0)), zero); FORMANTS];
    for (formant, resonance) in resonances.iter_mut().enumerate() {
        let (mut octaves, mut level) = (size.clamp(-3.0, 3.0), zero);
        for row in 0..OCTAVES.len() {
            // How much of this vowel there is: straight lines from each to the next.
            let share = (1.0 - (vowel - row as f32).abs()).max(0.0);
            octaves += share * OCTAVES[row][formant];
            level += share * (LEVELS[row][formant] + MAKE_UP[row]);
        }
        let hertz = octaves.exp2() * C4_HERTZ;
        let q = hertz * sharpness * (1.0 / WIDTHS[formant]);
        *resonance = (Section::band_pass(hertz * (1.0 / sample_rate), q), level.exp2() * GAIN);
    }
    resonances
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::filter::checks::gain_db_at;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::integrated_lufs;
    use jackfield_testkit::signal::{impulse, pink_noise};

    /// The formants of Peterson and Barney in hertz, and their levels in dB.
    const PUBLISHED: [([f64; 3], [f64; 3]); 5] = [
        ([300.0, 870.0, 2240.0], [-3.0, -19.0, -43.0]),
        ([570.0, 840.0, 2410.0], [0.0, -7.0, -34.0]),
        ([730.0, 1090.0, 2440.0], [-1.0, -5.0, -28.0]),
        ([530.0, 1840.0, 2480.0], [-2.0, -17.0, -24.0]),
        ([270.0, 2290.0, 3010.0], [-4.0, -24.0, -28.0]),
    ];

    #[test]
    fn the_table_is_the_published_one() {
        for (row, (hertz, levels)) in PUBLISHED.into_iter().enumerate() {
            for formant in 0..FORMANTS {
                let octaves = (hertz[formant] / f64::from(C4_HERTZ)).log2();
                assert!(
                    (f64::from(OCTAVES[row][formant]) - octaves).abs() < 1e-3,
                    "{row}, {formant}: {octaves}"
                );
                let level = (levels[formant] - levels[0]) / 6.0206;
                assert!((f64::from(LEVELS[row][formant]) - level).abs() < 0.01, "{row}, {formant}: {level}");
            }
        }
    }

    #[test]
    fn vowels_are_as_loud_as_each_other() {
        let saw = |hertz: f32| (0..96_000).map(|i| (i as f32 * hertz / 48_000.0).fract() - 0.5).collect();
        for (name, sound) in [("pink", pink_noise(96_000, 1)), ("saw 110", saw(110.0)), ("saw 55", saw(55.0))]
        {
            let level = |vowel: f32| {
                let mut harness = LaneHarness::new(&SPEC);
                let run = harness.turn(VOWEL, vowel).plug(IN, sound.clone()).run(96_000);
                integrated_lufs(&[run.output(OUT)], 48_000.0)
            };
            let levels: Vec<f64> = (0..9).map(|half| level(half as f32 * 0.5)).collect();
            println!("{name}: {levels:.2?}");
            let loudest = levels.iter().copied().fold(f64::MIN, f64::max);
            let softest = levels.iter().copied().fold(f64::MAX, f64::min);
            assert!(loudest - softest < 3.0, "{name}: {levels:?}");
        }
    }

    #[test]
    fn each_vowel_has_its_peaks() {
        for (row, (hertz, _)) in PUBLISHED.into_iter().enumerate() {
            let mut harness = LaneHarness::new(&SPEC);
            harness.turn(VOWEL, row as f32).turn(SHARPNESS, 2.0).plug(IN, impulse(24_000, 0));
            let run = harness.run(24_000);
            let first = gain_db_at(run.output(OUT), hertz[0]);
            let expected = 6.0 + 6.0206 * f64::from(MAKE_UP[row]);
            assert!((first - expected).abs() < 1.5, "vowel {row}: {first} dB at the first formant");
            assert!(gain_db_at(run.output(OUT), hertz[0] / 2.0) < first - 12.0);
            assert!(gain_db_at(run.output(OUT), 8_000.0) < first - 25.0);
        }
    }
}
