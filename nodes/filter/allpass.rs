//! All-pass: turns phases and leaves levels alone; the building block of phasers and dispersion.
//!
//! Stages in a row, each of the first order ([`one_pole`]) or of the second ([`Section`]).

use crate::parts::mixing::stereo_lanes::{self, StereoOutput, StereoSignal};
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::one_pole;
use jackfield_node::dsp::section::Section;
use jackfield_node::prelude::*;

choices! {
    /// How far each stage turns.
    enum AllpassOrder {
        First = "first",
        Second = "second",
    }
}

const IN: Input = Input::audio(0, "in", "Signal to turn.");
const LEFT: Input = stereo_lanes::left(1);
const RIGHT: Input = stereo_lanes::right(2);
const FREQUENCY: Input = Input::knob(
    3,
    "frequency",
    Knob::hertz(20.0, 20_000.0, 1_000.0),
    "Where each stage has turned by half its turn.",
);
const WIDTH: Input = Input::knob(
    4,
    "width",
    Knob::ratio(0.05, 4.0, 1.4),
    "How wide around the frequency it turns, with stages of the second order.",
);
const MIX: Input = Input::knob(
    5,
    "mix",
    Knob::unit(1.0),
    "100 %: the turned signal alone. 50 %: notches where both cancel.",
);

const ORDER: Setting = AllpassOrder::setting(
    0,
    "order",
    AllpassOrder::First,
    "Each stage turns by half a turn in all, or by a whole one.",
);
const STAGES: Setting = Setting::count(1, "stages", 1, MOST_STAGES as u32, 4, "How many of them in a row.");

const OUT: Output = Output::audio(0, "out", "The same levels at other phases.");
const RIGHT_OUT: Output = stereo_lanes::right_out(1);

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Allpass>("filter.allpass", "All-pass", Category::Filter)
    .summary("Turns phases: notches when mixed, a smear when many.")
    .help(
        "By itself nearly inaudible: every frequency keeps its level and is only delayed, the ones around \
         the frequency the most. Mixed half and half with the input, some frequencies cancel: one notch for \
         each two stages of the first order. Try: four stages, mix 50 %, and a slow LFO into frequency with \
         depth 2, which is a phaser; then sixteen stages of the second order at 300 Hz, width 0.3, on a \
         drum, which turns it into a drop of water.",
    )
    .tags(&["phase", "phaser", "dispersion", "notch", "disperser"])
    .inputs(&[IN, LEFT, RIGHT, FREQUENCY, WIDTH, MIX])
    .outputs(&[OUT, RIGHT_OUT])
    .settings(&[ORDER, STAGES])
    .checked();

const MOST_STAGES: usize = 16;

struct AllpassConfig {
    is_second_order: bool,
    stages: usize,
}

impl Configure for AllpassConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        Ok(Self {
            is_second_order: settings.chosen::<AllpassOrder>(ORDER)? == AllpassOrder::Second,
            stages: settings.count(STAGES)? as usize,
        })
    }
}

lane_state! { struct State<V> { stages: [[Lanes<V>; 2]; MOST_STAGES] } }

struct Allpass;

impl LaneNode for Allpass {
    type State<V: Vector> = State<V>;
    type Config = AllpassConfig;

    const KEPT_WORDS: usize = stereo_lanes::kept_words::<State<f32>>();

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, config: &AllpassConfig, io: &mut Io<'_, V>) {
        let base = C4_HERTZ / io.sample_rate();
        let (input, mix) = (StereoSignal::new(io, IN, LEFT, RIGHT), io.input(MIX));
        let mut out = StereoOutput::new(io, &input, OUT, RIGHT_OUT);
        let mut section = io.derive([FREQUENCY, WIDTH], |[octaves, width]| {
            Section::all_pass(octaves.exp2() * base, (-width).exp2())
        });
        let mut gain = io.input(FREQUENCY).derive(|octaves| one_pole::gain(octaves.exp2() * base));
        for side in input.channels() {
            let mut channel = StereoSignal::state(io, side, state);
            let stages = &mut channel.stages[..config.stages];
            for frame in io.frames() {
                let input = input.side(side, frame);
                let mut turned = input;
                if config.is_second_order {
                    let section = section.at(frame);
                    for stage in stages.iter_mut() {
                        turned = section.step(stage, turned);
                    }
                } else {
                    let gain = gain.at(frame);
                    for [held, _] in stages.iter_mut() {
                        let low = one_pole::low(held, turned, gain);
                        turned = low + low - turned;
                    }
                }
                out.side(side).set(frame, input.mix(turned, mix.at(frame).clamp(0.0, 1.0)));
            }
            input.keep(io, side, state, channel);
        }
        out.finish(io);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::filter::checks::gain_db_at;
    use jackfield_node::SettingValue;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::signal::impulse;

    fn response(order: AllpassOrder, stages: u32, mix: f32) -> Vec<f32> {
        let bench = LaneHarness::of(&SPEC).setting(ORDER, order);
        let mut harness = bench.setting(STAGES, SettingValue::Count(stages)).start().unwrap();
        harness.turn(FREQUENCY, 700.0).turn(MIX, mix).plug(IN, impulse(24_000, 0));
        harness.run(24_000).output(OUT).to_vec()
    }

    #[test]
    fn levels_stay() {
        for (order, stages) in [
            (AllpassOrder::First, 1),
            (AllpassOrder::First, 5),
            (AllpassOrder::Second, 1),
            (AllpassOrder::Second, 16),
        ] {
            let response = response(order, stages, 1.0);
            for hertz in [20.0, 300.0, 700.0, 3_000.0, 18_000.0] {
                let gain = gain_db_at(&response, hertz);
                assert!(gain.abs() < 0.01, "order {order}, {stages} stages, {hertz} Hz: {gain} dB");
            }
        }
    }

    /// Two quarter turns, or half a turn, at the frequency.
    #[test]
    fn mixed_with_the_input_it_has_a_notch_at_the_frequency() {
        for (order, stages) in [(AllpassOrder::First, 2), (AllpassOrder::Second, 1)] {
            let response = response(order, stages, 0.5);
            assert!(gain_db_at(&response, 700.0) < -60.0);
            assert!(gain_db_at(&response, 20.0) > -0.5 && gain_db_at(&response, 20_000.0) > -0.5);
        }
    }
}
