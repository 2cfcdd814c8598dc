//! A feedback delay network: sixteen delay lines whose outputs are mixed and fed back.
//!
//! Jot and Chaigne 1991. The mixing loses nothing: a Hadamard matrix, then slow rotations between
//! pairs of lines. Only the absorption at the end of each line does, and it is exactly what the decay
//! asks for, at every frequency. The rotations keep any mode from ringing on (time-varying feedback
//! matrices, Schlecht and Habets 2015). Unlike moving delays they bend no pitch and need no
//! interpolation, which would eat treble at every pass.

use crate::parts::compute::best_instructions::BestInstructions;
use crate::parts::delay::fading_tap::FadingTap;
use crate::parts::delay::line::DelayLine;
use jackfield_node::dsp::Lanes;

/// Delay lines.
pub(crate) const LINES: usize = 16;

/// Pairs of lines that rotate.
const PAIRS: usize = LINES / 2;

/// Rows of the Hadamard matrix that are heard: any two are independent.
const LEFT_ROW: usize = 5;
const RIGHT_ROW: usize = 10;

/// How far each pair of lines rotates back and forth, in turns, and how often, in hertz.
const ROTATION_TURNS: f32 = 0.16;
const ROTATION_HERTZ: [f32; PAIRS] = [0.31, 0.43, 0.53, 0.61, 0.73, 0.83, 0.97, 1.09];

/// Frames from one look at the knobs to the next. LineCoefficients move in straight lines between.
pub(crate) const TICK: usize = 64;

/// How long a change of size fades, in seconds.
const FADE_SECONDS: f32 = 0.06;

/// Time constant of the coefficients on their way to what new knobs ask for, in seconds.
const GLIDE_SECONDS: f32 = 0.05;

/// A coefficient nearer than this to what is asked for has arrived.
const ARRIVED: f32 = 1e-6;

/// What the knobs ask for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ReverbParams {
    /// Time to fall by 60 dB, in seconds.
    pub(crate) decay: f32,
    /// Frequency at which the decay takes half that time, in hertz; none for the same at all.
    pub(crate) damping: Option<f32>,
    /// Length of the lines, re their own.
    pub(crate) size: f32,
}

/// Largest size.
pub(crate) const LARGEST: f32 = 2.0;

/// A coefficient of each line, or pair of lines, on its way through a tick.
#[derive(Clone, Copy, Debug)]
struct Ramp<const N: usize> {
    value: [f32; N],
    step: [f32; N],
    target: [f32; N],
}

impl<const N: usize> Ramp<N> {
    fn at(value: [f32; N]) -> Self {
        Self { value, step: [0.0; N], target: value }
    }

    /// Ends the last tick and goes `share` of the way to what is asked for in the next one.
    fn aim(&mut self, asked: [f32; N], share: f32) {
        self.value = self.target;
        let target: [f32; N] = std::array::from_fn(|i| {
            let way = asked[i] - self.value[i];
            if way.abs() < ARRIVED { asked[i] } else { self.value[i] + way * share }
        });
        self.target = target;
        self.step = std::array::from_fn(|i| (target[i] - self.value[i]) / TICK as f32);
    }

    #[inline(always)]
    fn next(&mut self) -> &[f32; N] {
        self.value = std::array::from_fn(|i| self.value[i] + self.step[i]);
        &self.value
    }

    /// The next `count` values, coefficient by coefficient.
    #[inline(always)]
    fn course(&mut self, count: usize) -> [[f32; TICK]; N] {
        let mut course = [[0.0; TICK]; N];
        for frame in 0..count {
            let value = self.next();
            for (course, value) in course.iter_mut().zip(value) {
                course[frame] = *value;
            }
        }
        course
    }
}

/// What a room takes: gain and pole of each line, and the loudness of what enters.
#[derive(Clone, Copy, Debug, Default)]
struct LineCoefficients {
    gain: [f32; LINES],
    pole: [f32; LINES],
    entry: f32,
}

/// See the module's documentation.
#[derive(Debug)]
pub(crate) struct Network {
    sample_rate: f32,
    instructions: BestInstructions,
    /// Lengths of the lines at 48 kHz and size 1, in frames.
    lengths: &'static [f32; LINES],
    lines: [DelayLine; LINES],
    taps: [FadingTap; LINES],
    /// Absorption of each line: a gain and the pole of a low-pass.
    gain: Ramp<LINES>,
    pole: Ramp<LINES>,
    absorbed: [f32; LINES],
    cosine: Ramp<PAIRS>,
    sine: Ramp<PAIRS>,
    /// In turns.
    phases: [f32; PAIRS],
    /// Loudness of what enters, so that steady sound is as loud after as before.
    entry: Ramp<1>,
    /// What the coefficients were computed for, and what came out.
    room: Option<ReverbParams>,
    asked: LineCoefficients,
    /// Whether all lines have the length the room asks for, or fade to it.
    has_arrived: bool,
    /// Frames of the tick that are done.
    in_tick: usize,
}

