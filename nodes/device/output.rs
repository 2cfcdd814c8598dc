//! Output: what is heard. Every sound of the patch ends here.
//!
//! On the way to the loudspeakers it removes what could hurt ears and loudspeakers: NaN and infinity
//! become silence, a constant offset is filtered out, and peaks are limited before they clip.

use crate::parts::dynamics::limiter::Limiter;
use crate::parts::filter::dc_filter::DcFilter;
use jackfield_node::dsp::Lanes;
use jackfield_node::dsp::smooth::ease;
use jackfield_node::prelude::*;

const IN: Input = Input::audio(0, "in", "Sound for both channels.").sum();
const LEFT: Input = Input::audio(1, "left", "Sound for the left channel.").sum();
const RIGHT: Input = Input::audio(2, "right", "Sound for the right channel.").sum();
const LEVEL: Input =
    Input::knob(3, "level", Knob::decibels(-60.0, 12.0, 0.0), "Loudness of everything.").sum();

const LEFT_OUT: Output = Output::audio(0, "left", "What goes to the left loudspeaker.");
const RIGHT_OUT: Output = Output::audio(1, "right", "What goes to the right loudspeaker.");

const LIMITING: Output = Output::gate(2, "limiting", "Open while the limiter turns something down.");
const CLIPPING: Output =
    Output::gate(3, "clipping", "Open while something is cut off at full level, as without the limiter.");

const FIRST_CHANNEL: Setting = Setting::count(
    0,
    "first_channel",
    0,
    63,
    0,
    "The device's channel that plays left; right is the one after it. Counted from 0.",
);
const LIMITER: Setting = Setting::toggle(
    1,
    "limiter",
    true,
    "Turns peaks down before they clip, for the sake of your ears. Adds 2 ms of latency.",
);
const OFFSET_FILTER: Setting =
    Setting::toggle(2, "offset_filter", true, "Removes a constant offset: everything below about 2 Hz.");

/// The spec of this node type.
pub static SPEC: NodeSpec = NodeSpec::block::<DeviceOutput>("device.output", "Output", Category::Device)
    .summary("Plays what it gets: the loudspeakers, the headphones, the rendered file.")
    .help(
        "A patch is silent without one. Voices are added up here. A cable into 'in' is heard in the \
         middle; 'left' and 'right' take a stereo sound. The limiter is there for your ears: feedback and \
         resonance can grow a thousandfold in a moment. It works only on what exceeds -0.3 dBFS and \
         leaves everything else alone, so if you hear it working, turn the level down. Try: an \
         oscillator straight into 'in', then the level up to 12 dB, with the scope on this node's left \
         output.",
    )
    .tags(&["speaker", "headphones", "master", "main", "limiter", "stereo", "dac", "out"])
    .inputs(&[IN, LEFT, RIGHT, LEVEL])
    .outputs(&[LEFT_OUT, RIGHT_OUT, LIMITING, CLIPPING])
    .settings(&[FIRST_CHANNEL, LIMITER, OFFSET_FILTER])
    .face(Face::Meter)
    .plays_on_device()
    .checked();

/// -0.3 dBFS.
const CEILING: f32 = 0.966_05;

/// 36 dB above full scale: no wanted signal is louder.
const MOST: f32 = 64.0;

/// A gain above this is none that one hears: -0.1 dB.
const AUDIBLE: f32 = 0.988_55;

/// How long the offset filter takes to be switched, in seconds.
const SWITCH_SECONDS: f32 = 0.01;

/// Longest row of frames computed at once.
const LONGEST_ROW: usize = 64;

struct OutputConfig {
    first_channel: usize,
    limiter: bool,
    offset_filter: bool,
    sample_rate: f32,
}

impl Configure for OutputConfig {
    fn configure(settings: &Settings, setup: &Setup) -> Result<Self, ConfigError> {
        Ok(Self {
            first_channel: settings.count(FIRST_CHANNEL)? as usize,
            limiter: settings.toggle(LIMITER)?,
            offset_filter: settings.toggle(OFFSET_FILTER)?,
            sample_rate: setup.sample_rate,
        })
    }
}

