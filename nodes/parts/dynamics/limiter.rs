//! A stereo limiter that looks ahead, so that it turns down before a peak instead of cutting it off. It
//! lives in `jackfield_dsp`, where the engine has it too; its tests are here.

pub(crate) use jackfield_node::dsp::limiter::Limiter;

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_testkit::measure::{decibels, gentle_true_peak_db, true_peak_db};
    use jackfield_testkit::signal::{noise, sine};
    use proptest::prelude::*;

    const CEILING: f32 = 0.966;

    fn limit(signal: &[f32], block: usize) -> Vec<f32> {
        let mut limiter = Limiter::new(CEILING, 48_000.0);
        let mut left = signal.to_vec();
        let mut right = vec![0.0; signal.len()];
        for (left, right) in left.chunks_mut(block).zip(right.chunks_mut(block)) {
            limiter.process(left, right);
        }
        left
    }

    #[test]
    fn below_the_ceiling_it_only_delays() {
        let signal: Vec<f32> = noise(5000, 1).iter().map(|x| x * 0.3).collect();
        let latency = Limiter::latency(48_000.0);
        assert_eq!(limit(&signal, 64)[latency..], signal[..5000 - latency]);
        let loud_but_below: Vec<f32> = sine(5000, 300.0, 48_000.0).iter().map(|x| x * 0.95).collect();
        assert_eq!(limit(&loud_but_below, 64)[latency..], loud_but_below[..5000 - latency]);
    }

    #[test]
    fn block_sizes_do_not_matter() {
        let burst = |i: usize| if i % 6000 < 3000 { 0.01 } else { 3.0 };
        let signal: Vec<f32> = noise(20_000, 2).iter().enumerate().map(|(i, x)| x * burst(i)).collect();
        let whole = limit(&signal, 64);
        assert_eq!(whole, limit(&signal, 1));
        assert_eq!(whole, limit(&signal, 17));
    }

    #[test]
    fn it_recovers() {
        let mut signal = sine(96_000, 100.0, 48_000.0);
        signal.iter_mut().enumerate().for_each(|(i, x)| *x *= if i < 24_000 { 4.0 } else { 0.4 });
        let latency = Limiter::latency(48_000.0);
        assert_eq!(limit(&signal, 64)[95_000], signal[95_000 - latency]);
    }

    /// What sits between silence, so that no end of the signal is cut.
    fn framed(signal: impl IntoIterator<Item = f32>) -> Vec<f32> {
        let mut framed = vec![0.0; 300];
        framed.extend(signal);
        framed.resize(framed.len() + 300, 0.0);
        framed
    }

    #[test]
    fn true_peaks_stay_below_the_ceiling() {
        let burst = |i: usize| if i % 1000 < 500 { 0.1 } else { 4.0 };
        let bursts = |hertz: f64, phase: usize| {
            let mut signal = sine(6000 + phase, hertz, 48_000.0)[phase..].to_vec();
            signal.iter_mut().enumerate().for_each(|(i, x)| *x *= burst(i));
            signal
        };
        let programmes = [
            ("noise", noise(6000, 3).iter().map(|x| x * 4.0).collect::<Vec<f32>>()),
            ("clipped noise", noise(6000, 9).iter().map(|x| (x * 4.0).clamp(-2.0, 2.0)).collect()),
            ("bursts of noise", noise(6000, 8).iter().enumerate().map(|(i, x)| x * burst(i)).collect()),
            ("quarter of the rate", bursts(12_000.5, 1)),
            ("sixth of the rate", bursts(8_000.5, 1)),
            ("997 Hz", bursts(997.0, 0)),
            ("16 kHz", bursts(16_000.7, 0)),
            ("square", sine(6000, 997.0, 48_000.0).iter().map(|x| 2.0 * x.signum()).collect()),
        ];
        for (name, programme) in programmes {
            let over = true_peak_db(&limit(&framed(programme), 64)) - decibels(f64::from(CEILING));
            assert!(over < 0.1, "{name} exceeds the ceiling by {over} dB");
            assert!(over > -0.3, "{name} is limited to {over} dB re the ceiling, too much");
        }
    }
    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 100,
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        /// Tones up to half the rate, begun and ended at any point of their cycle: what the limiter lets
        /// through is no higher to a sharp meter nor to a gentle one.
        #[test]
        fn tones_up_to_half_the_rate_stay_below_the_ceiling(
            share in prop_oneof![1 => 0.01..0.45, 4 => 0.45..0.5],
            phase in 0.0..1.0,
            gain in 1.1_f32..8.0,
        ) {
            let tone = (0..4_000).map(|i| {
                let turns: f64 = share * f64::from(i) + phase;
                gain * (turns.fract() * std::f64::consts::TAU).sin() as f32
            });
            let limited = limit(&framed(tone), 64);
            let ceiling = decibels(f64::from(CEILING));
            let over = [true_peak_db(&limited), gentle_true_peak_db(&limited)].map(|peak| peak - ceiling);
            prop_assert!(over.iter().all(|over| *over < 0.1), "exceeds the ceiling by {:?} dB", over);
        }
    }
}
