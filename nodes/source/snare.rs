//! Snare drum: two modes of a skin, and the rattle of the wires below it.

use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::declick::Declick;
use jackfield_node::dsp::noise;
use jackfield_node::dsp::strike::{Strike, decay, decay_coefficient};
use jackfield_node::dsp::svf::{Svf, SvfCoefficients};
use jackfield_node::prelude::*;

const TRIGGER: Input = Input::gate(0, "trigger", "Strikes when it rises.");
const VELOCITY: Input = Input::knob(1, "velocity", Knob::unit(1.0), "How hard the next strike is.");
const FREQUENCY: Input = Input::knob(2, "frequency", Knob::hertz(80.0, 500.0, 190.0), "Pitch of the skin.");
const DECAY: Input =
    Input::knob(3, "decay", Knob::seconds(0.03, 2.0, 0.22), "Time until the skin is silent (-60 dB).");
const WIRES: Input =
    Input::knob(4, "wires", Knob::unit(0.6), "Balance of skin and wires: 0 is a tom, 100 % only a rattle.");
const RATTLE: Input =
    Input::knob(5, "rattle", Knob::seconds(0.03, 3.0, 0.32), "Time until the wires are silent (-60 dB).");
const TONE: Input =
    Input::knob(6, "tone", Knob::hertz(500.0, 12_000.0, 3_000.0), "Where the wires are loudest.");

const OUT: Output = Output::audio(0, "out", "The drum.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Snare>("source.snare", "Snare drum", Category::Source)
    .summary("A snare drum: skin and wires.")
    .help(
        "A skin that sounds short and rather low, and below it wires that rattle: a tone and a noise, each \
         with a decay of its own. The balance of both and the place of the noise make the style: low and dry \
         for soul, bright and long for the eighties, nearly only wires for a brush. Soft strikes are also \
         duller, as on a drum. A stroke swings farthest at first, so that many of them have a small offset. \
         Try: strikes on the second and fourth beat, and a random value into velocity for ghost notes \
         between them.",
    )
    .tags(&["sd", "808", "909", "rimshot", "brush", "percussion", "drum", "backbeat"])
    .inputs(&[TRIGGER, VELOCITY, FREQUENCY, DECAY, WIRES, RATTLE, TONE])
    .outputs(&[OUT])
    .face(Face::Waveform)
    .random()
    .with_offset("A stroke swings to one side first and farthest, and dies away.")
    .checked();

/// A turn in fixed-point phases: 2^32.
const TURN: f32 = 4_294_967_296.0;
/// The most turns a frame.
const FASTEST: f32 = 0.4;
/// The second mode of the skin re the first: that of an ideal one, which air and tension bring together.
const SECOND_MODE: f32 = 1.78;
/// How loud the second mode is, and how much faster it decays.
const SECOND_LEVEL: f32 = 0.6;
const SECOND_FASTER: f32 = -0.7;
/// The skin is tighter while it swings far: from how far above its pitch falls, in octaves, and within what
/// time by 60 dB, in seconds.
const TENSION: f32 = 0.5;
const TENSION_SECONDS: f32 = 0.06;
/// Resonance of the filter of the wires.
const WIRES_RESONANCE: f32 = 0.1;
/// How loud the wires are.
const WIRES_LEVEL: f32 = 1.7;
/// How much treble they have above their loudest place.
const WIRES_AIR: f32 = 0.4;
/// How long the last sound fades into a new strike, in seconds.
const FADE_SECONDS: f32 = 0.002;

lane_state! {
    struct State<V> {
        counter: Bits<V>,
        strike: Strike<V>,
        phases: [Bits<V>; 2],
        /// How loud the two modes are, how much tension is left, and how loud the wires are.
        modes: [Lanes<V>; 2],
        tension: Lanes<V>,
        wires: Lanes<V>,
        filter: Svf<V>,
        declick: Declick<V>,
    }
}

struct Snare;

impl LaneNode for Snare {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    fn start(seed: u32) -> State<f32> {
        let none = Lanes(0.0);
        State {
            counter: noise::hash(Bits(seed)),
            strike: Strike::default(),
            phases: [Bits(0); 2],
            modes: [none; 2],
            tension: none,
            wires: none,
            filter: Svf::default(),
            declick: Declick::default(),
        }
    }

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let rate = io.sample_rate();
        let base = C4_HERTZ / rate;
        let mut coefficients = io.derive([DECAY, RATTLE], |[skin, wires]| {
            [
                decay_coefficient(skin, rate),
                decay_coefficient(skin + SECOND_FASTER, rate),
                decay_coefficient(wires, rate),
            ]
        });
        let mut filter =
            io.derive([TONE], |[tone]| SvfCoefficients::new(tone.exp2() * base, tone.same(WIRES_RESONANCE)));
        let mut speed = io.derive([FREQUENCY], |[octaves]| octaves.exp2() * base);
        let tension_coefficient = decay_coefficient(io.splat(TENSION_SECONDS).log2(), rate);
        let (trigger, velocity, balance) = (io.input(TRIGGER), io.input(VELOCITY), io.input(WIRES));
        let mut out = io.output(OUT);
        for frame in io.frames() {
            let coefficients = coefficients.at(frame);
            let starts = state.strike.trigger(trigger.at(frame), velocity.at(frame));
            let strength = state.strike.strength();
            let tension = decay(&mut state.tension, starts, strength * TENSION, tension_coefficient);
            let speed = speed.at(frame) * tension.exp2();
            let first = mode(&mut state.phases[0], speed, starts)
                * decay(&mut state.modes[0], starts, strength, coefficients[0]);
            let second = mode(&mut state.phases[1], speed * SECOND_MODE, starts)
                * decay(&mut state.modes[1], starts, strength * strength * SECOND_LEVEL, coefficients[1]);
            let skin = state.declick.next(first + second, starts, FADE_SECONDS * rate);
            // Wires start to rattle only when the skin lifts them, so they are the quieter the softer it is.
            let level = decay(&mut state.wires, starts, strength * strength, coefficients[2]);
            let white = noise::white(&mut state.counter) * level;
            let filtered = state.filter.step(white, &filter.at(frame));
            let wires = (filtered.band + filtered.high * WIRES_AIR) * WIRES_LEVEL;
            let balance = balance.at(frame).clamp(0.0, 1.0);
            out.set(frame, (skin * (1.0 - balance) + wires * balance).tanh());
        }
    }
}