struct DeviceOutput {
    offsets: [DcFilter; 2],
    /// How far the offset filter is switched on, 0 to 1; as the config says in a new instance.
    filtered: Option<f32>,
    limiter: Limiter,
    was_limiting: bool,
}

impl BlockNode for DeviceOutput {
    type Config = OutputConfig;

    fn new(config: &OutputConfig, setup: &Setup, _: u32) -> Self {
        Self {
            offsets: [DcFilter::new(setup.sample_rate); 2],
            filtered: None,
            limiter: Limiter::new(CEILING, setup.sample_rate),
            was_limiting: config.limiter,
        }
    }

    fn latency(config: &OutputConfig) -> usize {
        if config.limiter { Limiter::latency(config.sample_rate) } else { 0 }
    }

    fn follows(before: &OutputConfig, after: &OutputConfig) -> bool {
        // The offset filter keeps what it knows, and is switched smoothly.
        (before.first_channel, before.limiter) == (after.first_channel, after.limiter)
    }

    fn process(&mut self, config: &OutputConfig, io: &mut BlockIo<'_>) {
        self.mix(config, io);
        let (mut limits, mut clips) = ([0.0; LONGEST_ROW], [0.0; LONGEST_ROW]);
        let (left, right) = io.output_pair(LEFT_OUT, RIGHT_OUT);
        if config.limiter {
            if !self.was_limiting {
                self.limiter.reset();
            }
            let gains = self.limiter.process(left, right);
            for (limits, gain) in limits.iter_mut().zip(gains) {
                *limits = f32::from(*gain < AUDIBLE);
            }
        }
        self.was_limiting = config.limiter;
        for ((left, right), clips) in left.iter_mut().zip(right).zip(&mut clips) {
            *clips = f32::from(left.abs() > 1.0 || right.abs() > 1.0);
            *left = left.clamp(-1.0, 1.0);
            *right = right.clamp(-1.0, 1.0);
        }
        for (output, row) in [(LIMITING, limits), (CLIPPING, clips)] {
            let output = io.output(output);
            output.copy_from_slice(&row[..output.len()]);
        }
        send(config.first_channel, io);
    }

    fn reset(&mut self) {
        self.offsets.iter_mut().for_each(DcFilter::reset);
        self.filtered = None;
        self.limiter.reset();
    }
}

impl DeviceOutput {
    /// Writes both channels at their level, free of offsets and of what is no number.
    fn mix(&mut self, config: &OutputConfig, io: &mut BlockIo<'_>) {
        let mut gains = [0.0; LONGEST_ROW];
        let gains = &mut gains[..io.frames()];
        let level = io.input(LEVEL);
        if io.is_constant(LEVEL) {
            gains.fill(gain(level[0]));
        } else {
            gains.iter_mut().zip(level).for_each(|(place, level)| *place = gain(*level));
        }
        let aim = f32::from(config.offset_filter);
        let filtered = *self.filtered.get_or_insert(aim);
        let step = 1.0 / (SWITCH_SECONDS * config.sample_rate);
        let channels = [(LEFT, LEFT_OUT), (RIGHT, RIGHT_OUT)];
        for ((input, output), offset) in channels.into_iter().zip(&mut self.offsets) {
            let (both, own) = (io.input(IN), io.input(input));
            let row = io.output(output);
            for (((out, both), own), gain) in row.iter_mut().zip(both).zip(own).zip(&*gains) {
                *out = harmless((both + own) * gain);
            }
            if filtered == 1.0 && aim == 1.0 {
                offset.process(row);
            } else {
                // It is kept warm while it is switched off.
                let mut without = [0.0; LONGEST_ROW];
                let without = &mut without[..row.len()];
                without.copy_from_slice(row);
                offset.process(without);
                let mut share = filtered;
                for (sample, without) in row.iter_mut().zip(without) {
                    share = towards(share, aim, step);
                    *sample += (*without - *sample) * ease(Lanes(share)).0;
                }
            }
        }
        self.filtered = Some((0..gains.len()).fold(filtered, |share, _| towards(share, aim, step)));
    }
}