impl Network {
    /// Lines of these lengths, in frames at 48 kHz and size 1; primes never fall in step. Control thread.
    pub(crate) fn new(lengths: &'static [f32; LINES], sample_rate: f32) -> Self {
        let longest = |i: usize| frames(lengths[i], LARGEST, sample_rate) + TICK;
        Self {
            sample_rate,
            instructions: BestInstructions::of_this_machine(),
            lengths,
            lines: std::array::from_fn(|i| DelayLine::new(longest(i))),
            taps: std::array::from_fn(|i| {
                FadingTap::new(frames(lengths[i], 1.0, sample_rate), (FADE_SECONDS * sample_rate) as usize)
            }),
            gain: Ramp::at([0.0; LINES]),
            pole: Ramp::at([0.0; LINES]),
            absorbed: [0.0; LINES],
            cosine: Ramp::at([1.0; PAIRS]),
            sine: Ramp::at([0.0; PAIRS]),
            phases: [0.0; PAIRS],
            entry: Ramp::at([0.0]),
            room: None,
            asked: LineCoefficients::default(),
            has_arrived: false,
            in_tick: 0,
        }
    }

    /// Forgets the past.
    pub(crate) fn reset(&mut self) {
        self.lines.iter_mut().for_each(DelayLine::clear);
        self.absorbed = [0.0; LINES];
        self.phases = [0.0; PAIRS];
        self.cosine = Ramp::at([1.0; PAIRS]);
        self.sine = Ramp::at([0.0; PAIRS]);
        self.room = None;
        self.in_tick = 0;
    }

    /// Frames that may be computed before [`tick`](Self::tick) must be called again.
    pub(crate) fn frames_left(&self) -> usize {
        TICK - self.in_tick
    }

    /// Whether a tick begins with the next frame.
    pub(crate) fn is_tick(&self) -> bool {
        self.in_tick == 0
    }

    /// Begins a tick: takes in what the knobs ask for now.
    pub(crate) fn tick(&mut self, room: ReverbParams) {
        self.turn();
        let is_new = self.room.is_none();
        if self.room != Some(room) || !self.has_arrived {
            let size = room.size.clamp(0.25, LARGEST);
            let asked = self.lengths.map(|length| frames(length, size, self.sample_rate));
            for (tap, delay) in self.taps.iter_mut().zip(asked) {
                if is_new { tap.jump(delay) } else { tap.aim(delay) }
            }
            // While another size still fades in, the taps have to be asked again.
            self.has_arrived = self.taps.iter().zip(asked).all(|(tap, asked)| tap.delay() == asked);
            self.room = Some(room);
            self.asked = self.coefficients(room);
        }
        let LineCoefficients { gain, pole, entry } = self.asked;
        if is_new {
            (self.gain, self.pole, self.entry) = (Ramp::at(gain), Ramp::at(pole), Ramp::at([entry]));
        } else {
            let share = (TICK as f32 / (GLIDE_SECONDS * self.sample_rate)).min(1.0);
            self.gain.aim(gain, share);
            self.pole.aim(pole, share);
            self.entry.aim([entry], share);
        }
    }

    /// Rotates the pairs on by a tick.
    fn turn(&mut self) {
        let mut angles = [0.0; PAIRS];
        for ((phase, hertz), angle) in self.phases.iter_mut().zip(ROTATION_HERTZ).zip(&mut angles) {
            *phase = (*phase + hertz * TICK as f32 / self.sample_rate).fract();
            *angle = Lanes(*phase).sin_turns().0 * ROTATION_TURNS;
        }
        self.cosine.aim(angles.map(|angle| Lanes(angle).cos_turns().0), 1.0);
        self.sine.aim(angles.map(|angle| Lanes(angle).sin_turns().0), 1.0);
    }

