//! Mixer of four channels in stereo. The desk itself is in `parts::mixing::channel_strips`.

use crate::parts::mixing::channel_strips::{self, MixerPorts, OUTPUTS};
use jackfield_node::dsp::three_pole::ThreePole;
use jackfield_node::prelude::*;

const DESK: MixerPorts<4> = MixerPorts::new();
const INPUTS: [Input; 25] = DESK.all();

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Mixer4>("mixing.mixer_4", "Mixer 4", Category::Mixing)
    .summary("Mixes four sounds into stereo, with pan, mute, solo and a send.")
    .help(
        "A small mixing desk. The fader says how loud a channel is, the pan where it stands; mute takes it \
         away, and solo leaves only what is in solo. The send gives a share of each channel to an effect \
         that all of them use, such as one reverb; bring its output back by cables beside this node's. Mute \
         and solo fade over 5 ms and take gates as well. Try: drums, bass, chords and a lead, and a reverb \
         behind the send.",
    )
    .tags(&["mix", "desk", "console", "fader", "pan", "mute", "solo", "send", "aux", "bus"])
    .inputs(&INPUTS)
    .outputs(&OUTPUTS)
    .that_changes_loudness("It adds up what is at its inputs.")
    .checked();

lane_state! { struct State<V> { fades: [ThreePole<V>; 4], is_old: Lanes<V> } }

struct Mixer4;

impl LaneNode for Mixer4 {
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
    use channel_strips::{LEFT, RIGHT, SEND_LEFT, SEND_RIGHT};
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::click_burst_db;
    use jackfield_testkit::signal::{gate, sine};

    /// Channels with 1, 10, 100 and 1000 at their inputs, all panned left.
    fn desk() -> LaneHarness {
        let mut harness = LaneHarness::new(&SPEC);
        for (channel, value) in [1.0, 10.0, 100.0, 1000.0].into_iter().enumerate() {
            harness.hold(DESK.input[channel], value).turn(DESK.pan[channel], -1.0);
        }
        harness
    }

    fn left(harness: &mut LaneHarness) -> f32 {
        harness.reset().run(1).output(LEFT)[0]
    }

    #[test]
    fn faders_mutes_and_solos_do_what_they_say() {
        let mut desk = desk();
        assert_eq!(left(&mut desk), 1111.0);
        assert_eq!(left(desk.hold(DESK.level[1], 1.0)), 1121.0);
        assert_eq!(left(desk.turn(DESK.mute[3], 1.0)), 121.0);
        assert_eq!(left(desk.turn(DESK.solo[2], 1.0)), 100.0);
        assert_eq!(left(desk.turn(DESK.solo[3], 1.0)), 100.0, "a muted channel is silent in solo too");
        assert_eq!(left(desk.turn(DESK.solo[0], 1.0)), 101.0);
        assert_eq!(left(desk.hold(DESK.master, -1.0)), 50.5);
    }

    #[test]
    fn sends_follow_the_faders_but_not_the_master() {
        let mut desk = desk();
        desk.hold(DESK.send[1], 0.0).hold(DESK.level[1], -1.0).hold(DESK.master, -3.0);
        let run = desk.run(1);
        assert_eq!([SEND_LEFT, SEND_RIGHT].map(|output| run.output(output)[0]), [5.0, 0.0]);
    }

    #[test]
    fn the_middle_is_three_decibels_down_on_both_sides() {
        let run = LaneHarness::new(&SPEC).hold(DESK.input[0], 1.0).run(1);
        let sides = [LEFT, RIGHT].map(|output| run.output(output)[0]);
        assert!(sides.iter().all(|side| (side - 0.5_f32.sqrt()).abs() < 1e-6), "{sides:?}");
    }

    #[test]
    fn mute_and_solo_make_no_click() {
        for switch in [DESK.mute[0], DESK.solo[1]] {
            let mut harness = LaneHarness::new(&SPEC);
            harness.plug(DESK.input[0], sine(48_000, 100.0, 48_000.0));
            let run = harness.plug(switch, gate(48_000, &[(20_040, 33_333)])).run(48_000);
            let click = click_burst_db(run.output(LEFT), 48_000.0);
            assert!(click < -80.0, "{click} dB by {}", switch.name);
            assert!(run.output(LEFT)[21_000..33_000].iter().all(|x| x.abs() < 1e-4), "silent");
        }
    }
}
