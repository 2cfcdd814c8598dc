//! Band-limited oscillator: saw, square, triangle and sine, with frequency and phase modulation and
//! hard sync.
//!
//! The waveforms are computed as they are drawn, and what their corners would fold down from above
//! hearing is taken away by [`blep`](jackfield_node::dsp::blep): below -100 dB for every waveform up to
//! C8 at 48 kHz. Corners are found on a parabola through the last three phases, which keeps that
//! quality under fast modulation.

use crate::parts::oscillator::waveform::Waveform;
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::blep::noted::NotedCorners;
use jackfield_node::dsp::blep::{Pending, Residuals, TAPS};
use jackfield_node::dsp::gate::{self, Gate};
use jackfield_node::dsp::oscillator::{Motion, Sync};
use jackfield_node::dsp::wave::Wave;
use jackfield_node::prelude::*;

choices! {
    /// What sync does to a cycle.
    enum SyncMode {
        Hard = "hard",
        Soft = "soft",
    }
}

const FREQUENCY: Input = Input::knob(
    0,
    "frequency",
    Knob::hertz(8.0, 12_000.0, C4_HERTZ),
    "Pitch of the tone when nothing is patched into pitch.",
);
const PITCH: Input =
    Input::pitch(1, "pitch", "Octaves added to the frequency; the pitch of a note goes here.");
const FINE: Input = Input::knob(2, "fine", Knob::cents(-100.0, 100.0, 0.0), "Fine tuning.");
const WIDTH: Input = Input::knob(
    3,
    "width",
    Knob::unit(0.5),
    "How much of each cycle the square wave is up. It has no offset at any width.",
);
const PM: Input = Input::control(4, "pm", "Phase modulation: cycles ahead.");
const FM: Input = Input::control(
    5,
    "fm",
    "Linear frequency modulation: 1 doubles the frequency, -1 stops, -2 runs backwards.",
);
const SYNC: Input = Input::sync(
    6,
    "sync",
    "Starts the cycle again when it rises, or with each cycle of the oscillator that is patched into it.",
);

const WAVEFORM: Setting = Waveform::setting(0, "waveform", Waveform::Saw, "The shape of a cycle.");
const SYNC_MODE: Setting = SyncMode::setting(
    1,
    "sync_mode",
    SyncMode::Hard,
    "Hard: sync always starts the cycle again. Soft: only where the cycle is nearly over, so that it falls \
     in step.",
);

const OUT: Output = Output::audio(0, "out", "The tone.").with_sync(BEGINNING);
const BEGINNING: Output = Output::gate(
    1,
    "sync",
    "A gate, up during the first half of each cycle, that tells exactly when it begins: for sync inputs.",
);

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<Oscillator>("source.oscillator", "Oscillator", Category::Source)
        .summary("Saw, square, triangle or sine without aliases.")
        .help(
            "The start of most sounds. A saw is bright and full, a square hollow, a triangle soft, a sine \
             has no overtones at all. Patch the pitch of a note into pitch; frequency and fine then shift \
             it. The width of the square is a knob: an LFO into it makes one oscillator sound like two. Into \
             pm or fm goes another oscillator for bells and metal, into sync another one for a scream that \
             keeps its pitch while you turn the frequency; soft sync only takes along what is nearly in \
             step. Any of pitch, fm and pm may be as fast as sound. Try: two saws, one with fine at 7 cents.",
        )
        .tags(&["vco", "saw", "square", "pulse", "triangle", "sine", "fm", "pm", "sync", "pwm", "tone"])
        .inputs(&[FREQUENCY, PITCH, FINE, WIDTH, PM, FM, SYNC])
        .outputs(&[OUT, BEGINNING])
        .settings(&[WAVEFORM, SYNC_MODE])
        .face(Face::Waveform)
        .checked();

/// A turn in fixed-point phases: 2^32.
const TURN: f32 = 4_294_967_296.0;

/// The fastest the phase may go, in turns per frame: a corner is found as long as it is below a half.
const FASTEST: f32 = 0.45;

