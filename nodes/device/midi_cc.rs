//! MIDI controller: a knob, fader or pedal of a MIDI device as a signal.

use crate::parts::envelope::smoothed_value::{SmoothedValue, SmoothingTime};
use crate::parts::midi::channel;
use jackfield_node::Event;
use jackfield_node::prelude::*;

const START: Input = Input::knob(0, "start", Knob::unit(0.0), "The value before the controller has moved.");

const CONTROLLER: Setting = Setting::count(
    0,
    "controller",
    0,
    127,
    1,
    "Which controller to hear; 1 is the wheel, 11 expression, 64 the pedal.",
);
const CHANNEL: Setting = channel::setting(1, channel::HEARD);
const FINE: Setting = Setting::toggle(
    2,
    "fine",
    false,
    "For devices that send controllers 0 to 31 in two parts: 16,384 steps instead of 128.",
);

const VALUE: Output = Output::control(0, "value", "Where the controller stands, 0 to 1.");
const BIPOLAR: Output = Output::control(1, "bipolar", "The same from -1 to 1, with 0 in the middle.");
const GATE: Output = Output::gate(2, "gate", "Open in the upper half, for pedals and buttons.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<MidiController>(
    "device.midi_cc",
    "MIDI controller",
    Category::Device,
)
.summary("A knob, fader or pedal of a MIDI device.")
.help(
    "Hears one controller and turns it into a signal that glides within 5 ms, so that its 128 steps are \
         not heard as a staircase. Until the controller moves, the start knob gives the value. Gate makes a \
         switch of a pedal or button. Try: controller 1, the modulation wheel, into a filter's cutoff with \
         depth 4, and controller 64, the pedal, through gate into the gate of a looping player.",
)
.tags(&["cc", "knob", "fader", "pedal", "wheel", "controller", "hardware", "learn"])
.inputs(&[START])
.outputs(&[VALUE, BIPOLAR, GATE])
.settings(&[CONTROLLER, CHANNEL, FINE])
.hears_midi()
.checked();

/// How long it takes to a new value, in seconds.
const GLIDE_SECONDS: f32 = 0.005;

/// The last controller that has a second part, 32 above it.
const LAST_FINE: u8 = 31;

struct ControllerConfig {
    controller: u8,
    /// 0 to 15; none hears all.
    channel: Option<u8>,
    is_fine: bool,
}

impl Configure for ControllerConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        let controller = settings.count(CONTROLLER)? as u8;
        Ok(Self {
            controller,
            channel: channel::chosen(settings, CHANNEL)?,
            is_fine: settings.toggle(FINE)? && controller <= LAST_FINE,
        })
    }
}

struct MidiController {
    time: SmoothingTime,
    /// The upper and lower seven bits; none before any came.
    received: Option<(u8, u8)>,
    value: SmoothedValue,
}

impl BlockNode for MidiController {
    type Config = ControllerConfig;

    fn new(_: &ControllerConfig, setup: &Setup, _: u32) -> Self {
        let time = SmoothingTime::new(GLIDE_SECONDS, setup.sample_rate);
        Self { time, received: None, value: SmoothedValue::default() }
    }

    fn process(&mut self, reception: &ControllerConfig, io: &mut BlockIo<'_>) {
        let start = io.input(START);
        if self.received.is_some() && self.value.is_still() && io.events().is_empty() {
            let value = self.value.value();
            for (output, value) in Self::signals(value) {
                io.hold(output, 0, value);
            }
            return;
        }
        let mut events = io.events().iter().peekable();
        for (frame, &start) in start.iter().enumerate() {
            while let Some(Event { midi, .. }) = events.next_if(|event| event.frame <= frame) {
                self.receive(*midi, reception, start);
            }
            let value = if self.received.is_some() { self.value.next(self.time) } else { start };
            for (output, value) in Self::signals(value) {
                io.output(output)[frame] = value;
            }
        }
    }

