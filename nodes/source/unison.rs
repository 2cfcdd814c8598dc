//! Unison: up to eight band-limited oscillators, a little out of tune with each other, spread from left to
//! right.
//!
//! The copies are what a [`source.oscillator`](super::oscillator) plays without modulation, as clean and as
//! much in tune; see [`oscillator_bank`](jackfield_node::dsp::oscillator_bank).

use crate::parts::oscillator::waveform::Waveform;
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::blep::{Pending, Residuals, TAPS};
use jackfield_node::dsp::noise;
use jackfield_node::dsp::oscillator_bank::{FASTEST, advance};
use jackfield_node::dsp::wave::Wave;
use jackfield_node::prelude::*;

const FREQUENCY: Input = Input::knob(
    0,
    "frequency",
    Knob::hertz(8.0, 12_000.0, C4_HERTZ),
    "Pitch of the tone when nothing is patched into pitch.",
);
const PITCH: Input =
    Input::pitch(1, "pitch", "Octaves added to the frequency; the pitch of a note goes here.");
const DETUNE: Input = Input::knob(
    2,
    "detune",
    Knob::cents(0.0, 100.0, 16.0),
    "How far the highest and the lowest copy are from the pitch.",
);
const SPREAD: Input = Input::knob(
    3,
    "spread",
    Knob::unit(0.8),
    "0: all copies in the middle. 100 %: from far left to far right.",
);
const WIDTH: Input = Input::knob(
    4,
    "width",
    Knob::unit(0.5),
    "How much of each cycle the square wave is up. It has no offset at any width.",
);

const WAVEFORM: Setting =
    Waveform::setting(0, "waveform", Waveform::Saw, "The shape of a cycle, the same for all copies.");
const COPIES: Setting = Setting::count(1, "copies", 1, 8, 7, "How many oscillators sound together.");

const LEFT: Output = Output::audio(0, "left", "The left side.");
const RIGHT: Output = Output::audio(1, "right", "The right side.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Unison>("source.unison", "Unison", Category::Source)
    .summary("Up to eight oscillators at once, detuned and spread in stereo.")
    .help(
        "One oscillator stands still; several that are not quite in tune beat against each other, and the \
         sound begins to live: the supersaw of trance, the strings of a string machine, a choir. Little \
         detune is a slow chorus, 30 cents and more a wall. The copies lie from left to right, alternately \
         high and low, so that it stays in tune on both sides. They start anywhere in their cycle, \
         differently in each voice. All of it is as loud as one oscillator. Try: seven saws, detune 25, into \
         a low-pass filter with a slow LFO on its cutoff, then a reverb.",
    )
    .tags(&["supersaw", "hypersaw", "detune", "chorus", "config", "stereo", "thick", "oscillator", "vco"])
    .inputs(&[FREQUENCY, PITCH, DETUNE, SPREAD, WIDTH])
    .outputs(&[LEFT, RIGHT])
    .settings(&[WAVEFORM, COPIES])
    .face(Face::Waveform)
    .random()
    .checked();

/// Most copies.
const MOST: usize = 8;

/// Where each copy stands between left and right, by the number of copies: neighbours in pitch are far apart
/// in place.
const PLACES: [&[u8]; MOST] = [
    &[0],
    &[0, 1],
    &[1, 0, 2],
    &[1, 3, 0, 2],
    &[2, 4, 0, 3, 1],
    &[2, 5, 1, 4, 0, 3],
    &[3, 6, 1, 4, 0, 5, 2],
    &[4, 1, 6, 3, 0, 5, 2, 7],
];

/// How far each copy is off its even place in pitch, re the distance of two copies: with even distances all
/// pairs would beat in step.
const UNEVEN: [f32; MOST] = [0.0, 0.13, -0.17, 0.05, 0.19, -0.11, -0.08, 0.0];

/// A copy's place: in pitch and from left to right, both -1..=1.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    pitch: f32,
    side: f32,
}

/// What the settings become.
struct UnisonConfig {
    wave: Wave,
    residuals: &'static Residuals,
    copies: usize,
    places: [Place; MOST],
    /// Makes all of them as loud as one.
    gain: f32,
}

impl Configure for UnisonConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        let wave = settings.chosen::<Waveform>(WAVEFORM)?.into();
        let copies = (settings.count(COPIES)? as usize).clamp(1, MOST);
        let gain = 1.0 / (copies as f32).sqrt();
        Ok(Self { wave, residuals: Residuals::get(), copies, places: places(copies), gain })
    }
}

