//! The mixing desk behind the mixers of four and of eight channels: per channel fader, pan, mute, solo and
//! send; the sum, and the sum of what is sent, in stereo.

use jackfield_node::dsp::gain::fader;
use jackfield_node::dsp::pan::equal_power;
use jackfield_node::dsp::three_pole::{ThreePole, fade_share};
use jackfield_node::prelude::*;

/// Ports and knobs per channel.
const KINDS: usize = 6;

/// Names of the inputs by kind and channel.
const NAMES: [[&str; 8]; KINDS] = [
    ["in1", "in2", "in3", "in4", "in5", "in6", "in7", "in8"],
    ["level1", "level2", "level3", "level4", "level5", "level6", "level7", "level8"],
    ["pan1", "pan2", "pan3", "pan4", "pan5", "pan6", "pan7", "pan8"],
    ["mute1", "mute2", "mute3", "mute4", "mute5", "mute6", "mute7", "mute8"],
    ["solo1", "solo2", "solo3", "solo4", "solo5", "solo6", "solo7", "solo8"],
    ["send1", "send2", "send3", "send4", "send5", "send6", "send7", "send8"],
];

/// The inputs of a desk with `N` channels.
#[derive(Clone, Copy)]
pub(crate) struct MixerPorts<const N: usize> {
    pub(crate) input: [Input; N],
    pub(crate) level: [Input; N],
    pub(crate) pan: [Input; N],
    pub(crate) mute: [Input; N],
    pub(crate) solo: [Input; N],
    pub(crate) send: [Input; N],
    pub(crate) master: Input,
}

impl<const N: usize> MixerPorts<N> {
    /// The handles, numbered from 0.
    pub(crate) const fn new() -> Self {
        let master = Input::knob(
            KINDS * N,
            "master",
            Knob::decibels(-60.0, 12.0, 0.0),
            "Fader of the sum; silent at the bottom.",
        );
        Self { input: row(0), level: row(1), pan: row(2), mute: row(3), solo: row(4), send: row(5), master }
    }

    /// All inputs in order; `ALL` is `6 N + 1`.
    pub(crate) const fn all<const ALL: usize>(&self) -> [Input; ALL] {
        assert!(ALL == KINDS * N + 1, "six inputs per channel, and the master");
        let rows = [self.input, self.level, self.pan, self.mute, self.solo, self.send];
        let mut all = [self.master; ALL];
        let mut i = 0;
        while i < KINDS * N {
            all[i] = rows[i / N][i % N];
            i += 1;
        }
        all
    }
}

/// The inputs of one kind.
const fn row<const N: usize>(kind: usize) -> [Input; N] {
    let mut row = [channel(kind, 0, N); N];
    let mut i = 1;
    while i < N {
        row[i] = channel(kind, i, N);
        i += 1;
    }
    row
}

/// The input of one kind and channel.
const fn channel(kind: usize, channel: usize, channels: usize) -> Input {
    let (index, name) = (kind * channels + channel, NAMES[kind][channel]);
    match kind {
        0 => Input::audio(index, name, "Sound of this channel."),
        1 => Input::knob(
            index,
            name,
            Knob::decibels(-60.0, 12.0, 0.0),
            "This channel's fader; silent at the bottom.",
        ),
        2 => {
            Input::knob(index, name, Knob::bipolar(0.0), "This channel's place. -100 %: left. 100 %: right.")
        }
        3 => Input::knob(index, name, Knob::unit(0.0), "Above 50 % this channel is silent."),
        4 => Input::knob(index, name, Knob::unit(0.0), "Above 50 % only channels in solo are heard."),
        _ => Input::knob(
            index,
            name,
            Knob::decibels(-60.0, 12.0, -60.0),
            "How much of this channel is sent, behind its fader; nothing at the bottom.",
        ),
    }
}

/// What a desk gives out.
pub(crate) const LEFT: Output = Output::audio(0, "left", "All channels, left.");
pub(crate) const RIGHT: Output = Output::audio(1, "right", "All channels, right.");
pub(crate) const SEND_LEFT: Output = Output::audio(2, "send_left", "What is sent to an effect, left.");
pub(crate) const SEND_RIGHT: Output = Output::audio(3, "send_right", "What is sent to an effect, right.");

