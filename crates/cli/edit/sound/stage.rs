//! The stage: what the audio thread plays. Executors come and go on it without a click, a recording listens
//! in, and whatever leaves goes home through a ring buffer, so the audio thread frees nothing.

use jackfield_engine::Executor;
use jackfield_io::Tap;
use jackfield_io::device::Render;
use rtrb::{Consumer, Producer, RingBuffer};

/// Cues under way. They come from a person's hand, a few a second.
const PENDING: usize = 64;
/// Frames a fade takes: 5 ms at 48 kHz.
const FADE: usize = 240;

/// An executor on the stage.
pub(super) struct Act {
    /// What plays.
    pub(super) executor: Executor,
    /// Tells acts apart when they come home.
    pub(super) serial: u64,
}

/// What the stage is told.
pub(super) enum Cue {
    /// Play this from now on: what plays now fades out, then this fades in.
    Play(Box<Act>),
    /// Fade to silence, or back to sound.
    Hush(bool),
    /// Record what is heard.
    Record(Box<Tap>),
    /// Record no longer.
    EndRecording,
}

/// What has left the stage.
pub(super) enum Gone {
    /// What played before, or never came to play.
    Act(Box<Act>),
    /// The end of a recording that has ended; nobody needs it any more.
    Tap(#[expect(dead_code, reason = "it comes home to be freed")] Box<Tap>),
}

/// Plays; lives on the audio thread, or at home while no device runs.
pub(super) struct Stage {
    act: Option<Box<Act>>,
    /// What will play once the fade has ended.
    next: Option<Box<Act>>,
    is_hushed: bool,
    /// Frames of the fade that have passed: 0 is silence, [`FADE`] is sound.
    risen: usize,
    tap: Option<Box<Tap>>,
    cues: Consumer<Cue>,
    gone: Producer<Gone>,
}

/// The other end of a stage.
pub(super) struct StageDoor {
    cues: Producer<Cue>,
    gone: Consumer<Gone>,
}

impl StageDoor {
    /// An empty, silent stage and its door.
    pub(super) fn new() -> (Self, Stage) {
        let (cues, cues_there) = RingBuffer::new(PENDING);
        // Whatever is sent in may come out again, and what was there before as well.
        let (gone_there, gone) = RingBuffer::new(2 * PENDING);
        let stage = Stage {
            act: None,
            next: None,
            is_hushed: true,
            risen: 0,
            tap: None,
            cues: cues_there,
            gone: gone_there,
        };
        (Self { cues, gone }, stage)
    }

    /// Gives a cue; gives it back when the stage does not keep up.
    pub(super) fn cue(&mut self, cue: Cue) -> Result<(), Cue> {
        self.cues.push(cue).map_err(|rtrb::PushError::Full(cue)| cue)
    }

    /// What has left the stage, in order.
    pub(super) fn gone(&mut self) -> Option<Gone> {
        self.gone.pop().ok()
    }
}

impl Stage {
    fn take_cues(&mut self) {
        // One cue makes at most one thing leave, and a fade that ends another one.
        while self.gone.slots() > 2
            && let Ok(cue) = self.cues.pop()
        {
            match cue {
                Cue::Play(act) => {
                    let passed_over = self.next.replace(act);
                    self.leave(passed_over.map(Gone::Act));
                }
                Cue::Hush(is_hushed) => self.is_hushed = is_hushed,
                Cue::Record(tap) => {
                    let before = self.tap.replace(tap);
                    self.leave(before.map(Gone::Tap));
                }
                Cue::EndRecording => {
                    let before = self.tap.take();
                    self.leave(before.map(Gone::Tap));
                }
            }
        }
        if self.risen == 0 {
            self.change_over();
        }
    }

    /// In silence: lets the next act take the place of the one that played.
    fn change_over(&mut self) {
        if self.gone.slots() > 0
            && let Some(next) = self.next.take()
        {
            let before = self.act.replace(next);
            self.leave(before.map(Gone::Act));
        }
    }

    fn leave(&mut self, gone: Option<Gone>) {
        if let Some(gone) = gone {
            // Room was asked for before. If there were none, freeing late here would beat losing sound.
            let _ = self.gone.push(gone);
        }
    }

    /// Whether it fades in or sounds, rather than out.
    fn is_rising(&self) -> bool {
        !self.is_hushed && self.next.is_none()
    }

