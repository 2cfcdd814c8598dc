//! Vocoder: one sound speaks with the voice of another.
//!
//! Both sounds go through equal banks of band-pass filters, each of two state-variable filters in a row (A.
//! Simper, "Linear Trapezoidal Integrated State Variable Filter", 2013). How loud the voice is in a band says
//! how loud the carrier may be there.

mod bank;

use crate::parts::compute::best_instructions::BestInstructions;
use bank::{BANDS, BandFollower, Bank, sum};
use jackfield_node::dsp::Lanes;
use jackfield_node::dsp::gain::fader;
use jackfield_node::dsp::smooth::{approach, approach_in};
use jackfield_node::prelude::*;
use std::f32::consts::TAU;

choices! {
    /// How many bands there are.
    enum VocoderBands {
        Bands8 = "8",
        Bands16 = "16",
        Bands24 = "24",
        Bands32 = "32",
    }
}

const IN: Input = Input::audio(0, "in", "The voice: what is said.").sum();
const CARRIER: Input =
    Input::audio(1, "carrier", "The carrier: what it is said with. Rich sounds work best.").sum();
const ATTACK: Input =
    Input::knob(2, "attack", Knob::seconds(0.000_5, 0.2, 0.004), "How soon a band opens: time to 63 %.")
        .sum();
const RELEASE: Input =
    Input::knob(3, "release", Knob::seconds(0.005, 2.0, 0.04), "How soon a band closes: time to 37 %.").sum();
const SHIFT: Input = Input::knob(
    4,
    "shift",
    Knob::octaves(-2.0, 2.0, 0.0),
    "Moves the bands of the carrier, in octaves. Below 0 a larger mouth speaks, above a smaller one.",
)
.sum();
const HISS: Input = Input::knob(
    5,
    "hiss",
    Knob::unit(0.3),
    "How much of the voice's own treble, from 5 kHz up, is heard: s, t and f.",
)
.sum();
const LEVEL: Input =
    Input::knob(6, "level", Knob::decibels(-60.0, 36.0, 12.0), "Loudness of the result.").sum();

const COUNT: Setting = VocoderBands::setting(
    0,
    "bands",
    VocoderBands::Bands16,
    "Few bands sound like the machines of the seventies, many are easier to understand.",
);

