//! Parametric equaliser of eight bands, the outer two of which can be shelves or cuts.
//!
//! Every band has the response of an analogue circuit up to 18 kHz, whatever the sample rate; how is told in
//! [`jackfield_node::dsp::matched`].

use crate::parts::mixing::stereo_lanes::{self, StereoOutput, StereoSignal};
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::matched::{self, Tilt};
use jackfield_node::dsp::section::Section;
use jackfield_node::prelude::*;

choices! {
    /// What the outermost bands do.
    enum OuterBand {
        Shelf = "shelf",
        Bell = "bell",
        Cut = "cut",
    }
}

/// How many bands there are.
const BANDS: usize = 8;
/// The most frames of a block.
const LONGEST_BLOCK: usize = 64;
/// A band with less gain than this, in octaves, rests.
const UNITY: f32 = 1e-3;

const IN: Input = Input::audio(0, "in", "Sound to shape.");
const LEFT: Input = stereo_lanes::left(1);
const RIGHT: Input = stereo_lanes::right(2);
/// Where the knobs begin.
const FIRST_KNOB: usize = 3;

/// The frequency, gain and Q of each band.
const KNOBS: [[Input; 3]; BANDS] = [
    band(0, ["frequency_1", "gain_1", "q_1"], 60.0, 0.7),
    band(1, ["frequency_2", "gain_2", "q_2"], 120.0, 1.0),
    band(2, ["frequency_3", "gain_3", "q_3"], 300.0, 1.0),
    band(3, ["frequency_4", "gain_4", "q_4"], 700.0, 1.0),
    band(4, ["frequency_5", "gain_5", "q_5"], 1_500.0, 1.0),
    band(5, ["frequency_6", "gain_6", "q_6"], 3_000.0, 1.0),
    band(6, ["frequency_7", "gain_7", "q_7"], 6_000.0, 1.0),
    band(7, ["frequency_8", "gain_8", "q_8"], 10_000.0, 0.7),
];

const INPUTS: [Input; FIRST_KNOB + 3 * BANDS] = {
    let mut inputs = [IN; FIRST_KNOB + 3 * BANDS];
    (inputs[1], inputs[2]) = (LEFT, RIGHT);
    let mut i = 0;
    while i < 3 * BANDS {
        inputs[FIRST_KNOB + i] = KNOBS[i / 3][i % 3];
        i += 1;
    }
    inputs
};

const fn band(number: usize, names: [&'static str; 3], hertz: f32, q: f32) -> [Input; 3] {
    let first = FIRST_KNOB + 3 * number;
    [
        Input::knob(first, names[0], Knob::hertz(20.0, 20_000.0, hertz), "Where this band works."),
        Input::knob(
            first + 1,
            names[1],
            Knob::decibels(-24.0, 24.0, 0.0),
            "Louder or softer there; 0 dB: this band rests.",
        ),
        Input::knob(
            first + 2,
            names[2],
            Knob::ratio(0.1, 20.0, q),
            "How narrow it is: 1 over its width. At a cut's corner: a peak.",
        ),
    ]
}

const LOWEST: Setting = OuterBand::setting(
    0,
    "lowest",
    OuterBand::Shelf,
    "Band 1: all below the frequency, around it, or take away what lies below.",
);
const HIGHEST: Setting = OuterBand::setting(
    1,
    "highest",
    OuterBand::Shelf,
    "Band 8: all above the frequency, around it, or take away what lies above.",
);

const OUT: Output = Output::audio(0, "out", "The shaped sound.");
const RIGHT_OUT: Output = stereo_lanes::right_out(1);

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<ParametricEq>("filter.parametric_eq", "Parametric EQ", Category::Filter)
        .summary("Eight bands, each as wide and as strong as you like.")
        .help(
            "The tool for giving each sound its place: find what is too much and take it away, rather than \
             adding what is missing. A stereo sound goes into left and right, and both are shaped alike. \
             Each band has a frequency, a gain and a Q, which is how narrow it is; bands at 0 dB do \
             nothing. The first and the last can be shelves, which lift or lower everything beyond, or \
             cuts, which take it away at 12 dB per octave. Try: one band up by 12 dB with a Q of 5, sweep \
             its frequency until the sound is at its ugliest, then turn the gain to -4 dB.",
        )
        .tags(&["equaliser", "equalizer", "bell", "shelf", "tone", "peak", "mixing", "mastering"])
        .inputs(&INPUTS)
        .outputs(&[OUT, RIGHT_OUT])
        .settings(&[LOWEST, HIGHEST])
        .checked();

#[derive(Clone, Copy, PartialEq)]
enum BandKind {
    Bell,
    LowShelf,
    LowCut,
    HighShelf,
    HighCut,
}

struct Kinds([BandKind; BANDS]);

impl Configure for Kinds {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        let mut kinds = [BandKind::Bell; BANDS];
        kinds[0] = match settings.chosen(LOWEST)? {
            OuterBand::Shelf => BandKind::LowShelf,
            OuterBand::Bell => BandKind::Bell,
            OuterBand::Cut => BandKind::LowCut,
        };
        kinds[BANDS - 1] = match settings.chosen(HIGHEST)? {
            OuterBand::Shelf => BandKind::HighShelf,
            OuterBand::Bell => BandKind::Bell,
            OuterBand::Cut => BandKind::HighCut,
        };
        Ok(Self(kinds))
    }
}

