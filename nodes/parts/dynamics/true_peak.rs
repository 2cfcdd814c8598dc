//! Finds the peaks of the waveform between the samples, as a converter will make it. It lives in
//! `jackfield_dsp`, where the engine has it too; its tests are here.

#[cfg(test)]
mod tests {
    use jackfield_node::dsp::true_peak::TruePeak;
    use jackfield_testkit::measure::{decibels, true_peak_db};
    use jackfield_testkit::signal::{noise, sine};

    fn peaks(signal: &[f32], row: usize) -> Vec<f32> {
        let mut channel = TruePeak::new();
        let mut peaks = vec![0.0; signal.len()];
        for (row, peaks) in signal.chunks(row).zip(peaks.chunks_mut(row)) {
            channel.push(row);
            channel.raise(peaks);
        }
        peaks
    }

    fn highest_db(peaks: &[f32]) -> f64 {
        decibels(f64::from(peaks.iter().fold(0.0, |highest: f32, peak| highest.max(*peak))))
    }

    #[test]
    fn peaks_of_tones_are_found_between_samples() {
        for hertz in [100.3, 997.0, 8_000.5, 12_000.5, 16_000.7, 20_000.3, 21_900.0] {
            let mut tone = sine(8_000, hertz, 48_000.0);
            tone.iter_mut().enumerate().for_each(|(i, x)| *x *= (i as f32 / 4_000.0).min(1.0));
            let found = highest_db(&peaks(&tone, 64)[4_200..]);
            assert!(found.abs() < 0.03, "{hertz} Hz: {found} dB");
        }
    }

    #[test]
    fn no_peak_of_noise_is_missed() {
        let mut signal = noise(6_000, 4);
        signal.resize(6_200, 0.0);
        let missed = true_peak_db(&signal) - highest_db(&peaks(&signal, 64));
        assert!(missed.abs() < 0.15, "{missed} dB");
    }

    #[test]
    fn a_peak_is_told_when_it_is_due() {
        let mut impulse = vec![0.0; 300];
        impulse[100] = 1.0;
        let peaks = peaks(&impulse, 64);
        let due = 100 + TruePeak::DELAY;
        assert!(peaks[due] >= 1.0 && peaks[due - 1] >= 1.0, "the summit touches both frames beside it");
        assert!(peaks[due - 2] < 0.8 && peaks[due + 1] < 0.8);
        assert!(peaks[100 + TruePeak::FORGETS_AFTER..].iter().all(|peak| *peak == 0.0));
        assert!(peaks[99 + TruePeak::FORGETS_AFTER] != 0.0);
    }

    #[test]
    fn rows_of_any_length_find_the_same() {
        let signal = noise(1_000, 5);
        let whole = peaks(&signal, 64);
        assert_eq!(whole, peaks(&signal, 1));
        assert_eq!(whole, peaks(&signal, 17));
    }
}
