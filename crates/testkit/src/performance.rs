//! How a patch is played where its sound is recorded and compared: always the same notes, the same input, the
//! same time.

use jackfield_engine::offline::{Job, render_to_vec};
use jackfield_engine::{Options, ScheduledMidi, Session};
use jackfield_node::{AssetSource, InstructionSet};
use jackfield_patch::Patch;

/// Frames per second.
pub const RATE: f32 = 48_000.0;
/// Frames of a performance.
pub const FRAMES: usize = 4 * RATE as usize;

/// One way to compute a patch. All give the same bits.
#[derive(Clone, Copy, Debug)]
pub struct Means {
    /// Lanes at once: 1, 4, 8 or 16.
    pub width: usize,
    /// What the machine is asked to use.
    pub instruction_set: InstructionSet,
    /// Frames per callback.
    pub block: usize,
}

impl Means {
    /// The fastest.
    pub fn best() -> Self {
        Self { width: 16, instruction_set: InstructionSet::best(), block: 512 }
    }

    /// The plainest, in blocks that fit nothing.
    pub fn plainest() -> Self {
        Self { width: 1, instruction_set: InstructionSet::Baseline, block: 77 }
    }
}

/// Plays a patch for [`FRAMES`], with chords that come in as MIDI and a second of a wave as the device's
/// input. Gives back two channels, interleaved.
///
/// # Panics
/// If a node of the patch can't play or makes what is no number.
pub fn play(patch: &Patch, assets: Box<dyn AssetSource + Send>, means: Means) -> Vec<f32> {
    let options = Options::at(RATE).with_width(means.width).with_instruction_set(means.instruction_set);
    let (mut session, mut executor) = Session::new(options, assets).expect("good options");
    let report = session.update(patch);
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    let (midi, input) = (chords(), input());
    let job = Job::of(FRAMES).in_blocks_of(means.block).with_midi(&midi).with_input(&input, 1);
    let sound = render_to_vec(&mut session, &mut executor, &job);
    assert_eq!(session.faults(), []);
    sound
}

/// A chord at once, another after two seconds.
fn chords() -> Vec<ScheduledMidi> {
    let chord = |frame, keys: [u8; 4], status, velocity| {
        keys.map(|key| ScheduledMidi { frame, midi: [status, key, velocity] })
    };
    let (first, second) = ([48, 60, 64, 67], [45, 57, 64, 72]);
    [
        chord(0, first, 0x90, 100),
        chord(86_400, first, 0x80, 0),
        chord(96_000, second, 0x90, 70),
        chord(172_800, second, 0x80, 0),
    ]
    .concat()
}

/// A second of a triangle wave, for patches that work on the device's input. Made of whole numbers, so that
/// it has the same bits everywhere.
fn input() -> Vec<f32> {
    let wave = |frame: usize| (frame % 128).abs_diff(64) as f32 / 64.0 - 0.5;
    (0..RATE as usize).map(|frame| wave(frame) * 0.5).collect()
}
