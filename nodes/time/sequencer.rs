//! Step sequencer: rows of numbers played by a clock.

use jackfield_node::dsp::gate::Gate;
use jackfield_node::prelude::*;

const CLOCK: Input = Input::gate(0, "clock", "Goes on to the next step.");
const RESET: Input = Input::gate(1, "reset", "The next clock plays the first step.");
const TRANSPOSE: Input =
    Input::knob(2, "transpose", Knob::octaves(-3.0, 3.0, 0.0), "Octaves added to every pitch.");

const PITCHES: Setting = Setting::steps(
    0,
    "pitches",
    -36.0,
    36.0,
    &[0.0, 0.0, 12.0, 0.0, 3.0, 0.0, 7.0, 10.0],
    "Semitones re C4, step by step. Its length is the length of the sequence.",
);
const GATES: Setting =
    Setting::steps(1, "gates", 0.0, 1.0, &[1.0], "Whether a step sounds (above 0.5). Repeats if shorter.");
const ACCENTS: Setting = Setting::steps(
    2,
    "accents",
    0.0,
    1.0,
    &[1.0, 0.5, 0.5, 0.5],
    "A level for each step. Repeats if shorter.",
);

const PITCH: Output = Output::pitch(0, "pitch", "Pitch of the last step that sounded.");
const GATE: Output = Output::gate(1, "gate", "Open as long as the clock's gate, in steps that sound.");
const ACCENT: Output = Output::control(2, "accent", "Level of the last step that sounded.");
const STEP: Output = Output::control(3, "step", "Where in the sequence it is: 0 at the first step, below 1.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Sequencer>("time.sequencer", "Step sequencer", Category::Time)
    .summary("Plays rows of pitches, gates and accents.")
    .help(
        "Each clock plays the next step. Pitch goes to an oscillator, gate to an envelope, accent to whatever \
         should be stronger on some steps: loudness, cutoff. A row of gates or accents that is shorter than \
         the pitches starts again by itself, so 8 pitches over 3 accents make a pattern of 24 steps. For a \
         drum, ignore the pitch. Try: a 1/16 clock, gates 1 1 0 1 0, and a short filter envelope.",
    )
    .tags(&["sequence", "pattern", "steps", "arpeggio", "melody", "rhythm", "drum", "303"])
    .inputs(&[CLOCK, RESET, TRANSPOSE])
    .outputs(&[PITCH, GATE, ACCENT, STEP])
    .settings(&[PITCHES, GATES, ACCENTS])
    .face(Face::Steps)
    .checked();

/// The rows; none is empty.
struct Rows {
    /// In octaves.
    pitches: Vec<f32>,
    gates: Vec<f32>,
    accents: Vec<f32>,
}

impl Configure for Rows {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        let row = |setting: Setting| match settings.steps(setting)? {
            [] => Err(ConfigError::Setting { setting: setting.name }),
            steps => Ok(steps.to_vec()),
        };
        let pitches = row(PITCHES)?.into_iter().map(|semitones| semitones / 12.0).collect();
        Ok(Self { pitches, gates: row(GATES)?, accents: row(ACCENTS)? })
    }
}

lane_state! {
    struct State<V> {
        /// Steps played since the reset.
        played: Bits<V>,
        pitch: Lanes<V>,
        accent: Lanes<V>,
        step: Lanes<V>,
        /// 1 in a step that sounds.
        sounds: Lanes<V>,
        clock: Lanes<V>,
        reset: Lanes<V>,
    }
}

struct Sequencer;

impl LaneNode for Sequencer {
    type State<V: Vector> = State<V>;
    type Config = Rows;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, rows: &Rows, io: &mut Io<'_, V>) {
        let (clock, reset, transpose) = (io.input(CLOCK), io.input(RESET), io.input(TRANSPOSE));
        let (mut pitch, mut gate) = (io.output(PITCH), io.output(GATE));
        let (mut accent, mut step) = (io.output(ACCENT), io.output(STEP));
        for frame in io.frames() {
            let resets = Gate::read(&mut state.reset, reset.at(frame)).opens;
            state.played = resets.select_bits(state.played.same(0), state.played);
            let clock = Gate::read(&mut state.clock, clock.at(frame));
            if clock.opens.any() {
                play(state, rows, clock.opens.to_bitmask());
            }
            pitch.set(frame, state.pitch + transpose.at(frame));
            gate.set(frame, clock.open.keep(state.sounds));
            accent.set(frame, state.accent);
            step.set(frame, state.step);
        }
    }
}