/// Adds the outputs to the sound device; to its only channel, if it has just one, their mean.
fn send(first_channel: usize, io: &mut BlockIo<'_>) {
    let is_mono = first_channel == 0 && io.device_output_channels() == 1;
    let share = if is_mono { 0.5 } else { 1.0 };
    for (index, output) in [LEFT_OUT, RIGHT_OUT].into_iter().enumerate() {
        let channel = if is_mono { 0 } else { first_channel + index };
        // The same frames are borrowed one after the other, so they travel through the stack.
        let mut samples = [0.0; LONGEST_ROW];
        let samples = &mut samples[..io.frames()];
        samples.copy_from_slice(io.output(output));
        if let Some(device) = io.device_output(channel) {
            device.iter_mut().zip(samples).for_each(|(sum, sample)| *sum += *sample * share);
        }
    }
}

/// A step nearer to an aim.
fn towards(value: f32, aim: f32, step: f32) -> f32 {
    if value < aim { (value + step).min(aim) } else { (value - step).max(aim) }
}

/// The factor of a level signal.
fn gain(level: f32) -> f32 {
    Lanes(level).exp2().0
}

/// The sample within sane limits, silence instead of what is no number.
fn harmless(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-MOST, MOST) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jackfield_node::SettingValue;
    use jackfield_testkit::block::BlockHarness;
    use jackfield_testkit::signal::{impulse, noise, sine};

    fn unprotected() -> BlockHarness {
        BlockHarness::of(&SPEC)
            .setting(LIMITER, SettingValue::Toggle(false))
            .setting(OFFSET_FILTER, SettingValue::Toggle(false))
            .start()
            .unwrap()
    }

    #[test]
    fn inputs_go_to_their_channels_and_to_the_device() {
        let mut output = unprotected();
        output.plug(IN, vec![0.25; 100]).plug(LEFT, vec![0.5; 100]).plug(RIGHT, vec![-0.5; 100]);
        let run = output.run(100);
        assert_eq!(run.output(LEFT_OUT), [0.75; 100]);
        assert_eq!(run.output(RIGHT_OUT), [-0.25; 100]);
        assert_eq!(run.device, [vec![0.75; 100], vec![-0.25; 100]]);
    }

    #[test]
    fn a_mono_device_gets_both_channels_and_a_missing_one_is_no_harm() {
        let mut output = unprotected();
        output.device_outputs(1).hold(LEFT, 0.5).hold(RIGHT, 0.25);
        assert_eq!(output.run(10).device, [vec![0.375; 10]]);
        assert!(output.device_outputs(0).run(10).device.is_empty());
        let mut second =
            BlockHarness::of(&SPEC).setting(FIRST_CHANNEL, SettingValue::Count(2)).start().unwrap();
        second.device_outputs(3).plug(IN, impulse(200, 0));
        let device = second.run(200).device;
        assert_eq!(device[0], vec![0.0; 200]);
        assert!(device[2].iter().any(|sample| *sample > 0.9));
    }

    #[test]
    fn the_latency_is_the_reported_one() {
        for (mut output, at_least) in [(unprotected(), 0), (BlockHarness::new(&SPEC), 48)] {
            let latency = output.latency();
            assert!((at_least..=96).contains(&latency), "{latency} frames are at most 2 ms");
            let run = output.plug(IN, impulse(300, 5)).turn(LEVEL, -20.0).run(300);
            let peak = (0..300).max_by(|a, b| run.output(LEFT_OUT)[*a].total_cmp(&run.output(LEFT_OUT)[*b]));
            assert_eq!(peak, Some(5 + latency));
        }
    }

    #[test]
    fn level_is_in_decibels() {
        let mut output = unprotected();
        let run = output.hold(IN, 0.5).turn(LEVEL, -20.0).run(64);
        assert!((run.output(LEFT_OUT)[0] - 0.05).abs() < 1e-7);
    }

    #[test]
    fn bad_input_is_harmless() {
        let mut output = BlockHarness::new(&SPEC);
        let bad = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, -f32::MAX, 1e30];
        let signal: Vec<f32> = (0..4000).map(|i| if i < 600 { bad[i % bad.len()] } else { 0.0 }).collect();
        let run = output.plug(IN, signal).turn(LEVEL, 12.0).run(40_000);
        assert!(run.output(LEFT_OUT).iter().all(|sample| sample.abs() <= 1.0));
        let sound = sine(48_000, 440.0, 48_000.0).iter().map(|x| x * 0.1).collect();
        let run = output.turn(LEVEL, 0.0).plug(IN, sound).run(48_000);
        let peak = run.output(LEFT_OUT)[24_000..].iter().fold(0.0, |peak: f32, x| peak.max(x.abs()));
        assert!((peak - 0.1).abs() < 0.001, "afterwards sound is as before, not {peak}");
    }

    #[test]
    fn an_offset_goes_away_and_bass_stays() {
        let bass: Vec<f32> = sine(96_000, 20.0, 48_000.0).iter().map(|x| 0.3 + 0.2 * x).collect();
        let run = BlockHarness::new(&SPEC).plug(IN, bass).run(96_000);
        let tail = &run.output(RIGHT_OUT)[48_000..];
        let mean = tail.iter().sum::<f32>() / 48_000.0;
        let peak = tail.iter().fold(0.0, |peak: f32, x| peak.max(x.abs()));
        assert!(mean.abs() < 1e-3 && (peak - 0.2).abs() < 0.004, "mean {mean}, peak {peak}");
    }

    #[test]
    fn nothing_is_louder_than_the_ceiling() {
        let run = BlockHarness::new(&SPEC).plug(IN, noise(20_000, 1)).turn(LEVEL, 12.0).run(20_000);
        let peak = run.output(LEFT_OUT).iter().fold(0.0, |peak: f32, x| peak.max(x.abs()));
        assert!(peak <= CEILING * 1.000_01 && peak > 0.7 * CEILING, "{peak}");
    }

    #[test]
    fn it_says_when_it_limits_and_when_it_clips() {
        let open = |row: &[f32]| row.iter().filter(|gate| **gate > 0.5).count();
        let loud: Vec<f32> = sine(4_800, 440.0, 48_000.0).iter().map(|x| x * 2.0).collect();
        let quiet: Vec<f32> = loud.iter().map(|x| x * 0.4).collect();
        let run = BlockHarness::new(&SPEC).plug(IN, loud.clone()).run(4_800);
        assert!(open(run.output(LIMITING)) > 4_000 && open(run.output(CLIPPING)) == 0);
        let run = BlockHarness::new(&SPEC).plug(IN, quiet).run(4_800);
        assert_eq!((open(run.output(LIMITING)), open(run.output(CLIPPING))), (0, 0));
        let run = unprotected().plug(IN, loud).run(4_800);
        assert!(open(run.output(LIMITING)) == 0 && open(run.output(CLIPPING)) > 2_000);
    }

    #[test]
    fn blocks_do_not_matter_and_nothing_is_allocated() {
        let render = |block_size: usize| {
            let mut output = BlockHarness::new(&SPEC);
            output.block_size(block_size).plug(IN, noise(10_000, 1)).plug(LEFT, sine(10_000, 50.0, 48_000.0));
            output.sweep(LEVEL, (0..10_000).map(|i| i as f32 / 1000.0 - 5.0));
            let run = output.run(10_000);
            assert_eq!(output.violations(), 0);
            run.device
        };
        let device = render(64);
        assert_eq!(device, render(1));
        assert_eq!(device, render(17));
    }
}