lane_state! {
    struct State<V> {
        bands: [[Lanes<V>; 2]; BANDS],
        /// Of the first and the last band.
        tilts: [Lanes<V>; 2],
    }
}

struct ParametricEq;

impl LaneNode for ParametricEq {
    type State<V: Vector> = State<V>;
    type Config = Kinds;

    const KEPT_WORDS: usize = stereo_lanes::kept_words::<State<f32>>();

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, kinds: &Kinds, io: &mut Io<'_, V>) {
        let input = StereoSignal::new(io, IN, LEFT, RIGHT);
        let mut out = StereoOutput::new(io, &input, OUT, RIGHT_OUT);
        for side in input.channels() {
            let mut channel = StereoSignal::state(io, side, state);
            let mut row = [io.splat(0.0); LONGEST_BLOCK];
            for (frame, place) in io.frames().zip(&mut row) {
                *place = input.side(side, frame);
            }
            let tilts = &mut channel.tilts;
            for (band, (kind, state)) in kinds.0.iter().zip(&mut channel.bands).enumerate() {
                let tilt = &mut tilts[usize::from(band > 0)];
                run_band(*kind, KNOBS[band], (state, tilt), io, &mut row);
            }
            for (frame, sample) in io.frames().zip(&row) {
                out.side(side).set(frame, *sample);
            }
            input.keep(io, side, state, channel);
        }
        out.finish(io);
    }
}

/// One band over a block, in place.
#[inline(always)]
fn run_band<V: Vector>(
    kind: BandKind,
    knobs: [Input; 3],
    (state, tilted): (&mut [Lanes<V>; 2], &mut Lanes<V>),
    io: &Io<'_, V>,
    row: &mut [Lanes<V>; LONGEST_BLOCK],
) {
    let base = C4_HERTZ / io.sample_rate();
    let mut filter = io.derive(
        knobs,
        #[inline(always)]
        |[octaves, gain, q]| {
            let (fraction, q) = (octaves.exp2() * base, q.clamp(-6.0, 6.0).exp2());
            design(kind, fraction, q, gain.clamp(-8.0, 8.0))
        },
    );
    let gain = io.input(knobs[1]);
    let cuts = matches!(kind, BandKind::LowCut | BandKind::HighCut);
    for (frame, sample) in io.frames().zip(row) {
        let works = gain.at(frame).abs().ge(UNITY);
        if !cuts && !works.any() {
            // As below, without the work.
            *state = [sample.same(0.0); 2];
            *tilted = if kind == BandKind::Bell { *tilted } else { sample.same(0.0) };
            if gain.is_constant() {
                return;
            }
            continue;
        }
        let (section, tilt) = filter.at(frame);
        let mut shaped = section.step(state, *sample);
        if kind != BandKind::Bell {
            shaped = tilt.step(tilted, shaped);
        }
        if cuts {
            *sample = shaped;
        } else {
            // A band at rest forgets, whatever the other lanes do.
            *sample = works.select(shaped, *sample);
            *state = [works.keep(state[0]), works.keep(state[1])];
            *tilted = if kind == BandKind::Bell { *tilted } else { works.keep(*tilted) };
        }
    }
}