/// Three quarters of a cycle: from here on soft sync starts it again.
const SOFT_SYNC_FROM: u32 = 0xc000_0000;

/// The chosen waveform and the tables for its corners.
struct OscillatorConfig {
    wave: Wave,
    residuals: &'static Residuals,
    /// Sync starts only cycles again that have come this far.
    synced_from: u32,
}

impl Configure for OscillatorConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        let wave = settings.chosen::<Waveform>(WAVEFORM)?.into();
        let synced_from = match settings.chosen(SYNC_MODE)? {
            SyncMode::Hard => 0,
            SyncMode::Soft => SOFT_SYNC_FROM,
        };
        Ok(Self { wave, residuals: Residuals::get(), synced_from })
    }
}

lane_state! {
    struct State<V> {
        /// Where the cycle is, without phase modulation.
        phase: Bits<V>,
        /// Turns per frame at the last frame.
        speed: Lanes<V>,
        /// Where the cycle was at the last frame, with phase modulation.
        before: Bits<V>,
        /// Phase modulation at the last frame, and by how much it had grown there.
        offset: Bits<V>,
        offset_growth: Bits<V>,
        /// Pulse width at the last frame.
        width: Bits<V>,
        /// The sync input at the last frame, and whether it was up.
        sync: Lanes<V>,
        sync_gate: Lanes<V>,
        /// For how many more frames corrections are under way.
        busy: Lanes<V>,
    }
}

struct Oscillator;

impl LaneNode for Oscillator {
    type State<V: Vector> = State<V>;
    type Config = OscillatorConfig;

    /// Corrections under way.
    const KEPT_WORDS: usize = TAPS;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, voicing: &OscillatorConfig, io: &mut Io<'_, V>) {
        match voicing.wave {
            Wave::Saw => correct(state, Wave::Saw, voicing, io),
            Wave::Square => correct(state, Wave::Square, voicing, io),
            Wave::Triangle => correct(state, Wave::Triangle, voicing, io),
            // A sine has no corners of its own.
            Wave::Sine if is_synced(state, io) || (!state.busy.equal(0.0)).any() => {
                run::<V, AT_ONCE>(state, Wave::Sine, voicing, io);
            }
            Wave::Sine => run::<V, NEVER>(state, Wave::Sine, voicing, io),
        }
    }
}

/// Whether a sync input is or was in use, so that phases may start again in this block.
#[inline(always)]
fn is_synced<V: Vector>(state: &State<V>, io: &Io<'_, V>) -> bool {
    let sync = io.input(SYNC);
    let Some(first) = io.frames().next() else { return false };
    let rests = sync.at(first).equal(0.0) & state.sync.equal(0.0) & state.sync_gate.equal(0.0);
    !sync.is_constant() || (!rests).any()
}

/// One block of a waveform that has corners.
#[inline(always)]
fn correct<V: Vector>(state: &mut State<V>, wave: Wave, voicing: &OscillatorConfig, io: &mut Io<'_, V>) {
    // To note corners pays for many lanes and frames.
    if V::WIDTH > 1 && io.frames().len() > TAPS && !is_synced(state, io) {
        run::<V, AFTERWARDS>(state, wave, voicing, io);
    } else {
        run::<V, AT_ONCE>(state, wave, voicing, io);
    }
}

/// When corners are corrected: there are none.
const NEVER: u8 = 0;
/// In the frame they occur in, since the next one depends on it.
const AT_ONCE: u8 = 1;
/// When all phases of the block are known.
const AFTERWARDS: u8 = 2;

