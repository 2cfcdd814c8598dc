//! How high: the frequency of a partial to a fraction of a cent.

use super::spectrum::Spectrum;
use super::window::blackman_harris;
use std::f64::consts::TAU;

/// The interval from `reference` to `frequency` in cents, a hundredth of a semitone.
pub fn cents(frequency: f64, reference: f64) -> f64 {
    1200.0 * (frequency / reference).log2()
}

/// The frequency of the strongest partial within four bins or 0.3 % of `guess`, from how far its
/// phase advances between two overlapping halves of the signal.
pub fn frequency(signal: &[f32], sample_rate: f32, guess: f64) -> f64 {
    let half = signal.len() / 2;
    let window = blackman_harris(half);
    let rate = f64::from(sample_rate);
    let mut found = strongest_near(signal, sample_rate, guess);
    // A longer hop measures more finely, once the frequency is known well enough to count its turns.
    for hop in [half / 64, half / 4, signal.len() - half] {
        let (first, second) = (
            phase(&signal[..half], &window, found / rate),
            phase(&signal[hop..hop + half], &window, found / rate),
        );
        let advance = second - first - found / rate * hop as f64;
        found += (advance - advance.round()) * rate / hop as f64;
    }
    found
}

/// The frequency of the strongest bin near `guess`, refined by the parabola through its neighbours.
fn strongest_near(signal: &[f32], sample_rate: f32, guess: f64) -> f64 {
    let Spectrum { power, bin } = Spectrum::of(signal, sample_rate);
    let reach = (4.0 * bin).max(0.003 * guess);
    let low = (((guess - reach) / bin) as usize).clamp(1, power.len() - 2);
    let high = (((guess + reach) / bin) as usize + 2).clamp(low + 1, power.len() - 1);
    let peak = (low..high).max_by(|a, b| power[*a].total_cmp(&power[*b])).unwrap_or(low);
    let [before, here, after] = [peak - 1, peak, peak + 1].map(|i| (power[i] + 1e-300).ln());
    let bend = before - 2.0 * here + after;
    let offset = if bend == 0.0 { 0.0 } else { 0.5 * (before - after) / bend };
    (peak as f64 + offset) * bin
}

/// The phase in turns of the component at `frequency` turns per sample, at the start of the piece.
fn phase(piece: &[f32], window: &[f64], frequency: f64) -> f64 {
    let (mut real, mut imaginary) = (0.0, 0.0);
    for (i, (x, w)) in piece.iter().zip(window).enumerate() {
        let (sin, cos) = (TAU * (frequency * i as f64).fract()).sin_cos();
        real += f64::from(*x) * w * cos;
        imaginary -= f64::from(*x) * w * sin;
    }
    imaginary.atan2(real) / TAU
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::sine;

    #[test]
    fn it_finds_a_thousandth_of_a_cent() {
        for hertz in [27.5, 440.123, 4186.01, 15_000.7] {
            let signal = sine(48_000, hertz, 48_000.0);
            let found = frequency(&signal, 48_000.0, hertz * 1.001);
            assert!(cents(found, hertz).abs() < 1e-3, "{found} instead of {hertz}");
        }
    }

    #[test]
    fn it_keeps_to_the_partial_asked_for() {
        let louder = sine(48_000, 1000.0, 48_000.0);
        let both: Vec<f32> =
            louder.iter().zip(sine(48_000, 440.0, 48_000.0)).map(|(a, b)| a + 0.1 * b).collect();
        assert!(cents(frequency(&both, 48_000.0, 440.5), 440.0).abs() < 0.01);
    }
}
