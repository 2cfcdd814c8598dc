//! Kick drum: a sine that falls in pitch, with a beater's click, driven.
//!
//! The click is a second, very short fall of the pitch from far above, so that beater and drum are one sound.

use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::declick::Declick;
use jackfield_node::dsp::strike::{Strike, decay, decay_coefficient};
use jackfield_node::prelude::*;

const TRIGGER: Input = Input::gate(0, "trigger", "Strikes when it rises.");
const VELOCITY: Input = Input::knob(1, "velocity", Knob::unit(1.0), "How hard the next strike is.");
const FREQUENCY: Input =
    Input::knob(2, "frequency", Knob::hertz(20.0, 300.0, 50.0), "Pitch of the drum once it has fallen.");
const SWEEP: Input =
    Input::knob(3, "sweep", Knob::octaves(0.0, 6.0, 2.4), "From how far above the pitch falls.");
const FALL: Input =
    Input::knob(4, "fall", Knob::seconds(0.005, 1.0, 0.09), "How long the fall of the pitch takes.");
const DECAY: Input =
    Input::knob(5, "decay", Knob::seconds(0.05, 8.0, 0.7), "Time until the drum is silent (-60 dB).");
const CLICK: Input = Input::knob(6, "click", Knob::unit(0.4), "How much of the beater is heard.");
const DRIVE: Input = Input::knob(
    7,
    "drive",
    Knob::decibels(0.0, 36.0, 7.0),
    "How hot: fuller and louder, then distorted. \
         Turned up while the drum sounds, its edges are heard at once.",
)
.that_sweeps();

