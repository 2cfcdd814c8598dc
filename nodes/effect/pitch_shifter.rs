//! Pitch shifter: another pitch at the same speed.
//!
//! Each window's spectrum is taken apart into its peaks. A peak with the bins around it moves to where it
//! belongs, as it is, and its phase goes on as that of the new frequency does (J. Laroche and M. Dolson, "New
//! Phase-Vocoder Techniques for Pitch-Shifting, Harmonizing and Other Exotic Effects", 1999). What belongs to
//! one partial thus stays together, so tones keep their shape and there is none of the usual chorus.

mod peaks;

use crate::parts::compute::memo::Memo;
use crate::parts::delay::line::DelayLine;
use crate::parts::spectrum::stft::{Stft, window_size};
use jackfield_node::dsp::Lanes;
use jackfield_node::prelude::*;
use jackfield_node::{Change, Migration};
use peaks::Peaks;

choices! {
    /// How long the windows are.
    enum PitchShiftQuality {
        Quick = "quick",
        Even = "even",
        Fine = "fine",
    }
}

const IN: Input = Input::audio(0, "in", "Sound to shift.");
const SHIFT: Input = Input::knob(
    1,
    "shift",
    Knob::number(-24.0, 24.0, 7.0),
    "By how much the pitch moves, in semitones. 12: an octave up.",
);
const FINE: Input = Input::knob(2, "fine", Knob::cents(-100.0, 100.0, 0.0), "The same in cents.");
const MIX: Input = Input::knob(
    3,
    "mix",
    Knob::unit(0.3),
    "0: the sound alone. 50 %: both, in step. 100 %: the shifted one alone.",
);

const QUALITY: Setting = PitchShiftQuality::setting(
    0,
    "quality",
    PitchShiftQuality::Even,
    "Length of the windows: 21, 43 or 85 ms. Quick keeps drums crisp, fine keeps chords clean.",
);

const OUT: Output = Output::audio(0, "out", "The sound at its new pitch.");

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::block::<PitchShifter>("effect.pitch_shifter", "Pitch shifter", Category::Effect)
        .summary("Moves the pitch of any sound, chords too, at the same speed.")
        .help(
            "Takes a sound apart into its partials and puts each of them at its new place, so that \
             everything keeps its length. A fifth above makes a second voice, an octave below a bass, a few \
             cents a wide double. It is as late as its windows are long, and says so, so that the sound \
             itself waits and both stay together. Each voice has its own shift: an LFO or a sequencer into \
             it plays the sound as an instrument. Try: drums 5 semitones down, then a voice at 3 and at 7 \
             semitones for a chord.",
        )
        .tags(&["transpose", "harmonizer", "octaver", "detune", "vocoder", "fft", "chipmunk", "whammy"])
        .inputs(&[IN, SHIFT, FINE, MIX])
        .outputs(&[OUT])
        .settings(&[QUALITY])
        .version(2)
        .migrations(&[Migration { from: 1, changes: &[Change::KnobDefault { knob: "mix", was: 0.5 }] }])
        .checked();

impl PitchShiftQuality {
    /// Length of the windows in seconds, or a little less.
    fn window_seconds(self) -> f32 {
        match self {
            Self::Quick => 0.022,
            Self::Even => 0.045,
            Self::Fine => 0.09,
        }
    }
}

/// Samples to a window.
struct PitchShifterConfig(usize);

impl Configure for PitchShifterConfig {
    fn configure(settings: &Settings, setup: &Setup) -> Result<Self, ConfigError> {
        let quality: PitchShiftQuality = settings.chosen(QUALITY)?;
        Ok(Self(window_size(quality.window_seconds(), setup.sample_rate)))
    }
}

struct PitchShifter {
    stft: Stft,
    peaks: Peaks,
    /// The sound itself, as late as the rest.
    dry: DelayLine,
    ratio: Memo<f32>,
}

impl BlockNode for PitchShifter {
    type Config = PitchShifterConfig;