    fn reset(&mut self) {
        *self = Self { time: self.time, received: None, value: SmoothedValue::default() };
    }
}

impl MidiController {
    fn signals(value: f32) -> [(Output, f32); 3] {
        [(VALUE, value), (BIPOLAR, 2.0 * value - 1.0), (GATE, f32::from(value >= 0.5))]
    }

    fn receive(&mut self, [status, controller, value]: [u8; 3], reception: &ControllerConfig, start: f32) {
        let is_heard = reception.channel.is_none_or(|only| only == status & 0x0f);
        if status & 0xf0 != 0xb0 || !is_heard {
            return;
        }
        let (value, (high, low)) = (value & 0x7f, self.received.unwrap_or_default());
        let received = if controller == reception.controller {
            (value, if reception.is_fine { 0 } else { low })
        } else if reception.is_fine && controller == reception.controller + 32 {
            (high, value)
        } else {
            return;
        };
        if self.received.is_none() {
            self.value.jump_to(start);
        }
        self.received = Some(received);
        let value = if reception.is_fine {
            f32::from(u16::from(received.0) << 7 | u16::from(received.1)) / 16_383.0
        } else {
            f32::from(received.0) / 127.0
        };
        self.value.go_to(value, self.time);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::SettingValue;
    use jackfield_testkit::block::{BlockHarness, BlockHarnessBuilder};
    use jackfield_testkit::measure::click_burst_db;
    use jackfield_testkit::signal::sine;

    fn controller(number: u32) -> BlockHarnessBuilder<'static> {
        BlockHarness::of(&SPEC).setting(CONTROLLER, SettingValue::Count(number))
    }

    #[test]
    fn it_goes_where_the_controller_stands() {
        let mut harness = controller(7).start().unwrap();
        harness.turn(START, 0.25).midi(100, [0xb3, 7, 127]).midi(100, [0xb3, 8, 1]);
        let run = harness.run(1000);
        assert_eq!((run.output(VALUE)[99], run.output(VALUE)[999]), (0.25, 1.0));
        assert!(run.output(VALUE)[100..].is_sorted(), "straight there from where it was");
        assert_eq!((run.output(GATE)[99], run.output(GATE)[999]), (0.0, 1.0));
        assert_eq!(run.output(BIPOLAR)[999], 1.0);
        assert!(harness.run(640).is_held(VALUE, 0));
        assert_eq!(harness.violations(), 0);
    }

    #[test]
    fn two_parts_make_a_fine_value() {
        let mut harness = controller(1).setting(FINE, SettingValue::Toggle(true)).start().unwrap();
        let run = harness.midi(0, [0xb0, 1, 64]).midi(1, [0xb0, 33, 5]).run(1000);
        assert_eq!(run.output(VALUE)[999], (64.0 * 128.0 + 5.0) / 16_383.0);
    }

    #[test]
    fn other_channels_are_not_heard() {
        let mut harness = controller(1).setting(CHANNEL, SettingValue::Count(2)).start().unwrap();
        assert_eq!(harness.midi(0, [0xb0, 1, 127]).run(1000).output(VALUE)[999], 0.0);
        assert_eq!(harness.midi(0, [0xb1, 1, 127]).run(1000).output(VALUE)[999], 1.0);
    }

    /// As the gain of a 100 Hz sine.
    #[test]
    fn a_jump_makes_no_click() {
        let mut harness = controller(1).start().unwrap();
        for turn in 0..20_u8 {
            harness.midi(2000 + 2111 * usize::from(turn), [0xb0, 1, if turn % 2 == 0 { 102 } else { 25 }]);
        }
        let run = harness.turn(START, 0.2).run(48_000);
        let sound: Vec<f32> =
            sine(48_000, 100.0, 48_000.0).iter().zip(run.output(VALUE)).map(|(a, b)| a * b).collect();
        let burst = click_burst_db(&sound, 48_000.0);
        assert!(burst <= -80.0, "{burst} dB");
    }
}
