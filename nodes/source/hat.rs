//! Hi-hat: six squares out of tune with each other and some noise, of which only the treble is heard.
//!
//! The squares have no aliases (see [`oscillator_bank`](jackfield_node::dsp::oscillator_bank)), so that the
//! metal sounds the same at every sample rate.

use crate::parts::oscillator::blep_tables::BlepTables;
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::blep::{Pending, Residuals, TAPS};
use jackfield_node::dsp::noise;
use jackfield_node::dsp::oscillator_bank::{FASTEST, advance};
use jackfield_node::dsp::strike::{Strike, decay, decay_coefficient};
use jackfield_node::dsp::svf::{Svf, SvfCoefficients};
use jackfield_node::dsp::wave::Wave;
use jackfield_node::prelude::*;

const CLOSED: Input =
    Input::gate(0, "closed", "Strikes the closed hi-hat, which also silences the open one.");
const OPEN: Input = Input::gate(1, "open", "Strikes the open hi-hat.");
const VELOCITY: Input = Input::knob(2, "velocity", Knob::unit(1.0), "How hard the next strike is.");
const FREQUENCY: Input =
    Input::knob(3, "frequency", Knob::hertz(100.0, 2_000.0, 420.0), "Pitch of the metal.");
const DECAY: Input = Input::knob(
    4,
    "decay",
    Knob::seconds(0.02, 1.0, 0.12),
    "Time until the closed hi-hat is silent (-60 dB).",
);
const OPEN_DECAY: Input = Input::knob(
    5,
    "open_decay",
    Knob::seconds(0.05, 6.0, 0.9),
    "Time until the open hi-hat is silent (-60 dB).",
);
const METAL: Input = Input::knob(6, "metal", Knob::unit(0.65), "Balance of noise and metal.");
const TONE: Input =
    Input::knob(7, "tone", Knob::hertz(1_000.0, 14_000.0, 7_000.0), "Only what lies above is heard.");

const OUT: Output = Output::audio(0, "out", "The hi-hat.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Hat>("source.hat", "Hi-hat", Category::Source)
    .summary("A hi-hat, open and closed; also a cymbal.")
    .help(
        "Metal has so many tones that they can't be told apart: here six squares, out of tune with each \
         other, with all below the treble taken away. The closed strike cuts an open one short, as the pedal \
         does. Metal at 0 is a soft shaker, at 100 % a machine from 1980. With open decay at 4 seconds it is \
         a cymbal; with tone at 1,000 Hz and a low frequency, a bell. Try: eighth notes into closed, the \
         off-beat before the snare into open, and a different velocity on every step.",
    )
    .tags(&["hh", "hihat", "cymbal", "shaker", "808", "909", "metal", "percussion", "drum", "ride"])
    .inputs(&[CLOSED, OPEN, VELOCITY, FREQUENCY, DECAY, OPEN_DECAY, METAL, TONE])
    .outputs(&[OUT])
    .face(Face::Waveform)
    .random()
    .checked();

/// How many squares, and how far apart: no two close to a simple ratio.
const PARTS: usize = 6;
const RATIOS: [f32; PARTS] = [1.0, 1.342, 1.483_2, 1.773_1, 2.301_7, 2.713_3];
/// Brings what is left of squares and noise above the default tone to one level.
const METAL_LEVEL: f32 = 5.0;
const NOISE_LEVEL: f32 = 0.9;
/// Resonance of the two high-passes.
const RESONANCE: f32 = 0.35;

lane_state! {
    struct State<V> {
        counter: Bits<V>,
        closed: Strike<V>,
        open: Strike<V>,
        /// 1 where the last strike was an open one.
        is_open: Lanes<V>,
        level: Lanes<V>,
        phases: [Bits<V>; PARTS],
        speed: Lanes<V>,
        filters: [Svf<V>; 2],
    }
}

struct Hat;

impl LaneNode for Hat {
    type State<V: Vector> = State<V>;
    type Config = BlepTables;

    /// Corrections under way.
    const KEPT_WORDS: usize = TAPS;

    fn start(seed: u32) -> State<f32> {
        let none = Lanes(0.0);
        let mut counter = noise::hash(Bits(seed));
        let mut phases = [Bits(0); PARTS];
        for phase in &mut phases {
            *phase = noise::next(&mut counter);
        }
        State {
            counter,
            closed: Strike::default(),
            open: Strike::default(),
            is_open: none,
            level: none,
            phases,
            speed: none,
            filters: [Svf::default(); 2],
        }
    }

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, tables: &BlepTables, io: &mut Io<'_, V>) {
        let rate = io.sample_rate();
        let base = C4_HERTZ / rate;
        let mut coefficients = io.derive([DECAY, OPEN_DECAY], |[closed, open]| {
            [decay_coefficient(closed, rate), decay_coefficient(open, rate)]
        });
        let mut filter =
            io.derive([TONE], |[tone]| SvfCoefficients::new(tone.exp2() * base, tone.same(RESONANCE)));
        // The highest square has to stay below the fastest.
        let mut speed =
            io.derive([FREQUENCY], |[octaves]| (octaves.exp2() * base).min(FASTEST / RATIOS[PARTS - 1]));
        let (closed, open) = (io.input(CLOSED), io.input(OPEN));
        let (velocity, metal) = (io.input(VELOCITY), io.input(METAL));
        let mut pending = [Pending::<V>::load(io.token(), |tap| io.kept(tap))];
        let mut out = io.output(OUT);
        for frame in io.frames() {
            let [if_closed, if_open] = coefficients.at(frame);
            let velocity = velocity.at(frame);
            let opens = state.open.trigger(open.at(frame), velocity);
            let closes = state.closed.trigger(closed.at(frame), velocity);
            let is_open = (opens | state.is_open.gt(0.5)) & !closes;
            state.is_open = is_open.to_gate(velocity);
            let coefficient = is_open.select(if_open, if_closed);
            let level = decay(&mut state.level, opens | closes, velocity.clamp(0.0, 1.0), coefficient);
            let speed = speed.at(frame);
            let squares = squares(state, speed, tables.0, &mut pending);
            let hiss = noise::white(&mut state.counter) * NOISE_LEVEL;
            let sound = hiss.mix(squares * METAL_LEVEL, metal.at(frame).clamp(0.0, 1.0));
            let filter = filter.at(frame);
            let [first, second] = &mut state.filters;
            let treble = second.step(first.step(sound, &filter).high, &filter).high;
            out.set(frame, (treble * level).tanh());
        }
        for tap in 0..TAPS {
            io.keep(tap, pending[0].left(tap));
        }
    }
}