    fn new(&PitchShifterConfig(size): &PitchShifterConfig, _: &Setup, _: u32) -> Self {
        Self {
            stft: Stft::new(size),
            peaks: Peaks::new(size),
            dry: DelayLine::new(size),
            ratio: Memo::default(),
        }
    }

    fn latency(&PitchShifterConfig(size): &PitchShifterConfig) -> usize {
        size
    }

    fn process(&mut self, &PitchShifterConfig(size): &PitchShifterConfig, io: &mut BlockIo<'_>) {
        let (input, shift, fine, mix) = (io.input(IN), io.input(SHIFT), io.input(FINE), io.input(MIX));
        let out = io.output(OUT);
        out.copy_from_slice(input);
        let Self { stft, peaks, dry, ratio } = self;
        stft.process(out, |spectrum, frame| {
            let semitones = (shift[frame] + fine[frame] * 0.01).clamp(-48.0, 48.0);
            peaks.shift(spectrum, ratio.of(semitones, |semitones| Lanes(semitones / 12.0).exp2().0));
        });
        for ((out, input), mix) in out.iter_mut().zip(input).zip(mix) {
            let mix = mix.clamp(0.0, 1.0);
            *out = dry.at(size) * (1.0 - mix) + *out * mix;
            dry.push(*input);
        }
    }

    fn reset(&mut self) {
        self.stft.reset();
        self.peaks.reset();
        self.dry.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::Choices;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::{cents, frequency, rms_db};
    use jackfield_testkit::signal::{noise, sine};

    const RATE: f32 = 48_000.0;

    fn shifter(quality: PitchShiftQuality, semitones: f32) -> BlockHarness {
        let bench = BlockHarness::of(&SPEC).setting(QUALITY, quality);
        let mut shifter = bench.start().unwrap();
        shifter.turn(SHIFT, semitones).turn(MIX, 1.0);
        shifter
    }

    #[test]
    fn tones_come_out_at_their_new_pitch_and_as_loud() {
        for &quality in PitchShiftQuality::ALL {
            for semitones in [-12.0, -5.0, 0.37, 7.0, 12.0] {
                for hertz in [220.0, 1003.7] {
                    let run = shifter(quality, semitones).plug(IN, sine(144_000, hertz, RATE)).run(144_000);
                    let expected = hertz * 2.0_f64.powf(f64::from(semitones) / 12.0);
                    let steady = &run.output(OUT)[48_000..];
                    let found = frequency(steady, RATE, expected);
                    assert!(cents(found, expected).abs() < 1.0, "{found} instead of {expected} Hz");
                    let level = rms_db(steady);
                    assert!((level + 3.01).abs() < 0.7, "{level} dB, {semitones} semitones from {hertz} Hz");
                }
            }
        }
    }

    /// What is heard besides the partials of a chord.
    #[test]
    fn a_chord_stays_a_chord() {
        let tones = [261.6, 329.6, 392.0];
        let sum: Vec<Vec<f32>> = tones.iter().map(|hertz| sine(240_000, *hertz, RATE)).collect();
        let chord: Vec<f32> =
            (0..240_000).map(|i| sum.iter().map(|tone| tone[i]).sum::<f32>() / 3.0).collect();
        let run = shifter(PitchShiftQuality::Fine, 5.0).plug(IN, chord).run(240_000);
        let steady = &run.output(OUT)[96_000..];
        for hertz in tones {
            let expected = hertz * 2.0_f64.powf(5.0 / 12.0);
            assert!(cents(frequency(steady, RATE, expected), expected).abs() < 2.0, "{hertz} Hz");
        }
    }

    #[test]
    fn no_shift_is_the_sound_itself() {
        let sound = noise(20_000, 1);
        let mut shifter = shifter(PitchShiftQuality::Even, 0.0);
        let latency = shifter.latency();
        let run = shifter.plug(IN, sound.clone()).run(20_000);
        let late = run.output(OUT)[latency + 2048..].iter().zip(&sound[2048..]);
        assert!(late.into_iter().all(|(a, b)| (a - b).abs() < 1e-4));
    }
}