/// The next sample of a sine that begins at each start.
#[inline(always)]
fn mode<V: Vector>(phase: &mut Bits<V>, speed: Lanes<V>, starts: Mask<V>) -> Lanes<V> {
    let step = (speed.min(FASTEST) * TURN).to_integer_in_range();
    *phase = starts.select_bits(phase.same(0), *phase + step);
    phase.sin_turns()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::{Spectrum, peak_db, rms_db};
    use jackfield_testkit::signal::gate;

    const RATE: f32 = 48_000.0;

    fn strike(harness: &mut LaneHarness) -> Vec<f32> {
        harness.plug(TRIGGER, gate(48_000, &[(0, 48)])).run(48_000).output(OUT).to_vec()
    }

    #[test]
    fn skin_and_wires_lie_where_they_are_told() {
        let skin = strike(LaneHarness::new(&SPEC).turn(WIRES, 0.0));
        let spectrum = Spectrum::of(&skin[..24_000], RATE);
        assert!(spectrum.between(150.0, 450.0) > 0.95 * spectrum.between(0.0, 20_000.0));
        let wires = strike(LaneHarness::new(&SPEC).turn(WIRES, 1.0));
        let spectrum = Spectrum::of(&wires[..24_000], RATE);
        assert!(spectrum.between(1_500.0, 20_000.0) > 0.9 * spectrum.between(0.0, 20_000.0));
    }

    #[test]
    fn it_is_loud_at_once_and_dies_away() {
        let out = strike(&mut LaneHarness::new(&SPEC));
        assert!((-6.0..0.0).contains(&peak_db(&out)), "{}", peak_db(&out));
        assert!(peak_db(&out[..240]) > -9.0, "{} in 5 ms", peak_db(&out[..240]));
        assert!(rms_db(&out[19_200..]) < -60.0, "{}", rms_db(&out[19_200..]));
        // Only the filter behind the noise goes on, unheard.
        assert!(peak_db(&out[40_000..]) < -140.0);
    }

    #[test]
    fn soft_strikes_are_duller() {
        let brightness = |velocity: f32| {
            let out = strike(LaneHarness::new(&SPEC).turn(VELOCITY, velocity));
            let spectrum = Spectrum::of(&out[..24_000], RATE);
            spectrum.between(1_500.0, 20_000.0) / spectrum.between(100.0, 1_500.0)
        };
        assert!(brightness(0.3) < 0.3 * brightness(1.0));
    }
}
