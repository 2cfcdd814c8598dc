//! The moving part of envelopes: on its way from the level at which a segment began to where the segment
//! leads.
//!
//! Durations and curves are described in [`segment`](jackfield_node::dsp::segment).

use jackfield_node::dsp::rounding::Rounding;
use jackfield_node::dsp::segment;
use jackfield_node::dsp::three_pole::ThreePole;
use jackfield_node::prelude::*;

lane_state! {
    /// Where an envelope stands. All zeros: at rest at 0.
    pub(crate) struct EnvelopeSegment<V> {
        level: Lanes<V>,
        /// The level at which the segment began.
        from: Lanes<V>,
        /// How much of the segment is done.
        position: Bits<V>,
        /// What rounds the corners between the segments.
        corners: ThreePole<V>,
    }
}

impl<V: Vector> EnvelopeSegment<V> {
    /// Begins a segment in some lanes, at the level they have.
    #[inline(always)]
    pub(crate) fn begin(&mut self, lanes: Mask<V>) {
        self.from = lanes.select(self.level, self.from);
        self.position = lanes.select_bits(self.position.same(0), self.position);
    }

    /// Goes on by a frame towards `target`, by [`segment::step_of`] the segment's duration and along
    /// [`segment::slope_of`] its curve. True where it has arrived; from then on it follows the target.
    #[inline(always)]
    pub(crate) fn advance(&mut self, target: Lanes<V>, step: Bits<V>, slope: Lanes<V>) -> Mask<V> {
        let (position, arrives) = segment::advance(self.position, step);
        self.position = position;
        let on_the_way = self.from + (target - self.from) * segment::bend(segment::progress(position), slope);
        self.level = arrives.select(target, on_the_way);
        arrives
    }

    /// What is heard of it: the level with round corners. Once a frame.
    #[inline(always)]
    pub(crate) fn rounded(&mut self, rounding: &Rounding<V>) -> Lanes<V> {
        rounding.follow(&mut self.corners, self.level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_from_where_it_is_to_the_target_in_the_time() {
        let nothing: &[u32] = &[0; 6];
        let mut segment = <EnvelopeSegment<f32> as jackfield_node::Field<f32>>::load((), nothing);
        let step = segment::step_of(Lanes(0.001f32).log2(), 48_000.0);
        let all = Lanes(1.0f32).gt(0.0);
        for (target, from) in [(1.0, 0.0), (-0.5, 1.0)] {
            segment.begin(all);
            let straight = Lanes(1.0);
            for frame in 1..=48 {
                let arrives = segment.advance(Lanes(target), step, straight);
                let expected = from + (target - from) * frame as f32 / 48.0;
                assert!((segment.level.0 - expected).abs() < 1e-5, "{frame}");
                assert_eq!(arrives.any(), frame == 48);
            }
        }
        segment.advance(Lanes(0.25), step, Lanes(1.0));
        assert_eq!(segment.level.0, 0.25, "it follows its target from then on");
    }
}
