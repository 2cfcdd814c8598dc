//! Moves the peaks of a spectrum, each with its surroundings.

use crate::parts::spectrum::peaks;
use crate::parts::spectrum::phase_tracker::magnitude;
use crate::parts::spectrum::stft::OVERLAP;
use jackfield_node::dsp::Lanes;
use jackfield_node::dsp::angle::turns;
use jackfield_node::dsp::real_fourier::Spectrum;
use std::ops::Range;

/// By what share, over the square of the bins that are missing, overlapping windows get weaker: of the
/// transform of the squared Hann window 0.905 is left half a bin off.
const WEAKENING: f32 = 0.42;

/// Memory from window to window, and room to work in.
pub(super) struct Peaks {
    before: Spectrum,
    magnitudes: Vec<f32>,
    moved: Spectrum,
    /// By how many turns the phase of what comes of each bin is ahead of the bin's own.
    ahead: Vec<f32>,
    /// The same from the window before.
    was_ahead: Vec<f32>,
}

impl Peaks {
    /// For windows of `size` samples. Control thread.
    pub(super) fn new(size: usize) -> Self {
        let bins = size / 2 + 1;
        Self {
            before: Spectrum::new(size),
            magnitudes: vec![0.0; bins],
            moved: Spectrum::new(size),
            ahead: vec![0.0; bins],
            was_ahead: vec![0.0; bins],
        }
    }

    /// Forgets the past.
    pub(super) fn reset(&mut self) {
        self.before.clear();
        self.ahead.fill(0.0);
        self.was_ahead.fill(0.0);
    }

    /// Moves every peak from its frequency to `ratio` times that.
    pub(super) fn shift(&mut self, spectrum: &mut Spectrum, ratio: f32) {
        for (bin, magnitude_of_bin) in self.magnitudes.iter_mut().enumerate() {
            *magnitude_of_bin = magnitude(spectrum.re[bin], spectrum.im[bin]);
        }
        self.moved.clear();
        let magnitudes = std::mem::take(&mut self.magnitudes);
        peaks::for_each(&magnitudes, |peak, bins| self.move_region(spectrum, peak, bins, ratio));
        self.magnitudes = magnitudes;
        self.before.re.copy_from_slice(&spectrum.re);
        self.before.im.copy_from_slice(&spectrum.im);
        spectrum.re.copy_from_slice(&self.moved.re);
        spectrum.im.copy_from_slice(&self.moved.im);
        std::mem::swap(&mut self.ahead, &mut self.was_ahead);
    }

    /// Moves the bins that belong to a peak.
    fn move_region(&mut self, spectrum: &Spectrum, peak: usize, region: Range<usize>, ratio: f32) {
        let bin = self.exact_bin(spectrum, peak);
        let distance = bin * (ratio - 1.0);
        // A bin turns by 1 / OVERLAP of a turn from window to window.
        let ahead = (self.was_ahead[peak] + distance * (1.0 / OVERLAP as f32)).fract();
        self.ahead[region.clone()].fill(ahead);
        // Bins move by whole bins. What is missing to the distance is a turning from window to window, which
        // `ahead` has all of.
        let whole = Lanes(distance).round().0;
        let missing = distance - whole;
        // Windows whose partial is off by a part of a bin add up to a little less than they should.
        let gain = 1.0 + WEAKENING * missing * missing;
        let (cosine, sine) = (Lanes(ahead).cos_turns().0 * gain, Lanes(ahead).sin_turns().0 * gain);
        let shift = whole as isize;
        for k in region {
            let Some(place) = k.checked_add_signed(shift).filter(|place| *place < self.moved.re.len()) else {
                continue;
            };
            let (re, im) = (spectrum.re[k], spectrum.im[k]);
            self.moved.re[place] += re * cosine - im * sine;
            self.moved.im[place] += re * sine + im * cosine;
        }
    }

    /// The frequency of a peak in bins, from how far its phase has gone since the window before.
    fn exact_bin(&self, spectrum: &Spectrum, peak: usize) -> f32 {
        let (re, im) = (spectrum.re[peak], spectrum.im[peak]);
        let (old_re, old_im) = (self.before.re[peak], self.before.im[peak]);
        let gone = turns(Lanes(re * old_re + im * old_im), Lanes(im * old_re - re * old_im));
        let expected = peak as f32 / OVERLAP as f32;
        let off = (gone - expected).wrap_turns().0 * OVERLAP as f32;
        // A peak's bin is the nearest to its frequency; with noise in it the phase tells nothing.
        peak as f32 + off.clamp(-1.0, 1.0)
    }
}
