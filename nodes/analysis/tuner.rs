//! Tuner: the pitch of a sound with one note, the nearest semitone and the cents between.

use crate::parts::timing::trigger::Trigger;
use jackfield_node::dsp::pitch::PitchTracker;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "A sound with one note.");

const OUT: Output = Output::audio(0, "out", "The same sound.");
const PITCH: Output = Output::pitch(1, "pitch", "Its pitch; in pauses the last one.");
const CENTS: Output = Output::control(2, "cents", "How far it is off the nearest semitone, -50 to 50.");
const FOUND: Output = Output::gate(3, "found", "Open while there is a pitch.");
const CHANGED: Output =
    Output::gate(4, "changed", "A trigger of 1 ms when the nearest semitone becomes another.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Tuner>("analysis.tuner", "Tuner", Category::Analysis)
    .formerly(&["looking.tuner"])
    .summary("Finds the pitch of a sound and how far it is off the note.")
    .help(
        "Listens to a voice or an instrument that plays one note at a time, from the lowest key of a piano \
         to its highest, and shows the nearest note and the cents it is off. Pitch also comes out as a \
         signal: an oscillator can sing along. It needs a tenth of a second to know. Sound passes unchanged. \
         Try: audio in through it, pitch into an oscillator with a transpose of an octave, found into its \
         envelope.",
    )
    .tags(&["pitch", "detector", "follower", "tuning", "note", "cents", "guitar", "display"])
    .inputs(&[IN])
    .outputs(&[OUT, PITCH, CENTS, FOUND, CHANGED])
    .face(Face::Tuner)
    .checked();

struct Tuner {
    tracker: PitchTracker,
    changed: Trigger,
    pitch: f32,
    /// The nearest semitone re C4; none before the first.
    semitone: Option<f32>,
}

impl BlockNode for Tuner {
    type Config = NoConfig;

    fn new(_: &NoConfig, setup: &Setup, _: u32) -> Self {
        Self {
            tracker: PitchTracker::new(setup.sample_rate),
            changed: Trigger::new(setup.sample_rate),
            pitch: 0.0,
            semitone: None,
        }
    }

    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        let input = io.input(IN);
        for (frame, &sample) in input.iter().enumerate() {
            self.tracker.hear(sample);
            let found = self.tracker.pitch();
            self.pitch = found.unwrap_or(self.pitch);
            let semitone = (self.pitch * 12.0).round_ties_even();
            if found.is_some() && self.semitone != Some(semitone) {
                self.semitone = Some(semitone);
                self.changed.fire();
            }
            io.output(PITCH)[frame] = self.pitch;
            io.output(CENTS)[frame] = (self.pitch * 12.0 - semitone) * 100.0;
            io.output(FOUND)[frame] = f32::from(found.is_some());
            io.output(CHANGED)[frame] = self.changed.next();
        }
        io.output(OUT).copy_from_slice(input);
    }

    fn reset(&mut self) {
        self.tracker.reset();
        (self.changed, self.pitch, self.semitone) = (self.changed.at_rest(), 0.0, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::rises;
    use jackfield_testkit::signal::sine;

    #[test]
    fn it_shows_the_note_and_the_cents() {
        // A4 and 13 cents, then E2 less 20.
        let first = sine(48_000, 440.0 * (13.0_f64 / 1200.0).exp2(), 48_000.0);
        let second = sine(48_000, 82.406_89 * (-20.0_f64 / 1200.0).exp2(), 48_000.0);
        let mut harness = BlockHarness::new(&SPEC);
        let run = harness.plug(IN, [first, second].concat()).run(96_000);
        let shown = |frame: usize| (run.output(PITCH)[frame] * 1200.0, run.output(CENTS)[frame]);
        let (pitch, cents) = shown(47_999);
        assert!((pitch - 913.0).abs() < 1.0 && (cents - 13.0).abs() < 1.0, "{pitch} {cents}");
        let (pitch, cents) = shown(95_999);
        assert!((pitch + 2020.0).abs() < 1.0 && (cents + 20.0).abs() < 1.0, "{pitch} {cents}");
        assert!(rises(run.output(CHANGED)).len() >= 2);
        assert_eq!(run.output(FOUND)[95_999], 1.0);
        assert_eq!(harness.run(48_000).output(FOUND)[47_999], 0.0, "what stands still has no pitch");
        assert_eq!(harness.violations(), 0);
    }
}