    /// Computes frames whose gain moves; `output` is at most what is left of the fade.
    fn fade(&mut self, output: &mut [f32], channels: usize) {
        for frame in output.chunks_exact_mut(channels) {
            let risen = self.risen as f32 / FADE as f32;
            // No corner at either end.
            let gain = risen * risen * (3.0 - 2.0 * risen);
            for sample in frame {
                *sample *= gain;
            }
            self.risen = if self.is_rising() { self.risen + 1 } else { self.risen - 1 };
        }
        if self.risen == 0 {
            self.change_over();
        }
    }
}

impl Render for Stage {
    fn render(&mut self, input: &[f32], input_channels: usize, output: &mut [f32], channels: usize) {
        self.take_cues();
        let frames = output.len().checked_div(channels).unwrap_or(0);
        if frames == 0
            && let Some(act) = &mut self.act
        {
            // Takes up the newest plan, so that the session can free the ones before.
            act.executor.process(&[], 0, &mut [], channels);
        }
        let mut done = 0;
        while done < frames {
            let rising = self.is_rising();
            let left_to_fade = if rising { FADE - self.risen } else { self.risen };
            let is_steady = left_to_fade == 0;
            let count = if is_steady { frames - done } else { left_to_fade.min(frames - done) };
            let part = &mut output[done * channels..(done + count) * channels];
            let heard = input.get(done * input_channels..).unwrap_or_default();
            match &mut self.act {
                Some(act) if rising || !is_steady => {
                    act.executor.process(heard, input_channels, part, channels);
                }
                _ => part.fill(0.0),
            }
            if !is_steady {
                self.fade(part, channels);
            }
            done += count;
        }
        if let Some(tap) = &mut self.tap {
            tap.push(output);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_engine::{Options, Session};
    use jackfield_node::NoAssets;

    /// A session that plays a sine at full level.
    fn tone(hertz: f32) -> (Session, Box<Act>) {
        let text = format!(
            r#"{{"jackfield": 1, "nodes": {{
                "out": {{"type": "device.output", "knobs": {{"level": 0}}}},
                "tone": {{"type": "source.oscillator", "knobs": {{"frequency": {hertz}}}, "settings": {{"waveform": "sine"}}}}}},
                "cables": [{{"from": "tone.out", "to": "out.in"}}]}}"#
        );
        let (patch, _) = jackfield_patch::read(&text, &jackfield_nodes::registry()).expect("a patch");
        let (mut session, executor) =
            Session::new(Options::default(), Box::new(NoAssets)).expect("good options");
        session.update(&patch);
        (session, Box::new(Act { executor, serial: 1 }))
    }

    fn render(stage: &mut Stage, frames: usize) -> Vec<f32> {
        let mut output = vec![1.0; frames * 2];
        for block in output.chunks_mut(2 * 128) {
            stage.render(&[], 0, block, 2);
        }
        output.chunks_exact(2).map(|frame| frame[0]).collect()
    }

    #[test]
    fn executors_change_places_without_a_click_and_come_home() {
        let (mut door, mut stage) = StageDoor::new();
        assert!(render(&mut stage, 256).iter().all(|sample| *sample == 0.0));
        let (first, act) = tone(200.0);
        assert!(door.cue(Cue::Play(act)).is_ok() && door.cue(Cue::Hush(false)).is_ok());
        let mut heard = render(&mut stage, 4_800);
        let (_second, act) = tone(300.0);
        assert!(door.cue(Cue::Play(act)).is_ok());
        heard.extend(render(&mut stage, 4_800));
        assert!(matches!(door.gone(), Some(Gone::Act(_))));
        assert!(door.gone().is_none());
        let frozen = first.clock();
        assert!(door.cue(Cue::Hush(true)).is_ok());
        heard.extend(render(&mut stage, 4_800));
        assert_eq!(first.clock(), frozen, "who has left the stage stands still");
        let steepest = heard.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        // A sine of 300 Hz moves by 0.04 a frame, the fade by 0.007.
        assert!(steepest < 0.05, "{steepest}");
        assert!(heard[2_400..4_800].iter().any(|sample| sample.abs() > 0.9));
        assert!(heard[12_000..].iter().all(|sample| *sample == 0.0));
    }

    #[test]
    fn without_a_device_the_stage_still_changes_over() {
        let (mut door, mut stage) = StageDoor::new();
        let (_first, act) = tone(200.0);
        assert!(door.cue(Cue::Play(act)).is_ok());
        stage.render(&[], 0, &mut [], 2);
        let (mut second, act) = tone(300.0);
        assert!(door.cue(Cue::Play(act)).is_ok());
        stage.render(&[], 0, &mut [], 2);
        assert!(matches!(door.gone(), Some(Gone::Act(_))));
        second.update(&jackfield_patch::Patch::new());
        assert!(second.is_waiting());
        stage.render(&[], 0, &mut [], 2);
        assert!(!second.is_waiting());
    }
}
