//! A stereo room: predelay, diffusion and the network of delay lines, behind the ports that halls and plates
//! share.

use crate::parts::delay::fading_tap::{FadingTap, LONGEST_ROW};
use crate::parts::delay::line::DelayLine;
use crate::parts::mixing::stereo_ports::{IN, LEFT, RIGHT};
use crate::parts::reverb::diffuser::Diffuser;
use crate::parts::reverb::network::{LINES, Network, ReverbParams, TICK};
use jackfield_node::C4_HERTZ;
use jackfield_node::dsp::Lanes;
use jackfield_node::prelude::*;

/// A damping at or above this is none, in hertz.
pub(crate) const NO_DAMPING_HERTZ: f32 = 20_000.0;

/// Longest predelay in seconds.
pub(crate) const LONGEST_PREDELAY: f32 = 0.5;

/// How long a change of the predelay fades, in seconds.
const FADE_SECONDS: f32 = 0.03;

/// All-passes in front of the network on each side.
const STAGES: usize = 4;

/// What makes one kind of room different from another.
pub(crate) struct ReverbDesign {
    /// Lengths of the lines in frames at 48 kHz and size 1.
    pub(crate) lines: [f32; LINES],
    /// Delays of the diffusers in seconds, left and right, no two alike.
    pub(crate) diffusion: [[f32; STAGES]; 2],
}

/// The knobs of a room, behind its [`stereo`](crate::parts::mixing::stereo_ports) inputs, and its outputs.
pub(crate) struct ReverbPorts {
    pub(crate) decay: Input,
    pub(crate) damping: Input,
    pub(crate) size: Input,
    pub(crate) predelay: Input,
    pub(crate) mix: Input,
    pub(crate) out: [Output; 2],
}

/// See the module's documentation.
pub(crate) struct StereoReverb {
    before: [DelayLine; 2],
    predelays: [FadingTap; 2],
    is_new: bool,
    diffusers: [Diffuser<STAGES>; 2],
    network: Network,
}

impl StereoReverb {
    /// Control thread.
    pub(crate) fn new(design: &'static ReverbDesign, sample_rate: f32) -> Self {
        let longest = (LONGEST_PREDELAY * sample_rate).ceil() as usize + TICK;
        let fade = (FADE_SECONDS * sample_rate) as usize;
        Self {
            before: [DelayLine::new(longest), DelayLine::new(longest)],
            predelays: [FadingTap::new(0, fade); 2],
            is_new: true,
            diffusers: design.diffusion.map(|times| Diffuser::new(times, sample_rate)),
            network: Network::new(&design.lines, sample_rate),
        }
    }

    /// Computes a block. Audio thread.
    pub(crate) fn process(&mut self, ports: &ReverbPorts, io: &mut BlockIo<'_>) {
        let mut start = 0;
        while start < io.frames() {
            if self.network.is_tick() {
                self.tick(ports, io, start);
            }
            let count = self.network.frames_left().min(io.frames() - start);
            self.process_row(ports, io, start, count);
            start += count;
        }
    }

    /// Forgets the past.
    pub(crate) fn reset(&mut self) {
        self.before.iter_mut().for_each(DelayLine::clear);
        self.diffusers.iter_mut().for_each(Diffuser::clear);
        self.network.reset();
        self.is_new = true;
    }

    /// Takes in the knobs as they stand at a frame.
    fn tick(&mut self, ports: &ReverbPorts, io: &BlockIo<'_>, frame: usize) {
        let knob = |input: Input| Lanes(io.input(input)[frame]).exp2().0;
        let damping = knob(ports.damping) * C4_HERTZ;
        self.network.tick(ReverbParams {
            decay: knob(ports.decay),
            damping: (damping < NO_DAMPING_HERTZ * 0.999).then_some(damping),
            size: knob(ports.size),
        });
        let predelay = (knob(ports.predelay).min(LONGEST_PREDELAY) * io.sample_rate()).round() as usize;
        for tap in &mut self.predelays {
            if self.is_new { tap.jump(predelay) } else { tap.aim(predelay) }
        }
        self.is_new = false;
    }

    /// Computes `count` frames from `start`, all of one tick.
    fn process_row(&mut self, ports: &ReverbPorts, io: &mut BlockIo<'_>, start: usize, count: usize) {
        let range = start..start + count;
        let both = &io.input(IN)[range.clone()];
        let mut dry = [[0.0; LONGEST_ROW]; 2];
        let mut wet = [[0.0; LONGEST_ROW]; 2];
        for (channel, input) in [LEFT, RIGHT].into_iter().enumerate() {
            let dry = &mut dry[channel][..count];
            for ((dry, own), both) in dry.iter_mut().zip(&io.input(input)[range.clone()]).zip(both) {
                *dry = own + both;
            }
            let wet = &mut wet[channel][..count];
            self.before[channel].push_all(dry);
            self.predelays[channel].read(&self.before[channel], count, wet);
            self.diffusers[channel].process(wet);
        }
        let [wet_left, wet_right] = &mut wet;
        self.network.process(&mut wet_left[..count], &mut wet_right[..count]);
        let mix = &io.input(ports.mix)[range.clone()];
        for (channel, output) in ports.out.into_iter().enumerate() {
            let sounds = dry[channel].iter().zip(&wet[channel]);
            for ((out, (dry, wet)), mix) in io.output(output)[range.clone()].iter_mut().zip(sounds).zip(mix) {
                let mix = mix.clamp(0.0, 1.0);
                *out = dry * (1.0 - mix) + wet * mix;
            }
        }
    }
}