/// The next sample of all squares together, RMS about 0.4.
#[inline(always)]
fn squares<V: Vector>(
    state: &mut State<V>,
    speed: Lanes<V>,
    residuals: &Residuals,
    pending: &mut [Pending<V>; 1],
) -> Lanes<V> {
    const GAIN: f32 = 1.0 / PARTS as f32;
    let half = [state.phases[0].same(0x8000_0000); 2];
    let mut sum = speed.same(0.0);
    for (phase, ratio) in state.phases.iter_mut().zip(RATIOS) {
        let speeds = [state.speed * ratio, speed * ratio];
        let turned = advance(Wave::Square, residuals, phase, speeds, half);
        sum += turned.value;
        if turned.corners.any() {
            turned.correct(Wave::Square, residuals, pending, &[speed.same(1.0)]);
        }
    }
    state.speed = speed;
    (sum + pending[0].advance()) * GAIN
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::{Spectrum, peak_db, rms_db};
    use jackfield_testkit::signal::gate;

    const RATE: f32 = 48_000.0;

    #[test]
    fn only_treble_is_heard() {
        for metal in [0.0, 1.0] {
            let mut harness = LaneHarness::new(&SPEC);
            let out = harness.turn(METAL, metal).plug(OPEN, gate(48_000, &[(0, 48)])).run(48_000);
            let spectrum = Spectrum::of(out.output(OUT), RATE);
            let treble = spectrum.between(5_000.0, 24_000.0) / spectrum.between(0.0, 24_000.0);
            assert!(treble > 0.97, "metal {metal}: {treble}");
            let peak = peak_db(out.output(OUT));
            assert!((-9.0..0.0).contains(&peak), "metal {metal}: {peak} dB");
        }
    }

    #[test]
    fn a_closed_strike_cuts_the_open_one_short() {
        let tail = |closed: &[(usize, usize)]| {
            let mut harness = LaneHarness::new(&SPEC);
            harness.plug(OPEN, gate(24_000, &[(0, 48)])).plug(CLOSED, gate(24_000, closed));
            rms_db(&harness.run(24_000).output(OUT)[14_000..16_000])
        };
        assert!(tail(&[]) > -50.0, "{}", tail(&[]));
        assert!(tail(&[(6_000, 6_048)]) < tail(&[]) - 40.0);
    }

    #[test]
    fn balance_keeps_the_loudness() {
        let level = |metal: f32| {
            let mut harness = LaneHarness::new(&SPEC);
            harness.turn(METAL, metal).turn(OPEN_DECAY, 6.0);
            rms_db(&harness.plug(OPEN, gate(24_000, &[(0, 48)])).run(24_000).output(OUT)[..9_600])
        };
        assert!((level(0.0) - level(1.0)).abs() < 4.0, "{} {}", level(0.0), level(1.0));
    }
}