    /// What a room takes with the lines as long as they are now. Without damping a line of `m` frames loses
    /// its share `60 m / decay` of the 60 dB; at the damping frequency twice as much, through a low-pass.
    fn coefficients(&self, room: ReverbParams) -> LineCoefficients {
        let mut asked = LineCoefficients::default();
        let cosine = room.damping.map(|hertz| {
            let turns = (hertz / self.sample_rate).clamp(0.0005, 0.499);
            f64::from(Lanes(turns).cos_turns().0)
        });
        for (i, tap) in self.taps.iter().enumerate() {
            // 10^(-3 x) = 2^(-3 log2(10) x)
            let octaves = -9.965_784 * tap.delay() as f32 / (self.sample_rate * room.decay.max(0.01));
            let loss = f64::from(Lanes(octaves).exp2().0);
            let pole = cosine.map_or(0.0, |cosine| low_pass_pole(loss, cosine));
            asked.gain[i] = (loss * (1.0 - pole)) as f32;
            asked.pole[i] = pole as f32;
        }
        let squares = asked.gain.iter().zip(&asked.pole).map(|(g, p)| (g / (1.0 - p)) * (g / (1.0 - p)));
        let mean_square = (squares.sum::<f32>() / LINES as f32).clamp(1e-4, 0.999_99);
        asked.entry = ((1.0 - mean_square) / mean_square).sqrt();
        asked
    }

    /// Computes up to [`frames_left`](Self::frames_left) frames: takes the sound of both channels and
    /// replaces it by its reverberation.
    pub(crate) fn process(&mut self, left: &mut [f32], right: &mut [f32]) {
        let count = left.len().min(TICK);
        let mut rows = [[0.0; TICK]; LINES];
        for ((line, tap), row) in self.lines.iter().zip(&mut self.taps).zip(&mut rows) {
            tap.read(line, 0, &mut row[..count]);
        }
        let instructions = self.instructions;
        instructions.run(
            #[inline(always)]
            || {
                self.absorb(&mut rows, count);
                self.mix(&mut rows, &mut left[..count], &mut right[..count]);
            },
        );
        for (line, row) in self.lines.iter_mut().zip(&rows) {
            line.push_all(&row[..count]);
        }
        self.in_tick = (self.in_tick + count) % TICK;
    }

    /// Takes from what comes out of the lines what the room absorbs. Frames wait for each other here, so it
    /// is the lines that are computed side by side.
    #[inline(always)]
    fn absorb(&mut self, rows: &mut [[f32; TICK]; LINES], count: usize) {
        // Copies, so that the compiler sees that nothing else changes them and keeps them in registers.
        let (mut gain, mut pole, mut absorbed) = (self.gain, self.pole, self.absorbed);
        for frame in 0..count {
            let (gain, pole) = (gain.next(), pole.next());
            absorbed = std::array::from_fn(|i| rows[i][frame] * gain[i] + absorbed[i] * pole[i]);
            for (row, absorbed) in rows.iter_mut().zip(absorbed) {
                row[frame] = absorbed;
            }
        }
        (self.gain, self.pole, self.absorbed) = (gain, pole, absorbed);
    }

    /// Replaces what was left of what came out of the lines by what goes into them, and the sound by what is
    /// heard. Frames are independent here, and many are computed side by side.
    #[inline(always)]
    fn mix(&mut self, rows: &mut [[f32; TICK]; LINES], left: &mut [f32], right: &mut [f32]) {
        let count = left.len();
        let (cosines, sines) = (self.cosine.course(count), self.sine.course(count));
        let [entries] = self.entry.course(count);
        for frame in 0..count {
            let mut mixed = hadamard(&std::array::from_fn(|i| rows[i][frame]));
            let (enter_left, enter_right) = (left[frame] * entries[frame], right[frame] * entries[frame]);
            (left[frame], right[frame]) = (mixed[LEFT_ROW], mixed[RIGHT_ROW]);
            rotate(
                &mut mixed,
                &std::array::from_fn(|i| cosines[i][frame]),
                &std::array::from_fn(|i| sines[i][frame]),
            );
            for (i, row) in rows.iter_mut().enumerate() {
                row[frame] = mixed[i] + enter_left * LEFT_ENTRY[i] + enter_right * RIGHT_ENTRY[i];
            }
        }
    }
}

/// How the input enters the lines: left into the even ones, right into the odd ones, with signs that
/// no row of the Hadamard matrix has.
const LEFT_ENTRY: [f32; LINES] =
    [1.0, 0.0, -1.0, 0.0, 1.0, 0.0, 1.0, 0.0, -1.0, 0.0, 1.0, 0.0, 1.0, 0.0, -1.0, 0.0];
