//! Function generator: a contour of any number of segments, with a place to wait and a loop.

use jackfield_node::SettingValue;
use jackfield_node::dsp::gate::{Gate, pulse, trigger_frames};
use jackfield_node::dsp::rounding::Rounding;
use jackfield_node::dsp::segment::{self, EnvelopeSegment};
use jackfield_node::prelude::*;

const GATE: Input = Input::gate(0, "gate", "Starts the first segment from wherever the contour is.");
const TIME: Input =
    Input::knob(1, "time", Knob::ratio(0.01, 100.0, 1.0), "Stretches or squeezes all segments.");

const LEVELS: Setting = Setting::steps(
    0,
    "levels",
    -1.0,
    1.0,
    &[1.0, 0.3, 0.7, 0.0],
    "Where each segment leads. Its length is the number of segments.",
);
const TIMES: Setting = Setting::steps(
    1,
    "times",
    0.0,
    10.0,
    &[0.02, 0.15, 0.3, 0.6],
    "Seconds that each segment takes. Repeats if shorter.",
);
const CURVES: Setting = Setting::steps(
    2,
    "curves",
    -1.0,
    1.0,
    &[0.0, 0.5],
    "How each segment bends: above 0 it moves early, below 0 late. Repeats if shorter.",
);
const HOLD: Setting = Setting::count(
    3,
    "hold",
    0,
    SettingValue::MAX_STEPS as u32,
    0,
    "The segment after which it waits until the gate closes. 0: it never waits.",
);
const LOOP: Setting = Setting::count(
    4,
    "loop",
    0,
    SettingValue::MAX_STEPS as u32,
    0,
    "The segment it goes back to instead of waiting. 0: it waits.",
);

const OUT: Output = Output::control(0, "out", "The contour, -1 to 1.");
const END: Output = Output::gate(1, "end", "A trigger of 1 ms when the last segment is over.");

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<Function>("modulator.function", "Function", Category::Modulator)
        .summary("An envelope of as many segments as you like.")
        .help(
            "Draw a contour: each segment leads to a level in a time along a curve. A gate runs it from the \
             first to the last. Name a segment at hold, and it waits there while the gate is open; name one \
             at loop, too, and it runs in circles between the two instead, until the gate closes and the \
             rest follows. The time knob moves while it plays. Corners are rounded within a third of a \
             millisecond, so that none clicks. Try: levels 1 0.5 1 0, hold 3, loop 2 into a cutoff: a sound \
             that throbs as long as it is held.",
        )
        .tags(&[
            "envelope",
            "msfg",
            "multi-segment",
            "multistage",
            "breakpoint",
            "contour",
            "automation",
            "loop",
        ])
        .inputs(&[GATE, TIME])
        .outputs(&[OUT, END])
        .settings(&[LEVELS, TIMES, CURVES, HOLD, LOOP])
        .face(Face::Waveform)
        .checked();

/// A way to a level.
#[derive(Clone, Copy)]
struct Segment {
    level: f32,
    /// The logarithm to base two of its seconds.
    octaves: f32,
    /// See [`segment::slope_of`].
    slope: f32,
}

/// The segments and the way through them.
struct FunctionConfig {
    segments: Vec<Segment>,
    /// The segment to wait after or to loop from while the gate is open.
    hold: Option<usize>,
    /// Where a loop begins.
    repeat: Option<usize>,
    /// Seconds of the shortest segment that is no jump.
    shortest: f32,
}

/// A segment this short is a jump: below a frame at any sample rate.
const SHORTEST_SECONDS: f32 = 1e-6;

/// A segment below this is meant as a jump, however round.
const JUMP_SECONDS: f32 = 1e-4;

impl Configure for FunctionConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        let row = |setting: Setting| match settings.steps(setting)? {
            [] => Err(ConfigError::Setting { setting: setting.name }),
            row => Ok(row),
        };
        let (levels, times, curves) = (row(LEVELS)?, row(TIMES)?, row(CURVES)?);
        let segment = |(i, level): (usize, &f32)| Segment {
            level: *level,
            octaves: Lanes(times[i % times.len()].max(SHORTEST_SECONDS)).log2().0,
            slope: segment::slope_of(Lanes(curves[i % curves.len()])).0,
        };
        let place =
            |setting: Setting| Ok::<_, ConfigError>((settings.count(setting)? as usize).checked_sub(1));
        Ok(Self {
            segments: levels.iter().enumerate().map(segment).collect(),
            hold: place(HOLD)?.filter(|hold| *hold < levels.len()),
            repeat: place(LOOP)?,
            shortest: times.iter().copied().filter(|time| *time >= JUMP_SECONDS).fold(1.0, f32::min),
        })
    }
}

