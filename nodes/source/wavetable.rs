//! Wavetable oscillator: single cycles in a row, and a knob that walks from one to the next.
//!
//! How a table is kept and read without aliases is in [`jackfield_node::dsp::wavetable`].

mod builtin;

use builtin::BuiltinTable;
use jackfield_node::dsp::gate;
use jackfield_node::dsp::smooth::ease;
use jackfield_node::dsp::wavetable::{LONGEST_CYCLE, Wavetable, harmonics};
use jackfield_node::prelude::*;
use jackfield_node::{Asset, C4_HERTZ};

choices! {
    /// How many samples of the file a cycle has.
    enum CycleLength {
        Samples2048 = "2048",
        Samples1024 = "1024",
        Samples512 = "512",
        Samples256 = "256",
        WholeFile = "whole_file",
        FromFile = "from_file",
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
const POSITION: Input = Input::knob(
    3,
    "position",
    Knob::unit(0.0),
    "Which cycle sounds, from the first to the last; between two of them a mixture of both.",
);
const PM: Input = Input::control(4, "pm", "Phase modulation: cycles ahead.");
const FM: Input = Input::control(
    5,
    "fm",
    "Linear frequency modulation: 1 doubles the frequency, -1 stops, -2 runs backwards.",
);

const TABLE: Setting = BuiltinTable::setting(
    0,
    "table",
    BuiltinTable::Shapes,
    "Which table sounds as long as no file is chosen.",
);
const FILE: Setting = Setting::file(
    1,
    "file",
    FileKind::Sound,
    "A recording of cycles in a row, such as other synthesizers read.",
);
const CYCLE: Setting = CycleLength::setting(
    2,
    "cycle",
    CycleLength::FromFile,
    "How many samples of the file a cycle has. Some files say it, and most of the others have 2048.",
);

const OUT: Output = Output::audio(0, "out", "The tone.").with_sync(BEGINNING);
const BEGINNING: Output = Output::gate(
    1,
    "sync",
    "A gate, up during the first half of each cycle, that tells exactly when it begins: for sync inputs.",
);

/// The spec of this node type.
pub static SPEC: NodeSpec =
    NodeSpec::lanes::<WavetableOscillator>("source.wavetable", "Wavetable", Category::Source)
        .summary("An oscillator whose waveform walks through a table, its own or yours.")
        .help(
            "A table is a row of waveforms of one cycle each, and position says which of them sounds. While \
             it moves the sound changes as no filter could change it: from a sine to a saw, from ah to ee, \
             from a flute to an organ. An envelope or a slow LFO into position is half of what digital \
             synthesizers of the eighties and today live on. Any WAV file of cycles in a row is a table; a \
             single short one works too, with cycle at whole_file. There are no aliases at any pitch. Try: \
             the table voice, an LFO of 0.3 Hz into position with depth 0.5, and a chorus behind it.",
        )
        .tags(&["wavetable", "morph", "ppg", "scan", "digital", "vocal", "oscillator", "wav", "single cycle"])
        .inputs(&[FREQUENCY, PITCH, FINE, POSITION, PM, FM])
        .outputs(&[OUT, BEGINNING])
        .settings(&[TABLE, FILE, CYCLE])
        .face(Face::Waveform)
        .checked();

/// A turn in fixed-point phases: 2^32.
const TURN: f32 = 4_294_967_296.0;

/// The most turns a frame, either way.
const FASTEST: f32 = 0.49;

/// How long one level of a table fades into another, in seconds.
const FADE_SECONDS: f32 = 0.002;

/// How much of the highest speed is left after a frame: under fast modulation the level stays that of the
/// highest pitch.
const FORGETS: f32 = 0.999_5;

impl CycleLength {
    /// Samples of a cycle of a file with so many samples.
    fn samples(self, file: &Asset, whole: usize) -> usize {
        match self {
            Self::Samples2048 => 2_048,
            Self::Samples1024 => 1_024,
            Self::Samples512 => 512,
            Self::Samples256 => 256,
            Self::WholeFile => whole,
            Self::FromFile => file.metadata.cycle_frames.unwrap_or(USUAL_CYCLE),
        }
    }
}

/// Samples of a cycle where neither the setting nor the file says it.
const USUAL_CYCLE: usize = 2_048;

/// The table to read.
struct WavetableConfig(Wavetable);

impl Configure for WavetableConfig {
    fn configure(settings: &Settings, setup: &Setup) -> Result<Self, ConfigError> {
        let path = settings.text(FILE)?;
        if path.is_empty() {
            return Ok(Self(Wavetable::new(&settings.chosen::<BuiltinTable>(TABLE)?.cycles())));
        }
        let file = setup.assets.load_unchanged(path)?;
        let samples = file.channels.first().map_or(&[][..], Vec::as_slice);
        let whole = samples.len().clamp(1, LONGEST_CYCLE);
        // A file shorter than a cycle is one.
        let length = settings.chosen::<CycleLength>(CYCLE)?.samples(&file, whole).min(whole);
        let cycles: Vec<_> = samples.chunks_exact(length).map(harmonics).collect();
        Ok(Self(Wavetable::new(&cycles)))
    }
}

lane_state! {
    struct State<V> {
        /// Where the cycle is, without phase modulation.
        phase: Bits<V>,
        /// Turns per frame at the last frame.
        speed: Lanes<V>,
        /// Phase modulation at the last frame.
        offset: Bits<V>,
        /// The highest speed of late, in turns per frame, which decides on the level.
        highest: Lanes<V>,
        /// The level that is read, the one that fades out, and the frames until it is gone.
        level: Bits<V>,
        from: Bits<V>,
        fade: Lanes<V>,
    }
}

struct WavetableOscillator;

impl LaneNode for WavetableOscillator {
    type State<V: Vector> = State<V>;
    type Config = WavetableConfig;

    #[inline(always)]
    fn process<V: Vector>(
        state: &mut State<V>,
        WavetableConfig(table): &WavetableConfig,
        io: &mut Io<'_, V>,
    ) {
        let rate = io.sample_rate();
        let base = C4_HERTZ / rate;
        let fade_frames = (FADE_SECONDS * rate).max(1.0);
        let mut speed = io.derive([FREQUENCY, PITCH, FINE], |[frequency, pitch, fine]| {
            (frequency + pitch + fine * (1.0 / 1200.0)).exp2() * base
        });
        let (position, pm, fm) = (io.input(POSITION), io.input(PM), io.input(FM));
        let (mut out, mut beginning) = (io.output(OUT), io.output(BEGINNING));
        let mut reader = TableReader::load(state);
        for frame in io.frames() {
            let speed = (speed.at(frame) * (fm.at(frame) + 1.0)).clamp(-FASTEST, FASTEST);
            // The mean of both ends of the frame: what a speed that changes evenly covers.
            let step = ((state.speed + speed) * (0.5 * TURN)).to_integer_in_range();
            let offset = pm.at(frame).to_phase();
            state.phase = state.phase + step;
            let advance = (step + offset - state.offset).to_signed().abs() * (1.0 / TURN);
            state.highest = advance.max(state.highest * FORGETS);
            (state.speed, state.offset) = (speed, offset);
            beginning.set(frame, gate::of_cycle(state.phase + offset));
            out.set(
                frame,
                reader.read(
                    table,
                    state.phase + offset,
                    position.at(frame),
                    state.highest,
                    rate,
                    fade_frames,
                ),
            );
        }
        reader.store(state);
    }
}

/// The lanes one by one: each reads its own place of its own level.
struct TableReader {
    levels: [u32; 16],
    from: [u32; 16],
    fades: [f32; 16],
    /// The speed of each lane at the last frame, and the level that fits it: they seldom change.
    speeds: [f32; 16],
    fitting: [u32; 16],
}

impl TableReader {
    #[inline(always)]
    fn load<V: Vector>(state: &State<V>) -> Self {
        let mut reader = Self {
            levels: [0; 16],
            from: [0; 16],
            fades: [0.0; 16],
            speeds: [f32::NAN; 16],
            fitting: [0; 16],
        };
        state.level.store(&mut reader.levels[..V::WIDTH]);
        state.from.store(&mut reader.from[..V::WIDTH]);
        state.fade.store(&mut reader.fades[..V::WIDTH]);
        reader
    }

    #[inline(always)]
    fn store<V: Vector>(&self, state: &mut State<V>) {
        let token = state.phase.token();
        state.level = Bits::load(token, &self.levels[..V::WIDTH]);
        state.from = Bits::load(token, &self.from[..V::WIDTH]);
        state.fade = Lanes::load(token, &self.fades[..V::WIDTH]);
    }

    /// The next sample of each lane.
    #[inline(always)]
    fn read<V: Vector>(
        &mut self,
        table: &Wavetable,
        phases: Bits<V>,
        positions: Lanes<V>,
        speeds: Lanes<V>,
        sample_rate: f32,
        fade_frames: f32,
    ) -> Lanes<V> {
        let (mut phase, mut position, mut speed) = ([0; 16], [0.0; 16], [0.0; 16]);
        phases.store(&mut phase[..V::WIDTH]);
        positions.store(&mut position[..V::WIDTH]);
        speeds.store(&mut speed[..V::WIDTH]);
        let mut samples = [0.0; 16];
        for lane in 0..V::WIDTH {
            if speed[lane] != self.speeds[lane] {
                self.speeds[lane] = speed[lane];
                self.fitting[lane] = table.level(speed[lane], sample_rate) as u32;
            }
            self.choose(lane, self.fitting[lane], fade_frames);
            let read = |level: u32| table.read(level as usize, position[lane], phase[lane]);
            let now = read(self.levels[lane]);
            samples[lane] = if self.fades[lane] > 0.0 {
                now + (read(self.from[lane]) - now) * ease(Lanes(self.fades[lane] / fade_frames)).0
            } else {
                now
            };
        }
        Lanes::load(positions.token(), &samples[..V::WIDTH])
    }

    /// Begins to fade to another level, unless it is fading already.
    #[inline(always)]
    fn choose(&mut self, lane: usize, level: u32, fade_frames: f32) {
        if self.fades[lane] > 0.0 {
            self.fades[lane] -= 1.0;
        } else if level != self.levels[lane] {
            self.from[lane] = self.levels[lane];
            self.levels[lane] = level;
            self.fades[lane] = fade_frames;
        }
    }
}

#[cfg(test)]
mod tests;