/// Plays the next step in these lanes (bit `i` is lane `i`), one by one: clocks are rare beside frames.
#[inline(always)]
fn play<V: Vector>(state: &mut State<V>, rows: &Rows, lanes: u64) {
    let mut played = [0; 16];
    state.played.store(&mut played[..V::WIDTH]);
    let mut values = [[0.0; 16]; 4];
    for (field, values) in [state.pitch, state.accent, state.step, state.sounds].iter().zip(&mut values) {
        field.store(&mut values[..V::WIDTH]);
    }
    for lane in (0..V::WIDTH).filter(|lane| lanes >> lane & 1 != 0) {
        let number = played[lane] as usize;
        let [pitch, accent, step, sounds] = &mut values;
        let length = rows.pitches.len();
        step[lane] = (number % length) as f32 / length as f32;
        sounds[lane] = if rows.gates[number % rows.gates.len()] > 0.5 { 1.0 } else { 0.0 };
        if sounds[lane] > 0.5 {
            pitch[lane] = rows.pitches[number % length];
            accent[lane] = rows.accents[number % rows.accents.len()];
        }
        played[lane] = played[lane].wrapping_add(1);
    }
    let token = state.played.token();
    state.played = Bits::load(token, &played[..V::WIDTH]);
    let [pitch, accent, step, sounds] = values.each_ref().map(|values| &values[..V::WIDTH]);
    state.pitch = Lanes::load(token, pitch);
    state.accent = Lanes::load(token, accent);
    state.step = Lanes::load(token, step);
    state.sounds = Lanes::load(token, sounds);
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::SettingValue;
    use jackfield_node::harness::LaneHarness;

    fn harness(pitches: &[f32], gates: &[f32], accents: &[f32]) -> LaneHarness {
        (LaneHarness::of(&SPEC).setting(PITCHES, SettingValue::Steps(pitches.to_vec())))
            .setting(GATES, SettingValue::Steps(gates.to_vec()))
            .setting(ACCENTS, SettingValue::Steps(accents.to_vec()))
            .start()
            .unwrap()
    }

    /// A clock of two frames up, two frames down.
    fn clock(steps: usize) -> Vec<f32> {
        [1.0, 1.0, 0.0, 0.0].repeat(steps)
    }

    /// Every fourth frame: the values at the start of each step.
    fn at_steps(samples: &[f32]) -> Vec<f32> {
        samples.iter().step_by(4).copied().collect()
    }

    #[test]
    fn plays_its_rows_in_turn_each_with_its_own_length() {
        let mut harness = harness(&[0.0, 12.0, -12.0], &[1.0, 0.0], &[1.0, 0.25, 0.5, 0.75]);
        let run = harness.plug(CLOCK, clock(6)).run(24);
        assert_eq!(at_steps(run.output(GATE)), [1.0, 0.0, 1.0, 0.0, 1.0, 0.0]);
        assert_eq!(at_steps(run.output(PITCH)), [0.0, 0.0, -1.0, -1.0, 1.0, 1.0], "rests keep the pitch");
        assert_eq!(at_steps(run.output(ACCENT)), [1.0, 1.0, 0.5, 0.5, 1.0, 1.0]);
        let thirds = [0.0, 1.0 / 3.0, 2.0 / 3.0];
        assert_eq!(at_steps(run.output(STEP)), [thirds, thirds].concat());
        assert_eq!(run.output(GATE)[..4], [1.0, 1.0, 0.0, 0.0], "as long as the clock");
    }

    #[test]
    fn reset_makes_the_next_clock_play_the_first_step() {
        let mut harness = harness(&[0.0, 12.0, 24.0], &[1.0], &[1.0]);
        let reset = [vec![0.0; 8], vec![1.0; 4], vec![0.0; 12]].concat();
        let run = harness.plug(CLOCK, clock(6)).plug(RESET, reset).run(24);
        assert_eq!(at_steps(run.output(PITCH)), [0.0, 1.0, 0.0, 1.0, 2.0, 0.0]);
    }

    #[test]
    fn transposes() {
        let run = harness(&[12.0], &[1.0], &[1.0]).hold(TRANSPOSE, -2.0).plug(CLOCK, clock(1)).run(4);
        assert_eq!(run.output(PITCH)[0], -1.0);
    }

    #[test]
    fn lanes_play_by_themselves() {
        let bench = LaneHarness::of(&SPEC).setting(PITCHES, SettingValue::Steps(vec![0.0, 12.0]));
        let mut harness = bench.width(4).start().unwrap();
        let run = harness.plug_lanes(CLOCK, &[clock(2), clock(1), vec![0.0]]).run(8);
        assert_eq!(run.lane(PITCH, 0)[7], 1.0);
        assert_eq!(run.lane(STEP, 1)[7], 0.0);
        assert_eq!(run.lane(GATE, 2), [0.0; 8]);
    }
}
