//! Glide: slides from one pitch to the next instead of jumping.

use jackfield_node::dsp::gate::Gate;
use jackfield_node::prelude::*;

choices! {
    /// At which pitches it slides.
    enum Slides {
        Always = "always",
        Tied = "tied",
    }
}

choices! {
    /// What the time is for.
    enum Pace {
        Time = "time",
        Rate = "rate",
    }
}

const PITCH: Input = Input::pitch(0, "pitch", "Pitches to slide between.");
const GATE: Input = Input::gate(1, "gate", "The notes' gate, for sliding only where notes are tied.");
const TIME: Input = Input::knob(
    2,
    "time",
    Knob::seconds(0.000_5, 10.0, 0.08),
    "How long a slide takes, or how long per octave.",
);

const PACE: Setting =
    Pace::setting(0, "pace", Pace::Time, "Whether each slide takes the time, or each octave of it does.");
const SLIDES: Setting = Slides::setting(
    1,
    "slides",
    Slides::Always,
    "At every new pitch, or only at one that comes while the gate is open already.",
);

const OUT: Output = Output::pitch(0, "out", "The sliding pitch.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Glide>("modulator.glide", "Glide", Category::Modulator)
    .summary("Slides between pitches: portamento.")
    .help(
        "Put it between notes and oscillator. With pace at time every slide takes equally long, near or far; \
         at rate an octave takes the time and a semitone a twelfth of it, as a finger on a string would. \
         Tied slides are the secret of acid basses: only a note that begins before the last one ended is \
         reached by sliding. The first pitch is there at once. Try: time 60 ms, tied, behind a sequencer \
         whose long gates overlap.",
    )
    .tags(&["portamento", "slide", "legato", "lag", "slew", "303", "glissando"])
    .inputs(&[PITCH, GATE, TIME])
    .outputs(&[OUT])
    .settings(&[PACE, SLIDES])
    .checked();

/// When and how it slides.
struct GlideConfig {
    pace: Pace,
    slides: Slides,
}

impl Configure for GlideConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        Ok(Self { pace: settings.chosen(PACE)?, slides: settings.chosen(SLIDES)? })
    }
}

lane_state! {
    struct State<V> {
        pitch: Lanes<V>,
        target: Lanes<V>,
        /// Octaves from where the slide began to the target, for each of its frames.
        slope: Lanes<V>,
        /// Frames until the target is reached.
        left: Lanes<V>,
        gate: Lanes<V>,
        /// Frames since the gate was open; a new note's gate falls for a moment although the notes are tied.
        closed: Lanes<V>,
        /// 1 once there was a pitch.
        started: Lanes<V>,
    }
}

/// How long the gate has to be closed between two notes that are not tied, in seconds: longer than a keyboard
/// closes it to say that a new note begins.
const DETACHED_SECONDS: f32 = 0.001;

/// Frames of the longest slide: as far as f32 counts. Almost six minutes at 48 kHz.
const LONGEST: f32 = 16_000_000.0;

struct Glide;

impl LaneNode for Glide {
    type State<V: Vector> = State<V>;
    type Config = GlideConfig;

