//! What the stereo reverbs of `fundsp` have in common: ports, size and time, and the test that they ring.

use jackfield_node::prelude::*;

pub(crate) const IN: Input = Input::audio(0, "in", "Sound for both channels.").sum();
pub(crate) const LEFT: Input = Input::audio(1, "left", "Sound for the left channel alone.").sum();
pub(crate) const RIGHT: Input = Input::audio(2, "right", "Sound for the right channel alone.").sum();
pub(crate) const MIX: Input =
    Input::knob(3, "mix", Knob::unit(0.25), "0: the sound alone. 100 %: the room alone.").sum();
pub(crate) const LEFT_OUT: Output = Output::audio(0, "left", "Sound and room, left.");
pub(crate) const RIGHT_OUT: Output = Output::audio(1, "right", "Sound and room, right.");

pub(crate) const SIZE: Setting = Setting::count(0, "size", 10, 30, 15, "How large the room is, in metres.");
pub(crate) const TIME: Setting =
    Setting::count(1, "time", 1, 30, 4, "How long it rings, in seconds, roughly.");

/// What the settings say.
pub(crate) struct ReverbConfig {
    /// In metres.
    pub(crate) size: f32,
    /// In seconds.
    pub(crate) time: f32,
}

impl Configure for ReverbConfig {
    fn configure(settings: &Settings, _: &Setup) -> Result<Self, ConfigError> {
        Ok(Self { size: settings.count(SIZE)? as f32, time: settings.count(TIME)? as f32 })
    }
}

/// Panics where a reverb does not ring a second after a burst, or not die away after that.
#[cfg(test)]
pub(crate) fn rings_on_and_dies_away(spec: &'static NodeSpec) {
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::measure::rms_db;
    use jackfield_testkit::signal::noise;
    let mut harness = BlockHarness::new(spec);
    let burst = noise(2_400, 1).into_iter().chain([0.0]).collect();
    let run = harness.turn(MIX, 1.0).plug(IN, burst).run(960_000);
    let level = |second: usize| rms_db(&run.output(LEFT_OUT)[second * 48_000..][..24_000]);
    assert!(level(1) > -60.0, "{}: {} dB", spec.id, level(1));
    assert!(level(19) < level(1) - 30.0, "{}: {} dB", spec.id, level(19));
}
