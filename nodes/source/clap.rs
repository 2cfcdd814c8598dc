//! Hand clap: noise in four bursts, of which the last dies away in a room.

use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::noise;
use jackfield_node::dsp::strike::{Strike, decay, decay_coefficient};
use jackfield_node::dsp::svf::{Svf, SvfCoefficients};
use jackfield_node::prelude::*;

const TRIGGER: Input = Input::gate(0, "trigger", "Claps when it rises.");
const VELOCITY: Input = Input::knob(1, "velocity", Knob::unit(1.0), "How loud the next clap is.");
const SPREAD: Input = Input::knob(
    2,
    "spread",
    Knob::seconds(0.002, 0.05, 0.010_5),
    "Time from hand to hand: how far from together the people clap.",
);
const DECAY: Input =
    Input::knob(3, "decay", Knob::seconds(0.05, 3.0, 0.38), "Time until the room is silent (-60 dB).");
const TONE: Input =
    Input::knob(4, "tone", Knob::hertz(300.0, 5_000.0, 1_150.0), "Pitch of the hollow between the hands.");
const AIR: Input = Input::knob(5, "air", Knob::unit(0.35), "How much treble there is above the hollow.");

const OUT: Output = Output::audio(0, "out", "The clap.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Clap>("source.clap", "Hand clap", Category::Source)
    .summary("Hands that clap, not quite together.")
    .help(
        "A few people clap and are not quite together: three short bursts of noise, then one that rings out \
         in the room. The hollow of the hands colours it. A short spread is one pair of hands, a long one a \
         crowd that is late. It sits on the backbeat, alone or on top of a snare. Each clap has a noise of \
         its own, so no two are equal. Try: a snare and a clap from the same trigger, with the clap a little \
         quieter.",
    )
    .tags(&["cp", "hands", "808", "909", "percussion", "drum", "backbeat", "noise"])
    .inputs(&[TRIGGER, VELOCITY, SPREAD, DECAY, TONE, AIR])
    .outputs(&[OUT])
    .face(Face::Waveform)
    .random()
    .checked();

/// How many hands come before the last one.
const HANDS: f32 = 3.0;
/// Each of them loses 60 dB within this many times the spread.
const HAND_SHARE: f32 = 2.2;
/// The last one is quieter by this, since it rings longer.
const ROOM_LEVEL: f32 = 0.75;
/// Resonance of the hollow.
const RESONANCE: f32 = 0.72;
/// How much treble there is at most.
const MOST_AIR: f32 = 0.45;
/// Brings the clap to a peak near 1.
const GAIN: f32 = 2.6;

lane_state! {
    struct State<V> {
        counter: Bits<V>,
        strike: Strike<V>,
        /// How many hands are still to come, and the frames until the next of them.
        hands: Lanes<V>,
        wait: Lanes<V>,
        level: Lanes<V>,
        filters: [Svf<V>; 2],
    }
}

/// What the knobs become.
#[derive(Clone, Copy)]
struct ClapParams<V: Vector> {
    /// Frames from hand to hand.
    distance: Lanes<V>,
    hand: Lanes<V>,
    room: Lanes<V>,
}

struct Clap;

impl LaneNode for Clap {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    fn start(seed: u32) -> State<f32> {
        let none = Lanes(0.0);
        State {
            counter: noise::hash(Bits(seed)),
            strike: Strike::default(),
            hands: none,
            wait: none,
            level: none,
            filters: [Svf::default(); 2],
        }
    }

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let rate = io.sample_rate();
        let base = C4_HERTZ / rate;
        let hand_octaves = io.splat(HAND_SHARE).log2();
        let mut shape = io.derive([SPREAD, DECAY], |[spread, decay]| ClapParams {
            distance: spread.exp2() * rate,
            hand: decay_coefficient(spread + hand_octaves, rate),
            room: decay_coefficient(decay, rate),
        });
        let mut filters = io.derive([TONE], |[tone]| {
            let fraction = tone.exp2() * base;
            [
                SvfCoefficients::new(fraction, tone.same(RESONANCE)),
                SvfCoefficients::new(fraction, tone.same(0.0)),
            ]
        });
        let (trigger, velocity, air) = (io.input(TRIGGER), io.input(VELOCITY), io.input(AIR));
        let mut out = io.output(OUT);
        for frame in io.frames() {
            let starts = state.strike.trigger(trigger.at(frame), velocity.at(frame));
            let level = bursts(state, starts, &shape.at(frame));
            let white = noise::white(&mut state.counter) * level;
            let [hollow, edge] = filters.at(frame);
            let band = state.filters[0].step(white, &hollow).band;
            let treble = state.filters[1].step(white, &edge).high;
            // The peak of the band has the height of Q, which this takes back in part.
            let sound = band * 0.55 + treble * air.at(frame).clamp(0.0, 1.0) * MOST_AIR;
            out.set(frame, (sound * GAIN).tanh());
        }
    }
}