/// The places of so many copies. Their pitches are on average the one asked for.
fn places(copies: usize) -> [Place; MOST] {
    let mut places = [Place::default(); MOST];
    if copies < 2 {
        return places;
    }
    let distance = 2.0 / (copies - 1) as f32;
    for (i, place) in places[..copies].iter_mut().enumerate() {
        // The outermost two stay where they are.
        let uneven = if i == 0 || i + 1 == copies { 0.0 } else { UNEVEN[i] };
        place.pitch = (i as f32 + uneven) * distance - 1.0;
        place.side = f32::from(PLACES[copies - 1][i]) * distance - 1.0;
    }
    let mean = places[..copies].iter().map(|place| place.pitch).sum::<f32>() / copies as f32;
    for place in &mut places[..copies] {
        place.pitch -= mean;
    }
    places
}

lane_state! {
    struct State<V> {
        phases: [Bits<V>; MOST],
        /// Turns per frame at the last frame.
        speeds: [Lanes<V>; MOST],
        /// Pulse width at the last frame.
        width: Bits<V>,
    }
}

struct Unison;

impl LaneNode for Unison {
    type State<V: Vector> = State<V>;
    type Config = UnisonConfig;

    /// Corrections under way, left and right.
    const KEPT_WORDS: usize = 2 * TAPS;

    fn start(seed: u32) -> State<f32> {
        let mut counter = noise::hash(Bits(seed));
        let mut state = State { phases: [Bits(0); MOST], speeds: [Lanes(0.0); MOST], width: Bits(0) };
        for phase in &mut state.phases {
            *phase = noise::next(&mut counter);
        }
        state
    }

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, config: &UnisonConfig, io: &mut Io<'_, V>) {
        match config.wave {
            Wave::Saw => run(state, Wave::Saw, config, io),
            Wave::Square => run(state, Wave::Square, config, io),
            Wave::Triangle => run(state, Wave::Triangle, config, io),
            Wave::Sine => run(state, Wave::Sine, config, io),
        }
    }
}