impl FunctionConfig {
    /// What comes after segment `now` has ended. `None`: nothing moves.
    fn after(&self, now: usize, is_open: bool) -> Option<usize> {
        match self.hold {
            Some(hold) if is_open && now == hold => self.repeat.filter(|repeat| *repeat <= hold),
            _ => Some(now + 1).filter(|next| *next < self.segments.len()),
        }
    }

    /// Where a gate that closes during segment `now` leads: behind the place to wait.
    fn released(&self, now: usize) -> Option<usize> {
        let hold = self.hold.filter(|hold| now <= *hold)?;
        Some(hold + 1).filter(|next| *next < self.segments.len())
    }
}

lane_state! {
    struct State<V> {
        /// The segment it is in, counted from 1; 0 before the first gate.
        segment: Bits<V>,
        contour: EnvelopeSegment<V>,
        /// Where it leads.
        to: Lanes<V>,
        octaves: Lanes<V>,
        slope: Lanes<V>,
        /// 1 while a segment is under way.
        runs: Lanes<V>,
        /// 1 when a segment has ended in the last frame.
        arrived: Lanes<V>,
        gate: Lanes<V>,
        end: Lanes<V>,
    }
}

struct Function;

impl LaneNode for Function {
    type State<V: Vector> = State<V>;
    type Config = FunctionConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, course: &FunctionConfig, io: &mut Io<'_, V>) {
        let (gate, time) = (io.input(GATE), io.input(TIME));
        let rate = io.sample_rate();
        let trigger_frames = trigger_frames(rate);
        let mut rounding =
            io.derive([TIME], |[octaves]| Rounding::of(octaves.exp2() * course.shortest, rate));
        let (mut out, mut end) = (io.output(OUT), io.output(END));
        for frame in io.frames() {
            let was_open = state.gate.gt(0.5);
            let gate = Gate::read(&mut state.gate, gate.at(frame));
            let closes = was_open & !gate.open;
            let arrived = state.arrived.gt(0.5);
            if (gate.opens | closes | arrived).any() {
                let events = [gate.opens.to_bitmask(), closes.to_bitmask(), arrived.to_bitmask()];
                go_on(state, course, events, gate.open.to_bitmask());
            }
            let runs = state.runs.gt(0.5);
            let step = segment::step_of(state.octaves + time.at(frame), rate);
            let arrives = runs & state.contour.advance(state.to, step, state.slope);
            state.arrived = arrives.to_gate(state.to);
            out.set(frame, state.contour.rounded(&rounding.at(frame)));
            let last = Lanes::splat(io.token(), course.segments.len() as f32);
            let ends = arrives & state.segment.to_signed().equal(last);
            end.set(frame, pulse(&mut state.end, ends, trigger_frames));
        }
    }
}

/// Finds the next segment of the lanes in which a gate opens or closes or a segment has ended, one by
/// one: that is rare beside frames. Bit `i` of each mask is lane `i`.
#[inline(always)]
fn go_on<V: Vector>(
    state: &mut State<V>,
    course: &FunctionConfig,
    [opens, closes, arrived]: [u64; 3],
    open: u64,
) {
    let mut segments = [0; 16];
    state.segment.store(&mut segments[..V::WIDTH]);
    let mut way = [[0.0; 16]; 4];
    for (field, way) in [state.to, state.octaves, state.slope, state.runs].iter().zip(&mut way) {
        field.store(&mut way[..V::WIDTH]);
    }
    let mut begins = 0;
    for lane in (0..V::WIDTH).filter(|lane| (opens | closes | arrived) >> lane & 1 != 0) {
        let has = |mask: u64| mask >> lane & 1 != 0;
        let now = (segments[lane] as usize).saturating_sub(1);
        let next = if has(opens) {
            Some(0)
        } else if has(closes) {
            // Without a place to wait, a gate that closes changes nothing.
            match course.released(now) {
                None if !has(arrived) => continue,
                None => course.after(now, false),
                released => released,
            }
        } else {
            course.after(now, has(open))
        };
        way[3][lane] = f32::from(next.is_some());
        if let Some(next) = next {
            let segment = course.segments[next];
            segments[lane] = next as u32 + 1;
            [way[0][lane], way[1][lane], way[2][lane]] = [segment.level, segment.octaves, segment.slope];
            begins |= 1 << lane;
        }
    }
    let token = state.segment.token();
    state.segment = Bits::load(token, &segments[..V::WIDTH]);
    state.to = Lanes::load(token, &way[0][..V::WIDTH]);
    state.octaves = Lanes::load(token, &way[1][..V::WIDTH]);
    state.slope = Lanes::load(token, &way[2][..V::WIDTH]);
    state.runs = Lanes::load(token, &way[3][..V::WIDTH]);
    state.contour.begin(Mask::from_bitmask(token, begins));
}

#[cfg(test)]
mod tests;