const RIGHT_ENTRY: [f32; LINES] =
    [0.0, 1.0, 0.0, 1.0, 0.0, -1.0, 0.0, -1.0, 0.0, -1.0, 0.0, 1.0, 0.0, -1.0, 0.0, 1.0];

/// The length of a line in frames: at least a tick, since a row is read before the next is written.
fn frames(length: f32, size: f32, sample_rate: f32) -> usize {
    ((length * size * sample_rate / 48_000.0).round() as usize).max(TICK)
}

/// The pole of a low-pass, 1 at 0 Hz, that lets `gain` through at the frequency with this cosine.
///
/// `(1 - p)^2 = gain^2 (1 - 2 p cos + p^2)`, solved for p.
fn low_pass_pole(gain: f64, cosine: f64) -> f64 {
    let square = gain * gain;
    let rest = 1.0 - square;
    if rest < 1e-9 {
        return 0.0;
    }
    let middle = 1.0 - square * cosine;
    (middle - (middle * middle - rest * rest).max(0.0).sqrt()) / rest
}

/// The product with a Hadamard matrix of order 16, scaled to keep the energy: that of order 4 over
/// the rows of a square and then over its columns. The square comes out turned over, which is as good
/// a matrix and spares the way back.
#[inline(always)]
fn hadamard(x: &[f32; LINES]) -> [f32; LINES] {
    let rows: [[f32; 4]; 4] = std::array::from_fn(|i| std::array::from_fn(|k| x[4 * i + k]));
    let rows = hadamard_of_rows(rows);
    let columns: [[f32; 4]; 4] = std::array::from_fn(|i| std::array::from_fn(|k| rows[k][i]));
    let columns = hadamard_of_rows(columns);
    std::array::from_fn(|i| columns[i / 4][i % 4] * 0.25)
}

/// The Hadamard matrix of order 4, for each place of four rows.
#[inline(always)]
fn hadamard_of_rows([a, b, c, d]: [[f32; 4]; 4]) -> [[f32; 4]; 4] {
    let add = |x: [f32; 4], y: [f32; 4]| -> [f32; 4] { std::array::from_fn(|k| x[k] + y[k]) };
    let subtract = |x: [f32; 4], y: [f32; 4]| -> [f32; 4] { std::array::from_fn(|k| x[k] - y[k]) };
    let (sum, difference, sum2, difference2) = (add(a, b), subtract(a, b), add(c, d), subtract(c, d));
    [add(sum, sum2), add(difference, difference2), subtract(sum, sum2), subtract(difference, difference2)]
}

/// Rotates line `i` and line `i + 8` into each other.
#[inline(always)]
fn rotate(x: &mut [f32; LINES], cosine: &[f32; PAIRS], sine: &[f32; PAIRS]) {
    for i in 0..PAIRS {
        let (a, b) = (x[i], x[i + PAIRS]);
        x[i] = a * cosine[i] - b * sine[i];
        x[i + PAIRS] = a * sine[i] + b * cosine[i];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mixing_keeps_energy() {
        let x: [f32; LINES] = std::array::from_fn(|i| (i as f32 * 0.7).fract() - 0.4);
        let energy = |x: &[f32; LINES]| x.iter().map(|x| x * x).sum::<f32>();
        let mut mixed = hadamard(&x);
        assert!((energy(&mixed) - energy(&x)).abs() < 1e-5);
        let angles: [f32; PAIRS] = std::array::from_fn(|i| i as f32 / 20.0);
        rotate(&mut mixed, &angles.map(|a| Lanes(a).cos_turns().0), &angles.map(|a| Lanes(a).sin_turns().0));
        assert!((energy(&mixed) - energy(&x)).abs() < 1e-5);
    }

    /// At the lowest rate and the smallest size too, where the lines would be shorter than a row.
    #[test]
    fn no_line_is_shorter_than_a_row() {
        for sample_rate in [8000.0, 22_050.0, 384_000.0] {
            assert!([200.0, 1019.0].iter().all(|length| frames(*length, 0.25, sample_rate) >= TICK));
        }
    }

    #[test]
    fn the_low_pass_lets_through_what_is_asked() {
        for (gain, turns) in [(0.9, 0.1), (0.5, 0.01), (0.999, 0.3)] {
            let cosine = (std::f64::consts::TAU * turns).cos();
            let pole = low_pass_pole(gain, cosine);
            let magnitude = (1.0 - pole) / (1.0 - 2.0 * pole * cosine + pole * pole).sqrt();
            assert!((magnitude - gain).abs() < 1e-9 && (0.0..1.0).contains(&pole));
        }
    }
}
