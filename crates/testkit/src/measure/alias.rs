//! Aliases: what a periodic sound contains besides multiples of its frequency.

use super::spectrum::Spectrum;

/// Highest frequency that counts as heard.
const HIGHEST: f64 = 20_000.0;

/// The spectrum of a periodic sound, sorted into what belongs to it and what does not.
#[derive(Clone, Debug)]
pub struct Partials {
    /// Level of each partial from the first, in dB re the strongest.
    pub levels_db: Vec<f64>,
    /// Level of the strongest component below 20 kHz that is no partial, in dB re the strongest
    /// partial.
    pub worst_alias_db: f64,
    /// Where that is, in hertz.
    pub worst_alias_hertz: f64,
}

/// Takes apart a sound that repeats at `fundamental`, which must be right to a small fraction of a
/// bin; see [`frequency`](super::frequency). 131,072 samples resolve 5 Hz at 48 kHz.
pub fn partials(signal: &[f32], sample_rate: f32, fundamental: f64) -> Partials {
    let Spectrum { mut power, bin } = Spectrum::of(signal, sample_rate);
    let guard = Spectrum::HALF_LOBE + 1;
    let mut energies = Vec::new();
    for number in 1_u32.. {
        let center = f64::from(number) * fundamental / bin;
        if center + guard as f64 >= (power.len() - 1) as f64 {
            break;
        }
        let lobe = (center.floor() as usize).saturating_sub(guard)..center.ceil() as usize + guard + 1;
        energies.push(power[lobe.clone()].iter().sum::<f64>());
        power[lobe].fill(0.0);
    }
    let heard = ((HIGHEST / bin) as usize).min(power.len());
    let strongest =
        energies.iter().take((HIGHEST / fundamental) as usize).fold(1e-300, |a: f64, b| a.max(*b));
    let level = |energy: f64| 10.0 * (energy / strongest).max(1e-30).log10();
    let lowest = guard.max((20.0 / bin) as usize);
    // The energy of a component is that of its whole main lobe.
    let around = |i: usize| -> f64 {
        power[i - Spectrum::HALF_LOBE..(i + Spectrum::HALF_LOBE + 1).min(power.len())].iter().sum()
    };
    let worst = (lowest..heard).max_by(|a, b| around(*a).total_cmp(&around(*b))).unwrap_or(lowest);
    Partials {
        levels_db: energies.iter().map(|energy| level(*energy)).collect(),
        worst_alias_db: level(around(worst)),
        worst_alias_hertz: worst as f64 * bin,
    }
}

/// The level of the worst alias below 20 kHz in dB re the strongest partial.
pub fn worst_alias_db(signal: &[f32], sample_rate: f32, fundamental: f64) -> f64 {
    partials(signal, sample_rate, fundamental).worst_alias_db
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::sine;

    fn add(sum: &mut [f32], signal: &[f32], gain: f32) {
        sum.iter_mut().zip(signal).for_each(|(sum, x)| *sum += x * gain);
    }

    #[test]
    fn it_tells_partials_from_the_rest() {
        let mut signal = sine(65_536, 997.0, 48_000.0);
        add(&mut signal, &sine(65_536, 2.0 * 997.0, 48_000.0), 0.1);
        assert!(worst_alias_db(&signal, 48_000.0, 997.0) < -130.0);
        add(&mut signal, &sine(65_536, 3333.0, 48_000.0), 0.001);
        let found = partials(&signal, 48_000.0, 997.0);
        assert!((found.worst_alias_db + 60.0).abs() < 0.01 && (found.worst_alias_hertz - 3333.0).abs() < 5.0);
        assert!(found.levels_db[0].abs() < 1e-6 && (found.levels_db[1] + 20.0).abs() < 0.01);
    }

    /// A naive saw at C8 aliases at -17 dB.
    #[test]
    fn a_naive_saw_is_as_bad_as_known() {
        let saw: Vec<f32> =
            (0..131_072).map(|i| (2.0 * (4186.0 / 48_000.0 * f64::from(i)).fract() - 1.0) as f32).collect();
        let worst = worst_alias_db(&saw, 48_000.0, 4186.0);
        assert!((worst + 17.0).abs() < 1.5, "{worst}");
    }
}
