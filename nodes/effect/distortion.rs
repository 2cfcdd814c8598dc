//! Distortion: the characters of tubes, diodes, tape, fuzz and rectifiers, at four times the sample rate.
//!
//! What is driven too fast for a curve is eased ([`ease`]), and the corners of fuzz and rectifier are those
//! of [`adaa`], which take their aliases away: a sine up to 2.5 kHz has aliases below -80 dB at any drive.

use crate::parts::mixing::stereo_lanes::{self, StereoSignal};
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::adaa::{self, AdaaState};
use jackfield_node::dsp::gain::fader;
use jackfield_node::dsp::one_pole;
use jackfield_node::dsp::oversample::Oversampler4x;
use jackfield_node::dsp::steepness::ease;
use jackfield_node::prelude::*;
use jackfield_node::{Change, Migration};

choices! {
    enum DistortionKind {
        Tube = "tube",
        Diode = "diode",
        Tape = "tape",
        Fuzz = "fuzz",
        Octave = "octave",
    }
}

const IN: Input = Input::audio(0, "in", "Signal to distort.");
const LEFT: Input = stereo_lanes::left(1);
const RIGHT: Input = stereo_lanes::right(2);
const DRIVE: Input =
    Input::knob(3, "drive", Knob::decibels(-12.0, 48.0, 18.0), "How hard the circuit is driven.");
const TONE: Input = Input::knob(
    4,
    "tone",
    Knob::hertz(200.0, 20_000.0, 8_000.0),
    "Takes the edge off behind the circuit: 6 dB per octave above this.",
);
const MIX: Input = Input::knob(5, "mix", Knob::unit(1.0), "0: the input alone. 100 %: the distortion alone.");
const LEVEL: Input = Input::knob(6, "level", Knob::decibels(-60.0, 12.0, -13.0), "Loudness of all.");

const CHARACTER: Setting = DistortionKind::setting(
    0,
    "character",
    DistortionKind::Tube,
    "Warm and uneven; gentle; soft in the treble; hard and uneven; or an octave up.",
);

const OUT: Output = Output::audio(0, "out", "The distorted signal.");
const RIGHT_OUT: Output = stereo_lanes::right_out(1);

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<Distortion>("effect.distortion", "Distortion", Category::Effect)
        .summary("Five ways to break a sound: tube, diode, tape, fuzz, octave.")
        .help(
            "Each circuit bends a wave in its own way when it is driven too hard. A tube bends one side more \
         than the other, which adds the octave and warmth; diodes in a pedal bend gently and evenly; tape \
         gives way in the treble first; a fuzz cuts hard, to the point of a square; a rectifier turns the \
         lower half up, which doubles the pitch. Tone and level stand behind it, as on a pedal. Try: a bass \
         with tube at 20 dB, mix 50 %; a lead with fuzz at 40 dB, tone 3 kHz; then play one note with \
         octave.",
        )
        .tags(&[
            "overdrive",
            "saturation",
            "fuzz",
            "tube",
            "tape",
            "diode",
            "rectifier",
            "octave",
            "pedal",
            "guitar",
        ])
        .inputs(&[IN, LEFT, RIGHT, DRIVE, TONE, MIX, LEVEL])
        .outputs(&[OUT, RIGHT_OUT])
        .settings(&[CHARACTER])
        .version(2)
        .migrations(&[Migration { from: 1, changes: &[Change::KnobDefault { knob: "level", was: -6.0 }] }])
        .checked();

/// How far a tube is from the middle of its curve, and the slope there, tanh'(0.5).
const TUBE_BIAS: f32 = 0.5;
const TUBE_SLOPE: f32 = 0.786_447_7;
/// What comes through diodes at most. Less would have overtones that four times the rate does not hold.
const DIODE_LIMIT: f32 = 1.7;
/// Where a fuzz cuts off, below and above.
const FUZZ: [f32; 2] = [-0.4, 1.0];
/// What tape holds at most.
const TAPE_LIMIT: f32 = 1.6;
/// Above this tape gives way earlier, in hertz, and by how much at the top: 1 + 2, 9.5 dB.
const TAPE_CORNER: f32 = 4_000.0;
const TAPE_EMPHASIS: f32 = 2.0;
/// Below this the octave's rectifier lets nothing through, in hertz.
const MEAN_CORNER: f32 = 20.0;
/// Uneven curves make an offset; this takes it away, in hertz.
const OFFSET_CORNER: f32 = 8.0;

