//! Mixer of eight channels in stereo. The desk itself is in `parts::mixing::channel_strips`.

use crate::parts::mixing::channel_strips::{self, MixerPorts, OUTPUTS};
use jackfield_node::dsp::three_pole::ThreePole;
use jackfield_node::prelude::*;

const DESK: MixerPorts<8> = MixerPorts::new();
const INPUTS: [Input; 49] = DESK.all();

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Mixer8>("mixing.mixer_8", "Mixer 8", Category::Mixing)
    .summary("Mixes eight sounds into stereo, with pan, mute, solo and a send.")
    .help(
        "A small mixing desk. The fader says how loud a channel is, the pan where it stands; mute takes it \
         away, and solo leaves only what is in solo. The send gives a share of each channel to an effect \
         that all of them use, such as one reverb; bring its output back by cables beside this node's. Mute \
         and solo fade over 5 ms and take gates as well. Try: eight drum voices, panned from left to right, \
         and a short reverb behind the send.",
    )
    .tags(&["mix", "desk", "console", "fader", "pan", "mute", "solo", "send", "aux", "bus"])
    .inputs(&INPUTS)
    .outputs(&OUTPUTS)
    .that_changes_loudness("It adds up what is at its inputs.")
    .checked();

lane_state! { struct State<V> { fades: [ThreePole<V>; 8], is_old: Lanes<V> } }

struct Mixer8;

impl LaneNode for Mixer8 {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        channel_strips::mix(&DESK, &mut state.fades, &mut state.is_old, io);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use channel_strips::{LEFT, SEND_LEFT};
    use jackfield_node::harness::LaneHarness;

    #[test]
    fn every_channel_has_its_own_knobs() {
        for channel in 0..8 {
            let mut harness = LaneHarness::new(&SPEC);
            for (i, (input, pan)) in DESK.input.iter().zip(&DESK.pan).enumerate() {
                harness.hold(*input, (1 << i) as f32).turn(*pan, -1.0);
            }
            let run = harness.turn(DESK.solo[channel], 1.0).hold(DESK.send[channel], 1.0).run(1);
            let alone = (1 << channel) as f32;
            assert_eq!([LEFT, SEND_LEFT].map(|output| run.output(output)[0]), [alone, 2.0 * alone]);
            let run = harness.reset().turn(DESK.solo[channel], 0.0).turn(DESK.mute[channel], 1.0).run(1);
            assert_eq!(run.output(LEFT)[0], 255.0 - alone);
        }
    }
}