/// The loudness of the noise: each hand starts a burst, the last of them the longest.
#[inline(always)]
fn bursts<V: Vector>(state: &mut State<V>, starts: Mask<V>, shape: &ClapParams<V>) -> Lanes<V> {
    let waited = state.wait - 1.0;
    let claps = starts | (state.hands.gt(0.5) & waited.le(0.0));
    let left = starts.select(state.hands.same(HANDS), state.hands - 1.0);
    state.hands = claps.select(left, state.hands);
    // What was waited too long is taken from the next wait, so that fractions of frames don't add up.
    let next = starts.select(shape.distance, shape.distance + waited);
    state.wait = claps.select(next, waited.max(-1.0));
    let is_last = state.hands.le(0.5);
    let loudness = state.strike.strength() * is_last.select(waited.same(ROOM_LEVEL), waited.same(1.0));
    let coefficient = is_last.select(shape.room, shape.hand);
    decay(&mut state.level, claps, loudness, coefficient)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::{Spectrum, peak_db, rms_db};
    use jackfield_testkit::signal::gate;

    const RATE: f32 = 48_000.0;

    fn clap(harness: &mut LaneHarness) -> Vec<f32> {
        harness.plug(TRIGGER, gate(48_000, &[(0, 48)])).run(48_000).output(OUT).to_vec()
    }

    #[test]
    fn four_hands_clap_at_their_distance() {
        let out = clap(LaneHarness::new(&SPEC).turn(SPREAD, 0.02));
        // The loudness in pieces of 2 ms rises where a hand claps.
        let pieces: Vec<f64> = out.chunks(96).map(rms_db).collect();
        for hand in 0..4 {
            let at = hand * 10;
            let before = if at == 0 { -300.0 } else { pieces[at - 1] };
            assert!(pieces[at].max(pieces[at + 1]) > before + 10.0, "hand {hand}: {pieces:?}");
        }
        let later = &pieces[44..60];
        assert!(later.windows(2).all(|pair| pair[1] < pair[0] + 6.0), "none comes after: {later:?}");
    }

    #[test]
    fn it_is_loud_hollow_and_dies_away() {
        let out = clap(&mut LaneHarness::new(&SPEC));
        assert!((-7.0..0.0).contains(&peak_db(&out)), "{}", peak_db(&out));
        let spectrum = Spectrum::of(&out[..24_000], RATE);
        let hollow = spectrum.between(800.0, 1_600.0);
        assert!(hollow > 3.0 * spectrum.between(200.0, 800.0), "it has a pitch");
        assert!(hollow > spectrum.between(4_000.0, 8_000.0));
        assert!(rms_db(&out[28_800..]) < -60.0, "{}", rms_db(&out[28_800..]));
    }

    #[test]
    fn no_two_claps_are_equal() {
        let mut harness = LaneHarness::new(&SPEC);
        let (first, second) = (clap(&mut harness), clap(&mut harness));
        assert_ne!(first[..4_800], second[..4_800]);
    }
}
