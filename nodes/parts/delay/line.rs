//! A delay line: remembers samples and reads them back later, between samples if need be. It lives in
//! `jackfield_dsp`, where the engine has it too; its tests are here.

pub(crate) use jackfield_node::dsp::delay_line::DelayLine;

#[cfg(test)]
mod tests {
    use super::DelayLine;
    use jackfield_testkit::signal::noise;

    #[test]
    fn whole_delays_give_the_samples_themselves() {
        let signal = noise(1000, 1);
        let mut line = DelayLine::new(300);
        for (i, &sample) in signal.iter().enumerate() {
            for delay in [1, 2, 3, 17, 300] {
                let expected = if i >= delay { signal[i - delay] } else { 0.0 };
                assert_eq!(line.at(delay), expected);
                assert_eq!(line.tap(delay as f64), expected, "delay {delay}");
            }
            line.push(sample);
        }
    }

    /// Four points determine a cubic, so one must come out as it is, at any delay.
    #[test]
    fn interpolation_is_exact_for_cubics() {
        let cubic = |x: f64| 0.3 + 0.02 * x - 0.001 * x * x + 0.00002 * x * x * x;
        let mut line = DelayLine::new(64);
        for i in 0..60 {
            line.push(cubic(f64::from(i)) as f32);
        }
        for step in 0..100 {
            let delay = 2.0 + f64::from(step) * 0.37;
            let error = f64::from(line.tap(delay)) - cubic(60.0 - delay);
            assert!(error.abs() < 2e-6, "{error} at {delay}");
        }
    }

    #[test]
    fn rows_and_samples_agree() {
        let signal = noise(500, 2);
        let (mut one, mut all) = (DelayLine::new(100), DelayLine::new(100));
        for row in signal.chunks(37) {
            for sample in row {
                one.push(*sample);
            }
            all.push_all(row);
            let mut read = [0.0; 40];
            for delay in [40, 77, 100] {
                all.read(delay, &mut read);
                assert_eq!(read, std::array::from_fn(|i| one.at(delay - i)));
            }
        }
    }

    #[test]
    fn a_cleared_line_is_silent() {
        let mut line = DelayLine::new(10);
        line.push_all(&[1.0; 10]);
        line.clear();
        line.push(0.5);
        assert_eq!([line.at(1), line.at(2), line.at(9), line.tap(8.5)], [0.5, 0.0, 0.0, 0.0]);
    }
}