/// The filter of a band; a bell needs no tilt.
#[inline(always)]
fn design<V: Vector>(
    kind: BandKind,
    fraction: Lanes<V>,
    q: Lanes<V>,
    octaves: Lanes<V>,
) -> (Section<V>, Tilt<V>) {
    match kind {
        BandKind::Bell => (matched::bell(fraction, q, octaves), Tilt::none(fraction.token())),
        BandKind::LowShelf => matched::low_shelf(fraction, q, octaves),
        BandKind::HighShelf => matched::high_shelf(fraction, q, octaves),
        BandKind::LowCut => matched::high_pass(fraction, q),
        BandKind::HighCut => matched::low_pass(fraction, q),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::filter::checks::gain_db_at;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::signal::{impulse, noise};

    fn response(harness: &mut LaneHarness) -> Vec<f32> {
        harness.plug(IN, impulse(48_000, 0)).run(48_000).output(OUT).to_vec()
    }

    #[test]
    fn a_new_one_changes_no_bit() {
        let signal = noise(1_000, 1);
        let run = LaneHarness::new(&SPEC).plug(IN, signal.clone()).run(1_000).output(OUT).to_vec();
        assert_eq!(run, signal);
    }

    #[test]
    fn each_band_does_what_its_knobs_say() {
        for [frequency, gain, q] in &KNOBS[1..7] {
            for hertz in [100.0, 1_000.0, 9_000.0, 16_000.0] {
                let mut harness = LaneHarness::new(&SPEC);
                harness.turn(*frequency, hertz).turn(*gain, -9.0).turn(*q, 2.0);
                let response = response(&mut harness);
                let hertz = f64::from(hertz);
                assert!((gain_db_at(&response, hertz) + 9.0).abs() < 0.1, "{} at {hertz}", gain.name);
                // The ends of a band of 1 / Q: half of the gain.
                let edge = hertz * ((1.0f64 / 16.0 + 1.0).sqrt() - 0.25);
                let off = gain_db_at(&response, edge) + 4.5;
                assert!(off.abs() < 0.2, "{} at {edge}: {off} dB", gain.name);
            }
        }
    }

    /// A broad bell in the treble leaves the middle alone, as a circuit does.
    #[test]
    fn a_broad_bell_in_the_treble_is_no_broader_than_a_circuits() {
        for (hertz, wanted) in [(300.0, -0.01), (1_000.0, -0.13), (3_000.0, -1.09), (6_000.0, -3.69)] {
            let mut harness = LaneHarness::new(&SPEC);
            let [frequency, gain, q] = KNOBS[4];
            harness.turn(frequency, 16_000.0).turn(gain, -12.0).turn(q, 0.7);
            let found = gain_db_at(&response(&mut harness), hertz);
            assert!((found - wanted).abs() < 0.1, "{hertz} Hz: {found} dB, not {wanted}");
        }
    }

    #[test]
    fn the_outer_bands_are_shelves_or_cuts() {
        let mut harness = LaneHarness::new(&SPEC);
        let shelves = response(harness.turn(KNOBS[0][1], 6.0).turn(KNOBS[7][1], -6.0));
        assert!(
            (gain_db_at(&shelves, 15.0) - 6.0).abs() < 0.2
                && (gain_db_at(&shelves, 20_500.0) + 5.8).abs() < 0.3
        );
        assert!(gain_db_at(&shelves, 1_000.0).abs() < 0.1);
        let cut = OuterBand::Cut;
        let bench = LaneHarness::of(&SPEC).setting(LOWEST, cut).setting(HIGHEST, cut);
        let cuts = response(&mut bench.start().unwrap());
        assert!(
            (gain_db_at(&cuts, 15.0) + 24.1).abs() < 0.5 && (gain_db_at(&cuts, 18_000.0) + 10.7).abs() < 0.5
        );
        assert!(gain_db_at(&cuts, 1_000.0).abs() < 0.1);
    }
}
