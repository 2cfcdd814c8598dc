//! Euclidean rhythm: so many hits spread as evenly as they go over so many steps.
//!
//! Step i of n sounds if i k mod n < k: the evenest patterns there are, which Toussaint found in the
//! music of the world ("The Euclidean Algorithm Generates Traditional Musical Rhythms", 2005). They begin
//! where Bjorklund's algorithm has them begin ("The Theory of Rep-Rate Pattern Generation in the SNS Timing
//! System", 2003), as in Toussaint's paper and in other programs that have them.

use jackfield_node::dsp::gate::{Gate, pulse, trigger_frames};
use jackfield_node::prelude::*;
use std::sync::LazyLock;

const CLOCK: Input = Input::gate(0, "clock", "Goes on to the next step.");
const RESET: Input = Input::gate(1, "reset", "The next clock plays the first step.");
const STEPS: Input =
    Input::knob(2, "steps", Knob::number(1.0, 64.0, 16.0), "How many steps the pattern has, a whole number.");
const HITS: Input =
    Input::knob(3, "hits", Knob::number(0.0, 64.0, 5.0), "How many of them sound, a whole number.");
const ROTATE: Input = Input::knob(
    4,
    "rotate",
    Knob::number(0.0, 63.0, 0.0),
    "With which step the pattern begins, a whole number.",
);

const GATE: Output = Output::gate(0, "gate", "Open as long as the clock's gate, in steps that sound.");
const TRIGGER: Output = Output::gate(1, "trigger", "A trigger of 1 ms in steps that sound.");
const REST: Output = Output::gate(2, "rest", "Open as long as the clock's gate, in the other steps.");
const STEP: Output =
    Output::control(3, "step", "Where in the pattern it is: 0 at the first step, below 1.").that_jumps();

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Euclid>("time.euclid", "Euclid", Category::Time)
    .summary("Rhythms by even spacing: hits spread over steps.")
    .help(
        "Spreads the hits over the steps as evenly as whole steps allow. That alone makes many rhythms of \
         the world: 3 in 8 is the tresillo, 5 in 8 the cinquillo, 5 in 16 from step 6 on a bossa nova. \
         Rotate begins the pattern elsewhere. What does not sound comes out at rest, so that two drums can \
         share one pattern. Try: three of these on one clock with 16, 12 and 15 steps into three drums, and \
         a slow LFO into hits.",
    )
    .tags(&["rhythm", "pattern", "bjorklund", "toussaint", "drum", "polyrhythm", "generative"])
    .inputs(&[CLOCK, RESET, STEPS, HITS, ROTATE])
    .outputs(&[GATE, TRIGGER, REST, STEP])
    .checked();

lane_state! {
    struct State<V> {
        /// The step that the next clock plays.
        next: Lanes<V>,
        step: Lanes<V>,
        /// 1 in a step that sounds.
        sounds: Lanes<V>,
        trigger: Lanes<V>,
        clock: Lanes<V>,
        reset: Lanes<V>,
    }
}

/// Most steps.
const MOST: usize = 64;
/// Entries of a table for each number of steps: one for each number of hits.
const ROW: usize = MOST + 1;

