//! A play head: a moving place in a stream and how loud it is read.

use super::window::StreamWindow;
use crate::parts::playback::frame_reader::{self, FrameReader};
use crate::parts::playback::playhead_fades::PlayheadFades;
use jackfield_node::LoopRegion;
use jackfield_node::dsp::sinc::{self, Sinc};
use jackfield_node::stream::{CHUNK, LEAD, Piece, Start, Stream};

/// The highest speed, in octaves.
pub(super) const FASTEST_OCTAVES: f32 = 2.0;

/// The highest speed in frames of the engine's rate.
const FASTEST: f64 = 4.0;

const _: () =
    assert!(LEAD > Sinc::REACH * sinc::FASTEST as usize + 1, "what comes before a start can be read");

/// A place in a stream. Idle until it is started.
pub(super) struct StreamPlayhead {
    sinc: &'static Sinc,
    window: StreamWindow,
    /// In frames of the file; none while idle.
    position: Option<f64>,
    /// How many frames further back in the file a frame of the window lies; more with each time round.
    offset: i64,
    /// What goes round, and where the file ends, once that is known: always before it matters.
    region: Option<LoopRegion>,
    loops: bool,
    /// The stream had run dry: it fades out and waits for more.
    pauses: bool,
    /// It fades out for good.
    ends: bool,
    fades: PlayheadFades,
    /// The highest speed in frames of the file.
    fastest: f64,
    /// How many frames it must have ahead, so that a fade can follow.
    ahead: u64,
}

impl StreamPlayhead {
    /// A head for a file whose rate is so many times that of the engine. Control thread.
    pub(super) fn new(sample_rate: f32, ratio: f64) -> Self {
        let fades = PlayheadFades::new(sample_rate);
        let fastest = FASTEST * ratio;
        let ahead = (fastest * f64::from(fades.frames())).ceil() as usize + Sinc::reach(fastest as f32) + 2;
        Self {
            sinc: Sinc::get(),
            window: StreamWindow::new(LEAD + ahead + CHUNK),
            position: None,
            offset: 0,
            region: None,
            loops: false,
            pauses: false,
            ends: false,
            fades,
            fastest,
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

    /// Starts a stream that has what follows ready, with a fade if it cuts another sound off; false while the
    /// stream has not.
    pub(super) fn start(&mut self, stream: &mut Stream, start: Start, fades_in: bool) -> bool {
        let Some((lead, _)) = stream.start(start) else { return false };
        self.window.clear();
        self.window.push(lead);
        self.position = Some(start.first() as f64);
        self.offset = LEAD as i64 - start.first() as i64;
        self.region = None;
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
        if self.left() >= self.fastest * f64::from(self.fades.frames()) {
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
        self.region = piece.region.or(self.region);
        if piece.samples[0].is_empty() {
            // It began behind the end.
            self.stop();
        }
    }

    /// Whether it can go on for as long as it takes to fade out.
    fn has_enough(&self) -> bool {
        let Some(position) = self.position else { return true };
        let written = self.window.written();
        let has_rest =
            !self.loops && self.region.is_some_and(|region| written >= self.in_window(region.end() as i64));
        has_rest || written >= self.in_window(position as i64) + self.ahead
    }

    /// A frame of the file as one of the window.
    fn in_window(&self, frame: i64) -> u64 {
        (frame + self.offset) as u64
    }

    /// Frames to the end of the file; many while that is not in sight.
    fn left(&self) -> f64 {
        self.region.map_or(f64::INFINITY, |region| region.end() as f64 - self.position())
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
        let sound = frame_reader::read(self.sinc, &*self, position, speed).map(|sample| sample * gain);
        self.fades.hear(sound);
        let ends = self.step(position + speed);
        (sound, ends)
    }

    /// Moves on, round a loop if there is one; whether it went round.
    fn step(&mut self, position: f64) -> bool {
        let region = self.region.filter(|_| self.loops).unwrap_or_default();
        let turns = if region.length() > 0 { region.turns(position) } else { 0 };
        let frames = turns * region.length();
        self.position = Some(position - frames as f64);
        self.offset += frames as i64;
        turns > 0
    }
}

impl FrameReader for StreamPlayhead {
    #[inline]
    fn sample(&self, side: usize, frame: i64) -> f32 {
        // Behind the end of a file that does not go round comes silence.
        let is_over = !self.loops && self.region.is_some_and(|region| frame >= region.end() as i64);
        if is_over { 0.0 } else { self.window.slice(side, self.in_window(frame), 1)[0] }
    }

    #[inline]
    fn row(&self, side: usize, first: i64) -> Option<&[f32]> {
        let end = first + 2 * Sinc::REACH as i64;
        let is_whole = self.loops || self.region.is_none_or(|region| end <= region.end() as i64);
        is_whole.then(|| self.window.slice(side, self.in_window(first), 2 * Sinc::REACH))
    }
}