/// One block of one waveform, whose corners are corrected when `CORRECTS` says.
#[inline(always)]
fn run<V: Vector, const CORRECTS: u8>(
    state: &mut State<V>,
    wave: Wave,
    voicing: &OscillatorConfig,
    io: &mut Io<'_, V>,
) {
    let base = C4_HERTZ / io.sample_rate();
    let mut speed = io.derive(
        [FREQUENCY, PITCH, FINE],
        #[inline(always)]
        |[frequency, pitch, fine]| (frequency + pitch + fine * (1.0 / 1200.0)).exp2() * base,
    );
    let mut offset = io.derive(
        [PM],
        #[inline(always)]
        |[turns]| turns.to_phase(),
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
    let (fm, sync) = (io.input(FM), io.input(SYNC));
    let mut pending = (CORRECTS == AT_ONCE).then(
        #[inline(always)]
        || Pending::<V>::load(io.token(), |tap| io.kept(tap)),
    );
    let mut noted = (CORRECTS == AFTERWARDS).then(
        #[inline(always)]
        || NotedCorners::<V>::load(io.token(), |tap| io.kept(tap)),
    );
    let (mut out, mut beginning) = (io.output(OUT), io.output(BEGINNING));
    // Where nothing moves, a frame goes as the one before did, from the third on: by then it is known how
    // the last block ended.
    let moves = [FREQUENCY, PITCH, FINE, PM, FM].iter().any(|input| !io.input(*input).is_constant());
    let mut motion = Motion::at_rest(state.before);
    let mut lag = io.splat(0.0);
    for (index, frame) in io.frames().enumerate() {
        if moves || index < 3 {
            let speed = (speed.at(frame) * (fm.at(frame) + 1.0)).clamp(-FASTEST, FASTEST);
            // The mean of both ends of the frame: what a speed that changes evenly covers.
            motion.step = ((state.speed + speed) * (0.5 * TURN)).to_integer_in_range();
            motion.offset = offset.at(frame);
            let offset_growth = motion.offset - state.offset;
            let bend = (offset_growth - state.offset_growth).to_signed() * (1.0 / TURN);
            motion.growth = speed - state.speed + bend;
            (state.speed, state.offset, state.offset_growth) = (speed, motion.offset, offset_growth);
            lag = motion.lag(voicing.residuals, motion.step + offset_growth);
        }
        motion.before = state.before;
        motion.now = state.phase + motion.step + motion.offset;
        motion.width_before = state.width;
        motion.width = if wave == Wave::Square { width.at(frame) } else { motion.offset };
        let mut correction = io.splat(0.0);
        if let Some(noted) = &mut noted {
            noted.note(index, &motion, motion.passes_corner(wave), wave, voicing.residuals);
        }
        if let Some(pending) = &mut pending {
            // A level that stays can't rise again.
            let may_rise = index == 0 || !sync.is_constant();
            correct_now(state, &mut motion, pending, wave, voicing, sync.at(frame), may_rise);
            correction = pending.advance();
        }
        state.phase = motion.now - motion.offset;
        state.before = motion.now;
        state.width = motion.width;
        beginning.set(frame, gate::of_cycle(motion.now));
        let mut value = motion.value_behind(wave, lag);
        if wave == Wave::Square {
            value -= mean.at(frame);
        }
        out.set(frame, if CORRECTS == AFTERWARDS { value } else { value + correction });
    }
    if let Some(pending) = pending {
        for tap in 0..TAPS {
            io.keep(tap, pending.left(tap));
        }
    }
    if let Some(noted) = noted {
        finish(state, noted, wave, voicing.residuals, io);
    }
}

/// Starts phases again that the sync input resets in this frame, and begins to correct the frame's corners.
#[inline(always)]
fn correct_now<V: Vector>(
    state: &mut State<V>,
    motion: &mut Motion<V>,
    pending: &mut Pending<V>,
    wave: Wave,
    voicing: &OscillatorConfig,
    level: Lanes<V>,
    may_rise: bool,
) {
    let mut corners = motion.passes_corner(wave);
    let mut rises = Mask::from_bitmask(level.token(), 0);
    if may_rise {
        let is_ready = !state.phase.lt(state.phase.same(voicing.synced_from));
        rises = is_ready & Gate::read(&mut state.sync_gate, level).opens;
        corners = corners | rises;
    }
    state.busy = (state.busy - 1.0).max(0.0);
    if corners.any() {
        let sync = Sync { before: state.sync, now: level, rises };
        motion.correct(wave, voicing.residuals, pending, corners, &sync);
        state.busy = corners.select(state.busy.same(TAPS as f32), state.busy);
    }
    state.sync = level;
}

/// Adds the corrections of a block whose phases are known.
#[inline(always)]
fn finish<V: Vector>(
    state: &mut State<V>,
    mut noted: NotedCorners<V>,
    wave: Wave,
    residuals: &Residuals,
    io: &mut Io<'_, V>,
) {
    noted.correct(wave, residuals);
    let mut out = io.output(OUT);
    for (index, frame) in io.frames().enumerate() {
        out.add(frame, noted.correction(index));
    }
    let frames = io.frames().len();
    for tap in 0..TAPS {
        io.keep(tap, noted.left(frames, tap));
    }
    let left = (state.busy - frames as f32).max(0.0);
    state.busy = noted.seen().select(state.busy.same(TAPS as f32), left);
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::Choices;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::{cents, frequency, partials, worst_alias_db};
    use jackfield_testkit::signal;

    const RATE: f32 = 48_000.0;
    const FRAMES: usize = 1 << 17;

    fn harness(wave: Waveform) -> LaneHarness {
        LaneHarness::of(&SPEC).setting(WAVEFORM, wave).start().unwrap()
    }

    /// `FRAMES` frames once the start has died away.
    fn tone(harness: &mut LaneHarness) -> Vec<f32> {
        harness.run(4_800);
        harness.run(FRAMES).output(OUT).to_vec()
    }

    /// How clean a tone is, in dB re its strongest partial.
    fn alias(wave: Waveform, hertz: f32, out: &[f32]) -> f64 {
        let found = frequency(out, RATE, f64::from(hertz));
        let off = cents(found, f64::from(hertz)).abs();
        assert!(off < 0.01, "{wave} at {hertz} Hz is off by {off} cents");
        worst_alias_db(out, RATE, found)
    }

    #[test]
    fn has_no_audible_aliases_and_is_in_tune() {
        for &wave in Waveform::ALL {
            for hertz in [110.0, 997.0, 2_794.0, 4_186.0] {
                let worst = alias(wave, hertz, &tone(harness(wave).turn(FREQUENCY, hertz)));
                assert!(worst < -105.0, "{wave} at {hertz} Hz: {worst} dB");
            }
        }
    }

    #[test]
    fn partials_have_the_levels_of_the_ideal_waveform() {
        let expected: [fn(f64) -> f64; 3] = [|k| 1.0 / k, |k| k % 2.0 / k, |k| k % 2.0 / (k * k)];
        for (&wave, level) in Waveform::ALL.iter().zip(expected) {
            let out = tone(harness(wave).turn(FREQUENCY, 997.0));
            let partials = partials(&out, RATE, frequency(&out, RATE, 997.0));
            for (k, found) in (1..=16).map(f64::from).zip(&partials.levels_db) {
                let expected = 20.0 * level(k).log10();
                let good = if level(k) > 0.0 { (found - expected).abs() < 0.05 } else { *found < -130.0 };
                assert!(good, "{wave} partial {k}: {found} dB");
            }
        }
    }

    #[test]
    fn partials_keep_their_levels_up_to_the_end_of_hearing() {
        for hertz in [110.0, 997.0, 4_186.0] {
            let out = tone(harness(Waveform::Saw).turn(FREQUENCY, hertz));
            let partials = partials(&out, RATE, frequency(&out, RATE, f64::from(hertz)));
            let heard = (16_000.0 / hertz) as usize;
            for (number, level) in (1..=heard).zip(&partials.levels_db) {
                let expected = -20.0 * (number as f64).log10();
                assert!((level - expected).abs() < 0.1, "{hertz} Hz, partial {number}: {level} dB");
            }
        }
    }

    #[test]
    fn a_sine_has_no_harmonics() {
        let out = tone(harness(Waveform::Sine).turn(FREQUENCY, 997.0));
        let partials = partials(&out, RATE, frequency(&out, RATE, 997.0));
        assert!(partials.levels_db[1..].iter().all(|level| *level < -130.0), "{:?}", partials.levels_db);
    }

    #[test]
    fn hard_sync_is_clean() {
        for (wave, limit) in [
            (Waveform::Saw, -100.0),
            (Waveform::Square, -100.0),
            (Waveform::Triangle, -100.0),
            (Waveform::Sine, -100.0),
        ] {
            for hertz in [110.0, 997.0, 1_244.5] {
                let ramp = |frame: usize| (frame as f64 * f64::from(hertz) / f64::from(RATE)).fract() as f32;
                let mut harness = harness(wave);
                harness
                    .turn(FREQUENCY, 2.7 * hertz)
                    .plug(SYNC, (0..FRAMES + 4_800).map(ramp).collect::<Vec<_>>());
                let out = tone(&mut harness);
                let worst = worst_alias_db(&out, RATE, f64::from(hertz));
                assert!(worst < limit, "{wave} at {hertz} Hz: {worst} dB");
                let peak = out.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
                assert!(peak < 1.6, "{wave} at {hertz} Hz: peak {peak}");
            }
        }
    }

    #[test]
    fn soft_sync_takes_along_what_is_nearly_in_step() {
        for (ratio, is_taken) in [(1.9, true), (1.4, false)] {
            let bench = LaneHarness::of(&SPEC).setting(SYNC_MODE, SyncMode::Soft);
            let mut harness = bench.start().unwrap();
            let ramp = |frame: usize| (frame as f64 * 500.0 / f64::from(RATE)).fract() as f32;
            harness.turn(FREQUENCY, 500.0 * ratio);
            harness.plug(SYNC, (0..FRAMES + 4_800).map(ramp).collect::<Vec<_>>());
            let out = tone(&mut harness);
            let worst = worst_alias_db(&out, RATE, 500.0);
            assert_eq!(worst < -100.0, is_taken, "ratio {ratio}: {worst} dB beside the sync's own partials");
        }
    }

    #[test]
    fn frequency_modulation_is_clean() {
        for (wave, limit) in [
            (Waveform::Saw, -105.0),
            (Waveform::Square, -100.0),
            (Waveform::Triangle, -75.0),
            (Waveform::Sine, -130.0),
        ] {
            let modulator = signal::sine(FRAMES + 4_800, 1_200.0, RATE);
            let mut harness = harness(wave);
            harness.turn(FREQUENCY, 1_200.0);
            harness.plug(FM, modulator.iter().map(|x| 0.9 * x).collect::<Vec<_>>());
            let worst = alias(wave, 1_200.0, &tone(&mut harness));
            assert!(worst < limit, "{wave}: {worst} dB");
        }
    }

    #[test]
    fn phase_modulation_of_a_sine_is_its_formula() {
        let modulator = signal::sine(2_000, 300.0, RATE);
        let out = harness(Waveform::Sine).turn(FREQUENCY, 600.0).plug(PM, modulator.clone()).run(2_000);
        for (frame, (out, offset)) in out.output(OUT).iter().zip(&modulator).enumerate() {
            // The first frame comes half a step after the start: its speed rises from nothing.
            let turns = 600.0 / 48_000.0 * (frame as f64 + 0.5) + f64::from(*offset);
            let expected = (std::f64::consts::TAU * turns).sin();
            assert!((f64::from(*out) - expected).abs() < 1e-4, "{frame}: {out} {expected}");
        }
    }

    #[test]
    fn pitch_and_fine_add_up_in_octaves() {
        let mut harness = harness(Waveform::Sine);
        harness.turn(FREQUENCY, 220.0).hold(PITCH, 1.0).turn(FINE, 100.0);
        let found = frequency(&tone(&mut harness), RATE, 466.16);
        assert!((cents(found, 440.0) - 100.0).abs() < 0.01, "{found}");
    }

    #[test]
    fn a_pulse_of_any_width_has_no_offset() {
        for width in [0.05, 0.1, 0.3, 0.9] {
            let mut harness = harness(Waveform::Square);
            harness.turn(FREQUENCY, 100.0).turn(WIDTH, width).run(4_800);
            let run = harness.run(48_000);
            let mean = run.output(OUT).iter().map(|x| f64::from(*x)).sum::<f64>() / 48_000.0;
            assert!(mean.abs() < 0.001, "{mean} at a width of {width}");
        }
    }
}
