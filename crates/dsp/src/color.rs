//! Colours of noise beyond white and pink: filters that give them another slope, and velvet noise.

use crate::noise::next;
use crate::{Bits, Lanes, Vector};
use std::f32::consts::{LOG2_E, TAU};

/// A differentiator has the gain 2 sin(w/2) instead of w: 4 dB too little at half the rate. The filter with
/// these zeros and poles has the gain sin(w/2) / (w/2), within 0.006 dB up to 0.46 of the rate, and its
/// inverse is stable too. Coefficients of the first and second delay.
const ROUND_ZEROS: [f32; 2] = [0.834_590_85, 0.129_439_81];
const ROUND_POLES: [f32; 2] = [0.657_509, 0.043_805_77];
/// Brings that filter to 1 at low frequencies.
const ROUND_GAIN: f32 = (1.0 + ROUND_POLES[0] + ROUND_POLES[1]) / (1.0 + ROUND_ZEROS[0] + ROUND_ZEROS[1]);

/// Where brown noise no longer grows towards low frequencies, so that it stays around 0, in hertz.
const BROWN_CORNER: f32 = 3.0;
/// RMS of white noise: the root of a third.
const WHITE_RMS: f32 = 0.577_350_26;
/// RMS of filtered noise: its samples are spread like a bell, so peaks stay near 1.
const RMS: f32 = 0.25;

/// What the signal leaves behind in a filter that turns a slope.
pub type Slope<V> = [Lanes<V>; 3];

/// Brown noise out of white noise: falls by 6.02 dB per octave. RMS 0.25.
#[inline(always)]
pub fn brown<V: Vector>(state: &mut Slope<V>, white: Lanes<V>, sample_rate: f32) -> Lanes<V> {
    let [sum, first, second] = state;
    let leak = TAU * BROWN_CORNER / sample_rate;
    let gain = white.same(2.0 * leak).sqrt() * (RMS / WHITE_RMS * ROUND_GAIN);
    *sum = *sum - *sum * leak + white * gain;
    let middle = *sum - *first * ROUND_POLES[0] - *second * ROUND_POLES[1];
    let output = middle + *first * ROUND_ZEROS[0] + *second * ROUND_ZEROS[1];
    (*first, *second) = (middle, *first);
    output
}

/// Violet noise out of white noise: rises by 6.02 dB per octave. RMS 0.25.
#[inline(always)]
pub fn violet<V: Vector>(state: &mut Slope<V>, white: Lanes<V>) -> Lanes<V> {
    // The mean square of the frequency up to half the rate is pi^2 / 3.
    derivative(state, white) * (RMS / WHITE_RMS / 1.813_799_4)
}

/// Blue noise out of [`pink`](crate::noise::pink) noise: rises by 3.01 dB per octave. RMS 0.2.
#[inline(always)]
pub fn blue<V: Vector>(state: &mut Slope<V>, pink: Lanes<V>) -> Lanes<V> {
    derivative(state, pink) * 1.9
}

/// Turns a slope up by 6.02 dB per octave.
#[inline(always)]
fn derivative<V: Vector>(state: &mut Slope<V>, signal: Lanes<V>) -> Lanes<V> {
    let [before, first, second] = state;
    let difference = signal - *before;
    *before = signal;
    let mut past = [*first, *second];
    let derivative = sharpen(&mut past, difference);
    [*first, *second] = past;
    derivative
}

/// Makes the difference between each two samples a derivative, whose gain is the frequency, in radians per
/// frame.
#[inline(always)]
pub fn sharpen<V: Vector>(state: &mut [Lanes<V>; 2], difference: Lanes<V>) -> Lanes<V> {
    let [first, second] = *state;
    let middle = difference - first * ROUND_ZEROS[0] - second * ROUND_ZEROS[1];
    *state = [middle, first];
    (middle + first * ROUND_POLES[0] + second * ROUND_POLES[1]) * (1.0 / ROUND_GAIN)
}

/// Zeros and poles in hertz of the inverse of A-weighting (IEC 61672-1), fitted from 50 Hz to 16 kHz: within
/// 2 dB at any rate from 44.1 kHz on. Below 20 Hz it does not rise any further.
const GREY_ZEROS: [f32; 3] = [136.846, 751.239, 6_066.19];
const GREY_POLE: f32 = 20.0;
/// Brings grey noise to an RMS of 0.25.
const GREY_GAIN: f32 = 0.12;

/// The filter of grey noise at one sample rate.
#[derive(Clone, Copy)]
pub struct Grey<V: Vector> {
    zeros: [Lanes<V>; 3],
    pole: Lanes<V>,
}

impl<V: Vector> Grey<V> {
    /// The filter for a sample rate.
    #[inline(always)]
    pub fn new(token: V::Token, sample_rate: f32) -> Self {
        // A zero or pole at a frequency in hertz: e^(-2 pi f / rate).
        let [first, second, third] = GREY_ZEROS;
        let scale = -TAU * LOG2_E / sample_rate;
        let at = |hertz: f32| Lanes::splat(token, hertz * scale).exp2();
        Self { zeros: [at(first), at(second), at(third)], pole: at(GREY_POLE) }
    }

    /// Grey noise out of white noise: equally loud to the ear at every pitch. RMS 0.25 at 48 kHz.
    #[inline(always)]
    pub fn step(&self, state: &mut [Lanes<V>; 3], white: Lanes<V>) -> Lanes<V> {
        let [before, first, second] = state;
        let input = white * GREY_GAIN;
        let (last, low) = (*first, *second);
        *first = input - *before * self.zeros[0] + *first * self.pole;
        *before = input;
        *second = *first - last * self.zeros[1] + *second * self.pole;
        *second - low * self.zeros[2]
    }
}

/// What velvet noise remembers: where it is in its cell (turns), where in the cell the pulse stands, and the
/// cell's random number.
#[derive(Clone, Copy)]
pub struct Velvet<V: Vector> {
    /// The share of the cell that is over.
    pub place: Lanes<V>,
    /// Where in the cell its pulse stands.
    pub target: Lanes<V>,
}

impl<V: Vector> Velvet<V> {
    /// Velvet noise: in each cell of 1 / `advance` frames one pulse of height 1 or -1, anywhere in it
    /// (Karjalainen and Järveläinen, AES 2007). `advance` lies in 0..=1.
    #[inline(always)]
    pub fn step(&mut self, counter: &mut Bits<V>, advance: Lanes<V>) -> Lanes<V> {
        let random = next(counter);
        let before = self.place;
        let after = before + advance;
        let begins = after.ge(1.0);
        self.place = begins.select(after - 1.0, after);
        self.target = begins.select(random.to_unit() * (1.0 - advance), self.target);
        let from = begins.select(self.place - advance, before);
        let fires = self.target.ge(from) & self.target.lt(self.place);
        let sign = Lanes::from_bits((random & 1) << 31 | before.same(1.0).to_bits());
        fires.keep(sign)
    }
}
