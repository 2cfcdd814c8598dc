//! A value that is expensive to compute and seldom changes, such as a coefficient behind a knob.

/// The last input of a function and what came out.
///
/// Inside of a feedback loop a block is one frame, so "once a block" would be once a frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memo<T> {
    input: f32,
    value: T,
}

impl<T: Copy + Default> Default for Memo<T> {
    fn default() -> Self {
        // NaN is equal to nothing, so the first input is always a new one.
        Self { input: f32::NAN, value: T::default() }
    }
}

impl<T: Copy> Memo<T> {
    /// `function(input)`, computed only if the input is another one than the last time.
    #[inline]
    pub(crate) fn of(&mut self, input: f32, function: impl FnOnce(f32) -> T) -> T {
        if input != self.input {
            *self = Self { input, value: function(input) };
        }
        self.value
    }
}

#[cfg(test)]
mod tests {
    use super::Memo;

    #[test]
    fn it_computes_only_what_is_new() {
        let mut calls = 0;
        let mut square = Memo::default();
        let squares = [2.0, 2.0, 3.0, 3.0, 2.0].map(|input| {
            square.of(input, |x| {
                calls += 1;
                x * x
            })
        });
        assert_eq!((squares, calls), ([4.0, 4.0, 9.0, 9.0, 4.0], 3));
    }
}
