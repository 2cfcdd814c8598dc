//! Random numbers at rare moments: each lane draws the next number of its own stream when it has to decide
//! something, and only then, so that what a patch decides does not hang on when the neighbours did.

use crate::{Bits, Lanes, Mask, Vector, noise};

/// The next number of the streams of those lanes that draw; the others' streams stay where they are, and
/// their result means nothing.
#[inline(always)]
pub fn draw<V: Vector>(stream: &mut Bits<V>, draws: Mask<V>) -> Bits<V> {
    let mut advanced = *stream;
    let number = noise::next(&mut advanced);
    *stream = draws.select_bits(advanced, *stream);
    number
}

/// Whether something of this probability (0: never, 1: always) happens, in the lanes that draw.
#[inline(always)]
pub fn happens<V: Vector>(stream: &mut Bits<V>, draws: Mask<V>, probability: Lanes<V>) -> Mask<V> {
    draws & draw(stream, draws).to_unit().lt(probability)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yes() -> Mask<f32> {
        Lanes(1.0f32).gt(0.5)
    }

    #[test]
    fn only_who_draws_gets_on() {
        let mut stream = Bits::<f32>(7);
        draw(&mut stream, !yes());
        assert_eq!(stream.0, 7);
        assert_ne!(draw(&mut stream, yes()).0, draw(&mut stream, yes()).0);
        assert_ne!(stream.0, 7);
    }

    #[test]
    fn things_happen_as_often_as_they_should() {
        for probability in [0.0f32, 0.1, 0.5, 0.9, 1.0] {
            let mut stream = Bits::<f32>(1);
            let count =
                (0..100_000).filter(|_| happens(&mut stream, yes(), Lanes(probability)).any()).count();
            let expected = f64::from(probability);
            let deviation = (count as f64 / 100_000.0 - expected).abs();
            // Five standard deviations; never and always are exact.
            assert!(deviation <= 5.0 * (expected * (1.0 - expected) / 100_000.0).sqrt(), "{probability}");
        }
    }
}
