//! A filter that takes a constant offset away from a signal: a high-pass at 2 Hz.
//!
//! The mean of each 64 frames feeds a low-pass, and what that says is taken away from the next ones,
//! in a straight line from one to the next. Next to a filter that runs at every frame this costs
//! little, since no frame waits for the one before.

/// Frames to a mean.
const TICK: usize = 64;

/// Corner in radians per second: 2 Hz.
const CORNER: f32 = 12.566;

/// Steps of the whole numbers that are summed: exact in any order, down to -96 dB. 64 frames of 36 dB
/// above full scale still fit.
const STEPS: f32 = (1 << 15) as f32;

/// Added to a number below 2^22, this leaves the nearest whole number in the low bits, without the
/// detour that a conversion takes to treat NaN and infinity well.
const ROUNDER: f32 = 12_582_912.0;

/// The frames of a tick as numbers.
const PLACES: [f32; TICK] = {
    let mut places = [0.0; TICK];
    let mut i = 0;
    while i < TICK {
        places[i] = i as f32;
        i += 1;
    }
    places
};

/// See the module's documentation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DcFilter {
    /// The offset at the start and at the end of this tick.
    from: f32,
    to: f32,
    sum: i32,
    /// Frames of the tick that are done.
    done: usize,
    coefficient: f32,
}

impl DcFilter {
    pub(crate) fn new(sample_rate: f32) -> Self {
        let coefficient = CORNER * TICK as f32 / sample_rate;
        Self { from: 0.0, to: 0.0, sum: 0, done: 0, coefficient }
    }

    /// Forgets the past.
    pub(crate) fn reset(&mut self) {
        *self = Self { from: 0.0, to: 0.0, sum: 0, done: 0, ..*self };
    }

    /// Filters samples in place. None is further from 0 than 64.
    pub(crate) fn process(&mut self, samples: &mut [f32]) {
        let mut rest = samples;
        while !rest.is_empty() {
            let (row, after) = rest.split_at_mut(rest.len().min(TICK - self.done));
            self.process_row(row);
            rest = after;
        }
    }

    /// Filters samples of one tick.
    fn process_row(&mut self, row: &mut [f32]) {
        let slope = (self.to - self.from) / TICK as f32;
        let mut sum = 0_u32;
        for (sample, place) in row.iter_mut().zip(&PLACES[self.done..]) {
            let whole = (*sample * STEPS + ROUNDER).to_bits();
            sum = sum.wrapping_add(whole.wrapping_sub(ROUNDER.to_bits()));
            *sample -= self.from + slope * place;
        }
        self.sum = self.sum.wrapping_add(sum.cast_signed());
        self.done += row.len();
        if self.done == TICK {
            let mean = self.sum as f32 / (STEPS * TICK as f32);
            self.from = self.to;
            self.to += (mean - self.to) * self.coefficient;
            (self.sum, self.done) = (0, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::DcFilter;
    use jackfield_testkit::measure::rms_db;
    use jackfield_testkit::signal::sine;

    fn filter(signal: impl Iterator<Item = f32>) -> Vec<f32> {
        let mut samples: Vec<f32> = signal.collect();
        let mut filter = DcFilter::new(48_000.0);
        samples.chunks_mut(50).for_each(|chunk| filter.process(chunk));
        samples
    }

    #[test]
    fn an_offset_decays_with_the_time_constant_of_2_hz() {
        let offset = filter(std::iter::repeat_n(0.5, 96_000));
        assert!((offset[3820] / 0.5 - 0.37).abs() < 0.02, "{}", offset[3820]);
        assert!(offset[95_999].abs() < 1e-5);
    }

    #[test]
    fn what_is_heard_passes() {
        for (hertz, loss) in [(2.0, 3.01), (20.0, 0.04), (100.0, 0.002), (5000.0, 0.001)] {
            let sine = sine(96_000, hertz, 48_000.0);
            let change = rms_db(&filter(sine.iter().copied())[48_000..]) - rms_db(&sine[48_000..]);
            assert!((change + loss).abs() < 0.15, "{change} dB at {hertz} Hz");
        }
    }
}