/// For each number of steps and of hits, the step of the even pattern at which Bjorklund's begins.
struct Beginnings(&'static [u8; ROW * ROW]);

impl Configure for Beginnings {
    fn configure(_: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        static TABLE: LazyLock<[u8; ROW * ROW]> = LazyLock::new(|| {
            std::array::from_fn(|place| {
                let (steps, hits) = (place / ROW, place % ROW);
                let pattern = bjorklund(hits.min(steps), steps);
                let is_even = |begin: &usize| {
                    (0..steps).all(|step| ((step + begin) * hits % steps < hits) == pattern[step])
                };
                (0..steps).find(is_even).unwrap_or(0) as u8
            })
        });
        Ok(Self(&TABLE))
    }
}

/// Bjorklund's pattern: the rest is dealt out to the groups there are, again and again, until one is left.
fn bjorklund(hits: usize, steps: usize) -> Vec<bool> {
    let (mut groups, mut rest) = (vec![vec![true]; hits], vec![vec![false]; steps - hits]);
    while groups.len().min(rest.len()) > 1 {
        let pairs = groups.len().min(rest.len());
        let left = if groups.len() > rest.len() { groups.split_off(pairs) } else { rest.split_off(pairs) };
        for (group, tail) in groups.iter_mut().zip(rest) {
            group.extend(tail);
        }
        rest = left;
    }
    groups.into_iter().chain(rest).flatten().collect()
}

struct Euclid;

/// `a` modulo `b`, for whole numbers below 2^20 and `b` from 1 on.
#[inline(always)]
fn modulo<V: Vector>(a: Lanes<V>, b: Lanes<V>) -> Lanes<V> {
    // Half a unit keeps the rounded quotient on the right side of a whole number.
    a - ((a + 0.5) / b).floor() * b
}

impl LaneNode for Euclid {
    type State<V: Vector> = State<V>;
    type Config = Beginnings;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, Beginnings(beginnings): &Beginnings, io: &mut Io<'_, V>) {
        let mut pattern = io.derive([STEPS, HITS, ROTATE], |[steps, hits, rotate]| {
            let steps = steps.round().clamp(1.0, 64.0);
            let hits = hits.round().clamp(0.0, 64.0).min(steps);
            let begins = (steps * ROW as f32 + hits).map_each(|place| beginnings[place as usize].into());
            (steps, hits, rotate.round().clamp(0.0, 63.0) + begins)
        });
        let (clock, reset) = (io.input(CLOCK), io.input(RESET));
        let trigger_frames = trigger_frames(io.sample_rate());
        let (mut gate, mut trigger) = (io.output(GATE), io.output(TRIGGER));
        let (mut rest, mut step) = (io.output(REST), io.output(STEP));
        for frame in io.frames() {
            let resets = Gate::read(&mut state.reset, reset.at(frame)).opens;
            state.next = resets.select(state.next.same(0.0), state.next);
            let clock = Gate::read(&mut state.clock, clock.at(frame));
            let (steps, hits, rotate) = pattern.at(frame);
            // The pattern may have become shorter.
            let place = modulo(state.next, steps);
            let sounds = modulo(modulo(place + rotate, steps) * hits, steps).lt(hits).to_gate(hits);
            state.sounds = clock.opens.select(sounds, state.sounds);
            state.step = clock.opens.select(place / steps, state.step);
            state.next = clock.opens.select(place + 1.0, state.next);
            let is_hit = state.sounds.gt(0.5);
            gate.set(frame, (clock.open & is_hit).to_gate(hits));
            rest.set(frame, (clock.open & !is_hit).to_gate(hits));
            trigger.set(frame, pulse(&mut state.trigger, clock.opens & is_hit, trigger_frames));
            step.set(frame, state.step);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;

    /// The pattern as people write it.
    fn pattern(steps: f32, hits: f32, rotate: f32) -> String {
        let mut harness = LaneHarness::new(&SPEC);
        harness.turn(STEPS, steps).turn(HITS, hits).turn(ROTATE, rotate);
        let clocks = steps as usize;
        let run = harness.plug(CLOCK, [1.0, 1.0, 0.0, 0.0].repeat(clocks)).run(4 * clocks);
        let letter = |step: usize| if run.output(GATE)[4 * step] == 1.0 { 'x' } else { '.' };
        let rests = run.output(REST).iter().zip(run.output(GATE)).map(|(rest, gate)| rest + gate);
        assert!(rests.eq([1.0, 1.0, 0.0, 0.0].repeat(clocks)), "each clock is a hit or a rest");
        (0..clocks).map(letter).collect()
    }

    /// Patterns as Toussaint's paper prints them.
    #[test]
    fn known_rhythms_come_out() {
        for (steps, hits, known) in [
            (8.0, 3.0, "x..x..x."),
            (8.0, 5.0, "x.xx.xx."),
            (8.0, 7.0, "xxxxxxx."),
            (3.0, 2.0, "xx."),
            (5.0, 2.0, "x.x.."),
            (5.0, 3.0, "x.x.x"),
            (7.0, 3.0, "x.x.x.."),
            (7.0, 4.0, "x.x.x.x"),
            (9.0, 4.0, "x.x.x.x.."),
            (9.0, 5.0, "x.x.x.x.x"),
            (11.0, 4.0, "x..x..x..x."),
            (11.0, 5.0, "x.x.x.x.x.."),
            (12.0, 5.0, "x..x.x..x.x."),
            (12.0, 7.0, "x.xx.x.xx.x."),
            (13.0, 5.0, "x..x.x..x.x.."),
            (16.0, 7.0, "x..x.x.x..x.x.x."),
            (16.0, 9.0, "x.xx.x.x.xx.x.x."),
            (16.0, 11.0, "x.xx.xx.xx.xx.xx"),
            (16.0, 5.0, "x..x..x..x..x..."),
            (4.0, 4.0, "xxxx"),
            (4.0, 0.0, "...."),
            (1.0, 64.0, "x"),
        ] {
            let found = pattern(steps, hits, 0.0);
            assert_eq!(found, known, "{hits} in {steps}");
        }
    }

    #[test]
    fn the_rhythms_that_the_help_names_are_these() {
        for (steps, hits, rotate, known) in
            [(8.0, 3.0, 0.0, "x..x..x."), (8.0, 5.0, 0.0, "x.xx.xx."), (16.0, 5.0, 6.0, "x..x..x...x..x..")]
        {
            assert_eq!(pattern(steps, hits, rotate), known);
        }
    }

    #[test]
    fn every_pattern_has_its_hits_and_is_even() {
        for steps in 1..=64_u8 {
            for hits in 1..=steps {
                let found = pattern(steps.into(), hits.into(), 0.0);
                let places: Vec<usize> = found
                    .repeat(2)
                    .char_indices()
                    .filter(|(_, letter)| *letter == 'x')
                    .map(|(i, _)| i)
                    .collect();
                assert_eq!(places.len(), 2 * usize::from(hits), "{found}");
                let gaps = places.windows(2).map(|pair| pair[1] - pair[0]);
                let (least, most) = gaps.fold((64, 0), |(a, b), gap| (a.min(gap), b.max(gap)));
                assert!(most - least <= 1, "{found}");
            }
        }
    }

    #[test]
    fn rotate_begins_elsewhere() {
        let plain = pattern(8.0, 3.0, 0.0);
        assert_eq!(pattern(8.0, 3.0, 3.0), format!("{}{}", &plain[3..], &plain[..3]));
    }

    #[test]
    fn reset_plays_the_first_step_and_triggers_last_a_millisecond() {
        let mut harness = LaneHarness::new(&SPEC);
        let clock = [vec![1.0; 50], vec![0.0; 50]].concat().repeat(6);
        let reset = [vec![0.0; 250], vec![1.0; 10], vec![0.0]].concat();
        let run = harness.turn(STEPS, 4.0).turn(HITS, 1.0).plug(CLOCK, clock).plug(RESET, reset).run(600);
        let hits: Vec<usize> =
            (1..600).filter(|i| run.output(TRIGGER)[*i] > run.output(TRIGGER)[i - 1]).collect();
        assert_eq!(hits, [300]);
        assert_eq!(run.output(TRIGGER).iter().sum::<f32>(), 96.0);
    }
}