const OUT: Output = Output::audio(0, "out", "The drum.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Kick>("source.kick", "Kick drum", Category::Source)
    .summary("A bass drum: a sine that falls in pitch.")
    .help(
        "The foot of most rhythms. What the ear takes for a blow is a tone that falls within a few \
         hundredths of a second; sweep and fall say from where and how fast. A short fall is tight and hard, \
         a long one boomy. With decay at 2 seconds and drive it is the bass of a whole track: play it by a \
         pitch into frequency. Click lets it through on small loudspeakers. A stroke swings farthest at \
         first, so that many of them have a small offset. Try: a clock of quarter notes into trigger; then a \
         second kick with sweep 5, fall 0.3 and frequency 120, a tom.",
    )
    .tags(&["bass drum", "bd", "808", "909", "tom", "percussion", "boom", "drum"])
    .inputs(&[TRIGGER, VELOCITY, FREQUENCY, SWEEP, FALL, DECAY, CLICK, DRIVE])
    .outputs(&[OUT])
    .face(Face::Waveform)
    .with_offset("A stroke swings to one side first and farthest, and dies away.")
    .checked();

/// A turn in fixed-point phases: 2^32.
const TURN: f32 = 4_294_967_296.0;
/// The most turns a frame.
const FASTEST: f32 = 0.4;
/// From how far above the pitch the click falls, in octaves, and within what time by 60 dB, in seconds.
const CLICK_OCTAVES: f32 = 5.0;
const CLICK_SECONDS: f32 = 0.006;
/// A fall is heard as done when it has come this close, re 60 dB: a tenth of the way is left.
const FALL_SHARE: f32 = 1.584_962_5;
/// How long the last sound fades into a new strike, in seconds.
const FADE_SECONDS: f32 = 0.005;

lane_state! {
    struct State<V> {
        strike: Strike<V>,
        phase: Bits<V>,
        /// How loud it is, and how much is left of the fall and of the click.
        level: Lanes<V>,
        fall: Lanes<V>,
        click: Lanes<V>,
        declick: Declick<V>,
    }
}

/// What the knobs become.
#[derive(Clone, Copy)]
struct KickParams<V: Vector> {
    level: Lanes<V>,
    fall: Lanes<V>,
    drive: Lanes<V>,
    /// Brings the driven peak to 1.
    makeup: Lanes<V>,
}

struct Kick;

impl LaneNode for Kick {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let rate = io.sample_rate();
        let base = C4_HERTZ / rate;
        let mut shape = io.derive([FALL, DECAY, DRIVE], |[fall, decay, drive]| {
            let drive = drive.exp2();
            KickParams {
                level: decay_coefficient(decay, rate),
                fall: decay_coefficient(fall + FALL_SHARE, rate),
                drive,
                makeup: 1.0 / drive.tanh(),
            }
        });
        let click_coefficient = decay_coefficient(io.splat(CLICK_SECONDS).log2(), rate);
        let (trigger, velocity) = (io.input(TRIGGER), io.input(VELOCITY));
        let (frequency, sweep, click) = (io.input(FREQUENCY), io.input(SWEEP), io.input(CLICK));
        let mut out = io.output(OUT);
        for frame in io.frames() {
            let shape = shape.at(frame);
            let starts = state.strike.trigger(trigger.at(frame), velocity.at(frame));
            let one = io.splat(1.0);
            let level = decay(&mut state.level, starts, state.strike.strength(), shape.level);
            let fall = decay(&mut state.fall, starts, one, shape.fall);
            let beater = decay(&mut state.click, starts, one, click_coefficient) * click.at(frame);
            let octaves = frequency.at(frame) + sweep.at(frame) * fall + beater * CLICK_OCTAVES;
            let step = ((octaves.exp2() * base).min(FASTEST) * TURN).to_integer_in_range();
            state.phase = starts.select_bits(state.phase.same(0), state.phase + step);
            let body = (state.phase.sin_turns() * level * shape.drive).tanh() * shape.makeup;
            out.set(frame, state.declick.next(body, starts, FADE_SECONDS * rate));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::{Spectrum, click_burst_db, peak_db, rms_db};
    use jackfield_testkit::signal::gate;

    const RATE: f32 = 48_000.0;

    #[test]
    fn it_falls_to_its_pitch_and_dies_away() {
        let mut harness = LaneHarness::new(&SPEC);
        let out = harness.plug(TRIGGER, gate(96_000, &[(0, 48)])).run(96_000).output(OUT).to_vec();
        assert!((-1.0..0.01).contains(&peak_db(&out)), "{}", peak_db(&out));
        let spectrum = Spectrum::of(&out[9_600..24_000], RATE);
        let strongest = (1..200).max_by(|a, b| spectrum.power[*a].total_cmp(&spectrum.power[*b])).unwrap();
        let hertz = strongest as f64 * spectrum.bin;
        assert!((hertz - 50.0).abs() < 4.0, "{hertz} Hz");
        let early = Spectrum::of(&out[..960], RATE);
        assert!(early.between(100.0, 400.0) > early.between(0.0, 100.0), "it begins high");
        assert!(rms_db(&out[48_000..]) < -60.0, "{}", rms_db(&out[48_000..]));
        assert!(out[90_000..].iter().all(|x| *x == 0.0));
    }

    #[test]
    fn velocity_is_read_at_the_strike() {
        let level = |velocity: f32| {
            let mut harness = LaneHarness::new(&SPEC);
            harness.turn(VELOCITY, velocity).turn(DRIVE, 0.0).plug(TRIGGER, gate(100, &[(0, 48)]));
            let start = harness.run(100).output(OUT).to_vec();
            let rest = harness.turn(VELOCITY, 1.0).run(9_600).output(OUT).to_vec();
            peak_db(&[start, rest].concat())
        };
        let difference = level(1.0) - level(0.25);
        assert!((9.0..13.0).contains(&difference), "{difference} dB");
    }

    #[test]
    fn striking_it_again_does_not_click() {
        let mut harness = LaneHarness::new(&SPEC);
        harness.turn(CLICK, 0.0).turn(SWEEP, 0.0).turn(DRIVE, 0.0).turn(DECAY, 8.0);
        let strikes: Vec<(usize, usize)> = (0..9).map(|i| (i * 4_321, i * 4_321 + 48)).collect();
        let out = harness.plug(TRIGGER, gate(40_000, &strikes)).run(40_000).output(OUT).to_vec();
        // A sine that begins in silence has a corner; one that begins in another sound has hardly more of
        // one.
        let first = click_burst_db(&[vec![0.0; 1_000], out[..4_000].to_vec()].concat(), RATE);
        let again = click_burst_db(&out[1_000..], RATE);
        assert!(again < first + 6.0, "{again} dB, the first strike {first} dB");
    }
}
