//! A mono input and a stereo pair beside it.

use super::stimulus::{Stimulus, settings_variants};
use super::{FRAMES, first_difference};
use crate::harness::HarnessConfig;
use crate::signal::noise;
use jackfield_node::NodeSpec;

/// Where there is a mono input and a stereo pair, a sound into the one is the same sound into both of the
/// others; and when something begins to come into the pair, both channels go on from where the mono sound
/// has brought them.
pub(super) fn takes_mono_as_two_equal_sides(spec: &'static NodeSpec) -> Vec<String> {
    let [Some(both), Some(left), Some(right)] = ["in", "left", "right"].map(|name| spec.input(name)) else {
        return Vec::new();
    };
    let mut faults = Vec::new();
    for settings in settings_variants(spec) {
        let run = |mono: bool| {
            let config = HarnessConfig { settings: settings.clone(), ..HarnessConfig::of(spec) };
            let mut harness = config.start(spec);
            Stimulus::calm(spec, 2 * FRAMES).plug_into(&mut *harness);
            for input in [both, left, right] {
                if mono == (input.index == both.index) {
                    harness.plug(*input, noise(FRAMES, 5));
                } else {
                    harness.hold(*input, 0.0);
                }
            }
            let mut outputs = harness.run(FRAMES);
            harness.hold(*both, 0.0);
            for (input, seed) in [(left, 6), (right, 7)] {
                harness.plug(*input, noise(FRAMES, seed));
            }
            for (output, later) in outputs.iter_mut().zip(harness.run(FRAMES)) {
                output.extend(later);
            }
            outputs
        };
        if let Some(frame) = first_difference(&run(true), &run(false)) {
            faults.push(format!("'in' differs from 'left' and 'right' at frame {frame} with {settings:?}"));
        }
    }
    faults
}