impl Configure for DistortionKind {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        settings.chosen(CHARACTER)
    }
}

lane_state! {
    struct State<V> { sides: [DistortionChannel<V>; 2] }
}

lane_state! {
    struct DistortionChannel<V> {
        oversampled: Oversampler4x<V>,
        /// What a corner remembers, at four times the rate.
        memory: AdaaState<V>,
        /// What was last driven into the curve, there too.
        last: Lanes<V>,
        mean: Lanes<V>,
        /// The filters before and behind the circuit.
        emphasis: [Lanes<V>; 2],
        offset: Lanes<V>,
        tone: Lanes<V>,
    }
}

struct Distortion;

impl LaneNode for Distortion {
    type State<V: Vector> = State<V>;
    type Config = DistortionKind;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, character: &DistortionKind, io: &mut Io<'_, V>) {
        let mean_gain = one_pole::gain(io.splat(MEAN_CORNER / (4.0 * io.sample_rate())));
        match character {
            DistortionKind::Tube => run(
                state,
                io,
                false,
                #[inline(always)]
                |last, _, _, x| {
                    let at_rest = x.same(TUBE_BIAS).tanh();
                    (ease(last, x + TUBE_BIAS, 1.0).tanh() - at_rest) * (1.0 / TUBE_SLOPE)
                },
            ),
            DistortionKind::Diode => run(
                state,
                io,
                false,
                #[inline(always)]
                |last, _, _, x| {
                    let x = ease(last, x, 1.0);
                    x / (x * x * (1.0 / DIODE_LIMIT / DIODE_LIMIT) + 1.0).sqrt()
                },
            ),
            DistortionKind::Tape => run(
                state,
                io,
                true,
                #[inline(always)]
                |last, _, _, x| (ease(last, x, 1.0) * (1.0 / TAPE_LIMIT)).tanh() * TAPE_LIMIT,
            ),
            DistortionKind::Fuzz => run(
                state,
                io,
                false,
                #[inline(always)]
                |last, memory, _, x| {
                    let x = ease(last, x, 1.0);
                    let (low, high) = (x.same(FUZZ[0]), x.same(FUZZ[1]));
                    let halves = adaa::clip(memory[0], x, low, high);
                    adaa::join(memory, x, halves)
                },
            ),
            DistortionKind::Octave => run(
                state,
                io,
                false,
                #[inline(always)]
                |last, memory, mean, x| {
                    let halves = adaa::magnitude(memory[0], x);
                    let folded = adaa::join(memory, x, halves);
                    // Without its mean the folded wave saturates where its corners are.
                    ease(last, folded - one_pole::low(mean, folded, mean_gain), 1.0).tanh()
                },
            ),
        }
    }
}

/// One block through a circuit; `is_tape` puts filters around it.
#[inline(always)]
fn run<V: Vector>(
    state: &mut State<V>,
    io: &mut Io<'_, V>,
    is_tape: bool,
    circuit: impl Fn(&mut Lanes<V>, &mut AdaaState<V>, &mut Lanes<V>, Lanes<V>) -> Lanes<V>,
) {
    let (input, mix) = (StereoSignal::new(io, IN, LEFT, RIGHT), io.input(MIX));
    let rate = io.sample_rate();
    let mut drive = io.derive(
        [DRIVE],
        #[inline(always)]
        |[octaves]| octaves.exp2(),
    );
    let mut tone = io.derive(
        [TONE],
        #[inline(always)]
        |[octaves]| one_pole::gain(octaves.exp2() * (C4_HERTZ / rate)),
    );
    let mut level = io.derive(
        [LEVEL],
        #[inline(always)]
        |[octaves]| fader(octaves),
    );
    let offset = one_pole::gain(io.splat(OFFSET_CORNER / rate));
    let emphasis = Emphasis::new(io.splat(TAPE_CORNER / rate));
    let mut outputs = [io.output(OUT), io.output(RIGHT_OUT)];
    for side in 0..input.sides() {
        let channel = &mut state.sides[side];
        for frame in io.frames() {
            let clean = input.side(side, frame);
            let mut sound = clean * drive.at(frame);
            if is_tape {
                sound = emphasis.lift(&mut channel.emphasis[0], sound);
            }
            sound = channel.oversampled.apply(
                sound,
                #[inline(always)]
                |x| circuit(&mut channel.last, &mut channel.memory, &mut channel.mean, x),
            );
            if is_tape {
                sound = emphasis.lower(&mut channel.emphasis[1], sound);
            }
            sound -= one_pole::low(&mut channel.offset, sound, offset);
            let toned = one_pole::low(&mut channel.tone, sound, tone.at(frame));
            let sound = clean.mix(toned, mix.at(frame).clamp(0.0, 1.0)) * level.at(frame);
            input.write(&mut outputs, side, frame, sound);
        }
    }
    if input.is_mono() {
        state.sides[1] = state.sides[0];
    }
}