/// The outputs in order.
pub(crate) const OUTPUTS: [Output; 4] = [LEFT, RIGHT, SEND_LEFT, SEND_RIGHT];

/// Computes one block of a desk. `fades` are those of mute and solo.
#[inline(always)]
pub(crate) fn mix<V: Vector, const N: usize>(
    desk: &MixerPorts<N>,
    fades: &mut [ThreePole<V>; N],
    is_old: &mut Lanes<V>,
    io: &mut Io<'_, V>,
) {
    let share = fade_share(io.sample_rate());
    let mut inputs = [io.input(desk.input[0]); N];
    for (signal, input) in inputs.iter_mut().zip(desk.input) {
        *signal = io.input(input);
    }
    let mut levels = io.derive(
        desk.level,
        #[inline(always)]
        |levels| faders(levels),
    );
    let mut sends = io.derive(
        desk.send,
        #[inline(always)]
        |sends| faders(sends),
    );
    let mut places = io.derive(
        desk.pan,
        #[inline(always)]
        |pans| places(pans),
    );
    let mut open = io.derive(
        desk.mute,
        #[inline(always)]
        |mutes| open(mutes),
    );
    let mut chosen = io.derive(
        desk.solo,
        #[inline(always)]
        |solos| chosen(solos),
    );
    let mut master = io.derive(
        [desk.master],
        #[inline(always)]
        |[octaves]| fader(octaves),
    );
    let (mut left_out, mut right_out) = (io.output(LEFT), io.output(RIGHT));
    let (mut send_left_out, mut send_right_out) = (io.output(SEND_LEFT), io.output(SEND_RIGHT));
    for frame in io.frames() {
        let (levels, sends, places) = (levels.at(frame), sends.at(frame), places.at(frame));
        let (open, chosen) = (open.at(frame), chosen.at(frame));
        let silence = levels[0].same(0.0);
        let (mut sum, mut sent) = ([silence; 2], [silence; 2]);
        let was_old = *is_old;
        for channel in 0..N {
            let target = open[channel] * chosen[channel];
            *is_old = was_old;
            fades[channel].begin(target, is_old);
            let heard = fades[channel].follow(target, share);
            let sound = inputs[channel].at(frame) * (levels[channel] * heard);
            let [left, right] = places[channel];
            let (left, right) = (sound * left, sound * right);
            sum = [sum[0] + left, sum[1] + right];
            sent = [sent[0] + left * sends[channel], sent[1] + right * sends[channel]];
        }
        let master = master.at(frame);
        left_out.set(frame, sum[0] * master);
        right_out.set(frame, sum[1] * master);
        send_left_out.set(frame, sent[0]);
        send_right_out.set(frame, sent[1]);
    }
}

#[inline(always)]
fn faders<V: Vector, const N: usize>(mut octaves: [Lanes<V>; N]) -> [Lanes<V>; N] {
    for octaves in &mut octaves {
        *octaves = fader(*octaves);
    }
    octaves
}

/// The gains of both sides for each channel.
#[inline(always)]
fn places<V: Vector, const N: usize>(pans: [Lanes<V>; N]) -> [[Lanes<V>; 2]; N] {
    let mut places = [[pans[0]; 2]; N];
    for (place, pan) in places.iter_mut().zip(pans) {
        *place = equal_power(pan * 0.5 + 0.5);
    }
    places
}

/// 1 for each channel that is not muted.
#[inline(always)]
fn open<V: Vector, const N: usize>(mut mutes: [Lanes<V>; N]) -> [Lanes<V>; N] {
    for mute in &mut mutes {
        *mute = 1.0 - mute.gt(0.5).to_gate(*mute);
    }
    mutes
}

/// 1 for each channel in solo; for all while none is.
#[inline(always)]
fn chosen<V: Vector, const N: usize>(mut solos: [Lanes<V>; N]) -> [Lanes<V>; N] {
    let mut any = solos[0].same(0.0);
    for solo in &mut solos {
        *solo = solo.gt(0.5).to_gate(*solo);
        any = any.max(*solo);
    }
    for solo in &mut solos {
        *solo = solo.max(1.0 - any);
    }
    solos
}