const OUT: Output = Output::audio(0, "out", "The carrier, speaking.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Vocoder>("effect.vocoder", "Vocoder", Category::Effect)
    .summary("Lets one sound speak with the shape of another.")
    .help(
        "Speech is a buzz or a hiss that the mouth shapes. The vocoder measures the shape of the voice, band \
         by band, and gives it to another sound: synthesizers sing, strings talk, drums play chords. The \
         carrier needs overtones: saws or noise, not sines. Try: a drum loop as the voice and a chord of \
         saws as the carrier, then a release of 1 second.",
    )
    .tags(&["robot", "talk", "speech", "voice", "formant", "filter bank", "channel vocoder", "singing"])
    .inputs(&[IN, CARRIER, ATTACK, RELEASE, SHIFT, HISS, LEVEL])
    .outputs(&[OUT])
    .settings(&[COUNT])
    .checked();

/// Frames from one look at the knobs to the next.
const TICK: usize = 16;

/// Where hiss begins, in hertz.
const HISS_HERTZ: f32 = 5000.0;

impl VocoderBands {
    fn count(self) -> usize {
        match self {
            Self::Bands8 => 8,
            Self::Bands16 => 16,
            Self::Bands24 => 24,
            Self::Bands32 => 32,
        }
    }
}

/// The voice's bank, and how many bands there are.
struct VocoderConfig {
    bands: usize,
    voice: Bank,
    /// What the spoken is turned up by.
    make_up: f32,
}

/// The make-up of one band, which leaves a voice about as loud as it is when the carrier is about as loud.
const MAKE_UP: f32 = 2.8;

impl Configure for VocoderConfig {
    fn configure(settings: &Settings, setup: &Setup) -> Result<Self, ConfigError> {
        let bands = settings.chosen::<VocoderBands>(COUNT)?.count();
        // The more bands, the less of either sound is in each of them, and a band counts as their product.
        let make_up = MAKE_UP * Lanes(bands as f32).sqrt().0;
        Ok(Self { bands, voice: Bank::new(bands, 0.0, setup.sample_rate), make_up })
    }
}

struct Vocoder {
    instructions: BestInstructions,
    voice: bank::Memory,
    carrier: bank::Memory,
    /// The carrier's bank and the shift it was made for.
    shifted: Bank,
    shift: f32,
    follower: BandFollower,
    /// Two low-passes in a row; what they leave of the voice is hiss.
    low: [f32; 2],
    /// Frames since the last look at the knobs.
    in_tick: usize,
}

impl BlockNode for Vocoder {
    type Config = VocoderConfig;

    fn new(shape: &VocoderConfig, _: &Setup, _: u32) -> Self {
        Self {
            instructions: BestInstructions::of_this_machine(),
            voice: bank::Memory::default(),
            carrier: bank::Memory::default(),
            shifted: shape.voice.clone(),
            shift: 0.0,
            follower: BandFollower::default(),
            low: [0.0; 2],
            in_tick: 0,
        }
    }

    fn process(&mut self, shape: &VocoderConfig, io: &mut BlockIo<'_>) {
        let sample_rate = io.sample_rate();
        let hiss_share = approach(Lanes(TAU * HISS_HERTZ / sample_rate)).0;
        let (voice, carrier) = (io.input(IN), io.input(CARRIER));
        let (hiss, level) = (io.input(HISS), io.input(LEVEL));
        let steady = io.is_constant(LEVEL).then(|| fader(Lanes(level[0])).0);
        for i in 0..io.frames() {
            if self.in_tick == 0 {
                self.look(shape, io, i);
            }
            self.in_tick = (self.in_tick + 1) % TICK;
            let spoken = self.speak(shape, voice[i], carrier[i]) * shape.make_up;
            let mut low = voice[i];
            for pole in &mut self.low {
                *pole += (low - *pole) * hiss_share;
                low = *pole;
            }
            let level = steady.unwrap_or_else(|| fader(Lanes(level[i])).0);
            let hissed = (voice[i] - low) * hiss[i].clamp(0.0, 1.0) * HISS_GAIN;
            io.output(OUT)[i] = (spoken + hissed) * level;
        }
    }

    fn reset(&mut self) {
        self.voice = bank::Memory::default();
        self.carrier = bank::Memory::default();
        self.follower = BandFollower::default();
        self.low = [0.0; 2];
        self.in_tick = 0;
    }
}

/// The loudness of hiss re what is spoken, at level 0 dB.
const HISS_GAIN: f32 = 0.15;

impl Vocoder {
    /// Takes in the knobs as they stand at a frame.
    fn look(&mut self, shape: &VocoderConfig, io: &BlockIo<'_>, frame: usize) {
        let rate = io.sample_rate();
        let share = |input: Input| approach_in(Lanes(io.input(input)[frame]), 1.0, rate).0;
        self.follower.set_pace(share(ATTACK), share(RELEASE));
        let shift = io.input(SHIFT)[frame].clamp(-4.0, 4.0);
        if shift != self.shift {
            self.shift = shift;
            self.shifted = Bank::new(shape.bands, shift, rate);
        }
    }

    /// The next frame of what is spoken.
    fn speak(&mut self, shape: &VocoderConfig, voice: f32, carrier: f32) -> f32 {
        let Self { instructions, voice: voice_memory, carrier: carrier_memory, shifted, follower, .. } = self;
        instructions.run(
            #[inline(always)]
            || {
                let mut heard = [0.0; BANDS];
                shape.voice.filter(voice_memory, voice, shape.bands, &mut heard);
                follower.follow(&mut heard, shape.bands);
                let mut bands = [0.0; BANDS];
                shifted.filter(carrier_memory, carrier, shape.bands, &mut bands);
                sum(&bands, &heard, shape.bands)
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::Choices;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::{Spectrum, click_burst_db, integrated_lufs, rms_db};
    use jackfield_testkit::signal::{noise, pink_noise, sine};

    const RATE: f32 = 48_000.0;

    fn vocoder(bands: VocoderBands) -> BlockHarness {
        let bench = BlockHarness::of(&SPEC).setting(COUNT, bands);
        let mut vocoder = bench.start().unwrap();
        vocoder.turn(HISS, 0.0);
        vocoder
    }

    /// The frequency around which the power lies, in octaves re 1 kHz.
    fn center(signal: &[f32]) -> f64 {
        let Spectrum { power, bin } = Spectrum::of(signal, RATE);
        let sums = power.iter().enumerate().skip(1).fold((0.0, 0.0), |(sum, total), (i, power)| {
            (sum + (i as f64 * bin / 1000.0).log2() * power, total + power)
        });
        sums.0 / sums.1
    }

    #[test]
    fn the_carrier_sounds_where_the_voice_does() {
        for bands in [VocoderBands::Bands8, VocoderBands::Bands16, VocoderBands::Bands32] {
            for hertz in [200.0, 1000.0, 4000.0] {
                let mut vocoder = vocoder(bands);
                let run =
                    vocoder.plug(IN, sine(96_000, hertz, RATE)).plug(CARRIER, noise(96_000, 1)).run(96_000);
                let found = center(&run.output(OUT)[30_000..]);
                let spacing = (10_000.0_f64 / 90.0).log2() / (bands.count() - 1) as f64;
                let error = (found - (hertz / 1000.0).log2()).abs();
                assert!(error < 0.6 * spacing + 0.1, "{error} octaves off at {hertz} Hz with {bands} bands");
            }
        }
    }

    #[test]
    fn shift_moves_the_carriers_bands() {
        let mut vocoder = vocoder(VocoderBands::Bands32);
        vocoder.turn(SHIFT, 1.0).plug(IN, sine(96_000, 1000.0, RATE)).plug(CARRIER, noise(96_000, 1));
        let found = center(&vocoder.run(96_000).output(OUT)[30_000..]);
        assert!((found - 1.0).abs() < 0.2, "{found} octaves");
    }

    #[test]
    fn the_voice_stays_as_loud_with_any_number_of_bands() {
        let (voice, carrier) = (pink_noise(96_000, 1), pink_noise(96_000, 2));
        let before = integrated_lufs(&[&voice], RATE);
        for bands in VocoderBands::ALL {
            let mut vocoder = vocoder(*bands);
            vocoder.turn(HISS, 0.3).plug(IN, voice.clone()).plug(CARRIER, carrier.clone());
            let change = integrated_lufs(&[&vocoder.run(96_000).output(OUT)[9_600..]], RATE) - before;
            println!("{}: {change}", bands.count());
            assert!(change.abs() < 3.0, "{change} dB with {} bands", bands.count());
        }
    }

    #[test]
    fn silence_on_either_side_is_silence() {
        for (quiet, loud) in [(IN, CARRIER), (CARRIER, IN)] {
            let run =
                vocoder(VocoderBands::Bands16).hold(quiet, 0.0).plug(loud, noise(48_000, 1)).run(48_000);
            assert!(rms_db(run.output(OUT)) < -100.0);
        }
    }

    #[test]
    fn a_band_closes_in_the_time_asked_for() {
        let mut sound = sine(48_000, 1000.0, RATE);
        sound.push(0.0);
        let mut vocoder = vocoder(VocoderBands::Bands16);
        vocoder.turn(RELEASE, 0.2).plug(IN, sound).plug(CARRIER, sine(192_000, 1000.0, RATE)).run(48_000);
        let run = vocoder.run(24_000);
        let level = |from: usize| rms_db(&run.output(OUT)[from..from + 480]);
        // 0.2 s later: one time constant.
        assert!((level(4800) - level(14_400) - 8.69).abs() < 0.7, "{} dB", level(4800) - level(14_400));
    }

    #[test]
    fn a_turned_shift_makes_no_click() {
        let turned = (0..48_000).map(|i| ((i as f32 - 24_000.0) / 480.0).clamp(0.0, 1.0));
        let turned = turned.map(|x| x * x * x * (10.0 - x * (15.0 - 6.0 * x)));
        let mut vocoder = vocoder(VocoderBands::Bands16);
        vocoder.turn(ATTACK, 0.2).turn(RELEASE, 1.0);
        vocoder.plug(IN, sine(48_000, 100.0, RATE)).plug(CARRIER, sine(48_000, 100.0, RATE));
        let run = vocoder.sweep(SHIFT, turned).run(48_000);
        let click = click_burst_db(&run.output(OUT)[9600..], RATE);
        assert!(click < -80.0, "{click} dB");
    }
}