/// A shelf that lifts the treble by `1 + TAPE_EMPHASIS`, and its inverse.
struct Emphasis<V: Vector> {
    gain: Lanes<V>,
    inverse: Lanes<V>,
}

impl<V: Vector> Emphasis<V> {
    #[inline(always)]
    fn new(corner: Lanes<V>) -> Self {
        // The shelf is x + e (x - low) = (1 + e) x - e low. Solved for x, it has its pole at a lower gain.
        let gain = one_pole::gain(corner);
        Self { gain, inverse: 1.0 / ((1.0 + TAPE_EMPHASIS) - gain * TAPE_EMPHASIS) }
    }

    #[inline(always)]
    fn lift(&self, state: &mut Lanes<V>, input: Lanes<V>) -> Lanes<V> {
        let low = one_pole::low(state, input, self.gain);
        input + (input - low) * TAPE_EMPHASIS
    }

    #[inline(always)]
    fn lower(&self, state: &mut Lanes<V>, input: Lanes<V>) -> Lanes<V> {
        // The low-pass of the unknown output is gain * output + (1 - gain) * state.
        let output = (input + *state * (1.0 - self.gain) * TAPE_EMPHASIS) * self.inverse;
        one_pole::low(state, output, self.gain);
        output
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::Choices;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::{partials, rms_db, worst_alias_db};
    use jackfield_testkit::signal::sine;

    fn distorted(character: DistortionKind, drive: f32, gain: f32, hertz: f64) -> Vec<f32> {
        let bench = LaneHarness::of(&SPEC).setting(CHARACTER, character);
        let mut harness = bench.start().unwrap();
        harness.turn(DRIVE, drive).turn(TONE, 20_000.0).turn(LEVEL, 0.0);
        let tone: Vec<f32> = sine((1 << 16) + 9_600, hertz, 48_000.0).iter().map(|x| x * gain).collect();
        harness.plug(IN, tone).run(9_600);
        harness.run(1 << 16).output(OUT).to_vec()
    }

    #[test]
    fn at_any_drive_it_has_no_audible_aliases() {
        for &character in DistortionKind::ALL {
            for hertz in [997.0, 2_500.0] {
                for drive in [12.0, 24.0, 30.0, 36.0, 42.0, 48.0] {
                    // The octave's fundamental is no partial of its own, but one of the input.
                    let worst = worst_alias_db(&distorted(character, drive, 1.0, hertz), 48_000.0, hertz);
                    assert!(worst < -90.0, "{character}, {hertz} Hz, {drive} dB: {worst} dB");
                }
            }
        }
    }

    #[test]
    fn quiet_signals_pass_but_for_the_octave() {
        for &character in &DistortionKind::ALL[..4] {
            let quiet = distorted(character, 0.0, 0.001, 300.0);
            let change = rms_db(&quiet) + 60.0 + 3.01;
            assert!(change.abs() < 0.1, "{character}: {change} dB");
        }
    }

    #[test]
    fn each_has_its_partials() {
        let levels = |character| partials(&distorted(character, 12.0, 0.5, 220.0), 48_000.0, 220.0).levels_db;
        for character in [DistortionKind::Diode, DistortionKind::Tape] {
            let levels = levels(character);
            assert!(levels[1] < -90.0 && levels[2] > -40.0, "{character} is even: {:?}", &levels[..3]);
        }
        for character in [DistortionKind::Tube, DistortionKind::Fuzz] {
            assert!(levels(character)[1] > -30.0, "{character} is uneven");
        }
        let octave = levels(DistortionKind::Octave);
        assert!(octave[0] < -60.0 && octave[1] == 0.0, "an octave up: {:?}", &octave[..2]);
    }

    #[test]
    fn no_offset_remains() {
        for &character in DistortionKind::ALL {
            let sound = distorted(character, 24.0, 1.0, 997.0);
            let mean = sound.iter().sum::<f32>() / sound.len() as f32;
            assert!(mean.abs() < 1e-3, "{character}: {mean}");
        }
    }
}