#[inline(always)]
fn run<V: Vector>(state: &mut State<V>, wave: Wave, config: &UnisonConfig, io: &mut Io<'_, V>) {
    let base = C4_HERTZ / io.sample_rate();
    let mut speeds = io.derive(
        [FREQUENCY, PITCH, DETUNE],
        #[inline(always)]
        |[frequency, pitch, detune]| {
            let (center, detune) = (frequency + pitch, detune * (1.0 / 1200.0));
            let mut speeds = [center; MOST];
            for (speed, place) in speeds.iter_mut().zip(&config.places[..config.copies]) {
                *speed = ((center + detune * place.pitch).exp2() * base).min(FASTEST);
            }
            speeds
        },
    );
    let mut gains = io.derive(
        [SPREAD],
        #[inline(always)]
        |[spread]| {
            let spread = spread.clamp(0.0, 1.0);
            let mut gains = [[spread; 2]; MOST];
            for (gain, place) in gains.iter_mut().zip(&config.places[..config.copies]) {
                // An eighth of a turn from the middle to a side, where the power stays the same.
                let turns = (spread * place.side + 1.0) * 0.125;
                *gain = [turns.cos_turns() * config.gain, turns.sin_turns() * config.gain];
            }
            gains
        },
    );
    let mut width = io.derive(
        [WIDTH],
        #[inline(always)]
        |[width]| width.clamp(0.01, 0.99).to_phase(),
    );
    // A pulse that is up for a part of its cycle has that part as an offset.
    let mut mean = io.derive(
        [WIDTH],
        #[inline(always)]
        |[width]| width.clamp(0.01, 0.99) * 2.0 - 1.0,
    );
    let mut pending = [
        Pending::<V>::load(io.token(), |tap| io.kept(tap)),
        Pending::<V>::load(io.token(), |tap| io.kept(TAPS + tap)),
    ];
    let (mut left, mut right) = (io.output(LEFT), io.output(RIGHT));
    for frame in io.frames() {
        let (speeds, gains) = (speeds.at(frame), gains.at(frame));
        let widths = [state.width, if wave == Wave::Square { width.at(frame) } else { state.width }];
        let mut sums = [io.splat(0.0); 2];
        for i in 0..config.copies {
            let both = [state.speeds[i], speeds[i]];
            let turned = advance(wave, config.residuals, &mut state.phases[i], both, widths);
            state.speeds[i] = speeds[i];
            let value = if wave == Wave::Square { turned.value - mean.at(frame) } else { turned.value };
            sums = [sums[0] + value * gains[i][0], sums[1] + value * gains[i][1]];
            if turned.corners.any() {
                turned.correct(wave, config.residuals, &mut pending, &gains[i]);
            }
        }
        state.width = widths[1];
        left.set(frame, sums[0] + pending[0].advance());
        right.set(frame, sums[1] + pending[1].advance());
    }
    for tap in 0..TAPS {
        io.keep(tap, pending[0].left(tap));
        io.keep(TAPS + tap, pending[1].left(tap));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;
    use jackfield_node::{Choices, SettingValue};
    use jackfield_testkit::measure::{Spectrum, cents, correlation, frequency, rms_db, worst_alias_db};

    const RATE: f32 = 48_000.0;
    const FRAMES: usize = 1 << 17;

    fn harness(wave: Waveform, copies: u32) -> LaneHarness {
        (LaneHarness::of(&SPEC).setting(WAVEFORM, wave))
            .setting(COPIES, SettingValue::Count(copies))
            .start()
            .unwrap()
    }

    #[test]
    fn copies_in_tune_are_one_clean_tone() {
        for &wave in Waveform::ALL {
            for hertz in [110.0, 997.0, 4_186.0] {
                let mut harness = harness(wave, 8);
                harness.turn(FREQUENCY, hertz).turn(DETUNE, 0.0).run(4_800);
                let run = harness.run(FRAMES);
                let found = frequency(run.output(LEFT), RATE, f64::from(hertz));
                assert!(cents(found, f64::from(hertz)).abs() < 0.01, "{wave}: {found}");
                let worst = worst_alias_db(run.output(LEFT), RATE, found);
                assert!(worst < -100.0, "{wave} at {hertz} Hz: {worst} dB");
            }
        }
    }

    /// Each copy is a line of its own; nothing lies between them.
    #[test]
    fn detune_spreads_the_copies_around_the_pitch() {
        let mut harness = harness(Waveform::Sine, 7);
        harness.turn(FREQUENCY, 1_000.0).turn(DETUNE, 100.0).run(4_800);
        let run = harness.run(FRAMES);
        let spectrum = Spectrum::of(run.output(LEFT), RATE);
        let mut pitches = places(7).map(|place| place.pitch)[..7].to_vec();
        pitches.sort_by(f32::total_cmp);
        let total: f64 =
            pitches.iter().map(|pitch| spectrum.component(1_000.0 * (f64::from(*pitch) / 12.0).exp2())).sum();
        let rest = spectrum.between(20.0, 20_000.0) / total - 1.0;
        assert!(rest < 1e-6, "{rest} of the power lies elsewhere");
        assert!(pitches.iter().sum::<f32>().abs() < 1e-5, "in tune on average");
        assert!((pitches[0] + 1.0).abs() < 0.1 && (pitches[6] - 1.0).abs() < 0.1);
    }

    #[test]
    fn spread_goes_from_mono_to_wide_and_keeps_the_loudness() {
        let level = |run: &jackfield_node::harness::LaneRun| {
            let power = [LEFT, RIGHT].map(|side| 10f64.powf(rms_db(run.output(side)) / 10.0));
            10.0 * (power[0] + power[1]).log10()
        };
        for copies in [1, 2, 5, 8] {
            let mono = harness(Waveform::Saw, copies).turn(SPREAD, 0.0).run(FRAMES);
            let likeness = correlation(mono.output(LEFT), mono.output(RIGHT));
            assert!(likeness > 0.999_99, "{copies}: {likeness}");
            let wide = harness(Waveform::Saw, copies).turn(SPREAD, 1.0).run(FRAMES);
            let balance = rms_db(wide.output(LEFT)) - rms_db(wide.output(RIGHT));
            assert!(balance.abs() < 1.0, "{copies}: {balance} dB");
            if copies > 1 {
                assert!(correlation(wide.output(LEFT), wide.output(RIGHT)).abs() < 0.8);
            }
            // A saw has -4.77 dB.
            assert!((level(&wide) + 4.77).abs() < 1.5, "{copies}: {} dB", level(&wide));
        }
    }
}
