//! A play head: a moving place in a stream and how loud it is read.

use super::window::StreamWindow;
use crate::parts::playback::playhead_fades::PlayheadFades;
use jackfield_node::dsp::sinc::Sinc;
use jackfield_node::stream::{CHUNK, LEAD, Piece, Stream};

/// The highest speed, in octaves.
pub(super) const FASTEST_OCTAVES: f32 = 2.0;

/// The highest speed.
const FASTEST: f32 = 4.0;

const _: () = assert!(LEAD > Sinc::REACH * FASTEST as usize + 1, "what comes before a start can be read");

/// A place in a stream. Idle until it is started.
pub(super) struct StreamPlayhead {
    sinc: &'static Sinc,
    window: StreamWindow,
    /// In frames of the file; none while idle.
    position: Option<f64>,
    /// Where it began, and begins again in a loop. A whole frame.
    first: u64,
    /// The frame of the window in which `first` lies, this time round.
    lap: u64,
    /// Where the file ends, once that is known: always before it matters.
    end: Option<u64>,
    loops: bool,
    /// The stream had run dry: it fades out and waits for more.
    pauses: bool,
    /// It fades out for good.
    ends: bool,
    fades: PlayheadFades,
    /// How many frames it must have ahead, so that a fade can follow.
    ahead: u64,
}

impl StreamPlayhead {
    /// Control thread.
    pub(super) fn new(sample_rate: f32) -> Self {
        let fades = PlayheadFades::new(sample_rate);
        let ahead = FASTEST as usize * fades.frames() as usize + Sinc::reach(FASTEST) + 1;
        Self {
            sinc: Sinc::get(),
            window: StreamWindow::new(LEAD + ahead + CHUNK),
            position: None,
            first: 0,
            lap: 0,
            end: None,
            loops: false,
            pauses: false,
            ends: false,
            fades,
            ahead: ahead as u64,
        }
    }

    pub(super) fn is_idle(&self) -> bool {
        self.position.is_none()
    }

    /// Goes silent at once.
    pub(super) fn stop(&mut self) {
        self.position = None;
    }

    /// Fades out, if it has not begun to.
    pub(super) fn fade_out(&mut self) {
        self.fades.fade_out();
        self.ends = true;
    }

    /// Where it is, in frames of the file; 0 while idle.
    pub(super) fn position(&self) -> f64 {
        self.position.unwrap_or(0.0)
    }

    /// Starts at a frame of a stream that has it ready, with a fade if it cuts another sound off; false while
    /// the stream has not.
    pub(super) fn start(&mut self, stream: &mut Stream, first: u64, fades_in: bool) -> bool {
        let Some((lead, _)) = stream.start(first) else { return false };
        self.window.clear();
        self.window.push(lead);
        self.position = Some(first as f64);
        (self.first, self.lap, self.end) = (first, LEAD as u64, None);
        (self.pauses, self.ends) = (false, false);
        self.fades.begin(fades_in);
        true
    }

    /// Whether it is heard, and a new start would cut it off.
    pub(super) fn would_be_cut(&self, speed: f64) -> bool {
        !self.is_idle()
            && self.fades.would_be_cut(if self.loops { f64::INFINITY } else { self.left() }, speed)
    }

    /// Takes from the stream what it needs for the next frame and a fade after it. If that is not there, the
    /// head pauses; if it is there again, it goes on.
    pub(super) fn feed(&mut self, stream: &mut Stream, loops: bool) {
        if self.ends {
            return;
        }
        // Beyond that it is too late to change what happens at the end.
        if self.left() >= f64::from(FASTEST * self.fades.frames()) {
            self.loops = loops;
        }
        while !self.has_enough()
            && let Some(piece) = stream.take()
        {
            self.take(piece);
        }
        if self.has_enough() {
            if self.pauses && self.fades.is_out() && stream.has_recovered() {
                self.pauses = false;
                self.fades.begin(true);
            }
        } else if stream.has_failed() {
            self.fade_out();
        } else if !self.pauses {
            self.fades.fade_out();
            self.pauses = true;
            stream.count_gap();
        }
    }

    fn take(&mut self, piece: Piece<'_>) {
        self.window.push(piece.samples);
        if piece.ends && self.end.is_none() {
            self.end = Some(self.first + self.window.written() - self.lap);
        }
        if self.end == Some(self.first) {
            // It began behind the end.
            self.stop();
        }
    }

    /// Whether it can go on for as long as it takes to fade out.
    fn has_enough(&self) -> bool {
        let Some(position) = self.position else { return true };
        let written = self.window.written();
        let has_rest = !self.loops && self.end_in_window().is_some_and(|end| written >= end);
        has_rest || written >= self.in_window(position as u64) + self.ahead
    }

    /// A frame of the file as one of the window.
    fn in_window(&self, frame: u64) -> u64 {
        self.lap + (frame - self.first)
    }

    fn end_in_window(&self) -> Option<u64> {
        self.end.map(|end| self.in_window(end))
    }

    /// Frames to the end of the file; many while that is not in sight.
    fn left(&self) -> f64 {
        self.end.map_or(f64::INFINITY, |end| end as f64 - self.position())
    }

    /// The next frame of the left and right channel, and whether the file has come to its end with it.
    pub(super) fn next(&mut self, speed: f64) -> ([f32; 2], bool) {
        let Some(position) = self.position else { return ([0.0; 2], false) };
        let left = self.left();
        if self.fades.is_out() {
            if !self.pauses || self.ends {
                self.stop();
            }
            return ([0.0; 2], false);
        }
        if left <= 0.0 {
            self.stop();
            return ([0.0; 2], true);
        }
        // The end is as it is in the file, so that what follows it can join without a hole.
        let gain = self.fades.next(f64::INFINITY, speed);
        let sound = self.read(position, speed).map(|sample| sample * gain);
        self.fades.hear(sound);
        let ends = self.step(position + speed);
        (sound, ends)
    }

    /// Moves on, round a loop if there is one; whether it went round.
    fn step(&mut self, position: f64) -> bool {
        let Some(end) = self.end.filter(|end| self.loops && position >= *end as f64) else {
            self.position = Some(position);
            return false;
        };
        let (first, length) = (self.first as f64, (end - self.first) as f64);
        let beyond = position - end as f64;
        self.position = Some(first + beyond % length);
        self.lap += (end - self.first) * (1 + (beyond / length) as u64);
        true
    }

    fn read(&self, position: f64, speed: f64) -> [f32; 2] {
        let base = position as u64;
        let between = (position - base as f64) as f32;
        let place = self.in_window(base);
        let end = if self.loops { u64::MAX } else { self.end_in_window().unwrap_or(u64::MAX) };
        [0, 1].map(|side| {
            // Behind the end of a file that does not go round comes silence.
            let sample = |from: u64, i: isize| {
                let frame = from.wrapping_add_signed(i as i64);
                if frame < end { self.window.slice(side, frame, 1)[0] } else { 0.0 }
            };
            if speed > 1.0 {
                return self.sinc.read_fast(|i| sample(place, i), between, speed as f32);
            }
            let from = place - (Sinc::REACH as u64 - 1);
            if place + (Sinc::REACH as u64) < end {
                return self.sinc.read(self.window.slice(side, from, 2 * Sinc::REACH), between);
            }
            let edge: [f32; 2 * Sinc::REACH] = std::array::from_fn(|i| sample(from, i as isize));
            self.sinc.read(&edge, between)
        })
    }
}
