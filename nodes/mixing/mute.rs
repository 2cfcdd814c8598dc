//! Mute: lets a sound through or not, without a click.

use jackfield_node::dsp::three_pole::{ThreePole, fade_share};
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Sound to mute.");
const MUTE: Input =
    Input::knob(1, "mute", Knob::unit(0.0), "Above 50 % the sound is silent. Takes a gate as well.");

const OUT: Output = Output::audio(0, "out", "The sound, or silence.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::lanes::<Mute>("mixing.mute", "Mute", Category::Mixing)
    .summary("Silences a sound and lets it back, without a click.")
    .help(
        "A switch in the way of a sound. It opens and closes within 5 ms, too slow for a click and too fast \
         to hear as a fade, whatever moves it: the knob, a gate, a sequencer. Try: drums in, and a clock \
         with swing into mute: a stutter in time.",
    )
    .tags(&["silence", "switch", "off", "cut", "gate", "stutter"])
    .inputs(&[IN, MUTE])
    .outputs(&[OUT])
    .checked();

lane_state! { struct State<V> { fade: ThreePole<V>, is_old: Lanes<V> } }

struct Mute;

impl LaneNode for Mute {
    type State<V: Vector> = State<V>;
    type Config = NoConfig;

    #[inline(always)]
    fn process<V: Vector>(state: &mut State<V>, _: &NoConfig, io: &mut Io<'_, V>) {
        let share = fade_share(io.sample_rate());
        let (input, mute) = (io.input(IN), io.input(MUTE));
        let mut out = io.output(OUT);
        for frame in io.frames() {
            let mute = mute.at(frame);
            let open = mute.gt(0.5).select(mute.same(0.0), mute.same(1.0));
            state.fade.begin(open, &mut state.is_old);
            out.set(frame, input.at(frame) * state.fade.follow(open, share));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::harness::LaneHarness;
    use jackfield_testkit::measure::click_burst_db;
    use jackfield_testkit::signal::{gate, noise, sine};

    #[test]
    fn it_opens_and_closes_without_a_click() {
        let mut harness = LaneHarness::new(&SPEC);
        let moves = gate(48_000, &[(20_040, 30_000)]);
        let run = harness.plug(IN, sine(48_000, 100.0, 48_000.0)).plug(MUTE, moves).run(48_000);
        let click = click_burst_db(run.output(OUT), 48_000.0);
        assert!(click < -80.0, "{click} dB");
        assert!(run.output(OUT)[20_400..29_999].iter().all(|x| x.abs() < 1e-4), "silent");
    }

    #[test]
    fn it_starts_as_it_stands() {
        let sound = noise(100, 1);
        let mut harness = LaneHarness::new(&SPEC);
        assert_eq!(harness.plug(IN, sound.clone()).run(100).output(OUT), sound, "open from the first frame");
        let run = harness.reset().turn(MUTE, 1.0).plug(IN, sound).run(100);
        assert!(run.output(OUT).iter().all(|x| *x == 0.0), "silent from the first frame");
    }
}
