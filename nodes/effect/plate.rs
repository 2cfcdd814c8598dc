//! Plate: the reverb of a hanging sheet of steel.
//!
//! The same network as the hall's (`parts::reverb::network`), with shorter lines: a plate is
//! dense at once and has no first echoes. Its decay is the one asked for in every band.

use crate::parts::mixing::stereo_ports::{IN, LEFT, RIGHT};
use crate::parts::reverb::network::LARGEST;
use crate::parts::reverb::stereo_reverb::{
    LONGEST_PREDELAY, NO_DAMPING_HERTZ, ReverbDesign, ReverbPorts, StereoReverb,
};
use jackfield_node::prelude::*;

const DECAY: Input =
    Input::knob(3, "decay", Knob::seconds(0.1, 20.0, 1.6), "Time in which the sound falls by 60 dB.").sum();
const DAMPING: Input = Input::knob(
    4,
    "damping",
    Knob::hertz(500.0, NO_DAMPING_HERTZ, 9000.0),
    "At this frequency the decay takes half as long; above it less still. 20 kHz: no damping.",
)
.sum();
const SIZE: Input =
    Input::knob(5, "size", Knob::ratio(0.5, LARGEST, 1.0), "Size of the sheet. Small ones sound like tin.")
        .sum();
const PREDELAY: Input = Input::knob(
    6,
    "predelay",
    Knob::seconds(0.001, LONGEST_PREDELAY, 0.001),
    "Time before the plate answers. 20 ms and more leave the beginning of a sound dry.",
)
.sum();
const MIX: Input =
    Input::knob(7, "mix", Knob::unit(0.3), "0: the sound alone. 100 %: the plate alone.").sum();

const LEFT_OUT: Output = Output::audio(0, "left", "Sound and plate, left.");
const RIGHT_OUT: Output = Output::audio(1, "right", "Sound and plate, right.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<Plate>("effect.plate", "Plate reverb", Category::Effect)
    .summary("A bright and dense reverb that begins at once.")
    .help(
        "Studios of the sixties had no hall, so they hung up a sheet of steel, shook it with the sound and \
         listened at two corners. There are no walls and thus no first echoes: the sound gets a bright halo \
         that sits close to it. Singers and snares love it. All voices share one plate. Try: a snare with a \
         decay of 1.2 seconds, then a voice with 40 ms of predelay and a damping of 5 kHz.",
    )
    .tags(&["reverb", "emt", "room", "bright", "dense", "vocal", "snare", "studio", "stereo"])
    .inputs(&[IN, LEFT, RIGHT, DECAY, DAMPING, SIZE, PREDELAY, MIX])
    .outputs(&[LEFT_OUT, RIGHT_OUT])
    .checked();

/// Lines from 12 to 44 ms, whose frames at 48 kHz are primes.
static SHEET: ReverbDesign = ReverbDesign {
    lines: [
        563.0, 641.0, 719.0, 797.0, 887.0, 983.0, 1087.0, 1171.0, 1259.0, 1367.0, 1471.0, 1597.0, 1709.0,
        1847.0, 1979.0, 2129.0,
    ],
    diffusion: [[0.001_71, 0.002_39, 0.003_97, 0.005_53], [0.001_57, 0.002_63, 0.003_71, 0.005_83]],
};

const PORTS: ReverbPorts = ReverbPorts {
    decay: DECAY,
    damping: DAMPING,
    size: SIZE,
    predelay: PREDELAY,
    mix: MIX,
    out: [LEFT_OUT, RIGHT_OUT],
};

struct Plate(StereoReverb);

impl BlockNode for Plate {
    type Config = NoConfig;

    fn new(_: &NoConfig, setup: &Setup, _: u32) -> Self {
        Self(StereoReverb::new(&SHEET, setup.sample_rate))
    }

    fn process(&mut self, _: &NoConfig, io: &mut BlockIo<'_>) {
        self.0.process(&PORTS, io);
    }

    fn reset(&mut self) {
        self.0.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::{
        click_burst_db, correlation, decay_seconds_in_band, echo_density, ringing_db,
    };
    use jackfield_testkit::signal::{impulse, sine};

    const RATE: f32 = 48_000.0;

    fn plate(decay: f32) -> BlockHarness {
        let mut plate = BlockHarness::new(&SPEC);
        plate.turn(DECAY, decay).turn(DAMPING, 20_000.0).turn(MIX, 1.0);
        plate
    }

    /// Left and right answer to an impulse in the middle.
    fn answer(plate: &mut BlockHarness, seconds: f32) -> [Vec<f32>; 2] {
        let frames = (seconds * RATE) as usize;
        let run = plate.plug(IN, impulse(frames, 0)).run(frames);
        [LEFT_OUT, RIGHT_OUT].map(|output| run.output(output).to_vec())
    }

    #[test]
    fn the_decay_is_the_one_asked_for_in_every_band() {
        for decay in [0.8, 2.0, 5.0] {
            let mut plate = plate(decay);
            let answers: Vec<Vec<f32>> = (0..4).flat_map(|_| answer(&mut plate, decay * 1.6)).collect();
            for band in [125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0] {
                let decays = answers.iter().map(|answer| decay_seconds_in_band(answer, RATE, band).unwrap());
                let found = decays.sum::<f64>() / (8.0 * f64::from(decay));
                assert!((found - 1.0).abs() < 0.05, "{found} of {decay} s at {band} Hz");
            }
        }
    }

    #[test]
    fn the_tail_is_dense_wide_and_does_not_ring() {
        for decay in [1.0, 2.0, 5.0] {
            let [left, right] = answer(&mut plate(decay), decay * 1.2);
            let density =
                (0..5).map(|step| echo_density(&left, RATE, 0.04 + 0.005 * f64::from(step))).sum::<f64>()
                    / 5.0;
            let ringing = ringing_db(&left, RATE);
            let tail = (0.1 * RATE) as usize..(0.5 * decay * RATE) as usize;
            let likeness = correlation(&left[tail.clone()], &right[tail]);
            println!("{decay} s: density {density:.3}, ringing {ringing:.1} dB, correlation {likeness:.3}");
            assert!(density > 0.95, "{density} at 50 ms already");
            assert!(ringing < 15.0, "{ringing} dB");
            assert!(likeness.abs() < 0.2, "{likeness}");
        }
    }

    #[test]
    fn turned_knobs_make_no_click() {
        let turned = |from: f32, to: f32| {
            (0..96_000).map(move |i| from + (to - from) * ((i as f32 - 60_000.0) / 240.0).clamp(0.0, 1.0))
        };
        for (input, from, to) in [(DECAY, 1.0, 5.0), (SIZE, 1.0, 0.5), (PREDELAY, 0.01, 0.2)] {
            let run =
                plate(1.0).plug(IN, sine(96_000, 100.0, RATE)).sweep(input, turned(from, to)).run(96_000);
            let click = click_burst_db(&run.output(LEFT_OUT)[48_000..], RATE);
            assert!(click < -80.0, "{click} dB by {}", input.name);
        }
    }
}