    fn start(_: u32) -> State<f32> {
        let none = Lanes(0.0);
        State {
            pitch: none,
            target: none,
            slope: none,
            left: none,
            gate: none,
            closed: Lanes(LONGEST),
            started: none,
        }
    }

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, config: &GlideConfig, io: &mut Io<'_, V>) {
        let (pitch, gate) = (io.input(PITCH), io.input(GATE));
        let rate = io.sample_rate();
        let mut frames = io.input(TIME).derive(|octaves| octaves.clamp(-20.0, 20.0).exp2() * rate);
        let mut out = io.output(OUT);
        for frame in io.frames() {
            let tied = state.closed.lt(DETACHED_SECONDS * rate);
            let open = Gate::read(&mut state.gate, gate.at(frame)).open;
            state.closed = (!open).keep((state.closed + 1.0).min(LONGEST));
            let target = pitch.at(frame);
            let changes = !target.equal(state.target) | state.started.lt(0.5);
            if changes.any() {
                let mut slides = state.started.gt(0.5);
                if config.slides == Slides::Tied {
                    slides = slides & tied;
                }
                let way = target - state.pitch;
                let share = match config.pace {
                    Pace::Rate => way.abs(),
                    Pace::Time => way.same(1.0),
                };
                let whole = (frames.at(frame) * share).round().clamp(1.0, LONGEST);
                state.left = changes.select(slides.keep(whole), state.left);
                state.slope = changes.select(way / whole, state.slope);
                (state.target, state.started) = (target, state.started.same(1.0));
            }
            state.left = (state.left - 1.0).max(0.0);
            state.pitch = target - state.slope * state.left;
            out.set(frame, state.pitch);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;

    fn harness(pace: Pace, slides: Slides) -> LaneHarness {
        (LaneHarness::of(&SPEC).setting(PACE, pace)).setting(SLIDES, slides).start().unwrap()
    }

    /// How many frames it takes from 1 to `pitch`.
    fn frames_to(pace: Pace, pitch: f32) -> usize {
        let mut harness = harness(pace, Slides::Always);
        assert_eq!(harness.turn(TIME, 0.1).hold(PITCH, 1.0).run(1).output(OUT), [1.0], "at once");
        let run = harness.hold(PITCH, pitch).run(20_000);
        run.output(OUT).iter().position(|x| *x == pitch).unwrap() + 1
    }

    #[test]
    fn every_slide_or_every_octave_takes_the_time() {
        assert!(frames_to(Pace::Time, 3.0).abs_diff(4_800) <= 1);
        assert!(frames_to(Pace::Time, 0.75).abs_diff(4_800) <= 1);
        assert!(frames_to(Pace::Rate, 3.0).abs_diff(9_600) <= 1);
        assert!(frames_to(Pace::Rate, 0.75).abs_diff(1_200) <= 1);
    }

    #[test]
    fn slides_are_straight_lines() {
        let mut harness = harness(Pace::Time, Slides::Always);
        harness.turn(TIME, 0.1).hold(PITCH, 0.0).run(1);
        let run = harness.hold(PITCH, 1.0).run(4_800);
        for (frame, pitch) in run.output(OUT).iter().enumerate() {
            assert!((pitch - (frame + 1) as f32 / 4_800.0).abs() < 1e-3, "{frame}: {pitch}");
        }
    }

    #[test]
    fn tied_notes_slide_and_others_jump() {
        let mut harness = harness(Pace::Time, Slides::Tied);
        harness.hold(PITCH, 0.0).hold(GATE, 0.0).run(10);
        assert_eq!(harness.hold(PITCH, 1.0).hold(GATE, 1.0).run(1).output(OUT), [1.0], "a new note");
        let tied = harness.hold(PITCH, 2.0).run(10);
        assert!(tied.output(OUT)[9] > 1.0 && tied.output(OUT)[9] < 1.1);
    }

    #[test]
    fn a_third_tied_note_interrupts_a_slide_without_a_jump() {
        // As a keyboard of one voice plays it: the gate falls for a frame, and the pitch takes 240 frames.
        let mut gate = vec![1.0; 12_000];
        let mut pitch = vec![0.0; 12_000];
        for (at, from, to) in [(2_000, 0.0, 1.0), (4_400, 1.0, -1.0)] {
            gate[at] = 0.0;
            for (frame, pitch) in pitch[at..].iter_mut().enumerate() {
                *pitch = from + (to - from) * (frame as f32 / 240.0).min(1.0);
            }
        }
        let mut harness = harness(Pace::Time, Slides::Tied);
        let run = harness.turn(TIME, 0.2).plug(GATE, gate).plug(PITCH, pitch).run(12_000);
        let steepest = run.output(OUT).windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(steepest < 0.001, "{steepest} octaves in a frame");
    }

    #[test]
    fn a_gap_of_two_milliseconds_detaches() {
        let mut harness = harness(Pace::Time, Slides::Tied);
        harness.hold(PITCH, 0.0).hold(GATE, 1.0).run(100);
        harness.hold(GATE, 0.0).run(96);
        assert_eq!(harness.hold(PITCH, 1.0).hold(GATE, 1.0).run(1).output(OUT), [1.0]);
    }
}
